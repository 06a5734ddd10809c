from __future__ import annotations

import csv

import numpy as np
import pyogrio
import pytest
import rasterio
from chip_cases import NORTH_UP, Recorder, pixel_box, write_labels, write_raster
from hypothesis import given, settings
from hypothesis import strategies as st

from swath.engine.data.problems import BadTableError, NotClassifiedError, NothingToCompareError
from swath.engine.errors import CancelledError
from swath.engine.jobs import AssessPixelsJob
from swath.engine.review.attributes import class_names
from swath.engine.review.confusion import PairCounter, confusion
from swath.engine.review.pixels import assess_pixels


def table(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def assess(folder, classified, reference, output="acc.csv", reporter=None, transform=NORTH_UP, nodata=None, **values):
    """Write both as rasters (a reference list of boxes as vectors) and compare them."""
    done = write_raster(folder / "classified.tif", classified[None], transform, nodata=nodata)
    if isinstance(reference, list):
        shapes = [pixel_box(transform, *box[:4]) for box in reference]
        truth = write_labels(folder / "truth.gpkg", shapes, [box[4] for box in reference])
    else:
        truth = write_raster(folder / "truth.tif", reference[None], transform)
        values["reference_is_raster"] = True
    job = AssessPixelsJob(str(done), str(truth), str(folder / output), **values)
    return assess_pixels(job, reporter or Recorder())


def brute(classified, reference, values):
    matrix = np.zeros((len(values), len(values)))
    for i, first in enumerate(values):
        for j, second in enumerate(values):
            matrix[i, j] = ((classified == first) & (reference == second)).sum()
    return matrix


def measures(matrix):
    """Compute all measures the long way."""
    total = matrix.sum()
    agreed = sum(matrix[i, i] for i in range(len(matrix))) / total
    chance = sum(matrix[i].sum() * matrix[:, i].sum() for i in range(len(matrix))) / total**2
    per = []
    for i in range(len(matrix)):
        hit, false, missed = matrix[i, i], matrix[i].sum() - matrix[i, i], matrix[:, i].sum() - matrix[i, i]
        per.append((hit / (hit + false), hit / (hit + missed), hit / (hit + false + missed)))
    return agreed, (agreed - chance) / (1 - chance), per


def test_several_classes_equal_the_long_way_and_skip_unlabelled(tmp_path):
    rng = np.random.default_rng(3)
    reference = rng.integers(0, 4, (150, 1100), dtype="uint8")
    classified = np.where(rng.random(reference.shape) < 0.7, reference, rng.integers(1, 4, reference.shape)).astype(
        "uint8"
    )
    classified[classified == 0] = 1
    result = assess(tmp_path, classified, reference)
    labelled = reference > 0
    matrix = brute(classified[labelled], reference[labelled], [1, 2, 3])
    agreed, kappa, per = measures(matrix)
    assert result["overall_accuracy"] == pytest.approx(agreed)
    assert result["kappa"] == pytest.approx(kappa)
    assert result["mean_iou"] == pytest.approx(np.mean([iou for _, _, iou in per]))
    assert result["pixels"] == labelled.sum()
    assert not result["background_counts"]
    rows = table(tmp_path / "acc.csv")
    assert [[int(row[f"C_{value}"]) for value in (1, 2, 3)] for row in rows[:3]] == matrix.tolist()
    for row, item, (precision, recall, iou) in zip(rows, result["classes"], per, strict=False):
        assert (item["precision"], item["recall"], item["iou"]) == pytest.approx((precision, recall, iou))
        assert float(row["F1_Score"]) == pytest.approx(2 * precision * recall / (precision + recall))
    assert rows[3]["Class"] == "Total"
    assert float(rows[3]["Kappa"]) == pytest.approx(kappa)


def test_single_class_counts_false_positives_on_unlabelled_ground(tmp_path):
    classified = np.zeros((100, 120), "uint8")
    classified[10:30, 10:30] = 1  # found
    classified[60:70, 60:80] = 1  # nothing there
    recorder = Recorder()
    result = assess(tmp_path, classified, [(10, 10, 40, 30, 1)], reporter=recorder)
    building = result["classes"][1]
    assert building["iou"] == pytest.approx(400 / (600 + 200))
    assert building["precision"] == pytest.approx(400 / 600)
    assert building["recall"] == pytest.approx(400 / 600)
    assert result["background_counts"]
    assert result["pixels"] == 12000
    assert any("only one class" in text for text in recorder.messages)


def test_single_class_with_no_data_for_background_is_the_same(tmp_path):
    classified = np.zeros((100, 120), "uint8")
    classified[10:30, 10:30] = 1
    classified[60:70, 60:80] = 1
    result = assess(tmp_path, classified, [(10, 10, 40, 30, 1)], nodata=0)
    assert result["classes"][1]["iou"] == pytest.approx(0.5)


def test_given_class_zero_or_a_named_background_makes_it_count(tmp_path):
    reference = [(0, 0, 50, 50, 1), (50, 0, 100, 50, 2)]
    classified = np.full((100, 120), 2, "uint8")
    classified[:50, :50] = 1
    classified[50:, :] = 0
    assert assess(tmp_path, classified, reference)["pixels"] == 5000
    classes = [{"value": 0, "name": "Background"}, {"value": 1, "name": "a"}, {"value": 2, "name": "b"}]
    given_zero = assess(tmp_path, classified, reference, classes=classes)
    assert given_zero["pixels"] == 12000
    from swath.engine.applying.style import attribute_table
    from swath.engine.classes import classes_from_dicts

    side = tmp_path / "classified.tif.aux.xml"
    side.write_text(attribute_table(classes_from_dicts(classes)))
    assert class_names(tmp_path / "classified.tif") == {0: "Background", 1: "a", 2: "b"}
    # Written again, the raster would lose its side file.
    paths = (str(tmp_path / name) for name in ("classified.tif", "truth.gpkg", "acc.csv"))
    named = assess_pixels(AssessPixelsJob(*paths), Recorder())
    assert named["background_counts"]
    assert named["overall_accuracy"] == given_zero["overall_accuracy"] == pytest.approx(1 - 1000 / 12000)
    side.write_text('<!DOCTYPE x [<!ENTITY a "b">]><PAMDataset/>')
    assert class_names(tmp_path / "classified.tif") == {}


def test_unclassified_pixels_of_labelled_ground_are_errors_of_their_class(tmp_path):
    classified = np.ones((64, 64), "uint8")
    classified[:, 32:] = 2
    classified[:10, :32] = 0
    result = assess(tmp_path, classified, [(0, 0, 32, 64, 1), (32, 0, 64, 64, 2)])
    assert result["pixels"] == 64 * 64
    assert [item["value"] for item in result["classes"]] == [1, 2]
    assert result["classes"][0]["recall"] == pytest.approx(54 / 64)
    assert table(tmp_path / "acc.csv")[0]["Class"] == "Unclassified"


def test_no_data_of_the_result_is_left_out_and_counted_in_the_report(tmp_path):
    classified = np.ones((64, 64), "uint8")
    classified[:, 32:] = 2
    classified[:10] = 255
    result = assess(
        tmp_path, classified, [(0, 0, 32, 64, 1), (32, 0, 64, 64, 2)], nodata=255, report=str(tmp_path / "r.html")
    )
    assert result["pixels"] == 54 * 64
    assert result["overall_accuracy"] == 1
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "640" in page
    assert "Confusion matrix" in page


def test_extent_limits_what_is_compared(tmp_path):
    classified = np.ones((64, 64), "uint8")
    classified[:, 32:] = 2
    extent = [300000, 100000 - 32, 300000 + 16, 100000]
    result = assess(tmp_path, classified, [(0, 0, 64, 64, 1), (60, 60, 64, 64, 2)], extent=extent)
    assert result["pixels"] == 32 * 64
    assert result["overall_accuracy"] == 1


@pytest.mark.parametrize("name", ["acc.gpkg", "acc.dbf"])
def test_other_tables_hold_the_same_rows(tmp_path, name):
    rng = np.random.default_rng(0)
    reference = rng.integers(1, 3, (64, 64), dtype="uint8")
    classified = rng.integers(1, 3, (64, 64), dtype="uint8")
    result = assess(tmp_path, classified, reference, name)
    meta, _, geometry, fields = pyogrio.raw.read(tmp_path / name, read_geometry=False)
    found = dict(zip(meta["fields"], fields, strict=True))
    assert geometry is None
    matrix = brute(classified, reference, [1, 2])
    assert found["C_1"].tolist() == [*matrix[:, 0], matrix[:, 0].sum()]
    assert found["Class"].tolist() == ["1", "2", "Total"]
    assert found["IoU"][2] == pytest.approx(result["mean_iou"])
    assert not (tmp_path / f"{name}.partial").exists()


def test_blocks_of_any_size_give_the_same_counts(tmp_path, monkeypatch):
    from swath.engine.review import pixels

    rng = np.random.default_rng(0)
    reference, classified = rng.integers(0, 3, (2, 200, 300), dtype="uint8")
    whole = assess(tmp_path, classified, reference)
    monkeypatch.setattr(pixels, "_BLOCK_PX", 37)
    parts = assess(tmp_path, classified, reference)
    assert whole == parts


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 70000), st.integers(0, 70000)), min_size=1, max_size=50))
def test_pair_counter_counts_any_values(pairs):
    counter = PairCounter()
    first, second = np.array(pairs).T
    counter.add(first, second)
    counter.add(first, second)
    assert counter.pairs == {pair: 2 * pairs.count(pair) for pair in set(pairs)}


