"""IoU of buildings on real imagery: Swath against a plain script that trains for the same time.

Both train a U-Net (ResNet-18, random weights) on the western 80 % of ``train_ne.tif`` and are judged
on the eastern 20 %, with the same seeds in the same run; the script gets the seconds that Swath's
training took. Run with the engine environment's Python:

    python benchmarks/kampala.py --epochs 15 --seeds 0 1 2
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import rasterio
import shapely
from _plain import train_plain
from _swath import ROOT, Printer
from rasterio.features import rasterize

from swath.engine import pipeline
from swath.engine.jobs import ClassifyJob, ExportJob, TrainJob

DATA = Path(os.environ.get("SWATH_REAL_DATA", ROOT.parent / "shared" / "data")) / "kampala_buildings"
BUILDING = {"value": 1, "name": "building", "color": [213, 94, 0]}
WEST = 0.8


def to_web_mercator(lonlat: np.ndarray) -> np.ndarray:
    """Return EPSG:3857 metres of longitudes and latitudes in degrees, shape (n, 2)."""
    radius = 6378137.0
    x = radius * np.radians(lonlat[:, 0])
    y = radius * np.log(np.tan(math.pi / 4 + np.radians(lonlat[:, 1]) / 2))
    return np.column_stack([x, y])


def prepare(folder: Path) -> tuple[Path, Path, list[float], list[float]]:
    """Write the labels in the raster's CRS; return raster, labels, western and eastern extent."""
    raster = DATA / "train_ne.tif"
    _, _, geometries, _ = pyogrio.raw.read(DATA / "train_ne_buildings.geojson")
    shapes = shapely.transform(shapely.from_wkb(geometries), to_web_mercator)
    labels = folder / "labels.gpkg"
    pyogrio.raw.write(
        labels,
        shapely.to_wkb(shapes),
        [np.ones(len(shapes), np.int32), np.array(["building"] * len(shapes), object)],
        ["value", "name"],
        geometry_type="Unknown",
        crs="EPSG:3857",
        driver="GPKG",
        layer="labels",
    )
    with rasterio.open(raster) as source:
        left, bottom, right, top = source.bounds
        split = left + round(source.width * WEST) * source.transform.a
    return raster, labels, [left, bottom, split, top], [split, bottom, right, top]


def read(raster: Path, labels: Path, extent: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the image (bands, height, width) and the truth (height, width) inside ``extent``."""
    with rasterio.open(raster) as source:
        window = rasterio.windows.from_bounds(*extent, source.transform).round_offsets().round_lengths()
        image = source.read([1, 2, 3], window=window)
        transform = source.window_transform(window)
    _, _, geometries, _ = pyogrio.raw.read(labels)
    truth = rasterize(shapely.from_wkb(geometries), image.shape[1:], transform=transform, dtype="uint8")
    return image, truth


def iou(predicted: np.ndarray, truth: np.ndarray) -> float:
    """Return intersection over union of value 1."""
    both = np.logical_and(predicted == 1, truth == 1).sum()
    return float(both / np.logical_or(predicted == 1, truth == 1).sum())


def swath(
    raster: Path,
    labels: Path,
    west: list[float],
    east: list[float],
    folder: Path,
    seed: int,
    options: argparse.Namespace,
) -> tuple[np.ndarray, float, dict[str, Any]]:
    """Go Swath's whole way; return the classes of the eastern part, training seconds, and the result."""
    chips, model, out = folder / f"chips{seed}", folder / f"model{seed}", folder / f"east{seed}.tif"
    printer = Printer(quiet=options.quiet)
    pipeline.export(
        ExportJob(
            str(raster), str(chips), "CLASSIFIED_TILES", str(labels), classes=[BUILDING], extent=west, bands=[1, 2, 3],
            stride=[options.stride] * 2, all_tiles=True,
        ),
        printer,
    )  # fmt: skip
    start = time.perf_counter()
    job = TrainJob(
        [str(chips)], str(model), backbone="resnet18", max_epochs=options.epochs, seed=seed,
        stop_early=options.stop_early, arguments=json.loads(options.arguments),
        batch_size=options.batch_size, learning_rate=options.learning_rate,
    )  # fmt: skip
    result = pipeline.train(job, printer)
    seconds = time.perf_counter() - start
    pipeline.apply(ClassifyJob(str(raster), result["model"], str(out), extent=east), printer)
    with rasterio.open(out) as source:
        return source.read(1), seconds, result


def main() -> None:
    """Run both for every seed and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--stride", type=int, default=64)
    parser.add_argument("--batch-size", type=int, default=0)
    parser.add_argument("--learning-rate", type=float, default=0.0)
    parser.add_argument("--stop-early", action="store_true")
    parser.add_argument("--arguments", default="{}", help="model arguments as JSON")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--skip-script", action="store_true", help="Swath only")
    parser.add_argument("--keep", type=Path, help="folder to work in and to keep")
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    if not DATA.is_dir():
        print(f"No real imagery at {DATA}: set SWATH_REAL_DATA to run this benchmark")
        return
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        raster, labels, west, east = prepare(folder)
        image, truth = read(raster, labels, west)
        test, expected = read(raster, labels, east)
        for seed in options.seeds:
            predicted, seconds, _ = swath(raster, labels, west, east, folder, seed, options)
            ours = iou(predicted, expected)
            theirs = math.nan
            if not options.skip_script:
                theirs = iou(train_plain(image, truth, test, 2, seed, seconds), expected)
            rows.append((ours, theirs))
            print(
                f"seed {seed}: {seconds:.0f} s of training each, IoU Swath {ours:.3f}, script {theirs:.3f}", flush=True
            )
    ours, theirs = (statistics.mean(column) for column in zip(*rows, strict=True))
    print(f"mean of {len(rows)} seeds: Swath {ours:.3f}, script {theirs:.3f}, difference {ours - theirs:+.3f}")


if __name__ == "__main__":
    main()
