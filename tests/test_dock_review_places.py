"""Finding places to look at: doubts of a map, differences from labels, objects the model was not sure of."""

from __future__ import annotations

import numpy as np
import pytest
from layer_cases import make_layer
from review_cases import BLOBS, CLASSES, NORTH, WEST, pixel_square, write_grid, write_map

from swath.engine.errors import CancelledError
from swath.engine.progress import Silent

CELL = 0.5


def boxes_in_pixels(candidates):
    """Return (left, top, right, bottom) of each place in pixels."""
    found = []
    for item in candidates:
        box = item.geometry.boundingBox()
        left, right = (box.xMinimum() - WEST) / CELL, (box.xMaximum() - WEST) / CELL
        found.append((left, (NORTH - box.yMaximum()) / CELL, right, (NORTH - box.yMinimum()) / CELL))
    return found


def uncertain(folder, side=400, scale=1, overviews=False, reporter=None, **options):
    from swath.plugin.review.uncertain import UncertainJob, find_uncertain

    paths = write_map(folder, side, scale, overviews)
    return find_uncertain(UncertainJob(*paths, **options), reporter or Silent())


def test_uncertain_map_with_three_doubts_finds_their_places_without_the_seam(tmp_path):
    found = uncertain(tmp_path)
    assert len(found) == len(BLOBS)
    wanted = {(left, top, left + side, top + side) for (left, top, side), _ in BLOBS}
    for box in boxes_in_pixels(found):
        assert any(np.allclose(box, other, atol=1) for other in wanted), box
    assert [round(item.size, -2) for item in found] == [1600, 900, 400]
    first = found[0]
    assert (first.said.name, first.other.name) == ("Roof", "Forest")
    assert (first.certainty, first.other_certainty) == pytest.approx((0.6, 0.3), abs=0.01)
    assert first.said.color == "#c83c28"


def test_uncertain_where_the_smallest_size_is_large_leaves_small_places_out(tmp_path):
    assert [item.said.name for item in uncertain(tmp_path, smallest=1000)] == ["Roof"]


def test_uncertain_coarse_reading_draws_outlines_from_the_pixels(tmp_path, monkeypatch):
    from swath.plugin.review import uncertain as module

    monkeypatch.setattr(module, "MOST_PIXELS", 1 << 16)  # 1600 x 1600 pixels are read as 229 x 229
    found = uncertain(tmp_path, 1600, 4, smallest=2000)
    blobs = [tuple(4 * value for value in (left, top, left + side, top + side)) for (left, top, side), _ in BLOBS]
    near = [box for box in boxes_in_pixels(found) if any(np.allclose(box, other, atol=1) for other in blobs)]
    assert len(near) == len(BLOBS)


def test_uncertain_many_doubts_in_a_corner_leaves_places_for_others(tmp_path):
    from swath.plugin.review.uncertain import UncertainJob, find_uncertain

    shares = np.full((2, 640, 640), 0.02, np.float32)
    shares[0] = 0.98
    for place in range(8):
        for other in range(8):
            shares[:, 4 + place * 20 : 18 + place * 20, 4 + other * 20 : 18 + other * 20] = 0.5
    for corner in ((500, 40), (40, 500), (500, 500)):
        shares[:, corner[0] : corner[0] + 10, corner[1] : corner[1] + 10] = 0.5
    values = np.ones((640, 640), np.uint8)
    paths = write_grid(tmp_path / "map.tif", values, nodata=0), write_grid(tmp_path / "p.tif", shares, nodata=-1)
    found = find_uncertain(UncertainJob(*paths, most=12), Silent())
    far = [box for box in boxes_in_pixels(found) if box[0] > 320 or box[1] > 320]
    assert len(found) == 12
    assert len(far) == 3


def test_uncertain_nodata_is_no_doubt(tmp_path):
    from swath.plugin.review.uncertain import UncertainJob, find_uncertain

    values, shares = np.ones((200, 200), np.uint8), np.full((2, 200, 200), 0.5, np.float32)
    shares[:, 50:150, 50:150] = -1
    shares[0, :40], shares[1, :40] = 0.99, 0.01
    values[:, 100:] = 0
    paths = write_grid(tmp_path / "map.tif", values, nodata=0), write_grid(tmp_path / "p.tif", shares, nodata=-1)
    for left, top, right, _ in boxes_in_pixels(find_uncertain(UncertainJob(*paths), Silent())):
        assert left >= 0
        assert top >= 38
        assert right <= 101


