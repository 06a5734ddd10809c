from __future__ import annotations

import csv
import json

import numpy as np
import pyogrio
import pytest
import shapely
from chip_cases import Recorder
from hypothesis import given, settings
from hypothesis import strategies as st
from object_cases import FOUND, TRUE, assess, boxes, random_boxes, side

from swath.engine.data.problems import BadTableError, ReportNotWritableError
from swath.engine.errors import CancelledError
from swath.engine.jobs import AssessObjectsJob
from swath.engine.review.average_precision import Picture, evaluate
from swath.engine.review.object_problems import (
    BadConfidenceError,
    BadShareError,
    MatchesNotWritableError,
    NoReferenceError,
    ObjectsUnreadableError,
    OtherSystemError,
)
from swath.engine.review.objects import assess_objects


def rows(path):
    with path.open(newline="") as file:
        return {row["Class"]: row for row in csv.DictReader(file)}


def layer(path):
    info, _, geometry, fields = pyogrio.raw.read(path)
    table = [dict(zip(info["fields"], values, strict=True)) for values in zip(*fields, strict=True)]
    return [(row["Match"], shapely.from_wkb(shape), row) for row, shape in zip(table, geometry, strict=True)]


def test_counts_measures_and_matches_of_a_case_counted_by_hand(tmp_path):
    result = assess(
        tmp_path,
        side(FOUND, confidences=[0.9, 0.8, 0.7, 0.6]),
        side(TRUE),
        matches=str(tmp_path / "m.gpkg"),
        report=str(tmp_path / "new" / "r.html"),
    )
    assert [
        result[f"{name}_{what}"]
        for name, what in zip(("true", "false", "false"), ("positive", "positive", "negative"), strict=True)
    ] == [2, 2, 2]
    assert result["precision"] == result["recall"] == result["f1"] == pytest.approx(0.5)
    assert result["ap50"] == result["ap"] == pytest.approx(51 / 101)
    # The second is right up to an IoU of 0.8: 7 of 10 thresholds.
    assert result["map"] == pytest.approx((7 * 51 + 3 * 26) / 101 / 10)
    assert result["best_threshold"] == pytest.approx(0.75)
    assert result["classes"][0]["name"] == "car"
    json.dumps(result, allow_nan=False)
    table = rows(tmp_path / "accuracy.csv")
    assert list(table) == ["car", "All"]
    assert list(table["car"]) == [
        "Class",
        "Precision",
        "Recall",
        "F1_Score",
        "AP",
        "True_Positive",
        "False_Positive",
        "False_Negative",
    ]
    assert [float(value) for value in list(table["All"].values())[1:]] == pytest.approx(
        [0.5, 0.5, 0.5, 51 / 101, 2, 2, 2]
    )
    matches = layer(tmp_path / "m.gpkg")
    assert [kind for kind, _, _ in matches] == ["matched", "matched", "false", "false", "missed", "missed"]
    assert [row["IoU"] for _, _, row in matches] == pytest.approx([1, 0.8, 0.4, 0.9, 0.4, 0])
    assert [row["Confidence"] for _, _, row in matches][:4] == pytest.approx([0.9, 0.8, 0.7, 0.6])
    assert np.isnan(matches[4][2]["Confidence"])
    assert all(shape.equals(other) for (_, shape, _), other in zip(matches, [*FOUND, *TRUE[2:]], strict=True))
    assert pyogrio.read_info(tmp_path / "m.gpkg")["crs"] == "EPSG:32636"
    page = (tmp_path / "new" / "r.html").read_text()
    assert result["report"] == str(tmp_path / "new" / "r.html")
    for text in ("once more what a surer one", "too far from what is there", "detected.gpkg", "best: 0.75"):
        assert text in page
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "accuracy.csv",
        "detected.gpkg",
        "m.gpkg",
        "new",
        "reference.gpkg",
    ]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.3, 0.5, 0.75]))
