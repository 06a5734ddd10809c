from __future__ import annotations

import time

import numpy as np
import pytest
import shapely
from chip_cases import Recorder
from hypothesis import given, settings
from hypothesis import strategies as st
from object_cases import boxes, random_boxes, write_objects

from swath.engine.errors import CancelledError
from swath.engine.jobs import SuppressJob
from swath.engine.review.object_problems import (
    BadConfidenceError,
    BadShareError,
    NoConfidenceError,
    ObjectsUnreadableError,
)
from swath.engine.review.suppressing import suppress_features

SQUARE = shapely.box(0, 0, 10, 10)


def kept(folder, shapes, ratio=0.0, reporter=None, **columns):
    columns.setdefault("classes", ["a"] * len(shapes))
    columns.setdefault("ids", list(range(len(shapes))))
    path = write_objects(folder / "objects.gpkg", shapes, **columns)
    return suppress_features(SuppressJob(path, ratio), reporter or Recorder())["kept"]


def slowly(shapes, classes, confidences, ratio):
    """Suppress the long way, each against each."""
    stays: list[int] = []
    for place in sorted(range(len(shapes)), key=lambda place: -confidences[place]):
        rivals = [shapes[other] for other in stays if classes[other] == classes[place]]
        unions = [shapes[place].union(rival).area for rival in rivals]
        shares = [shapes[place].intersection(rival).area / union for rival, union in zip(rivals, unions, strict=True)]
        if all(share <= ratio for share in shares):
            stays.append(place)
    return sorted(stays)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9]))
def test_boxes_equal_torchvision(tmp_path_factory, seed, ratio):
    torch = pytest.importorskip("torch")
    ops = pytest.importorskip("torchvision.ops")
    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    corners = random_boxes(rng, int(rng.integers(1, 150)))
    classes, confidences = rng.integers(0, 3, len(corners)), rng.permutation(len(corners)) / len(corners)
    # Not batched_nms: it moves the boxes of a class away, which costs digits.
    expected = np.concatenate(
        [
            np.flatnonzero(classes == one)[
                ops.nms(
                    torch.tensor(corners[classes == one]), torch.tensor(confidences[classes == one]), max(ratio, 1e-7)
                ).numpy()
            ]
            for one in np.unique(classes)
        ]
    )
    found = kept(
        tmp_path_factory.mktemp("nms"),
        boxes(*corners),
        ratio,
        classes=classes.astype(str).tolist(),
        confidences=confidences,
    )
    assert found == sorted(expected.tolist())


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.2, 0.5]))
def test_outlines_equal_each_against_each(tmp_path_factory, seed, ratio):
    rng = np.random.default_rng(seed)
    count = 40
    turned = [
        shapely.Polygon([(x + r * np.cos(a + turn), y + 0.4 * r * np.sin(a + turn)) for a in np.arange(0, 6, 0.7)])
        for x, y, r, turn in zip(*(rng.random((4, count)) * [[60], [60], [15], [3]] + 1), strict=True)
    ]
    classes, confidences = rng.choice(["a", "b"], count).tolist(), rng.integers(0, 5, count) / 5
    found = kept(tmp_path_factory.mktemp("nms"), turned, ratio, classes=classes, confidences=confidences)
    assert found == slowly(turned, classes, confidences, ratio)


def test_outlines_count_where_boxes_would_not(tmp_path):
    lower = shapely.Polygon([(0, 0), (10, 0), (0, 10)])
    upper = shapely.Polygon([(10, 10), (10, 0.5), (0.5, 10)])
    hole = shapely.Polygon([(20, 0), (40, 0), (40, 20), (20, 20)], [[(22, 2), (38, 2), (38, 18), (22, 18)]])
    inside = shapely.box(25, 5, 35, 15)
    assert kept(tmp_path, [lower, upper, hole, inside], confidences=[0.9, 0.8, 0.7, 0.6]) == [0, 1, 2, 3]
    assert kept(tmp_path, boxes(lower.bounds, upper.bounds), confidences=[0.9, 0.8]) == [0]


def test_touching_objects_stay_at_a_ratio_of_zero(tmp_path):
    east, north = 300000.1, 5_400_000.3
    steps = np.arange(6) * 0.7 + east
    row = boxes(*[(left, north, left + 0.7, north + 0.9) for left in steps])
    slanted = [shapely.Polygon([(left, 0), (left + 0.7, 0), (left + 1.1, 0.9), (left + 0.4, 0.9)]) for left in steps]
    for shapes in (row, slanted, [*row, *slanted]):
        assert len(kept(tmp_path, shapes, confidences=np.linspace(0.9, 0.1, len(shapes)))) == len(shapes)


