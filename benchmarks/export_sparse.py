"""What labels in one corner of a large raster cost: time and memory against a small raster of that corner.

The same 1,000 polygons label a raster of 5,000 x 5,000 pixels and one of 40,000 x 40,000 whose upper left
corner has the same pixels (the rest are pixels of value 0, which take no room in the file, but are no
missing data). Each export runs in a process of its own; all take their turn in each round, and medians are
printed. A second figure is the time for a chip when 1,000 polygons are spread over 40,000 x 40,000 pixels
(the corner, repeated).

    python benchmarks/export_sparse.py [--format NAME] [--small 5000] [--large 40000] [--polygons 1000]
                                       [--tile 256] [--stride 128] [--rounds 3] [--folder DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import rasterio
import shapely
from _swath import file_microseconds
from rasterio.windows import Window

from swath.engine.data.exporting import export_chips
from swath.engine.jobs import ExportJob
from swath.engine.progress import Silent

CELL, LEFT, TOP = 0.3, 300000, 9000000
EPSG = "EPSG:32636"
BLOCK = 512


def make_raster(path: Path, size: int, corner: int) -> None:
    """Write a raster of which only the upper left corner is stored."""
    rng = np.random.default_rng(0)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=size,
        height=size,
        count=3,
        dtype="uint8",
        crs=EPSG,
        transform=rasterio.Affine(CELL, 0, LEFT, 0, -CELL, TOP),
        tiled=True,
        blockxsize=BLOCK,
        blockysize=BLOCK,
        compress="DEFLATE",
        zlevel=1,
        sparse_ok=True,
    ) as dataset:
        for row in range(0, corner, BLOCK):
            height = min(BLOCK, corner - row)
            coarse = rng.normal(120, 40, (3, BLOCK // 8, corner // 8 + 1)).repeat(8, 1).repeat(8, 2)
            block = coarse[:, :height, :corner] + rng.normal(0, 6, (3, height, corner))
            dataset.write(np.clip(block, 1, 255).astype("uint8"), window=Window(0, row, corner, height))


def make_mosaic(path: Path, corner: Path, size: int) -> None:
    """Write a virtual raster that repeats a raster side by side."""
    with rasterio.open(corner) as dataset:
        step, wkt = dataset.width, dataset.crs.to_wkt().replace("&", "&amp;").replace("<", "&lt;")
    lines = [f'<VRTDataset rasterXSize="{size}" rasterYSize="{size}">', f"<SRS>{wkt}</SRS>"]
    lines.append(f"<GeoTransform>{LEFT}, {CELL}, 0, {TOP}, 0, {-CELL}</GeoTransform>")
    for band in (1, 2, 3):
        lines.append(f'<VRTRasterBand dataType="Byte" band="{band}">')
        for row in range(0, size, step):
            for col in range(0, size, step):
                width, height = min(step, size - col), min(step, size - row)
                lines.append(
                    f'<SimpleSource><SourceFilename relativeToVRT="1">{corner.name}</SourceFilename>'
                    f'<SourceBand>{band}</SourceBand><SrcRect xOff="0" yOff="0" xSize="{width}" ySize="{height}"/>'
                    f'<DstRect xOff="{col}" yOff="{row}" xSize="{width}" ySize="{height}"/></SimpleSource>'
                )
        lines.append("</VRTRasterBand>")
    path.write_text("\n".join([*lines, "</VRTDataset>"]), encoding="utf-8")


def make_labels(path: Path, count: int, size: int, tile: int) -> None:
    """Write boxes all over ``size`` pixels, but for the last chip: so the lattice of chips is the same."""
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, size - tile - 100, (2, count))
    width, height = rng.uniform(8, 80, (2, count))
    left, top = LEFT + x * CELL, TOP - y * CELL
    boxes = shapely.box(left, top - height * CELL, left + width * CELL, top)
    fields = [rng.integers(1, 4, count).astype(np.int32), np.array(["class"] * count, object)]
    pyogrio.raw.write(path, shapely.to_wkb(boxes), fields, ["value", "name"], geometry_type="Polygon", crs=EPSG)


def export(raster: str, labels: str, output: str, tile: int, stride: int, name: str) -> dict[str, Any]:
    """Export with Swath and return what it took: in this process, which does nothing else."""
    job = ExportJob(raster, output, format=name, labels=labels, tile_size=[tile] * 2, stride=[stride] * 2)
    clock, processor = time.perf_counter(), time.process_time()
    chips = export_chips(job, Silent())["chips"]
    return {
        "chips": chips,
        "seconds": time.perf_counter() - clock,
        "processor_seconds": time.process_time() - processor,
        # Kibibytes on Linux.
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def prepare(folder: str, small: int, large: int, polygons: int, tile: int) -> dict[str, Any]:
    """Make all data."""
    place = Path(folder)
    make_raster(place / "small.tif", small, small)
    make_raster(place / "large.tif", large, small)
    make_mosaic(place / "spread.vrt", place / "small.tif", large)
    make_labels(place / "corner.gpkg", polygons, small, tile)
    make_labels(place / "spread.gpkg", polygons, large, tile)
    return {}


def in_child(work: str, *arguments: Any) -> dict[str, Any]:
    """Do ``work`` in a process of its own.

    Also what only makes data: a process starts with the peak memory of the one that started it.
    """
    command = [sys.executable, __file__, "--child", work, json.dumps(arguments, default=str)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Make the data, export them in turn and return the figures."""
    in_child("prepare", folder, given.small, given.large, given.polygons, given.tile)
    cases = {"small": ("small.tif", "corner"), "large": ("large.tif", "corner"), "spread": ("spread.vrt", "spread")}
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in cases}
    load, disk = [round(os.getloadavg()[0], 2)], [file_microseconds(folder)]
    # Nothing is deleted before the end: some file systems (ext4) create files slowly just after.
    for number in range(given.rounds):
        for name, (raster, labels) in cases.items():
            to = folder / f"{name}{number}"
            found = in_child(
                "export", folder / raster, folder / f"{labels}.gpkg", to, given.tile, given.stride, given.format
            )
            runs[name].append(found)
    load.append(round(os.getloadavg()[0], 2))
    disk.append(file_microseconds(folder))
    medians = {
        name: {
            **{key: round(statistics.median(run[key] for run in done), 3) for key in done[0]},
            "chips": done[0]["chips"],
        }
        for name, done in runs.items()
    }
    small, large, spread = medians["small"], medians["large"], medians["spread"]
    return {
        "format": given.format,
        "load_average": load,
        "file_microseconds": disk,
        **medians,
        "ratio": round(large["seconds"] / small["seconds"], 3),
        "processor_ratio": round(large["processor_seconds"] / small["processor_seconds"], 3),
        "milliseconds_of_a_chip": {
            name: round(1000 * found["seconds"] / found["chips"], 3) for name, found in medians.items()
        },
        "spread_chip_ratio": round(spread["seconds"] / spread["chips"] / (small["seconds"] / small["chips"]), 3),
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", default="CLASSIFIED_TILES")
    parser.add_argument("--small", type=int, default=5000)
    parser.add_argument("--large", type=int, default=40000)
    parser.add_argument("--polygons", type=int, default=1000)
    parser.add_argument("--tile", type=int, default=256)
    parser.add_argument("--stride", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where to work; about a gigabyte a round")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        work, arguments = given.child
        print(json.dumps({"prepare": prepare, "export": export}[work](*json.loads(arguments))))
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        print(json.dumps(measure(given, Path(name)), indent=1))


if __name__ == "__main__":
    main()