def test_uncertain_probabilities_of_another_map_are_refused_with_both_sizes(tmp_path):
    from swath.plugin.review.review_problems import ProbabilitiesDifferError
    from swath.plugin.review.uncertain import UncertainJob, find_uncertain

    path, _ = write_map(tmp_path)
    other = write_grid(tmp_path / "other.tif", np.zeros((2, 50, 60), np.float32))
    with pytest.raises(ProbabilitiesDifferError, match=r"60 x 50 .*400 x 400"):
        find_uncertain(UncertainJob(path, other), Silent())


def test_uncertain_cancelled_ends_at_once(tmp_path):
    class Cancelled(Silent):
        def cancelled(self):
            return True

    with pytest.raises(CancelledError):
        uncertain(tmp_path, reporter=Cancelled())


def test_uncertain_large_map_keeps_memory_flat(tmp_path, monkeypatch):
    import tracemalloc

    from swath.plugin.review import uncertain as module
    from swath.plugin.review.uncertain import UncertainJob, find_uncertain

    monkeypatch.setattr(module, "MOST_PIXELS", 1 << 20)
    paths = write_map(tmp_path, 3000, 7)
    tracemalloc.start()
    found = find_uncertain(UncertainJob(*paths), Silent())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) >= len(BLOBS)
    # The three bands alone take 108 MB.
    assert peak < 3000 * 3000 * 3 * 4 / 2


def differences(path, layer, crs="EPSG:32636", areas=None, field="", **options):
    from qgis.core import QgsCoordinateReferenceSystem, QgsProject

    from swath.plugin.review.differences import DifferencesJob, find_differences
    from swath.plugin.review.references import Reference

    reference = Reference(layer, field, QgsCoordinateReferenceSystem(crs), QgsProject.instance(), areas)
    return find_differences(DifferencesJob(path, **options), reference, Silent())


def test_differences_from_labels_are_found_by_size_with_is_and_should_be(tmp_path, layer):
    path, _ = write_map(tmp_path)
    rows = [(pixel_square(100, 200, 30), "Forest", 2), (pixel_square(300, 200, 50), "forest", 2)]
    rows += [(pixel_square(250, 310, 40), "Forest", 2)]
    found = differences(path, layer(["Classname:string", "Classvalue:integer"], rows))
    assert [(item.said.name, item.other.name, item.size) for item in found] == [
        ("Roof", "Forest", 1600),
        ("Water", "Forest", 900),
    ]
    assert boxes_in_pixels(found)[1] == pytest.approx((100, 200, 130, 230), abs=0.1)


def test_differences_labels_in_another_system_are_moved_onto_the_map(tmp_path, layer):
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject

    path, _ = write_map(tmp_path)
    systems = QgsCoordinateReferenceSystem("EPSG:32636"), QgsCoordinateReferenceSystem("EPSG:4326")
    there = QgsGeometry.fromWkt(pixel_square(100, 200, 30))
    there.transform(QgsCoordinateTransform(*systems, QgsProject.instance()))
    found = differences(path, layer(["Classvalue:integer"], [(there.asWkt(), 2)], crs="EPSG:4326"))
    assert [(item.said.value, item.other.value) for item in found] == [(1, 2)]
    assert boxes_in_pixels(found)[0] == pytest.approx((100, 200, 130, 230), abs=1.1)


def test_differences_cut_by_blocks_come_as_one_place(tmp_path, layer, monkeypatch):
    from swath.plugin.review import differences as module

    monkeypatch.setattr(module, "BLOCK", 64)
    path, _ = write_map(tmp_path)
    found = differences(path, layer(["Classvalue:integer"], [(pixel_square(30, 100, 100), 2)]))
    assert [item.size for item in found] == [10_000]


