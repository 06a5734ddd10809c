"""Objects drawn on the pixels of a chip, and objects found in numbered pixels.

A pixel belongs to an object where its centre lies inside, by GDAL's rule. Light at module level.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._label import LabelObject
from ._problems import ChipsUnreadableError
from ._targets import Objects

if TYPE_CHECKING:
    import numpy as np

# Masks of more bytes in all are taken for a broken file before memory runs out.
_LARGEST_MASKS = 2**30
# Up to here a table of all numbers is faster than sorting the pixels.
_FEW = 2**20


def shape_patch(shape: Any, size: tuple[int, int]) -> tuple[int, int, np.ndarray] | None:
    """Draw one shape in chip pixels on the smallest rectangle of pixels that holds it.

    Returns:
        First column, first row and mask (height, width) bool inside of the chip, or None where the
        shape covers no pixel centre.
    """
    from rasterio import Affine  # noqa: PLC0415
    from rasterio.features import rasterize  # noqa: PLC0415

    if shape.is_empty:
        return None
    xmin, ymin, xmax, ymax = shape.bounds
    left, top = max(int(xmin), 0), max(int(ymin), 0)
    right, bottom = min(int(xmax) + 1, size[0]), min(int(ymax) + 1, size[1])
    if left >= right or top >= bottom:
        return None
    mask = rasterize(
        [(shape, 1)], out_shape=(bottom - top, right - left), transform=Affine.translation(left, top), dtype="uint8"
    ).astype(bool)
    return (left, top, mask) if mask.any() else None


def draw_numbers(objects: Sequence[LabelObject], size: tuple[int, int]) -> tuple[np.ndarray, list[LabelObject]]:
    """Draw objects in their order, later ones over earlier ones, each with a number of its own.

    Returns:
        Numbers (height, width) int32, 0 is no object, and the objects with the numbers 1 to n: those
        without a pixel of their own, too small or covered, are left out.
    """
    import numpy as np  # noqa: PLC0415
    from rasterio.features import rasterize  # noqa: PLC0415

    drawn = [item for item in objects if not item.shape.is_empty]
    if not drawn:
        return np.zeros((size[1], size[0]), np.int32), []
    pairs = [(item.shape, number) for number, item in enumerate(drawn, start=1)]
    numbers = rasterize(pairs, out_shape=(size[1], size[0]), dtype="int32")
    numbers, seen = renumber(numbers)
    return numbers, [drawn[number - 1] for number in seen]


def renumber(numbers: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Return whole numbers from 0 (height, width) as 0 to n in the same order, int32, and what 1 to n were."""
    import numpy as np  # noqa: PLC0415

    most = int(numbers.max(initial=0))
    if most > _FEW:
        seen, inverse = np.unique(numbers, return_inverse=True)
        return inverse.reshape(numbers.shape).astype(np.int32) + (seen[0] != 0), seen[seen != 0].tolist()
    used = np.zeros(most + 1, bool)
    used[numbers] = True
    used[0] = False
    return np.cumsum(used, dtype=np.int32)[numbers], np.flatnonzero(used).tolist()


def smallest_type(numbers: np.ndarray) -> np.ndarray:
    """Return numbers from 0 in the smallest unsigned type that holds them."""
    import numpy as np  # noqa: PLC0415

    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))


def objects_of(parts: Iterable[tuple[int, np.ndarray]], size: tuple[int, int], path: Path, title: str) -> Objects:
    """Return the objects in masks of numbers, with boxes around their pixels.

    Args:
        parts: class value and numbers (height, width) from 1 to n, each number an object.
        size: width and height of the chip.
        path: for errors, the file or folder they come from.
        title: for errors, that of the format.

    Raises:
        ChipsUnreadableError: where there are more objects than memory may hold.
    """
    import numpy as np  # noqa: PLC0415

    found = [(value, numbers, int(numbers.max(initial=0))) for value, numbers in parts]
    count = sum(part[2] for part in found)
    check_masks(count, size, path, title)
    masks = np.zeros((count, size[1], size[0]), bool)
    values = np.zeros(count, np.int64)
    start = 0
    for value, numbers, many in found:
        masks[start : start + many] = numbers == np.arange(1, many + 1)[:, None, None]
        values[start : start + many] = value
        start += many
    return Objects(boxes_around(masks), values, masks)


def check_masks(count: int, size: tuple[int, int], path: Path, title: str) -> None:
    """Raise ChipsUnreadableError where masks of so many objects would fill the memory."""
    if count * size[0] * size[1] > _LARGEST_MASKS:
        detail = f"{path.name} holds {count} objects of {size[0]} x {size[1]} pixels, which are no masks"
        raise ChipsUnreadableError(path=path, format=title, detail=detail)


def boxes_around(masks: np.ndarray) -> np.ndarray:
    """Return the boxes (n, 4) float64 around the pixels of masks (n, height, width), none of them empty."""
    import numpy as np  # noqa: PLC0415

    cols, rows = np.any(masks, axis=1), np.any(masks, axis=2)
    return np.stack(
        [
            cols.argmax(axis=1),
            rows.argmax(axis=1),
            masks.shape[2] - cols[:, ::-1].argmax(axis=1),
            masks.shape[1] - rows[:, ::-1].argmax(axis=1),
        ],
        axis=1,
    ).astype(np.float64)
