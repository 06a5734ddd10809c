"""Tasks: what is predicted. Each module here holds targets, loss, metrics and decoding of one task.

Light at module level: torch is imported inside ``targets``, ``loss`` and ``metrics``; ``decode`` is
numpy only, because applying a model needs no torch. To add a task, drop in a module with a ``TASK``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..classes import ClassInfo
from ..registry import Registry

if TYPE_CHECKING:
    import numpy as np
    import torch


class Task(ABC):
    """What is predicted for an image.

    Attributes:
        id: name in model files and of model types' ``task``.
        title: readable name, as in a drop-down.
        deepness_type: the ``model_type`` of Deepness metadata that says the same.
        activation: the last step inside the ONNX graph ("softmax", "sigmoid" or "none").
        controls: parameters of a training that only some tasks take, of RESIZE_TO, PAD_SMALL_FEATURES,
            SOLID_DISTANCE, BLUR_DISTANCE and LOSS_WEIGHT; others are refused.
    """

    id: str
    title: str
    deepness_type: str
    activation: str
    rank: int = 100
    controls: frozenset[str] = frozenset()

    @abstractmethod
    def model_classes(self, classes: Sequence[ClassInfo], arguments: Mapping[str, Any]) -> tuple[ClassInfo, ...]:
        """Return the classes of the network's outputs, in channel order."""

    @abstractmethod
    def targets(self, label: np.ndarray, classes: Sequence[ClassInfo]) -> np.ndarray:
        """Turn a chip's label into the array the loss takes."""

    @abstractmethod
    def loss(
        self, classes: Sequence[ClassInfo], arguments: Mapping[str, Any], weights: Any, loss_weight: float = 0.0
    ) -> torch.nn.Module:
        """Return the loss: ``loss(raw outputs, targets)`` to a scalar.

        ``weights`` is one number a class or None; ``loss_weight`` 0 to 1 favours features over the background.
        """

    @abstractmethod
    def metrics(self, classes: Sequence[ClassInfo]) -> torch.nn.Module:
        """Return an accumulating metric: ``update(raw outputs, targets)`` and ``compute()`` to a dict."""

    @abstractmethod
    def decode(self, output: np.ndarray, classes: Sequence[ClassInfo], options: Mapping[str, Any]) -> np.ndarray:
        """Turn activated outputs (batch, channels, height, width) into the result's values."""


TASKS: Registry[Task] = Registry(__name__, "TASK")