def test_the_surer_stays_and_of_equally_sure_ones_the_first(tmp_path):
    shapes = [SQUARE] * 3 + [shapely.box(100, 0, 110, 10)] * 3
    assert kept(tmp_path, shapes, confidences=[0.2, 0.9, 0.3, 0.5, 0.5, 0.5]) == [1, 3]
    assert kept(tmp_path, shapes, confidences=[20, 90, 30, 50, 50, 50]) == [1, 3]
    assert kept(tmp_path, shapes, confidences=["0.2", "0,9", " 0.3", "0.5", "0.5", "0.5"]) == [1, 3]
    assert kept(tmp_path, shapes, confidences=[0.9] * 6, ids=[70, 60, 50, 40, 30, 20]) == [70, 40]


def test_only_a_class_suppresses_itself_and_a_layer_without_classes_is_one(tmp_path):
    assert kept(tmp_path, [SQUARE] * 4, classes=["a", "b", "a", None], confidences=[0.1, 0.2, 0.3, 0.4]) == [1, 2, 3]
    assert kept(tmp_path, [SQUARE] * 4, classes=[1, None, 1, None], confidences=[0.1, 0.2, 0.3, 0.4]) == [2, 3]
    path = write_objects(tmp_path / "plain.gpkg", [SQUARE] * 3, confidences=[0.1, 0.3, 0.2])
    assert suppress_features(SuppressJob(path), Recorder())["kept"] == [2]


def test_a_chain_keeps_what_only_suppressed_ones_overlap(tmp_path):
    chain = boxes((0, 0, 10, 10), (6, 0, 16, 10), (12, 0, 22, 10))
    assert kept(tmp_path, chain, confidences=[0.9, 0.8, 0.7]) == [0, 2]
    assert kept(tmp_path, chain, 0.25, confidences=[0.9, 0.8, 0.7]) == [0, 1, 2]
    assert kept(tmp_path, [SQUARE] * 3, 1.0, confidences=[0.9, 0.8, 0.7]) == [0, 1, 2]


def test_broken_and_empty_outlines_are_counted(tmp_path):
    crossed = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    flat = shapely.Polygon([(0, 0), (5, 5), (10, 10)])
    shapes = [crossed, shapely.box(4, 0, 6, 3), shapely.Polygon(), None, flat, shapely.Point(3, 3)]
    recorder = Recorder()
    # The bow tie has no area where the small box lies.
    assert kept(tmp_path, shapes, confidences=[0.9, 0.8, 0.7, 0.6, 0.5, 0.4], reporter=recorder) == [0, 1]
    assert any(text.startswith("4 objects have no area") for text in recorder.warnings)
    assert any(text.startswith("1 outlines cross themselves") for text in recorder.warnings)


def test_missing_confidences_are_the_least_sure(tmp_path):
    recorder = Recorder()
    assert kept(tmp_path, [SQUARE] * 3, confidences=[None, 0.1, None], reporter=recorder) == [1]
    assert any(text.startswith("2 objects have no confidence") for text in recorder.warnings)


@pytest.mark.parametrize("value", [-0.1, 100.5, float("inf"), "high", "nan"])
def test_what_is_no_confidence_is_refused(tmp_path, value):
    values = [value, "0.5" if isinstance(value, str) else 0.5]
    with pytest.raises(BadConfidenceError, match="CONFIDENCE_FIELD"):
        kept(tmp_path, [SQUARE] * 2, confidences=values)


def test_bad_input_is_one_sentence(tmp_path):
    path = write_objects(tmp_path / "objects.gpkg", [SQUARE], classes=["a"])
    with pytest.raises(NoConfidenceError):
        suppress_features(SuppressJob(path), Recorder())
    for ratio in (-0.1, 1.1, float("nan")):
        with pytest.raises(BadShareError, match="MAX_OVERLAP_RATIO"):
            suppress_features(SuppressJob(path, ratio), Recorder())
    (tmp_path / "text.gpkg").write_text("nothing")
    for name in ("text.gpkg", "missing.gpkg"):
        with pytest.raises(ObjectsUnreadableError):
            suppress_features(SuppressJob(str(tmp_path / name)), Recorder())


def test_no_objects_at_all_give_an_empty_result(tmp_path):
    path = write_objects(tmp_path / "none.gpkg", [], classes=[], confidences=[])
    assert suppress_features(SuppressJob(path), Recorder()) == {"kept": [], "objects": 0}


def test_cancelling_stops_it(tmp_path):
    with pytest.raises(CancelledError):
        kept(tmp_path, [SQUARE] * 2, confidences=[0.5, 0.6], reporter=Recorder(cancel_after=0))


def test_many_outlines_take_seconds(tmp_path):
    rng = np.random.default_rng(0)
    corners = random_boxes(rng, 30_000, 3000.0)
    shapes = shapely.buffer(shapely.box(*corners.T), -0.5, quad_segs=1)
    shapes = shapes[~shapely.is_empty(shapes)]
    start = time.process_time()
    found = kept(tmp_path, shapes, 0.3, confidences=rng.random(len(shapes)))
    assert time.process_time() - start < 20
    assert 0.5 * len(shapes) < len(found) < len(shapes)
