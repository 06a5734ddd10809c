"""The pieces of chips that are learnt from: what CHIP_SIZE asks for, cut out of larger and padded from smaller chips.

Sizes are (width, height) in pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..chips import ChipSet
from ..tasks.pixels import IGNORE_INDEX
from .control_problems import ChipSizeError

Size = tuple[int, int]
SMALLEST = 16
# Chips of several sizes are learnt from at this side at most where none is given: memory has an end.
_LARGEST_FOUND = 512
# Larger pictures are not learnt from as a whole.
_LARGEST_WHOLE = 1024
# So often a random piece of a chip with features is drawn anew where it shows none.
_TRIES = 8


@dataclass(frozen=True)
class Piece:
    """A window in a chip, from its upper left corner.

    The first ``judged_rows`` rows and ``judged_columns`` columns belong to another piece, too, and count there.
    """

    chip: int
    top: int = 0
    left: int = 0
    judged_rows: int = 0
    judged_columns: int = 0


def sizes_of(chip_set: ChipSet) -> list[Size]:
    """Return the size of each chip."""
    return [chip.size or chip_set.size for chip in chip_set.chips]


def own_side(chip_set: ChipSet) -> int:
    """Return the side that chips are learnt from where no CHIP_SIZE is given: the shorter one of all alike.

    Of chips of several sizes it is the least side into which more than half of them fit, at most 512.
    """
    if chip_set.same_size:
        return min(chip_set.size)
    sides = sorted(max(size) for size in sizes_of(chip_set))
    return max(min(sides[len(sides) // 2], _LARGEST_FOUND), SMALLEST)


def learnt_size(chip_size: int, chip_set: ChipSet) -> tuple[Size, str]:
    """Return the size that is learnt from, and a sentence where it is not that of the chips.

    Raises:
        ChipSizeError: where ``chip_size`` (0: as the chips are) is larger than the chips.
    """
    large = max(chip_set.size) > _LARGEST_WHOLE
    if not chip_size and chip_set.same_size and not large:
        return chip_set.size, ""
    side = chip_size or own_side(chip_set)
    if not chip_size and large:
        side = min(side, _LARGEST_FOUND)
    sizes = set(sizes_of(chip_set))
    largest = own_side(chip_set) if chip_set.same_size else max(max(size) for size in sizes)
    if side > max(largest, SMALLEST):
        width, height = max(sizes, key=max)
        raise ChipSizeError(value=side, width=width, height=height, nearest=largest)
    if chip_set.same_size:
        if chip_set.size == (side, side):
            return chip_set.size, ""
        return (side, side), (
            f"Pieces of {side} x {side} pixels are cut out of the chips (CHIP_SIZE): by chance in every epoch, as many "
            "as a chip holds, and all of those for validation."
        )
    found = "" if chip_size else " CHIP_SIZE chooses another side."
    return (side, side), (
        f"The chips have {len(sizes)} sizes: larger ones are cut and smaller ones padded to {side} x {side} "
        f"pixels.{found}"
    )


def grid(chip: int, size: Size, piece: Size) -> Iterator[Piece]:
    """Yield the pieces that cover a chip of ``size``; each pixel is judged in one of them."""
    for top, rows in _starts(size[1], piece[1]):
        for left, columns in _starts(size[0], piece[0]):
            yield Piece(chip, top, left, rows, columns)


def _starts(length: int, piece: int) -> Iterator[tuple[int, int]]:
    """Yield where pieces start, and how much of each the one before has judged; the last one ends at the border."""
    last = max(length - piece, 0)
    for start in range(0, max(length, 1), piece):
        yield (start, 0) if start <= last else (last, start - last)


def middle(chip: int, size: Size, piece: Size) -> Piece:
    """Return the piece in the middle of a chip of ``size``."""
    return Piece(chip, max(size[1] - piece[1], 0) // 2, max(size[0] - piece[0], 0) // 2)


def somewhere(
    chip: int, size: Size, piece: Size, rng: np.random.Generator, shows: Callable[[int, int], bool] | None
) -> Piece:
    """Return a piece of a chip of ``size`` by chance.

    Where the chip shows features, ``shows`` tells whether the piece from (top, left) on does; pieces without one are
    drawn again, a few times: so a feature chip gives feature pieces.
    """
    width, height = size
    down, right = max(height - piece[1], 0), max(width - piece[0], 0)
    if not down and not right:
        return Piece(chip)
    places = np.floor(rng.random((_TRIES, 2)) * (down + 1, right + 1)).astype(int)
    if shows is not None:
        for top, left in places.tolist():
            if shows(top, left):
                return Piece(chip, top, left)
    return Piece(chip, int(places[0, 0]), int(places[0, 1]))


def has_feature(target: NDArray[np.uint8], first_feature: int) -> bool:
    """Tell whether a target (h, w) shows a channel from ``first_feature`` on."""
    return bool(((target >= first_feature) & (target != IGNORE_INDEX)).any())


def cut(
    image: NDArray[np.generic], target: NDArray[np.uint8], place: Piece, piece: Size
) -> tuple[NDArray[np.generic], NDArray[np.uint8]]:
    """Return picture (bands, h, w) and target (h, w) of a piece, padded where the chip is smaller."""
    width, height = piece
    if target.shape != (height, width):
        rows, columns = slice(place.top, place.top + height), slice(place.left, place.left + width)
        image, target = image[:, rows, columns], target[rows, columns]
    if place.judged_rows or place.judged_columns:
        target = target.copy()
        target[: place.judged_rows] = IGNORE_INDEX
        target[:, : place.judged_columns] = IGNORE_INDEX
    return padded(image, target, height, width)


def padded(
    images: NDArray[np.generic], targets: NDArray[np.uint8], height: int, width: int
) -> tuple[NDArray[np.generic], NDArray[np.uint8]]:
    """Pad the last two axes of pictures by mirroring; what is added to targets incurs no loss."""
    here = targets.shape[-2:]
    bottom, right = height - here[0], width - here[1]
    if bottom <= 0 and right <= 0:
        return images, targets
    ends = ((0, bottom), (0, right))
    around = ((0, 0),) * (images.ndim - 2) + ends
    mirror = bottom < here[0] and right < here[1]
    images = np.pad(images, around, "reflect") if mirror else np.pad(images, around, "edge")
    outside = ((0, 0),) * (targets.ndim - 2) + ends
    return images, np.pad(targets, outside, constant_values=IGNORE_INDEX)
