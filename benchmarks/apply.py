"""Measure applying: delivered pixels per second against bare onnxruntime, and memory against size.

    python benchmarks/apply.py [--model PATH] [--size 20000] [--image PATH] [--folder DIR]

The bare rate is onnxruntime on tiles of the same shape that lie in memory, with all cores and without
reading, writing or padding, measured before and after each run so that drift of the machine cancels out.
Beside time by the clock the ratios of processor time are printed: they hold on a busy machine, too.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from _swath import Printer

from swath.engine.applying.classify import classify_pixels
from swath.engine.applying.plan import plan_tiles
from swath.engine.jobs import ClassifyJob
from swath.engine.model_files import describe_model

CHIP, PADDING = 256, 64
BARE_RUNS = 6


def build_model(path: Path, backbone: str) -> None:
    """Export a U-Net with random weights for three bands and two classes."""
    import onnx
    import segmentation_models_pytorch as smp
    import torch

    from swath.engine.classes import ClassInfo
    from swath.engine.model_info import METADATA_KEY, GraphInfo, GraphInput, ModelInfo

    class Scaled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = smp.Unet(backbone, encoder_weights=None, classes=2)

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            return torch.softmax(self.network((image - 110.0) / 50.0), dim=1)

    torch.manual_seed(0)
    axes = {0: "batch", 2: "height", 3: "width"}
    torch.onnx.export(
        Scaled().eval(),
        (torch.rand(2, 3, CHIP, CHIP) * 255,),
        str(path),
        input_names=["image"],
        output_names=["output"],
        dynamic_axes={"image": axes, "output": axes},
        opset_version=17,
        dynamo=False,
    )
    classes = (ClassInfo(0, "Background", (0, 0, 0)), ClassInfo(1, "building", (230, 159, 0)))
    graphs = (GraphInfo(path.name, (GraphInput("image", (1, 2, 3)),)),)
    info = ModelInfo("PIXELS", "UNET", backbone, graphs, classes, CHIP, PADDING)
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {METADATA_KEY: info.to_json()})
    onnx.save(model, path)


def build_raster(path: Path, size: int, image: Path | None) -> None:
    """Write a size x size uint8 RGB raster, made of a real image (or of noise) mirrored side by side."""
    if image is not None:
        with rasterio.open(image) as dataset:
            patch = dataset.read([1, 2, 3])
    else:
        coarse = np.random.default_rng(0).uniform(40, 200, (3, 128, 128))
        patch = np.repeat(np.repeat(coarse, 8, 1), 8, 2) + np.random.default_rng(1).normal(0, 12, (3, 1024, 1024))
        patch = patch.clip(1, 255).astype(np.uint8)
    patch = np.concatenate([patch, patch[:, :, ::-1]], axis=2)
    patch = np.concatenate([patch, patch[:, ::-1]], axis=1)
    wide = np.tile(patch, (1, 1, -(-size // patch.shape[2])))[:, :, :size]
    profile: dict[str, Any] = {"driver": "GTiff", "dtype": "uint8", "count": 3, "width": size, "height": size}
    profile |= {"tiled": True, "compress": "deflate", "crs": "EPSG:32633", "interleave": "pixel"}
    profile["transform"] = rasterio.transform.from_origin(500000, 5400000, 0.3, 0.3)
    with rasterio.open(path, "w", **profile, NUM_THREADS=2, ZLEVEL=1) as dataset:
        step = wide.shape[1] // 256 * 256
        for row in range(0, size, step):
            height = min(step, size - row)
            dataset.write(wide[:, :height], window=rasterio.windows.Window(0, row, size, height))


def bare_rate(model: Path, tile: tuple[int, int], runs: int = BARE_RUNS) -> dict[str, float]:
    """Return pixels per second, by the clock and by processor time, on tiles (width, height) held in memory."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    bands = len(describe_model(model).bands)
    tiles = np.random.default_rng(0).uniform(0, 255, (3, 1, bands, tile[1], tile[0])).astype(np.float32)
    name = session.get_inputs()[0].name
    session.run(None, {name: tiles[0]})
    start, cpu = time.perf_counter(), time.process_time()
    for i in range(runs):
        session.run(None, {name: tiles[i % len(tiles)]})
    pixels = runs * tile[0] * tile[1]
    return {"rate": pixels / (time.perf_counter() - start), "cpu_rate": pixels / (time.process_time() - cpu)}


