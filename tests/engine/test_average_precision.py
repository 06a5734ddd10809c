from __future__ import annotations

import contextlib
import io
import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swath.engine.review.average_precision import COCO_IOUS, Picture, curves, evaluate, match
from swath.engine.review.matching import compare


def picture(found, true):
    """Build a picture from (xmin, ymin, xmax, ymax, score, channel) and (xmin, ymin, xmax, ymax, channel)."""
    found, true = np.reshape(np.array(found, float), (-1, 6)), np.reshape(np.array(true, float), (-1, 5))
    return Picture(found[:, :4], found[:, 4], found[:, 5].astype(int), true[:, :4], true[:, 4].astype(int))


def random_picture(rng, classes, most=30):
    """Return true boxes on a coarse lattice (many equal IoU) and found ones near them, with few confidences."""
    count = int(rng.integers(0, most))
    low = rng.integers(0, 24, (count, 2))
    true = np.hstack([low, low + rng.integers(1, 9, (count, 2))]).astype(float)
    source = np.concatenate([true, true, np.hstack([rng.integers(0, 20, (5, 2)), rng.integers(21, 30, (5, 2))])])
    found = source[rng.random(len(source)) < 0.6]
    found = found + rng.integers(-1, 2, found.shape)
    found = found[(found[:, 2:] > found[:, :2]).all(1)]
    scores = rng.integers(0, 12, len(found)) / 12
    return Picture(found, scores, rng.integers(0, classes, len(found)), true, rng.integers(0, classes, count))


