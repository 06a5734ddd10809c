"""What the monitor says of a run: names of measures, durations, states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...i18n import translate
from ..forms.run_panel import time_text
from .run_reader import CANCELLED, DONE, FAILED, KILLED, NONE, RUNNING, RunReader

# Numbers of an epoch that are no measure of how good the model is.
_NO_MEASURES = {
    *("time", "epoch", "epochs", "train_loss", "valid_loss", "learning_rate", "seconds", "seconds_left"),
    *("memory_mb", "gpu_memory_mb", "best_threshold"),
}


def measure_name(key: str) -> str:
    """Return the readable name of a value of an epoch."""
    names = {
        "train_loss": translate("Swath", "training loss"),
        "valid_loss": translate("Swath", "validation loss"),
        "mean_iou": translate("Swath", "mean IoU"),
        "mean_f1": translate("Swath", "mean F1"),
        "mean_precision": translate("Swath", "mean precision"),
        "mean_recall": translate("Swath", "mean recall"),
        "accuracy": translate("Swath", "accuracy"),
        "average_precision": translate("Swath", "AP50"),
        "map": translate("Swath", "mAP 0.50:0.95"),
        "precision": translate("Swath", "precision"),
        "recall": translate("Swath", "recall"),
        "f1": translate("Swath", "F1"),
        "iou": translate("Swath", "IoU"),
        "ap50": translate("Swath", "AP50"),
        "ap75": translate("Swath", "AP75"),
        "ap": translate("Swath", "AP 0.50:0.95"),
        "truths": translate("Swath", "objects"),
        "true_positive": translate("Swath", "found"),
        "false_positive": translate("Swath", "false"),
        "false_negative": translate("Swath", "missed"),
        "learning_rate": translate("Swath", "learning rate"),
        "best_threshold": translate("Swath", "threshold"),
    }
    return names.get(key, key.replace("_", " "))


def measures(epochs: Sequence[Mapping[str, Any]], headline: str = "") -> list[str]:
    """Return the measures of some epochs, the one that stands for all first."""
    found = dict.fromkeys(
        name
        for item in (epochs[:1], epochs[-1:])
        for record in item
        for name, value in record.items()
        if name not in _NO_MEASURES and isinstance(value, (int, float)) and not isinstance(value, bool)
    )
    means = sorted(found, key=lambda name: (name != headline, "precision" in name or "recall" in name))
    return list(means)


def class_columns(record: Mapping[str, Any], classes: int) -> dict[str, list[Any]]:
    """Return the measures of an epoch by class: lists of as many numbers as there are classes."""
    columns: dict[str, list[Any]] = {}
    by_class = record.get("classes")
    if isinstance(by_class, list) and len(by_class) == classes and all(isinstance(item, dict) for item in by_class):
        for name in by_class[0] if by_class else ():
            columns[name] = [item.get(name) for item in by_class]
    for name, values in record.items():
        is_list = isinstance(values, list) and len(values) == classes and name != "classes"
        if is_list and all(value is None or isinstance(value, (int, float)) for value in values):
            columns[name] = values
    order = ("iou", "ap50", "f1", "precision", "recall")
    ranked = sorted(columns, key=lambda name: order.index(name) if name in order else len(order))
    return {name: columns[name] for name in ranked}


def headline(reader: RunReader) -> tuple[str, str]:
    """Return the measure that stands for all, and its readable name; empty before the first epoch."""
    said = reader.start.get("headline")
    key = str(said[0]) if isinstance(said, list) and said else ""
    known = measures(reader.epochs)
    if key not in known:
        key = next((name for name in ("mean_iou", "average_precision", *known) if name in known), "")
    return key, measure_name(key) if key else ""


def state_text(reader: RunReader) -> str:
    """Return what a run does, or how it ended, in a few words."""
    count = len(reader.epochs)
    total = (reader.epochs[-1] if reader.epochs else reader.start.get("job", {})).get(
        "epochs" if reader.epochs else "max_epochs", 0
    )
    if reader.status == RUNNING:
        return _busy_text(reader, total)
    texts = {
        NONE: translate("Swath", "No training here yet"),
        DONE: translate("Swath", "Finished after {count} epochs"),
        CANCELLED: translate("Swath", "Cancelled after {count} of {total} epochs"),
        FAILED: translate("Swath", "Ended by an error after {count} of {total} epochs"),
        KILLED: translate("Swath", "Interrupted after {count} of {total} epochs"),
    }
    return texts[reader.status].format(count=count, total=total)


def _busy_text(reader: RunReader, total: int) -> str:
    phase, now = reader.now.get("phase", ""), reader.now
    if phase == "tuning":
        return translate("Swath", "Looking for the learning rate")
    if phase == "finishing":
        return translate("Swath", "Writing the model and its report")
    if phase in {"learning", "judging"} and int(now.get("epoch", 0)) > len(reader.epochs):
        if phase == "judging":
            text = translate("Swath", "Epoch {epoch} of {epochs}: validation")
        else:
            text = translate("Swath", "Epoch {epoch} of {epochs}, batch {step} of {steps}")
        return text.format(**{name: now.get(name, 0) for name in ("epoch", "epochs", "step", "steps")})
    if reader.epochs:
        return translate("Swath", "Epoch {epoch} of {epochs} done").format(epoch=len(reader.epochs), epochs=total)
    return translate("Swath", "Preparing the training")


def numbers_text(reader: RunReader, age: float) -> str:
    """Return time left, memory and pace in one line; ``age`` is how old the run's last word is, in seconds."""
    last = reader.epochs[-1] if reader.epochs else {}
    parts = []
    if reader.status == RUNNING:
        left = reader.now.get("seconds_left", last.get("seconds_left"))
        if isinstance(left, (int, float)) and reader.now.get("phase") != "finishing":
            parts.append(translate("Swath", "about {time} left").format(time=time_text(max(left - age, 0))))
        memory = reader.now.get("memory_mb", last.get("memory_mb"))
        if memory:
            parts.append(translate("Swath", "{memory} of memory").format(memory=size_text(memory)))
        if last.get("gpu_memory_mb"):
            parts.append(translate("Swath", "{memory} on the GPU").format(memory=size_text(last["gpu_memory_mb"])))
        if last.get("seconds"):
            parts.append(translate("Swath", "{time} an epoch").format(time=time_text(last["seconds"])))
    elif reader.end.get("seconds"):
        parts.append(translate("Swath", "{time} in all").format(time=time_text(reader.end["seconds"])))
    return " · ".join(parts)


