"""What is known of every sample, in columns: quick to sort and sum, and measured while QGIS has nothing else to do."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from qgis.core import QgsDistanceArea, QgsProject
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from .sample_checks import OVERLAP, Frame, Overlaps, shape_flags
from .sample_texts import moment_of

if TYPE_CHECKING:
    from .samples import Changes, Sample
    from .store import SampleStore

# Work of one slice, and the pause before the next: the window answers between them.
_SLICE_SECONDS, _PAUSE_MS = 0.006, 4
# While slices go on, those who show sums are told at most this often.
_TELL_SECONDS = 0.4
_START = 256


class SampleFacts(QObject):
    """The columns of a store's samples, by *slot*: a row number that a sample keeps as long as it is there.

    ``fid``, ``value``, ``count`` (pixels), ``image`` (number in ``images``) and ``time`` (milliseconds since 1970, UTC)
    are filled at once;
    ``area`` (square metres on the ellipsoid; NaN before), ``side`` (longer side of the box in pixels; NaN before
    or where pixels are unknown) and ``flags`` (see sample_checks) in idle moments.
    """

    edited = pyqtSignal(object, object, object)  # slots added, changed and removed; those removed are still filled
    measured = pyqtSignal()  # some figures are new
    settled = pyqtSignal()  # all figures are known

    def __init__(
        self,
        store: SampleStore,
        project: QgsProject,
        frames: Callable[[], dict[str, Frame]] = dict,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._frames_of, self._frames = store, frames, frames()
        self._meter = QgsDistanceArea()
        self._meter.setSourceCrs(store.crs, project.transformContext())
        if store.crs.isValid():
            self._meter.setEllipsoid(store.crs.ellipsoidAcronym() or "EPSG:7030")
        self._clear()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._slice)
        self._told = 0.0
        self._add(list(store.samples))
        store.samplesChanged.connect(self._edit)

    def _clear(self) -> None:
        self.fid, self.value = np.zeros(_START, np.int64), np.zeros(_START, np.int64)
        self.count, self.image = np.zeros(_START, np.int64), np.zeros(_START, np.int32)
        self.time, self.flags = np.zeros(_START, np.int64), np.zeros(_START, np.uint8)
        self.area, self.side = np.full(_START, np.nan), np.full(_START, np.nan)
        self.images: list[str] = []
        self._slots: dict[int, int] = {}
        self._free = list(range(_START - 1, -1, -1))
        self._overlaps = Overlaps()
        self._to_measure: deque[int] = deque()
        self._to_check: deque[int] = deque()

    # --- asking ------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Tell whether something is still to be measured."""
        return bool(self._to_measure or self._to_check)

    def slots(self) -> np.ndarray:
        """Return the slots of all samples, in the order of adding."""
        return np.fromiter(self._slots.values(), np.int64, len(self._slots))

    def slots_of(self, fids: Iterable[int]) -> np.ndarray:
        """Return the slots of these samples; those that are not there are left out."""
        known = self._slots
        return np.array([known[fid] for fid in fids if fid in known], np.int64)

    def sample(self, slot: int) -> Sample:
        """Return the sample of a slot."""
        return self._store.samples[int(self.fid[slot])]

    # --- keeping up --------------------------------------------------------------------------

    def recheck(self) -> None:
        """Look at every sample anew where images came, went or moved."""
        frames = self._frames_of()
        if _places(frames) == _places(self._frames):
            return
        self._frames = frames
        self._to_check = deque(self._slots)
        self._begin()

    def finish(self) -> None:
        """Measure all that is left now; for tests and where the caller can wait."""
        while self.busy:
            self._slice()

    def stop(self) -> None:
        """Let go of the store."""
        self._timer.stop()
        self._to_measure.clear()
        self._to_check.clear()
        self._store.samplesChanged.disconnect(self._edit)

    def _edit(self, changes: Changes) -> None:
        removed = self.slots_of(changes.removed)
        for fid in changes.removed:
            self._slots.pop(fid, None)
            self._let_go(self._overlaps.drop(fid))
        added = self._add([fid for fid in changes.added if fid not in self._slots])
        changed = [fid for fid in changes.changed if fid in self._slots]
        for fid in changed:
            self._fill(self._slots[fid], self._store.samples[fid])
        self._to_measure.extend(changed)
        self.edited.emit(added, self.slots_of(changed), removed)
        self._free += removed.tolist()
        self._begin()

    def _add(self, fids: Sequence[int]) -> np.ndarray:
        while len(self._free) < len(fids):
            self._grow()
        samples = self._store.samples
        for fid in fids:
            slot = self._slots[fid] = self._free.pop()
            self._fill(slot, samples[fid])
        self._to_measure.extend(fids)
        self._begin()
        return self.slots_of(fids)

    def _grow(self) -> None:
        size = len(self.fid)
        for name in ("fid", "value", "count", "image", "time", "flags", "area", "side"):
            column = getattr(self, name)
            setattr(self, name, np.concatenate([column, np.zeros_like(column)]))
        self._free = [*range(2 * size - 1, size - 1, -1), *self._free]

    def _fill(self, slot: int, sample: Sample) -> None:
        if sample.image not in self.images:
            self.images.append(sample.image)
        self.fid[slot], self.value[slot], self.count[slot] = sample.fid, sample.value, sample.count
        self.image[slot], self.time[slot] = self.images.index(sample.image), moment_of(sample.time)
        self.area[slot], self.side[slot], self.flags[slot] = np.nan, np.nan, 0

    # --- measuring ---------------------------------------------------------------------------

    def _begin(self) -> None:
        if not self._timer.isActive():
            self._timer.start(_PAUSE_MS)

    def _slice(self) -> None:
        end = time.perf_counter() + _SLICE_SECONDS
        if not self.busy:
            while self._overlaps.tidy():
                if time.perf_counter() > end:
                    self._begin()
                    return
            return
        while self.busy and time.perf_counter() < end:
            # Overlaps are looked for when all samples are in the index.
            if self._to_measure:
                self._measure(self._to_measure.popleft())
            else:
                self._check(self._to_check.popleft())
        if not self.busy:
            self.measured.emit()
            self.settled.emit()
            self._begin()
            return
        if time.perf_counter() - self._told > _TELL_SECONDS:
            self._told = time.perf_counter()
            self.measured.emit()
        self._begin()

    def _measure(self, fid: int) -> None:
        sample = self._store.samples.get(fid)
        if sample is None:
            return
        slot = self._slots[fid]
        self.area[slot] = self._meter.measureArea(sample.geometry)
        planar = sample.geometry.area()
        if sample.count and planar > 0:
            box = sample.geometry.boundingBox()
            self.side[slot] = max(box.width(), box.height()) / (planar / sample.count) ** 0.5
        self._let_go(self._overlaps.put(fid, sample.value, sample.geometry))
        self._to_check.append(fid)

    def _check(self, fid: int) -> None:
        sample = self._store.samples.get(fid)
        if sample is None:
            return
        found = self._overlaps.find(fid)
        own = shape_flags(sample.geometry, sample.count, self._frames.get(sample.image))
        self.flags[self._slots[fid]] = own | (OVERLAP if self._overlaps.any(fid) else 0)
        for other in found:
            if other in self._slots:
                self.flags[self._slots[other]] |= OVERLAP

    def _let_go(self, others: Iterable[int]) -> None:
        """Take the warning from samples whose last overlap is gone."""
        for fid in others:
            if not self._overlaps.any(fid) and fid in self._slots:
                self.flags[self._slots[fid]] &= np.uint8(255 - OVERLAP)


def _places(frames: dict[str, Frame]) -> dict[str, str]:
    return {key: frame.outline.boundingBox().toString(6) for key, frame in frames.items()}
