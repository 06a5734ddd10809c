"""What training does differently for each kind of target: the face that the loop, the data and the report see.

A task (``engine/tasks``) names its teaching; a new kind of target is one more file beside ``teaching_pixels.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from ..chips import Chip
from ..classes import ClassInfo
from ..models import ModelType, NetworkSpec
from ..review.html import Bar, Page
from .augment import Augmentation
from .pieces import Piece, Size

if TYPE_CHECKING:
    from .network import Graph, Scaling
    from .prepare import Choice
    from .report import Summary

Array = NDArray[np.generic]
Picture = NDArray[np.uint8]
# What tasks have that learn no objects.
NO_SIDES = np.zeros(0, np.float32)


@dataclass(frozen=True)
class Labelled:
    """What the label of a chip says.

    Attributes:
        target: what is learnt, in the form of the teaching.
        counts: pixels or objects of each learnt class (classes,).
        unknown: pixels or objects that are left out because of their class.
        broken: objects that are left out because they have no area inside the chip.
        sides: (n,) of the objects in pixels, as they are learnt; see ``Teaching.sides``.
    """

    target: Any
    counts: NDArray[np.int64]
    unknown: int = 0
    broken: int = 0
    sides: NDArray[np.float32] = field(default_factory=lambda: NO_SIDES)


class Grading(nn.Module, ABC):
    """The loss that is minimised, and the measures of an epoch."""

    @abstractmethod
    def learn(self, network: nn.Module, image: Tensor, target: Any, mixing: Any = None) -> tuple[Tensor, Any]:
        """Return the loss of a batch (a scalar), and what :meth:`update` takes of it.

        ``image`` is standardised; ``mixing`` is (partners, share) where chips are blended (mixup).
        """

    @abstractmethod
    def judge(self, network: nn.Module, image: Tensor, target: Any) -> tuple[Tensor, Any]:
        """Return the same of a network in evaluation mode."""

    @abstractmethod
    def update(self, said: Any, target: Any) -> None:
        """Take what the network said of a batch, and the truth, into the measures."""

    @abstractmethod
    def compute(self) -> dict[str, Any]:
        """Return the measures of all batches since :meth:`reset` as plain values."""

    @abstractmethod
    def reset(self) -> None:
        """Start anew."""


class Teaching(ABC):
    """How one kind of target is read, cut, changed, learnt, judged, drawn and reported.

    Attributes:
        unit: what labels are counted in, in the plural ("pixels").
        fewest_classes: with fewer there is nothing to tell apart.
        keeps_empty: chips without any label are learnt from, too.
        judged_apart: measures need another pass than that of the loss: without validation chips they come from
            a pass over the training chips.
        monitors: values of MONITOR to the measure of an epoch, and whether more of it is better.
        default_monitor: the one of them that is taken where none is given.
        headline: the measure that stands for all, and its name for people.
    """

    unit: str
    fewest_classes: int
    keeps_empty: bool
    judged_apart: bool
    monitors: Mapping[str, tuple[str, bool]]
    default_monitor: str
    headline: tuple[str, str]

    # --- data

    @abstractmethod
    def read(self, label: Any, chip: Chip, size: Size, classes: Sequence[ClassInfo],
             known: Sequence[ClassInfo]) -> Labelled:  # fmt: skip
        """Turn the label of a chip, as its format reads it, into what is learnt.

        Args:
            label: of the type that belongs to the format's ``target``.
            chip: whose label it is, for messages.
            size: width and height of the chip.
            classes: those that are learnt.
            known: all classes of the chip set.

        Raises:
            BrokenChipError: where it does not fit the chip.
        """

    def resized(self, target: Any, size: Size) -> Any:
        """Return the target of a picture that is resized; only for tasks whose ``controls`` name RESIZE_TO."""
        raise NotImplementedError

    def sides(self, target: Any) -> NDArray[np.float32]:
        """Return the sides (n,) in pixels of the objects of a target: roots of width times height."""
        return NO_SIDES

    @abstractmethod
    def target_bytes(self, size: Size) -> int:
        """Return about how much memory the target of a chip takes."""

    @abstractmethod
    def room(self, number: int, size: Size | None) -> Any:
        """Return a list or an array for the targets of ``number`` chips; ``size`` is None where they differ."""

    @abstractmethod
    def size_of(self, target: Any) -> Size:
        """Return the width and height that a target is for."""

    @abstractmethod
    def cut(self, image: Array, target: Any, place: Piece, piece: Size) -> tuple[Array, Any]:
        """Return picture (bands, h, w) and target of a piece, padded where the chip is smaller."""

    @abstractmethod
    def shows(self, target: Any, top: int, left: int, piece: Size, first_feature: int) -> bool:
        """Tell whether a piece shows a feature, a class from ``first_feature`` on."""

    @abstractmethod
    def stack(self, images: Array, targets: Sequence[Any], multiple: int) -> tuple[Tensor, Any]:
        """Return a batch: pictures (batch, bands, h, w), padded to multiples, and targets."""

    # --- learning

    @abstractmethod
    def augmentation(self) -> Augmentation:
        """Return the changes of AUGMENTATION's DEFAULT."""

    @abstractmethod
    def grading(self, choice: Choice, seen: NDArray[np.int64]) -> Grading:
        """Return loss and measures; ``seen`` counts each class in an epoch (classes,)."""

    @abstractmethod
    def check_network(self, network: nn.Module, model_type: ModelType, spec: NetworkSpec, side: int) -> None:
        """Prove that a network takes a batch of one and gives what it should; raise any error where not."""

    @abstractmethod
    def graph(self, scaling: Scaling, network: nn.Module, activation: str) -> Graph:
        """Return what is exported: raw pixel values in, results out."""

    # --- telling

    @abstractmethod
    def sentences(self, choice: Choice) -> Sequence[str]:
        """Return what the user should know before the start."""

    def warnings(self, choice: Choice, counts: NDArray[np.int64]) -> Sequence[str]:
        """Return what the user should mind in the chips; ``counts`` are the labels of each (chips, classes)."""
        return ()

    @abstractmethod
    def draw(self, network: nn.Module, image: Tensor, scaled: Tensor, target: Any,
             classes: Sequence[ClassInfo], epoch: Mapping[str, Any]) -> Picture:  # fmt: skip
        """Return a row of pictures of a batch of one: image, truth and prediction (h, w, 3).

        ``image`` holds raw values, ``scaled`` standardised ones; ``epoch`` the measures of the epoch.
        """

    @abstractmethod
    def facts(self, epoch: Mapping[str, Any]) -> dict[str, Any]:
        """Return the measures of an epoch that go into the model file."""

    @abstractmethod
    def thresholds(self, epoch: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``threshold`` and ``overlap`` of the model where its kind has them."""

    @abstractmethod
    def class_measures(self, epoch: Mapping[str, Any]) -> Mapping[str, Sequence[float | None]]:
        """Return measures by class, by the names that Esri's definition has for them."""

    @abstractmethod
    def cards(self, epoch: Mapping[str, Any]) -> dict[str, Any]:
        """Return the first figures of the report."""

    @abstractmethod
    def curves(self, summary: Summary) -> Sequence[tuple[str, str, Mapping[str, Sequence[float | None]]]]:
        """Return charts of measures by epoch: (heading, name of the axis, name to values)."""

    @abstractmethod
    def analysis(self, page: Page, summary: Summary, root: Path) -> None:
        """Add what the best epoch does with each class to the report."""

    @abstractmethod
    def legend(self, classes: Sequence[ClassInfo]) -> str:
        """Return how to read the sample pictures."""


def bar(value: float | None) -> Bar | None:
    """Return a bar for a table of the report, None where there is no value."""
    return None if value is None else Bar(value, value)
