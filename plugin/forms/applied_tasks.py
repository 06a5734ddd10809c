"""What models can be applied to, by their task: one entry for each algorithm that applies models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...engine.model_info import ModelInfo
from ...i18n import translate

# Mean of what was measured in the validation: the first that a model has says how good it is.
_MEASURES = ("mean_iou", "ap50", "average_precision", "map", "f1", "accuracy")


@dataclass(frozen=True)
class AppliedTask:
    """How models of one task are applied.

    Attributes:
        task: as models say it.
        algorithm_id: takes INPUT, MODEL and EXTENT, and makes OUTPUT.
        title: gives what the model does, in the user's language.
        suffix: of the file that is proposed for the result.
        word: what the proposed file is called after.
        upfront: parameters that are not folded away.
        opacity: of the result above its image, 0 to 1.
    """

    task: str
    algorithm_id: str
    title: Callable[[], str]
    suffix: str
    word: str
    upfront: tuple[str, ...]
    opacity: float = 1.0


TASKS = (
    AppliedTask(
        task="PIXELS",
        algorithm_id="swath:classifypixels",
        title=lambda: translate("Swath", "Classifies every pixel"),
        suffix=".tif",
        word="classes",
        upfront=("OUTPUT",),
        opacity=0.6,
    ),
    AppliedTask(
        task="OBJECTS",
        algorithm_id="swath:detectobjects",
        title=lambda: translate("Swath", "Finds objects"),
        suffix=".gpkg",
        word="objects",
        upfront=("THRESHOLD", "OUTPUT"),
    ),
)


def applied_task(task: str) -> AppliedTask | None:
    """Return how models of a task are applied; None where Swath does not."""
    return next((item for item in TASKS if item.task == task), None)


def accuracy_text(info: ModelInfo) -> str:
    """Return how good a model was in its validation, "" where it does not say."""
    measures = info.training.get("metrics") or {}
    titles = {
        "mean_iou": translate("Swath", "mean IoU"),
        "ap50": translate("Swath", "average precision"),
        "average_precision": translate("Swath", "average precision"),
        "map": translate("Swath", "average precision"),
        "f1": translate("Swath", "F1 score"),
        "accuracy": translate("Swath", "accuracy"),
    }
    for name in _MEASURES:
        value = measures.get(name) if isinstance(measures, dict) else None
        if isinstance(value, list):  # of each class
            numbers = [item for item in value if isinstance(item, (int, float))]
            value = sum(numbers) / len(numbers) if numbers else None
        if isinstance(value, (int, float)):
            return f"{titles[name]} {value:.2f}"
    return ""
