"""Statistics that a folder of chips accumulates; exact to merge, so that appending equals one export.

Light: standard library and numpy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..classes import ClassInfo

# Below this many 16-bit values the sum of squares stays below 2 ** 53.
_EXACT = 2**21


@dataclass
class Summary:
    """Smallest, largest, sum and count of numbers."""

    minimum: float = math.inf
    maximum: float = -math.inf
    total: float = 0.0
    count: int = 0

    def add(self, value: float) -> None:
        """Take one more number."""
        self.minimum, self.maximum = min(self.minimum, value), max(self.maximum, value)
        self.total += value
        self.count += 1

    def merge(self, other: Summary) -> None:
        """Take all numbers of ``other``."""
        self.minimum, self.maximum = min(self.minimum, other.minimum), max(self.maximum, other.maximum)
        self.total += other.total
        self.count += other.count

    @property
    def mean(self) -> float:
        """Return the mean, 0 of nothing."""
        return self.total / self.count if self.count else 0.0

    def to_json(self) -> dict[str, float]:
        """Return the keys of Esri's file; all 0 of nothing."""
        low, high = (self.minimum, self.maximum) if self.count else (0, 0)
        return {"Min": low, "Max": high, "Mean": self.mean, "Sum": self.total, "Count": self.count}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Summary:
        """Read the keys of Esri's file."""
        if not int(values["Count"]):
            return cls()
        return cls(values["Min"], values["Max"], values["Sum"], int(values["Count"]))


@dataclass
class BandState:
    """Running statistics of one band: M1 is the mean, M2 the sum of squared deviations, of ``count`` pixels."""

    minimum: float = math.inf
    maximum: float = -math.inf
    m1: float = 0.0
    m2: float = 0.0
    count: int = 0

    def merge(self, other: BandState) -> None:
        """Take all pixels of ``other`` (Chan, Golub and LeVeque 1979, update of pairs)."""
        if not other.count:
            return
        count = self.count + other.count
        delta = other.m1 - self.m1
        self.m2 += other.m2 + delta * delta * self.count * other.count / count
        self.m1 += delta * other.count / count
        self.count = count
        self.minimum, self.maximum = min(self.minimum, other.minimum), max(self.maximum, other.maximum)

    @property
    def std(self) -> float:
        """Return the standard deviation sqrt(M2 / (Num - 1)), as ArcGIS writes it; 0 of one pixel or none."""
        return math.sqrt(self.m2 / (self.count - 1)) if self.count > 1 else 0.0

    def to_json(self) -> dict[str, float]:
        """Return the keys of Esri's file."""
        low, high = (_plain(self.minimum), _plain(self.maximum)) if self.count else (0, 0)
        return {"Min": low, "Max": high, "Mean": 0, "StdDev": 0, "M1": self.m1, "M2": self.m2, "Num": self.count}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> BandState:
        """Read the keys of Esri's file."""
        if not int(values["Num"]):
            return cls()
        return cls(values["Min"], values["Max"], float(values["M1"]), float(values["M2"]), int(values["Num"]))


def band_states(pixels: npt.NDArray[Any], valid: npt.NDArray[np.bool_]) -> list[BandState]:
    """Return the statistics of each band of ``pixels`` (bands, height, width) over valid (height, width) pixels."""
    whole = bool(valid.all())
    return [_state(band.ravel() if whole else band[valid]) for band in pixels]


def _state(values: npt.NDArray[Any]) -> BandState:
    if not values.size:
        return BandState()
    low, high = float(values.min()), float(values.max())
    numbers = values.astype(np.float64)
    if values.dtype.kind in "ui" and values.dtype.itemsize <= 2 and values.size < _EXACT:
        # Sums of such whole numbers and of their squares are exact in doubles: no second pass is needed.
        total, squares = int(numbers.sum()), int(_squares(numbers))
        return BandState(low, high, total / values.size, (squares * values.size - total**2) / values.size, values.size)
    mean = float(numbers.mean())
    numbers -= mean
    return BandState(low, high, mean, _squares(numbers), values.size)


def _squares(numbers: npt.NDArray[np.float64]) -> float:
    # Not a dot product: that is the linear algebra library's, whose own threads get into each other's way here.
    return float(np.einsum("i,i->", numbers, numbers))


