"""All that is checked and made ready before a network learns: every bad input ends here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from ..chips import ChipFormat, ChipSet
from ..classes import ClassInfo
from ..jobs import TrainJob
from ..models import MODEL_TYPES, ModelType, fitting_types
from ..presets import PRESETS
from ..progress import Reporter
from ..tasks import TASKS, Task
from .augment import Augmentation
from .augment_files import AUGMENTATIONS, read_augmentation
from .chipdata import ChipData, gather_chips
from .chipsets import read_chip_sets
from .controls import Controls, check_controls, check_taken, for_model, read_controls, tell_sampling, with_preset
from .finetune import keep_scaling, take_start
from .monitors import fitting_monitor, take_chip_size, take_monitor
from .pretrained import Pretrained
from .problems import (
    BadNameError,
    BadNumberError,
    NoClassError,
    NoGpuError,
    NoModelTypeError,
    NoSuchChoiceError,
    OneClassError,
    TooFewChipsError,
)
from .resizing import resized_set
from .sampling import Sampler, learns_background, reduced
from .split import Split, split_chips
from .teaching import Teaching

# What GPU_ID says for training on all of them together.
ALL_GPUS = -1


@dataclass(frozen=True)
class Choice:
    """What a job means once it is understood; no chip has been opened yet. ``job`` has its preset's values."""

    job: TrainJob
    chip_format: ChipFormat
    chip_set: ChipSet
    model_type: ModelType
    task: Task
    backbone: str
    arguments: dict[str, Any]
    classes: tuple[ClassInfo, ...]
    device: torch.device
    controls: Controls
    teaching: Teaching
    pretrained: Pretrained | None = None
    kept_scaling: bool = False
    augmentation: Augmentation | None = None
    processes: int = 1


def understand(job: TrainJob) -> Choice:
    """Check everything that can be known without opening chips; raise InputError."""
    job = take_chip_size(take_monitor(job))
    _check_numbers(job)
    check_controls(job)
    chip_format, chip_set = read_chip_sets(job.inputs)
    job, pretrained = take_start(job, chip_set)
    given, job = job, with_preset(job, chip_format, resized_set(chip_set, job.resize_to))
    model_type = _model_type(job.model_type, chip_format)
    job = for_model(given, job, model_type)
    check_taken(job, TASKS.all()[model_type.task])
    chip_set = resized_set(chip_set, job.resize_to)
    arguments = model_type.parse_arguments(job.arguments)
    backbone = model_type.parse_backbone(job.backbone, arguments)
    task = TASKS.all()[model_type.task]
    teaching = task.teaching(replace(job, model_type=model_type.id))
    given, job = fitting_monitor(given, teaching, task), fitting_monitor(job, teaching, task)
    classes = task.model_classes(chip_set.classes, arguments)
    if not classes:
        raise NoClassError(folder=chip_set.folder)
    controls = read_controls(given, job, task, chip_set, classes, keeps_empty=teaching.keeps_empty)
    device = _device(job)
    kept = keep_scaling(pretrained, chip_set)
    augmentation = read_augmentation(
        job.augmentation, job.augmentation_parameters, job.inputs, controls.size, model_type.multiple,
        fixed=model_type.fixed_tile, default=teaching.augmentation(),
    )  # fmt: skip
    return Choice(
        job, chip_format, kept or chip_set, model_type, task, backbone, arguments, classes, device, controls,
        teaching, pretrained, kept is not None, augmentation, _processes(job, device),
    )  # fmt: skip


def _check_numbers(job: TrainJob) -> None:
    if not re.fullmatch(r"[^\W.][\w .-]{0,99}", job.name) or job.name != job.name.strip():
        raise BadNameError(name=job.name)
    bounds = (
        ("MAX_EPOCHS", job.max_epochs, 1, 100_000, "a whole number of at least 1"),
        ("BATCH_SIZE", job.batch_size, 0, 4096, "0 (found) to 4096"),
        ("LEARNING_RATE", job.learning_rate, 0, 10, "0 (found) or a small number like 0.001"),
        ("VALIDATION_PERCENTAGE", job.validation_percentage, 0, 90, "a number from 0 to 90"),
        ("SEED", job.seed, 0, 2**31, "a whole number of at least 0"),
        ("processes", job.processes, 0, 64, "a whole number from 0 (one) to 64"),
    )
    for name, value, low, high, expected in bounds:
        if not low <= value <= high:
            raise BadNumberError(parameter=name, value=value, expected=expected)
    choices = (
        ("PRESET", job.preset, PRESETS),
        ("AUGMENTATION", job.augmentation, tuple(AUGMENTATIONS)),
        ("PROCESSOR", job.processor, ("AUTO", "CPU", "GPU")),
    )
    for name, text, known in choices:
        if text not in known:
            raise NoSuchChoiceError(parameter=name, value=text, known=", ".join(known))