def test_differences_in_a_fully_labeled_area_say_background(tmp_path, layer):
    path = write_grid(tmp_path / "map.tif", np.kron([[0, 1], [0, 0]], np.ones((100, 100))).astype(np.uint8), nodata=255)
    labels = layer(["Classvalue:integer"], [(pixel_square(100, 0, 50), 1)])
    areas = layer([], [(pixel_square(100, 0, 80),)], name="areas")
    (found,) = differences(path, labels, areas=areas)
    assert (found.said.value, found.other.value, found.size) == (1, 0, 80 * 80 - 50 * 50)


def test_differences_labels_elsewhere_are_refused(tmp_path, layer):
    from swath.plugin.review.review_problems import NoReferenceError

    path, _ = write_map(tmp_path)
    with pytest.raises(NoReferenceError, match="labels"):
        differences(path, layer(["Classvalue:integer"], [(pixel_square(9000, 0, 30), 2)]))


def objects(rows, fields, matches=False, most=10, below=0.9):
    from swath.plugin.review.object_places import Objects

    return Objects(make_layer(fields, rows), matches=matches).find(most, below, Silent())


DETECTED = ["Classname:string", "Classvalue:integer", "Confidence:double"]


def test_objects_nearest_the_threshold_come_first(layer):
    rows = [(pixel_square(30 * place, 0, 9), "Car", 1, sure) for place, sure in enumerate((0.9, 0.51, 0.7, 0.55))]
    found = objects(rows, DETECTED)
    assert [item.certainty for item in found] == [0.51, 0.55, 0.7]
    assert found[0].said.name == "Car"


def test_objects_matches_come_in_turn_false_ones_by_confidence(layer):
    rows = [
        (pixel_square(0, 0, 9), "Car", "matched", 0.9),
        (pixel_square(0, 30, 9), "Car", "false", 0.4),
        (pixel_square(0, 60, 9), "Car", "false", 0.8),
        (pixel_square(0, 90, 5), "Van", "missed", None),
        (pixel_square(0, 120, 9), "Car", "missed", None),
    ]
    found = objects(rows, ["Class:string", "Match:string", "Confidence:double"], matches=True)
    assert [(item.reason, item.certainty) for item in found] == [
        ("false object", 0.8),
        ("missed object", -1.0),
        ("false object", 0.4),
        ("missed object", -1.0),
    ]
    assert found[1].said is None
    assert found[1].proposal().name == "Car"


def test_objects_layer_of_another_kind_is_refused(layer):
    from swath.plugin.review.review_problems import NoConfidenceError, NoMatchesError

    rows = [(pixel_square(0, 0, 9), "Car")]
    with pytest.raises(NoConfidenceError):
        objects(rows, ["Classname:string"])
    with pytest.raises(NoMatchesError):
        objects(rows, ["Classname:string"], matches=True)


def test_classes_of_the_map_are_read_from_its_table(tmp_path):
    from swath.plugin.review.map_rasters import map_looks

    path, _ = write_map(tmp_path)
    assert [look.name for look in map_looks(path).values()] == [name for _value, name, _color in CLASSES]


def test_differences_from_a_raster_match_classes_by_name(tmp_path, qgis_new_project):
    from pathlib import Path

    from swath.engine.applying.style import attribute_table
    from swath.engine.classes import ClassInfo
    from swath.plugin.review.differences import DifferencesJob, find_differences
    from swath.plugin.review.raster_reference import RasterReference

    path, _ = write_map(tmp_path)
    truth = np.zeros((200, 200), np.uint8)  # pixels twice as large
    truth[100:115, 50:65] = 7
    truth[100:115, 20:35] = 9
    reference = write_grid(tmp_path / "truth.tif", truth, cell=1.0)
    classes = [ClassInfo(7, "forest", (1, 2, 3)), ClassInfo(9, "Water", (3, 2, 1))]
    Path(f"{reference}.aux.xml").write_text(attribute_table(classes), encoding="utf-8")
    (found,) = find_differences(DifferencesJob(path), RasterReference(reference, "truth"), Silent())
    assert (found.said.name, found.other.name, found.size) == ("Water", "Forest", 900)
    assert boxes_in_pixels([found])[0] == pytest.approx((100, 200, 130, 230), abs=0.1)
