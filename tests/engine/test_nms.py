"""Suppression: what stays is what the plain greedy rule keeps, at any size and in any crowd."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swath.engine import nms
from swath.engine.nms import suppress


def plain(boxes: np.ndarray, scores: np.ndarray, channels: np.ndarray, ratio: float) -> np.ndarray:
    """Keep boxes by the rule itself, one after the other."""
    order = np.argsort(-scores, kind="stable")
    boxes = boxes[order].astype(np.float64)
    sides = boxes[:, 2:] - boxes[:, :2]
    areas = np.where((sides > 0).all(1), sides.prod(1), 0)
    alive = np.ones(len(order), bool)
    for place in range(len(order)):
        if not alive[place]:
            continue
        rest = np.flatnonzero(alive[place + 1 :]) + place + 1
        rest = rest[channels[order[rest]] == channels[order[place]]]
        low = np.maximum(boxes[rest, :2], boxes[place, :2])
        high = np.minimum(boxes[rest, 2:], boxes[place, 2:])
        inside = np.clip(high - low, 0, None).prod(1)
        alive[rest[inside > ratio * (areas[rest] + areas[place] - inside)]] = False
    return order[alive]


def make(kind: str, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return boxes, scores and channels: a field of crowds, all at one place, huge among tiny, or all the same."""
    random = np.random.default_rng(seed)
    side = 20 * np.sqrt(count)
    if kind == "field":
        crowds = random.uniform(0, side, (max(count // 8, 1), 2))
        centres = crowds[random.integers(0, len(crowds), count)] + random.normal(0, 3, (count, 2))
        sides = random.uniform(10, 40, (count, 2))
    elif kind == "one place":
        centres, sides = random.normal(100, 4, (count, 2)), random.uniform(10, 40, (count, 2))
    elif kind == "huge among tiny":
        centres = random.uniform(0, side, (count, 2))
        sides = np.where(random.random((count, 1)) < 0.5, 4, side / 3) * random.uniform(0.9, 1.1, (count, 2))
    elif kind == "stripes":
        centres = random.uniform(0, side, (count, 2))
        sides = np.where(random.random((count, 1)) < 0.5, [[2, side]], [[side, 3]]) * random.uniform(0.5, 1, (count, 2))
    else:
        centres, sides = np.full((count, 2), 50.0), np.full((count, 2), 30.0)
    boxes = np.concatenate([centres - sides / 2, centres + sides / 2], axis=1).astype(np.float32)
    return boxes, random.random(count).astype(np.float32), random.integers(0, 3, count)


KINDS = ("field", "one place", "huge among tiny", "stripes", "the same")


@pytest.mark.parametrize("ratio", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("kind", KINDS)
def test_suppress_equals_the_plain_rule(kind: str, ratio: float) -> None:
    boxes, scores, channels = make(kind, 1500)
    assert suppress(boxes, scores, channels, ratio).tolist() == plain(boxes, scores, channels, ratio).tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_suppress_in_small_batches_equals_the_plain_rule(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nms, "_MOST_PAIRS", 50)
    monkeypatch.setattr(nms, "_FIRST_BATCH", 4)
    for ratio in (0.0, 0.3):
        boxes, scores, channels = make(kind, 300, seed=3)
        assert suppress(boxes, scores, channels, ratio).tolist() == plain(boxes, scores, channels, ratio).tolist()


# Quarters are exact in binary, so that rounding cannot decide; sides of 0 have no area.
PLACES = st.integers(-200, 200).map(lambda value: value / 4)
SIDES = st.one_of(st.integers(0, 40), st.integers(0, 2000)).map(lambda value: value / 4)
BOXES = st.tuples(PLACES, PLACES, SIDES, SIDES, st.integers(0, 4), st.integers(0, 2))


@settings(max_examples=300, deadline=None)
@given(items=st.lists(BOXES, max_size=60), ratio=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]))
def test_suppress_with_ties_and_boxes_without_area_equals_the_plain_rule(
    items: list[tuple[float, float, float, float, int, int]], ratio: float
) -> None:
    rows = np.asarray(items, np.float64).reshape(-1, 6)
    boxes = np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:4]], axis=1)
    scores, channels = rows[:, 4] / 4, rows[:, 5].astype(np.int64)
    kept = suppress(boxes, scores, channels, ratio)
    assert kept.tolist() == plain(boxes, scores, channels, ratio).tolist()
    empty = np.flatnonzero((rows[:, 2:4] == 0).any(1))
    assert set(empty) <= set(kept.tolist())


