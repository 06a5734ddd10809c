"""The task of classifying every pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..classes import ClassInfo, background
from . import Task

if TYPE_CHECKING:
    import torch

    from ..jobs import TrainJob
    from ..training.teaching import Teaching

IGNORE_INDEX = 255
_MOST_CLASSES = 254


class PixelsTask(Task):
    """Every pixel gets one of the classes.

    Targets are channel numbers (height, width), ``IGNORE_INDEX`` where a pixel incurs no loss. The
    background (value 0) is channel 0 where it is learnt.
    """

    id = "PIXELS"
    title = "Pixel classification"
    deepness_type = "Segmentor"
    esri_type = "ImageClassification"
    activation = "softmax"
    rank = 10
    controls = frozenset({"SOLID_DISTANCE", "BLUR_DISTANCE", "LOSS_WEIGHT"})

    def model_classes(self, classes: Sequence[ClassInfo], arguments: Mapping[str, Any]) -> tuple[ClassInfo, ...]:
        """Return the classes that are learnt: the background first where it is, without the ignored ones.

        Raises InputError where none is left, where a value cannot be ignored, or where they are too many.
        """
        from ..training.problems import BadNumberError, NotIgnorableError  # noqa: PLC0415

        ignored = {int(value) for value in arguments.get("ignore_classes", ())}
        values = [item.value for item in classes]
        for value in sorted(ignored - {0, *values}):
            raise NotIgnorableError(value=value, known=", ".join(str(known) for known in values))
        learnt = tuple(item for item in classes if item.value not in ignored and item.value != 0)
        rule = arguments.get("background", "AUTO")
        with_background = 0 not in ignored and (rule == "TRAIN" or (rule == "AUTO" and len(learnt) == 1))
        if len(learnt) > _MOST_CLASSES:
            raise BadNumberError(value=len(learnt), parameter="classes", expected=f"at most {_MOST_CLASSES} classes")
        return (background(), *learnt) if with_background else learnt

    def teaching(self, job: TrainJob) -> Teaching:
        """Return how pixels are learnt."""
        from ..training.teaching_pixels import PixelTeaching  # noqa: PLC0415

        return PixelTeaching(self)

    def targets(self, label: np.ndarray, classes: Sequence[ClassInfo]) -> np.ndarray:
        """Turn class values (height, width) into channel numbers (uint8)."""
        values = np.asarray([item.value for item in classes])
        order = np.argsort(values)
        place = np.searchsorted(values[order], label).clip(0, len(values) - 1)
        found = values[order][place] == label
        return np.where(found, order[place], IGNORE_INDEX).astype(np.uint8)

    def loss(
        self, classes: Sequence[ClassInfo], arguments: Mapping[str, Any], weights: Any, loss_weight: float = 0.0
    ) -> torch.nn.Module:
        """Return cross-entropy plus Dice.

        ``weights`` is one number a class or None. ``loss_weight`` makes the background, where it is learnt,
        count ``1 - loss_weight`` times what it would: 0 leaves all as it is, at 1 pixels of the background
        count only where a feature is seen in them.
        """
        from ..training.losses import PixelLoss  # noqa: PLC0415

        factors = None
        if loss_weight > 0 and classes[0].value == 0 and len(classes) > 1:
            factors = [1.0 - loss_weight] + [1.0] * (len(classes) - 1)
        return PixelLoss(len(classes), IGNORE_INDEX, bool(arguments.get("focal_loss")), weights, factors)

    def metrics(self, classes: Sequence[ClassInfo]) -> torch.nn.Module:
        """Return the confusion matrix, whose ``compute()`` gives all measures as plain numbers."""
        from ..training.losses import PixelMetrics  # noqa: PLC0415

        return PixelMetrics(len(classes), IGNORE_INDEX)

    def decode(self, outputs: np.ndarray, classes: Sequence[ClassInfo], options: Mapping[str, Any]) -> np.ndarray:
        """Turn probabilities (batch, channels, height, width) into class values (batch, height, width).

        ``options``: ``predict_background`` False never gives the background (value 0) where another
        class is to be had; ``threshold`` above 0 gives 0 where no class reaches it.
        """
        values = np.asarray([item.value for item in classes])
        scores = outputs
        if not options.get("predict_background", True) and 0 in values and len(values) > 1:
            scores = np.where((values == 0)[None, :, None, None], -np.inf, outputs)
        result = values[scores.argmax(axis=1)]
        threshold = float(options.get("threshold") or 0.0)
        if threshold > 0:
            result = np.where(scores.max(axis=1) >= threshold, result, 0)
        typed: np.ndarray = result.astype(np.min_scalar_type(int(values.max(initial=0))))
        return typed


TASK = PixelsTask()
