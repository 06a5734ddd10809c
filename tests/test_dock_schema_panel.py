"""The panel of the classes, driven by mouse and keys; each change is one step that can be undone."""

import dock_cases
import pytest
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QLineEdit

from swath.plugin.labeling.schema import ClassEntry, ClassGroup, Schema
from swath.plugin.labeling.schema_files import load_schema, save_schema
from swath.plugin.labeling.schema_model import COUNT, KEY, NAME, VALUE
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


def draw(store, *values: int) -> list[int]:
    return [store.add([dock_cases.rectangle(5 * place, 5, 4)], value)[0] for place, value in enumerate(values)]


# --- what is shown -------------------------------------------------------------------------------


def test_the_tree_shows_name_value_samples_and_key(hand):
    draw(hand.store, 1, 1, 10)
    QTest.qWait(100)
    assert [hand.text(1, column) for column in (NAME, VALUE, COUNT, KEY)] == ["Roof", "1", "2", "1"]
    assert [hand.text(10, column) for column in (NAME, VALUE, COUNT, KEY)] == ["Tree", "10", "1", "4"]
    assert [hand.text(("Built",), column) for column in (NAME, VALUE, COUNT, KEY)] == ["Built", "", "2", ""]
    hand.store.undo_stack.undo()
    QTest.qWait(100)
    assert hand.text(10, COUNT) == "0"


def test_only_the_first_nine_classes_have_a_key(empty):
    classes = tuple(ClassEntry(f"c{value}", value, f"#0000{value:02x}") for value in range(1, 12))
    empty.store.set_schema(Schema(children=classes))
    assert [empty.text(value, KEY) for value in (1, 9, 10)] == ["1", "9", ""]


def test_without_samples_or_classes_the_panel_says_what_to_do_first(empty):
    assert empty.panel.pages.currentIndex() == 0
    assert "no classes" in empty.panel.hint.text()
    assert empty.panel.first.isVisible()
    empty.context.set_store(None)
    assert "samples" in empty.panel.hint.text()
    assert not empty.panel.first.isVisible()
    assert not empty.panel.add_class.isEnabled()


def test_the_panel_follows_other_samples(hand, tmp_path):
    other = dock_cases.make_store(tmp_path, "other.gpkg")
    hand.context.set_store(other)
    assert hand.text(2) == "roof"
    other.set_schema(other.schema.remove(2))
    assert not hand.model.index_of(2).isValid()


# --- the current class ---------------------------------------------------------------------------


def test_a_chosen_row_is_the_class_of_new_samples_and_the_other_way_round(hand):
    hand.click(10)
    assert hand.store.current_class == 10
    hand.store.current_class = 5
    assert hand.view.selected_refs() == [5]
    assert hand.model.index_of(5).data(Qt.ItemDataRole.FontRole).bold()
    assert hand.model.index_of(10).data(Qt.ItemDataRole.FontRole) is None
    hand.click(("Built",))
    assert hand.store.current_class == 5


def test_keys_go_through_the_tree_and_numbers_choose(hand):
    hand.click(5)
    hand.key(KEYS.Key_Down)
    assert hand.store.current_class == 10
    hand.key(KEYS.Key_2)
    assert hand.store.current_class == 2
    hand.key(KEYS.Key_9)
    assert hand.store.current_class == 2


# --- single classes ------------------------------------------------------------------------------


def test_the_first_class_is_added_by_the_button_and_named_at_once(empty):
    QTest.mouseClick(empty.panel.first, Qt.MouseButton.LeftButton)
    empty.settle()
    empty.type("Pool")
    assert [(entry.value, entry.name) for entry in empty.store.schema.classes()] == [(1, "Pool")]
    assert empty.store.current_class == 1
    empty.store.undo_stack.undo()
    assert empty.names == ["Class 1"]
    empty.store.undo_stack.undo()
    assert empty.names == []
    assert empty.panel.pages.currentIndex() == 0


def test_insert_adds_behind_the_chosen_class_and_into_the_chosen_group(hand):
    hand.click(1)
    hand.key(KEYS.Key_Insert)
    hand.type("Pipe")
    assert hand.names == ["Roof", "Pipe", "Road", "Water", "Tree"]
    assert hand.store.schema.find_name("Pipe").value == 11
    hand.click(("Built",))
    hand.key(KEYS.Key_Insert)
    hand.type("Wall", KEYS.Key_Escape)
    assert hand.store.schema.group_of(12) == ("Built",)
    assert hand.text(12) == "Class 12"


