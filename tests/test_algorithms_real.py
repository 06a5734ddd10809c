"""Real imagery and labels, up to the job that the engine gets."""

from __future__ import annotations

import shutil
import sys
import xml.etree.ElementTree as ET

import pytest
from osgeo import gdal, ogr, osr

gdal.UseExceptions()


@pytest.fixture
def export(processing, swath_plugin, monkeypatch, tmp_path, qgis_new_project):
    from swath.processing_provider import base

    taken = {}

    def take(task, values, feedback):
        taken.update(values)
        return {"chips": 1, "features": 1}

    monkeypatch.setattr(base, "run_engine", take)
    monkeypatch.setenv("SWATH_ENGINE_PYTHON", sys.executable)

    def run(raster, labels, **parameters):
        given = {"INPUT": str(raster), "LABELS": str(labels), "TILE_SIZE_X": 64, "TILE_SIZE_Y": 64, **parameters}
        processing.run("swath:exporttrainingdata", {**given, "OUTPUT": str(tmp_path / "chips")})
        return taken

    return run


def count(job) -> int:
    """Return the number of labels."""
    labels = ogr.Open(job["labels"])
    return labels.GetLayer(0).GetFeatureCount()


def inside(job) -> float:
    """Return the part of the labels' extent that lies inside of the raster's."""
    dataset = gdal.Open(job["raster"])
    left, width, _, top, _, height = dataset.GetGeoTransform()
    right, bottom = left + width * dataset.RasterXSize, top + height * dataset.RasterYSize
    labels = ogr.Open(job["labels"])
    west, east, south, north = labels.GetLayer(0).GetExtent()
    shared = (min(east, right) - max(west, left)) * (min(north, top) - max(south, bottom))
    return shared / ((east - west) * (north - south))


def test_buildings_in_degrees_meet_their_orthophoto_in_metres(export, real_data, tmp_path):
    shutil.copy(real_data / "kampala_buildings" / "train_ne.tif", tmp_path)
    labels = real_data / "kampala_buildings" / "train_ne_buildings.geojson"
    job = export(tmp_path / "train_ne.tif", labels, CLASS_FIELD="class")
    assert [item["name"] for item in job["classes"]] == ["building"]
    assert count(job) == 107
    assert inside(job) > 0.98


def test_land_cover_of_eight_bands_has_its_five_classes(export, real_data, tmp_path):
    shutil.copy(real_data / "landsat7_landcover" / "LE70220491999322EDC01_stack.gtif", tmp_path)
    labels = real_data / "landsat7_landcover" / "training_data.shp"
    job = export(tmp_path / "LE70220491999322EDC01_stack.gtif", labels, CLASS_FIELD="class")
    assert [item["name"] for item in job["classes"]] == ["barren", "forest", "herbaceous", "urban", "water"]
    assert inside(job) == pytest.approx(1)


def test_bands_with_commas_in_their_names_and_labels_in_another_zone(export, real_data, tmp_path):
    bands = sorted(str(path) for path in (real_data / "sentinel2_wetland").glob("*.tiff"))
    vrt = tmp_path / "seven, bands.vrt"
    gdal.BuildVRT(str(vrt), bands, separate=True).FlushCache()
    job = export(vrt, real_data / "sentinel2_wetland" / "rcr_landcover.shp", CLASS_FIELD="Classname")
    assert len(job["classes"]) == 6
    assert count(job) == 23
    assert inside(job) == pytest.approx(1)


def test_buildings_become_boxes_where_they_are(engine, processing, swath_plugin, real_data, tmp_path, qgis_new_project):
    """Labels in degrees, an orthophoto in metres: boxes are where GDAL itself would put them."""
    image = shutil.copy(real_data / "kampala_buildings" / "train_ne.tif", tmp_path)
    labels = str(real_data / "kampala_buildings" / "train_ne_buildings.geojson")
    sides = dict.fromkeys(("TILE_SIZE_X", "TILE_SIZE_Y", "STRIDE_X", "STRIDE_Y"), 256)
    given = {"INPUT": str(image), "LABELS": labels, "CLASS_FIELD": "class", "OUTPUT": str(tmp_path / "chips"), **sides}
    made = processing.run("swath:exporttrainingdata", given)
    found = []
    for path in sorted((tmp_path / "chips" / "labels").glob("*.xml")):
        chip = gdal.Open(str(tmp_path / "chips" / "images" / (path.stem + ".tif")))
        west, cell, _, north, _, _ = chip.GetGeoTransform()
        for box in ET.parse(path).getroot().iter("bndbox"):
            left, top, right, bottom = (float(side.text) for side in box)
            if min(left, top) > 0 and max(right, bottom) < 256:
                found.append((west + left * cell, north - bottom * cell, west + right * cell, north - top * cell))
    metres, degrees = osr.SpatialReference(), osr.SpatialReference()
    metres.ImportFromWkt(gdal.Open(str(image)).GetProjection())
    degrees.ImportFromEPSG(4326)
    for system in (metres, degrees):
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    expected = []
    source = ogr.Open(labels)
    for feature in source.GetLayer(0):
        shape = feature.GetGeometryRef().Clone()
        shape.Transform(osr.CoordinateTransformation(degrees, metres))
        west, east, south, north = shape.GetEnvelope()
        expected.append((west, south, east, north))
    assert made["FEATURES"] > 107
    assert len(found) > 40
    for box in found:
        nearest = min(expected, key=lambda other: abs(other[0] - box[0]) + abs(other[1] - box[1]))
        assert box == pytest.approx(nearest, abs=0.02 * cell)
