"""The eight symmetries of the square, for test-time augmentation."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[Any]


@dataclass(frozen=True)
class View:
    """Quarter turns to the left, then perhaps mirrored from left to right."""

    turns: int
    mirrored: bool

    def see(self, pixels: Pixels) -> Pixels:
        """Return arrays (..., height, width) as this view shows them."""
        seen = np.rot90(pixels, self.turns, axes=(-2, -1))
        return np.ascontiguousarray(seen[..., ::-1] if self.mirrored else seen)

    def turn_back(self, seen: Pixels) -> Pixels:
        """Return what :meth:`see` was given."""
        straight = seen[..., ::-1] if self.mirrored else seen
        return np.rot90(straight, -self.turns, axes=(-2, -1))

    def places_back(self, places: Pixels, height: int, width: int) -> Pixels:
        """Return places (..., 2) as (x, y) in pixels of a picture of this size, given where the view shows them."""
        x, y = places[..., 0], places[..., 1]
        wide, high = (height, width) if self.turns % 2 else (width, height)
        if self.mirrored:
            x = wide - x
        for _ in range(self.turns):
            # A quarter turn to the right: what was the top edge is the right one.
            x, y, wide, high = high - y, x, high, wide
        return np.stack([x, y], axis=-1)


VIEWS = tuple(View(turns, mirrored) for turns, mirrored in itertools.product(range(4), (False, True)))


def mean_of_views(run: Callable[[Floats], Floats], batch: Floats) -> Floats:
    """Return the mean of a network's maps (batch, classes, height, width) over all views, each turned back."""
    total: Floats | None = None
    for view in VIEWS:
        output = view.turn_back(run(view.see(batch)))
        total = output.copy() if total is None else np.add(total, output, out=total)
    assert total is not None  # noqa: S101 - eight views
    total /= len(VIEWS)
    return total
