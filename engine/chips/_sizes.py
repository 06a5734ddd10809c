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
        found: of each bin that holds any, the number of boxes: of 65,000 classes most have none.
    """

    count: int = 0
    small: int = 0
    found: dict[int, int] = field(default_factory=dict)

    @property
    def bins(self) -> list[int]:
        """Return the boxes by size, the root of width times height; ``EDGES`` are the lower edges."""
        return [self.found.get(number, 0) for number in range(_BINS)]

    def add(self, width: float, height: float) -> None:
        """Take one more box, in pixels."""
        self.count += 1
        self.small += min(width, height) < SMALL_PX
        size = math.sqrt(max(width, 0) * max(height, 0))
        number = min(int(_PER_DOUBLING * math.log2(size)), _BINS - 1) if size > 1 else 0
        self.found[number] = self.found.get(number, 0) + 1

    def merge(self, other: BoxSizes) -> None:
        """Take all boxes of ``other``."""
        self.count += other.count
        self.small += other.small
        for number, boxes in other.found.items():
            self.found[number] = self.found.get(number, 0) + boxes

    def to_json(self) -> dict[str, Any]:
        """Return plain values: of the bins those that hold any, by their lower edges."""
        sizes = {_NAMES[number]: self.found[number] for number in sorted(self.found)}
        return {"Count": self.count, f"Under{SMALL_PX}Pixels": self.small, "Sizes": sizes}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> BoxSizes:
        """Read what ``to_json`` gave."""
        found = {number: int(values["Sizes"][name]) for number, name in enumerate(_NAMES) if name in values["Sizes"]}
        return cls(int(values["Count"]), int(values[f"Under{SMALL_PX}Pixels"]), found)
