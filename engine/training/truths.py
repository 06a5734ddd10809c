"""The objects of chips while they are cut, turned and put into batches.

Boxes are xmin, ymin, xmax, ymax in pixels, from the upper left corner of the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from .detection.base import Truth
from .pieces import Piece, Size

# Of an object that a border cuts, at least this share must be left, or it is none of this picture.
LEAST_SHARE = 0.25
_LEAST_SIDE = 1.0
SMALL = 25.0  # pixels; ENVI pads smaller boxes to this side


@dataclass(frozen=True)
class ObjectTarget:
    """The objects of a chip of ``size`` (width, height).

    Attributes:
        boxes: (n, 4) float32.
        labels: (n,) int64 channels.
        parts: of each object where outlines are known: bool (h, w) from the whole pixel at or before its box's upper
            left corner; None without outlines.
    """

    size: Size
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    parts: tuple[NDArray[np.bool_], ...] | None = None

    def take(self, places: NDArray[np.bool_]) -> ObjectTarget:
        """Return some of the objects."""
        parts = None
        if self.parts is not None:
            parts = tuple(part for part, kept in zip(self.parts, places, strict=True) if kept)
        return ObjectTarget(self.size, self.boxes[places], self.labels[places], parts)

    def window(self, place: Piece, piece: Size) -> ObjectTarget:
        """Return what a piece shows; objects of which too little is left are left out."""
        shift = np.asarray([place.left, place.top] * 2, np.float32)
        end = np.asarray(piece * 2, np.float32)
        boxes = np.clip(self.boxes - shift, 0, end)
        kept = _enough(boxes, self.boxes)
        masks = None
        if self.parts is not None:
            masks = []
            for number in np.flatnonzero(kept):
                left, top = np.floor(self.boxes[number, :2]).astype(int)
                masks.append(_cut_part(self.parts[number], left - place.left, top - place.top, boxes[number]))
        return ObjectTarget(piece, boxes[kept], self.labels[kept], None if masks is None else tuple(masks))

    def truth(self) -> Truth:
        """Return tensors."""
        masks = None
        if self.parts is not None:
            masks = torch.zeros((len(self.parts), self.size[1], self.size[0]), dtype=torch.bool)
            for number, part in enumerate(self.parts):
                left, top = np.floor(self.boxes[number, :2]).astype(int)
                room = masks[number, top : top + part.shape[0], left : left + part.shape[1]]
                room.copy_(torch.from_numpy(np.ascontiguousarray(part[: room.shape[0], : room.shape[1]])))
        return Truth(torch.from_numpy(self.boxes.copy()), torch.from_numpy(self.labels.copy()), masks)


def part_of(mask: NDArray[np.bool_], box: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return what of a mask (h, w) lies in the whole pixels around a box."""
    left, top = np.floor(box[:2]).astype(int)
    right, bottom = np.ceil(box[2:]).astype(int)
    return mask[top:bottom, left:right].copy()