def test_f2_renames_in_the_tree_and_undo_brings_the_name_back(hand):
    hand.click(5)
    hand.key(KEYS.Key_F2)
    hand.type("  Lake ")
    assert hand.names == ["Roof", "Road", "Lake", "Tree"]
    assert hand.view.selected_refs() == [5]
    hand.store.undo_stack.undo()
    assert hand.names == ["Roof", "Road", "Water", "Tree"]
    assert hand.store.undo_stack.redoText() == "Rename to Lake"


def test_a_taken_name_is_refused_with_a_sentence(hand):
    hand.click(5)
    hand.key(KEYS.Key_F2)
    hand.type("tree")
    assert hand.text(5) == "Water"
    assert "'Tree'" in hand.told[0]
    assert hand.store.undo_stack.count() == 0


def test_a_double_click_on_the_swatch_recolors(hand):
    hand.answers.color = "#123456"
    left = hand.view.visualRect(hand.model.index_of(5)).left()
    hand.double_click(QPoint(left + 6, hand.spot(5).y()))
    assert hand.answers.asked == ["#0072b2"]
    assert hand.store.schema.find(5).color == "#123456"
    hand.store.undo_stack.undo()
    assert hand.store.schema.find(5).color == "#0072b2"


def test_a_double_click_on_the_name_renames(hand):
    hand.double_click(hand.spot(("Built",)))
    hand.type("City")
    assert hand.store.schema.groups() == [("City",)]
    assert hand.names == ["Roof", "Road", "Water", "Tree"]


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_another_value_changes_the_samples_too(hand, by):
    fids = draw(hand.store, 5, 5, 1)
    hand.answers.entry = ClassEntry("Lake", 7, "#0072b2", "Still water")
    hand.click(5)
    hand.key(KEYS.Key_Return) if by == "key" else hand.double_click(hand.spot(5, VALUE))
    assert [hand.store.samples[fid].value for fid in fids] == [7, 7, 1]
    assert hand.store.current_class == 7
    assert hand.view.selected_refs() == [7]
    assert dock_cases.rows(hand.store.path)[fids[0]]["Classname"] == "Lake"
    hand.store.undo_stack.undo()
    assert [hand.store.samples[fid].value for fid in fids] == [5, 5, 1]
    assert hand.text(5) == "Water"


# --- several -------------------------------------------------------------------------------------


def test_delete_asks_with_the_number_of_samples_and_removes_them(hand):
    draw(hand.store, 5, 5, 1)
    hand.click(5)
    hand.answers.yes = False
    hand.key(KEYS.Key_Delete)
    assert "'Water'" in hand.answers.asked[0]
    assert "2 samples" in hand.answers.asked[0]
    assert len(hand.store.samples) == 3
    hand.answers.yes = True
    hand.key(KEYS.Key_Delete)
    assert hand.names == ["Roof", "Road", "Tree"]
    assert len(hand.store.samples) == 1
    assert hand.view.selected_refs() == [10]
    hand.store.undo_stack.undo()
    assert len(hand.store.samples) == 3
    assert hand.names == ["Roof", "Road", "Water", "Tree"]


def test_delete_without_samples_does_not_ask(hand):
    hand.click(("Built",))
    hand.click(10, Qt.KeyboardModifier.ControlModifier)
    hand.key(KEYS.Key_Delete)
    assert hand.answers.asked == []
    assert hand.names == ["Water"]
    assert hand.store.schema.groups() == []
    hand.store.undo_stack.undo()
    assert hand.store.schema == LAND


def test_merge_makes_one_class_of_the_selected_ones(hand):
    fids = draw(hand.store, 1, 2, 5, 10)
    hand.click(1)
    assert not hand.panel.merge.isEnabled()
    hand.click(5, Qt.KeyboardModifier.ShiftModifier)
    hand.answers.place = 1
    hand.panel.merge.trigger()
    assert "3 samples" in hand.answers.asked[0]
    assert hand.answers.asked[1:] == ["Roof (1)", "Road (2)", "Water (5)"]
    assert hand.names == ["Road", "Tree"]
    assert [hand.store.samples[fid].value for fid in fids] == [2, 2, 2, 10]
    hand.store.undo_stack.undo()
    assert [hand.store.samples[fid].value for fid in fids] == [1, 2, 5, 10]
    hand.click(1)
    hand.click(2, Qt.KeyboardModifier.ControlModifier)
    hand.answers.place = None
    hand.panel.merge.trigger()
    assert hand.store.schema == LAND


