"""How objects are learnt: targets are boxes (and outlines), the loss is the network's own, the measure is AP50."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..chips import Chip
from ..chips._targets import Objects
from ..classes import ClassInfo
from ..models import ModelType, NetworkSpec
from ..review.html import Page
from . import pictures
from .augment import USUAL, Augmentation
from .detection.base import BOXES, SCORES, Detector
from .detection.graph import DetectorGraph
from .grading_objects import OVERLAP, ObjectGrading, found
from .network import Graph, Scaling
from .pieces import Piece, Size
from .problems import BrokenChipError
from .report_objects import add_analysis, measure_curves
from .resizing import resized_objects
from .teaching import Array, Grading, Labelled, Picture, Teaching
from .truths import ObjectTarget, Truths, padded_small, part_of

if TYPE_CHECKING:
    from .prepare import Choice
    from .report import Summary

# About what an object takes beside its outline.
_OBJECT_BYTES = 2000
_FACTS = ("train_loss", "valid_loss", "average_precision", "map", "f1", "precision", "recall", "ap50", "best_threshold")
_LEAST_AREA_PX = 0.5
# Arguments that say how many objects a network finds at most.
_LIMITS = ("queries", "box_detections_per_img")


class ObjectTeaching(Teaching):
    """Targets are ``ObjectTarget``, in batches ``Truths``.

    Args:
        pad_small: boxes with a side below 25 pixels are grown to it (ENVI's Pad Small Features).
        outlines: whether outlines are learnt where labels have them; else their boxes alone are kept.
    """

    unit = "objects"
    fewest_classes = 1
    keeps_empty = True
    judged_apart = True
    monitors: Mapping[str, tuple[str, bool]] = {
        "VALID_LOSS": ("valid_loss", False),
        "AVERAGE_PRECISION": ("average_precision", True),
        "F1_SCORE": ("f1", True),
        "PRECISION": ("precision", True),
        "RECALL": ("recall", True),
    }
    # The loss of two stages rises as the first one offers better boxes to the second: it does not tell the best.
    default_monitor = "AVERAGE_PRECISION"
    headline = ("average_precision", "AP50")

    def __init__(self, *, pad_small: bool = False, outlines: bool = True) -> None:
        self._pad_small, self._outlines = pad_small, outlines

    def read(self, label: Any, chip: Chip, size: Size, classes: Sequence[ClassInfo],
             known: Sequence[ClassInfo]) -> Labelled:  # fmt: skip
        """Clip boxes to the chip; those without an area there are left out and counted."""
        if not isinstance(label, Objects):
            raise BrokenChipError(path=chip.label or chip.image, detail="its label holds no objects")
        channels = {item.value: place for place, item in enumerate(classes)}
        unknown = int((~np.isin(label.values, [item.value for item in known])).sum())
        given = np.nan_to_num(np.asarray(label.boxes, np.float64).reshape(-1, 4), nan=0.0)
        boxes: NDArray[np.float32] = np.clip(given, 0, np.asarray(size * 2)).astype(np.float32)
        solid = ((boxes[:, 2:] - boxes[:, :2]).clip(min=0).prod(1) >= _LEAST_AREA_PX).astype(bool)
        learnt = np.isin(label.values, list(channels))
        if label.masks is not None:
            solid &= label.masks.any((1, 2)) if len(label.masks) else solid
        parts = None
        if label.masks is not None and self._outlines:
            cut = {place: part_of(label.masks[place], boxes[place]) for place in np.flatnonzero(solid & learnt)}
            # A file may say another box than its outline has.
            solid[[place for place, part in cut.items() if not part.any()]] = False
            parts = tuple(part for part in cut.values() if part.any())
        kept = solid & learnt
        labels = np.asarray([channels[int(value)] for value in label.values[kept]], np.int64)
        boxes = boxes[kept]
        if self._pad_small and parts is None:
            boxes = padded_small(boxes, size)
        counts = np.bincount(labels, minlength=len(classes))
        return Labelled(ObjectTarget(size, boxes, labels, parts), counts, unknown, int((~solid & learnt).sum()))

    def resized(self, target: Any, size: Size) -> Any:
        """Scale boxes and outlines; a small box is padded at its new size."""
        found = resized_objects(target, size)
        if self._pad_small and found.parts is None:
            found = replace(found, boxes=padded_small(found.boxes, size))
        return found

    def sides(self, target: Any) -> NDArray[np.float32]:
        """Return the root of width times height of each box."""
        found: NDArray[np.float32] = np.sqrt((target.boxes[:, 2:] - target.boxes[:, :2]).prod(1)).astype(np.float32)
        return found

    def target_bytes(self, size: Size) -> int:
        """Return a guess."""
        return _OBJECT_BYTES

    def room(self, number: int, size: Size | None) -> Any:
        """Return a list."""
        return [None] * number

    def size_of(self, target: Any) -> Size:
        """Return the size that the target says."""
        return target.size  # type: ignore[no-any-return]

    def cut(self, image: Array, target: Any, place: Piece, piece: Size) -> tuple[Array, Any]:
        """Return a piece; around smaller chips it is filled with their mean, so that no object is seen twice."""
        if target.size == piece:
            return image, target
        rows, columns = slice(place.top, place.top + piece[1]), slice(place.left, place.left + piece[0])
        return _filled(image[:, rows, columns], piece[1], piece[0]), target.window(place, piece)

    def shows(self, target: Any, top: int, left: int, piece: Size, first_feature: int) -> bool:
        """Tell whether the middle of an object lies in the piece."""
        middle = (target.boxes[:, :2] + target.boxes[:, 2:]) / 2 - (left, top)
        return bool(((middle >= 0) & (middle < piece)).all(1).any())

    def stack(self, images: Array, targets: Sequence[Any], multiple: int) -> tuple[Tensor, Any]:
        """Return pictures, filled up to multiples on the right and below, and truths."""
        height, width = (side + -side % multiple for side in images.shape[-2:])
        if (height, width) != images.shape[-2:]:
            images = np.stack([_filled(image, height, width) for image in images])
        truths = Truths([replace(target, size=(width, height)).truth() for target in targets])
        return torch.from_numpy(np.ascontiguousarray(images)), truths

    def augmentation(self) -> Augmentation:
        """Return the usual changes without free turns, in which boxes no longer fit their objects."""
        return replace(USUAL, rotate=0.0, zoom=(0.75, 1.33))

    def grading(self, choice: Choice, seen: NDArray[np.int64]) -> Grading:
        """Return the network's own losses, and average precision."""
        return ObjectGrading(len(choice.classes))

    def check_network(self, network: nn.Module, model_type: ModelType, spec: NetworkSpec, side: int) -> None:
        """Prove that boxes and scores come out."""
        if not isinstance(network, Detector):
            raise TypeError("it is no network that finds objects")
        named = dict(zip(network.outputs, network(torch.zeros(1, spec.bands, side, side)), strict=True))
        boxes, scores = named[BOXES].shape, named[SCORES].shape
        wanted = (*boxes[:2], spec.outputs) if len(scores) == 3 else boxes[:2]
        if len(boxes) != 3 or boxes[2] != 4 or tuple(scores) != tuple(wanted):
            raise ValueError(f"it gives boxes {tuple(boxes)} and scores {tuple(scores)}")

    def graph(self, scaling: Scaling, network: nn.Module, activation: str) -> Graph:
        """Return raw pixel values to boxes and scores."""
        assert isinstance(network, Detector)  # noqa: S101 - what ``check_network`` proves
        return DetectorGraph(scaling, network)

    def sentences(self, choice: Choice) -> Sequence[str]:
        """Say what small boxes become."""
        if not self._pad_small:
            return ()
        if self._outlines:
            return ("PAD_SMALL_FEATURES has no effect: outlines are learnt as they are.",)
        return ("Boxes with a side below 25 pixels are learnt as if it were 25 (PAD_SMALL_FEATURES).",)

    def warnings(self, choice: Choice, counts: NDArray[np.int64]) -> Sequence[str]:
        """Say where chips hold more objects than the network can find."""
        fullest = int(counts.sum(1).max(initial=0))
        limits = [(name, int(choice.arguments[name])) for name in _LIMITS if name in choice.arguments]
        return [
            f"The fullest chip holds {fullest} objects, but the model finds at most {most} in a tile: give more to the "
            f"argument '{name}' (MODEL_ARGUMENTS), or a smaller CHIP_SIZE."
            for name, most in limits
            if fullest > most
        ]

    def draw(self, network: nn.Module, image: Tensor, scaled: Tensor, target: Any,
             classes: Sequence[ClassInfo], epoch: Mapping[str, Any]) -> Picture:  # fmt: skip
        """Return the image, with the true objects, and with those found at the best threshold."""
        assert isinstance(network, Detector)  # noqa: S101
        said = found(network, network(scaled), float(epoch["best_threshold"]))[0]
        colors = [item.color for item in classes]
        true = [colors[channel] for channel in target[0].labels.tolist()]
        guessed = [colors[channel] for channel in said.channels.tolist()]
        return pictures.box_row(image[0].numpy(), (target[0].boxes.numpy(), true), (said.boxes, guessed))

    def facts(self, epoch: Mapping[str, Any]) -> dict[str, Any]:
        """Return losses and measures."""
        return {name: epoch[name] for name in _FACTS if name in epoch}

    def thresholds(self, epoch: Mapping[str, Any]) -> dict[str, Any]:
        """Return the confidence with the best F1 score, and the overlap that it was judged with."""
        return {"threshold": round(float(epoch["best_threshold"]), 4), "overlap": OVERLAP}

    def class_measures(self, epoch: Mapping[str, Any]) -> Mapping[str, Sequence[float | None]]:
        """Return precision, recall and F1 at the best threshold, and average precision."""
        names = ("precision", "recall", "f1")
        by_class = {name: [item[name] for item in epoch["classes"]] for name in names}
        return {**by_class, "average_precision": epoch["ap50"]}

    def cards(self, epoch: Mapping[str, Any]) -> dict[str, Any]:
        """Return the figures that say most."""
        return {
            "AP50": epoch["average_precision"],
            "mAP 0.50:0.95": epoch["map"],
            "F1": epoch["f1"],
            "best threshold": epoch["best_threshold"],
        }

    def curves(self, summary: Summary) -> Sequence[tuple[str, str, Mapping[str, Sequence[float | None]]]]:
        """Return the means, and the AP of each class."""
        return measure_curves(summary)

    def analysis(self, page: Page, summary: Summary, root: Path) -> None:
        """Add a table by class, the precision-recall curves and F1 by threshold."""
        add_analysis(page, summary)

    def legend(self, classes: Sequence[ClassInfo]) -> str:
        """Say what is drawn."""
        return "Objects are drawn in the colours of their classes; found ones are those above the best threshold."


def _filled(image: Array, height: int, width: int) -> Array:
    """Return a picture (bands, h, w) filled up on the right and below with the mean of each band."""
    here = image.shape[1:]
    if here == (height, width):
        return image
    mean = image.mean((1, 2), keepdims=True).astype(image.dtype)
    filled = np.broadcast_to(mean, (len(image), height, width)).copy()
    filled[:, : here[0], : here[1]] = image
    return filled