def test_measures_that_divide_by_nothing_are_empty():
    matrix = confusion({(1, 1): 10}, [1, 2], background_counts=False)
    one, two = matrix.scores()
    assert (one.iou, two.iou, two.precision, two.recall) == (1, None, None, None)
    assert (matrix.overall_accuracy, matrix.mean_iou, matrix.kappa) == (1, 1, 0)


def test_measurements_are_refused_as_classes(tmp_path):
    rng = np.random.default_rng(0)
    for values, word in (
        (rng.random((64, 64)).astype("float32"), "holds the value"),
        (-np.ones((64, 64), "int16"), "holds the value -1"),
        (np.arange(64 * 64, dtype="uint16").reshape(64, 64), "more than 1000"),
    ):
        with pytest.raises(NotClassifiedError, match=word):
            assess(tmp_path, values, [(0, 0, 64, 64, 1)])
    assert not (tmp_path / "acc.csv").exists()


def test_result_without_data_where_labelled_cannot_be_compared(tmp_path):
    classified = np.full((64, 64), 9, "uint8")
    classified[40:] = 1
    with pytest.raises(NothingToCompareError, match="can be compared"):
        assess(tmp_path, classified, [(0, 0, 20, 20, 1)], nodata=9)


def test_table_that_cannot_be_written_is_refused_before_work(tmp_path):
    classified = np.ones((64, 64), "uint8")
    for output, word in (("acc.nonsense", ".csv"), ("none/acc.csv", "does not exist")):
        with pytest.raises(BadTableError, match=word):
            assess(tmp_path, classified, [(0, 0, 20, 20, 1)], output)


def test_cancelled_comparison_writes_nothing(tmp_path):
    with pytest.raises(CancelledError):
        assess(tmp_path, np.ones((64, 64), "uint8"), [(0, 0, 20, 20, 1)], reporter=Recorder(cancel_after=0))
    assert not (tmp_path / "acc.csv").exists()


def test_reference_raster_on_a_coarser_grid_is_taken_to_the_nearest(tmp_path):
    coarse = np.random.default_rng(0).integers(1, 4, (16, 16), dtype="uint8")
    fine = np.kron(coarse, np.ones((4, 4), "uint8"))
    done = write_raster(tmp_path / "c.tif", fine[None])
    truth = write_raster(tmp_path / "t.tif", coarse[None], rasterio.Affine(2, 0, 300000, 0, -2, 100000))
    job = AssessPixelsJob(str(done), str(truth), str(tmp_path / "acc.csv"), reference_is_raster=True)
    assert assess_pixels(job, Recorder())["overall_accuracy"] == 1
