"""SOLID_DISTANCE and BLUR_DISTANCE: points and lines beside the chips, drawn as wide as an epoch asks.

As in ENVI, all pixels whose centre lies within the solid distance of a point or line are of its class. Beyond
lies a zone in which that is less and less certain; it is widest in the first epoch and narrows to the least
blur distance in the last, so that the network first learns roughly where features are, then where exactly.
Each feature is drawn anew in each epoch, out to ``solid + u * blur``, with u from 0 to 1 by chance: over the
epochs a pixel d beyond the solid distance is labelled with the chance ``1 - d / blur``. Validation is always
judged on ``solid + least blur / 2``. All distances are in pixels of the chip.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize

from ..chips import Chip
from ..chips._thin import read_thin, thin_margin
from ..classes import ClassInfo
from ..tasks.pixels import IGNORE_INDEX
from .control_problems import BadDistanceError, DistanceTooFarError, NoSuchClassError, NoThinLabelsError

# Stands for all classes, as "*" in a job; no class has this value.
ALL = -1
SOLID, BLUR = "SOLID_DISTANCE", "BLUR_DISTANCE"
_LARGEST = 1000.0
_BLURRED = 3  # keeps these numbers apart from others of the same seed
_KINDS = ("Point", "MultiPoint", "LineString", "MultiLineString", "LinearRing")
# Corners of a quarter of a circle: it lies a fiftieth of a pixel inside of a true one at most. This much farther
# is drawn, so that pixels at just the distance are labelled on all sides.
_FEW, _MANY, _SMALL, _EDGE = 16, 32, 16.0, 0.02


@dataclass(frozen=True)
class Width:
    """How wide the points and lines of a class are drawn, in pixels to each side."""

    solid: float = 0.0
    blur_min: float = 0.0
    blur_max: float = 0.0

    @property
    def reach(self) -> float:
        """Return the farthest pixel that may be drawn."""
        return self.solid + self.blur_max


@dataclass(frozen=True)
class _Thin:
    """The points and lines that reach a chip, in drawing order, with channels and widths of each."""

    shapes: NDArray[np.object_]
    channels: NDArray[np.uint8]
    widths: NDArray[np.float64]  # (n, 3): solid, least and greatest blur


@dataclass
class Distances:
    """Draw the points and lines of all chips of a training.

    Args:
        widths: by class value; ``named`` are the classes that were asked for one by one.
        channels: of the network, by class value; others are drawn as ignored.
        seed, epochs: decide how wide each feature is drawn in an epoch.
    """

    widths: Mapping[int, Width]
    channels: Mapping[int, int]
    seed: int = 0
    epochs: int = 1
    named: Mapping[int, str] = field(default_factory=dict)
    _kept: dict[Path, _Thin | None] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def blur(self, width: Width, epoch: int) -> float:
        """Return the blur distance of an epoch (from 0): linear from the greatest to the least."""
        return float(_blur(np.array([[width.solid, width.blur_min, width.blur_max]]), epoch, self.epochs)[0])

    def fixed(self, target: NDArray[np.uint8], chip: Chip) -> NDArray[np.uint8]:
        """Return a target (height, width) with points and lines as wide as they are judged."""
        thin = self._thin(chip, target.shape)
        return target if thin is None else _drawn(target, thin, thin.widths[:, 0] + thin.widths[:, 1] / 2)

    def draw(self, target: NDArray[np.uint8], chip: Chip, epoch: int, number: int) -> NDArray[np.uint8]:
        """Return a target (height, width) as an epoch (from 0) learns it; ``number`` tells chips apart."""
        thin = self._thin(chip, target.shape)
        if thin is None:
            return target
        chance = np.random.default_rng([self.seed, epoch, number, _BLURRED]).random(len(thin.shapes))
        return _drawn(target, thin, thin.widths[:, 0] + chance * _blur(thin.widths, epoch, self.epochs))

    def check(self, folder: Path) -> None:
        """Raise NoThinLabelsError where chips that were read have no points or lines of a class asked for."""
        for value, parameter in self.named.items():
            if value not in self._seen:
                raise NoThinLabelsError(where=f"of class {value} beside the chips in {folder}", parameter=parameter)
        if not self._seen & set(self.widths):
            raise NoThinLabelsError(where=f"beside the chips in {folder}", parameter=SOLID)

    def _thin(self, chip: Chip, shape: tuple[int, ...]) -> _Thin | None:
        """Return what reaches a chip, read once."""
        if chip.image not in self._kept:
            self._kept[chip.image] = self._read(chip, shape)
        return self._kept[chip.image]

    def _read(self, chip: Chip, shape: tuple[int, ...]) -> _Thin | None:
        margin = thin_margin(chip)
        found = [item for item in read_thin(chip) if item.value in self.widths and _usable(item.shape)]
        for value in {item.value for item in found}:
            self._seen.add(value)
            if self.widths[value].reach > margin:
                raise DistanceTooFarError(name=value, reach=f"{self.widths[value].reach:g}", margin=f"{margin:g}")
        here = shapely.box(0, 0, shape[1], shape[0])
        near = [item for item in found if shapely.dwithin(item.shape, here, self.widths[item.value].reach)]
        if not near:
            return None
        shapes = np.empty(len(near), object)
        shapes[:] = [item.shape for item in near]
        widths = [self.widths[item.value] for item in near]
        return _Thin(
            shapes,
            np.array([self.channels.get(item.value, IGNORE_INDEX) for item in near], np.uint8),
            np.array([[width.solid, width.blur_min, width.blur_max] for width in widths]),
        )


def _usable(shape: Any) -> bool:
    return shape.geom_type in _KINDS and not shape.is_empty and all(math.isfinite(value) for value in shape.bounds)


def _blur(widths: NDArray[np.float64], epoch: int, epochs: int) -> NDArray[np.float64]:
    progress = min(epoch / max(epochs - 1, 1), 1.0)
    blur: NDArray[np.float64] = widths[:, 2] + (widths[:, 1] - widths[:, 2]) * progress
    return blur


def _drawn(target: NDArray[np.uint8], thin: _Thin, distances: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Draw shapes out to their distances, over what is labelled as an area; later ones over earlier ones."""
    wide = distances > 0
    if not wide.any():
        return target
    corners = _FEW if distances.max() <= _SMALL else _MANY
    outlines = shapely.buffer(thin.shapes[wide], distances[wide] + _EDGE, quad_segs=corners)
    drawn = target.copy()
    # Chips count rows downwards, as these shapes do.
    rasterize(zip(outlines, thin.channels[wide].tolist(), strict=True), out=drawn, transform=rasterio.Affine.identity())
    return drawn


