"""The sample scene: an aerial picture with labels, drawn by our own code, for those without data."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Resampling

from ..errors import DiskFullError
from ..jobs import LabelJob
from ..progress import Reporter, Section, check
from ..windows import Affine, tiles
from .grid import Grid
from .scene_labels import LabelFile
from .scene_layout import make_plan
from .scene_problems import SceneFileError, SceneFolderError, SceneNumberError, SceneTooWideError
from .scene_render import CLASSES, Painter
from .writing import create_geotiff, telling_disk_full

SMALLEST, LARGEST = 256, 16384  # pixels
FINEST, COARSEST = 0.1, 1.0  # metres
MOST_SEED = 2**31 - 1  # what a QGIS parameter holds
WIDEST = 5000.0  # metres; the plan of the whole scene is held in memory
_TILE, _BLOCK = 1024, 2048  # pixels drawn at once; pixels outlined at once
_WHAT = "the making of the sample scene"
_EPSG, _EAST, _NORTH = 32632, 686_000.0, 5_336_000.0  # UTM zone 32 north; the upper left corner


def create_scene(job: LabelJob, reporter: Reporter) -> dict[str, Any]:
    """Draw the scene and write ``job.output`` (GeoTIFF, RGB uint8) and ``job.labels`` (GeoPackage).

    The same size, seed and cell size give the same pixels. The picture is drawn and outlined in tiles;
    only the plan grows with the area (measured: 280 MB in all for 2048 pixels, 500 MB for 8192).

    Returns:
        ``output``, ``labels`` (paths), ``classes`` (dicts), ``cell_size`` (metres), ``size`` (pixels).

    Raises:
        SceneNumberError, SceneTooWideError, SceneFileError, SceneFolderError: before any work.
        CancelledError, DiskFullError: with nothing left behind.
    """
    output, labels = _check(job)
    check(reporter, _WHAT)

    def planned(part: float) -> None:
        check(reporter, _WHAT)
        reporter.progress(0.15 * part, "Planning roads, houses, woods and fields")

    plan = make_plan(job.seed, job.size * job.cell_size, planned)
    painter = Painter(plan, job.cell_size, job.seed)
    transform = Affine(job.cell_size, 0.0, _EAST, 0.0, -job.cell_size, _NORTH)
    crs = CRS.from_epsg(_EPSG).to_wkt()
    with _beside(labels) as partial:
        label_file = LabelFile(partial, transform, crs, CLASSES)
        grid = Grid(transform, job.size, job.size)
        with create_geotiff(output, grid, 3, "uint8", crs, photometric="RGB", interleave="pixel") as dataset:
            dataset.colorinterp = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
            for number, band in enumerate(("Red", "Green", "Blue"), 1):
                dataset.set_band_description(number, band)
            _draw(job, painter, dataset, label_file, Section(reporter, 0.15, 0.95))
            check(reporter, _WHAT)
            reporter.progress(0.95, "Building overviews")
            dataset.build_overviews(_levels(job.size), Resampling.average)
            check(reporter, _WHAT)
    reporter.progress(1.0, "Sample scene complete")
    return {
        "output": str(output),
        "labels": str(labels),
        "classes": [item.to_dict() for item in CLASSES],
        "cell_size": job.cell_size,
        "size": job.size,
    }


def _draw(job: LabelJob, painter: Painter, dataset: Any, label_file: LabelFile, reporter: Reporter) -> None:
    """Draw and write all tiles, block by block, and outline each block's classes."""
    done, total = 0, math.ceil(job.size / _TILE) ** 2
    for block in tiles(job.size, job.size, _BLOCK, _BLOCK):
        label = np.empty((block.height, block.width), np.uint8)
        for part in tiles(block.width, block.height, _TILE, _TILE):
            check(reporter, _WHAT)
            reporter.progress(done / total, f"Drawing tile {done + 1} of {total}")
            window = part.shift(block.col, block.row)
            picture, classes = painter.draw(window)
            dataset.write(picture, window=((window.row, window.bottom), (window.col, window.right)))
            label[part.row : part.bottom, part.col : part.right] = classes
            done += 1
        check(reporter, _WHAT)
        reporter.progress(done / total, "Outlining labels")
        label_file.add(block, label)


def _levels(size: int) -> list[int]:
    """Return overview factors down to about 256 pixels."""
    return [2**level for level in range(1, max(2, math.ceil(math.log2(size / 256)) + 1))]


def _check(job: LabelJob) -> tuple[Path, Path]:
    """Return the two output paths; raise where the job cannot be done."""
    limits = (("SIZE", job.size, SMALLEST, LARGEST), ("CELL_SIZE", job.cell_size, FINEST, COARSEST))
    for parameter, value, least, most in (*limits, ("SEED", job.seed, 0, MOST_SEED)):
        if not least <= value <= most:  # so said that NaN is refused too
            raise SceneNumberError(value=value, parameter=parameter, least=least, most=most)
    if job.size * job.cell_size > WIDEST:
        raise SceneTooWideError(width=f"{job.size * job.cell_size:g}", most=f"{WIDEST:g}")
    output, labels = Path(job.output), Path(job.labels)
    for path, suffixes, parameter in ((output, (".tif", ".tiff"), "OUTPUT"), (labels, (".gpkg",), "LABELS")):
        if path.suffix.lower() not in suffixes:
            raise SceneFileError(path=path, parameter=parameter, suffix=suffixes[0])
        if not path.parent.is_dir():
            raise SceneFolderError(path=path, parameter=parameter)
    # Noise hardly compresses; overviews add a third.
    if shutil.disk_usage(output.parent).free < 4 * job.size * job.size:
        raise DiskFullError(path=output)
    return output, labels


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a name beside ``path`` to write to; it becomes ``path`` only when all went well."""
    # The driver wants the ending .gpkg, so the mark stands before it.
    partial = path.with_name(f"{path.stem}.partial{path.suffix}")
    partial.unlink(missing_ok=True)
    try:
        with telling_disk_full(path):
            yield partial
            partial.replace(path)
    finally:
        for leftover in (partial, *(partial.with_name(partial.name + end) for end in ("-journal", "-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
