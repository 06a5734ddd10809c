"""From the trained weights to the complete model folder."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from .. import __version__
from ..classes import ClassInfo
from ..progress import Reporter, check
from . import package, pictures
from .batches import Batches
from .chipdata import ChipData
from .finetune import Transfer
from .lesson import Lesson
from .monitors import merit
from .onnx_export import export_onnx
from .prepare import Choice
from .record import data_record, hardware, versions
from .report import Summary, write_report
from .resizing import scale
from .runfolder import RunFolder
from .split import Split

_SAMPLES = 4
_AVERAGE = "average.module."


@dataclass
class Outcome:
    """A finished fit: what is needed to write the model folder. ``started`` is a Unix time."""

    choice: Choice
    data: ChipData
    split: Split
    folder: RunFolder
    lesson: Lesson
    batches: Batches
    samples: list[int]
    started: float
    transfer: Transfer | None = None


def samples_of(data: ChipData, split: Split) -> list[int]:
    """Return the chips that are drawn after each epoch: of different places, with many classes."""
    side = split.valid if len(split.valid) else split.train
    shares = data.counts[side] / np.maximum(data.counts[side].sum(1, keepdims=True), 1)
    # The richest first: entropy of the classes, then what is labelled; of different parts, so that they differ.
    entropy = -(shares * np.log(np.maximum(shares, 1e-9))).sum(1) + 1e-9 * data.counts[side].sum(1)
    parts = np.array_split(np.arange(len(side)), min(_SAMPLES, len(side)))
    return [int(side[part[np.argmax(entropy[part])]]) for part in parts]


def draw_samples(lesson: Lesson, batches: Batches, samples: Sequence[int], classes: Sequence[ClassInfo],
                 path: Path, epoch: Mapping[str, Any]) -> None:  # fmt: skip
    """Write a picture with a row for each sample: image, truth, prediction of the averaged network.

    ``epoch`` holds the measures of the epoch that it is drawn for.
    """
    rows = []
    for index in samples:
        image, target, _ = batches.collate([index])
        was_training = lesson.average.training
        lesson.average.eval()
        with torch.inference_mode():
            scaled = lesson.scaling(image.to(lesson.device).float())
            rows.append(batches.teaching.draw(lesson.average.module, image, scaled, target, classes, epoch))
        lesson.average.train(was_training)
    pictures.write_png(path, pictures.stack(rows))


def load_average(network: nn.Module, checkpoint: Path) -> None:
    """Put the averaged weights of one of our checkpoints into a network."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)["state_dict"]
    network.load_state_dict({key[len(_AVERAGE) :]: value for key, value in state.items() if key.startswith(_AVERAGE)})