def parse_widths(
    solid: Mapping[str, Any], blur: Mapping[str, Any], classes: Sequence[ClassInfo]
) -> tuple[dict[int, Width], dict[int, str]]:
    """Return the widths by class value, and of the classes that were named the parameter that did.

    Raises:
        NoSuchClassError: for a class that the chips do not have.
        BadDistanceError: for a value that is no distance.
    """
    values = [item.value for item in classes if item.value]
    solids = {_value(name, values, SOLID): _solid(name, item) for name, item in solid.items()}
    blurs = {_value(name, values, BLUR): _blurs(name, item) for name, item in blur.items()}
    named = dict.fromkeys(blurs, BLUR) | dict.fromkeys(solids, SOLID)
    widths = {}
    for value in values:
        nothing = (0.0, 0.0)
        width = Width(solids.get(value, solids.get(ALL, 0.0)), *blurs.get(value, blurs.get(ALL, nothing)))
        # ENVI's forms give 0 for every class, whatever its labels are.
        if width.reach:
            widths[value] = width
    return widths, {value: named[value] for value in widths if value in named}


def _value(name: Any, values: Sequence[int], parameter: str) -> int:
    text = str(name).strip()
    if text == "*":
        return ALL
    if text.isdecimal() and int(text) in values:
        return int(text)
    known = ", ".join(str(value) for value in values)
    raise NoSuchClassError(name=text, parameter=parameter, known=f"{known}; * is all of them")


def _solid(name: Any, given: Any) -> float:
    found = _numbers(given)
    if len(found) != 1:
        raise BadDistanceError(value=given, name=name, parameter=SOLID, expected="a number of pixels of at least 0")
    return found[0]


def _blurs(name: Any, given: Any) -> tuple[float, float]:
    found = _numbers(given)
    # One number alone is the greatest: the zone vanishes towards the end.
    least, most = (0.0, found[0]) if len(found) == 1 else (found[0], found[-1]) if found else (0.0, -1.0)
    if len(found) > 2 or least > most:
        raise BadDistanceError(
            value=given, name=name, parameter=BLUR, expected="the least and the greatest number of pixels, like [1, 10]"
        )
    return least, most


def _numbers(given: Any) -> list[float]:
    """Return the distances in a value; none where one of them is no distance."""
    items = given if isinstance(given, list | tuple) else [given]
    try:
        found = [float(item) for item in items if not isinstance(item, bool)]
    except (TypeError, ValueError):
        return []
    return found if len(found) == len(items) and all(0 <= item <= _LARGEST for item in found) else []
