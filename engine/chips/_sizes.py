"""How large labelled objects are, in pixels: counts that add up. Light: standard library only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# ENVI pads boxes below this side: networks hardly find smaller objects.
SMALL_PX = 25
# Two bins for each doubling of the size; the last one takes all that is larger.
_PER_DOUBLING = 2
_BINS = 25
# Lower edges of the bins, in pixels: 1, 1.4, 2, 2.8, 4 ... 4096. The first bin holds what is smaller, too.
EDGES = tuple(2 ** (number / _PER_DOUBLING) for number in range(_BINS))
_NAMES = tuple(f"{edge:.4g}" for edge in EDGES)


@dataclass
class BoxSizes:
    """Sizes of boxes.

    Attributes:
        count: boxes.
        small: those with a side under 25 pixels.
        bins: boxes by size, the root of width times height; ``EDGES`` are the lower edges.
    """

    count: int = 0
    small: int = 0
    bins: list[int] = field(default_factory=lambda: [0] * _BINS)

    def add(self, width: float, height: float) -> None:
        """Take one more box, in pixels."""
        self.count += 1
        self.small += min(width, height) < SMALL_PX
        size = math.sqrt(max(width, 0) * max(height, 0))
        number = int(_PER_DOUBLING * math.log2(size)) if size > 1 else 0
        self.bins[min(number, _BINS - 1)] += 1

    def merge(self, other: BoxSizes) -> None:
        """Take all boxes of ``other``."""
        self.count += other.count
        self.small += other.small
        self.bins = [mine + new for mine, new in zip(self.bins, other.bins)]

    def to_json(self) -> dict[str, Any]:
        """Return plain values: of the bins those that hold any, by their lower edges."""
        sizes = {name: number for name, number in zip(_NAMES, self.bins) if number}
        return {"Count": self.count, f"Under{SMALL_PX}Pixels": self.small, "Sizes": sizes}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> BoxSizes:
        """Read what ``to_json`` gave."""
        sizes = values["Sizes"]
        bins = [int(sizes.get(name, 0)) for name in _NAMES]
        return cls(int(values["Count"]), int(values[f"Under{SMALL_PX}Pixels"]), bins)
