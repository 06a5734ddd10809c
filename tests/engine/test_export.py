from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from chip_cases import (
    BOXES,
    NORTH_UP,
    Recorder,
    check_chips,
    chip_window,
    emd_of,
    noise,
    pixel_box,
    printf,
    read_map_lines,
    stats_of,
    write_labels,
    write_raster,
)
from chip_cases import make_case as make
from chip_cases import run_export as run
from hypothesis import given, settings
from hypothesis import strategies as st

ROTATED = rasterio.Affine.translation(500, 900) @ rasterio.Affine.rotation(30) @ rasterio.Affine.scale(2, -2)


@pytest.mark.parametrize("transform", [NORTH_UP, ROTATED], ids=["north-up", "rotated"])
@pytest.mark.parametrize(("dtype", "bands"), [("uint8", 3), ("uint8", 4), ("int16", 8), ("uint16", 1), ("float32", 4)])
def test_export_writes_every_chip_as_the_source_has_it(tmp_path, transform, dtype, bands):
    pixels = noise(bands=bands, dtype=dtype)
    base, canvas = make(tmp_path, pixels, transform=transform)
    result = run(tmp_path, base)
    out = tmp_path / "out"
    windows = check_chips(out, pixels, canvas, transform)
    assert result["chips"] == len(windows) == len(set(windows))
    # All places with a labelled pixel and no other, the margins included.
    rows, cols = [0, 32, 64, 86], [0, 32, 64, 96, 128, 136]
    expected = [(row, col) for row in rows for col in cols if canvas[row : row + 64, col : col + 64].any()]
    assert windows == expected
    stems = [Path(image).stem for image, _ in read_map_lines(out)]
    assert stems == [f"{number:09d}" for number in range(len(windows))]
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [
            *("images", "labels", "map.txt", "stats.txt", "esri_accumulated_stats.json", "esri_model_definition.emd"),
            "swath_chips.jsonl",
        ]
    )


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 150), st.integers(0, 110), st.integers(1, 50), st.integers(1, 40), st.integers(1, 4)),
        min_size=1,
        max_size=6,
    ),
    st.integers(20, 90),
    st.just(0) | st.integers(17, 70),
    st.booleans(),
)
def test_export_of_any_boxes_reads_back_as_labelled(tmp_path_factory, boxes, tile, stride, all_tiles):
    folder = tmp_path_factory.mktemp("e")
    pixels = noise()
    boxes = [(left, top, left + width, top + height, value) for left, top, width, height, value in boxes]
    base, canvas = make(folder, pixels, boxes)
    run(folder, base, tile_size=[tile, tile], stride=[stride, stride], all_tiles=all_tiles)
    windows = check_chips(folder / "out", pixels, canvas, NORTH_UP)
    covered = np.zeros(canvas.shape, bool)
    for row, col in windows:
        covered[row : row + tile, col : col + tile] = True
    if 0 < stride <= tile or not stride:
        assert covered[canvas > 0].all()
    if all_tiles and stride <= tile:
        assert covered.all()


def test_documents_follow_the_formats_of_arcgis(tmp_path):
    pixels = noise(dtype="int16", bands=2)
    base, _ = make(tmp_path, pixels)
    classes = [{"value": 1, "name": "Palm", "color": [1, 2, 3]}, {"value": 2, "name": "Hut", "color": [4, 5, 6]}]
    run(tmp_path, base, classes=classes)
    out = tmp_path / "out"
    assert (out / "map.txt").read_bytes().splitlines(keepends=True)[0] == (
        b"images\\000000000.tif  labels\\000000000.tif \r\n"
    )
    stats, emd = stats_of(out), emd_of(out)
    assert list(stats)[:11] == [
        *("Version", "NumBands", "TileSizeX", "TileSizeY", "NumClasses", "NumTiles", "NumTilesAsDouble"),
        *("NextTileIndex", "OutputFeatures", "MetaDataMode", "MinCellSize"),
    ]
    assert stats["OutputFeatures"] is True
    assert stats["MetaDataMode"] == emd["MetaDataMode"] == "Classified_Tiles"
    assert stats["MinCellSize"] == {"x": 0.5, "y": 0.5, "spatialReference": {"wkid": 32636, "latestWkid": 32636}}
    assert stats["Classes"][0] == {"ClassValue": 1, "ClassName": "Palm", "Color": [1, 2, 3]}
    assert emd["Classes"][1] == {"Value": 2, "Name": "Hut", "Color": [4, 5, 6]}
    assert (emd["ImageHeight"], emd["ImageWidth"]) == (64, 64)
    assert emd["SwathExport"]["Exports"][0]["ExtractBands"] == [1, 2]
    chips = [rasterio.open(out / image).read().astype(float) for image, _ in read_map_lines(out)]
    for band in range(2):
        values = np.concatenate([chip[band].ravel() for chip in chips])
        state, tile = stats["BandStatsState"][band], emd["AllTilesStats"][band]
        assert state["Num"] == values.size
        assert state["M1"] == pytest.approx(values.mean(), rel=1e-12)
        assert state["M2"] == pytest.approx(((values - values.mean()) ** 2).sum(), rel=1e-12)
        assert tile["StdDev"] == pytest.approx(values.std(ddof=1), rel=1e-12)
        assert (tile["Min"], tile["Max"]) == (values.min(), values.max())
    labels = [rasterio.open(out / label).read(1) for _, label in read_map_lines(out)]
    assert stats["SwathClassPixels"] == [int(sum((label == value).sum() for label in labels)) for value in (1, 2)]


