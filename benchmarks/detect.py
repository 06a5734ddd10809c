"""Measure detecting: delivered pixels per second against bare onnxruntime, and memory against size.

    python benchmarks/detect.py [--model PATH] [--size 20000] [--image PATH] [--folder DIR]

Without a model, a RetinaNet with random weights is taken, and a threshold that a hundred candidates a tile reach.
Peak memory is compared between 5000 pixels and ``--size``, with a network of three layers that takes no time, as it
is the raster and the objects that could make memory grow.
The bare rate is onnxruntime on tiles of the same shape that lie in memory (see ``apply.py``), measured before and
after each run. Beside time by the clock the ratios of processor time are printed: they hold on a busy machine, too.
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
from types import MappingProxyType
from typing import Any

import numpy as np
from _swath import Printer
from apply import bare_rate, build_raster

from swath.engine.applying.detect import detect_objects
from swath.engine.applying.plan import plan_tiles
from swath.engine.jobs import DetectJob
from swath.engine.model_files import describe_model

CHIP, PADDING, CANDIDATES = 256, 64, 100
TINY = "tiny"
SMALL = 5000


def build_model(path: Path, backbone: str, stride: str = "4") -> None:
    """Export a network with random weights for three bands and two classes: a RetinaNet, or the tiny one."""
    import onnx
    import torch

    from swath.engine.classes import ClassInfo
    from swath.engine.model_info import METADATA_KEY, GraphInfo, GraphInput, ModelInfo
    from swath.engine.models import MODEL_TYPES, NetworkSpec

    class Tiny(torch.nn.Module):
        """A candidate every eight pixels, of the form of a dense detector."""

        outputs = MappingProxyType({"boxes": {0: "batch", 1: "candidates"}, "scores": {0: "batch", 1: "candidates"}})

        def __init__(self) -> None:
            super().__init__()
            layers = [torch.nn.Conv2d(3, 8, 5, 4, 2), torch.nn.ReLU(), torch.nn.Conv2d(8, 16, 3, 2, 1), torch.nn.ReLU()]
            self.look = torch.nn.Sequential(*layers, torch.nn.Conv2d(16, 6, 3, 1, 1))

        def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
            raw = self.look(image)
            ones = torch.ones_like(raw[:, :1])
            centres = torch.cat([ones.cumsum(3), ones.cumsum(2)], 1) * 8 - 4 + raw[:, :2]
            half = 10 + raw[:, 2:4]
            boxes = torch.cat([centres - half, centres + half], 1).flatten(2).transpose(1, 2)
            return boxes, raw[:, 4:].sigmoid().flatten(2).transpose(1, 2)

    class Scaled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            spec = NetworkSpec(3, 2, backbone, CHIP, arguments={"finest_stride": stride})
            self.network = Tiny() if backbone == TINY else MODEL_TYPES.all()["RETINANET"].build(spec)

        def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
            return tuple(self.network((image - 110.0) / 50.0))

    torch.manual_seed(0)
    graph = Scaled().eval()
    names = {name: dict(free) for name, free in graph.network.outputs.items()}
    torch.onnx.export(
        graph,
        (torch.rand(2, 3, CHIP, CHIP) * 255,),
        str(path),
        input_names=["image"],
        output_names=list(names),
        dynamic_axes={"image": {0: "batch", 2: "height", 3: "width"}, **names},
        opset_version=17,
        dynamo=False,
    )
    classes = (ClassInfo(1, "car", (230, 0, 0)), ClassInfo(2, "truck", (0, 0, 230)))
    graphs = (GraphInfo(path.name, (GraphInput("image", (1, 2, 3)),), tuple(names)),)
    info = ModelInfo("OBJECTS", "RETINANET", backbone, graphs, classes, CHIP, PADDING)
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {METADATA_KEY: info.to_json()})
    onnx.save(model, path)


def find_threshold(model: Path, raster: Path) -> float:
    """Return the score that a hundred candidates of a tile of 1024 pixels reach."""
    import onnxruntime as ort
    import rasterio

    with rasterio.open(raster) as dataset:
        tile = dataset.read(window=rasterio.windows.Window(0, 0, 1024, 1024))[None].astype(np.float32)
    session = ort.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    scores = session.run(["scores"], {"image": tile})[0]
    return float(np.partition(scores.ravel(), -CANDIDATES)[-CANDIDATES])


def child(mode: str, **values: Any) -> dict[str, Any]:
    """Run one measurement in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, __file__, "--child", mode, json.dumps(values)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return dict(json.loads(output.splitlines()[-1]))


