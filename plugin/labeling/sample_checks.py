"""What may be wrong with a sample: overlaps with other classes, slivers, outside of its image, too small, invalid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from qgis.core import QgsFeature, QgsGeometry, QgsRectangle, QgsSpatialIndex

from ...i18n import translate
from .sample_texts import counted, number_text

OVERLAP, SLIVER, OUTSIDE, SMALL, INVALID = 1, 2, 4, 8, 16
FLAGS = (INVALID, OVERLAP, OUTSIDE, SMALL, SLIVER)

SMALL_PX = 25
# Roundness is 1 for a circle, 0.79 for a square, and 0.1 for a strip 30 times as long as wide.
_THIN_ROUNDNESS, _THIN_PX, _THREAD_ROUNDNESS = 0.15, 1.5, 0.02
# What neighbours share by rounding, or reaches over the image's border by a hair, is no fault.
_SHARED, _BEYOND = 1e-3, 0.01
_FOUR_PI = 12.566370614359172


def warning_text(flags: int) -> str:
    """Return what is wrong with a sample, a line for each warning; "" where nothing is."""
    texts = {
        OVERLAP: translate("Swath", "Overlaps a sample of another class: one of them is wrong there."),
        SLIVER: translate("Swath", "A sliver: so thin that hardly a pixel lies wholly in it."),
        OUTSIDE: translate("Swath", "Lies partly outside of its image: that part is never learnt."),
        SMALL: translate("Swath", "Smaller than {count} pixels: too small for most models.").format(count=SMALL_PX),
        INVALID: translate(
            "Swath", "Its outline crosses itself: draw it anew, or repair it with QGIS's Fix geometries."
        ),
    }
    return "\n".join(texts[flag] for flag in FLAGS if flags & flag)


def warning_title(flag: int) -> str:
    """Return the short name of one warning."""
    titles = {
        OVERLAP: translate("Swath", "Overlaps another class"),
        SLIVER: translate("Swath", "Slivers"),
        OUTSIDE: translate("Swath", "Outside of the image"),
        SMALL: translate("Swath", "Below {count} pixels").format(count=SMALL_PX),
        INVALID: translate("Swath", "Invalid outlines"),
    }
    return titles[flag]


@dataclass(frozen=True)
class Frame:
    """The outline of an image; ``box`` where it is upright, which is asked in no time."""

    outline: QgsGeometry
    box: QgsRectangle | None = None

    def leaves_out(self, geometry: QgsGeometry, area: float) -> bool:
        """Tell whether more than a hair of a sample lies outside."""
        if self.box is not None and self.box.contains(geometry.boundingBox()):
            return False
        inside = geometry.intersection(self.outline)
        return inside.isEmpty() or inside.area() < (1 - _BEYOND) * area


def warnings_text(flags: np.ndarray) -> str:
    """Return how many samples have a warning, and which, for their flags (n,)."""
    count = int((flags != 0).sum())
    if not count:
        return translate("Swath", "No sample has a warning.")
    one = translate("Swath", "Show only the sample with a warning:")
    many = translate("Swath", "Show only the {count} samples with a warning:")
    numbers = {flag: int(((flags & flag) != 0).sum()) for flag in FLAGS}
    lines = [f"{warning_title(flag)}: {number_text(number)}" for flag, number in numbers.items() if number]
    return "\n".join([counted(count, one, many), *lines])


def shape_flags(geometry: QgsGeometry, count: int, frame: Frame | None) -> int:
    """Return the warnings that a sample gives by itself.

    Args:
        geometry: in the samples' coordinate reference system, as ``frame``.
        count: pixels that it covers, 0 where unknown.
        frame: outline of its image, None where unknown.
    """
    area, length = geometry.area(), geometry.length()
    flags = 0 if geometry.isGeosValid() else INVALID
    if 0 < count < SMALL_PX:
        flags |= SMALL
    if _is_sliver(area, length, count):
        flags |= SLIVER
    if frame is not None and frame.leaves_out(geometry, area):
        flags |= OUTSIDE
    return flags


def _is_sliver(area: float, length: float, count: int) -> bool:
    if length <= 0:
        return True
    roundness = _FOUR_PI * area / length**2
    if not count:
        return roundness < _THREAD_ROUNDNESS
    # A road is thin as well, but has a width of pixels: twice the area through the perimeter.
    width_px = 2 * area / length / (area / count) ** 0.5 if area > 0 else 0.0
    return roundness < _THIN_ROUNDNESS and width_px < _THIN_PX


@dataclass(frozen=True)
class _Known:
    value: int
    geometry: QgsGeometry
    box: QgsRectangle


class Overlaps:
    """Knows which samples of different classes overlap, as samples come, change and go."""

    def __init__(self) -> None:
        self._index = QgsSpatialIndex()
        self._known: dict[int, _Known] = {}
        self._pairs: dict[int, set[int]] = {}
        # What is still in the index, but no longer true: taking it out is slow, and waits for a quiet moment.
        self._stale: list[tuple[int, QgsRectangle]] = []

    def put(self, fid: int, value: int, geometry: QgsGeometry) -> set[int]:
        """Take a sample, new or changed; return the others that it no longer overlaps."""
        freed = self.drop(fid)
        box = geometry.boundingBox()
        self._known[fid] = _Known(value, geometry, box)
        self._index.addFeature(fid, box)
        return freed

    def drop(self, fid: int) -> set[int]:
        """Forget a sample; return those that it overlapped."""
        known = self._known.pop(fid, None)
        if known is None:
            return set()
        self._stale.append((fid, known.box))
        freed = self._pairs.pop(fid, set())
        for other in freed:
            self._pairs[other].discard(fid)
        return freed

    def tidy(self) -> bool:
        """Take one thing out of the index that is no longer true; tell whether there was one."""
        if not self._stale:
            return False
        fid, box = self._stale.pop()
        gone = QgsFeature(fid)
        gone.setGeometry(QgsGeometry.fromRect(box))
        self._index.deleteFeature(gone)
        return True

    def find(self, fid: int) -> set[int]:
        """Look for what a sample overlaps, and return it; needs all that lies around it to be known."""
        own = self._known[fid]
        near = [
            (other, known)
            for other in set(self._index.intersects(own.box))
            if other != fid
            and (known := self._known.get(other)) is not None
            and known.value != own.value
            and known.box.intersects(own.box)
        ]
        if not near:
            return set()
        engine = QgsGeometry.createGeometryEngine(own.geometry.constGet())
        engine.prepareGeometry()
        found = {other for other, known in near if engine.intersects(known.geometry.constGet()) and _share(own, known)}
        for other in found:
            self._pairs.setdefault(other, set()).add(fid)
        if found:
            self._pairs.setdefault(fid, set()).update(found)
        return found

    def any(self, fid: int) -> bool:
        """Tell whether a sample overlaps one of another class, as far as it was looked for."""
        return bool(self._pairs.get(fid))


def _share(own: _Known, other: _Known) -> bool:
    smaller = min(own.geometry.area(), other.geometry.area())
    return own.geometry.intersection(other.geometry).area() > _SHARED * smaller
