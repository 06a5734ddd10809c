"""Chips, jobs and notes for the tests of training."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import torch
from rasterio.transform import from_origin
from safetensors.torch import load_file

from swath.engine import pipeline
from swath.engine.jobs import ExportJob, TrainJob
from swath.engine.progress import Silent

CLASSES = [{"value": 2, "name": "bright", "color": [250, 220, 60]}, {"value": 5, "name": "dark", "color": [0, 0, 90]}]
BACKBONE = "mobilenet_v2"


class Notes(Silent):
    """Collect what a training tells; ``hook`` is called with each metrics event and may ask to cancel."""

    def __init__(self, hook: Callable[[dict[str, Any]], bool] | None = None) -> None:
        self.messages: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.fractions: list[float] = []
        self._hook, self._cancelled = hook, False

    def message(self, text: str) -> None:
        self.messages.append(text)

    def warning(self, text: str) -> None:
        self.messages.append(text)

    def progress(self, fraction: float, text: str = "") -> None:
        self.fractions.append(fraction)

    def metrics(self, values: dict[str, Any]) -> None:
        self.events.append(values)
        if self._hook is not None and self._hook(values):
            self._cancelled = True

    def cancelled(self) -> bool:
        return self._cancelled

    @property
    def epochs(self) -> list[dict[str, Any]]:
        return [item for item in self.events if item.get("event") == "epoch"]


def write_scene(folder: Path, bands: int, dtype: str, size: int, values: tuple[int, ...]) -> tuple[Path, Path]:
    """Write a raster whose classes differ in brightness, and its labels (0 where there are none)."""
    rng = np.random.default_rng(bands)
    label = np.kron(rng.choice(values, (size // 16, size // 16)), np.ones((16, 16), int)).astype(np.uint8)
    image = np.where(label == 2, 180, 70)[None] + rng.normal(0, 15, (bands, size, size))
    profile = {"driver": "GTiff", "width": size, "height": size, "crs": "EPSG:32632"}
    profile["transform"] = from_origin(500000, 5000000, 0.5, 0.5)
    raster, labels = folder / "image.tif", folder / "labels.tif"
    image = image.clip(0, 255) / 255 if dtype == "float32" else (image * (40 if dtype == "int16" else 1)).clip(0, 10000)
    with rasterio.open(raster, "w", count=bands, dtype=dtype, **profile) as target:
        target.write((image.clip(0, 255) if dtype == "uint8" else image).astype(dtype))
    with rasterio.open(labels, "w", count=1, dtype="uint8", **profile) as target:
        target.write(label, 1)
    return raster, labels


_made: dict[Any, Path] = {}


def make_chips(
    bands: int = 3,
    dtype: str = "uint8",
    size: int = 160,
    tile: int = 32,
    stride: int = 32,
    values: tuple[int, ...] = (2, 5),
    classes: tuple[int, ...] = (2, 5),
) -> Path:
    """Return a folder of chips, made once a session and removed with it."""
    key = (bands, dtype, size, tile, stride, values, classes)
    if key not in _made:
        folder = Path(tempfile.mkdtemp(prefix="swath-chips-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        raster, labels = write_scene(folder, bands, dtype, size, values)
        pipeline.export(
            ExportJob(
                str(raster), str(folder / "chips"), "CLASSIFIED_TILES", str(labels), labels_are_raster=True,
                classes=[item for item in CLASSES if item["value"] in classes],
                tile_size=[tile, tile], stride=[stride, stride], all_tiles=True,
            ),
            Silent(),
        )  # fmt: skip
        _made[key] = folder / "chips"
    return _made[key]


def job(chips: Path, output: Path, **values: Any) -> TrainJob:
    """Return a job that trains quickly."""
    given = {"backbone": BACKBONE, "max_epochs": 1, "batch_size": 4, "learning_rate": 2e-3, "processor": "CPU"}
    return TrainJob([str(chips)], str(output), **(given | values))


def weights(folder: Path, name: str = "model_best") -> dict[str, torch.Tensor]:
    """Return the tensors that a training wrote."""
    return load_file(folder / f"{name}.safetensors")


def same(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    """Tell whether all tensors are the same to the last bit."""
    return one.keys() == two.keys() and all(torch.equal(one[key], two[key]) for key in one)


def no_model(output: Path) -> bool:
    """Tell whether nothing that looks like a model is left."""
    return not output.exists() and not list(output.parent.rglob("*.onnx"))
