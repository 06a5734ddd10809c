"""Tiny ONNX models and rasters for the tests of applying."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import rasterio
from onnx import TensorProto, helper, numpy_helper

from swath.engine.applying.classify import classify_pixels
from swath.engine.classes import ClassInfo
from swath.engine.jobs import ClassifyJob
from swath.engine.model_info import METADATA_KEY, GraphInfo, GraphInput, ModelInfo
from swath.engine.progress import Silent

LAND = (
    ClassInfo(1, "water", (0, 0, 200)),
    ClassInfo(3, "grass", (0, 200, 0)),
    ClassInfo(7, "roof & wall", (200, 0, 0)),
)
BUILDING = (ClassInfo(0, "Background", (0, 0, 0)), ClassInfo(1, "building", (230, 159, 0)))


class Collector(Silent):
    """A reporter that keeps what it is told, and is cancelled after some progress."""

    def __init__(self, cancel_after: float = 2.0) -> None:
        self.warnings: list[str] = []
        self.messages: list[str] = []
        self.fractions: list[float] = []
        self._cancel_after = cancel_after

    def progress(self, fraction: float, text: str = "") -> None:
        self.fractions.append(fraction)

    def message(self, text: str) -> None:
        self.messages.append(text)

    def warning(self, text: str) -> None:
        self.warnings.append(text)

    def cancelled(self) -> bool:
        return bool(self.fractions) and self.fractions[-1] >= self._cancel_after


def info(classes: tuple[ClassInfo, ...] = LAND, bands: tuple[int, ...] = (1, 2, 3), **changes: Any) -> ModelInfo:
    """Describe a tiny model."""
    values: dict[str, Any] = {
        "task": "PIXELS",
        "model_type": "UNET",
        "backbone": "tiny",
        "graphs": (GraphInfo("tiny.onnx", (GraphInput("image", bands),)),),
        "classes": classes,
        "tile_size": 64,
        "padding": 16,
        "tile_multiple": 16,
    }
    return ModelInfo(**{**values, **changes})


def write_model(
    path: Path, about: ModelInfo | None, *, seed: int = 0, metadata: dict[str, Any] | None = None, **options: Any
) -> Path:
    """Write a network that sees 9 pixels around, halves and doubles the size, and ends in a softmax.

    Options: ``shape`` (batch, bands, height, width) with None where free, ``channels``, ``activation``.
    """
    about_bands = len(about.bands) if about else 3
    shape = options.get("shape", (None, about_bands, None, None))
    channels = options.get("channels", len(about.classes) if about else 3)
    bands = shape[1] or about_bands
    random = np.random.default_rng(seed)
    weights = {
        "scale": np.full((1, 1, 1, 1), options.get("scale", 1 / 64), np.float32),
        "w1": random.normal(0, 0.3, (8, bands, 5, 5)).astype(np.float32),
        "w2": random.normal(0, 0.3, (channels, 8, 3, 3)).astype(np.float32),
        "sizes": np.array([1, 1, 2, 2], np.float32),
    }
    nodes = [
        helper.make_node("Mul", ["image", "scale"], ["x0"]),
        helper.make_node("Conv", ["x0", "w1"], ["x1"], pads=[2, 2, 2, 2]),
        helper.make_node("Relu", ["x1"], ["x2"]),
        helper.make_node("AveragePool", ["x2"], ["x3"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node(
            "Resize", ["x3", "", "sizes"], ["x4"], mode="nearest", coordinate_transformation_mode="asymmetric"
        ),
        helper.make_node("Add", ["x2", "x4"], ["x5"]),
        helper.make_node("Conv", ["x5", "w2"], ["x6"], pads=[1, 1, 1, 1]),
    ]
    if options.get("activation", "softmax") == "softmax":
        nodes.append(helper.make_node("Softmax", ["x6"], ["output"], axis=1))
    else:
        nodes.append(helper.make_node("Sigmoid", ["x6"], ["output"]))
    free = ("batch", "bands", "height", "width")
    sides = [name if side is None else side for name, side in zip(free, shape, strict=True)]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, sides)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [sides[0], channels, *sides[2:]])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    entries = {METADATA_KEY: about.to_json()} if about else {}
    entries |= {key: json.dumps(value) for key, value in (metadata or {}).items()}
    helper.set_model_props(model, entries)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    return path


def write_raster(path: Path, pixels: np.ndarray, **options: Any) -> Path:
    """Write pixels (bands, height, width) as a GeoTIFF of 0.5 map units a pixel."""
    profile = {
        "driver": "GTiff",
        "count": pixels.shape[0],
        "height": pixels.shape[1],
        "width": pixels.shape[2],
        "dtype": pixels.dtype,
        "crs": "EPSG:32633",
        "transform": rasterio.transform.from_origin(500000, 5400000, 0.5, 0.5),
    }
    with rasterio.open(path, "w", **{**profile, **options}) as dataset:
        dataset.write(pixels)
    return path


def random_pixels(height: int, width: int, bands: int = 3, seed: int = 1, dtype: str = "uint8") -> np.ndarray:
    """Return smooth random pixels of 1 to 250."""
    random = np.random.default_rng(seed)
    coarse = random.uniform(1, 250, (bands, height // 8 + 2, width // 8 + 2))
    fine = np.repeat(np.repeat(coarse, 8, axis=1), 8, axis=2)[:, :height, :width]
    return np.clip(fine + random.normal(0, 20, fine.shape), 1, 250).astype(dtype)


def classify(folder: Path, name: str = "out", reporter: Any = None, **job: Any) -> tuple[dict[str, Any], np.ndarray]:
    """Run a job on ``raster.tif`` with ``tiny.onnx`` and return the result and the values."""
    values = {"raster": str(folder / "raster.tif"), "model": str(folder / "tiny.onnx"), "threads": 1, **job}
    output = folder / f"{name}.tif"
    result = classify_pixels(ClassifyJob(output=str(output), **values), reporter or Collector())
    assert not output.with_name(output.name + ".partial").exists()
    with rasterio.open(output) as dataset:
        return result, dataset.read(1)
