"""Outlines of COCO: polygons and run lengths, both ways. Light at module level.

Run lengths count pixels column by column from the upper left corner, first those outside, then inside,
then outside ..., either as a list of numbers or packed into text (the scheme of COCO's maskApi.c: groups of
five bits from the lowest on, from the third count on the difference to the one before the last).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ._masks import shape_patch

if TYPE_CHECKING:
    import numpy as np

Size = tuple[int, int]
# Digits behind the point of a pixel.
_DIGITS = 3
# Beyond this a polygon of pixels is a mistake, and drawing it may take for ever.
_FARTHEST = 1e7


class BadOutlineError(ValueError):
    """An outline that cannot be drawn."""


def outline(shape: Any, size: Size) -> Any:
    """Return a Polygon or MultiPolygon in chip pixels as COCO's ``segmentation``.

    Returns:
        Polygons, each a flat list x, y, x, y ...; run lengths where the shape has holes, which lists of
        polygons cannot say.
    """
    parts = list(getattr(shape, "geoms", [shape]))
    if any(part.interiors for part in parts):
        return run_lengths(_drawn([shape], size))
    # The first corner is not said again at the end.
    rings = ([round(value, _DIGITS) for place in part.exterior.coords[:-1] for value in place[:2]] for part in parts)
    return [ring for ring in rings if ring]


def run_lengths(mask: np.ndarray) -> dict[str, Any]:
    """Return a mask (height, width) bool as a list of run lengths."""
    import numpy as np  # noqa: PLC0415

    flat = mask.T.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    counts = np.diff([0, *edges.tolist(), flat.size]).tolist()
    return {"size": list(mask.shape), "counts": [0, *counts] if flat[0] else counts}


def draw_outline(segmentation: Any, box: Any, size: Size) -> np.ndarray:
    """Return the mask (height, width) bool of an annotation of a picture of ``size`` (width, height).

    An annotation without an outline is drawn as its box.

    Raises:
        BadOutlineError: with the reason.
    """
    import shapely  # noqa: PLC0415

    if isinstance(segmentation, dict):
        return _of_run_lengths(segmentation, size)
    if segmentation is None or segmentation == []:
        x, y, width, height = numbers_of(box, 4)
        return _drawn([shapely.box(x, y, x + width, y + height)], size)
    if not isinstance(segmentation, list):
        raise BadOutlineError("segmentation is neither a list nor run lengths")
    rings = [numbers_of(ring) for ring in segmentation]
    places = [list(zip(ring[::2], ring[1::2])) for ring in rings if len(ring) >= 6]
    return _drawn([shapely.Polygon(ring) for ring in places], size)


def numbers_of(values: Any, count: int = 0) -> Sequence[float]:
    """Return a list of finite numbers, an even number of them or ``count``; raise BadOutlineError."""
    if not isinstance(values, list) or not all(type(value) in (int, float) for value in values):
        raise BadOutlineError("a polygon or box is no list of numbers")
    if len(values) != count if count else len(values) % 2:
        raise BadOutlineError(f"a polygon or box has {len(values)} numbers")
    if not all(abs(value) < _FARTHEST for value in values):
        raise BadOutlineError("a corner lies nowhere near the picture")
    return values


def _drawn(shapes: Sequence[Any], size: Size) -> np.ndarray:
    import numpy as np  # noqa: PLC0415

    mask = np.zeros((size[1], size[0]), bool)
    for shape in shapes:
        patch = shape_patch(shape, size)
        if patch is not None:
            left, top, part = patch
            mask[top : top + part.shape[0], left : left + part.shape[1]] |= part
    return mask


def _of_run_lengths(values: dict[str, Any], size: Size) -> np.ndarray:
    import numpy as np  # noqa: PLC0415

    if values.get("size") != [size[1], size[0]]:
        raise BadOutlineError(f"run lengths are for {values.get('size')} rows and columns, not {[size[1], size[0]]}")
    counts = values.get("counts")
    if isinstance(counts, str):
        counts = _unpacked(counts)
    if not isinstance(counts, list) or not all(type(count) is int and count >= 0 for count in counts):
        raise BadOutlineError("run lengths are no whole numbers")
    if sum(counts) != size[0] * size[1]:
        raise BadOutlineError(f"run lengths add to {sum(counts)} pixels, not to {size[0] * size[1]}")
    inside = np.arange(len(counts)) % 2 == 1
    return np.repeat(inside, counts).reshape(size).T


def _unpacked(text: str) -> list[int]:
    counts: list[int] = []
    count, shift = 0, 0
    for letter in text:
        bits = ord(letter) - 48
        if not 0 <= bits < 64 or shift > 60:
            raise BadOutlineError("packed run lengths are broken")
        count |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            count -= 1 << shift
        counts.append(count + (counts[-2] if len(counts) > 2 else 0))
        count, shift = 0, 0
    if shift:
        raise BadOutlineError("packed run lengths are cut off")
    return counts