def _cut_part(part: NDArray[np.bool_], left: int, top: int, box: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return the part of an outline, which begins at (left, top), in the whole pixels around a clipped box."""
    first, start = int(np.floor(box[0])) - left, int(np.floor(box[1])) - top
    width, height = int(np.ceil(box[2])) - int(np.floor(box[0])), int(np.ceil(box[3])) - int(np.floor(box[1]))
    return part[start : start + height, first : first + width].copy()


def _enough(boxes: NDArray[np.float32], before: NDArray[np.float32]) -> NDArray[np.bool_]:
    sides, whole = boxes[:, 2:] - boxes[:, :2], before[:, 2:] - before[:, :2]
    there = (sides >= np.minimum(_LEAST_SIDE, whole)).all(1) & (sides > 0).all(1)
    kept: NDArray[np.bool_] = there & (sides.prod(1) >= LEAST_SHARE * whole.prod(1))
    return kept


def padded_small(boxes: NDArray[np.float32], size: Size, side: float = SMALL) -> NDArray[np.float32]:
    """Return boxes of which each side is at least ``side`` pixels, grown around their middle, inside the chip."""
    middle, half = (boxes[:, :2] + boxes[:, 2:]) / 2, np.maximum(boxes[:, 2:] - boxes[:, :2], side) / 2
    grown = np.concatenate([middle - half, middle + half], axis=1)
    clipped: NDArray[np.float32] = np.clip(grown, 0, np.asarray(size * 2)).astype(np.float32)
    return clipped


class Truths(list[Truth]):
    """The truth of each picture of a batch, which moves with it."""

    padding = "zeros"

    def __init__(self, truths: Sequence[Truth] = ()) -> None:
        super().__init__(truths)

    def crop(self, tops: Sequence[int], lefts: Sequence[int], height: int, width: int) -> Truths:
        """Return what windows of one size show, one a picture."""
        found = []
        for truth, top, left in zip(self, tops, lefts, strict=True):
            shift = truth.boxes.new_tensor([left, top, left, top])
            masks = None if truth.masks is None else truth.masks[:, top : top + height, left : left + width]
            found.append(_kept(truth, truth.boxes - shift, masks, (width, height)))
        return Truths(found)

    def move(self, theta: Tensor, grid: Tensor) -> Truths:
        """Return the objects after affine changes.

        Args:
            theta: (batch, 2, 3) from places in the result to places in the source, both from -1 to 1.
            grid: (batch, h, w, 2) those places for every pixel.
        """
        height, width = grid.shape[1:3]
        found = []
        for number, truth in enumerate(self):
            masks = None
            if truth.masks is not None:
                each = truth.masks[:, None].float()
                places = grid[number][None].expand(len(each), -1, -1, -1)
                moved = functional.grid_sample(each, places, mode="nearest", padding_mode="zeros", align_corners=False)
                masks = moved[:, 0] > 0.5
            boxes = move_boxes(truth.boxes, theta[number].to(truth.boxes.device), (width, height))
            found.append(_kept(truth, boxes, masks, (width, height)))
        return Truths(found)


def move_boxes(boxes: Tensor, theta: Tensor, size: Size) -> Tensor:
    """Return boxes (n, 4) after an affine change; ``theta`` (2, 3) is as for ``affine_grid``.

    Turned by an angle that is no quarter, a box becomes that of the ellipse inside of it: the corners of a box are
    seldom part of the object.
    """
    half = boxes.new_tensor([size[0] / 2, size[1] / 2])
    back = torch.linalg.inv(theta[:, :2].double()).to(boxes.dtype)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 / half - 1
    middle = ((middle - theta[:, 2].to(boxes.dtype)) @ back.T + 1) * half
    radii = (boxes[:, 2:] - boxes[:, :2]) / 2
    matrix = back * half[:, None] / half[None, :]
    reach = torch.sqrt((matrix[None] * radii[:, None, :]).square().sum(2))
    return torch.cat([middle - reach, middle + reach], dim=1)


def _kept(truth: Truth, boxes: Tensor, masks: Tensor | None, size: Size) -> Truth:
    """Return the objects that are still there, clipped to the picture; with outlines boxes are drawn around these."""
    whole = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1e-6)
    end = boxes.new_tensor(size * 2)
    clipped = torch.minimum(boxes.clamp(min=0), end)
    sides = clipped[:, 2:] - clipped[:, :2]
    kept = (sides > _LEAST_SIDE).all(1) & (sides.prod(1) >= LEAST_SHARE * whole.prod(1))
    if masks is not None:
        kept = kept & masks.flatten(1).any(1)
        masks = masks[kept]
        clipped = _around(masks, clipped[kept])
    else:
        clipped = clipped[kept]
    return Truth(clipped, truth.labels[kept], masks)


def _around(masks: Tensor, boxes: Tensor) -> Tensor:
    """Return the boxes of outlines (n, h, w)."""
    if not len(masks):
        return boxes
    rows, columns = masks.any(2), masks.any(1)
    edges = []
    for hit in (columns, rows):
        first = hit.float().argmax(1)
        last = hit.shape[1] - hit.flip(1).float().argmax(1)
        edges.append((first, last))
    (left, right), (top, bottom) = edges
    return torch.stack([left, top, right, bottom], dim=1).to(boxes.dtype)
