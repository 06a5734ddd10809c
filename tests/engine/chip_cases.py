"""Small rasters and labels made in code, and readers independent of ours, for the tests of export and review."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pyogrio
import rasterio
import shapely

UTM = "EPSG:32636"
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