@pytest.mark.parametrize("ratio", [0.1, 0.5, 0.7])
def test_suppress_equals_torchvision(ratio: float) -> None:
    torch = pytest.importorskip("torch")
    torchvision = pytest.importorskip("torchvision")
    boxes, scores, channels = make("field", 4000, seed=2)
    scores = np.random.default_rng(5).permutation(4000).astype(np.float32) / 4000
    expected = torchvision.ops.batched_nms(
        torch.from_numpy(boxes).double(), torch.from_numpy(scores).double(), torch.from_numpy(channels), ratio
    )
    assert suppress(boxes, scores, channels, ratio).tolist() == expected.tolist()


def test_suppress_ties_go_by_input_order_and_touching_boxes_survive_ratio_0() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [10, 0, 20, 10], [0, 0, 10, 10]], np.float32)
    scores = np.array([0.5, 0.5, 0.5, 0.5])
    assert suppress(boxes, scores, np.array([0, 0, 0, 1]), 0.0).tolist() == [0, 2, 3]
    assert suppress(boxes, scores[::-1].cumsum(), np.array([0, 0, 0, 1]), 1.0).tolist() == [3, 2, 1, 0]


def test_suppress_without_boxes_keeps_none() -> None:
    assert suppress(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64), 0.5).tolist() == []


def test_suppress_far_from_the_origin_equals_the_same_boxes_near_it() -> None:
    boxes, scores, channels = make("field", 800)
    near = suppress(np.round(boxes), scores, channels, 0.2)
    far = suppress(np.round(boxes).astype(np.float64) + [2**40, -(2**40)] * 2, scores, channels, 0.2)
    assert near.tolist() == far.tolist()


def test_suppress_by_another_measure_asks_for_all_pairs_that_overlap() -> None:
    boxes, scores, channels = make("field", 600)
    diagonal = np.random.default_rng(1).random((600, 600)) * 0.2

    def measure(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        return diagonal[first, second]

    kept = suppress(boxes, scores, channels, 0.1, measure)
    order, alive = np.argsort(-scores, kind="stable"), np.ones(600, bool)
    for place, first in enumerate(order):
        for second in order[place + 1 :] if alive[first] else ():
            low, high = np.maximum(boxes[first, :2], boxes[second, :2]), np.minimum(boxes[first, 2:], boxes[second, 2:])
            if channels[first] == channels[second] and (high > low).all() and diagonal[first, second] > 0.1:
                alive[second] = False
    assert kept.tolist() == order[alive[order]].tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_a_measure_below_the_iou_of_boxes_asks_less_for_the_same(kind: str) -> None:
    boxes, scores, channels = make(kind, 300)
    tiles, asked = np.arange(len(boxes)) % 3, {True: 0, False: 0}

    def between_tiles(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        asked[bounded] += len(first)
        sides = np.minimum(boxes[first, 2:], boxes[second, 2:]) - np.maximum(boxes[first, :2], boxes[second, :2])
        inside = np.clip(sides, 0, None).prod(1)
        areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
        return np.where(tiles[first] != tiles[second], inside / (areas[first] + areas[second] - inside), 0.0)

    kept = {}
    for bounded in (True, False):
        kept[bounded] = suppress(boxes, scores, channels, 0.5, between_tiles, bounded=bounded)
    assert np.array_equal(kept[True], kept[False])
    assert len(kept[True]) < len(boxes)
    assert 0 < asked[True] <= asked[False]
    assert asked[True] < asked[False] or kind not in {"field", "stripes"}


@pytest.mark.parametrize("kind", KINDS)
def test_suppress_of_many_boxes_takes_seconds(kind: str) -> None:
    boxes, scores, channels = make(kind, 100_000)
    start = time.process_time()
    suppress(boxes, scores, channels, 0.1)
    assert time.process_time() - start < 8
