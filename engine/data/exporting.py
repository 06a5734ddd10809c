"""Cut images and their labels into chips on disk.

One thread reads, row of chips by row of chips, so that GDAL decodes each block about once; a pool of
threads labels, measures and compresses; numbers are given in order, so that the result does not depend
on the number of threads. From time to time, when all that was begun is on disk, the state is saved: a run
that is cut off continues there.
"""

from __future__ import annotations

import itertools
import os
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..chips import ChipFormat
from ..chips._folder import map_line
from ..chips._stats import Accumulated
from ..errors import CancelledError
from ..jobs import ExportJob
from ..progress import Reporter, check
from .chip_folder import ChipFolder
from .chip_plan import Run, Skipped
from .chip_writing import ChipWriter
from .encoding import ChipEncoding
from .export_checks import check_report, choose, warn_of_labels
from .export_facts import chip_set_facts, digest_of, empty_stats
from .making import Made, is_labelled, make_chips, read_run
from .problems import NoChipsError
from .sources import Source, open_sources

_WHAT = "the export"
_THREADS = min(8, os.cpu_count() or 1)
# Runs under way at once hold about this much, or two of them where one holds more.
_BYTES_AHEAD = 2**28
# So much work is lost at most when a run is killed.
_SAVE_SECONDS = 5.0


def export_chips(job: ExportJob, reporter: Reporter) -> dict[str, Any]:
    """Export chips and return ``folder``, ``chips`` and ``features`` (of this run) and ``report``.

    Chips without a label are left out unless ``all_tiles``; chips without a valid pixel always. Pixels
    without data are 0 in the image and unlabelled. Adds to a chip set of the same kind. A run that was
    cancelled or killed is continued by the same job.

    Raises:
        InputError: where the job cannot be done, mostly before work starts.
        CancelledError, DiskFullError: after which what is done lies in the unfinished folder.
    """
    chip_format, pictures = choose(job)
    sources = open_sources(job, chip_format)
    try:
        for source in sources:
            pictures.check(source.view.count, source.view.dtype)
            if source.second is not None:
                pictures.check(source.second.count, source.second.dtype)
        notes = warn_of_labels(sources, chip_format, reporter)
        return _Export(job, sources, chip_format, pictures, reporter, notes).run()
    finally:
        for source in sources:
            source.close()