def test_alt_and_arrows_move_a_row(hand):
    hand.click(10)
    hand.key(KEYS.Key_Up, ALT)
    assert hand.names == ["Roof", "Road", "Tree", "Water"]
    hand.key(KEYS.Key_Right, ALT)
    assert hand.store.schema.group_of(10) == ("Built",)
    hand.key(KEYS.Key_Up, ALT)
    hand.key(KEYS.Key_Up, ALT)
    hand.key(KEYS.Key_Up, ALT)  # is the first one already
    assert hand.names == ["Tree", "Roof", "Road", "Water"]
    hand.key(KEYS.Key_Down, ALT)
    hand.key(KEYS.Key_Left, ALT)
    assert hand.names == ["Roof", "Road", "Tree", "Water"]
    assert hand.store.schema.group_of(10) == ()
    assert hand.view.selected_refs() == [10]
    assert hand.store.undo_stack.count() == 6
    for _ in range(6):
        hand.store.undo_stack.undo()
    assert hand.store.schema == LAND


def test_rows_are_dropped_into_groups_and_between_others(hand):
    assert hand.drop([5, 10], ("Built",), 1)
    assert hand.names == ["Roof", "Water", "Tree", "Road"]
    assert hand.store.schema.group_of(10) == ("Built",)
    assert hand.drop([("Built",)], None, 1)
    assert not hand.drop([("Built",)], 1, -1)
    assert hand.drop([1], None, -1)
    assert hand.names == ["Water", "Tree", "Road", "Roof"]
    hand.store.undo_stack.setIndex(0)
    assert hand.store.schema == LAND


def test_rows_of_another_tree_are_not_taken(hand, tmp_path, canvas):
    data = hand.model.mimeData([hand.model.index_of(5)])
    other = SchemaPanel(dock_cases.make_context(canvas, None)).model
    assert not other.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, other.index_of(None))


def test_a_group_is_added_and_the_menu_moves_classes_into_it(hand):
    hand.click(10)
    hand.panel.add_group.trigger()
    hand.settle()
    hand.type("Green")
    assert hand.store.schema.groups() == [("Built",), ("Green",)]
    hand.click(10)
    menu = hand.panel.menu()
    groups = next(action.menu() for action in menu.actions() if action.menu())
    assert [action.text() for action in groups.actions()] == ["No group", "Built", "Green"]
    groups.actions()[2].trigger()
    assert hand.store.schema.group_of(10) == ("Green",)


def test_folded_groups_stay_folded_when_the_schema_changes(hand):
    hand.click(("Built",))
    hand.key(KEYS.Key_Left)
    assert not hand.view.isExpanded(hand.model.index_of(("Built",)))
    hand.store.set_schema(hand.store.schema.remove(10))
    assert not hand.view.isExpanded(hand.model.index_of(("Built",)))
    assert hand.view.selected_refs() == [("Built",)]


# --- files and sources ---------------------------------------------------------------------------


def test_a_schema_is_saved_and_loaded_and_samples_follow_their_class(hand, tmp_path):
    fids = draw(hand.store, 5, 10)
    hand.answers.path = str(tmp_path / "land.json")
    hand.panel.save.trigger()
    assert hand.answers.asked == ["land"]
    assert load_schema(hand.answers.path).schema == LAND
    other = Schema(children=(ClassEntry("water", 1, "#0000ff"), ClassEntry("Sand", 5, "#ffff00")))
    save_schema(other, hand.answers.path)
    hand.panel.load.trigger()
    assert [hand.store.samples[fid].value for fid in fids] == [1, 10]
    assert hand.names == ["water", "Sand", "Tree"]
    assert "Tree (10)" in hand.told[-1]
    hand.store.undo_stack.undo()
    assert hand.store.schema == LAND


def test_a_broken_schema_file_changes_nothing(hand, tmp_path):
    hand.answers.path = str(tmp_path / "bad.ecs")
    (tmp_path / "bad.ecs").write_bytes(b"\0")
    hand.panel.load.trigger()
    assert "bad.ecs" in hand.told[0]
    hand.panel.save.trigger()
    assert "JSON" in hand.told[1]
    assert hand.store.schema == LAND


def test_classes_taken_from_elsewhere_are_added_or_replace(hand):
    found = Schema(children=(ClassEntry("Sand", 5, "#ffff00"),))
    hand.answers.taken = (found, False)
    hand.panel.set_up.trigger()
    assert hand.answers.asked == ["False"]
    assert hand.names == ["Roof", "Road", "Water", "Tree", "Sand"]
    assert "'Sand'" in hand.told[0]
    hand.answers.taken = (found, True)
    hand.panel.set_up.trigger()
    assert hand.names == ["Sand"]
    hand.answers.taken = None
    hand.panel.set_up.trigger()
    assert hand.names == ["Sand"]
