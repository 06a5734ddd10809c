"""Where chips lie: turned, around features, of several images, with a second raster, in pixel space."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import rasterio
import shapely
from chip_cases import NORTH_UP, Recorder, chip_window, emd_of, noise, pixel_box, stats_of, write_labels, write_raster
from chip_cases import make_case as make
from chip_cases import run_export as run
from hypothesis import given, settings
from hypothesis import strategies as st

from swath.engine.chips import FORMATS
from swath.engine.chips._thin import read_thin
from swath.engine.data.problems import (
    BadAngleError,
    DifferentRastersError,
    MissingForFormatError,
    NoAreaError,
    NotForFormatError,
)

CLASSIFIED = {"format": "CLASSIFIED_TILES"}


def smooth(width=300, height=260):
    """Return a picture without sharp edges, so that interpolated pixels have a known value."""
    cols, rows = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([cols * 0.3 + rows * 0.4, cols * 0.5 - rows * 0.1 + 60, rows * 0.7]).astype("float32")


def chips_of(folder, format_id):
    return FORMATS.get(format_id).read(folder)


@pytest.mark.parametrize("angle", [90.0, 45.0, 200.0])
def test_turned_chips_show_the_ground_where_they_say_they_lie(tmp_path, angle):
    pixels = smooth()
    boxes = [(100, 90, 180, 150, 1), (30, 200, 80, 230, 2)]
    base, _ = make(tmp_path, pixels, boxes)
    run(tmp_path, {**base, **CLASSIFIED}, tile_size=[64, 64], stride=[64, 64], rotation_angle=angle)
    chips = chips_of(tmp_path / "out", "CLASSIFIED_TILES").chips
    shapes = [(pixel_box(NORTH_UP, *box[:4]), box[4]) for box in boxes]
    per_place = math.ceil(360 / angle)
    turns = set()
    for chip in chips:
        place = chip.transform
        turns.add(round(math.degrees(math.atan2(-place.d, place.a))) % 360)
        with rasterio.open(chip.image) as dataset:
            values = dataset.read()
            assert tuple(dataset.transform)[:6] == pytest.approx(place.tuple6(), abs=1e-6)
        cols, rows = np.meshgrid(np.arange(64) + 0.5, np.arange(64) + 0.5)
        x, y = place.to_map(cols, rows)
        col, row = ~NORTH_UP @ (x, y)
        truth = np.stack([(col - 0.5) * 0.3 + (row - 0.5) * 0.4, (col - 0.5) * 0.5 - (row - 0.5) * 0.1 + 60])
        inside = (col > 1) & (row > 1) & (col < 299) & (row < 259)
        assert np.abs(values[:2] - truth)[:, inside].max() < 0.01
        # No black corner where imagery exists.
        assert (values[1][inside] > 0).all()
        target = FORMATS.get("CLASSIFIED_TILES").read_target(chip)
        expected = np.zeros((64, 64), int)
        for shape, value in shapes:
            expected[shapely.contains_xy(shape, x, y)] = value
        # Outside of the imagery nothing is labelled.
        assert (target[inside] != expected[inside]).mean() < 0.002
    assert len(turns) == per_place
    # Turned about the middle: all chips of one place have the same one.
    middles = {tuple(np.round(chip.transform.to_map(32, 32), 3)) for chip in chips}
    assert len(middles) >= len(chips) / per_place


def test_turns_by_right_angles_keep_the_pixels(tmp_path):
    pixels = noise(256, 256)
    base, _ = make(tmp_path, pixels, [(60, 60, 200, 200, 1)])
    run(tmp_path, {**base, **CLASSIFIED}, tile_size=[64, 64], stride=[64, 64], rotation_angle=90)
    chips = chips_of(tmp_path / "out", "CLASSIFIED_TILES").chips
    assert len(chips) % 4 == 0
    for first in range(0, len(chips), 4):
        pictures = [rasterio.open(chip.image).read() for chip in chips[first : first + 4]]
        assert all(np.array_equal(np.rot90(pictures[0], turn, (1, 2)), pictures[turn]) for turn in (1, 2, 3))


@pytest.mark.parametrize("angle", [-5, 0.5, 360])
def test_angles_without_sense_are_refused(tmp_path, angle):
    base, _ = make(tmp_path)
    with pytest.raises(BadAngleError, match="ROTATION_ANGLE"):
        run(tmp_path, {**base, **CLASSIFIED}, rotation_angle=angle)


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 180), st.integers(0, 130), st.integers(4, 40), st.integers(4, 40)), min_size=1,
             max_size=5),
    st.booleans(),
)  # fmt: skip
def test_one_chip_is_made_around_each_feature(tmp_path_factory, corners, crop):
    folder = tmp_path_factory.mktemp("f")
    boxes = [(c, r, c + w, r + h, 1 + i % 2) for i, (c, r, w, h) in enumerate(corners)]
    pixels = noise(220, 170)
    base, _ = make(folder, pixels, boxes)
    mode = "BOUNDING_BOX" if crop else "FIXED_SIZE"
    run(folder, {**base, "format": "LABELED_TILES"}, tile_size=[48, 40], crop_mode=mode)
    found = chips_of(folder / "out", "LABELED_TILES")
    assert len(found.chips) == len(boxes)
    assert emd_of(folder / "out")["CropTileMode"] == ("Bounding_Box" if crop else "Fixed_Size")
    left = list(boxes)
    for chip in found.chips:
        with rasterio.open(chip.image) as dataset:
            width, height = dataset.width, dataset.height
            col, row = chip_window(dataset.transform, NORTH_UP)
            assert np.array_equal(dataset.read(), pixels[:, row : row + height, col : col + width])
        (value,) = FORMATS.get("LABELED_TILES").read_target(chip, found.classes).values
        match = [
            box for box in left
            if box[4] == value and (
                (col, row, col + width, row + height) == box[:4] if crop
                else abs((box[0] + box[2]) / 2 - col - 24) <= 24 and abs((box[1] + box[3]) / 2 - row - 20) <= 20
            )
        ]  # fmt: skip
        assert match
        if not crop:
            assert (width, height) == (48, 40)
            box = match[0]
            centred = (round((box[0] + box[2]) / 2 - 24), round((box[1] + box[3]) / 2 - 20))
            assert len(match) > 1 or (col, row) == (min(max(centred[0], 0), 172), min(max(centred[1], 0), 130))
        left.remove(match[0])


def test_what_lies_around_a_feature_is_blackened(tmp_path):
    base, _ = make(tmp_path, np.full((3, 150, 200), 200, "uint8"), [(60, 50, 80, 70, 1)])
    run(tmp_path, {**base, "format": "LABELED_TILES"}, tile_size=[64, 64], blacken=True)
    (chip,) = chips_of(tmp_path / "out", "LABELED_TILES").chips
    with rasterio.open(chip.image) as dataset:
        picture = dataset.read()
        col, row = chip_window(dataset.transform, NORTH_UP)
    expected = np.zeros((64, 64), "uint8")
    expected[50 - row : 70 - row, 60 - col : 80 - col] = 200
    assert np.array_equal(picture, np.stack([expected] * 3))
    assert emd_of(tmp_path / "out")["BlackenAroundFeature"] is True


def test_points_and_lines_stay_beside_the_chips(tmp_path):
    write_raster(tmp_path / "r.tif", noise())
    point = shapely.Point(NORTH_UP @ (70.25, 20.5))
    line = shapely.LineString([NORTH_UP @ (5, 100), NORTH_UP @ (190, 100)])
    labels = write_labels(tmp_path / "l.gpkg", [point, line], [1, 2])
    base = {"raster": str(tmp_path / "r.tif"), "labels": str(labels), **CLASSIFIED}
    run(tmp_path, base, tile_size=[64, 64], stride=[64, 64])
    for chip in chips_of(tmp_path / "out", "CLASSIFIED_TILES").chips:
        col, row = chip_window(rasterio.Affine(*chip.transform.tuple6()), NORTH_UP)
        for item in read_thin(chip):
            if item.value == 1:
                assert (item.shape.x + col, item.shape.y + row) == pytest.approx((70.25, 20.5), abs=1e-4)
            else:
                xmin, ymin, xmax, ymax = item.shape.bounds
                assert (ymin + row, ymax + row) == pytest.approx((100, 100), abs=1e-4)
                # Cut at the margin around the chip, not at the chip.
                assert xmin == pytest.approx(max(5 - col, -64), abs=1e-4)
                assert xmax == pytest.approx(min(190 - col, 64 + 64), abs=1e-4)
    first = next(chip for chip in chips_of(tmp_path / "out", "CLASSIFIED_TILES").chips if chip.stem == "000000000")
    # A point just outside of a chip is in its sidecar, too.
    assert {item.value for item in read_thin(first)} == {1, 2}


def test_formats_of_areas_refuse_labels_without_any(tmp_path):
    write_raster(tmp_path / "r.tif", noise())
    labels = write_labels(tmp_path / "l.gpkg", [shapely.Point(NORTH_UP @ (70, 20))], [1])
    base = {"raster": str(tmp_path / "r.tif"), "labels": str(labels), "tile_size": [64, 64]}
    for name in ("PASCAL_VOC_RECTANGLES", "RCNN_MASKS", "KITTI_RECTANGLES"):
        with pytest.raises(NoAreaError, match="BUFFER_RADIUS"):
            run(tmp_path, base, format=name)


def test_mixed_geometries_keep_those_with_an_area_and_say_so(tmp_path):
    write_raster(tmp_path / "r.tif", noise())
    bow = shapely.Polygon([NORTH_UP @ place for place in ((10, 10), (50, 50), (50, 10), (10, 50))])
    both = shapely.GeometryCollection([pixel_box(NORTH_UP, 100, 20, 120, 40), shapely.Point(NORTH_UP @ (60, 60))])
    labels = write_labels(tmp_path / "l.gpkg", [shapely.Point(NORTH_UP @ (70, 20)), bow, both], [1, 2, 2])
    base = {"raster": str(tmp_path / "r.tif"), "labels": str(labels), "tile_size": [150, 150]}
    recorder = Recorder()
    run(tmp_path, base, format="PASCAL_VOC_RECTANGLES", stride=[200, 200], reporter=recorder)
    assert any("1 labels are points or lines" in text for text in recorder.warnings)
    assert any("1 polygons crossed themselves" in text for text in recorder.warnings)
    found = chips_of(tmp_path / "out", "PASCAL_VOC_RECTANGLES")
    boxes = FORMATS.get("PASCAL_VOC_RECTANGLES").read_target(found.chips[0], found.classes).boxes
    assert sorted(map(tuple, boxes.tolist())) == [(10, 10, 50, 50), (100, 20, 120, 40)]


def test_several_images_make_one_chip_set(tmp_path):
    jobs, pictures = [], []
    for number in range(3):
        shifted = NORTH_UP @ rasterio.Affine.translation(500 * number, 0)
        folder = tmp_path / str(number)
        folder.mkdir()
        base, canvas = make(folder, noise(seed=number), transform=shifted)
        jobs.append(base)
        pictures.append((shifted, noise(seed=number), canvas))
    more = [{"raster": job["raster"], "labels": job["labels"]} for job in jobs[1:]]
    result = run(tmp_path, {**jobs[0], **CLASSIFIED}, additional=more)
    found = chips_of(tmp_path / "out", "CLASSIFIED_TILES")
    assert result["chips"] == len(found.chips)
    assert [chip.stem for chip in found.chips] == [f"{number:09d}" for number in range(len(found.chips))]
    assert {chip.source for chip in found.chips} == {job["raster"] for job in jobs}
    for chip in found.chips:
        transform, pixels, canvas = pictures[[job["raster"] for job in jobs].index(chip.source)]
        with rasterio.open(chip.image) as dataset:
            col, row = chip_window(dataset.transform, transform)
            assert np.array_equal(dataset.read(), pixels[:, row : row + 64, col : col + 64])
        target = FORMATS.get("CLASSIFIED_TILES").read_target(chip)
        assert np.array_equal(target, canvas[row : row + 64, col : col + 64])
    assert stats_of(tmp_path / "out")["InputRastersProps"]["RasterCount"] == 3


def test_images_that_differ_are_refused(tmp_path):
    base, _ = make(tmp_path)
    other = write_raster(tmp_path / "four.tif", noise(bands=4))
    with pytest.raises(DifferentRastersError, match=r"four\.tif.*bands"):
        run(tmp_path, {**base, **CLASSIFIED}, additional=[{"raster": str(other), "labels": base["labels"]}])


def test_a_second_raster_is_cut_at_the_same_places(tmp_path):
    pixels = noise()
    base, _ = make(tmp_path, pixels)
    # Twice as coarse, and a little larger: it is seen on the first one's grid.
    coarse = np.arange(85 * 110, dtype="uint16").reshape(1, 85, 110)
    second = write_raster(tmp_path / "second.tif", coarse, NORTH_UP @ rasterio.Affine.scale(2))
    for name in ("CLASSIFIED_TILES", "EXPORT_TILES"):
        run(tmp_path, {**base, "format": name}, name, raster2=str(second))
        found = chips_of(tmp_path / name, name)
        assert len(found.chips) > 4
        for chip in found.chips:
            with rasterio.open(chip.image) as one, rasterio.open(chip.image2) as two:
                assert one.transform == two.transform
                col, row = chip_window(one.transform, NORTH_UP)
                values = two.read(1)
            assert abs(int(values[30, 30]) - int(coarse[0, (row + 30) // 2, (col + 30) // 2])) <= 90
        stats = stats_of(tmp_path / name)
        assert len(stats["BandStatsState2"]) == 1
        assert len(emd_of(tmp_path / name)["AllTilesStats2"]) == 1


def test_settings_that_a_format_cannot_use_are_refused(tmp_path):
    base, _ = make(tmp_path)
    second = str(write_raster(tmp_path / "second.tif", noise()))
    for values, parameter in (
        ({"raster2": second}, "INPUT2"),
        ({"blacken": True}, "BLACKEN_AROUND_FEATURE"),
        ({"crop_mode": "BOUNDING_BOX"}, "CROP_MODE"),
        ({"instance_labels": base["labels"]}, "INSTANCE_LABELS"),
    ):
        with pytest.raises(NotForFormatError, match=parameter):
            run(tmp_path, {**base, "format": "KITTI_RECTANGLES"}, **values)
    with pytest.raises(MissingForFormatError, match="INPUT2"):
        run(tmp_path, {**base, "format": "CYCLEGAN"})
    assert not (tmp_path / "out").exists()


def test_pixel_space_counts_the_pixels_of_the_raster(tmp_path):
    pixels = noise()
    turned = NORTH_UP @ rasterio.Affine.rotation(20)
    base, canvas = make(tmp_path, pixels, transform=turned)
    run(tmp_path, {**base, **CLASSIFIED}, pixel_space=True, stride=[64, 64])
    found = chips_of(tmp_path / "out", "CLASSIFIED_TILES")
    assert emd_of(tmp_path / "out")["ImageSpaceUsed"] == "PIXEL_SPACE"
    assert "MinCellSize" not in json.loads((tmp_path / "out" / "esri_accumulated_stats.json").read_text())
    for chip in found.chips:
        assert (chip.transform.a, chip.transform.e, chip.crs) == (1, -1, "")
        col, row = round(chip.transform.c), round(-chip.transform.f)
        with rasterio.open(chip.image) as dataset:
            assert np.array_equal(dataset.read(), pixels[:, row : row + 64, col : col + 64])
        target = FORMATS.get("CLASSIFIED_TILES").read_target(chip)
        assert np.array_equal(target, canvas[row : row + 64, col : col + 64])


def test_chips_are_cut_tightly_on_a_turned_raster(tmp_path):
    turned = NORTH_UP @ rasterio.Affine.rotation(30)
    base, _ = make(tmp_path, noise(), [(60, 50, 90, 64, 1)], transform=turned)
    run(tmp_path, {**base, "format": "LABELED_TILES"}, tile_size=[64, 64], crop_mode="BOUNDING_BOX")
    (chip,) = chips_of(tmp_path / "out", "LABELED_TILES").chips
    with rasterio.open(chip.image) as dataset:
        assert (dataset.width, dataset.height) == (30, 14)
        assert chip_window(dataset.transform, turned) == (60, 50)
