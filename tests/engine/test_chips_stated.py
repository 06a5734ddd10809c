"""What folders of ArcGIS and of ours say of themselves: statistics, classes, sizes, counts of each chip."""

from __future__ import annotations

import json

import numpy as np
import pytest
import rasterio
from label_cases import write_picture, write_text

from swath.engine.chips import FORMATS

VOC, CLASSIFIED, LABELED = (
    FORMATS.get(name) for name in ("PASCAL_VOC_RECTANGLES", "CLASSIFIED_TILES", "LABELED_TILES")
)
# As ArcGIS writes them: the sizes are texts in an older .emd, and stated again elsewhere.
STATE = {"Min": 0, "Max": 254, "Mean": 0, "StdDev": 0, "M1": 100.5, "M2": 90.0, "Num": 11}
STATED = {
    "TileSizeX": 32,
    "TileSizeY": 24,
    "MetaDataMode": "PASCAL_VOC_rectangles",
    "Classes": [{"ClassValue": 1, "ClassName": "tree"}, {"ClassValue": 9, "ClassName": "hut"}],
    "FeatureStats": {"NumFeaturesPerClass": [5, 7]},
    "BandStatsState": [STATE] * 3,
}


def exported(folder, mode="PASCAL_VOC_rectangles", **more):
    """Make a folder as ArcGIS writes it, and files of ours beside."""
    for stem in ("000000000003", "000000000007"):
        write_picture(folder / "images" / f"{stem}.tif")
        write_text(folder / "labels" / f"{stem}.xml", "<annotation/>")
    write_text(folder / "esri_accumulated_stats.json", json.dumps({**STATED, "MetaDataMode": mode, **more}))
    names = "".join(f"images\\{stem}.tif  labels\\{stem}.xml \r\n" for stem in ("000000000003", "000000000007"))
    write_text(folder / "map.txt", names)
    return folder


def test_statistics_of_arcgis_are_believed(tmp_path):
    found = VOC.read(exported(tmp_path))
    assert found.stats[2].mean == 100.5
    assert found.stats[2].std == pytest.approx(3.0)
    assert found.class_objects == {1: 5, 9: 7}
    assert found.class_pixels == {}
    assert found.same_size
    assert all(chip.counts is None and chip.size is None for chip in found.chips)


def test_sizes_of_cut_chips_are_looked_up(tmp_path):
    folder = exported(tmp_path, "Labeled_Tiles")
    write_picture(folder / "images" / "000000000007.tif", (20, 10))
    found = LABELED.read(folder)
    assert [chip.size for chip in found.chips] == [(32, 24), (20, 10)]
    write_text(folder / "esri_model_definition.emd", json.dumps({"CropTileMode": "Fixed_Size"}))
    assert LABELED.read(folder).same_size


def notes(*items):
    return "".join(json.dumps(item) + "\n" for item in items)


def test_notes_of_the_export_are_read(tmp_path):
    folder = exported(tmp_path)
    text = notes(
        {"stem": "000000000007", "counts": {"1": 4}, "size": [20, 10]},
        {"stem": "000000000003", "counts": {"0": 10, "9": 5}, "size": [32, 24]},
    )
    write_text(folder / "swath_chips.jsonl", text)
    found = VOC.read(folder)
    assert [chip.counts for chip in found.chips] == [{0: 10, 9: 5}, {1: 4}]
    assert [chip.size for chip in found.chips] == [(32, 24), (20, 10)]
    assert not found.same_size


@pytest.mark.parametrize(
    "text",
    [
        notes({"stem": "000000000003", "counts": {"1": 4}}),
        notes(*[{"stem": "000000000003", "counts": {"1": 4}}] * 3),
        notes({"stem": "000000000003", "counts": {"1": 4}}) + "{ no json\n",
        notes({"stem": "000000000003"}, {"counts": {}}),
        notes({"stem": "000000000003", "counts": {"1": 4}}, [1]),
        notes({"stem": "000000000003", "counts": {"1": 4}}, {"stem": "000000000007", "counts": {"one": 1}}),
    ],
)
def test_notes_about_other_chips_are_left_aside(tmp_path, text):
    folder = exported(tmp_path)
    write_text(folder / "swath_chips.jsonl", text)
    assert [chip.counts for chip in VOC.read(folder).chips] == [None, None]


def test_second_pictures_have_statistics_of_their_own(tmp_path):
    for number in range(2):
        stem = f"{number:012d}"
        write_picture(tmp_path / "images" / f"{stem}.tif")
        write_picture(tmp_path / "images2" / f"{stem}.tif", bands=1, dtype="uint16", seed=number)
        write_picture(tmp_path / "labels" / f"{stem}.tif", bands=1)
    found = CLASSIFIED.read(tmp_path)
    values = np.concatenate([rasterio.open(chip.image2).read(1).ravel() for chip in found.chips]).astype(float)
    assert len(found.stats2) == 1
    assert found.stats2[0].mean == pytest.approx(values.mean())
    write_text(tmp_path / "esri_accumulated_stats.json", json.dumps({"BandStatsState2": [STATE]}))
    assert CLASSIFIED.read(tmp_path).stats2[0].mean == 100.5
    tiles = [{"BandName": "", "Min": 0, "Max": 9, "Mean": 3.5, "StdDev": 2}]
    write_text(tmp_path / "esri_accumulated_stats.json", "{}")
    write_text(tmp_path / "esri_model_definition.emd", json.dumps({"AllTilesStats2": tiles}))
    assert CLASSIFIED.read(tmp_path).stats2[0].mean == 3.5
