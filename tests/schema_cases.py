"""The panel of the classes on the screen, its questions answered, and a hand on mouse and keys."""

import dock_cases
import pytest
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QLineEdit

from swath.plugin.labeling.schema import ClassEntry, ClassGroup, Schema
from swath.plugin.labeling.schema_model import NAME
from swath.plugin.labeling.schema_panel import SchemaPanel

LAND = Schema(
    "land",
    "",
    (
        ClassGroup("Built", (ClassEntry("Roof", 1, "#e69f00"), ClassEntry("Road", 2, "#56b4e9"))),
        ClassEntry("Water", 5, "#0072b2"),
        ClassEntry("Tree", 10, "#009e73"),
    ),
)
KEYS, NONE, ALT = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier


class Answers:
    """Answers the questions of the panel, and notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.yes, self.place, self.color, self.entry, self.path, self.taken = True, 0, None, None, "", None

    def question(self, text):
        self.asked.append(text)
        return self.yes

    def choose(self, _title, text, names):
        self.asked += [text, *names]
        return self.place

    def pick_color(self, color, _title):
        self.asked.append(color)
        return self.color

    def edit_class(self, entry, _schema):
        self.asked.append(entry.name)
        return self.entry

    def set_up(self, _project, *, replaces):
        self.asked.append(str(replaces))
        return self.taken

    def open_file(self):
        return self.path

    def save_file(self, name):
        self.asked.append(name)
        return self.path


class Hand:
    """The panel on the screen, and what a user does to it."""

    def __init__(self, store, canvas) -> None:
        self.store, self.answers = store, Answers()
        self.context = dock_cases.make_context(canvas, store)
        self.told: list[str] = []
        self.context.told.connect(lambda text, _level: self.told.append(text))
        self.panel = SchemaPanel(self.context, self.answers)
        self.view, self.model = self.panel.view, self.panel.model
        self.panel.resize(380, 300)
        self.panel.show()
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            QCoreApplication.processEvents()

    def key(self, key, modifier=NONE) -> None:
        QTest.keyClick(self.view, key, modifier)
        self.settle()

    def type(self, text: str, end=KEYS.Key_Return) -> None:
        """Type into the open editor."""
        editor = self.view.viewport().findChild(QLineEdit)
        assert editor is not None, "nothing is being renamed"
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, end)
        self.settle()

    def spot(self, ref, column=NAME) -> QPoint:
        index = self.model.index_of(ref)
        return self.view.visualRect(index.siblingAtColumn(column)).center()

    def click(self, ref, modifier=NONE) -> None:
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, modifier, self.spot(ref))
        self.settle()

    def double_click(self, spot: QPoint) -> None:
        for action in (QTest.mouseClick, QTest.mouseDClick):
            action(self.view.viewport(), Qt.MouseButton.LeftButton, NONE, spot)
        self.settle()

    def text(self, ref, column=NAME) -> str:
        return self.model.index_of(ref).siblingAtColumn(column).data()

    def drop(self, refs, group, row: int) -> bool:
        """Let rows fall before a row of a group, as the view does at the end of a drag."""
        data = self.model.mimeData([self.model.index_of(ref) for ref in refs])
        done = self.model.dropMimeData(data, Qt.DropAction.MoveAction, row, 0, self.model.index_of(group))
        self.settle()
        return done

    @property
    def names(self) -> list[str]:
        return [entry.name for entry in self.store.schema.classes()]


def draw(store, *values: int) -> list[int]:
    return [store.add([dock_cases.rectangle(5 * place, 5, 4)], value)[0] for place, value in enumerate(values)]


@pytest.fixture
def canvas(qgis_new_project):
    canvas = QgsMapCanvas()
    yield canvas
    canvas.deleteLater()


@pytest.fixture
def hand(tmp_path, canvas):
    store = dock_cases.make_store(tmp_path, schema=LAND)
    hand = Hand(store, canvas)
    yield hand
    hand.context.set_store(None)
    sip.delete(hand.panel)


@pytest.fixture
def empty(tmp_path, canvas):
    hand = Hand(dock_cases.make_store(tmp_path, schema=Schema()), canvas)
    yield hand
    hand.context.set_store(None)
    sip.delete(hand.panel)