def test_measures_equal_those_of_boxes_held_each_against_each(tmp_path_factory, seed, least):
    rng = np.random.default_rng(seed)
    true = random_boxes(rng, 60)
    found = np.concatenate([true, random_boxes(rng, 30), true[:20]])
    found = found + rng.normal(0, 1.5, found.shape)
    found = found[(found[:, 2:] - found[:, :2] > 0).all(1)]
    names = np.array(["a", "b", "c"])
    channels, true_channels = rng.integers(0, 3, len(found)), rng.integers(0, 2, len(true))
    scores = rng.random(len(found))
    result = assess(
        tmp_path_factory.mktemp("objects"),
        side(boxes(*found), names[channels].tolist(), confidences=scores),
        side(boxes(*true), names[true_channels].tolist()),
        min_iou=least,
    )
    expected = evaluate([Picture(found, scores, channels, true, true_channels)], 3)
    by_name = {item["name"]: item for item in result["classes"]}
    assert [by_name[name]["ap50"] for name in names] == pytest.approx(expected["ap50"], nan_ok=True)
    assert [by_name[name]["map"] for name in names] == pytest.approx(expected["ap"])
    assert (result["ap50"], result["map"]) == pytest.approx((expected["average_precision"], expected["map"]))
    if least == 0.5:
        assert result["best_threshold"] == pytest.approx(expected["best_threshold"])


def test_boxes_around_outlines_are_compared_as_arcgis_does(tmp_path):
    triangle = shapely.Polygon([(0, 0), (10, 0), (0, 10)])
    far = shapely.MultiPolygon([shapely.box(20, 0, 21, 1), shapely.box(29, 9, 30, 10)])
    found = side([triangle, far], confidences=[0.9, 0.8])
    result = assess(tmp_path, found, side(TRUE[:2]), matches=str(tmp_path / "m.gpkg"))
    assert result["f1"] == 1
    matches = layer(tmp_path / "m.gpkg")
    assert [row["IoU"] for _, _, row in matches] == [1, 1]
    assert matches[1][1].equals(far)


def test_confidences_from_0_to_100_are_divided_and_said(tmp_path):
    recorder = Recorder()
    truth = side(TRUE)
    result = assess(
        tmp_path, side(FOUND, confidences=[90, 80, 70, 60]), truth, recorder, matches=str(tmp_path / "m.gpkg")
    )
    assert any("divided by 100" in text for text in recorder.messages)
    assert result["best_threshold"] == pytest.approx(0.75)
    assert layer(tmp_path / "m.gpkg")[0][2]["Confidence"] == pytest.approx(0.9)
    recorder = Recorder()
    assert (
        assess(tmp_path, side(FOUND, confidences=["0.9", "0.8", "0.7", "0.6"]), truth, recorder)["map"] == result["map"]
    )
    assert not recorder.messages


def test_without_confidences_average_precision_is_of_one_point(tmp_path):
    recorder = Recorder()
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        found = [FOUND[place] for place in order]
        result = assess(tmp_path, side(found), side(TRUE), recorder, report=str(tmp_path / "r.html"))
        assert result["ap"] == pytest.approx(0.5 * 51 / 101)
        assert result["best_threshold"] is None
    assert any("no confidences" in text for text in recorder.messages)
    assert "F1 over the confidence" not in (tmp_path / "r.html").read_text()


def test_classes_are_matched_by_name_and_lone_ones_are_told(tmp_path):
    recorder = Recorder()
    result = assess(
        tmp_path,
        side(FOUND[:3], ["car", "tree", "boat"], confidences=[0.9, 0.8, 0.7]),
        side(TRUE[:3], ["car", "car", "bus"]),
        recorder,
        report=str(tmp_path / "r.html"),
    )
    by_name = {item["name"]: item for item in result["classes"]}
    assert sorted(by_name) == ["boat", "bus", "car", "tree"]
    assert (by_name["car"]["true_positive"], by_name["car"]["recall"]) == (1, 0.5)
    assert (by_name["bus"]["precision"], by_name["bus"]["recall"], by_name["bus"]["ap"]) == (None, 0, 0)
    assert (by_name["boat"]["precision"], by_name["boat"]["recall"], by_name["boat"]["ap"]) == (0, None, None)
    assert result["ap"] == pytest.approx((51 / 101 + 0) / 2)
    assert any("no object of: boat, tree" in text for text in recorder.warnings)
    assert any("no object of: bus" in text for text in recorder.warnings)
    page = (tmp_path / "r.html").read_text()
    assert "Never detected: bus" in page
    assert "of another class than what is there" in page


