"""Statistics that a folder of chips accumulates; exact to merge, so that appending equals one export.

Light: standard library and numpy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..classes import ClassInfo
from ._sizes import BoxSizes

# Below this many 16-bit values the sum of squares stays below 2 ** 53.
_EXACT = 2**21
# Of so many 8-bit values the sum of squares stays below 2 ** 32.
_EXACT_BYTES = 2**16
# Up to this class value it is quicker to compare with each than to make a histogram.
_FEW_CLASSES = 12


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
    if values.dtype.kind in "ui" and values.dtype.itemsize <= 2 and values.size < _EXACT:
        # Sums of such whole numbers and of their squares are exact: no second pass is needed.
        total, squares = _exact_sums(values)
        return BandState(low, high, total / values.size, (squares * values.size - total**2) / values.size, values.size)
    numbers = values.astype(np.float64)
    mean = float(numbers.mean())
    numbers -= mean
    return BandState(low, high, mean, float(_squares(numbers)), values.size)


def _exact_sums(values: npt.NDArray[Any]) -> tuple[int, int]:
    """Return the sum and the sum of squares of whole numbers of 8 or 16 bits."""
    if values.dtype != np.uint8:
        numbers = values.astype(np.float64)
        return int(numbers.sum()), int(_squares(numbers))
    # Half the bytes of doubles, half the time.
    small = values.astype(np.uint32)
    parts = [small[start : start + _EXACT_BYTES] for start in range(0, small.size, _EXACT_BYTES)]
    return sum(int(np.einsum("i->", part)) for part in parts), sum(int(_squares(part)) for part in parts)


def _squares(numbers: npt.NDArray[Any]) -> Any:
    # Not a dot product: that is the linear algebra library's, whose own threads get into each other's way here.
    return np.einsum("i,i->", numbers, numbers)


@dataclass
class ClassTally:
    """What is known of one class: images with it, its features or pixels, their sizes, its pixels, its boxes.

    ``sizes`` are areas of features in map units squared, or pixels in each image that shows the class
    (:meth:`Accumulated.sizes` has the others, too).
    """

    images: int = 0
    count: int = 0
    sizes: Summary = field(default_factory=Summary)
    pixels: int = 0
    boxes: BoxSizes = field(default_factory=BoxSizes)

    def merge(self, other: ClassTally) -> None:
        """Take all of ``other``."""
        self.images += other.images
        self.count += other.count
        self.sizes.merge(other.sizes)
        self.pixels += other.pixels
        self.boxes.merge(other.boxes)


@dataclass
class Accumulated:
    """All that one folder of chips has accumulated.

    Attributes:
        from_features: labels came from features (True) or from a raster; True where there are none.
        classes: empty where chips have no labels.
        per_image: features (or classes) per image.
        cell_sizes: the smallest and the largest (x, y), in map units; empty without georeference.
        spatial_reference: of the cell sizes, as Esri writes it.
        unlabelled: pixels with value 0.
        bands2: of the second pictures; empty without any.
        empty: chips in which nothing is labelled.
        pixels_known: whether the pixels of all chips were counted.
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
    bands2: list[BandState] = field(default_factory=list)
    empty: int = 0
    pixels_known: bool = True

    def add_class(self, info: ClassInfo) -> None:
        """Make a class known; images so far count as images without it."""
        self.classes.setdefault(info.value, info)
        self.tallies.setdefault(info.value, ClassTally())

    def add_chip(
        self,
        bands: Iterable[BandState],
        pixels: Mapping[int, int] | None,
        areas: Mapping[int, Sequence[float]] | None,
        boxes: Mapping[int, Iterable[tuple[float, float]]] | None = None,
    ) -> None:
        """Count one chip.

        Args:
            bands: its statistics.
            pixels: of each class value (0: unlabelled); None where they were not counted.
            areas: of the features of each class value; of no use where labels came from a raster.
            boxes: width and height, in pixels, of the objects of each class value.
        """
        _merge_bands(self.bands, bands)
        self.tiles += 1
        self.pixels_known = self.pixels_known and pixels is not None
        counts = {value: count for value, count in (pixels or {}).items() if count}
        self.unlabelled += counts.pop(0, 0)
        found = {value: sizes for value, sizes in (areas or {}).items() if sizes}
        for value in counts.keys() | found.keys() | (boxes or {}).keys():
            tally = self.tallies.get(value)
            if tally is None:
                continue
            count, sizes = counts.get(value, 0), found.get(value, ())
            tally.pixels += count
            if not self.from_features:
                sizes = (count,) if count else ()
            tally.images += bool(sizes)
            tally.count += len(sizes) if self.from_features else count
            for size in sizes:
                tally.sizes.add(size)
            for width, height in (boxes or {}).get(value, ()):
                tally.boxes.add(width, height)
        self.per_image.add(sum(len(sizes) for sizes in found.values()) if self.from_features else len(counts))
        self.empty += bool(self.classes) and not (counts or found or boxes)

    def add_second(self, bands: Iterable[BandState]) -> None:
        """Count one second picture."""
        _merge_bands(self.bands2, bands)

    def sizes(self, value: int) -> Summary:
        """Return the sizes of a class as ArcGIS counts them: 0 pixels in each image that does not show it."""
        tally = self.tallies[value]
        whole = Summary(tally.sizes.minimum, tally.sizes.maximum, tally.sizes.total, tally.sizes.count)
        if not self.from_features and self.tiles > tally.images:
            whole.merge(Summary(0, 0, 0, self.tiles - tally.images))
        return whole

    def box_sizes(self) -> BoxSizes:
        """Return the sizes of the boxes of all classes."""
        total = BoxSizes()
        for tally in self.tallies.values():
            total.merge(tally.boxes)
        return total

    def merge(self, other: Accumulated) -> None:
        """Take all chips of ``other``; ``next_index`` becomes the larger one."""
        for info in other.classes.values():
            self.add_class(info)
        _merge_bands(self.bands, other.bands)
        _merge_bands(self.bands2, other.bands2)
        for value, tally in other.tallies.items():
            self.tallies[value].merge(tally)
        self.per_image.merge(other.per_image)
        self.tiles += other.tiles
        self.unlabelled += other.unlabelled
        self.empty += other.empty
        self.pixels_known = self.pixels_known and other.pixels_known
        self.next_index = max(self.next_index, other.next_index)
        sizes = [size for size in (*self.cell_sizes, *other.cell_sizes) if size]
        if sizes:
            self.cell_sizes = [min(sizes), max(sizes)]
        self.spatial_reference = self.spatial_reference or other.spatial_reference


def _merge_bands(bands: list[BandState], others: Iterable[BandState]) -> None:
    for mine, new in zip(bands, others):
        mine.merge(new)


def count_values(values: npt.NDArray[Any]) -> dict[int, int]:
    """Return how often each class value occurs; 0 always has an entry."""
    if values.size and values.dtype.kind == "u" and values.max() <= _FEW_CLASSES:
        times = {value: int(np.count_nonzero(values == value)) for value in range(int(values.max()) + 1)}
        tally = {value: count for value, count in times.items() if count}
    elif values.dtype.itemsize <= 2:
        counts = np.bincount(values.ravel())
        found = np.flatnonzero(counts)
        tally = dict(zip(found.tolist(), counts[found].tolist()))
    else:
        unique, counts = np.unique(values, return_counts=True)
        tally = dict(zip(unique.tolist(), counts.tolist()))
    return {0: 0, **tally}


def _plain(value: float) -> float:
    """Return whole numbers as int, as Esri writes them."""
    return int(value) if float(value).is_integer() else float(value)
