"""Cut an image and its labels into chips on disk.

One thread reads, row of chips by row of chips, so that GDAL decodes each block about once; a pool of
threads labels, measures and compresses; numbers are given in order, so that the result does not depend
on the number of threads.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.crs import CRS

from ..chips import FORMATS, Chip, ChipFormat
from ..chips._documents import ChipSetFacts
from ..chips._folder import map_line, world_file, world_suffix
from ..chips._stats import Accumulated, BandState, band_states, count_values
from ..jobs import ExportJob
from ..progress import Reporter, check
from ..windows import Window
from .chip_folder import ChipFolder
from .chip_plan import ChipPlan, MaskedArea, Run, Skipped, plan_chips
from .encoding import ChipEncoding, encoding
from .label_files import read_features
from .labels import ChipLabel, Labels, RasterLabels, VectorLabels
from .problems import NoChipsError, NoLabelsError, UnknownFormatError
from .rasters import RasterView
from .writing import write_bytes

_WHAT = "the export"
_THREADS = min(8, os.cpu_count() or 1)
# Runs under way at once hold about this much, or two of them where one holds more.
_BYTES_AHEAD = 2**28
_SAMPLES = 12


@dataclass
class _Made:
    """One chip that is worth writing."""

    window: Window
    pixels: npt.NDArray[Any]
    label: ChipLabel
    bands: list[BandState]
    counts: dict[int, int]


def export_chips(job: ExportJob, reporter: Reporter) -> dict[str, Any]:
    """Export chips and return ``folder``, ``chips`` and ``features`` (of this run) and ``report``.

    Chips without a labelled pixel are left out unless ``all_tiles``; chips without a valid pixel always.
    Pixels without data are 0 in the image and unlabelled. Adds to a chip set of the same kind.

    Raises:
        InputError: where the job cannot be done, mostly before work starts.
        CancelledError, DiskFullError: after which nothing of this run is left.
    """
    chip_format = FORMATS.get(job.format.upper())
    if chip_format is None:
        raise UnknownFormatError(format=job.format, parameter="FORMAT", known=", ".join(FORMATS.ids()))
    pictures = encoding(job.chip_format)
    with RasterView(job.raster, job.bands, job.extent, job.cell_size) as view:
        pictures.check(view.count, view.dtype)
        plan = plan_chips(view.grid, job.tile_size, job.stride, job.raster)
        labels = _labels(job, view)
        if np.dtype(labels.dtype).itemsize > 1:
            reporter.warning(
                f"Class values up to {max(labels.classes)} need labels of type {labels.dtype}; arcgis.learn reads "
                "8 bits only: number the classes from 1 to 255 if these chips shall be trained there."
            )
        export = _Export(job, view, plan, labels, chip_format, pictures, reporter)
        return export.run()


def _labels(job: ExportJob, view: RasterView) -> Labels:
    if not job.labels:
        raise NoLabelsError(path="(none given)", what="label")
    if job.labels_are_raster:
        return RasterLabels(job.labels, view.grid, job.raster, job.classes)
    return VectorLabels(job.labels, view.grid, job.raster, view.crs, job.classes, job.min_overlap)


class _Export:
    """One run: what is fixed for it, and what it gathers."""

    def __init__(
        self,
        job: ExportJob,
        view: RasterView,
        plan: ChipPlan,
        labels: Labels,
        chip_format: ChipFormat,
        pictures: ChipEncoding,
        reporter: Reporter,
    ) -> None:
        self.job, self.view, self.plan, self.labels = job, view, plan, labels
        self.pictures, self.reporter = pictures, reporter
        self.skipped = Skipped()
        self.stats = self._empty_stats()
        # What the run knows of itself; the number of its chips is added at the end.
        self.source = self._source()
        facts = ChipSetFacts(chip_format.metadata_mode, plan.tile, view.dtype, view.band_names, (self.source,))
        self.folder = ChipFolder(Path(job.output), chip_format, facts, self.stats)
        self.stats.next_index = self.folder.first_index
        self.mask = self._mask()
        self.samples: list[_Made] = []
        self._sample_step = 1
        per_run = view.count * np.dtype(view.dtype).itemsize * plan.pixels_of_run()
        self._ahead = int(min(max(_BYTES_AHEAD // per_run, 2), 2 * _THREADS))

    def _empty_stats(self) -> Accumulated:
        stats = Accumulated(self.labels.from_features, [BandState() for _ in range(self.view.count)])
        stats.cell_sizes = [self.view.grid.pixel_size()]
        stats.spatial_reference = _spatial_reference(self.view.crs)
        for info in self.labels.classes.values():
            stats.add_class(info)
        return stats

    def _source(self) -> dict[str, Any]:
        """Describe this export for those who read the chips later."""
        return {
            "Raster": self.view.path,
            "ExtractBands": list(self.view.bands),
            "CellSize": list(self.view.grid.pixel_size()),
            "CRS": self.view.crs,
            "Extent": list(self.view.grid.bounds()),
            "Labels": str(self.job.labels),
            "LabelsAreRaster": self.job.labels_are_raster,
            "Stride": list(self.plan.stride),
        }

    def _mask(self) -> MaskedArea | None:
        if not self.job.mask:
            return None
        view = self.view
        found = read_features(Path(self.job.mask), view.grid.bounds(), self.job.raster, view.crs, with_values=False)
        return MaskedArea(found.shapes, view.grid)

    def run(self) -> dict[str, Any]:
        self.folder.begin()
        if self.job.report:
            Path(self.job.report).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._work()
            check(self.reporter, _WHAT)
            self._check_made()
            self.source.update(FirstTile=self.folder.first_index, Tiles=self.stats.tiles)
            whole = self.folder.finish(self.stats)
        except BaseException:
            self.folder.discard()
            raise
        made = self.stats.tiles
        features = sum(tally.count for tally in self.stats.tallies.values()) if self.labels.from_features else 0
        self.reporter.progress(1.0, f"{made} chips written, {whole.tiles} in all")
        return {"folder": str(self.folder.output), "chips": made, "features": features, "report": self._report(whole)}

    def _check_made(self) -> None:
        if not self.stats.tiles:
            raise NoChipsError(path=self.job.raster, reason=self._why_none())

    def _why_none(self) -> str:
        reasons = {
            "every place lies partly outside of the mask (MASK)": self.skipped.outside_mask,
            "the raster holds no data there (INPUT, EXTENT)": self.skipped.no_data,
            "no pixel there is labelled (LABELS; ALL_TILES keeps such chips too)": self.skipped.unlabelled,
        }
        return max(reasons, key=lambda reason: reasons[reason])

    def _report(self, whole: Accumulated) -> str:
        from ..review.export_report import ExportFacts, save_report, warnings  # noqa: PLC0415

        for text in warnings(whole):
            self.reporter.warning(text)
        if not self.job.report:
            return ""
        samples = [(chip.pixels, chip.label.values) for chip in self.samples]
        facts = ExportFacts(self.job, self.stats, whole, self.plan, self.skipped, samples, self.view.grid.pixel_size())
        return str(save_report(Path(self.job.report), facts))

    def _work(self) -> None:
        """Drive reading, making and writing; each waits for the next when too much is under way."""
        making: deque[Future[list[_Made]]] = deque()
        writing: deque[Future[None]] = deque()
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="swath-export")
        try:
            for run in self._runs():
                making.append(pool.submit(self._make, run, *self._read(run)))
                if len(making) > self._ahead:
                    self._hand_on(making.popleft(), writing, pool)
            while making:
                self._hand_on(making.popleft(), writing, pool)
            while writing:
                writing.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _runs(self) -> Iterator[Run]:
        """Yield runs of places where a chip may be worth making."""
        rows, cols = self.plan.rows, self.plan.cols
        tile = self.plan.tile
        for number, row in enumerate(rows):
            check(self.reporter, _WHAT)
            self.reporter.progress(0.98 * number / len(rows), f"{self.stats.tiles} chips")
            wanted = np.ones(len(cols), bool)
            if self.mask is not None:
                wanted = self.mask.inside(row, cols, tile)
                self.skipped.outside_mask += int((~wanted).sum())
            if not self.job.all_tiles and wanted.any():
                labelled = self.labels.columns(row, tile[1], cols, tile[0])
                self.skipped.unlabelled += int((wanted & ~labelled).sum())
                wanted &= labelled
            for run in self.plan.runs(row, [cols[i] for i in np.flatnonzero(wanted)]):
                check(self.reporter, _WHAT)
                yield run

    def _read(self, run: Run) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        return self.view.read(run.window)

    def _make(self, run: Run, pixels: npt.NDArray[Any], valid: npt.NDArray[np.bool_]) -> list[_Made]:
        """Label and measure the chips of a run; leave out those not worth writing. Runs in any thread."""
        width, height = self.plan.tile
        made = []
        for start, label in zip(run.starts, self.labels.burn(run.window, run.starts, width), strict=True):
            part = slice(start - run.window.col, start - run.window.col + width)
            chip_valid = valid[:, part]
            whole = bool(chip_valid.all())
            if not whole:
                label = ChipLabel(np.where(chip_valid, label.values, 0).astype(self.labels.dtype), label.areas)  # noqa: PLW2901
            window = Window(start, run.window.row, width, height)
            chip_pixels = np.ascontiguousarray(pixels[:, :, part])
            states = band_states(chip_pixels, chip_valid) if chip_valid.any() else []
            made.append(_Made(window, chip_pixels, label, states, count_values(label.values)))
        return made

    def _hand_on(self, made: Future[list[_Made]], writing: deque[Future[None]], pool: ThreadPoolExecutor) -> None:
        """Number the chips of a run in order and have them written."""
        numbered: list[tuple[str, _Made]] = []
        for chip in made.result():
            if not chip.bands:
                self.skipped.no_data += 1
            elif len(chip.counts) == 1 and not self.job.all_tiles:
                self.skipped.unlabelled += 1
            else:
                stem = f"{self.stats.next_index:09d}"
                self.stats.next_index += 1
                self.stats.add_chip(chip.bands, chip.counts, chip.label.areas)
                self._keep_sample(chip)
                numbered.append((stem, chip))
                self._map(stem, chip)
        if numbered:
            writing.append(pool.submit(self._write_all, numbered))
        while len(writing) > self._ahead:
            writing.popleft().result()

    def _map(self, stem: str, chip: _Made) -> None:
        label = f"labels/{stem}.tif" if len(chip.counts) > 1 else None
        self.folder.add_line(map_line(f"images/{stem}{self.pictures.suffix}", label))

    def _keep_sample(self, chip: _Made) -> None:
        """Keep some chips for the report, spread evenly over the whole run however long it gets."""
        if not self.job.report or self.stats.tiles % self._sample_step:
            return
        self.samples.append(chip)
        if len(self.samples) >= 2 * _SAMPLES:
            self.samples = self.samples[1::2]
            self._sample_step *= 2

    def _write_all(self, numbered: list[tuple[str, _Made]]) -> None:
        # One environment of GDAL for all: entering one for each file costs a third of the time.
        with rasterio.Env():
            for stem, chip in numbered:
                self._write(stem, chip)

    def _write(self, stem: str, chip: _Made) -> None:
        """Write a chip's files. Runs in any thread."""
        place = self.view.transform.window(chip.window)
        path = self.folder.partial / "images" / f"{stem}{self.pictures.suffix}"
        self.pictures.write(path, chip.pixels, place, self.view.crs)
        write_bytes(path.with_suffix(world_suffix(path.suffix)), world_file(place).encode("ascii"))
        entry = Chip(stem, path, transform=place, crs=self.view.crs)
        self.folder.format.write_label(self.folder.partial, stem, chip.label.values, entry)


def _spatial_reference(crs: str) -> dict[str, Any]:
    """Return a CRS as Esri writes it; Web Mercator has an old number of Esri's own."""
    code = CRS.from_wkt(crs).to_epsg() if crs else None
    if code is None:
        return {"wkt": crs} if crs else {}
    return {"wkid": 102100 if code == 3857 else code, "latestWkid": code}
