"""Ways to read what the graphs of detectors say: Swath's own, and those of the YOLO families.

The graphs of others (models with Deepness's metadata) name the layout of their outputs in ``det_type``. All give
centre x and y, width and height in pixels of the tile, and every candidate of every tile of a batch:

* ``YOLO_v5_or_v7_default``, ``YOLO_v6``: (batch, n, 5 + classes), the fifth number says whether there is an object.
* ``YOLO_v9``, ``YOLO_Ultralytics``: (batch, 4 + classes, n).
* ``YOLO_Ultralytics_segmentation``: (batch, 4 + classes + k, n) and k prototypes of masks (batch, k, height / 4,
  width / 4); a mask is the sum of the prototypes, weighted by the k numbers, after a sigmoid
  (YOLACT, https://arxiv.org/abs/1904.02689).
* ``YOLO_Ultralytics_obb``: (batch, 4 + classes + 1, n), the last number turns the box, in radians.

A candidate counts for its likeliest class only, as in these families' own code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .detections import Detections, decode
from .nms import suppress
from .onnx_metadata import Shape
from .resampling import between_cells

Outputs = Mapping[str, npt.NDArray[Any]]
Floats = npt.NDArray[np.float32]
_BOX, _OBJECT = 4, 5
_MASK_SIDE = 56
# Candidates that are nearly the same need no masks of their own; who is who is decided by outlines later.
_SAME_BOX = 0.7


@dataclass(frozen=True)
class Decoder:
    """One layout.

    Attributes:
        read: (outputs in the graph's order, threshold, (height, width) of the tiles) to one :class:`Detections` a
            tile, before suppression.
        misfit: what of the outputs' shapes does not fit the number of classes, "" where all does.
        outlined: whether objects have outlines (or are turned), given the outputs' names.
        turned: whether the outlines are turned boxes.
    """

    read: Callable[[Outputs, float, tuple[int, int]], list[Detections]]
    misfit: Callable[[Mapping[str, Shape], int], str]
    outlined: Callable[[Mapping[str, Shape]], bool]
    turned: bool = False


def _read_own(outputs: Outputs, threshold: float, size: tuple[int, int]) -> list[Detections]:
    return decode(outputs, threshold, None)


def _own_misfit(shapes: Mapping[str, Shape], classes: int) -> str:
    missing = [name for name in ("boxes", "scores") if name not in shapes]
    if missing:
        return f"it has no output '{missing[0]}'"
    boxes, scores = shapes["boxes"], shapes["scores"]
    if len(boxes) != 3 or boxes[2] not in (None, 4):
        return "its output 'boxes' is no list of four numbers a box"
    if "labels" in shapes:
        return "" if len(scores) == 2 else "its output 'scores' is no number a box"
    if len(scores) != 3 or scores[2] not in (None, classes):
        return f"its output 'scores' has {scores[-1] if scores else 0} channels for {classes} classes"
    return ""


def _rows(count: int, classes_first: int) -> Callable[[Mapping[str, Shape], int], str]:
    """Return a check for (batch, n, numbers) outputs."""

    def misfit(shapes: Mapping[str, Shape], classes: int) -> str:
        shape = next(iter(shapes.values()))
        numbers = classes_first + classes
        if len(shapes) < count or len(shape) != 3 or shape[2] not in (None, numbers):
            return f"its output is not (batch, n, {numbers}) for {classes} classes, as its det_type says"
        return ""

    return misfit


def _columns(more: int, outputs: int = 1) -> Callable[[Mapping[str, Shape], int], str]:
    """Return a check for (batch, numbers, n) outputs, with ``more`` numbers behind the classes (-1: of prototypes)."""

    def misfit(shapes: Mapping[str, Shape], classes: int) -> str:
        given = list(shapes.values())
        if len(given) < outputs:
            return f"it has {len(given)} outputs instead of {outputs}"
        behind = more
        if more < 0:
            if len(given[1]) != 4 or given[1][1] is None:
                return "its second output holds no prototypes of masks (batch, k, height, width)"
            behind = given[1][1]
        numbers = _BOX + classes + behind
        if len(given[0]) != 3 or given[0][1] not in (None, numbers):
            return f"its output is not (batch, {numbers}, n) for {classes} classes, as its det_type says"
        return ""

    return misfit


def _best(centred: Floats, scores: Floats, threshold: float) -> tuple[npt.NDArray[np.int64], Detections]:
    """Return which candidates are sure enough, and these as objects, the surest first."""
    channels = scores.argmax(1) if scores.shape[1] else np.zeros(len(scores), np.int64)
    surest = scores[np.arange(len(scores)), channels]
    half = centred[:, 2:4] / 2
    boxes = np.concatenate([centred[:, :2] - half, centred[:, :2] + half], axis=1)
    good = (surest >= threshold) & (half > 0).all(1) & np.isfinite(boxes).all(1)
    places = np.flatnonzero(good)
    places = places[np.argsort(-surest[places], kind="stable")]
    found = Detections(
        boxes[places].astype(np.float32), surest[places].astype(np.float32), channels[places].astype(np.int64)
    )
    return places, found


def _read_with_object(outputs: Outputs, threshold: float, size: tuple[int, int]) -> list[Detections]:
    candidates = next(iter(outputs.values()))
    return [_best(item[:, :_BOX], item[:, _OBJECT:] * item[:, _BOX : _BOX + 1], threshold)[1] for item in candidates]


def _read_plain(outputs: Outputs, threshold: float, size: tuple[int, int]) -> list[Detections]:
    candidates = next(iter(outputs.values())).transpose(0, 2, 1)
    return [_best(item[:, :_BOX], item[:, _BOX:], threshold)[1] for item in candidates]


def _read_turned(outputs: Outputs, threshold: float, size: tuple[int, int]) -> list[Detections]:
    found = []
    for item in next(iter(outputs.values())).transpose(0, 2, 1):
        places, one = _best(item[:, :_BOX], item[:, _BOX:-1], threshold)
        angle = item[places, -1]
        along = np.stack([np.cos(angle), np.sin(angle)], axis=1) * item[places, 2:3] / 2
        across = np.stack([-np.sin(angle), np.cos(angle)], axis=1) * item[places, 3:4] / 2
        steps = np.stack([-along - across, -along + across, along + across, along - across], axis=1)
        corners = (item[places, None, :2] + steps).astype(np.float32)
        boxes = np.concatenate([corners.min(1), corners.max(1)], axis=1)
        found.append(Detections(boxes, one.scores, one.channels, corners=corners))
    return found


def _read_masks(outputs: Outputs, threshold: float, size: tuple[int, int]) -> list[Detections]:
    candidates, prototypes = list(outputs.values())[:2]
    weights = prototypes.shape[1]
    found = []
    for item, grids in zip(candidates.transpose(0, 2, 1), prototypes):
        places, one = _best(item[:, :_BOX], item[:, _BOX:-weights], threshold)
        apart = suppress(one.boxes, one.scores, one.channels, _SAME_BOX)
        places, one = places[apart], one.take(apart)
        masks = np.zeros((len(one), _MASK_SIDE, _MASK_SIDE), np.float32)
        scale = grids.shape[1] / size[0], grids.shape[2] / size[1]
        steps = (np.arange(_MASK_SIDE) + 0.5) / _MASK_SIDE
        for number, (box, weight) in enumerate(zip(one.boxes, item[places, -weights:])):
            rows = (box[1] + steps * (box[3] - box[1])) * scale[0]
            cols = (box[0] + steps * (box[2] - box[0])) * scale[1]
            # Only the prototypes' part around the box is summed up.
            window = tuple(
                slice(int(np.clip(line[0] - 2, 0, side - 1)), int(np.clip(line[-1] + 3, 1, side)))
                for line, side in ((rows, grids.shape[1]), (cols, grids.shape[2]))
            )
            logits = np.tensordot(weight, grids[(slice(None), *window)], axes=1)
            sampled = between_cells(logits, rows - window[0].start, cols - window[1].start)
            masks[number] = 1 / (1 + np.exp(-np.clip(sampled, -30, 30)))
        found.append(Detections(one.boxes, one.scores, one.channels, masks))
    return found


def _never(shapes: Mapping[str, Shape]) -> bool:
    return False


def _always(shapes: Mapping[str, Shape]) -> bool:
    return True


OWN = ""
DECODERS: Mapping[str, Decoder] = {
    OWN: Decoder(_read_own, _own_misfit, lambda shapes: "masks" in shapes),
    "YOLO_v5_or_v7_default": Decoder(_read_with_object, _rows(1, _OBJECT), _never),
    "YOLO_v6": Decoder(_read_with_object, _rows(1, _OBJECT), _never),
    "YOLO_v9": Decoder(_read_plain, _columns(0), _never),
    "YOLO_Ultralytics": Decoder(_read_plain, _columns(0), _never),
    "YOLO_Ultralytics_segmentation": Decoder(_read_masks, _columns(-1, 2), _always),
    "YOLO_Ultralytics_obb": Decoder(_read_turned, _columns(1), _always, turned=True),
}