def test_only_objects_that_touch_the_mask_count(tmp_path):
    mask = [shapely.box(-5, -5, 20, 20), shapely.Polygon([(200, 0), (210, 10), (210, 0), (200, 10)])]
    result = assess(
        tmp_path, side(FOUND, confidences=[0.9, 0.8, 0.7, 0.6]), side(TRUE), mask=mask, report=str(tmp_path / "r.html")
    )
    # Those at x = 20 touch it.
    assert [result[name] for name in ("true_positive", "false_positive", "false_negative")] == [2, 1, 0]
    assert "1 detected, 2 true" in (tmp_path / "r.html").read_text()
    with pytest.raises(NoReferenceError, match="none touches the mask"):
        assess(tmp_path, side(FOUND), side(TRUE), mask=boxes((500, 500, 600, 600)))
    with pytest.raises(ObjectsUnreadableError, match="MASK"):
        assess(tmp_path, side(FOUND), side(TRUE), mask=[shapely.Point(0, 0)])


@pytest.mark.parametrize("output", ["accuracy.csv", "accuracy.gpkg", "accuracy.dbf"])
def test_nothing_detected_is_a_result_with_all_missed(tmp_path, output):
    recorder = Recorder()
    for confidences in ([], None):
        result = assess(
            tmp_path,
            side([], [], confidences=confidences),
            side(TRUE, ["car", "car", "bus", "bus"]),
            recorder,
            output,
            matches=str(tmp_path / "m.gpkg"),
            report=str(tmp_path / "r.html"),
        )
        assert (result["recall"], result["f1"], result["ap"], result["map"]) == (0, 0, 0, 0)
        assert result["precision"] is result["best_threshold"] is None
        assert result["false_negative"] == 4
    assert any("all true ones count as missed" in text for text in recorder.warnings)
    assert [kind for kind, _, _ in layer(tmp_path / "m.gpkg")] == ["missed"] * 4
    info, _, _, fields = pyogrio.raw.read(tmp_path / output)
    assert fields[0].tolist() == ["bus", "car", "All"]
    assert len(info["fields"]) == 8


def test_objects_without_area_are_left_out_and_those_without_confidence_come_last(tmp_path):
    recorder = Recorder()
    result = assess(tmp_path, side(FOUND, confidences=[0.9, None, 0.7, 0.6]), side(TRUE), recorder)
    assert any("1 objects of" in text and "no confidence" in text for text in recorder.warnings)
    assert result["ap"] == pytest.approx((26 + 25 * 2 / 4) / 101)
    odd = [shapely.Point(0, 0), shapely.Polygon(), None, shapely.LineString([(0, 0), (1, 1)])]
    result = assess(
        tmp_path,
        side([*FOUND, *odd], confidences=[0.9, 0.8, 0.7, 0.6, 0.5, 0.5, None, 0.5]),
        side([*odd, *TRUE]),
        recorder,
    )
    assert result["f1"] == pytest.approx(0.5)
    assert sum("4 objects of" in text for text in recorder.warnings) == 2


