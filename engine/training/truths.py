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

from .detection.base import Truth
from .pieces import Piece, Size

# Of an object that a border cuts, at least this share must be left, or it is none of this picture.
LEAST_SHARE = 0.25
_LEAST_SIDE = 1.0
# Pixels around a moved box in which its outline may be by rounding.
_AROUND = 2
SMALL = 25.0  # pixels; ENVI pads smaller boxes to this side


@dataclass(frozen=True)
class ObjectTarget:
    """The objects of a chip of ``size`` (width, height).

    Attributes:
        boxes: (n, 4) float32.
        labels: (n,) int64 channels.
        parts: of each object where outlines are known: bool (h, w) from the whole pixel at or before its box's upper
            left corner; None without outlines.
        judged: (columns, rows); objects whose middle lies left of or above them are judged in another piece.
    """

    size: Size
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    parts: tuple[NDArray[np.bool_], ...] | None = None
    judged: tuple[int, int] = (0, 0)

    def window(self, place: Piece, piece: Size) -> ObjectTarget:
        """Return what a piece shows; objects of which too little is left are left out.

        Where outlines are known, the box of an object that is cut is drawn around what is left of its outline.
        """
        shift = np.asarray([place.left, place.top] * 2, np.float32)
        end = np.asarray(piece * 2, np.float32)
        boxes = np.clip(self.boxes - shift, 0, end)
        kept = _enough(boxes, self.boxes)
        judged = (place.judged_columns, place.judged_rows)
        if self.parts is None:
            return ObjectTarget(piece, boxes[kept], self.labels[kept], None, judged)
        parts = []
        for number in np.flatnonzero(kept):
            left, top = np.floor(self.boxes[number, :2]).astype(int)
            part = _cut_part(self.parts[number], left - place.left, top - place.top, boxes[number])
            if not part.any():
                kept[number] = False
                continue
            if (boxes[number] + shift != self.boxes[number]).any():
                part, boxes[number] = _tight(part, boxes[number])
            parts.append(part)
        return ObjectTarget(piece, boxes[kept], self.labels[kept], tuple(parts), judged)

    def truth(self) -> Truth:
        """Return tensors."""
        masks = None
        if self.parts is not None:
            masks = torch.zeros((len(self.parts), self.size[1], self.size[0]), dtype=torch.bool)
            for number, part in enumerate(self.parts):
                left, top = np.floor(self.boxes[number, :2]).astype(int)
                room = masks[number, top : top + part.shape[0], left : left + part.shape[1]]
                room.copy_(torch.from_numpy(np.ascontiguousarray(part[: room.shape[0], : room.shape[1]])))
        return Truth(torch.from_numpy(self.boxes.copy()), torch.from_numpy(self.labels.copy()), masks, self.judged)


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


