"""The images of an export, each with its labels, its mask and the plan of its chips."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..chips import INSTANCES_TOO, OBJECTS, SECOND_UNPAIRED, VALUES, ChipFormat
from ..chips._documents import SECOND_DOMAIN
from ..jobs import ExportJob
from ..progress import Reporter, check
from ..windows import Affine
from .chip_plan import ChipPlan, MaskedArea, Run, Skipped, plan_chips
from .label_files import read_features
from .labels import Labels, VectorLabels
from .problems import DifferentRastersError, NoAreaError, NoLabelsError
from .raster_labels import RasterLabels
from .rasters import RasterView

# Small files that only point at others are told apart by what stands in them, not by when they were written.
_POINTERS = {".vrt", ".xml"}


@dataclass
class Source:
    """One image to cut, opened and checked.

    Attributes:
        view: the image.
        second: the image that is cut at the same places, on the same grid, or None.
        labels: None where there are none.
        instances: labels of instances, for panoptic formats.
        needs: what is asked of ``labels`` for each chip.
        domain2: whether this is itself the second image of an unpaired format.
    """

    job: ExportJob
    view: RasterView
    plan: ChipPlan
    labels: Labels | None = None
    instances: Labels | None = None
    second: RasterView | None = None
    mask: MaskedArea | None = None
    needs: tuple[str, ...] = ()
    one_feature: bool = False
    domain2: bool = False

    def close(self) -> None:
        """Close the files."""
        self.view.close()
        if self.second is not None:
            self.second.close()

    def runs(self, reporter: Reporter, skipped: Skipped) -> Iterator[tuple[float, Run]]:
        """Yield where chips may be worth making, with the part of the image that is done before (0 to 1)."""
        places = self._around_features() if self.one_feature else self._lattice(reporter, skipped)
        for done, run in places:
            check(reporter, "the export")
            if self.mask is None:
                yield done, run
                continue
            inside = self.mask.inside(run.places)
            skipped.outside_mask += int((~inside).sum())
            if inside.any():
                yield done, Run.of([place for place, well in zip(run.places, inside, strict=True) if well])

    def _lattice(self, reporter: Reporter, skipped: Skipped) -> Iterator[tuple[float, Run]]:
        rows, cols, tile = self.plan.rows, self.plan.cols, self.plan.tile
        for number, row in enumerate(rows):
            check(reporter, "the export")
            wanted = np.ones(len(cols), bool)
            if not self.job.all_tiles and self.labels is not None:
                wanted = self.labels.columns(row, tile[1], cols, tile[0])
                if self.instances is not None:
                    wanted |= self.instances.columns(row, tile[1], cols, tile[0])
                skipped.unlabelled += int((~wanted).sum())
            for run in self.plan.runs(row, [cols[i] for i in np.flatnonzero(wanted)]):
                yield number / len(rows), run

    def _around_features(self) -> Iterator[tuple[float, Run]]:
        assert isinstance(self.labels, VectorLabels)  # noqa: S101 - see open_sources
        crop = self.job.crop_mode == "BOUNDING_BOX"
        for number, run in enumerate(self.plan.around(self.labels.boxes(), crop=crop)):
            yield number / len(self.labels), run

    def place_of_pixels(self) -> Affine:
        """Return the transform that chips' georeference is made from.

        In pixel space it counts the raster's own pixels, to the right and, as QGIS shows rasters without
        georeference, downward from 0 into negative numbers.
        """
        if not self.job.pixel_space:
            return self.view.transform
        whole = self.view.source_grid.transform
        (c, f), (right, lower) = (whole.to_pixel(*self.view.transform.to_map(*corner)) for corner in ((0, 0), (1, 1)))
        return Affine(right - c, 0, c, 0, f - lower, -f)

    @property
    def crs(self) -> str:
        """Return the chips' CRS as WKT."""
        return "" if self.job.pixel_space else self.view.crs

    def describe(self) -> dict[str, Any]:
        """Return what those who read the chips later may want to know."""
        return {
            "Raster": self.job.shown(self.view.path),
            "ExtractBands": list(self.view.bands),
            "CellSize": list(self.view.grid.pixel_size()),
            "CRS": self.crs,
            "Extent": list(self.view.grid.bounds()),
            "Labels": self.job.shown(self.job.labels),
            "LabelsAreRaster": self.job.labels_are_raster,
            "Stride": list(self.plan.stride),
            **({"Raster2": self.job.shown(self.second.path)} if self.second is not None else {}),
            **({SECOND_DOMAIN: True} if self.domain2 else {}),
        }

    def digest(self) -> list[str]:
        """Return what tells this image and its labels from others."""
        found = [_state(self.view.path), _state(self.second.path) if self.second is not None else ""]
        found += [labels.digest() if labels is not None else "" for labels in (self.labels, self.instances)]
        return [*found, self.mask.digest() if self.mask is not None else ""]


