"""Losses and measures of the classification of pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import segmentation_models_pytorch as smp
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchmetrics.classification import MulticlassConfusionMatrix

_FOCAL_GAMMA = 2.0


class PixelLoss(nn.Module):
    """Cross-entropy (or its focal form) plus Dice over the labelled pixels of a batch.

    Cross-entropy gives steady gradients, Dice follows the overlap that IoU judges. A batch without a
    labelled pixel gives 0 instead of a division by zero.

    Args:
        classes: number of channels.
        ignore: target of pixels that incur no loss.
        focal: weigh each pixel by (1 - p)^2, Lin et al. 2017, https://arxiv.org/abs/1708.02002
        weights: of the classes in the cross-entropy, or None. Dice counts every class alike anyway.
        factors: of the classes in both, or None. They scale the loss of a class: a batch of a class with the
            factor 0 has none, while weights only say what counts more within a batch.
    """

    def __init__(
        self,
        classes: int,
        ignore: int,
        focal: bool,
        weights: Sequence[float] | None = None,
        factors: Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        self._classes, self._ignore, self._focal = classes, ignore, focal
        self.weights: Tensor | None
        self.factors: Tensor | None
        self.register_buffer("weights", None if weights is None else torch.tensor(weights, dtype=torch.float32))
        self.register_buffer("factors", None if factors is None else torch.tensor(factors, dtype=torch.float32))
        self._dice = smp.losses.DiceLoss(
            "multiclass", ignore_index=ignore, class_weights=None if factors is None else list(factors)
        )

    def forward(self, raw: Tensor, target: Tensor) -> Tensor:
        """Return the loss of raw outputs (batch, classes, h, w) for channel numbers (batch, h, w)."""
        target = target.long()
        known = target != self._ignore
        each = functional.cross_entropy(raw, target, ignore_index=self._ignore, reduction="none")
        if self._focal:
            each = each * (1 - torch.exp(-each)) ** _FOCAL_GAMMA
        weight, place = known.to(each.dtype), target.clamp(max=self._classes - 1)
        if self.weights is not None:
            weight = weight * self.weights[place]
        if self.factors is not None:
            each = each * self.factors[place]
        entropy = (each * weight).sum() / weight.sum().clamp(min=1e-6)
        total: Tensor = entropy + self._dice(raw, target)
        return total


class PixelMetrics(nn.Module):
    """The confusion matrix of labelled pixels, and all measures that follow from it."""

    def __init__(self, classes: int, ignore: int) -> None:
        super().__init__()
        # Two classes need the multiclass form as well: the binary one has another shape.
        self.matrix = MulticlassConfusionMatrix(num_classes=classes, ignore_index=ignore, validate_args=False)

    def update(self, raw: Tensor, target: Tensor) -> None:
        """Add a batch: raw outputs (batch, classes, h, w), channel numbers (batch, h, w)."""
        self.matrix.update(raw.argmax(dim=1), target.long())

    def reset(self) -> None:
        """Start anew."""
        self.matrix.reset()

    def compute(self) -> dict[str, Any]:
        """Return plain numbers: lists by class, and means over the classes that occur in the truth.

        ``confusion`` has a row for each true class and a column for each predicted one.
        """
        matrix = self.matrix.compute().cpu().double()
        hit, truth, said = matrix.diag(), matrix.sum(1), matrix.sum(0)
        present = truth > 0
        measures = {
            "precision": hit / said,
            "recall": hit / truth,
            "f1": 2 * hit / (truth + said),
            "iou": hit / (truth + said - hit),
        }
        values: dict[str, Any] = {"confusion": matrix.long().tolist()}
        for name, by_class in measures.items():
            # A class that is never predicted has no precision; it counts as 0 where it occurs in the truth.
            known = torch.where(present, torch.nan_to_num(by_class), torch.full_like(by_class, torch.nan))
            values[name] = [None if value != value else value for value in known.tolist()]  # noqa: PLR0124 - NaN
            values[f"mean_{name}"] = float(known[present].mean()) if present.any() else 0.0
        values["accuracy"] = float(hit.sum() / matrix.sum().clamp(min=1))
        return values
