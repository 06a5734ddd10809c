"""Test-time augmentation: eight views, turned back and merged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swath.engine.applying.finding import _turn_back, merge_views
from swath.engine.applying.views import VIEWS, View
from swath.engine.detections import Detections


@pytest.mark.parametrize("view", VIEWS)
@given(height=st.integers(1, 12), width=st.integers(1, 12), row=st.integers(0, 11), col=st.integers(0, 11))
def test_places_of_a_view_lead_back_to_the_picture(view: View, height: int, width: int, row: int, col: int) -> None:
    picture = np.zeros((2, height, width))
    picture[:, row % height, col % width] = 1
    seen = view.see(picture)
    assert (view.turn_back(seen) == picture).all()
    (found,) = np.argwhere(seen[0])
    place = view.places_back(np.array([[found[1] + 0.5, found[0] + 0.5]]), height, width)
    assert place.tolist() == [[col % width + 0.5, row % height + 0.5]]


def test_eight_views_differ() -> None:
    picture = np.arange(9).reshape(3, 3)
    assert len({view.see(picture).tobytes() for view in VIEWS}) == 8


@pytest.mark.parametrize("view", VIEWS)
def test_boxes_masks_and_corners_of_a_view_lead_back(view: View) -> None:
    corners = np.array([[[2, 1], [6, 1], [6, 3], [2, 3]]], np.float32)
    mask = np.zeros((1, 4, 4), np.float32)
    mask[0, 0, 0] = 1
    straight = View(0, mirrored=False)
    picture = np.zeros((10, 7))
    picture[1:3, 2:6] = 1
    picture[1, 2] = 2
    seen = view.see(picture)
    rows, cols = np.nonzero(seen)
    box = np.array([[cols.min(), rows.min(), cols.max() + 1, rows.max() + 1]], np.float32)
    # The mask's marked corner lies where the picture's does.
    marked = np.argwhere(seen == 2)[0]
    turned_mask = np.zeros((1, 4, 4), np.float32)
    turned_mask[0, 0 if marked[0] == rows.min() else 3, 0 if marked[1] == cols.min() else 3] = 1
    around = np.array([[box[0, [0, 1]], box[0, [2, 1]], box[0, [2, 3]], box[0, [0, 3]]]], np.float32)
    given = Detections(box, np.ones(1, np.float32), np.zeros(1, int), turned_mask, around)
    back = _turn_back(given, view, 10, 7)
    expected = _turn_back(
        Detections(np.array([[2, 1, 6, 3]], np.float32), given.scores, given.channels, mask, corners), straight, 10, 7
    )
    assert back.boxes.tolist() == expected.boxes.tolist()
    assert back.masks is not None
    assert (back.masks == mask).all()
    assert back.corners is not None
    assert sorted(map(tuple, back.corners[0].tolist())) == sorted(map(tuple, corners[0].tolist()))


def one(*rows: tuple[float, float, float, float, float, int]) -> Detections:
    """Return objects given as xmin, ymin, xmax, ymax, score, channel."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Detections(table[:, :4], table[:, 4], table[:, 5].astype(np.int64))


def test_merged_confidence_is_the_mean_and_a_view_that_missed_counts_as_0() -> None:
    views = [one((0, 0, 10, 10, 0.8, 0)), one((2, 0, 12, 10, 0.4, 0)), one(), one((50, 50, 60, 60, 0.3, 0))]
    found = merge_views(views, 0.5)
    assert len(found) == 1
    assert np.allclose(found.scores, (0.8 + 0.4) / 4)
    # Weighted by confidence: two parts of the first, one of the second.
    assert np.allclose(found.boxes, [[2 / 3, 0, 10 + 2 / 3, 10]], atol=1e-6)


def test_merging_keeps_classes_and_neighbours_apart_and_counts_a_view_once() -> None:
    twice = one((0, 0, 10, 10, 0.9, 0), (1, 0, 11, 10, 0.9, 0), (0, 0, 10, 10, 0.6, 1), (8, 0, 18, 10, 0.7, 0))
    found = merge_views([twice] * 8, 0.5)
    assert np.allclose(found.scores, [0.9, 0.7, 0.6])
    assert found.channels.tolist() == [0, 0, 1]


def test_objects_of_one_view_only_are_left_out() -> None:
    assert len(merge_views([one((0, 0, 10, 10, 0.9, 0)), *[one()] * 7], 0.5)) == 0
    assert len(merge_views([one()] * 8, 0.5)) == 0
