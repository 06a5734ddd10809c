"""Training throughput: Swath against a bare PyTorch loop that has its batch in memory.

Both train the same U-Net (ResNet-18, 3 bands, 256 pixels, batches of 8) with the same loss, optimizer, precision and
memory format. Swath's side is a whole training with data loading and augmentation, timed from batch to batch; after
each of its epochs the bare loop runs as many steps, so that both meet the same moods of the machine. Run with the
engine environment's Python:

    python benchmarks/training.py --epochs 5 --json training.json
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import torch
from _swath import Printer
from rasterio.transform import from_origin

from swath.engine import pipeline
from swath.engine.jobs import ExportJob, TrainJob
from swath.engine.models import MODEL_TYPES, NetworkSpec
from swath.engine.training import chipdata
from swath.engine.training.fitting import hardware_options
from swath.engine.training.losses import PixelLoss
from swath.engine.training.network import build_network

CLASSES = [{"value": 1, "name": "bright", "color": [250, 220, 60]}, {"value": 2, "name": "dark", "color": [0, 0, 90]}]
SIDE, BANDS, BACKBONE = 256, 3, "resnet18"


def make_chips(folder: Path, count: int) -> Path:
    """Export ``count`` chips of noise over two classes."""
    rng = np.random.default_rng(0)
    label = np.kron(rng.choice([1, 2], (8, count * 8)), np.ones((SIDE // 8, SIDE // 8), int)).astype(np.uint8)
    image = (np.where(label == 1, 170, 80)[None] + rng.normal(0, 25, (BANDS, *label.shape))).clip(0, 255)
    profile = {"driver": "GTiff", "height": SIDE, "width": SIDE * count, "dtype": "uint8", "crs": "EPSG:32632"}
    profile["transform"] = from_origin(500000, 5000000, 0.5, 0.5)
    raster, labels = folder / "image.tif", folder / "labels.tif"
    with rasterio.open(raster, "w", count=BANDS, **profile) as target:
        target.write(image.astype(np.uint8))
    with rasterio.open(labels, "w", count=1, **profile) as target:
        target.write(label, 1)
    job = ExportJob(
        str(raster), str(folder / "chips"), format="CLASSIFIED_TILES", labels=str(labels), labels_are_raster=True,
        classes=CLASSES, tile_size=[SIDE, SIDE], stride=[SIDE, SIDE], all_tiles=True,
    )  # fmt: skip
    pipeline.export(job, Printer(quiet=True))
    return folder / "chips"


class Bare:
    """The loop that a programmer would write: nothing but forward, backward and step, on one batch."""

    def __init__(self, batch: int, device: torch.device) -> None:
        spec = NetworkSpec(BANDS, len(CLASSES), BACKBONE, SIDE)
        self._network = build_network(MODEL_TYPES.all()["UNET"], spec, 0).to(device, memory_format=torch.channels_last)
        self._loss = PixelLoss(len(CLASSES), 255, focal=False).to(device)
        self._optimizer = torch.optim.AdamW(self._network.parameters(), 1e-3)
        image = torch.randn(batch, BANDS, SIDE, SIDE, device=device)
        self._image = image.to(memory_format=torch.channels_last)
        self._target = torch.randint(0, 2, (batch, SIDE, SIDE), device=device)
        precision = str(hardware_options(device).get("precision", "32-true"))
        kind = {"bf16-mixed": torch.bfloat16, "16-mixed": torch.float16}.get(precision)
        self._cast = torch.autocast(device.type, kind or torch.bfloat16, enabled=kind is not None)
        self.precision, self._device = precision, device

    def steps(self, number: int) -> list[float]:
        """Train; return the seconds of each step."""
        seconds = []
        for _ in range(number):
            start = time.perf_counter()
            self._optimizer.zero_grad(set_to_none=True)
            with self._cast:
                raw = self._network(self._image)
            self._loss(raw.float(), self._target).backward()
            self._optimizer.step()
            if self._device.type == "cuda":
                torch.cuda.synchronize()
            seconds.append(time.perf_counter() - start)
        return seconds


class Clock(Printer):
    """Time Swath's steps by its own progress, and let the bare loop run after each epoch."""

    def __init__(self, bare: Bare) -> None:
        super().__init__(quiet=True)
        self._bare, self._last = bare, 0.0
        self.ours: list[float] = []
        self.theirs: list[float] = []
        self.rounds: list[float] = []
        self._epoch: list[float] = []

    def progress(self, fraction: float, text: str = "") -> None:
        """Note when a batch was done."""
        if ", batch " in text:
            now = time.perf_counter()
            # The first step of an epoch includes what lies between epochs.
            if ", batch 1 " not in text:
                self._epoch.append(now - self._last)
            self._last = now

    def metrics(self, values: dict[str, Any]) -> None:
        """Compare the epoch with the bare loop; the first one warms both up."""
        if values.get("event") != "epoch":
            return
        bare = self._bare.steps(max(len(self._epoch), 1))
        if values["epoch"] > 1 and self._epoch:
            self.ours += self._epoch
            self.theirs += bare
            self.rounds.append(statistics.median(bare) / statistics.median(self._epoch))
        self._epoch = []


def measure(folder: Path, chips: Path, options: argparse.Namespace, *, cached: bool) -> dict[str, Any]:
    """Return samples per second of both sides and their ratio."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    chipdata.CACHE_BYTES = 8 * 2**30 if cached else 0
    bare = Bare(options.batch, device)
    clock = Clock(bare)
    job = TrainJob(
        [str(chips)], str(folder / f"model{int(cached)}"), model_type="UNET", backbone=BACKBONE,
        max_epochs=options.epochs + 1, batch_size=options.batch, learning_rate=1e-3, validation_percentage=0,
        augmentation=options.augmentation,
    )  # fmt: skip
    pipeline.train(job, clock)
    ours, theirs = statistics.median(clock.ours), statistics.median(clock.theirs)
    return {
        "chips": "in memory" if cached else "read from the disk",
        "augmentation": options.augmentation,
        "device": str(device),
        "precision": bare.precision,
        "threads": torch.get_num_threads(),
        "steps": len(clock.ours),
        "swath_samples_per_second": round(options.batch / ours, 3),
        "bare_samples_per_second": round(options.batch / theirs, 3),
        "ratio": round(theirs / ours, 3),
        "ratio_by_epoch": [round(value, 3) for value in clock.rounds],
    }


def main() -> None:
    """Measure with chips in memory and from the disk; print and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=5, help="after the one that warms up")
    parser.add_argument("--steps", type=int, default=6, help="in an epoch")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--augmentation", default="DEFAULT")
    parser.add_argument("--only-memory", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        chips = make_chips(folder, options.steps * options.batch)
        for cached in (True,) if options.only_memory else (True, False):
            results.append(measure(folder, chips, options, cached=cached))
            print(json.dumps(results[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
