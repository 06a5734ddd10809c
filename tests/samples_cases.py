"""The samples manager on six samples, and a hand for its table: for its tests."""

from __future__ import annotations

import pytest
from dock_cases import make_context, rectangle


@pytest.fixture
def samples_panel(store, image, canvas):
    """Return the shown panel of four fields and two roofs; ``panel.fids`` in the order of drawing."""
    from qgis.core import QgsProject

    from swath.plugin.labeling.image_layers import image_frames
    from swath.plugin.labeling.sample_facts import SampleFacts
    from swath.plugin.labeling.samples_panel import SamplesPanel

    context = make_context(canvas, store)
    store.current_image = image
    made = SamplesPanel(context)
    project = QgsProject.instance()
    facts = SampleFacts(store, project, lambda: image_frames(store, project))
    made.show_store(facts)
    made.fids = store.add([rectangle(5 + 15 * place, 5) for place in range(4)], 1)
    made.fids += store.add([rectangle(5, 40), rectangle(30, 40, 20)], 2)
    made.resize(380, 420)
    made.show()
    facts.finish()
    settle(made)
    made.facts = facts
    yield made
    facts.stop()
    made.close()


def settle(panel) -> None:
    """Let the timers of the panel run out."""
    from qgis.PyQt.QtTest import QTest

    QTest.qWait(120)


def click_row(panel, row: int, modifier=None) -> None:
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    index = panel.model.index(row, 1)
    panel.table.scrollTo(index)
    place = panel.table.visualRect(index).center()
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(panel.table.viewport(), button, modifier or none, place)


def press(panel, key) -> None:
    from qgis.PyQt.QtTest import QTest

    QTest.keyClick(panel.table, key)


def cell(panel, row: int, column: int) -> str:
    return panel.model.index(row, column).data()


def names(panel) -> list[str]:
    from swath.plugin.labeling.samples_model import CLASS

    return [cell(panel, row, CLASS) for row in range(panel.model.rowCount())]
