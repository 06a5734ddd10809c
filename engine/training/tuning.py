"""Find the batch size and the learning rate that a job leaves open."""

from __future__ import annotations

import contextlib
import copy
import io
import math
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import psutil
import torch
from lightning.fabric.utilities import move_data_to_device
from lightning.pytorch.tuner.tuning import Tuner

from .batches import Batches
from .callbacks import Watch
from .detection.base import Detector
from .lesson import Lesson

MOST_ON_CPU = 16
_MOST_ON_GPU = 64
# On a CPU a chip costs the same in any batch, so more and smaller steps learn more in the same time; below
# 4 chips the statistics of batch normalisation swing.
_STEPS_WANTED = 32
_SMALLEST = 4
_BETA = 0.98  # of the running mean in Lightning's range test


@dataclass(frozen=True)
class Rates:
    """The learning rate that suits AdamW as a rule, and between which bounds a found one is believed."""

    usual: float
    low: float
    high: float


# What is learnt already is not to be shaken: loaded networks take smaller steps.
RATES, RATES_OF_LOADED = Rates(1e-3, 5e-4, 3e-3), Rates(3e-4, 1e-4, 1e-3)
_LOADED_STEPS = 3
# Among so many candidates without an object the loss hardly falls in a short test, which then says too little.
_RATES_OF_DETECTORS = (1e-3, 1e-3, 2e-3)
_FINDER_RATES = (1e-5, 1e-1)


def usual_rates(network: torch.nn.Module, *, loaded: bool) -> Rates:
    """Return what suits a network; a loaded one takes steps of a third."""
    own = getattr(network, "rates", None)
    if own is None and not isinstance(network, Detector):
        return RATES_OF_LOADED if loaded else RATES
    own = own or _RATES_OF_DETECTORS
    return Rates(*(rate / (_LOADED_STEPS if loaded else 1) for rate in own))


@dataclass(frozen=True)
class FoundRate:
    """A learning rate, how it came about, and the curve it was read from."""

    rate: float
    how: str
    rates: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)


