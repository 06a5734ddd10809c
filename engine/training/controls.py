"""What the controls of a job mean for its chips: sizes, sampling, distances; checked before work starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..chips import ChipFormat, ChipSet
from ..chips._thin import has_thin
from ..classes import ClassInfo
from ..jobs import TrainJob
from ..models import ModelType
from ..presets import apply_preset, replaced
from ..tasks import Task
from .control_problems import ClassWeightOrderError, ControlNotTakenError, NoThinLabelsError
from .distances import BLUR, SOLID, Distances, parse_widths
from .pieces import SMALLEST, Size, learnt_size, own_side
from .problems import BadNumberError
from .sampling import Drawing, Sampler, learns_background

_MOST_WEIGHT = 10.0
_MOST_RATIO = 1e6


@dataclass(frozen=True)
class Controls:
    """What a training does with its chips.

    Attributes:
        size: width and height of the pieces that are learnt from.
        drawing: how chips are drawn in each epoch.
        distances: how wide points and lines are drawn; None: as the labels have them.
        preset: the fields of the job that its preset changed, with their values.
        notes, warnings: what the user should know of it.
    """

    size: Size
    drawing: Drawing
    distances: Distances | None = None
    preset: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def check_controls(job: TrainJob) -> None:
    """Raise BadNumberError for a number that makes no sense, ClassWeightOrderError for weights that rise."""
    ratio, size = job.background_patch_ratio, job.chip_size
    bounds = (
        ("CHIP_SIZE", size, 0 if not size else SMALLEST, 2**16, f"0 (as the chips are) or at least {SMALLEST} pixels"),
        ("RESIZE_TO", job.resize_to, 0, 2**16, "0 (as the chips are) or a side in pixels"),
        ("FEATURE_PATCH_PERCENTAGE", job.feature_patch_percentage, 1e-6, 1, "a number above 0, up to 1 (all)"),
        ("BACKGROUND_PATCH_RATIO", ratio, -1 if ratio == -1 else 0, _MOST_RATIO, "a number of at least 0, or -1 (all)"),
        ("CLASS_WEIGHT_MIN", job.class_weight_min, 0, _MOST_WEIGHT, f"a number from 0 to {_MOST_WEIGHT:g}"),
        ("CLASS_WEIGHT_MAX", job.class_weight_max, 0, _MOST_WEIGHT, f"a number from 0 to {_MOST_WEIGHT:g}"),
        ("LOSS_WEIGHT", job.loss_weight, 0, 1, "a number from 0 to 1"),
    )
    for name, value, low, high, expected in bounds:
        if not low <= value <= high:
            raise BadNumberError(parameter=name, value=value, expected=expected)
    if job.class_weight_min > job.class_weight_max:
        raise ClassWeightOrderError(least=job.class_weight_min, most=job.class_weight_max)


def with_preset(job: TrainJob, chip_format: ChipFormat, chip_set: ChipSet) -> TrainJob:
    """Return the job with the values of its preset that suit the chips; raise UnknownPresetError."""
    unlabelled = not chip_set.class_pixels or chip_set.class_pixels.get(0, 1) > 0
    return apply_preset(job, own_side(chip_set), chip_format.id, unlabelled)


def for_model(given: TrainJob, job: TrainJob, model_type: ModelType) -> TrainJob:
    """Return the job without those arguments of its preset that the model type does not take."""
    known = {argument.name for argument in model_type.arguments}
    kept = {name: value for name, value in job.arguments.items() if name in known or name in given.arguments}
    return replace(job, arguments=kept)


def read_controls(
    given: TrainJob, job: TrainJob, task: Task, chip_set: ChipSet, classes: Sequence[ClassInfo], *,
    keeps_empty: bool = False,
) -> Controls:  # fmt: skip
    """Return what the controls mean; ``given`` is the job without its preset, ``classes`` are learnt.

    ``keeps_empty`` tells that chips without a label are learnt from as they are.

    Raises:
        InputError: for a control that does not act here, or a value that the chips do not allow.
    """
    size, note = learnt_size(job.chip_size, chip_set)
    preset = replaced(given, job)
    notes = [note] if note else []
    if preset:
        notes.insert(0, f"Preset {job.preset}: {_listing(preset)}.")
    if not job.shuffle:
        notes.append(
            "SHUFFLE is off: the split is the same for every SEED, and chips are learnt in the order of the folder."
        )
    if job.class_weight_max:
        notes.append(
            f"Chips of rare classes are drawn more often: class weight {job.class_weight_max:g} in the first epoch, "
            f"{job.class_weight_min:g} in the last."
        )
    warnings = []
    if not learns_background(classes) and not keeps_empty:
        for name, acts in (("BACKGROUND_PATCH_RATIO", job.background_patch_ratio >= 0),
                           ("LOSS_WEIGHT", job.loss_weight > 0)):  # fmt: skip
            if acts:
                warnings.append(
                    f"{name} has no effect: pixels without a label are left out; MODEL_ARGUMENTS "
                    "'background TRAIN' learns them."
                )
    distances = _distances(job, chip_set, classes)
    return Controls(size, Drawing.of(job), distances, preset, tuple(notes), tuple(warnings))


def tell_sampling(job: TrainJob, sampler: Sampler, background: bool) -> str:
    """Return a sentence on what an epoch draws, "" where it draws all chips."""
    if not background or job.background_patch_ratio < 0 or not len(sampler.backgrounds):
        return ""
    drawn, there = sampler.drawn_backgrounds, len(sampler.backgrounds)
    return (
        f"Each epoch draws {len(sampler.features)} chips with features and {drawn} of the {there} without "
        f"(BACKGROUND_PATCH_RATIO {job.background_patch_ratio:g}); validation uses all of its chips."
    )


def _listing(values: dict[str, Any]) -> str:
    names = {"arguments": "MODEL_ARGUMENTS"}
    texts = []
    for name, value in values.items():
        if isinstance(value, dict):
            value = "; ".join(f"{key} {item}" for key, item in value.items())  # noqa: PLW2901 - its text
        texts.append(f"{names.get(name, name.upper())} {value}")
    return ", ".join(texts)


def check_taken(job: TrainJob, task: Task) -> None:
    """Raise ControlNotTakenError for a control that only other tasks take."""
    given = (
        ("RESIZE_TO", job.resize_to, "0"),
        ("PAD_SMALL_FEATURES", job.pad_small_features, "off"),
        (SOLID, job.solid_distance, "nothing"),
        (BLUR, job.blur_distance, "nothing"),
        ("LOSS_WEIGHT", job.loss_weight, "0"),
    )
    for name, value, default in given:
        if value and name not in task.controls:
            raise ControlNotTakenError(parameter=name, task=task.title, default=default)


def _distances(job: TrainJob, chip_set: ChipSet, classes: Sequence[ClassInfo]) -> Distances | None:
    widths, named = parse_widths(job.solid_distance, job.blur_distance, chip_set.classes)
    if not widths:
        return None
    if not any(has_thin(chip) for chip in {chip.image.parent: chip for chip in chip_set.chips}.values()):
        raise NoThinLabelsError(
            where=f"beside the chips in {chip_set.folder}", parameter=SOLID if job.solid_distance else BLUR
        )
    channels = {item.value: number for number, item in enumerate(classes)}
    return Distances(widths, channels, job.seed, job.max_epochs, named)
