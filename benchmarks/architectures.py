"""Architectures on real imagery, each beside a plain script that trains a U-Net for the same seconds.

Kampala: buildings in the eastern 20 %, learnt from the western 80 %. Landsat: five classes of land cover on
8 bands; of each class every third polygon is held out, and the pixels in these are judged. Backbones are
ResNet-18 with random weights. Run with the engine environment's Python:

    python benchmarks/architectures.py --model-types UNET DEEPLABV3PLUS FPN --epochs 15 40
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kampala
import numpy as np
import pyogrio
import rasterio
import shapely
from _plain import IGNORED, train_plain
from _swath import ROOT, Printer
from rasterio.features import rasterize

from swath.engine import pipeline
from swath.engine.jobs import ClassifyJob, ExportJob, TrainJob

# On a machine that others use, equal seconds of the processor are fairer than equal seconds.
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
REAL = Path(os.environ.get("SWATH_REAL_DATA", ROOT.parent / "shared" / "data"))


@dataclass
class Case:
    """One data set: how its chips are exported, and the truth that is judged.

    ``image`` and ``truth`` (channels, ``IGNORED`` where unlabelled) are what the script learns from;
    ``expected`` are the class values of the judged pixels of ``test``, 0 elsewhere; ``values`` the class value
    of each channel.
    """

    name: str
    export: ExportJob
    extent: list[float]
    image: np.ndarray
    truth: np.ndarray
    test: np.ndarray
    expected: np.ndarray
    values: list[int]
    crop: int


def kampala_case(folder: Path) -> Case:
    """Return the buildings of Kampala."""
    raster, labels, west, east = kampala.prepare(folder)
    image, truth = kampala.read(raster, labels, west)
    test, expected = kampala.read(raster, labels, east)
    job = ExportJob(
        str(raster), str(folder / "kampala"), "CLASSIFIED_TILES", str(labels), classes=[kampala.BUILDING],
        extent=west, bands=[1, 2, 3], stride=[64, 64], all_tiles=True,
    )  # fmt: skip
    return Case("kampala", job, east, image, truth, test, expected, [0, 1], 256)


def landsat_case(folder: Path) -> Case:
    """Return the land cover; every third polygon of a class is held out."""
    source = REAL / "landsat7_landcover"
    raster = source / "LE70220491999322EDC01_stack.gtif"
    _, _, geometries, fields = pyogrio.raw.read(source / "training_data.shp", columns=["id"])
    shapes, ids = shapely.from_wkb(geometries), fields[0].astype(int)
    held = np.zeros(len(ids), bool)
    for value in np.unique(ids):
        held[np.flatnonzero(ids == value)[2::3]] = True
    with rasterio.open(raster) as dataset:
        image, transform, crs = dataset.read().astype("float32"), dataset.transform, dataset.crs.to_wkt()
        bounds = list(dataset.bounds)
    labels = folder / "landsat.gpkg"
    names = np.array([f"class {value}" for value in ids[~held]], object)
    pyogrio.raw.write(
        labels, shapely.to_wkb(shapes[~held]), [ids[~held], names], ["value", "name"],
        geometry_type="Unknown", crs=crs,
    )  # fmt: skip
    burn: dict[str, Any] = {"out_shape": image.shape[1:], "transform": transform, "dtype": "uint8"}
    learnt = rasterize(list(zip(shapes[~held], ids[~held], strict=True)), **burn)
    expected = rasterize(list(zip(shapes[held], ids[held], strict=True)), **burn)
    values = sorted(set(ids.tolist()))
    truth = np.full(learnt.shape, IGNORED, np.uint8)
    for channel, value in enumerate(values):
        truth[learnt == value] = channel
    job = ExportJob(
        str(raster), str(folder / "landsat"), "CLASSIFIED_TILES", str(labels), tile_size=[64, 64], stride=[16, 16]
    )
    return Case("landsat", job, bounds, image, truth, image, expected, values, 64)


def mean_iou(predicted: np.ndarray, expected: np.ndarray, values: list[int], *, whole: bool) -> float:
    """Return the mean IoU of the classes over judged pixels; of one class over all pixels that class's alone."""
    judged = np.ones(expected.shape, bool) if whole else expected > 0
    found = []
    for value in values:
        if whole and value == 0:
            continue
        one, two = (predicted == value) & judged, (expected == value) & judged
        if two.any():
            found.append((one & two).sum() / (one | two).sum())
    return float(np.mean(found))


def run(case: Case, model_type: str, epochs: int, seed: int, options: argparse.Namespace, folder: Path) -> None:
    """Train, apply, judge; then let the script train for the same seconds."""
    printer = Printer(quiet=not options.verbose)
    name = f"{case.name}_{model_type}_{seed}"
    clock = CLOCKS[options.clock]
    start = clock()
    job = TrainJob(
        [case.export.output], str(folder / name), model_type=model_type, backbone="resnet18", max_epochs=epochs,
        stop_early=False, seed=seed, monitor=options.monitor, learning_rate=options.learning_rate,
    )  # fmt: skip
    result = pipeline.train(job, printer)
    seconds = clock() - start
    out = folder / f"{name}.tif"
    pipeline.apply(ClassifyJob(case.export.raster, result["model"], str(out), extent=case.extent), printer)
    with rasterio.open(out) as dataset:
        predicted = dataset.read(1)
    whole = 0 in case.values
    ours = mean_iou(predicted, case.expected, case.values, whole=whole)
    text = f"{case.name:8} {model_type:14} seed {seed}: {seconds:4.0f} s of training, IoU Swath {ours:.3f}"
    if not options.skip_script:
        channels = train_plain(case.image, case.truth, case.test, len(case.values), seed, seconds, case.crop, clock)
        theirs = mean_iou(np.asarray(case.values)[channels], case.expected, case.values, whole=whole)
        text += f", script {theirs:.3f}, difference {ours - theirs:+.3f}"
    print(text, flush=True)


CASES: dict[str, Callable[[Path], Case]] = {"kampala": kampala_case, "landsat": landsat_case}


def main() -> None:
    """Run all and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--model-types", nargs="+", default=["UNET", "DEEPLABV3PLUS", "FPN"])
    parser.add_argument("--epochs", type=int, nargs="+", default=[15, 40], help="of each case")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--monitor", default="AUTO", help="what chooses Swath's best epoch")
    parser.add_argument("--learning-rate", type=float, default=0.0, help="of Swath; 0: found")
    parser.add_argument("--clock", default="wall", choices=list(CLOCKS), help="what seconds are counted by")
    parser.add_argument("--skip-script", action="store_true", help="Swath only")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if not REAL.is_dir():
        print(f"No real imagery at {REAL}: set SWATH_REAL_DATA to run this benchmark")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, case_name in enumerate(options.cases):
            case = CASES[case_name](folder)
            pipeline.export(case.export, Printer(quiet=True))
            for model_type in options.model_types:
                for seed in options.seeds:
                    epochs = options.epochs[min(number, len(options.epochs) - 1)]
                    run(case, model_type, epochs, seed, options, folder)


if __name__ == "__main__":
    main()
