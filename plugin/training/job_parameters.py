"""The parameters of Train Deep Learning Model that make a given job: what resumes a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# Fields of the engine's job that are parameters under the same name in capitals.
_SAME = (
    *("preset", "model_type", "backbone", "backbone_weights", "pretrained_model", "max_epochs", "batch_size"),
    *("learning_rate", "validation_percentage", "stop_early", "freeze", "monitor", "chip_size", "resize_to"),
    *("augmentation", "augmentation_parameters", "weight_init_scheme", "shuffle", "feature_patch_percentage"),
    *("pad_small_features", "class_weight_min", "class_weight_max", "loss_weight", "seed", "processor", "gpu_id"),
    *("output", "report"),
)


def job_parameters(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of ``swath:trainmodel`` that make the same job again.

    ``job`` is as the run folder records it; texts that are empty are left out.
    """
    values = {name.upper(): job[name] for name in _SAME if name in job and job[name] != ""}
    inputs = [str(folder) for folder in job.get("inputs", ())]
    if inputs:
        values["INPUT"] = inputs[0]
    if inputs[1:]:
        values["ADDITIONAL_INPUTS"] = "\n".join(inputs[1:])
    if job.get("arguments"):
        values["MODEL_ARGUMENTS"] = json.dumps(job["arguments"])
    if job.get("name"):
        values["MODEL_NAME"] = job["name"]
    if job.get("background_patch_ratio", -1.0) >= 0:
        values["BACKGROUND_PATCH_RATIO"] = job["background_patch_ratio"]
    if job.get("solid_distance"):
        values["SOLID_DISTANCE"] = distances_text(job["solid_distance"])
    if job.get("blur_distance"):
        values["BLUR_DISTANCE"] = distances_text(job["blur_distance"])
    return values


def distances_text(distances: Mapping[str, Any]) -> str:
    """Return distances by class value ("*": all) as ``1 5;2 3`` or ``1 0 10;2 1 5``."""
    parts = []
    for name, value in distances.items():
        numbers = value if isinstance(value, (list, tuple)) else [value]
        parts.append(" ".join([str(name), *(f"{number:g}" for number in numbers)]))
    return ";".join(parts)
