"""Small rasters and labels made in code, and readers independent of ours, for the tests of export and review."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely

from swath.engine.data.exporting import export_chips
from swath.engine.jobs import ExportJob

UTM = "EPSG:32636"
BOXES = [(10, 10, 60, 40, 1), (90, 70, 130, 120, 2), (150, 20, 190, 45, 1)]
NORTH_UP = rasterio.Affine(0.5, 0, 300000, 0, -0.5, 100000)


def write_raster(path, pixels, transform=NORTH_UP, crs=UTM, **options):
    """Write pixels (bands, height, width) as a tiled GeoTIFF."""
    count, height, width = pixels.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=count,
        dtype=pixels.dtype.name,
        transform=transform,
        crs=crs,
        tiled=True,
        blockxsize=64,
        blockysize=64,
        **({} if count == 3 or options else {"photometric": "MINISBLACK", "alpha": "NO"}),
        **options,
    ) as dataset:
        dataset.write(pixels)
    return Path(path)


def noise(width=200, height=150, bands=3, dtype="uint8", seed=0):
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return rng.normal(10, 4, (bands, height, width)).astype(dtype)
    info = np.iinfo(dtype)
    return rng.integers(max(info.min, -3000), min(info.max, 5000), (bands, height, width), dtype=dtype, endpoint=True)


def pixel_box(transform, left, top, right, bottom):
    """Return the polygon of a box given in pixels."""
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return shapely.Polygon([transform @ corner for corner in corners])


def write_labels(path, shapes, values, names=None, crs=UTM):
    names = names or [f"class {value}" for value in values]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, object)),
        [np.array(values), np.array(names, object)],
        ["value", "name"],
        geometry_type="Unknown",
        crs=crs,
    )
    return Path(path)


def read_map_lines(folder):
    """Parse map.txt on our own: (image, label or None) with forward slashes."""
    found = []
    for line in (Path(folder) / "map.txt").read_bytes().decode("ascii").splitlines():
        words = line.replace("\\", "/").split()
        found.append((words[0], words[1] if len(words) > 1 else None))
    return found


def stats_of(folder):
    return json.loads((Path(folder) / "esri_accumulated_stats.json").read_text("utf-8"))


def emd_of(folder):
    return json.loads((Path(folder) / "esri_model_definition.emd").read_text("utf-8"))


def chip_window(chip_transform, raster_transform):
    """Return (column, row) of a chip on its raster, checked to be whole."""
    col, row = ~raster_transform @ (chip_transform.c, chip_transform.f)
    assert math.isclose(col, round(col), abs_tol=1e-3)
    assert math.isclose(row, round(row), abs_tol=1e-3)
    return round(col), round(row)


class Recorder:
    """A reporter that remembers, and may cancel after some calls."""

    def __init__(self, cancel_after=None):
        self.messages, self.warnings, self.fractions = [], [], []
        self._asked, self._cancel_after = 0, cancel_after

    def progress(self, fraction, text=""):
        self.fractions.append(fraction)

    def message(self, text):
        self.messages.append(text)

    def warning(self, text):
        self.warnings.append(text)

    def metrics(self, values):
        pass

    def cancelled(self):
        self._asked += 1
        return self._cancel_after is not None and self._asked > self._cancel_after


def make_case(folder, pixels=None, boxes=BOXES, transform=NORTH_UP, crs=UTM, **options):
    """Write a raster and labels; return a job's common values and the painted labels."""
    pixels = noise() if pixels is None else pixels
    raster = write_raster(folder / "r.tif", pixels, transform, crs, **options)
    canvas = np.zeros(pixels.shape[1:], "int64")
    for left, top, right, bottom, value in boxes:
        canvas[top:bottom, left:right] = value
    shapes = [pixel_box(transform, *box[:4]) for box in boxes]
    labels = write_labels(folder / "l.gpkg", shapes, [box[4] for box in boxes], crs=crs)
    base = {"raster": str(raster), "labels": str(labels), "tile_size": [64, 64], "stride": [32, 32]}
    base["format"] = "CLASSIFIED_TILES"
    return base, canvas


def run_export(folder, base, name="out", reporter=None, **values):
    job = ExportJob(**{**base, "output": str(folder / name), **values})
    return export_chips(job, reporter or Recorder())


def printf(pattern, *values):
    return pattern % values


def check_chips(folder, pixels, canvas, transform):
    """Compare every chip and label with the source, pixel for pixel; return their windows."""
    windows = []
    for image, label in read_map_lines(folder):
        with rasterio.open(folder / image) as dataset:
            chip, place = dataset.read(), dataset.transform
            crs = dataset.crs
        col, row = chip_window(place, transform)
        height, width = chip.shape[1:]
        assert np.array_equal(chip, pixels[:, row : row + height, col : col + width])
        truth = canvas[row : row + height, col : col + width]
        if label is None:
            assert not truth.any()
        else:
            with rasterio.open(folder / label) as dataset:
                assert np.array_equal(dataset.read(1), truth)
                assert dataset.transform == place
                assert dataset.crs == crs
        world = [float(line) for line in (folder / image).with_suffix(".tfw").read_text().split()]
        x, y = place @ (0.5, 0.5)
        assert world == pytest.approx([place.a, place.d, place.b, place.e, x, y], abs=1e-9)
        windows.append((row, col))
    return windows