def _tight(part: NDArray[np.bool_], box: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Return the outline and the box of what a part shows; the box gets no larger."""
    rows, columns = np.flatnonzero(part.any(1)), np.flatnonzero(part.any(0))
    first = np.asarray([columns[0], rows[0]])
    corner = np.floor(box[:2]).astype(int) + first
    size = np.asarray([columns[-1], rows[-1]]) + 1 - first
    low = np.maximum(box[:2], corner)
    return part[first[1] :, first[0] :][: size[1], : size[0]], np.append(low, np.minimum(box[2:], corner + size))


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
            boxes = truth.boxes - truth.boxes.new_tensor([left, top, left, top])
            masks = None if truth.masks is None else truth.masks[:, top : top + height, left : left + width]
            found.append(_kept(truth, boxes, masks, boxes, (width, height)))
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
            change = theta[number].to(truth.boxes.device)
            whole = move_boxes(truth.boxes, change, (width, height), corners=True)
            masks = None if truth.masks is None else _move_masks(truth.masks, whole, grid[number])
            boxes = move_boxes(truth.boxes, change, (width, height))
            found.append(_kept(truth, boxes, masks, whole, (width, height)))
        return Truths(found)


def _move_masks(masks: Tensor, around: Tensor, grid: Tensor) -> Tensor:
    """Return outlines (n, h, w) of the nearest pixels; there is nothing of them but in their boxes ``around``."""
    height, width = masks.shape[1:]
    column = ((grid[..., 0] + 1) * width - 1).div(2).round().long()
    row = ((grid[..., 1] + 1) * height - 1).div(2).round().long()
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    places = (row * width + column).masked_fill(~inside, 0)
    moved = torch.zeros_like(masks)
    for number, window in enumerate(_windows(around, (width, height))):
        moved[number][window] = masks[number].flatten()[places[window]] & inside[window]
    return moved


def _windows(boxes: Tensor, size: Size) -> list[tuple[slice, slice]]:
    """Return rows and columns of the pixels in and next to boxes."""
    around = torch.cat([boxes[:, :2].floor() - _AROUND, boxes[:, 2:].ceil() + _AROUND], 1)
    edges = torch.minimum(around.clamp(min=0), boxes.new_tensor(size * 2)).int().tolist()
    return [(slice(top, bottom), slice(left, right)) for left, top, right, bottom in edges]


def move_boxes(boxes: Tensor, theta: Tensor, size: Size, *, corners: bool = False) -> Tensor:
    """Return boxes (n, 4) after an affine change; ``theta`` (2, 3) is as for ``affine_grid``.

    Turned by an angle that is no quarter, a box becomes that of the ellipse inside of it: the corners of a box are
    seldom part of the object. With ``corners`` it becomes that around its corners.
    """
    half = boxes.new_tensor([size[0] / 2, size[1] / 2])
    back = torch.linalg.inv(theta[:, :2].double()).to(boxes.dtype)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 / half - 1
    middle = ((middle - theta[:, 2].to(boxes.dtype)) @ back.T + 1) * half
    radii = (boxes[:, 2:] - boxes[:, :2]) / 2
    matrix = back * half[:, None] / half[None, :]
    reaches = matrix[None] * radii[:, None, :]
    reach = reaches.abs().sum(2) if corners else torch.sqrt(reaches.square().sum(2))
    return torch.cat([middle - reach, middle + reach], dim=1)


def _kept(truth: Truth, boxes: Tensor, masks: Tensor | None, around: Tensor, size: Size) -> Truth:
    """Return the objects that are still there, clipped to the picture; with outlines boxes are drawn around these.

    Args:
        truth: as it was.
        boxes: (n, 4) where they are now, not clipped.
        masks: (n, h, w) outlines now.
        around: (n, 4) in which each outline lies.
        size: of the picture.
    """
    whole = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1e-6)
    end = boxes.new_tensor(size * 2)
    clipped = torch.minimum(boxes.clamp(min=0), end)
    sides = clipped[:, 2:] - clipped[:, :2]
    kept = (sides >= whole.clamp(max=_LEAST_SIDE)).all(1) & (sides.prod(1) >= LEAST_SHARE * whole.prod(1))
    if masks is not None:
        clipped = _around(masks, around, size).to(clipped)
        kept &= clipped[:, 2] > clipped[:, 0]
        masks = masks[kept]
    return Truth(clipped[kept], truth.labels[kept], masks, truth.judged)


def _around(masks: Tensor, boxes: Tensor, size: Size) -> Tensor:
    """Return the boxes of outlines (n, h, w), each of which lies in one of ``boxes``; without an area where empty."""
    found = []
    for mask, (rows, columns) in zip(masks, _windows(boxes, size), strict=True):
        part = mask[rows, columns]
        down, across = part.any(1).nonzero(), part.any(0).nonzero()
        if not len(down):
            found.append([0, 0, 0, 0])
            continue
        left, top = columns.start + int(across[0]), rows.start + int(down[0])
        found.append([left, top, columns.start + int(across[-1]) + 1, rows.start + int(down[-1]) + 1])
    return torch.tensor(found, device=masks.device).reshape(-1, 4)