class _Export:
    """One run: what is fixed for it, and what it gathers."""

    def __init__(
        self,
        job: ExportJob,
        sources: list[Source],
        chip_format: ChipFormat,
        pictures: ChipEncoding,
        reporter: Reporter,
        notes: list[str],
    ) -> None:
        self.job, self.sources, self.format = job, sources, chip_format
        self.pictures, self.reporter, self.notes = pictures, reporter, notes
        # What was left out while planning is counted anew when a run continues, the rest is remembered.
        self.unplanned, self.skipped = Skipped(), Skipped()
        self.features = 0
        self.stats = empty_stats(sources, chip_format)
        # What the run knows of its images; the number of their chips is added as they are cut.
        self.described = [source.describe() for source in sources]
        facts = chip_set_facts(sources, chip_format, self.described)
        self.folder = ChipFolder(Path(job.output), chip_format, facts, self.stats, digest_of(job, sources))
        self.writer = ChipWriter(self.folder.partial, chip_format, pictures)
        self.stats.next_index = self.folder.first_index
        self.steps = 0
        first = sources[0]
        per_run = first.view.count * np.dtype(first.view.dtype).itemsize * first.plan.pixels_of_run()
        self._ahead = int(min(max(_BYTES_AHEAD // per_run, 2), 2 * _THREADS))

    def run(self) -> dict[str, Any]:
        """Do the work, all or what is left of it."""
        if self.job.report:
            check_report(Path(self.job.report))
        progress = self.folder.begin()
        if progress is not None:
            self._continue(progress.steps, progress.stats, progress.extra)
        try:
            self._work()
            check(self.reporter, _WHAT)
            self._check_made()
            self._save()
            whole = self.folder.finish(self.stats)
        except NoChipsError:
            self.folder.discard()
            raise
        except BaseException:
            self.folder.stop()
            raise
        # Those of a second domain count as well.
        made = self.stats.next_index - self.folder.first_index
        self.reporter.progress(1.0, f"{made} chips written")
        report = self._report(whole)
        return {"folder": str(self.folder.output), "chips": made, "features": self.features, "report": report}

    def _continue(self, steps: int, stats: Accumulated, extra: dict[str, Any]) -> None:
        self.steps, self.stats, self.features = steps, stats, int(extra["features"])
        self.skipped = Skipped(**extra["skipped"])
        for described, counted in zip(self.described, extra["described"], strict=True):
            described.update(counted)
        self.reporter.message(f"Continuing an export that was cut off: {stats.tiles} chips are there already.")

    def _save(self) -> None:
        counted = [{name: item[name] for name in ("FirstTile", "Tiles") if name in item} for item in self.described]
        extra = {"features": self.features, "skipped": asdict(self.skipped), "described": counted}
        self.folder.save(self.steps, self.stats, extra)

    def _check_made(self) -> None:
        if self.stats.tiles:
            return
        skipped = self.skipped.add(self.unplanned)
        reason = "no place there is labelled (LABELS; ALL_TILES keeps such chips too)"
        if self.job.min_overlap:
            reason = "no place there holds enough of a label (LABELS, MIN_POLYGON_OVERLAP_RATIO)"
        if skipped.no_data:
            reason = "the raster holds no data where labels are (INPUT, EXTENT)"
        if skipped.outside_mask:
            reason = "every place lies partly outside of the mask (MASK)"
        raise NoChipsError(path=self.job.raster, reason=reason)

    def _report(self, whole: Accumulated) -> str:
        from ..review.export_report import ExportFacts, save_report, warnings  # noqa: PLC0415

        for text in warnings(whole, self.format):
            self.reporter.warning(text)
        if not self.job.report:
            return ""
        skipped = self.skipped.add(self.unplanned)
        first = self.sources[0]
        facts = ExportFacts(
            self.job,
            self.format,
            self.folder.output,
            self.stats,
            whole,
            first.plan.tile,
            first.plan.stride,
            {
                "no label": skipped.unlabelled,
                "no data": skipped.no_data,
                "not wholly inside of the mask": skipped.outside_mask,
            },
            tuple(self.notes),
            first.view.grid.pixel_size(),
        )
        return str(save_report(Path(self.job.report), facts))

    def _work(self) -> None:
        """Drive reading, making and writing; each waits for the next when too much is under way."""
        making: deque[tuple[int, Future[list[Made]]]] = deque()
        writing: deque[Future[None]] = deque()
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="swath-export")
        saved = time.monotonic()
        try:
            # What is done already is passed over: the plan is the same each time.
            for number, run in itertools.islice(self._runs(), self.steps, None):
                source = self.sources[number]
                making.append((number, pool.submit(make_chips, source, self.format, run, read_run(source, run))))
                if len(making) > self._ahead:
                    self._hand_on(*making.popleft(), writing, pool)
                if time.monotonic() - saved > _SAVE_SECONDS:
                    self._drain(writing)
                    self._save()
                    saved = time.monotonic()
            while making:
                self._hand_on(*making.popleft(), writing, pool)
            self._drain(writing)
        except CancelledError:
            # What is under way is finished, so that nothing of it is lost.
            self._drain(writing)
            self._save()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    @staticmethod
    def _drain(writing: deque[Future[None]]) -> None:
        while writing:
            writing.popleft().result()

    def _runs(self) -> Iterator[tuple[int, Run]]:
        """Yield the runs of all images, with the number of their image."""
        for number, source in enumerate(self.sources):
            for done, run in source.runs(self.reporter, self.unplanned):
                self.reporter.progress(0.98 * (number + done) / len(self.sources), f"{self.stats.tiles} chips")
                yield number, run

    def _hand_on(
        self, number: int, made: Future[list[Made]], writing: deque[Future[None]], pool: ThreadPoolExecutor
    ) -> None:
        """Number the chips of a run in order and have them written."""
        source, described = self.sources[number], self.described[number]
        numbered: list[tuple[str, Made]] = []
        for chip in made.result():
            if not chip.bands:
                self.skipped.no_data += 1
                continue
            if source.labels is not None and not self.job.all_tiles and not is_labelled(chip, source.needs):
                self.skipped.unlabelled += 1
                continue
            described.setdefault("FirstTile", self.stats.next_index)
            stem = f"{self.stats.next_index:09d}"
            self.stats.next_index += 1
            self._count(source, chip)
            numbered.append((stem, chip))
            self._note(source, stem, chip)
            described["Tiles"] = self.stats.next_index - described["FirstTile"]
        self.steps += 1
        if numbered:
            writing.append(pool.submit(self.writer.write_all, source, numbered))
        while len(writing) > self._ahead:
            writing.popleft().result()

    def _count(self, source: Source, chip: Made) -> None:
        if source.domain2:
            self.stats.add_second(chip.bands)
            return
        label = chip.label
        boxes: dict[int, list[tuple[float, float]]] = {}
        for item in (*label.objects, *label.instances) if self.format.needs else ():
            xmin, ymin, xmax, ymax = item.box
            boxes.setdefault(item.value, []).append((xmax - xmin, ymax - ymin))
        labelled = bool(self.format.needs)
        counts = chip.counts if labelled else None
        areas = label.areas if labelled and self.stats.from_features else None
        self.stats.add_chip(chip.bands, counts, areas if areas is not None or counts is not None else {}, boxes)
        if chip.bands2:
            self.stats.add_second(chip.bands2)
        self.features += sum(len(found) for found in areas.values()) if areas else 0

    def _note(self, source: Source, stem: str, chip: Made) -> None:
        """Add the chip to the folder's lists."""
        record: dict[str, Any] = {"stem": stem, "counts": chip.record(self.format)}
        size = (chip.place.window.width, chip.place.window.height)
        if size != source.plan.tile:
            record["size"] = list(size)
        names = self.writer.names(source, stem, chip)
        self.folder.add(map_line(names.image, names.label, names.image2), record)