def peak_mb() -> float:
    """Return the most memory this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.is_file():
        # What getrusage tells begins with the memory of the process that started this one.
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_child(mode: str, values: dict[str, Any]) -> None:
    """Do one measurement and print it as JSON."""
    start, cpu = time.perf_counter(), time.process_time()
    if mode == "bare":
        result: dict[str, Any] = dict(bare_rate(Path(values["model"]), tuple(values["tile"])))
    elif mode == "threshold":
        result = {"threshold": find_threshold(Path(values["model"]), Path(values["raster"]))}
    else:
        result = detect_objects(DetectJob(**values), Printer(quiet=True))
    result["seconds"] = time.perf_counter() - start
    result["cpu"] = time.process_time() - cpu
    result["peak_mb"] = peak_mb()
    print(json.dumps(result))


def measure(folder: Path, model: Path, size: int, image: Path | None, threshold: float) -> dict[str, Any]:
    """Search a raster between two measurements of the bare rate, and print the figures."""
    raster = folder / f"raster_{size}.tif"
    if not raster.exists():
        build_raster(raster, size, image)
    if threshold < 0 and describe_model(model).threshold == 0:
        threshold = child("threshold", model=str(model), raster=str(raster))["threshold"]
    info = describe_model(model)
    plan = plan_tiles(size, size, 1024, info.padding, info.tile_multiple, shrink=True)
    tile = (plan.cols.tile, plan.rows.tile)
    before = child("bare", model=str(model), tile=tile)
    output = folder / f"out_{size}.gpkg"
    result = child("detect", raster=str(raster), model=str(model), output=str(output), threshold=threshold)
    after = child("bare", model=str(model), tile=tile)
    bare, bare_cpu = ((before[key] + after[key]) / 2 for key in ("rate", "cpu_rate"))
    waste = plan.count * tile[0] * tile[1] / (size * size)
    rate, cpu_rate = size * size / result["seconds"], size * size / result["cpu"]
    print(
        f"{size} x {size}, tiles of {tile[0]} x {tile[1]}, padding {result['padding']}, {result['objects']} objects:\n"
        f"  {result['seconds']:.1f} s, {rate / 1e6:.3f} Mpx/s delivered; bare onnxruntime {bare / 1e6:.3f} Mpx/s "
        f"(before {before['rate'] / 1e6:.3f}, after {after['rate'] / 1e6:.3f})\n"
        f"  ratio {rate / bare:.3f}; without the waste of padding {rate * waste / bare:.3f}\n"
        f"  by processor time {cpu_rate / bare_cpu:.3f}; without that waste {cpu_rate * waste / bare_cpu:.3f}\n"
        f"  network at work {result['busy']:.1%} of the time; peak memory {result['peak_mb']:.0f} MB "
        f"(bare onnxruntime {after['peak_mb']:.0f} MB)",
        flush=True,
    )
    return result


def measure_memory(folder: Path, size: int, image: Path | None) -> None:
    """Print the peak memory of a small and a large raster."""
    model = folder / f"{TINY}.onnx"
    if not model.exists():
        build_model(model, TINY)
    peaks = {}
    for side in (SMALL, size):
        raster = folder / f"raster_{side}.tif"
        if not raster.exists():
            build_raster(raster, side, image)
        threshold = child("threshold", model=str(model), raster=str(raster))["threshold"]
        output = folder / f"out_{side}.gpkg"
        found = child("detect", raster=str(raster), model=str(model), output=str(output), threshold=threshold)
        peaks[side] = found["peak_mb"]
        print(
            f"{side} x {side}, tiny network: {found['seconds']:.1f} s, {found['objects']} objects, "
            f"peak memory {found['peak_mb']:.0f} MB",
            flush=True,
        )
    print(f"peak memory grew by {peaks[size] - peaks[SMALL]:.0f} MB from {SMALL} x {SMALL} to {size} x {size}")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--backbone", default="resnet18")
    parser.add_argument("--size", type=int, default=5000)
    parser.add_argument("--stride", default="4", choices=("4", "8"), help="the network's finest stride")
    parser.add_argument("--threshold", type=float, default=-1.0)
    parser.add_argument("--only-memory", action="store_true")
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
        model = options.model or folder / f"retinanet_{options.backbone.replace(':', '_')}_{options.stride}.onnx"
        if not model.exists():
            build_model(model, options.backbone, options.stride)
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
        if not options.only_memory:
            measure(folder, model, min(options.size, SMALL), options.image, options.threshold)
        if options.size > SMALL:
            measure_memory(folder, options.size, options.image)


if __name__ == "__main__":
    main()