def coco(pictures, classes, most):
    """Return the average precision by IoU and class of the reference program, NaN without true objects."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def entries(boxes, channels, number, **more):
        for index, ((xmin, ymin, xmax, ymax), channel) in enumerate(
            zip(boxes.tolist(), np.asarray(channels).tolist(), strict=True)
        ):
            size = [xmin, ymin, xmax - xmin, ymax - ymin]
            one = {"image_id": number, "category_id": channel, "bbox": size, "area": size[2] * size[3]}
            yield {**one, **{name: values[index] for name, values in more.items()}}

    true, found = [], []
    for number, one in enumerate(pictures):
        true += entries(one.true_boxes, one.true_channels, number, iscrowd=[0] * len(one.true_boxes))
        found += entries(one.boxes, one.channels, number, score=np.asarray(one.scores).tolist())
    for place, entry in enumerate(true):
        entry["id"] = place + 1
    with contextlib.redirect_stdout(io.StringIO()):
        reference = COCO()
        reference.dataset = {
            "info": {},
            "images": [{"id": number} for number in range(len(pictures))],
            "annotations": json.loads(json.dumps(true)),
            "categories": [{"id": channel, "name": str(channel)} for channel in range(classes)],
        }
        reference.createIndex()
        judge = COCOeval(reference, reference.loadRes(found), "bbox")
        judge.params.maxDets = [most]
        judge.evaluate()
        judge.accumulate()
    precision = judge.eval["precision"][:, :, :, 0, 0]
    return np.where(precision.max(1) < 0, np.nan, precision.mean(1))


def values(items):
    return np.array([np.nan if item is None else item for item in items])


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 5),
    classes=st.integers(1, 3),
    most=st.sampled_from([3, 100, 10**6]),
)
def test_average_precision_equals_the_reference_program(seed, count, classes, most):
    rng = np.random.default_rng(seed)
    pictures = [random_picture(rng, classes) for _ in range(count)]
    if not sum(len(one.scores) for one in pictures):
        return
    expected = coco(pictures, classes, most)
    ours = evaluate(pictures, classes, most=most)
    np.testing.assert_allclose(values(ours["ap50"]), expected[0], atol=1e-9)
    np.testing.assert_allclose(values(ours["ap75"]), expected[5], atol=1e-9)
    np.testing.assert_allclose(values(ours["ap"]), expected.mean(0), atol=1e-9)
    by_iou = [values([one.ap for one in curves(pictures, classes, iou, most)]) for iou in COCO_IOUS]
    np.testing.assert_allclose(np.array(by_iou), expected, atol=1e-9)
    if np.isfinite(expected).any():
        assert ours["average_precision"] == pytest.approx(np.nanmean(expected[0]), abs=1e-9)
        assert ours["map"] == pytest.approx(np.nanmean(expected), abs=1e-9)
    else:
        assert ours["average_precision"] is ours["map"] is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 12), st.integers(0, 12), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_match_takes_the_best_that_is_left(seed, count, true_count, threshold):
    ious = np.random.default_rng(seed).integers(0, 7, (count, true_count)) / 6
    expected, free = [], set(range(true_count))
    for row in ious:
        able = [(row[place], place) for place in free if row[place] >= threshold and row[place] > 0]
        expected.append(max(able)[1] if able else -1)
        free -= {expected[-1]}
    assert match(ious, threshold).tolist() == expected


def test_measures_of_a_case_counted_by_hand():
    one = picture(
        [
            (0, 0, 10, 10, 0.9, 0),  # right
            (0, 0, 10, 9, 0.8, 0),  # the same again: false
            (20, 0, 30, 8, 0.7, 0),  # right, IoU 0.8
            (50, 50, 60, 60, 0.2, 0),  # nothing there
            (0, 0, 10, 10, 0.95, 1),  # a class without true objects
        ],
        [(0, 0, 10, 10, 0), (20, 0, 30, 10, 0), (80, 80, 90, 90, 0)],
    )
    found = evaluate([one], 3)
    # Recall 1/3 at precision 1, 2/3 at precision 2/3.
    assert found["ap50"] == [pytest.approx((34 + 33 * 2 / 3) / 101), None, None]
    assert found["average_precision"] == found["ap50"][0]
    assert found["best_threshold"] == pytest.approx((0.7 + 0.2) / 2)
    assert found["precision"] == pytest.approx(2 / 4)
    assert found["recall"] == pytest.approx(2 / 3)
    assert found["f1"] == pytest.approx(4 / 7)
    first, second, third = found["classes"]
    assert [first[name] for name in ("true_positive", "false_positive", "false_negative", "truths")] == [2, 1, 1, 3]
    assert (second["false_positive"], second["precision"], second["recall"]) == (1, 0, None)
    assert (third["precision"], third["f1"]) == (None, None)
    assert found["pr_curve"][0] == {"recall": [1 / 3, 2 / 3, 2 / 3], "precision": [1, 2 / 3, 2 / 4]}
    f1 = dict(zip(found["f1_curve"]["threshold"], found["f1_curve"]["f1"], strict=True))
    assert f1[0.0] == pytest.approx(4 / 8)
    assert f1[found["best_threshold"]] == pytest.approx(4 / 7)
    assert max(f1.values()) == pytest.approx(4 / 7)
    json.dumps(found, allow_nan=False)


def test_best_threshold_never_parts_objects_of_one_confidence():
    true = [(10 * i, 0, 10 * i + 8, 8, 0) for i in range(4)]
    found = [(*box[:4], 0.5, 0) for box in true[:2]] + [(0, 50, 8, 58, 0.5, 0), (*true[2][:4], 0.4, 0)]
    assert evaluate([picture(found, true)], 1)["best_threshold"] == pytest.approx(0.4)
    same = evaluate([picture([(*row[:4], 1.0, 0) for row in found], true)], 1)
    assert same["best_threshold"] == 1
    assert same["recall"] == pytest.approx(3 / 4)


@pytest.mark.parametrize(
    ("found", "true"),
    [([], []), ([], [(0, 0, 4, 4, 0)]), ([(0, 0, 4, 4, 0.5, 0)], []), ([(0, 0, 0, 4, 0.5, 0)], [(0, 0, 0, 4, 0)])],
)
def test_nothing_found_or_nothing_true_gives_no_number_but_no_error(found, true):
    measured = evaluate([picture(found, true), picture([], [])], 1)
    assert measured["best_threshold"] is None
    assert measured["average_precision"] == (0 if true else None)
    assert measured["map"] == (0 if true else None)
    assert measured["recall"] == (0 if true else None)
    json.dumps(measured, allow_nan=False)
    assert evaluate([], 2)["map"] is None


def test_hundred_thousand_objects_in_chips_take_seconds():
    rng = np.random.default_rng(0)
    pictures = []
    for _ in range(200):
        low = rng.random((500, 2)) * 1000
        true = np.hstack([low, low + 20])
        found = true + rng.normal(0, 2, true.shape)
        pictures.append(Picture(found, rng.random(500), rng.integers(0, 5, 500), true, rng.integers(0, 5, 500)))
    start = time.process_time()
    compared = compare(pictures)
    assert evaluate(compared, 5)["average_precision"] is not None
    assert time.process_time() - start < 20
