"""The files of a classification: colours, names, probabilities, masks."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from apply_models import BUILDING, LAND, Collector, classify, info, random_pixels, write_model, write_raster

from swath.engine.applying.deciding import Decision
from swath.engine.applying.style import attribute_table, qgis_style
from swath.engine.classes import ClassInfo
from swath.engine.errors import InputError
from swath.engine.tasks import TASKS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_model(tmp_path / "tiny.onnx", info())
    write_raster(tmp_path / "raster.tif", random_pixels(300, 421))
    return tmp_path


def write_mask(path: Path, *shapes: shapely.Geometry) -> Path:
    kind = shapes[0].geom_type if shapes else "Polygon"
    wkb = np.array([shapely.to_wkb(shape) for shape in shapes], object)
    pyogrio.raw.write(path, wkb, [], [], geometry_type=kind, crs="EPSG:32633", layer="mask")
    return path


def pixel_box(left: float, top: float, right: float, bottom: float) -> shapely.Polygon:
    return shapely.box(500000 + left / 2, 5400000 - bottom / 2, 500000 + right / 2, 5400000 - top / 2)


def test_output_is_tiled_compressed_with_overviews_colours_and_georeference(folder: Path) -> None:
    classify(folder)
    with rasterio.open(folder / "out.tif") as dataset:
        assert dataset.profile["tiled"]
        assert dataset.compression.value == "DEFLATE"
        assert dataset.overviews(1) == [2]
        assert dataset.crs.to_epsg() == 32633
        assert dataset.transform.a == 0.5
        assert dataset.nodata == 0
        colors = dataset.colormap(1)
        assert [colors[item.value][:3] for item in LAND] == [item.color for item in LAND]


def test_sidecars_hold_names_and_colours_as_gdal_and_qgis_write_them(folder: Path) -> None:
    classify(folder)
    table = ET.parse(folder / "out.tif.aux.xml").getroot().find(".//GDALRasterAttributeTable")
    assert table is not None
    assert [item.findtext("Name") for item in table.iter("FieldDefn")] == ["Value", "Class", "Red", "Green", "Blue"]
    rows = [[cell.text for cell in row.iter("F")] for row in table.iter("Row")]
    assert rows == [[str(item.value), item.name, *map(str, item.color)] for item in LAND]
    entries = ET.parse(folder / "out.qml").getroot().findall(".//paletteEntry")
    assert [(int(e.attrib["value"]), e.attrib["label"]) for e in entries] == [(item.value, item.name) for item in LAND]
    assert entries[0].attrib["color"] == "#0000c8"


def test_gdal_reads_the_attribute_table(folder: Path) -> None:
    python = shutil.which("python3", path="/usr/bin")
    if python is None or subprocess.run([python, "-c", "from osgeo import gdal"], check=False).returncode:
        pytest.skip("no system GDAL for Python")
    classify(folder)
    code = (
        "import sys; from osgeo import gdal; gdal.UseExceptions();"
        "dataset = gdal.Open(sys.argv[1]); t = dataset.GetRasterBand(1).GetDefaultRAT();"
        "print([t.GetNameOfCol(i) for i in range(t.GetColumnCount())], t.GetRowCount(), t.GetValueAsString(2, 1))"
    )
    output = subprocess.run([python, "-c", code, str(folder / "out.tif")], check=True, capture_output=True, text=True)
    assert output.stdout.strip() == "['Value', 'Class', 'Red', 'Green', 'Blue'] 3 roof & wall"


def test_names_with_signs_that_xml_does_not_know_stay_readable() -> None:
    classes = (ClassInfo(1, "a<b\x00\x0b & 'c'", (1, 2, 3)),)
    assert ET.fromstring(attribute_table(classes)).findall(".//F")[1].text == "a<b & 'c'"
    assert ET.fromstring(qgis_style(classes)).find(".//paletteEntry").attrib["label"] == "a<b & 'c'"


def test_learnt_background_is_clear_in_the_style() -> None:
    entry = ET.fromstring(qgis_style(BUILDING)).findall(".//paletteEntry")[0]
    assert (entry.attrib["value"], entry.attrib["alpha"]) == ("0", "0")


def test_probabilities_have_a_named_band_a_class_and_sum_to_one(folder: Path) -> None:
    pixels = random_pixels(300, 421)
    pixels[:, :9] = 0
    write_raster(folder / "raster.tif", pixels, nodata=0)
    _, values = classify(folder, tile_size=64, probabilities=str(folder / "p.tif"))
    with rasterio.open(folder / "p.tif") as dataset:
        assert dataset.descriptions == ("water", "grass", "roof & wall")
        assert dataset.dtypes == ("float32",) * 3
        found = dataset.read()
        assert (found[:, :9] == dataset.nodata).all()
    np.testing.assert_allclose(found[:, 9:].sum(axis=0), 1, atol=2e-4)
    top = np.sort(found[:, 9:], axis=0)
    sure = top[-1] - top[-2] > 2e-4
    assert (np.array([1, 3, 7])[found[:, 9:].argmax(axis=0)] == values[9:])[sure].all()


def test_mask_skips_tiles_outside_and_cuts_at_pixel_centres(folder: Path) -> None:
    circle = shapely.Point(500050, 5399950).buffer(20)
    mask = write_mask(folder / "mask.gpkg", circle)
    result, values = classify(folder, tile_size=64, padding=8, mask=str(mask))
    _, everything = classify(folder, "all", tile_size=64, padding=8)
    rows, cols = np.mgrid[:300, :421]
    inside = shapely.contains_xy(circle, 500000 + (cols + 0.5) / 2, 5400000 - (rows + 0.5) / 2)
    assert (values[~inside] == 0).all()
    assert (values[inside] == everything[inside]).all()
    assert 0 < result["computed"] <= 9
    assert result["computed"] + result["skipped"] == result["tiles"]


def test_mask_of_one_tile_reads_no_other_tile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from swath.engine.data.rasters import RasterView

    seen: list[Any] = []
    read = RasterView.read
    monkeypatch.setattr(RasterView, "read", lambda self, window: seen.append(window) or read(self, window))
    mask = write_mask(folder / "mask.gpkg", pixel_box(2, 2, 20, 20), pixel_box(10, 5, 22, 22))
    result, _ = classify(folder, tile_size=64, padding=8, mask=str(mask))
    assert len(seen) == result["computed"] == 1


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ([pixel_box(9000, 9000, 9100, 9100)], "none of its polygons overlaps"),
        ([shapely.Point(500050, 5399950)], "holds no polygons"),
        ([], "holds no polygons"),
    ],
)
def test_unusable_mask_is_refused(folder: Path, shapes: list[Any], words: str) -> None:
    mask = write_mask(folder / "mask.gpkg", *shapes)
    with pytest.raises(InputError, match=words):
        classify(folder, mask=str(mask))
    assert not (folder / "out.tif.partial").exists()


def test_mask_that_is_no_layer_is_refused(folder: Path) -> None:
    (folder / "mask.gpkg").write_text("no layer")
    with pytest.raises(InputError, match="MASK"):
        classify(folder, mask=str(folder / "mask.gpkg"))


@pytest.mark.parametrize("classes", [LAND, BUILDING])
@pytest.mark.parametrize("options", [{}, {"threshold": 0.6}, {"predict_background": False}])
def test_decision_equals_the_task(classes: tuple[ClassInfo, ...], options: dict[str, Any]) -> None:
    scores = np.random.default_rng(0).random((len(classes), 40, 50)).astype(np.float32)
    scores[:, :3] = 0.25
    task = TASKS.get("PIXELS")
    assert task is not None
    expected = task.decode(scores[None], classes, options)[0]
    decision = Decision(classes, not options.get("predict_background", True), options.get("threshold", 0.0))
    assert (decision.values(scores) == expected).all()


def test_stale_sidecars_of_an_earlier_output_go(folder: Path) -> None:
    for name in ("out.tif", "out.tif.ovr", "out.qml", "out.tif.aux.xml"):
        (folder / name).write_text("old")
    classify(folder, reporter=Collector())
    assert not (folder / "out.tif.ovr").exists()
    assert "old" not in (folder / "out.qml").read_text()