def finish(outcome: Outcome, reporter: Reporter) -> dict[str, Any]:
    """Export, write and verify everything in the unfinished folder, then give it its name.

    Raises:
        ExportFailedError: where the ONNX file does not compute what was trained; nothing is published.
    """
    choice, folder, lesson = outcome.choice, outcome.folder, outcome.lesson
    root, name = folder.partial, choice.job.name
    epochs = folder.epochs()
    key, larger = choice.teaching.monitors[choice.job.monitor]
    key, larger = (key, larger) if key in epochs[0] else ("train_loss", False)
    best = max(epochs, key=lambda record: merit(record, key, larger=larger))
    training = _training_facts(outcome, epochs, best, key)
    learnt = replace(choice.chip_set, size=choice.controls.size)
    info = package.model_info(
        learnt, choice.model_type, choice.task, choice.backbone, choice.classes, __version__, training
    )
    stored = choice.chip_set.chips[0].stored if choice.chip_set.same_size else None
    info = replace(info, resize=scale(stored or learnt.size, choice.job.resize_to if stored else 0))
    network = lesson.average.module
    graph = choice.teaching.graph(lesson.scaling, network, choice.task.activation)
    info = replace(info, **choice.teaching.thresholds(best), graphs=package.with_outputs(info, graph.outputs))
    sample, _, _ = outcome.batches.collate((outcome.samples * 2)[:2])
    metres = package.metres_per_unit(choice.chip_set.crs)
    differences = {}
    for place, (checkpoint, file, weights) in enumerate(
        ((folder.last, f"{name}_last.onnx", f"{name}_last.safetensors"),
         (folder.best, f"{name}.onnx", f"{name}_best.safetensors"))
    ):  # fmt: skip
        check(reporter, "the training")
        reporter.progress(0.1 + 0.35 * place, f"Writing {file}")
        load_average(network, checkpoint)
        package.write_weights(network, root / weights, package.named(info, file))
        metadata = package.onnx_metadata(package.named(info, file), choice.task, metres)
        differences[file] = export_onnx(
            graph, sample.float(), choice.model_type.multiple, root / file, metadata, fixed=info.fixed_tile
        )
    # The network now holds the best epoch: its pictures go into the report.
    characteristics = root / "ModelCharacteristics"
    characteristics.mkdir(exist_ok=True)
    draw_samples(lesson, outcome.batches, outcome.samples, choice.classes, characteristics / "show_results.png", best)
    values = package.emd(package.named(info, f"{name}.onnx"), learnt, choice.chip_format.metadata_mode, best,
                         choice.task, choice.teaching.class_measures(best))  # fmt: skip
    if choice.job.resize_to:
        values["resize_to"] = choice.job.resize_to
    package.write_json(root / f"{name}.emd", values)
    package.write_json(
        characteristics / "training_validation_loss.json",
        {"training_validation_loss_per_epoch": [
            {"epoch": item["epoch"], "train_loss": item["train_loss"], "valid_loss": item.get("valid_loss")}
            for item in epochs
        ]},
    )  # fmt: skip
    reporter.progress(0.8, "Writing the report")
    summary = Summary(outcome.choice, epochs, best, key, training, folder.state, differences, outcome.split.warnings)
    report = write_report(summary, root)
    files = [root / f"{name}.emd", root / f"{name}.onnx", root / f"{name}_best.safetensors", report]
    files += sorted(item for item in characteristics.iterdir() if item.is_file())
    package.write_dlpk(root / f"{name}.dlpk", files, root)
    return _publish(outcome, reporter, best, key)


def _training_facts(outcome: Outcome, epochs: list[dict[str, Any]], best: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the summary that goes into the model file."""
    choice, state = outcome.choice, outcome.folder.state
    return {
        "epochs": len(epochs),
        "max_epochs": choice.job.max_epochs,
        "best_epoch": best["epoch"],
        "monitor": key,
        "metrics": choice.teaching.facts(best),
        "batch_size": state["batch_size"],
        "learning_rate": outcome.lesson.plan.learning_rate,
        "seed": choice.job.seed,
        "seconds": round(sum(item["seconds"] for item in epochs), 1),
        "arguments": choice.arguments,
        "augmentation": choice.job.augmentation,
        "scaling": {
            "mean": [item.mean for item in choice.chip_set.stats],
            "std": [item.std for item in choice.chip_set.stats],
        },
        **({"pretrained": outcome.transfer.facts()} if outcome.transfer else {}),
        "data": data_record(choice, outcome.data, outcome.split),
        "versions": versions(),
        "hardware": hardware(choice.device, choice.processes),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _publish(outcome: Outcome, reporter: Reporter, best: dict[str, Any], key: str) -> dict[str, Any]:
    choice, folder = outcome.choice, outcome.folder
    name, output = choice.job.name, folder.output
    seconds = round(time.time() - outcome.started, 1)
    measure, title = choice.teaching.headline
    folder.log("end", best_epoch=best["epoch"], metric=key, value=best[key], seconds=seconds)
    report = output / "model_metrics.html"
    if choice.job.report:
        target = Path(choice.job.report)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(target.name + ".partial")
        partial.write_bytes((folder.partial / report.name).read_bytes())
        partial.replace(target)
        report = target
    folder.finish()
    # The safetensors hold the same weights in a fifth of the room.
    shutil.rmtree(output / folder.checkpoints.relative_to(folder.partial), ignore_errors=True)
    reporter.progress(1.0, "The model is complete")
    reporter.message(
        f"Best epoch: {best['epoch']} with {key.replace('_', ' ')} {best[key]:.4f}, "
        f"{title} {best[measure]:.3f}; {seconds:.0f} s in all."
    )
    return {
        "model": str(output / f"{name}.onnx"),
        "last_model": str(output / f"{name}_last.onnx"),
        "folder": str(output),
        "emd": str(output / f"{name}.emd"),
        "package": str(output / f"{name}.dlpk"),
        "report": str(report),
        "best_metric": float(best[key]),
        "best_epoch": int(best["epoch"]),
        "monitor": key,
        measure: float(best[measure]),
        "seconds": seconds,
    }