def child(mode: str, **values: Any) -> dict[str, Any]:
    """Run one measurement in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, __file__, "--child", mode, json.dumps(values)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return dict(json.loads(output.splitlines()[-1]))


def run_child(mode: str, values: dict[str, Any]) -> None:
    """Do one measurement and print it as JSON."""
    start = time.perf_counter()
    if mode == "bare":
        result: dict[str, Any] = dict(bare_rate(Path(values["model"]), tuple(values["tile"])))
    else:
        result = classify_pixels(ClassifyJob(**values), Printer(quiet=True))
    result["seconds"] = time.perf_counter() - start
    result["cpu"] = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result))


def measure(folder: Path, model: Path, size: int, image: Path | None) -> dict[str, Any]:
    """Classify a raster between two measurements of the bare rate, and print the figures."""
    raster = folder / f"raster_{size}.tif"
    if not raster.exists():
        build_raster(raster, size, image)
    plan = _plan(size, model)
    tile = (plan.cols.tile, plan.rows.tile)
    before = child("bare", model=str(model), tile=tile)
    result = child("classify", raster=str(raster), model=str(model), output=str(folder / f"out_{size}.tif"))
    after = child("bare", model=str(model), tile=tile)
    bare, bare_cpu = ((before[key] + after[key]) / 2 for key in ("rate", "cpu_rate"))
    waste = plan.count * tile[0] * tile[1] / (size * size)
    rate, cpu_rate = size * size / result["seconds"], size * size / result["cpu"]
    print(
        f"{size} x {size}, tiles of {tile[0]} x {tile[1]}, padding {result['padding']}:\n"
        f"  {result['seconds']:.1f} s, {rate / 1e6:.3f} Mpx/s delivered; bare onnxruntime {bare / 1e6:.3f} Mpx/s "
        f"(before {before['rate'] / 1e6:.3f}, after {after['rate'] / 1e6:.3f})\n"
        f"  ratio {rate / bare:.3f}; without the waste of padding {rate * waste / bare:.3f}\n"
        f"  by processor time {cpu_rate / bare_cpu:.3f}; without that waste {cpu_rate * waste / bare_cpu:.3f}\n"
        f"  network at work {result['busy']:.1%} of the time; peak memory {result['peak_mb']:.0f} MB",
        flush=True,
    )
    return result


def _plan(size: int, model: Path) -> Any:
    info = describe_model(model)
    return plan_tiles(size, size, 1024, info.padding, info.tile_multiple, shrink=True)


def measure_height(folder: Path, model: Path, size: int) -> None:
    """Print the peak memory of parts of one raster that differ in height only."""
    peaks = {}
    for height in (5000, size):
        extent = [500000, 5400000 - height * 0.3, 500000 + 5000 * 0.3, 5400000]
        values = {"raster": str(folder / f"raster_{size}.tif"), "model": str(model), "extent": extent}
        peaks[height] = child("classify", output=str(folder / "out_part.tif"), **values)["peak_mb"]
    print("peak memory at 5000 columns: " + ", ".join(f"{mb:.0f} MB at {rows} rows" for rows, mb in peaks.items()))


def measure_mask(folder: Path, model: Path, size: int) -> None:
    """Classify one hundredth of a raster, given as a mask."""
    import pyogrio
    import shapely

    side = size * 0.3 / 10
    left, top = 500000 + 4.5 * side, 5400000 - 4.5 * side
    mask = folder / "mask.gpkg"
    box = shapely.to_wkb([shapely.box(left, top - side, left + side, top)])
    pyogrio.raw.write(mask, np.asarray(box, object), [], [], geometry_type="Polygon", crs="EPSG:32633")
    values = {"raster": str(folder / f"raster_{size}.tif"), "model": str(model), "mask": str(mask)}
    result = child("classify", output=str(folder / "out_mask.tif"), **values)
    print(f"mask over 1 %: {result['computed']} of {result['tiles']} tiles computed, {result['seconds']:.1f} s")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--backbone", default="resnet34")
    parser.add_argument("--size", type=int, default=5000)
    parser.add_argument("--image", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--child", nargs=2)
    options = parser.parse_args()
    if options.child:
        run_child(options.child[0], json.loads(options.child[1]))
        return
    with tempfile.TemporaryDirectory(prefix="swath-bench-") as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        model = options.model or folder / f"unet_{options.backbone}.onnx"
        if not model.exists():
            build_model(model, options.backbone)
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
        small = measure(folder, model, 5000, options.image)
        if options.size != 5000:
            large = measure(folder, model, options.size, options.image)
            growth = large["peak_mb"] - small["peak_mb"]
            print(f"peak memory grew by {growth:.0f} MB from 5000 x 5000 to {options.size} x {options.size}")
            measure_height(folder, model, options.size)
        measure_mask(folder, model, options.size)


if __name__ == "__main__":
    main()
