"""The edits of samples and areas, each one step that can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from qgis.core import QgsGeometry
from qgis.PyQt.QtCore import QObject

from ...i18n import translate
from . import geometries as shapes
from .commands import Change, Step
from .images import PixelCounter
from .samples import Area, Sample, new_uid, now
from .schema import Schema
from .store_problems import (
    ClassesInUseError,
    MergeSamplesError,
    NoCurrentClassError,
    NoSampleError,
    UnknownClassError,
)


class SampleEdits(QObject):
    """What a SampleStore can do to its samples; :class:`SampleStore` holds them and writes them."""

    samples: Mapping[int, Sample]
    areas: Mapping[int, Area]
    deleted: dict[str, str]

    def add(self, geometries: Sequence[QgsGeometry], value: int | None = None, text: str = "") -> list[int]:
        """Add samples of one class, the current one where no value is given; return their fids.

        Args:
            geometries: areas in the store's coordinate reference system.
            value: of the class.
            text: what the undo stack calls the step.

        Raises:
            StoreError: for geometries without an area, an unknown class, or where the file cannot be written.
        """
        value = self.current_class if value is None else value
        if value is None:
            raise NoCurrentClassError()
        self._check_class(value)
        counter, image, time = self.pixel_counter(), self.current_image_key, now()
        made = []
        for geometry in geometries:
            area = shapes.to_area(geometry)
            made.append(Sample(0, new_uid(), value, area, image, time, counter.count(area)))
        return self.add_samples(made, text or translate("Swath", "Add samples"))

    def add_samples(self, samples: Iterable[Sample], text: str) -> list[int]:
        """Add samples as they are, with fids of this file; return these."""
        made = [replace(sample, fid=self.take_fid("samples")) for sample in samples]
        self.do(Step(samples={sample.fid: Change(None, sample) for sample in made}), text)
        return [sample.fid for sample in made]

    def remove(self, fids: Iterable[int], text: str = "") -> None:
        """Remove samples."""
        gone, time = self._of(fids), now()
        step = Step(
            samples={sample.fid: Change(sample, None) for sample in gone},
            deleted={sample.uid: Change(self.deleted.get(sample.uid), time) for sample in gone},
        )
        self.do(step, text or translate("Swath", "Remove samples"))

    def change_class(self, fids: Iterable[int], value: int, text: str = "") -> None:
        """Give samples another class."""
        self._check_class(value)
        time = now()
        changes = {
            sample.fid: Change(sample, replace(sample, value=value, time=time))
            for sample in self._of(fids)
            if sample.value != value
        }
        self.do(Step(samples=changes), text or translate("Swath", "Change class"))

    def change_geometry(self, geometries: Mapping[int, QgsGeometry], text: str = "") -> None:
        """Give samples other outlines, in the store's coordinate reference system."""
        counter, time, changes = self.pixel_counter(), now(), {}
        for sample in self._of(geometries):
            area = shapes.to_area(geometries[sample.fid])
            changes[sample.fid] = Change(sample, self._reshaped(sample, area, time, counter))
        self.do(Step(samples=changes), text or translate("Swath", "Change outlines"))

    def merge(self, fids: Iterable[int], text: str = "") -> int:
        """Make one sample of several, of the class and with the fid of the first; return it."""
        merged, time = self._of(fids), now()
        if len(merged) < 2:
            raise MergeSamplesError(count=len(merged))
        first, others = merged[0], merged[1:]
        area = shapes.union(sample.geometry for sample in merged)
        changes = {first.fid: Change(first, self._reshaped(first, area, time, self.pixel_counter()))}
        changes |= {sample.fid: Change(sample, None) for sample in others}
        deleted = {sample.uid: Change(self.deleted.get(sample.uid), time) for sample in others}
        self.do(Step(samples=changes, deleted=deleted), text or translate("Swath", "Merge samples"))
        return first.fid

    def split(self, fids: Iterable[int], text: str = "") -> list[int]:
        """Make each part of samples a sample of its own; return the fids of all parts.

        The first part keeps the fid of its sample.
        """
        counter, time, changes, found = self.pixel_counter(), now(), {}, []
        for sample in self._of(fids):
            first, *others = shapes.parts(sample.geometry)
            found.append(sample.fid)
            if not others:
                continue
            changes[sample.fid] = Change(sample, self._reshaped(sample, first, time, counter))
            for part in others:
                made = self._reshaped(sample, part, time, counter)
                made = replace(made, fid=self.take_fid("samples"), uid=new_uid())
                changes[made.fid] = Change(None, made)
                found.append(made.fid)
        self.do(Step(samples=changes), text or translate("Swath", "Split samples"))
        return found

    def add_area(self, geometry: QgsGeometry, text: str = "") -> int:
        """Mark an area in which every object is labeled; return its fid."""
        area = Area(self.take_fid("areas"), new_uid(), shapes.to_area(geometry), self.current_image_key, now())
        self.do(Step(areas={area.fid: Change(None, area)}), text or translate("Swath", "Add labeled area"))
        return area.fid

    def remove_areas(self, fids: Iterable[int], text: str = "") -> None:
        """Remove areas."""
        gone, time = [], now()
        for fid in dict.fromkeys(fids):
            if fid not in self.areas:
                raise NoSampleError(fids=fid, path=self.path)
            gone.append(self.areas[fid])
        step = Step(
            areas={area.fid: Change(area, None) for area in gone},
            deleted={area.uid: Change(self.deleted.get(area.uid), time) for area in gone},
        )
        self.do(step, text or translate("Swath", "Remove labeled areas"))

    def set_schema(self, schema: Schema, text: str = "", recode: Mapping[int, int | None] | None = None) -> None:
        """Take another schema, as one step.

        Args:
            schema: the new one.
            text: what the undo stack calls the step.
            recode: the new value of samples by their value; None removes them.

        Raises:
            ClassesInUseError: where samples would be left without a class.
        """
        recode, time = recode or {}, now()
        changes, deleted, lost = {}, {}, set()
        for sample in self.samples.values():
            value = recode.get(sample.value, sample.value)
            if value is None:
                changes[sample.fid] = Change(sample, None)
                deleted[sample.uid] = Change(self.deleted.get(sample.uid), time)
            elif value != sample.value:
                changes[sample.fid] = Change(sample, replace(sample, value=value, time=time))
            if value is not None and schema.find(value) is None:
                lost.add(value)
        if lost:
            raise ClassesInUseError(values=", ".join(map(str, sorted(lost))))
        change = Change(self.schema, schema) if schema != self.schema else None
        self.do(Step(samples=changes, schema=change, deleted=deleted), text or translate("Swath", "Change schema"))

    def do(self, step: Step, text: str) -> None:
        """Write a step and put it onto the undo stack; nothing where nothing changes."""
        if not step.is_empty():
            self.apply(step, text)

    def pixel_counter(self) -> PixelCounter:
        """Return what counts pixels of the current image."""
        return PixelCounter(self.current_image, self.crs, self.project)

    def _reshaped(self, sample: Sample, area: QgsGeometry, time: str, counter: PixelCounter) -> Sample:
        if sample.image == self.current_image_key and self.current_image is not None:
            count = counter.count(area)
        else:  # of an image that is not at hand: by the share of the area
            count = round(sample.count * area.area() / sample.geometry.area())
        return replace(sample, geometry=area, time=time, count=count)

    def _of(self, fids: Iterable[int]) -> list[Sample]:
        wanted = list(dict.fromkeys(fids))
        missing = [fid for fid in wanted if fid not in self.samples]
        if missing:
            raise NoSampleError(fids=", ".join(map(str, missing[:5])), path=self.path)
        return [self.samples[fid] for fid in wanted]

    def _check_class(self, value: int) -> None:
        if self.schema.find(value) is None:
            raise UnknownClassError(value=value)
