"""Chips with labels made in code, written and read by a format alone, without an export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
import shapely
from hypothesis import strategies as st

from swath.engine.chips import Chip
from swath.engine.chips._label import ChipLabel, LabelObject

DRIVERS = {".tif": "GTiff", ".png": "PNG", ".jpg": "JPEG"}


def write_picture(path, size=(32, 24), bands=3, dtype="uint8", seed=0):
    """Write a picture of noise without georeference; return its path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (bands, size[1], size[0])).astype(dtype)
    driver = DRIVERS[path.suffix.lower()]
    with rasterio.open(path, "w", driver=driver, width=size[0], height=size[1], count=bands, dtype=dtype) as dataset:
        dataset.write(pixels)
    return path


def write_text(path, text):
    """Write a file and the folders above it; return its path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@dataclass
class Scene:
    """A label in a chip of a size, as the exporter would hand it over."""

    label: ChipLabel

    @classmethod
    def of(cls, size, *items, value=0):
        """Take (value, shape) for each object."""
        objects = tuple(LabelObject(each, shape, shape.area) for each, shape in items)
        return cls(ChipLabel(size, objects=objects, value=value))

    def write(self, chip_format, folder, stem="000000000"):
        """Write picture and label; return the chip as a reader finds it."""
        folder = Path(folder)
        (folder / "labels").mkdir(parents=True, exist_ok=True)
        image = write_picture(folder / chip_format.image_name(stem, ".tif", self.label), self.label.size)
        name = chip_format.label_name(stem, self.label)
        chip_format.write_label(folder, stem, self.label, Chip(stem, image, size=self.label.size, bands=3))
        return Chip(stem, image, folder / name if name else None)

    @property
    def boxes(self):
        return np.array([item.shape.bounds for item in self.label.objects]).reshape(-1, 4)

    @property
    def values(self):
        return [item.value for item in self.label.objects]


def chips_polygons(least=1.0):
    """Return a strategy for scenes: polygons of several parts and with holes, cut to the chip."""
    sizes = st.tuples(st.sampled_from([16, 64, 100, 256, 1024]), st.sampled_from([16, 50, 256, 4096]))
    return st.builds(_scene, sizes, st.integers(0, 2**32 - 1), st.integers(1, 8), st.just(least))


def _scene(size, seed, count, least):
    rng = np.random.default_rng(seed)
    chip = shapely.box(0, 0, *size)
    items = []
    for _ in range(count):
        middle = rng.random((int(rng.integers(1, 3)), 1, 2)) * size
        corners = middle + rng.normal(0, max(size) / 8, (len(middle), 8, 2))
        shape = shapely.union_all(shapely.convex_hull(shapely.multipoints(corners)))
        if rng.random() < 0.3:
            shape = shape.difference(shape.centroid.buffer(min(size) / 20))
        shape = shape.intersection(chip)
        parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area >= least]
        if parts:
            items.append((int(rng.integers(1, 500)), shapely.union_all(parts)))
    return Scene.of(size, *items)
