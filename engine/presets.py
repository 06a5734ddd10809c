"""Presets: the values that another program starts a training from, for fields that are left as they are.

Light: standard library only. A form is filled from :func:`preset_values`, a job by :func:`apply_preset`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from .errors import InputError
from .jobs import TrainJob

ARCGIS, ENVI = "ARCGIS", "ENVI"
PRESETS = (ARCGIS, ENVI)
# ENVI's own patch size, and below it those that chips are usually exported in.
ENVI_SIDES = (464, 448, 384, 320, 256, 224, 192, 128, 96, 64)
# The same for objects.
OBJECT_SIDES = (640, 576, 512, 448, 384, 320, 256, 224, 192, 128, 96, 64)
_CLASSIFIED = "CLASSIFIED_TILES"
_OBJECTS = {"PASCAL_VOC_RECTANGLES", "KITTI_RECTANGLES", "RCNN_MASKS", "COCO", "YOLO", "YOLO_POLYGONS"}


class UnknownPresetError(InputError):
    """A preset that does not exist."""

    template = "There is no preset '{preset}' (PRESET): use {known}."


def preset_values(
    preset: str, side: int = 0, chip_format: str = _CLASSIFIED, unlabelled: bool = True
) -> dict[str, Any]:
    """Return the fields of a :class:`TrainJob` that a preset sets; ARCGIS sets none: the defaults are its values.

    Args:
        preset: one of ``PRESETS``.
        side: of the chips, in pixels; 0 where it is not known yet.
        chip_format: their format.
        unlabelled: whether some of their pixels are unlabelled; ENVI learns these as background.

    Raises:
        UnknownPresetError: for another preset.
    """
    if preset not in PRESETS:
        raise UnknownPresetError(preset=preset, known=", ".join(PRESETS))
    if preset == ARCGIS:
        return {}
    values: dict[str, Any] = {
        "max_epochs": 25,
        "chip_size": fitting_side(side),
        "feature_patch_percentage": 1.0,
        "background_patch_ratio": 0.15,
        # Scale and rotation are on, as in ENVI; colours change as well.
        "augmentation": "DEFAULT",
        "class_weight_min": 0.0,
        "class_weight_max": 0.0,
        "loss_weight": 0.0,
    }
    if chip_format in _OBJECTS:
        # Patches per batch stay found: ENVI's single one is for the memory of its network.
        values |= {"max_epochs": 100, "chip_size": fitting_side(side, OBJECT_SIDES), "pad_small_features": True}
        del values["loss_weight"]
    if chip_format == _CLASSIFIED:
        values["model_type"] = "UNETPLUSPLUS"
        if unlabelled:
            values["arguments"] = {"background": "TRAIN"}
    return values


def fitting_side(side: int, sides: Sequence[int] = ENVI_SIDES) -> int:
    """Return the largest of ENVI's patch sides that chips of a side hold; 0 (as they are) where none does."""
    if not side:
        return sides[0]
    return next((known for known in sides if known <= side), 0)


def apply_preset(job: TrainJob, side: int = 0, chip_format: str = _CLASSIFIED, unlabelled: bool = True) -> TrainJob:
    """Return the job with the values of its preset in all fields that are left at their default.

    A model to go on from (``pretrained_model``) keeps its own type. Arguments are filled one by one. See
    :func:`preset_values`.
    """
    defaults = {item.name: item.default for item in dataclasses.fields(TrainJob)}
    changes: dict[str, Any] = {}
    for name, value in preset_values(job.preset, side, chip_format, unlabelled).items():
        if name == "arguments":
            changes[name] = {**value, **job.arguments}
        elif getattr(job, name) == defaults[name] and not (name == "model_type" and job.pretrained_model):
            changes[name] = value
    return dataclasses.replace(job, **changes)


def replaced(before: TrainJob, after: TrainJob) -> dict[str, Any]:
    """Return the fields that a preset changed, with their new values."""
    changed = {}
    for item in dataclasses.fields(TrainJob):
        value = getattr(after, item.name)
        if value != getattr(before, item.name):
            changed[item.name] = value
    return changed
