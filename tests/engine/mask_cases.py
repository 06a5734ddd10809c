"""Labelled objects made at random, and drawing them by the rule of pixel centres without any of our code."""

from __future__ import annotations

import numpy as np
import rasterio
import shapely
from chip_cases import UTM
from hypothesis import strategies as st
from shapely.affinity import rotate, translate

from swath.engine.chips import Chip
from swath.engine.chips._label import LabelObject
from swath.engine.classes import ClassInfo
from swath.engine.windows import Affine

SIZE = (40, 30)
PLACE = Affine(0.5, 0.0, 300000.0, 0.0, -0.5, 100000.0)
CLASSES = (ClassInfo(1, "roof", (255, 0, 0)), ClassInfo(2, "tree", (0, 255, 0)), ClassInfo(300, "car", (0, 0, 255)))
CRS = rasterio.CRS.from_user_input(UTM).to_wkt()


@st.composite
def objects(draw, size=SIZE, values=(1, 2, 300), most=8):
    """Turned boxes, some with a hole, some of two parts, cut to the chip."""
    found = []
    for _ in range(draw(st.integers(1, most))):
        width, height = draw(st.floats(0.2, 25)), draw(st.floats(0.2, 20))
        shape = shapely.box(0, 0, width, height)
        kind = draw(st.sampled_from(["plain", "plain", "hole", "two"]))
        if kind == "hole":
            shape -= shapely.box(width / 4, height / 4, width / 2, height * 0.7)
        elif kind == "two":
            shape |= shapely.box(width + 2, 0, width + 4, height)
        shape = rotate(shape, draw(st.integers(0, 89)))
        shape = translate(shape, draw(st.floats(-5, size[0])), draw(st.floats(-5, size[1])))
        shape = shape.intersection(shapely.box(0, 0, *size))
        if shape.geom_type in {"Polygon", "MultiPolygon"} and shape.area > 1e-3:
            found.append(LabelObject(draw(st.sampled_from(values)), shape, shape.area / 4))
    return found


def box_object(value, left, top, right, bottom):
    shape = shapely.box(left, top, right, bottom)
    return LabelObject(value, shape, shape.area / 4)


def centres(shape, size=SIZE):
    """Return which pixels have their centre inside (height, width), and which have it almost on the edge."""
    cols, rows = np.meshgrid(np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5)
    near = shapely.distance(shape.boundary, shapely.points(cols, rows)) < 1e-6
    return shapely.contains_xy(shape, cols, rows), near


def painted(found, size=SIZE):
    """Draw objects over each other: their numbers in the list from 1 (height, width), and which pixels are unsure."""
    numbers, unsure = np.zeros((size[1], size[0]), int), np.zeros((size[1], size[0]), bool)
    for number, item in enumerate(found, start=1):
        inside, near = centres(item.shape, size)
        numbers[inside] = number
        unsure |= near
    return numbers, unsure


def make_chip(folder, stem="000000000", size=SIZE, place=PLACE):
    """Write a picture and return its chip."""
    path = folder / "images" / f"{stem}.tif"
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = {"driver": "GTiff", "width": size[0], "height": size[1], "count": 3, "dtype": "uint8", "crs": CRS}
    with rasterio.open(path, "w", transform=rasterio.Affine(*place.tuple6()), **profile) as dataset:
        dataset.write(np.full((3, size[1], size[0]), 7, "uint8"))
    return Chip(stem, path, transform=place, crs=CRS, size=size)


def write_mask(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.asarray(values)
    profile = {"driver": "PNG" if path.suffix == ".png" else "GTiff", "count": 1, "dtype": values.dtype.name}
    with rasterio.open(path, "w", height=values.shape[0], width=values.shape[1], **profile) as dataset:
        dataset.write(values, 1)


def read_mask(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1), tuple(dataset.transform)[:6], dataset.crs