def _model_type(name: str, chip_format: ChipFormat) -> ModelType:
    fitting = fitting_types(chip_format.id)
    found = fitting[0] if name in ("", "AUTO") and fitting else MODEL_TYPES.get(name)
    if found is None or found not in fitting:
        known = ", ".join(item.id for item in fitting) or "chips of another format"
        raise NoModelTypeError(model=name, format=chip_format.title, known=known)
    return found


def _device(job: TrainJob) -> torch.device:
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if job.processor == "CPU" or (job.processor == "AUTO" and not count):
        if job.processor == "AUTO" and torch.backends.mps.is_available():
            return torch.device("mps")
        return torch.device("cpu")
    if job.processor == "GPU" and not count and torch.backends.mps.is_available():
        return torch.device("mps")
    if not ALL_GPUS <= job.gpu_id < count:
        raise NoGpuError(gpu=job.gpu_id, count=count)
    return torch.device("cuda", max(job.gpu_id, 0))


def _processes(job: TrainJob, device: torch.device) -> int:
    """Return how many processes train together."""
    if device.type != "cuda":
        return max(job.processes, 1) if device.type == "cpu" else 1
    count = torch.cuda.device_count()
    if job.processes > count:
        raise NoGpuError(gpu=job.processes - 1, count=count)
    return count if job.gpu_id == ALL_GPUS else max(job.processes, 1)


def gather(choice: Choice, reporter: Reporter) -> tuple[ChipData, Split]:
    """Read the chips, or count their labels where they are too many for memory; check and split them."""
    chip_set, job, distances = choice.chip_set, choice.job, choice.controls.distances
    data = gather_chips(choice.chip_format, chip_set, choice.teaching, choice.classes, reporter, distances)
    if distances is not None:
        distances.check(chip_set.folder)
    present = [item for item, number in zip(choice.classes, data.counts.sum(0), strict=True) if number]
    if not present:
        raise NoClassError(folder=chip_set.folder)
    if len(data.chips) < 2:
        raise TooFewChipsError(folder=chip_set.folder, count=len(data.chips))
    if len(present) < choice.teaching.fewest_classes:
        raise OneClassError(folder=chip_set.folder, name=present[0].name)
    seed = job.seed if job.shuffle else 0
    split = split_chips(data.chips, data.counts, chip_set.size, job.validation_percentage, seed)
    split = reduced(split, data.counts, learns_background(choice.classes), job.feature_patch_percentage, seed)
    _tell(choice, data, split, reporter)
    return data, split


def make_sampler(choice: Choice, data: ChipData, split: Split) -> Sampler:
    """Return what draws the training chips of each epoch."""
    return Sampler(split.train, data.counts, learns_background(choice.classes), choice.controls.drawing)


def _tell(choice: Choice, data: ChipData, split: Split, reporter: Reporter) -> None:
    for text in choice.controls.notes:
        reporter.message(text)
    for text in choice.controls.warnings:
        reporter.warning(text)
    learnt = ", ".join(item.name for item in choice.classes)
    reporter.message(f"Classes that are learnt: {learnt}.")
    for text in choice.teaching.sentences(choice):
        reporter.message(text)
    left_out = len(choice.chip_set.chips) - len(data.chips)
    reporter.message(
        f"Chips: {len(split.train)} to learn from, {len(split.valid)} for validation, {len(split.dropped)} left out "
        f"because they overlap both sides"
        + (f", {len(split.unused)} by FEATURE_PATCH_PERCENTAGE" if len(split.unused) else "")
        + (f", {left_out} without a learnt pixel." if left_out else ".")
    )
    drawn = tell_sampling(
        choice.job, make_sampler(choice, data, split), learns_background(choice.classes) or choice.teaching.keeps_empty
    )
    if drawn:
        reporter.message(drawn)
    _tell_missing(choice, data, split, reporter)
    if data.unknown:
        reporter.warning(
            f"{data.unknown} {data.teaching.unit} carry a value that is no class of the chips; they are left out of "
            "the training."
        )
    if data.broken:
        reporter.warning(
            f"{data.broken} {data.teaching.unit} have no area inside their chip; they are left out of the training."
        )
    for text in (*split.warnings, *choice.teaching.warnings(choice, data.counts)):
        reporter.warning(text)


def _tell_missing(choice: Choice, data: ChipData, split: Split, reporter: Reporter) -> None:
    """Warn of classes that one side does not show."""
    train, valid = data.counts[split.train].sum(0), data.counts[split.valid].sum(0)
    for item, learnt, judged in zip(choice.classes, train, valid, strict=True):
        if not learnt:
            reporter.warning(f"No training chip shows the class '{item.name}': the model cannot learn it.")
        elif len(split.valid) and not judged:
            reporter.warning(f"No validation chip shows the class '{item.name}': its accuracy is not known.")


def free_name(path: str) -> Path:
    """Return the output folder as a path without a trailing separator."""
    return Path(path.rstrip("/\\") or path)