def test_feature_statistics_count_features_and_their_cut_areas(tmp_path):
    base, _ = make(tmp_path)
    run(tmp_path, base, tile_size=[64, 64], stride=[64, 64])
    out = tmp_path / "out"
    boxes = [pixel_box(NORTH_UP, *box[:4]) for box in BOXES]
    areas, counts, images = {1: [], 2: []}, [], {1: 0, 2: 0}
    for image, _ in read_map_lines(out):
        with rasterio.open(out / image) as dataset:
            chip = pixel_box(dataset.transform, 0, 0, 64, 64)
        inside = [(box.intersection(chip).area, value[4]) for box, value in zip(boxes, BOXES, strict=True)]
        inside = [(area, value) for area, value in inside if area > 0]
        counts.append(len(inside))
        for value in (1, 2):
            images[value] += any(item[1] == value for item in inside)
        for area, value in inside:
            areas[value].append(area)
    block = stats_of(out)["FeatureStats"]
    assert block["NumFeaturesPerClass"] == [len(areas[1]), len(areas[2])]
    assert block["NumImagesPerClass"] == [images[1], images[2]]
    assert block["NumFeaturesPerImage"]["Max"] == max(counts)
    assert block["FeatureAreaPerClass"][0]["Sum"] == pytest.approx(sum(areas[1]))
    assert block["FeatureAreaPerClass"][1]["Min"] == pytest.approx(min(areas[2]))
    lines = (out / "stats.txt").read_text().splitlines()
    total = sum(counts)
    assert lines[:6] == [
        f"images = {len(counts)} *3*64*64",
        "",
        "Class feature statistics:",
        f"features = {total}",
        f"features per image = [min = {min(counts)}, mean = {total / len(counts):.2f}, max = {max(counts)}]",
        "classes = 2",
    ]
    assert lines[6] == (
        "cls name                                  cls value     images   features    min size   mean size    max size"
    )
    for row, value in zip(lines[7:], (1, 2), strict=True):
        sizes = areas[value]
        assert row == printf(
            "%-40s%11d%11d%11d%12.2f%12.2f%12.2f",
            f"class {value}",
            value,
            images[value],
            len(sizes),
            min(sizes),
            sum(sizes) / len(sizes),
            max(sizes),
        )


def test_raster_labels_give_pixel_statistics(tmp_path):
    base, canvas = make(tmp_path)
    labels = write_raster(tmp_path / "labels.tif", canvas.astype("uint8")[None])
    run(tmp_path, {**base, "labels": str(labels), "labels_are_raster": True}, stride=[64, 64])
    out = tmp_path / "out"
    check_chips(out, noise(), canvas, NORTH_UP)
    counts = [
        [int((rasterio.open(out / label).read(1) == value).sum()) for _, label in read_map_lines(out)]
        for value in (1, 2)
    ]
    stats = stats_of(out)
    block = stats["ClassPixelStats"]
    assert stats["OutputFeatures"] is False
    assert block["NumPixelsPerClass"] == [sum(each) for each in counts]
    assert block["NumImagesPerClass"] == [sum(count > 0 for count in each) for each in counts]
    assert block["PixelsPerClass"][1] == {
        "Min": min(counts[1]),
        "Max": max(counts[1]),
        "Mean": sum(counts[1]) / len(counts[1]),
        "Sum": sum(counts[1]),
        "Count": len(counts[1]),
    }
    lines = (out / "stats.txt").read_text().splitlines()
    assert lines[3] == "cls name              cls value     images   pixels      min size   mean size    max size"
    assert lines[4] == printf(
        "%-20s%11d%11d%11d%12.2f%12.2f%12.2f",
        *("1", 1, block["NumImagesPerClass"][0], sum(counts[0])),
        *(min(counts[0]), sum(counts[0]) / len(counts[0]), max(counts[0])),
    )


