"""Found and true objects of different places."""

from __future__ import annotations

import pytest
from chip_cases import Recorder
from object_cases import FOUND, TRUE, assess, side
from shapely.affinity import translate


@pytest.mark.parametrize(("away", "said"), [(0, False), (5000, True)])
def test_objects_of_two_places_are_told(tmp_path, away, said):
    recorder = Recorder()
    moved = [translate(shape, away) for shape in TRUE]
    result = assess(tmp_path, side(FOUND), side(moved), recorder)
    assert any("show the same place" in text for text in recorder.warnings) == said
    assert (result["true_positive"] == 0) == said
