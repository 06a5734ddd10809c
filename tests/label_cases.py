"""The Label tab on a canvas, with answers instead of windows: for its tests."""

from __future__ import annotations

import pytest
from dock_cases import make_context, spot


class Answers:
    """Answers instead of windows, and what was asked."""

    def __init__(self, new=None, old=None, layer=None):
        self.new, self.old, self.chosen, self.asked = new, old, layer, []

    def new_file(self, parent, suggested):
        self.asked.append(suggested)
        return suggested if self.new == "suggested" else self.new

    def old_file(self, parent, folder, title):
        self.asked.append(title)
        return self.old

    def layer(self, parent, without):
        return self.chosen


@pytest.fixture
def make_tab(canvas):
    """Return a function that makes a shown tab of a context, with answers to its questions."""
    from swath.plugin.labeling.label_tab import LabelTab

    made = []

    def make(answers=None, store=None, on=None):
        context = make_context(on or canvas, store)
        tab = LabelTab(context, answers or Answers())
        tab.told = []
        context.told.connect(lambda text, _level: tab.told.append(text))
        tab.context = context
        tab.resize(400, 620)
        tab.show()
        made.append(tab)
        return tab

    yield make
    for tab in made:
        tab.session.close()
        if tab.context.store is not None:
            tab.context.set_store(None)
        tab.close()


def click(button) -> None:
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def settle(wait: int = 150) -> None:
    from qgis.PyQt.QtTest import QTest

    QTest.qWait(wait)


def draw_rectangle(hand, x: float, y: float, side: float = 20) -> None:
    hand.drag(spot(x, y), spot(x + side / 2, y + side / 2), spot(x + side, y + side))


def choose_class(tab, name: str = "tree") -> None:
    """Answer the question for the class of a shape."""
    from swath.plugin.labeling.schema import ClassEntry

    tab.session.ask_class = lambda _schema, _canvas: ClassEntry(name, 1, "#30a040")


def wait_for_telling(tab) -> str:
    """Wait until the tab says something, and return it."""
    from qgis.PyQt.QtTest import QTest

    for _ in range(100):
        if tab.told:
            break
        QTest.qWait(30)
    return tab.told[-1] if tab.told else ""
