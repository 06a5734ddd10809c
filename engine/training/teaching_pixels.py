"""How classes of pixels are learnt: targets are channel numbers, the loss is that of the task, the measure mean IoU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..chips import Chip
from ..classes import ClassInfo
from ..models import ModelType, NetworkSpec
from ..review.html import Heat, Page, Swatch
from ..tasks.pixels import PixelsTask
from . import pictures, pieces
from .augment import Augmentation
from .network import Graph, Scaling
from .pieces import Piece, Size
from .problems import BrokenChipError
from .teaching import Array, Grading, Labelled, Picture, Teaching, bar

if TYPE_CHECKING:
    from .prepare import Choice
    from .report import Summary

_MOST_CURVES = 8
_FACTS = ("train_loss", "valid_loss", "accuracy", "mean_iou", "mean_f1", "mean_precision", "mean_recall", "iou")
_MEASURES = ("precision", "recall", "f1", "iou")


class PixelGrading(Grading):
    """Loss and confusion matrix of labelled pixels."""

    def __init__(self, loss: nn.Module, metrics: nn.Module) -> None:
        super().__init__()
        self.loss = loss
        self.metrics: Any = metrics

    def learn(self, network: nn.Module, image: Tensor, target: Any, mixing: Any = None) -> tuple[Tensor, Any]:
        """Return loss and raw outputs (batch, classes, h, w)."""
        # In full precision, whatever the network computes in.
        raw = network(image).float()
        if mixing is None:
            return self.loss(raw, target), raw.detach()
        partners, share = mixing
        others = target[partners.to(target.device)]
        return share * self.loss(raw, target) + (1 - share) * self.loss(raw, others), raw.detach()

    def judge(self, network: nn.Module, image: Tensor, target: Any) -> tuple[Tensor, Any]:
        """Return the same of a network in evaluation mode."""
        return self.learn(network, image, target)

    def update(self, said: Any, target: Any) -> None:
        """Add a batch to the confusion matrix."""
        self.metrics.update(said, target)

    def compute(self) -> dict[str, Any]:
        """Return all measures that follow from the matrix."""
        return dict(self.metrics.compute())

    def reset(self) -> None:
        """Start anew."""
        self.metrics.reset()


class PixelTeaching(Teaching):
    """Targets are (h, w) uint8 channel numbers; ``IGNORE_INDEX`` incurs no loss."""

    unit = "pixels"
    fewest_classes = 2
    keeps_empty = False
    judged_apart = False
    # For classes of pixels Dice is the F1 score.
    monitors: Mapping[str, tuple[str, bool]] = {
        "VALID_LOSS": ("valid_loss", False),
        "ACCURACY": ("accuracy", True),
        "MIOU": ("mean_iou", True),
        "F1_SCORE": ("mean_f1", True),
        "DICE": ("mean_f1", True),
        "PRECISION": ("mean_precision", True),
        "RECALL": ("mean_recall", True),
    }
    # The loss punishes a sure mistake without end: it rises again while the map still gets better.
    default_monitor = "MIOU"
    headline = ("mean_iou", "mean IoU")

    def __init__(self, task: PixelsTask) -> None:
        self._task = task

    def read(self, label: Any, chip: Chip, size: Size, classes: Sequence[ClassInfo],
             known: Sequence[ClassInfo]) -> Labelled:  # fmt: skip
        """Turn class values (h, w) into channel numbers."""
        if label.shape != (size[1], size[0]):
            detail = f"rows and columns are {label.shape}, not {(size[1], size[0])}"
            raise BrokenChipError(path=chip.label, detail=detail)
        target = self._task.targets(label, classes)
        counts = np.bincount(target.ravel(), minlength=256)[: len(classes)]
        unknown = int((~np.isin(label, [0, *(item.value for item in known)])).sum())
        return Labelled(target, counts, unknown)

    def target_bytes(self, size: Size) -> int:
        """Return a byte a pixel."""
        return size[0] * size[1]

    def room(self, number: int, size: Size | None) -> Any:
        """Return an array where all are alike: memory that is never written to is never taken."""
        return [None] * number if size is None else np.empty((number, size[1], size[0]), np.uint8)

    def size_of(self, target: Any) -> Size:
        """Return width and height."""
        return target.shape[1], target.shape[0]

    def cut(self, image: Array, target: Any, place: Piece, piece: Size) -> tuple[Array, Any]:
        """Return a piece; what is padded or judged elsewhere incurs no loss."""
        return pieces.cut(image, target, place, piece)

    def shows(self, target: Any, top: int, left: int, piece: Size, first_feature: int) -> bool:
        """Tell whether any pixel is of a class from ``first_feature`` on."""
        return pieces.has_feature(target[top : top + piece[1], left : left + piece[0]], first_feature)

    def stack(self, images: Array, targets: Sequence[Any], multiple: int) -> tuple[Tensor, Any]:
        """Return pictures and targets (batch, h, w), both padded to multiples."""
        joined = np.stack(targets)
        height, width = (side + -side % multiple for side in joined.shape[1:])
        images, joined = pieces.padded(images, joined, height, width)
        return torch.from_numpy(images), torch.from_numpy(joined)

    def augmentation(self) -> Augmentation:
        """Return what suits pixels."""
        return Augmentation()

    def grading(self, choice: Choice, seen: NDArray[np.int64]) -> Grading:
        """Return the task's loss and measures."""
        weights = class_weights(seen) if choice.arguments.get("class_balancing") else None
        return PixelGrading(
            self._task.loss(choice.classes, choice.arguments, weights, choice.job.loss_weight),
            self._task.metrics(choice.classes),
        )

    def check_network(self, network: nn.Module, model_type: ModelType, spec: NetworkSpec, side: int) -> None:
        """Prove that the output has the input's size and a channel a class."""
        out = network(torch.zeros(1, spec.bands, side, side))
        if tuple(out.shape) != (1, spec.outputs, side, side):
            raise ValueError(f"it gives {tuple(out.shape)} for {side} x {side} pixels")

    def graph(self, scaling: Scaling, network: nn.Module, activation: str) -> Graph:
        """Return raw pixel values to probabilities."""
        return Graph(scaling, network, activation)

    def sentences(self, choice: Choice) -> Sequence[str]:
        """Say what becomes of unlabelled pixels."""
        if choice.classes[0].value == 0:
            return (
                "Pixels without a label are learnt as background; "
                "MODEL_ARGUMENTS 'background IGNORE' leaves them out instead.",
            )
        return (
            "Pixels without a label are left out; MODEL_ARGUMENTS 'background TRAIN' learns them as background "
            "instead.",
        )

    def draw(self, network: nn.Module, image: Tensor, scaled: Tensor, target: Any,
             classes: Sequence[ClassInfo], epoch: Mapping[str, Any]) -> Picture:  # fmt: skip
        """Return image, truth and prediction in the classes' colours."""
        said = network(scaled)[0].argmax(0).cpu().numpy()
        return pictures.row(image[0].numpy(), target[0].numpy(), said, classes)

    def facts(self, epoch: Mapping[str, Any]) -> dict[str, Any]:
        """Return losses and means."""
        return {name: epoch[name] for name in _FACTS if name in epoch}

    def thresholds(self, epoch: Mapping[str, Any]) -> dict[str, Any]:
        """Return nothing: the likeliest class wins."""
        return {}

    def class_measures(self, epoch: Mapping[str, Any]) -> Mapping[str, Sequence[float | None]]:
        """Return precision, recall, F1 and IoU."""
        return {name: epoch[name] for name in _MEASURES if name in epoch}

    def cards(self, epoch: Mapping[str, Any]) -> dict[str, Any]:
        """Return the three that say most."""
        return {"mean IoU": epoch["mean_iou"], "mean F1": epoch["mean_f1"], "pixel accuracy": epoch["accuracy"]}

    def curves(self, summary: Summary) -> Sequence[tuple[str, str, Mapping[str, Sequence[float | None]]]]:
        """Return the means, and the IoU of each class."""
        epochs = summary.epochs
        names = {"mean IoU": "mean_iou", "mean F1": "mean_f1", "accuracy": "accuracy"}
        means = {title: [item[name] for item in epochs] for title, name in names.items()}
        classes = summary.choice.classes[:_MOST_CURVES]
        by_class = {item.name: [record["iou"][index] for record in epochs] for index, item in enumerate(classes)}
        return [("Measures by epoch", "value", means), ("IoU of each class", "IoU", by_class)]

    def analysis(self, page: Page, summary: Summary, root: Path) -> None:
        """Add a table of measures by class, and the confusion matrix."""
        best, classes = summary.best, summary.choice.classes
        pixels = [sum(row) for row in best["confusion"]]
        page.table(
            ["Class", "Precision", "Recall", "F1", "IoU", "Pixels"],
            [
                [Swatch(item.name, item.color), *(bar(best[name][index]) for name in _MEASURES), pixels[index]]
                for index, item in enumerate(classes)
            ],
            "Of the pixels with a label. A dash: the class does not occur in the truth.",
        )
        page.heading("Confusion matrix")
        page.table(
            ["Truth", *(item.name for item in classes)],
            [
                [Swatch(item.name, item.color), *(Heat(value, value / max(sum(row), 1)) for value in row)]
                for item, row in zip(classes, best["confusion"], strict=True)
            ],
            "Pixels: a row for each true class, a column for each predicted one; the darker, the larger its share "
            "of the row.",
        )

    def legend(self, classes: Sequence[ClassInfo]) -> str:
        """Explain the grey of pixels that are not judged."""
        return "Light grey pixels carry no label that is judged." if classes[0].value else ""


def class_weights(counts: NDArray[np.int64]) -> list[float]:
    """Return the root of (median pixels of a class / its pixels), from 0.1 to 10; 0 for absent classes.

    Eigen and Fergus 2015 take it without the root, https://arxiv.org/abs/1411.4734; then rare classes
    swallow their surroundings.
    """
    middle = float(np.median(counts[counts > 0]))
    return [min(max((middle / float(count)) ** 0.5, 0.1), 10.0) if count else 0.0 for count in counts]