def test_result_is_the_same_with_any_number_of_threads(tmp_path, monkeypatch):
    from swath.engine.data import exporting

    base, _ = make(tmp_path)
    for count in (1, 7):
        monkeypatch.setattr(exporting, "_THREADS", count)
        run(tmp_path, base, f"t{count}", stride=[8, 8])
    one, many = tmp_path / "t1", tmp_path / "t7"
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(many) for path in many.rglob("*") if path.is_file())
    assert all((one / name).read_bytes() == (many / name).read_bytes() for name in names)


def test_no_data_pixels_are_zero_unlabelled_and_not_measured(tmp_path):
    pixels = noise(dtype="int16")
    pixels[pixels == -9999] = 0
    pixels[:, 20:30, 20:30] = -9999
    pixels[:, 80:, :] = -9999
    base, canvas = make(tmp_path, pixels, nodata=-9999)
    run(tmp_path, base, all_tiles=True)
    shown = np.where(pixels == -9999, 0, pixels)
    truth = np.where(pixels[0] == -9999, 0, canvas)
    windows = check_chips(tmp_path / "out", shown, truth, NORTH_UP)
    assert max(row for row, _ in windows) == 64  # the chips at row 86 hold no data at all
    assert stats_of(tmp_path / "out")["BandStatsState"][0]["Min"] > -9999


def test_mask_keeps_only_chips_wholly_inside(tmp_path):
    base, canvas = make(tmp_path)
    # Two adjoining polygons: chips across their common edge are inside as well.
    halves = [pixel_box(NORTH_UP, 0, 0, 70, 100), pixel_box(NORTH_UP, 70, 0, 130, 100)]
    mask = write_labels(tmp_path / "mask.gpkg", halves, [1, 1])
    run(tmp_path, base, mask=str(mask), all_tiles=True)
    windows = check_chips(tmp_path / "out", noise(), canvas, NORTH_UP)
    assert windows == [(row, col) for row in (0, 32) for col in (0, 32, 64)]


def test_extent_bands_and_cell_size_are_honoured(tmp_path):
    pixels = np.kron(noise(100, 75, 3), np.ones((2, 2), "uint8"))
    base, _ = make(tmp_path, pixels)
    run(tmp_path, base, cell_size=1.0, bands=[3, 1], tile_size=[32, 32], stride=[0, 0])
    out = tmp_path / "out"
    coarse = rasterio.Affine(1, 0, 300000, 0, -1, 100000)
    for image, label in read_map_lines(out):
        with rasterio.open(out / image) as dataset:
            col, row = chip_window(dataset.transform, coarse)
            assert np.array_equal(dataset.read(), pixels[[2, 0], ::2, ::2][:, row : row + 32, col : col + 32])
        with rasterio.open(out / label) as dataset:
            assert dataset.transform.a == 1
    assert emd_of(out)["SwathExport"]["Exports"][0]["ExtractBands"] == [3, 1]


@pytest.mark.parametrize(("name", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("MRF", ".mrf")])
def test_other_picture_formats_keep_their_georeference(tmp_path, name, suffix):
    smooth = np.stack([np.add.outer(np.arange(150), np.arange(200)) // 2] * 3).astype("uint8")
    base, _ = make(tmp_path, smooth)
    run(tmp_path, base, chip_format=name)
    out = tmp_path / "out"
    for image, _ in read_map_lines(out):
        assert image.endswith(suffix)
        with rasterio.open(out / image) as dataset:
            col, row = chip_window(dataset.transform, NORTH_UP)
            assert dataset.crs.to_epsg() == 32636
            difference = dataset.read().astype(int) - smooth[:, row : row + 64, col : col + 64]
        assert abs(difference).max() <= (6 if name == "JPEG" else 0)


def test_report_tells_counts_and_shows_samples(tmp_path):
    base, _ = make(tmp_path)
    recorder = Recorder()
    result = run(tmp_path, base, report=str(tmp_path / "r.html"), reporter=recorder)
    page = (tmp_path / "r.html").read_text("utf-8")
    assert result["report"] == str(tmp_path / "r.html")
    assert "class 1" in page
    assert "data:image/png;base64," in page
    assert recorder.warnings
    assert all(text.replace("'", "&#x27;") in page for text in recorder.warnings)


@pytest.mark.parametrize("far", [False, True], ids=["first-chip", "last-chip"])
def test_sparse_labels_read_only_what_they_cover(tmp_path, monkeypatch, far):
    from swath.engine.data.rasters import RasterView

    base, _ = make(tmp_path, noise(640, 640), [(600, 600, 620, 620, 1)] if far else [(5, 5, 9, 9, 1)])
    windows = []
    read = RasterView.read
    monkeypatch.setattr(RasterView, "read", lambda self, window: windows.append(window) or read(self, window))
    run(tmp_path, base, stride=[64, 64])
    assert [(window.col, window.row) for window in windows] == [(576, 576) if far else (0, 0)]