def open_sources(job: ExportJob, chip_format: ChipFormat) -> list[Source]:
    """Open and check all images of a job, those of a second domain last.

    Raises:
        InputError: for the first thing that is wrong.
    """
    jobs = [job]
    blank = {"labels": "", "labels_are_raster": False, "mask": "", "raster2": "", "extent": []}
    blank |= {"instance_labels": "", "instances_are_raster": False, "additional": []}
    jobs += [replace(job, **{**blank, **item}) for item in job.additional]
    sources: list[Source] = []
    try:
        for item in jobs:
            sources.append(_open(item, chip_format))
            _check_alike(sources[0], sources[-1])
        if chip_format.second == SECOND_UNPAIRED:
            sources += [_open_second_domain(item) for item in jobs if item.raster2]
    except BaseException:
        for source in sources:
            source.close()
        raise
    return sources


def _open(job: ExportJob, chip_format: ChipFormat) -> Source:
    view = RasterView(job.raster, job.bands, job.extent, job.cell_size)
    plan = plan_chips(view.grid, job.tile_size, job.stride, job.raster, job.rotation_angle)
    source = Source(job, view, plan)
    if chip_format.needs and not job.labels:
        raise NoLabelsError(path="(none given)", what="label")
    if job.labels:
        source.labels = _labels(job, view, job.labels, raster=job.labels_are_raster)
        source.one_feature = chip_format.one_feature and source.labels.from_features
        source.needs = _needs(chip_format, source.labels)
        if OBJECTS in source.needs and chip_format.needs and not (chip_format.one_feature and not _boxed(job)):
            _check_area(source.labels, job, chip_format)
    if INSTANCES_TOO in chip_format.needs:
        path = job.instance_labels or job.labels
        is_raster = job.instances_are_raster if job.instance_labels else job.labels_are_raster
        source.instances = _labels(job, view, path, raster=is_raster)
        _check_area(source.instances, job, chip_format)
    if job.raster2 and chip_format.second != SECOND_UNPAIRED:
        source.second = RasterView(job.raster2, grid=view.grid)
    if job.mask:
        found = read_features(Path(job.mask), view.grid.bounds(), job.raster, view.crs, with_values=False)
        source.mask = MaskedArea(found.shapes, view.transform)
    return source


def _open_second_domain(job: ExportJob) -> Source:
    view = RasterView(job.raster2, cell_size=job.cell_size)
    plan = plan_chips(view.grid, job.tile_size, job.stride, job.raster2, job.rotation_angle)
    return Source(replace(job, raster=job.raster2, labels=""), view, plan, domain2=True)


def _labels(job: ExportJob, view: RasterView, path: str, *, raster: bool) -> Labels:
    if raster:
        return RasterLabels(path, view.grid, job.raster, job.classes)
    return VectorLabels(path, view.grid, job.raster, view.crs, job.classes, job.min_overlap)


def _needs(chip_format: ChipFormat, labels: Labels) -> tuple[str, ...]:
    if chip_format.one_feature and not labels.from_features:
        return (VALUES,)
    wanted = tuple(item for item in chip_format.needs if item != INSTANCES_TOO)
    # A format without labels takes them to tell the chips worth making from others.
    return wanted or ((OBJECTS,) if labels.from_features else (VALUES,))


def _boxed(job: ExportJob) -> bool:
    return job.crop_mode == "BOUNDING_BOX" or job.blacken


def _check_area(labels: Labels, job: ExportJob, chip_format: ChipFormat) -> None:
    if isinstance(labels, VectorLabels) and labels.without_area == len(labels):
        raise NoAreaError(path=labels.path, format=chip_format.title)


def _check_alike(first: Source, other: Source) -> None:
    """Refuse images that differ in what one chip set has in common."""
    seconds = [source.second.count if source.second is not None else 0 for source in (first, other)]
    facts = (
        ("a number of bands of", first.view.count, other.view.count),
        ("the pixel type", first.view.dtype, other.view.dtype),
        ("a number of bands in its second raster of", *seconds),
    )
    for what, expected, value in facts:
        if expected != value:
            raise DifferentRastersError(
                path=other.view.path, what=what, value=value, first=first.view.path, expected=expected
            )


def _state(path: str) -> str:
    """Return what changes when a file does."""
    try:
        if Path(path).suffix.lower() in _POINTERS:
            return hashlib.sha256(Path(path).read_bytes()).hexdigest()
        state = Path(path).stat()
    except OSError:
        return path
    return f"{path} {state.st_size} {state.st_mtime_ns}"