def batch_size_for(chips: int, most: int) -> int:
    """Return a power of two up to ``most`` that leaves enough steps in an epoch, and at least 4 if there are."""
    wanted = min(max(chips // _STEPS_WANTED, _SMALLEST), most, max(chips, 1))
    return 1 << (max(wanted, 1).bit_length() - 1)


def find_batch_size(lesson: Lesson, batches: Batches, chips: int, device: torch.device) -> int:
    """Return the batch size: on a CPU from the memory of one measured step, on a GPU by trying."""
    if device.type == "cuda":
        return _try_on_gpu(lesson, batches, batch_size_for(chips, _MOST_ON_GPU), device)
    # Half of the free memory, and the gradients need about as much again as what is kept for them.
    room = psutil.virtual_memory().available // 2
    return batch_size_for(chips, max(min(MOST_ON_CPU, room // max(2 * step_bytes(lesson, batches), 1)), 1))


def step_bytes(lesson: Lesson, batches: Batches) -> int:
    """Return the bytes that one chip keeps for the way back through the network."""
    seen: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        seen[storage.data_ptr()] = storage.nbytes()
        return tensor

    image, target, _ = batches.collate([0, 0])
    state = copy.deepcopy(lesson.network.state_dict())
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        scaled = lesson.scaling(image.float()).contiguous(memory_format=torch.channels_last)
        loss = lesson.grading.learn(lesson.network, scaled, target)[0]
    del loss
    lesson.network.load_state_dict(state)
    return sum(seen.values()) // len(image)


def _try_on_gpu(lesson: Lesson, batches: Batches, most: int, device: torch.device) -> int:
    """Return the largest power of two up to ``most`` whose step fits into the GPU."""
    probe = copy.deepcopy(lesson).to(device)
    size = most
    while size > 1:
        try:
            image, target, _ = batches.collate([0] * size)
            with torch.autocast("cuda"):
                scaled = probe.scaling(image.to(device).float())
                loss = probe.grading.learn(probe.network, scaled, move_data_to_device(target, device))[0]
            loss.backward()  # type: ignore[no-untyped-call]
            break
        except torch.OutOfMemoryError:
            size //= 2
        finally:
            probe.zero_grad(set_to_none=True)
            torch.cuda.empty_cache()
    return size


def find_learning_rate(
    lesson: Lesson, batches: Batches, steps: int, watch: Watch, options: dict[str, Any], rates: Rates = RATES
) -> FoundRate:
    """Run Lightning's range test for ``steps`` steps on a copy, and read the rate off its curve.

    The suggestion is the steepest descent of the loss; it is kept within the rates at which AdamW
    trains networks of this kind, and replaced by one of these where the curve gives none.
    """
    probe = copy.deepcopy(lesson)
    probe.scheduled = False
    low, high = _FINDER_RATES
    with tempfile.TemporaryDirectory(prefix="swath-rate-") as folder, _quiet():
        # max_epochs -1: otherwise the test ends with the first epoch of a small data set.
        trainer = lightning.Trainer(
            max_epochs=-1,
            default_root_dir=Path(folder),
            logger=False,
            callbacks=[watch],
            enable_checkpointing=False,
            limit_val_batches=0,
            num_sanity_val_steps=0,
            enable_progress_bar=False,
            enable_model_summary=False,
            **options,
        )
        finder = Tuner(trainer).lr_find(
            probe, batches, min_lr=low, max_lr=high, num_training=steps, update_attr=False, early_stop_threshold=4.0
        )
    if finder is None:
        return FoundRate(rates.usual, "the usual one: the range test gave no curve")
    pairs = zip(finder.results["lr"], single_losses(finder.results["loss"]), strict=False)
    curve = [(float(rate), float(loss)) for rate, loss in pairs if math.isfinite(loss)]
    return read_curve([rate for rate, _ in curve], [loss for _, loss in curve], rates)


def single_losses(means: list[float]) -> list[float]:
    """Return each step's own loss from Lightning's running means.

    It corrects step n by 1 - beta^(n + 1) instead of 1 - beta^n: its curve starts at half the loss and rises
    whatever the network does, which hides the descent of a short test.
    """
    losses, before = [], 0.0
    for number, mean in enumerate(means, 1):
        running = mean * (1 - _BETA ** (number + 1))
        losses.append((running - _BETA * before) / (1 - _BETA))
        before = running
    return losses


def read_curve(rates: list[float], losses: list[float], believed: Rates = RATES) -> FoundRate:
    """Return the rate of the steepest descent over the logarithm of the rate, within sane bounds."""
    if len(rates) < 8:
        return FoundRate(believed.usual, "the usual one: the range test gave too few points", rates, losses)
    span = max(len(losses) // 8, 2)
    smooth = np.convolve(np.pad(losses, span, "edge"), np.ones(2 * span + 1) / (2 * span + 1), "valid")
    lowest = int(np.argmin(smooth))
    slope = np.gradient(smooth, np.log10(rates))
    if lowest < 3 or slope[: lowest + 1].min() >= 0:
        return FoundRate(believed.usual, "the usual one: the loss of the range test never fell", rates, losses)
    found = float(rates[int(np.argmin(slope[: lowest + 1]))])
    bounded = float(f"{min(max(found, believed.low), believed.high):.2g}")
    how = "steepest descent of the range test"
    if bounded != float(f"{found:.2g}"):
        how += f" ({found:.2g}), kept within {believed.low:g} to {believed.high:g}"
    return FoundRate(bounded, how, rates, losses)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Take what Lightning's bar writes: it fails where there is no standard error, as in QGIS on Windows."""
    before = sys.stderr
    sys.stderr = io.StringIO()
    try:
        yield
    finally:
        sys.stderr = before
