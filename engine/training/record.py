"""What is written down about a run: job, versions, machine, chips."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from typing import Any

import psutil
import torch

from .. import __version__
from .chipdata import ChipData
from .fitting import hardware_options
from .prepare import Choice, make_sampler
from .runfolder import RunFolder
from .split import Split

_PACKAGES = (
    "torch",
    "lightning",
    "segmentation-models-pytorch",
    "timm",
    "torchvision",
    "transformers",
    "torchmetrics",
    "onnx",
    "onnxruntime",
    "numpy",
)


def versions() -> dict[str, str]:
    """Return the versions of Swath, Python and the libraries that decide the result."""
    found = {"swath": __version__, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "?"
    return found


def hardware(device: torch.device, processes: int = 1) -> dict[str, Any]:
    """Return what the training runs on."""
    values: dict[str, Any] = {
        "system": platform.platform(terse=True),
        "processor": str(device),
        "processes": processes,
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "precision": hardware_options(device).get("precision", "32-true"),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
    }
    if device.type == "cuda":
        values["gpu"] = torch.cuda.get_device_name(device)
    return values


def data_record(choice: Choice, data: ChipData, split: Split) -> dict[str, Any]:
    """Return the chips of each side, and the pixels or objects of each class on them."""
    sides = {"train": split.train, "valid": split.valid, "dropped": split.dropped, "unused": split.unused}
    return {
        "folders": [str(folder) for folder in choice.job.inputs],
        "format": choice.chip_format.id,
        "size": list(choice.chip_set.size),
        "same_size": choice.chip_set.same_size,
        "learnt_size": list(choice.controls.size),
        "bands": choice.chip_set.bands,
        "band_names": list(choice.chip_set.band_names),
        "dtype": choice.chip_set.dtype,
        "digest": data.digest(),
        "in_memory": data.images is not None,
        "split": split.how,
        "chips": {name: len(indices) for name, indices in sides.items()}
        | {"without_labels": len(choice.chip_set.chips) - len(data.chips)},
        "counted_in": choice.teaching.unit,
        "class_counts": {
            name: {str(item.value): int(number) for item, number in
                   zip(choice.classes, data.counts[indices].sum(0), strict=True)}
            for name, indices in sides.items()
        },
        "sampling": make_sampler(choice, data, split).facts(),
    }  # fmt: skip


def start_record(choice: Choice, data: ChipData, split: Split, folder: RunFolder) -> dict[str, Any]:
    """Return the first line of ``run.jsonl``; ``monitor`` is what tells the best epoch, and whether more is better."""
    key, larger = choice.teaching.monitors[choice.job.monitor]
    if key == "valid_loss" and not len(split.valid):
        key = "train_loss"
    return {
        "job": choice.job.to_dict(),
        "preset": choice.controls.preset,
        "task": choice.task.id,
        "monitor": [key, larger],
        "headline": list(choice.teaching.headline),
        "model_type": choice.model_type.id,
        "backbone": choice.backbone,
        "arguments": choice.arguments,
        "classes": [item.to_dict() for item in choice.classes],
        "data": data_record(choice, data, split),
        "versions": versions(),
        "hardware": hardware(choice.device, choice.processes),
        "output": str(folder.output),
    }
