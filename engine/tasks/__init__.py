"""Tasks: what is predicted. Each module here says the classes, the teaching and the decoding of one task.

Light at module level: torch is imported inside ``teaching``; ``decode`` is numpy only, because applying a
model needs no torch. To add a task, drop in a module with a ``TASK``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..classes import ClassInfo
from ..registry import Registry

if TYPE_CHECKING:
    from ..jobs import TrainJob
    from ..training.teaching import Teaching


class Task(ABC):
    """What is predicted for an image.

    Attributes:
        id: name in model files and of model types' ``task``.
        title: readable name, as in a drop-down.
        deepness_type: the ``model_type`` of Deepness metadata that says the same; "" where Deepness has none.
        esri_type: the ``ModelType`` of Esri's model definition.
        activation: the last step inside the ONNX graph ("softmax", "sigmoid" or "none").
        controls: parameters of a training that only some tasks take, of RESIZE_TO, PAD_SMALL_FEATURES,
            SOLID_DISTANCE, BLUR_DISTANCE and LOSS_WEIGHT; others are refused.
    """

    id: str
    title: str
    deepness_type: str
    esri_type: str
    activation: str
    rank: int = 100
    controls: frozenset[str] = frozenset()

    @abstractmethod
    def model_classes(self, classes: Sequence[ClassInfo], arguments: Mapping[str, Any]) -> tuple[ClassInfo, ...]:
        """Return the classes of the network's outputs, in channel order."""

    @abstractmethod
    def teaching(self, job: TrainJob) -> Teaching:
        """Return how a training reads, learns, judges and reports what this task predicts."""

    @abstractmethod
    def decode(self, outputs: Any, classes: Sequence[ClassInfo], options: Mapping[str, Any]) -> Any:
        """Turn the outputs of a graph into the result's values; numpy only."""


TASKS: Registry[Task] = Registry(__name__, "TASK")
