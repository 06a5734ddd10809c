"""What the report of a training tells of objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..review.html import Page, Swatch
from .charts import lines
from .teaching import bar

if TYPE_CHECKING:
    from .report import Summary

_MOST_CURVES = 8
_RECALLS = np.linspace(0, 1, 101)


def measure_curves(summary: Summary) -> list[tuple[str, str, Mapping[str, Sequence[float | None]]]]:
    """Return charts by epoch: (heading, name of the axis, name to values)."""
    epochs = summary.epochs
    names = {"AP50": "average_precision", "mAP 0.50:0.95": "map", "F1": "f1", "precision": "precision",
             "recall": "recall"}  # fmt: skip
    means = {title: [item[name] for item in epochs] for title, name in names.items()}
    classes = summary.choice.classes[:_MOST_CURVES]
    by_class = {item.name: [record["ap50"][index] for record in epochs] for index, item in enumerate(classes)}
    found: list[tuple[str, str, Mapping[str, Sequence[float | None]]]] = [("Measures by epoch", "value", means)]
    return [*found, ("AP50 of each class", "AP50", by_class)] if len(classes) > 1 else found


def add_analysis(page: Page, summary: Summary) -> None:
    """Add a table by class, the precision-recall curves, and F1 by threshold."""
    best, classes = summary.best, summary.choice.classes
    threshold = float(best["best_threshold"])
    rows = []
    for index, (item, counted) in enumerate(zip(classes, best["classes"], strict=True)):
        bars = [bar(counted[name]) for name in ("precision", "recall", "f1")]
        numbers = [counted[name] for name in ("true_positive", "false_positive", "false_negative")]
        rows.append([Swatch(item.name, item.color), bar(best["ap50"][index]), *bars, *numbers])
    page.table(
        ["Class", "AP50", "Precision", "Recall", "F1", "Right", "False", "Missed"],
        rows,
        f"Found objects count from a confidence of {threshold:.2f} on (the best F1 score), AP over all of them; an "
        "object is right where its box and a true one overlap with an IoU of at least 0.5. A dash: there is none.",
    )
    page.heading("Precision and recall")
    shown = {item.name: _precision_at_recall(best["pr_curve"][index]) for index, item in
             enumerate(classes[:_MOST_CURVES])}  # fmt: skip
    page.picture(
        lines(_RECALLS.tolist(), shown, ("recall", "precision"), unit=True, whole=False),
        "The area below a curve is the average precision of its class.",
        "Precision by recall",
    )
    page.heading("F1 by threshold")
    curve = best["f1_curve"]
    values = {"F1": curve["f1"], "precision": curve["precision"], "recall": curve["recall"]}
    page.picture(
        lines(curve["threshold"], values, ("confidence threshold", "value"), threshold, unit=True, whole=False),
        f"The dashed line is the threshold with the best F1 score, {threshold:.2f}; the model keeps it as its own.",
        "F1 by confidence threshold",
    )


def _precision_at_recall(curve: Mapping[str, Any]) -> list[float | None]:
    """Return the highest precision at each recall of the axis or beyond; None where it is not reached."""
    recall, precision = np.asarray(curve["recall"], float), np.asarray(curve["precision"], float)
    if not len(recall):
        return [None] * len(_RECALLS)
    highest = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, _RECALLS, side="left")
    return [float(highest[place]) if place < len(highest) else None for place in places]