def test_bad_input_is_one_sentence_and_leaves_nothing(tmp_path):
    found, true = side(FOUND, confidences=[0.9, 0.8, 0.7, 0.6]), side(TRUE)
    cases = [
        (NoReferenceError, found, side([], []), {}),
        (NoReferenceError, found, side([shapely.Point(1, 1)]), {}),
        (BadConfidenceError, {**found, "confidences": ["sure"] * 4}, true, {}),
        (BadConfidenceError, {**found, "confidences": [-1, 0.5, 0.5, 0.5]}, true, {}),
        (BadConfidenceError, {**found, "confidences": [1000, 0.5, 0.5, 0.5]}, true, {}),
        (OtherSystemError, found, {**true, "crs": "EPSG:4326"}, {}),
        (OtherSystemError, found, {**true, "crs": "EPSG:32637"}, {}),
        (BadShareError, found, true, {"min_iou": 1.5}),
        (BadTableError, found, true, {"output": "accuracy.xyz"}),
        (BadTableError, found, true, {"output": "missing/accuracy.csv"}),
        (MatchesNotWritableError, found, true, {"matches": str(tmp_path / "missing" / "m.gpkg")}),
        (MatchesNotWritableError, found, true, {"matches": str(tmp_path / "m.shp")}),
        (ReportNotWritableError, found, true, {"report": str(tmp_path)}),
    ]
    for error, detected, reference, values in cases:
        with pytest.raises(error):
            assess(tmp_path, detected, reference, **values)
        assert {path.name for path in tmp_path.iterdir()} <= {"detected.gpkg", "reference.gpkg"}
    with pytest.raises(CancelledError):
        assess(tmp_path, found, true, Recorder(cancel_after=0))
    job = AssessObjectsJob(str(tmp_path / "detected.gpkg"), str(tmp_path / "no.gpkg"), str(tmp_path / "a.csv"))
    with pytest.raises(ObjectsUnreadableError, match="REFERENCE"):
        assess_objects(job, Recorder())
    assert {path.name for path in tmp_path.iterdir()} == {"detected.gpkg", "reference.gpkg"}


def test_layers_without_systems_and_classes_are_compared_as_one_class(tmp_path):
    result = assess(tmp_path, {"shapes": FOUND, "crs": None}, {"shapes": TRUE}, matches=str(tmp_path / "m.gpkg"))
    assert [item["name"] for item in result["classes"]] == ["Object"]
    assert result["f1"] == pytest.approx(0.5)


def test_names_given_stand_for_paths_in_sentences_and_the_report(tmp_path):
    recorder = Recorder()
    names = {str(tmp_path / "detected.gpkg"): "My cars", str(tmp_path / "reference.gpkg"): "Truth <1>"}
    assess(tmp_path, side(FOUND), side(TRUE, "bus"), recorder, names=names, report=str(tmp_path / "r.html"))
    assert any(text.startswith("My cars has no object of: bus") for text in recorder.warnings)
    page = (tmp_path / "r.html").read_text()
    assert "My cars against Truth &lt;1&gt;" in page
    assert "No class of the detected objects is one of the reference" in page
    with pytest.raises(NoReferenceError, match="Truth <1>"):
        assess(tmp_path, side(FOUND), side([], []), names=names)


def test_many_classes_and_numbers_as_classes_are_compared(tmp_path):
    names = [f"<class {number}>" for number in range(12)]
    spread = boxes(*[(20 * place, 0, 20 * place + 2.0 ** (place % 7), 9) for place in range(12)])
    found = side(spread, names, confidences=np.linspace(0.2, 0.9, 12))
    result = assess(tmp_path, found, side(spread, names), report=str(tmp_path / "r.html"))
    assert result["map"] == result["f1"] == 1
    page = (tmp_path / "r.html").read_text()
    assert "The 8 classes with most true objects" in page
    assert "&lt;class 3&gt;" in page
    assert "<class 3>" not in page
    mixed = assess(tmp_path, side(FOUND[:2], [1, 2]), side(TRUE[:2], ["1", " 2 "]))
    assert [item["name"] for item in mixed["classes"]] == ["1", "2"]
    assert mixed["f1"] == 1


def test_least_iou_of_zero_and_one_are_limits(tmp_path):
    found = side(FOUND, confidences=[0.9, 0.8, 0.7, 0.6])
    assert assess(tmp_path, found, side(TRUE), min_iou=0.0)["true_positive"] == 3
    assert assess(tmp_path, found, side(TRUE), min_iou=1.0)["true_positive"] == 1