def facts_text(reader: RunReader) -> str:
    """Return what is trained on what, in one line."""
    start, data = reader.start, reader.start.get("data", {})
    chips = data.get("chips", {}) if isinstance(data, dict) else {}
    parts = [str(start[name]) for name in ("model_type", "backbone") if start.get(name)]
    if reader.state.get("batch_size"):
        parts.append(translate("Swath", "batches of {count}").format(count=reader.state["batch_size"]))
    if chips.get("train"):
        text = translate("Swath", "{train} chips, {valid} for validation")
        parts.append(text.format(train=chips["train"], valid=chips.get("valid", 0)))
    hardware = start.get("hardware", {})
    if isinstance(hardware, dict) and hardware:
        parts.append(str(hardware.get("gpu") or hardware.get("processor", "")).replace("cpu", "CPU"))
    return " · ".join(part for part in parts if part)


def best_text(reader: RunReader) -> str:
    """Return the best epoch and its values in one line; "" before the first epoch."""
    best, (key, _) = reader.best, reader.monitor
    if not best:
        return ""
    head, name = headline(reader)
    text = (
        translate("Swath", "Best so far: epoch {epoch}")
        if not reader.end
        else translate("Swath", "Best: epoch {epoch}")
    )
    parts = [text.format(epoch=best["epoch"])]
    if head and isinstance(best.get(head), (int, float)):
        parts.append(f"{name} {best[head]:.3f}")
    if key != head and isinstance(best.get(key), (int, float)):
        parts.append(f"{measure_name(key)} {best[key]:.3f}")
    return " · ".join(parts)


def size_text(megabytes: float) -> str:
    """Return a size: ``820 MB``, ``2.1 GB``."""
    return f"{megabytes:.0f} MB" if megabytes < 1000 else f"{megabytes / 1024:.1f} GB"
