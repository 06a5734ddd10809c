"""How fast chips are exported, against a plain loop that cuts the same windows.

The plain loop reads each window with rasterio and writes it as the same kind of TIFF; no labels, no
statistics, no world files. The ratio is chips per second of ours over those of the loop, medians of several
rounds in which all take their turn. Processor time is printed beside it: it holds on a busy machine, too.

    python benchmarks/export.py [--format NAME ...] [--size 4096] [--tile 256] [--stride 128] [--rounds 5]
                                [--raster FILE] [--folder DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import rasterio
import shapely
import shapely.affinity
from _swath import file_microseconds

from swath.engine.data.exporting import export_chips
from swath.engine.jobs import ExportJob
from swath.engine.progress import Silent

FORMATS = ("CLASSIFIED_TILES", "PASCAL_VOC_RECTANGLES")
OPTIONS = {"compress": "DEFLATE", "zlevel": 1, "predictor": 2}  # as ours


def make_raster(path: Path, size: int) -> None:
    """Write smooth noise, which compresses like a photograph."""
    rng = np.random.default_rng(0)
    profile = {"driver": "GTiff", "width": size, "height": size, "count": 3, "dtype": "uint8", "tiled": True}
    with rasterio.open(
        path,
        "w",
        crs="EPSG:32636",
        transform=rasterio.Affine(0.3, 0, 300000, 0, -0.3, 100000),
        blockxsize=512,
        blockysize=512,
        compress="DEFLATE",
        **profile,
    ) as dataset:
        for row in range(0, size, 512):
            coarse = rng.normal(120, 40, (3, 512 // 8 + 1, size // 8 + 1)).repeat(8, 1).repeat(8, 2)
            fine = rng.normal(0, 6, (3, 512, size))
            block = np.clip(coarse[:, :512, :size] + fine, 0, 255).astype("uint8")[:, : min(512, size - row)]
            dataset.write(block, window=rasterio.windows.Window(0, row, size, block.shape[1]))


def make_labels(path: Path, raster: Path) -> None:
    """Write rotated boxes all over the raster, about four in a chip of 256 pixels."""
    rng = np.random.default_rng(1)
    with rasterio.open(raster) as dataset:
        bounds, crs, cell = dataset.bounds, dataset.crs, abs(dataset.transform.a)
        count = max(4, dataset.width * dataset.height // 16384)
    x, y = rng.uniform(bounds.left, bounds.right, count), rng.uniform(bounds.bottom, bounds.top, count)
    half = rng.uniform(8, 40, count) * cell
    boxes = shapely.box(x - half, y - half / 2, x + half, y + half / 2)
    boxes = np.array(
        [shapely.affinity.rotate(box, angle) for box, angle in zip(boxes, rng.uniform(0, 90, count), strict=True)]
    )
    fields = [rng.integers(1, 4, count).astype(np.int32), np.array(["class"] * count, object)]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(boxes),
        fields,
        ["value", "name"],
        geometry_type="Polygon",
        crs=crs.to_wkt() if crs else None,
    )


def plain_loop(raster: Path, folder: Path, tile: int, stride: int) -> int:
    """Cut every window; return how many."""
    folder.mkdir()
    number = 0
    # In an environment of GDAL's, as its documentation advises: the loop is a third faster so.
    with rasterio.Env(), rasterio.open(raster) as dataset:
        for row in _starts(dataset.height, tile, stride):
            for col in _starts(dataset.width, tile, stride):
                window = rasterio.windows.Window(col, row, tile, tile)
                pixels = dataset.read(window=window)
                with rasterio.open(
                    folder / f"{number:09d}.tif",
                    "w",
                    driver="GTiff",
                    width=tile,
                    height=tile,
                    count=dataset.count,
                    dtype=dataset.dtypes[0],
                    crs=dataset.crs,
                    transform=dataset.window_transform(window),
                    blockysize=tile,
                    **OPTIONS,
                ) as chip:
                    chip.write(pixels)
                number += 1
    return number


def _starts(size: int, tile: int, stride: int) -> list[int]:
    starts = list(range(0, size - tile + 1, stride))
    return starts if starts[-1] + tile == size else [*starts, size - tile]


def swath(raster: Path, labels: Path, folder: Path, tile: int, stride: int, name: str) -> int:
    """Export with Swath; return how many chips."""
    job = ExportJob(
        str(raster),
        str(folder),
        format=name,
        labels=str(labels),
        tile_size=[tile] * 2,
        stride=[stride] * 2,
        all_tiles=True,
    )
    return int(export_chips(job, Silent())["chips"])


def timed(work: Callable[[], int]) -> tuple[int, float, float]:
    """Return the number of chips, seconds by the clock, and seconds of the processors."""
    clock, processor = time.perf_counter(), time.process_time()
    count = work()
    return count, time.perf_counter() - clock, time.process_time() - processor


def measure(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run all in turn and return the figures."""
    raster, labels = given.raster or folder / "raster.tif", folder / "labels.gpkg"
    if given.raster is None:
        make_raster(raster, given.size)
    make_labels(labels, raster)
    load, disk = [round(os.getloadavg()[0], 2)], [file_microseconds(folder)]
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in ("plain", *given.format)}
    counts = set()
    # The first round only warms up. Nothing is deleted before the end: some file systems (ext4) create
    # files twenty times as slowly in the seconds after many were deleted.
    for number in range(given.rounds + 1):
        for name, done in runs.items():
            to = folder / f"{name}{number}"
            if name == "plain":
                found = timed(lambda to=to: plain_loop(raster, to, given.tile, given.stride))
            else:
                found = timed(lambda to=to, name=name: swath(raster, labels, to, given.tile, given.stride, name))
            counts.add(found[0])
            if number:
                done.append(found[1:])
    load.append(round(os.getloadavg()[0], 2))
    disk.append(file_microseconds(folder))
    (count,) = counts
    clock = {name: statistics.median(run[0] for run in done) for name, done in runs.items()}
    processor = {name: statistics.median(run[1] for run in done) for name, done in runs.items()}
    size = {name: _bytes(folder / f"{name}0" / ("" if name == "plain" else "images")) for name in runs}
    return {
        "chips": count,
        "load_average": load,
        "file_microseconds": disk,
        "cores": os.cpu_count(),
        **{
            name: {
                "chips_per_second": round(count / clock[name], 1),
                "ratio": round(clock["plain"] / clock[name], 3),
                "processor_seconds": round(processor[name], 2),
                "processor_ratio": round(processor["plain"] / processor[name], 3),
                "bytes_of_a_chip": size[name] // count,
                "all_chips_per_second": [round(count / run[0], 1) for run in runs[name]],
            }
            for name in runs
        },
    }


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.tif"))


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", nargs="+", default=list(FORMATS))
    parser.add_argument("--size", type=int, default=4096, help="of the raster made, in pixels")
    parser.add_argument("--tile", type=int, default=256)
    parser.add_argument("--stride", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--raster", type=Path)
    parser.add_argument("--folder", type=Path, help="where to work; about half a gigabyte a round")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        print(json.dumps(measure(given, Path(name)), indent=1))


if __name__ == "__main__":
    main()
