from __future__ import annotations

import json
import shutil

import numpy as np
import pyogrio
import rasterio
import shapely
from chip_cases import (
    Recorder,
    check_chips,
    stats_of,
    write_labels,
)

from swath.engine.data.exporting import export_chips
from swath.engine.jobs import ExportJob


def _mercator(lonlat):
    radius = 6378137.0
    x, y = np.radians(lonlat).T
    return np.column_stack([radius * x, radius * np.log(np.tan(np.pi / 4 + y / 2))])


def test_real_buildings_export_pixel_for_pixel(tmp_path, real_data):
    folder = real_data / "kampala_buildings"
    items = json.loads((folder / "train_ne_buildings.geojson").read_text())["features"]
    shapes = [shapely.transform(shapely.geometry.shape(item["geometry"]), _mercator) for item in items]
    labels = write_labels(tmp_path / "l.gpkg", shapes, [1] * len(shapes), ["building"] * len(shapes), "EPSG:3857")
    raster = str(shutil.copy(folder / "train_ne.tif", tmp_path / "r.tif"))
    export_chips(ExportJob(raster, str(tmp_path / "out"), "CLASSIFIED_TILES", str(labels)), Recorder())
    with rasterio.open(raster) as dataset:
        pixels, transform = dataset.read(), dataset.transform
    canvas = rasterio.features.rasterize(shapes, pixels.shape[1:], transform=transform)
    windows = check_chips(tmp_path / "out", pixels, canvas, transform)
    assert len(windows) == 77
    assert stats_of(tmp_path / "out")["MinCellSize"]["spatialReference"] == {"wkid": 102100, "latestWkid": 3857}


def test_real_landsat_exports_from_its_label_raster_and_from_its_polygons(tmp_path, real_data):
    folder = real_data / "landsat7_landcover"
    raster = str(shutil.copy(folder / "LE70220491999322EDC01_stack.gtif", tmp_path / "r.tif"))
    labels = str(shutil.copy(folder / "training_data.gtif", tmp_path / "labels.tif"))
    values = {"format": "CLASSIFIED_TILES", "tile_size": [64, 64], "stride": [32, 32]}
    job = ExportJob(raster, str(tmp_path / "out"), labels=labels, labels_are_raster=True, **values)
    export_chips(job, Recorder())
    with rasterio.open(raster) as dataset, rasterio.open(labels) as truth:
        pixels, transform, canvas = dataset.read(), dataset.transform, truth.read(1)
    check_chips(tmp_path / "out", pixels, canvas, transform)
    assert stats_of(tmp_path / "out")["NumBands"] == 8
    assert stats_of(tmp_path / "out")["NumClasses"] == 5
    _, _, geometry, fields = pyogrio.raw.read(folder / "training_data.shp", columns=["id"])
    shapes = shapely.from_wkb(geometry)
    with rasterio.open(raster) as dataset:
        crs = dataset.crs.to_wkt()
    path = write_labels(tmp_path / "l.gpkg", shapes, fields[0].astype(int), crs=crs)
    export_chips(ExportJob(raster, str(tmp_path / "vector"), labels=str(path), **values), Recorder())
    assert stats_of(tmp_path / "vector")["SwathClassPixels"] == stats_of(tmp_path / "out")["SwathClassPixels"]
