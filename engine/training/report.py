"""The report of a training: model_metrics.html, and the charts beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..review.html import Page, Swatch
from .charts import lines
from .lesson import one_cycle
from .prepare import Choice

_SCHEDULE_POINTS = 200


@dataclass(frozen=True)
class Summary:
    """All that the report tells. ``key`` names the number that decided which epoch is the best."""

    choice: Choice
    epochs: list[dict[str, Any]]
    best: dict[str, Any]
    key: str
    training: Mapping[str, Any]
    state: Mapping[str, Any]
    differences: Mapping[str, float]
    warnings: Sequence[str]


def write_report(summary: Summary, root: Path) -> Path:
    """Write ``model_metrics.html`` and ``ModelCharacteristics/loss_graph.png`` below ``root``."""
    choice, best = summary.choice, summary.best
    validated = "valid_loss" in best
    page = Page(
        f"Training report: {choice.job.name}",
        f"{choice.model_type.title} with the backbone {choice.backbone}, trained on "
        f"{summary.training['data']['chips']['train']} chips of {choice.controls.size[0]} x "
        f"{choice.controls.size[1]} pixels with {choice.chip_set.bands} bands.",
    )
    page.cards(
        {
            **choice.teaching.cards(best),
            "best epoch": f"{best['epoch']} of {len(summary.epochs)}",
        }
    )
    for text in summary.warnings:
        page.warning(text)
    if not validated:
        page.warning("All figures are those of the training chips themselves: nothing was set apart for validation.")
    _curves(page, summary, root)
    side = "validation" if validated else "training"
    page.section(f"Analysis of the model ({side} chips, best epoch)")
    choice.teaching.analysis(page, summary, root)
    page.section("Sample results").picture(
        root / "ModelCharacteristics" / "show_results.png",
        "From left to right: image, truth, prediction. " + choice.teaching.legend(choice.classes),
        "Chips with truth and prediction",
    )
    _data(page, summary)
    _settings(page, summary)
    return page.save(root / "model_metrics.html")


def _curves(page: Page, summary: Summary, root: Path) -> None:
    epochs, best = summary.epochs, summary.best
    numbers = [item["epoch"] for item in epochs]
    page.section("Training and validation loss")
    series: dict[str, Sequence[float | None]] = {"training": [item["train_loss"] for item in epochs]}
    if "valid_loss" in best:
        series["validation"] = [item["valid_loss"] for item in epochs]
    loss = lines(numbers, series, ("epoch", "loss"), best["epoch"])
    (root / "ModelCharacteristics" / "loss_graph.png").write_bytes(loss)
    note = "The training loss is that of the augmented chips, so it may lie above the validation loss."
    page.picture(loss, f"The dashed line is the best epoch. {note}", "Loss by epoch")
    heading = "Measures by epoch"
    page.section(heading)
    for title, axis, values in summary.choice.teaching.curves(summary):
        note = "" if title == heading else title
        page.picture(lines(numbers, values, ("epoch", axis), best["epoch"], unit=True), note, title)
    _rates(page, summary)


def _rates(page: Page, summary: Summary) -> None:
    """Show how the learning rate went over the epochs, and how it was found."""
    page.section("Learning rate")
    highest, epochs = summary.training["learning_rate"], summary.training["max_epochs"]
    places = [epochs * step / _SCHEDULE_POINTS for step in range(_SCHEDULE_POINTS + 1)]
    done = [place for place in places if place <= len(summary.epochs)]
    taken = [highest * one_cycle(place / epochs) for place in done]
    page.picture(
        lines(done, {"learning rate": taken}, ("epochs done", "learning rate"), summary.best["epoch"]),
        "The schedule as far as the training went: a short rise, then a fall along a cosine. The dashed line is the "
        "best epoch.",
        "Learning rate by epoch",
    )
    rate = summary.state.get("rate") or {}
    if len(rate.get("rates", [])) > 1:
        page.heading("How it was found")
        page.picture(
            lines(rate["rates"], {"loss": rate["losses"]}, ("learning rate", "loss"), rate["rate"], log_x=True),
            f"The range test; the dashed line is the learning rate that was taken: {rate['rate']:.3g} ({rate['how']}).",
            "Loss by learning rate",
        )


def _origin(summary: Summary) -> dict[str, object]:
    """Tell where the weights came from that the training began with."""
    pretrained, job = summary.training.get("pretrained"), summary.choice.job
    if not pretrained:
        return {"Backbone weights": job.backbone_weights or "none (random)"}
    return {
        "Went on from": f"{pretrained['model']} (weights {pretrained['digest']})",
        "Kept of that model": f"{pretrained['kept_classes']} of {len(summary.choice.classes)} classes, "
        f"{pretrained['kept_bands']} of {summary.choice.chip_set.bands} bands, "
        f"{'its' if pretrained['kept_scaling'] else 'not its'} scaling of pixel values",
        "Backbone": "as it was (FREEZE)" if job.freeze else "trained further",
    }


def _data(page: Page, summary: Summary) -> None:
    data = summary.training["data"]
    chips = data["chips"]
    page.section("Training data")
    page.facts(
        {
            "Folders": ", ".join(data["folders"]),
            "Chips to learn from": chips["train"],
            "Chips for validation": chips["valid"],
            "Chips left out, overlapping both sides": chips["dropped"],
            "Chips left out, without anything to learn": chips["without_labels"],
            "Split by": data["split"],
            "Format, pixel type": f"{data['format']}, {data['dtype']}",
            "Digest of the data": data["digest"],
        }
    )
    unit = data["counted_in"]
    page.heading(f"Labelled {unit}")
    counts = data["class_counts"]
    page.table(
        ["Class", f"Training {unit}", f"Validation {unit}"],
        [
            [Swatch(item.name, item.color), counts["train"][str(item.value)], counts["valid"][str(item.value)]]
            for item in summary.choice.classes
        ],
    )


def _settings(page: Page, summary: Summary) -> None:
    job, training = summary.choice.job, summary.training
    page.section("Settings")
    found = " (found)" if not job.batch_size else ""
    page.facts(
        {
            "Learning rate": f"{training['learning_rate']:.3g} "
            f"({'given' if job.learning_rate else (summary.state.get('rate') or {}).get('how', 'found')})",
            "Batch size": f"{training['batch_size']}{found}",
            "Epochs": f"{training['epochs']} of at most {training['max_epochs']}",
            "Best epoch by": summary.key.replace("_", " "),
            "Seed": job.seed,
            "Augmentation": " ".join((job.augmentation, job.augmentation_parameters)).strip()
            if job.augmentation == "CUSTOM"
            else job.augmentation,
            **_origin(summary),
            **{f"Argument {name}": str(value) for name, value in training["arguments"].items()},
            "Time of the epochs": f"{training['seconds']:.0f} s",
            "Largest difference of ONNX and PyTorch": f"{max(summary.differences.values()):.1e}",
        }
    )
    page.section("Machine and versions")
    page.facts({name: str(value) for name, value in {**training["hardware"], **training["versions"]}.items()})