@dataclass
class ClassTally:
    """What is known of one class: images with it, its features or pixels, their sizes, its pixels.

    ``sizes`` are areas of features in map units squared, or pixels per image (zeros included).
    """

    images: int = 0
    count: int = 0
    sizes: Summary = field(default_factory=Summary)
    pixels: int = 0

    def merge(self, other: ClassTally) -> None:
        """Take all of ``other``."""
        self.images += other.images
        self.count += other.count
        self.sizes.merge(other.sizes)
        self.pixels += other.pixels


@dataclass
class Accumulated:
    """All that one folder of chips has accumulated.

    Attributes:
        from_features: labels came from features (True) or from a raster.
        per_image: features (or classes) per image.
        cell_sizes: the smallest and the largest (x, y), in map units; empty without georeference.
        spatial_reference: of the cell sizes, as Esri writes it.
        unlabelled: pixels with value 0.
    """

    from_features: bool
    bands: list[BandState]
    classes: dict[int, ClassInfo] = field(default_factory=dict)
    tallies: dict[int, ClassTally] = field(default_factory=dict)
    per_image: Summary = field(default_factory=Summary)
    tiles: int = 0
    next_index: int = 0
    unlabelled: int = 0
    cell_sizes: list[tuple[float, float]] = field(default_factory=list)
    spatial_reference: dict[str, Any] = field(default_factory=dict)

    def add_class(self, info: ClassInfo) -> None:
        """Make a class known; images so far count as images without it."""
        if info.value in self.classes:
            return
        self.classes[info.value] = info
        tally = ClassTally()
        if not self.from_features and self.tiles:
            tally.sizes = Summary(0, 0, 0, self.tiles)
        self.tallies[info.value] = tally

    def add_chip(
        self, bands: Iterable[BandState], pixels: Mapping[int, int], areas: Mapping[int, list[float]] | None
    ) -> None:
        """Count one chip: its bands, the pixels of each value (0: unlabelled), the areas of its features."""
        for mine, new in zip(self.bands, bands):
            mine.merge(new)
        self.unlabelled += pixels.get(0, 0)
        for value, tally in self.tallies.items():
            count = pixels.get(value, 0)
            tally.pixels += count
            if areas is None:
                tally.images += count > 0
                tally.count += count
                tally.sizes.add(count)
                continue
            tally.images += bool(areas.get(value))
            for area in areas.get(value, ()):
                tally.count += 1
                tally.sizes.add(area)
        if areas is None:
            self.per_image.add(sum(1 for value, count in pixels.items() if value and count))
        else:
            self.per_image.add(sum(len(found) for found in areas.values()))
        self.tiles += 1

    def merge(self, other: Accumulated) -> None:
        """Take all chips of ``other``; ``next_index`` becomes the larger one."""
        for info in other.classes.values():
            self.add_class(info)
        for mine, new in zip(self.bands, other.bands):
            mine.merge(new)
        for value, tally in self.tallies.items():
            if value in other.tallies:
                tally.merge(other.tallies[value])
            elif not self.from_features and other.tiles:
                tally.sizes.merge(Summary(0, 0, 0, other.tiles))
        self.per_image.merge(other.per_image)
        self.tiles += other.tiles
        self.unlabelled += other.unlabelled
        self.next_index = max(self.next_index, other.next_index)
        sizes = [size for size in (*self.cell_sizes, *other.cell_sizes) if size]
        if sizes:
            self.cell_sizes = [min(sizes), max(sizes)]
        self.spatial_reference = self.spatial_reference or other.spatial_reference


def count_values(values: npt.NDArray[Any]) -> dict[int, int]:
    """Return how often each class value occurs; 0 always has an entry."""
    if values.dtype.itemsize <= 2:
        counts = np.bincount(values.ravel())
        found = np.flatnonzero(counts)
        tally = dict(zip(found.tolist(), counts[found].tolist()))
    else:
        unique, times = np.unique(values, return_counts=True)
        tally = dict(zip(unique.tolist(), times.tolist()))
    return {0: 0, **tally}


def _plain(value: float) -> float:
    """Return whole numbers as int, as Esri writes them."""
    return int(value) if float(value).is_integer() else float(value)
