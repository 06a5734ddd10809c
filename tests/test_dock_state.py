"""What a project keeps of the dock may be of another version, or edited by hand: it harms nothing."""

from __future__ import annotations

import json

import pytest
from dock_cases import make_canvas, make_image

FORMS = ("export", "train", "apply", "review")
STATES = [
    [],
    3,
    {"results": [1], "tabs": "x", "current": 3},
    {"tabs": dict.fromkeys(FORMS, 5)},
    {"tabs": dict.fromkeys(FORMS)},
    {"tabs": {"export": {"values": [1]}, "train": {"values": 3}, "apply": {"values": 1}, "review": {"source": "x"}}},
    {
        "tabs": {
            "train": {"page": {}, "runs": 3},
            "apply": {"values": {"PIXELS": 7}},
            "review": {"source": {"layers": 1}},
        }
    },
    {"tabs": {"train": {"values": {"MODEL_TYPE": "SSD", "MODEL_ARGUMENTS": '{"grids": "x"}'}, "runs": ["a\0b"]}}},
]


@pytest.fixture
def dock(swath_plugin, qgis_new_project, tmp_path):
    from swath.plugin.dock import SwathDock

    found = SwathDock(make_canvas([make_image(tmp_path)]))
    found.show()
    yield found
    found.shut()


@pytest.mark.parametrize("before", [True, False], ids=["tabs made", "tabs not made"])
@pytest.mark.parametrize("state", STATES, ids=range(len(STATES)))
def test_a_broken_state_is_left_out(dock, state, before):
    from qgis.core import QgsProject

    for name in FORMS if before else ():
        dock.tab(name)
    QgsProject.instance().writeEntry("swath", "/dock", json.dumps(state))
    dock.restore()
    for name in FORMS:
        dock.show_tab(name)
        assert dock.current() == name


def test_what_is_broken_is_said_and_the_rest_is_taken(dock):
    from qgis.core import QgsProject

    told = []
    dock.context.told.connect(lambda text, _level: told.append(text))
    state = {"results": {"chips": "/some/chips"}, "tabs": {"apply": 5, "train": {"page": 2}}, "current": "train"}
    QgsProject.instance().writeEntry("swath", "/dock", json.dumps(state))
    dock.restore()
    assert dock.context.results == {"chips": "/some/chips"}
    assert dock.current() == "train"
    assert dock.tab("train").tab.pages.currentIndex() == 2
    assert told == []
    dock.show_tab("apply")
    assert "tab Apply" in told[0]
    QgsProject.instance().writeEntry("swath", "/dock", "[" * 100_000)
    dock.restore()
    assert dock.context.results == {}
