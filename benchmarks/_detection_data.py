"""Real imagery with boxes or outlines, each parted into what is learnt and what is judged.

An object belongs to the side its middle lies on; what of it reaches into the other side is neither learnt there
nor judged (a detection of it is no mistake). No training chip shows a judged pixel.
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import kampala
import numpy as np
import pyogrio
import rasterio
import shapely
from _swath import ROOT, Printer

from swath.engine import pipeline
from swath.engine.jobs import ExportJob

REAL = Path(os.environ.get("SWATH_REAL_DATA", ROOT.parent / "shared" / "data"))


@dataclass
class Picture:
    """What is judged of one raster.

    Attributes:
        raster: its file.
        extent: the judged part in map units, empty for all of it.
        image: that part (bands, height, width).
        transform: from pixels of the part to map units.
        shapes: true objects in pixels of the part, cut to it.
        values: class value of each.
        others: objects that do not count, because they belong to the other side.
    """

    raster: Path
    extent: list[float]
    image: np.ndarray
    transform: rasterio.Affine
    shapes: np.ndarray
    values: np.ndarray
    others: np.ndarray


@dataclass
class Case:
    """One data set.

    Attributes:
        chips: a folder of chips of each kind, "boxes" or "outlines".
        formats: how the folder of each kind is called (FORMAT).
        pictures: what is judged.
        names: of the classes, by value.
        chip_size: side in pixels of what one training step sees; 0: as the chips are.
    """

    name: str
    chips: dict[str, Path]
    formats: dict[str, str]
    pictures: list[Picture]
    names: dict[int, str]
    chip_size: int = 0
    epochs: int = 10
    model_types: list[str] = field(default_factory=lambda: ["RETINANET", "FASTERRCNN", "FCOS"])


def middles(shapes: np.ndarray) -> np.ndarray:
    """Return the x of the middle of the box of each shape."""
    bounds = shapely.bounds(shapes)
    return (bounds[:, 0] + bounds[:, 2]) / 2


def picture(raster: Path, extent: list[float], shapes: np.ndarray, values: np.ndarray, mine: np.ndarray) -> Picture:
    """Return the part ``extent`` of a raster with the objects (in map units) that reach into it."""
    with rasterio.open(raster) as source:
        box = extent or list(source.bounds)
        # Of a raster without georeference, rows count downwards.
        down = source.transform.e > 0
        edges = (box[0], box[3], box[2], box[1]) if down and extent else tuple(box)
        window = rasterio.windows.from_bounds(*edges, source.transform).round_offsets().round_lengths()
        image, transform = source.read([1, 2, 3], window=window), source.window_transform(window)

    def to_pixels(places: np.ndarray) -> np.ndarray:
        return np.column_stack(~transform * (places[:, 0], places[:, 1]))

    height, width = image.shape[1:]
    inside = shapely.intersection(shapely.transform(shapes, to_pixels), shapely.box(0, 0, width, height))
    seen = shapely.area(inside) > 0
    return Picture(raster, extent, image, transform, inside[seen & mine], values[seen & mine], inside[seen & ~mine])


def write_labels(path: Path, shapes: np.ndarray, name: str, crs: str | None) -> None:
    """Write polygons of one class, value 1, as the exporter takes them."""
    fields = [np.ones(len(shapes), np.int32), np.array([name] * len(shapes), object)]
    settings = {"geometry_type": "Polygon", "crs": crs, "driver": "GPKG", "layer": "labels"}
    # Pixels have no system; that GDAL warns of it is of no use here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        pyogrio.raw.write(path, shapely.to_wkb(shapes), fields, ["value", "name"], **settings)


def export(raster: Path, labels: Path, folder: Path, chip_format: str, **settings: Any) -> Path:
    """Cut chips; return their folder."""
    job = ExportJob(str(raster), str(folder), chip_format, str(labels), bands=[1, 2, 3], **settings)
    pipeline.export(job, Printer(quiet=True))
    return folder


def neon_case(folder: Path) -> Case:
    """Return the tree crowns; the picture has no georeference, so that map units are pixels."""
    stem = REAL / "neon_trees" / "2019_YELL_2_541000_4977000_image_crop"
    raster = folder / "neon.png"
    shutil.copyfile(stem.with_suffix(".png"), raster)
    corners = ("xmin", "ymin", "xmax", "ymax")
    found = ElementTree.parse(stem.with_suffix(".xml")).iter("bndbox")
    boxes = np.array([[float(box.findtext(name, "nan")) for name in corners] for box in found])
    shapes = shapely.box(*boxes.T)
    with rasterio.open(raster) as source:
        width, height = source.width, source.height
    split = round(width * 2 / 3)
    right = middles(shapes) >= split
    labels = folder / "neon.gpkg"
    write_labels(labels, shapes[~right], "Tree", None)
    chips = export(
        raster, labels, folder / "neon", "PASCAL_VOC_RECTANGLES", extent=[0, 0, split, height], min_overlap=0.3
    )
    test = picture(raster, [split, 0, width, height], shapes, np.ones(len(shapes), np.int64), right)
    return Case("neon_trees", {"boxes": chips}, {"boxes": "PASCAL_VOC_RECTANGLES"}, [test], {1: "Tree"})


def munich_case(folder: Path) -> Case:
    """Return the vehicles: a folder of frames and YOLO's text files, read as it is."""
    chips = folder / "munich"
    chips.mkdir()
    pictures = []
    for path in sorted((REAL / "munich_vehicles").glob("*.png")):
        if int(path.stem[-2:]) < 88:
            for suffix in (".png", ".txt"):
                shutil.copyfile(path.with_suffix(suffix), chips / (path.stem + suffix))
            continue
        raster = folder / path.name
        shutil.copyfile(path, raster)
        lines = np.loadtxt(path.with_suffix(".txt"), ndmin=2)
        with rasterio.open(raster) as source:
            size = np.array([source.width, source.height])
        low, high = (lines[:, 1:3] - lines[:, 3:] / 2) * size, (lines[:, 1:3] + lines[:, 3:] / 2) * size
        shapes, values = shapely.box(*low.T, *high.T), lines[:, 0].astype(int) + 1
        pictures.append(picture(raster, [], shapes, values, np.ones(len(shapes), bool)))
    return Case("munich_vehicles", {"boxes": chips}, {"boxes": "YOLO"}, pictures, {1: "car", 4: "van"}, 320)


def kampala_case(folder: Path) -> Case:
    """Return the buildings, as boxes and as outlines."""
    raster, labels, west, east = kampala.prepare(folder)
    _, _, geometries, _ = pyogrio.raw.read(labels)
    shapes = shapely.from_wkb(geometries)
    right = middles(shapes) >= east[0]
    western = folder / "western.gpkg"
    write_labels(western, shapes[~right], "building", "EPSG:3857")
    formats = {"boxes": "PASCAL_VOC_RECTANGLES", "outlines": "RCNN_MASKS"}
    settings = {"extent": west, "tile_size": [320, 320], "stride": [128, 128], "min_overlap": 0.2}
    chips = {
        kind: export(raster, western, folder / f"kampala_{kind}", name, **settings) for kind, name in formats.items()
    }
    test = picture(raster, east, shapes, np.ones(len(shapes), np.int64), right)
    types = ["RETINANET", "FASTERRCNN", "FCOS", "MASKRCNN"]
    return Case("kampala_buildings", chips, formats, [test], {1: "building"}, model_types=types)


CASES: dict[str, Callable[[Path], Case]] = {
    "neon_trees": neon_case,
    "munich_vehicles": munich_case,
    "kampala_buildings": kampala_case,
}
