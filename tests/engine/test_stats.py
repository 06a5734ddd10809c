"""The files beside the chips: keys and their order, what they count, and how they add up."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
import rasterio
from chip_cases import BOXES, NORTH_UP, emd_of, make_case, noise, printf, run_export, stats_of, write_raster
from hypothesis import given, settings
from hypothesis import strategies as st

from swath.engine.chips._documents import ChipSetFacts, definition, read_accumulated, stats_json, stats_text
from swath.engine.chips._records import state_of, stats_of_state
from swath.engine.chips._sizes import EDGES, BoxSizes
from swath.engine.chips._stats import Accumulated, BandState, band_states
from swath.engine.classes import ClassInfo

# As the real exports of ArcGIS Pro have them, with both rasters.
STATS_KEYS = [
    *("Version", "NumBands", "TileSizeX", "TileSizeY", "NumClasses", "NumTiles", "NumTilesAsDouble", "NextTileIndex"),
    *("OutputFeatures", "MetaDataMode", "MinCellSize", "MaxCellSize", "Classes", "FeatureStats", "InputRastersProps"),
    *("InputRastersProps2", "BandStatsState", "BandStatsState2"),
]
EMD_KEYS = [
    *("Framework", "ModelConfiguration", "ModelType", "ModelFile", "Description", "ImageHeight", "ImageWidth"),
    *("ExtractBands", "DataRange", "ModelPadding", "BatchSize", "PerProcessGPUMemoryFraction", "MetaDataMode"),
    *("BlackenAroundFeature", "IsMultidimensional", "CropTileMode", "ImageSpaceUsed", "MinCellSize", "MaxCellSize"),
    *("Classes", "InputRastersProps", "InputRastersProps2", "AllTilesStats", "AllTilesStats2"),
    "WellKnownBandNames (FYI, these band names can be used in ExtractBands)",
]
FACTS = ChipSetFacts("Classified_Tiles", (4, 4), "uint8", ("",))


def not_ours(values):
    return [key for key in values if not key.startswith("Swath")]


def test_keys_and_their_order_are_those_of_arcgis(tmp_path):
    base, _ = make_case(tmp_path)
    second = write_raster(tmp_path / "second.tif", noise(bands=2, dtype="uint16"))
    run_export(tmp_path, base, raster2=str(second))
    stats, emd = stats_of(tmp_path / "out"), emd_of(tmp_path / "out")
    assert not_ours(stats) == STATS_KEYS
    assert not_ours(emd) == EMD_KEYS
    assert not_ours(emd)[-1] == list(emd)[-2]
    assert list(stats["FeatureStats"]) == [
        *("NumClasses", "NumImagesTotal", "NumFeaturesTotal", "NumImagesPerClass", "NumFeaturesPerClass"),
        *("NumFeaturesPerImage", "FeatureAreaPerClass"),
    ]
    run_export(tmp_path, base, "alone")
    assert not_ours(stats_of(tmp_path / "alone")) == [key for key in STATS_KEYS if not key.endswith("2")]
    assert not_ours(emd_of(tmp_path / "alone")) == [key for key in EMD_KEYS if not key.endswith("2")]


def test_second_raster_has_statistics_of_its_own(tmp_path):
    base, _ = make_case(tmp_path)
    second = write_raster(tmp_path / "second.tif", noise(bands=2, dtype="float32"))
    with rasterio.open(second, "r+") as dataset:
        dataset.descriptions = ("height", "slope")
    run_export(tmp_path, base, raster2=str(second))
    paths = sorted((tmp_path / "out" / "images2").glob("*.tif"))
    pixels = np.stack([rasterio.open(path).read() for path in paths]).astype(float)
    stats, emd = stats_of(tmp_path / "out"), emd_of(tmp_path / "out")
    assert emd["InputRastersProps2"] == {
        "RasterCount": 1,
        "SensorName": "Undefined",
        "BandNames": ["height", "slope"],
    }
    assert stats["InputRastersProps2"] == emd["InputRastersProps2"]
    for band, (state, tile) in enumerate(zip(stats["BandStatsState2"], emd["AllTilesStats2"], strict=True)):
        values = pixels[:, band]
        assert (state["Min"], state["Max"], state["Num"]) == (values.min(), values.max(), values.size)
        assert state["M1"] == pytest.approx(values.mean())
        assert (state["Mean"], state["StdDev"]) == (0, 0)
        assert tile["BandName"] == ("height", "slope")[band]
        assert tile["StdDev"] == pytest.approx(values.std(ddof=1))
        assert tile["StdDev"] == math.sqrt(state["M2"] / (state["Num"] - 1))


def test_chips_without_labels_count_nothing(tmp_path):
    base, _ = make_case(tmp_path)
    run_export(tmp_path, base, format="EXPORT_TILES", labels="")
    stats, emd = stats_of(tmp_path / "out"), emd_of(tmp_path / "out")
    assert "Classes" not in stats
    assert (stats["NumClasses"], stats["NumTiles"], stats["OutputFeatures"]) == (0, 24, True)
    none = {"Min": 0, "Max": 0, "Mean": 0, "Sum": 0, "Count": 0}
    assert stats["FeatureStats"] == {
        "NumClasses": 0,
        "NumImagesTotal": 0,
        "NumFeaturesTotal": 0,
        "NumImagesPerClass": [],
        "NumFeaturesPerClass": [],
        "NumFeaturesPerImage": none,
        "FeatureAreaPerClass": [],
    }
    assert not {"SwathClassPixels", "SwathBoxes", "SwathEmptyChips"} & set(stats)
    assert emd["Classes"] == []
    lines = (tmp_path / "out" / "stats.txt").read_text().splitlines()
    assert lines[:6] == [
        *("images = 24 *3*64*64", "", "Class feature statistics:", "features = 0"),
        *("features per image = [min = 0, mean = 0.00, max = 0]", "classes = 0"),
    ]
    run_export(tmp_path, base, format="EXPORT_TILES", labels="")
    assert stats_of(tmp_path / "out")["FeatureStats"] == stats["FeatureStats"]
    assert stats_of(tmp_path / "out")["NumTiles"] == 48


def test_several_rasters_are_counted(tmp_path):
    base, _ = make_case(tmp_path)
    more = write_raster(tmp_path / "more.tif", noise(seed=1))
    run_export(tmp_path, base, additional=[{"raster": str(more), "labels": base["labels"]}])
    assert stats_of(tmp_path / "out")["InputRastersProps"]["RasterCount"] == 2
    assert emd_of(tmp_path / "out")["InputRastersProps"]["RasterCount"] == 2
    run_export(tmp_path, base)
    assert stats_of(tmp_path / "out")["InputRastersProps"]["RasterCount"] == 2


@pytest.mark.parametrize("how", ["pixel space", "no georeference"])
def test_chips_without_georeference_have_no_cell_size(tmp_path, how):
    if how == "pixel space":
        base, _ = make_case(tmp_path)
        base["pixel_space"] = True
    else:
        base, _ = make_case(tmp_path, transform=rasterio.Affine.identity(), crs=None)
    run_export(tmp_path, base)
    for values in (stats_of(tmp_path / "out"), emd_of(tmp_path / "out")):
        assert not {"MinCellSize", "MaxCellSize"} & set(values)


def test_way_of_cutting_stands_in_the_definition(tmp_path):
    base, _ = make_case(tmp_path)
    run_export(tmp_path, base)
    values = {"format": "LABELED_TILES", "blacken": True, "crop_mode": "BOUNDING_BOX"}
    run_export(tmp_path, base, "cut", **values)
    run_export(tmp_path, base, "pixels", pixel_space=True)
    keys = ("BlackenAroundFeature", "CropTileMode", "ImageSpaceUsed", "IsMultidimensional")
    found = {name: [emd_of(tmp_path / name)[key] for key in keys] for name in ("out", "cut", "pixels")}
    assert found == {
        "out": [False, "Fixed_Size", "MAP_SPACE", False],
        "cut": [True, "Bounding_Box", "MAP_SPACE", False],
        "pixels": [False, "Fixed_Size", "PIXEL_SPACE", False],
    }


def test_raster_labels_count_images_without_a_class_as_zero(tmp_path):
    base, canvas = make_case(tmp_path)
    labels = write_raster(tmp_path / "labels.tif", canvas.astype("uint8")[None])
    run_export(tmp_path, base, labels=str(labels), labels_are_raster=True, all_tiles=True)
    stats = stats_of(tmp_path / "out")
    block = stats["ClassPixelStats"]
    assert "FeatureStats" not in stats
    chips = []
    for path in sorted((tmp_path / "out" / "images").glob("*.tif")):
        with rasterio.open(path) as dataset:
            col, row = (round(value) for value in ~NORTH_UP @ (dataset.transform.c, dataset.transform.f))
        chips.append(canvas[row : row + 64, col : col + 64])
    lines = (tmp_path / "out" / "stats.txt").read_text().splitlines()
    for index, value in enumerate((1, 2)):
        counts = [int((chip == value).sum()) for chip in chips]
        assert block["NumImagesPerClass"][index] == sum(count > 0 for count in counts)
        assert block["NumPixelsPerClass"][index] == sum(counts)
        mean = sum(counts) / len(counts)
        assert block["PixelsPerClass"][index] == {
            "Min": min(counts),
            "Max": max(counts),
            "Sum": sum(counts),
            "Count": len(counts),
            "Mean": pytest.approx(mean),
        }
        row = (str(value), value, block["NumImagesPerClass"][index], sum(counts), min(counts), mean, max(counts))
        assert printf("%-20s%11d%11d%11d%12.2f%12.2f%12.2f", *row) in lines
    kinds = [len(set(np.unique(chip)) - {0}) for chip in chips]
    assert block["NumClassesPerImage"]["Sum"] == sum(kinds)
    assert block["NumClassesPerImage"]["Count"] == len(chips)
    assert stats["SwathEmptyChips"] == kinds.count(0)
    total = sum(block["NumPixelsPerClass"]) + stats["SwathUnlabelledPixels"]
    assert total == len(chips) * 64 * 64


def test_object_sizes_tell_small_ones_and_empty_chips(tmp_path):
    base, _ = make_case(tmp_path, boxes=[*BOXES, (20, 100, 30, 140, 2)])
    run_export(tmp_path, base, stride=[64, 64], format="PASCAL_VOC_RECTANGLES", all_tiles=True)
    stats = stats_of(tmp_path / "out")
    sizes = {"1": [], "2": []}
    empty = 0
    for path in sorted((tmp_path / "out" / "images").glob("*.tif")):
        label = tmp_path / "out" / "labels" / f"{path.stem}.xml"
        text = label.read_text() if label.exists() else ""
        numbers = r"<name>(\d)</name>.*?<xmin>(.*?)</xmin>.*?<ymin>(.*?)</.*?<xmax>(.*?)</.*?<ymax>(.*?)</"
        found = re.findall(numbers, text, re.DOTALL)
        empty += not found
        for name, *corners in found:
            xmin, ymin, xmax, ymax = map(float, corners)
            sizes[name].append((xmax - xmin, ymax - ymin))
    assert empty > 0
    assert stats["SwathEmptyChips"] == empty
    assert stats["FeatureStats"]["NumFeaturesPerClass"] == [len(sizes["1"]), len(sizes["2"])]
    for block, boxes in zip(stats["SwathBoxes"], sizes.values(), strict=True):
        assert block["Count"] == len(boxes)
        assert block["Under25Pixels"] == sum(min(box) < 25 for box in boxes)
        for name, count in block["Sizes"].items():
            low, high = float(name) * 0.999, float(name) * 2**0.5 * 1.001
            assert sum(low <= math.sqrt(width * height) < high for width, height in boxes) >= count
        assert sum(block["Sizes"].values()) == len(boxes)


@given(st.floats(0, 1e5), st.floats(0, 1e5))
def test_size_of_a_box_falls_into_its_bin(width, height):
    sizes = BoxSizes()
    sizes.add(width, height)
    (number,) = np.flatnonzero(sizes.bins)
    size = math.sqrt(width * height)
    assert number == 0 or EDGES[number] <= size * (1 + 1e-9)
    assert number == len(EDGES) - 1 or size < EDGES[number + 1] * (1 + 1e-9)
    assert sizes.small == (min(width, height) < 25)
    assert BoxSizes.from_json(json.loads(json.dumps(sizes.to_json()))) == sizes


areas = st.lists(st.integers(1, 1000).map(float), max_size=3)
chips = st.fixed_dictionaries(
    {
        "pixels": st.dictionaries(st.sampled_from([0, 1, 2, 7]), st.integers(0, 16), max_size=4),
        "areas": st.dictionaries(st.sampled_from([1, 2, 7]), areas, max_size=3),
        "boxes": st.dictionaries(
            st.sampled_from([1, 2, 7]), st.lists(st.tuples(st.integers(1, 99), st.integers(1, 99)), max_size=3)
        ),
        "band": st.lists(st.integers(0, 255), min_size=1, max_size=6),
    }
)


def gathered(chips, features, classes=(1, 2, 7), *, pixels=True):
    stats = Accumulated(features, [BandState()], bands2=[BandState()])
    for value in classes:
        stats.add_class(ClassInfo(value, f"class {value}", (1, 2, value)))
    for chip in chips:
        band = band_states(np.array(chip["band"], "uint8").reshape(1, 1, -1), np.ones((1, len(chip["band"])), bool))
        stats.add_chip(band, chip["pixels"] if pixels else None, chip["areas"], chip["boxes"])
        stats.add_second(band)
        stats.next_index += 1
    return stats


def documents(stats):
    return json.loads(stats_json(FACTS, stats)), json.loads(definition(FACTS, stats)), stats_text(FACTS, stats)


@settings(max_examples=60)
@given(st.lists(chips, max_size=4), st.lists(chips, max_size=4), st.booleans(), st.booleans())
def test_statistics_that_were_written_add_up_to_those_of_all(first, second, features, pixels):
    whole = gathered([*first, *second], features, pixels=pixels)
    one, two = (gathered(part, features, pixels=pixels) for part in (first, second))
    read = read_accumulated(json.loads(stats_json(FACTS, one)))
    read.merge(two)
    read.next_index = whole.next_index
    for mine, theirs in zip(documents(read), documents(whole), strict=True):
        assert close(mine, theirs)


@settings(max_examples=60)
@given(st.lists(chips, max_size=4), st.booleans(), st.booleans(), st.sampled_from([(), (1,), (1, 2, 7)]))
def test_statistics_come_back_from_their_state_to_the_last_bit(items, features, pixels, classes):
    stats = gathered(items, features, classes, pixels=pixels)
    stats.cell_sizes, stats.spatial_reference = [(0.1, 1 / 3)], {"wkid": 32636}
    again = stats_of_state(json.loads(json.dumps(state_of(stats))))
    assert again == stats
    assert documents(again) == documents(stats)


def close(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(close(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(close(x, y) for x, y in zip(a, b, strict=True))
    return a == pytest.approx(b, rel=1e-9, abs=1e-9) if isinstance(a, float) else a == b
