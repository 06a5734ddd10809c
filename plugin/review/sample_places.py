"""Samples that may be wrong in themselves: overlaps of classes, slivers, crossing outlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsGeometry

from ...engine.progress import Reporter, check
from ...i18n import translate
from ..labeling.sample_checks import INVALID, OVERLAP, Overlaps, shape_flags
from .candidates import WARNING, Candidate, Look
from .review_problems import NoSamplesError

if TYPE_CHECKING:
    from ..labeling.store import SampleStore


class SampleWarnings:
    """The samples of a store; make it in the thread of the windows, use it in that of a task.

    Raises:
        NoSamplesError: there are none.
    """

    def __init__(self, store: SampleStore | None) -> None:
        if store is None or not store.samples:
            raise NoSamplesError()
        # Copies share their points until one is changed, so that this takes no time.
        self._samples = [
            (sample.fid, sample.value, QgsGeometry(sample.geometry), sample.count) for sample in store.samples.values()
        ]
        self._looks = {entry.value: Look(entry.value, entry.name, entry.color) for entry in store.schema.classes()}

    def find(self, most: int, reporter: Reporter) -> list[Candidate]:
        """Return the samples with warnings: those that cross themselves or others first, of these the largest.

        Raises:
            CancelledError: the reporter says so.
        """
        overlaps = Overlaps()
        for fid, value, geometry, _count in self._samples:
            overlaps.put(fid, value, geometry)
        found: list[tuple[bool, float, Candidate]] = []
        for done, (fid, value, geometry, count) in enumerate(self._samples):
            if done % 100 == 0:
                check(reporter, translate("Swath", "the search for places"))
                reporter.progress(done / len(self._samples), translate("Swath", "Looking through the samples"))
            flags = shape_flags(geometry, count, None) | (OVERLAP if overlaps.find(fid) else 0)
            if flags:
                look = self._looks.get(value, Look(value, str(value)))
                candidate = Candidate(geometry, WARNING, look, size=count, warnings=flags, fid=fid)
                found.append((not flags & (INVALID | OVERLAP), -geometry.area(), candidate))
        found.sort(key=lambda item: item[:2])
        return [candidate for _minor, _area, candidate in found[:most]]
