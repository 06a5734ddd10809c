"""Classify the pixels of a raster of any size."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import rasterio

from ..data.rasters import RasterView
from ..jobs import ClassifyJob
from ..model_files import ModelFiles, open_model
from ..partial import PartialWork
from ..progress import Reporter, check
from .checks import TileSettings, check_job, check_model, job_digest, tile_settings, warn_differences
from .deciding import Decision
from .flow import Flow
from .journal import RowJournal, StitchedRow
from .mask import AreaMask
from .outputs import Outputs, check_space, disk_problems
from .plan import TilePlan, plan_tiles
from .reading import TileReader
from .session import ModelSession, Processor
from .stitching import Stitcher

_WHAT = "the classification"
_MOST_READERS = 4


def classify_pixels(job: ClassifyJob, reporter: Reporter) -> dict[str, Any]:
    """Apply a model to a raster and write the classes, and the probabilities where they are asked for.

    Memory is that of a few rows of tiles. Killed half-way, the same job continues at the next row.

    Returns:
        ``output``, ``probabilities`` (paths), ``classes`` (plain values), ``pixels`` (count by value),
        ``tiles``, ``computed``, ``skipped``, ``resumed_rows``, ``tile_size`` (width, height), ``padding``,
        ``processor``, ``busy`` (the share of the time in which the network was at work).

    Raises:
        InputError: with one sentence, before work starts where it can be known.
        CancelledError: the user cancelled; complete rows are kept for the same job.
        DiskFullError, OutOfMemoryError, NoProcessorError: as they say.
    """
    check_job(job)
    with contextlib.ExitStack() as stack:
        model = stack.enter_context(open_model(job.model))
        check_model(job, model)
        view = stack.enter_context(RasterView(job.raster, model.info.bands, job.extent, job.cell_size))
        area = AreaMask(job.mask, view.grid) if job.mask else None
        session = ModelSession(model.onnx, Processor(job.processor, job.gpu_id, job.threads))
        settings = tile_settings(job, model, session)
        warn_differences(model.info, view, reporter)
        _say_processor(session, settings, reporter)
        check(reporter, _WHAT)
        work = stack.enter_context(PartialWork(job.output, job_digest(job, model, view, area)))
        run = _Run(job, model, view, area, session, settings, work)
        stack.enter_context(rasterio.Env(GDAL_CACHEMAX=run.cache_bytes()))
        return run.classify(reporter)


def _say_processor(session: ModelSession, settings: TileSettings, reporter: Reporter) -> None:
    if session.note:
        reporter.warning(session.note)
    for note in settings.notes:
        reporter.message(note)
    reporter.message(f"The model runs on: {session.used}.")


class _Run:
    """The parts of one run, and how they work together."""

    def __init__(
        self,
        job: ClassifyJob,
        model: ModelFiles,
        view: RasterView,
        area: AreaMask | None,
        session: ModelSession,
        settings: TileSettings,
        work: PartialWork,
    ) -> None:
        self.job, self.view, self.session, self.settings, self.work = job, view, session, settings, work
        self.decision = Decision(
            model.info.classes,
            skip_background=not job.predict_background,
            threshold=job.threshold,
            binary=session.output_shape[1:2] == (1,) and len(model.info.classes) == 2,
        )
        self.plan: TilePlan = plan_tiles(
            view.width, view.height, settings.tile, settings.padding, settings.multiple, settings.shrink
        )
        self.wanted = np.ones((self.plan.rows.count, self.plan.cols.count), bool)
        if area is not None:
            self.wanted = area.wanted(self.plan)
        self.reader = TileReader(view, area, model.scaling)

    def cache_bytes(self) -> int:
        """Return how much GDAL may keep: two rows of tiles of the source, within bounds."""
        row = self.plan.rows.tile * self.view.width * self.view.count * np.dtype(self.view.dtype).itemsize
        return int(min(max(2 * row, 64 * 2**20), 512 * 2**20))

    def classify(self, reporter: Reporter) -> dict[str, Any]:
        """Do the work, or finish what a run before has done."""
        finished = self.work.finish_commit()
        if finished is not None:
            return finished
        with_steps = bool(self.job.probabilities)
        check_space(self.work.folder, self.view.grid, self.decision, with_steps)
        journal = RowJournal(
            self.work.file("rows.journal"), self.decision.dtype, len(self.decision.classes) if with_steps else 0
        )
        outputs = Outputs(self.job, self.decision, self.view, self.work)
        try:
            result = self._write_all(outputs, journal, reporter)
        except BaseException:
            outputs.abandon()
            if self.work.kept:
                reporter.message(
                    f"Complete rows are kept in {self.work.folder}: the same job continues there; delete it otherwise."
                )
            raise
        finally:
            journal.close()
        outputs.commit(result)
        return result

    def _write_all(self, outputs: Outputs, journal: RowJournal, reporter: Reporter) -> dict[str, Any]:
        cuts = self.plan.rows.cuts
        heights = [below - above for above, below in itertools.pairwise(cuts)]
        done = 0
        for row in journal.replay(heights, self.plan.cols.size):
            check(reporter, _WHAT)
            outputs.write(row, heights[row.row])
            done += 1
        if done:
            reporter.message(f"Continuing unfinished work: {done} of {len(heights)} rows of tiles are done.")

        def write(row: StitchedRow) -> None:
            journal.append(row)
            self.work.keep()
            outputs.write(row, heights[row.row])

        flow = self._flow(done, write)
        with disk_problems(self.work.folder):
            flow.run(reporter)
        reporter.progress(1.0, "Writing overviews")
        check(reporter, _WHAT)
        outputs.finish()
        return self._result(outputs, flow, done)

    def _flow(self, first_row: int, write: Callable[[StitchedRow], None]) -> Flow:
        wanted = self.wanted
        tiles = (
            self.plan.tile(row, int(col))
            for row in range(first_row, self.plan.rows.count)
            for col in np.flatnonzero(wanted[row])
        )
        # Lines of whole width are decoded as a whole by each reader, so there one reads faster than several.
        lines = self.view.block_shape[1] >= self.view.source_grid.width
        return Flow(
            reader=self.reader,
            session=self.session,
            stitcher=Stitcher(self.plan, wanted, self.decision, bool(self.job.probabilities), first_row),
            write=write,
            tiles=tiles,
            total=int(wanted[first_row:].sum()),
            batch_size=self.settings.batch,
            fixed_batch=self.settings.fixed_batch,
            augment=self.job.test_time_augmentation,
            readers=1 if lines else min(_MOST_READERS, os.cpu_count() or 1),
        )

    def _result(self, outputs: Outputs, flow: Flow, done: int) -> dict[str, Any]:
        return {
            "output": self.job.output,
            "probabilities": self.job.probabilities,
            "classes": [item.to_dict() for item in self.decision.classes],
            "nodata": self.decision.nodata,
            "pixels": outputs.pixels(),
            "tiles": self.plan.count,
            "computed": flow.counts.computed,
            "skipped": self.plan.count - int(self.wanted.sum()) + flow.counts.empty,
            "resumed_rows": done,
            "tile_size": [self.plan.cols.tile, self.plan.rows.tile],
            "padding": self.settings.padding,
            "processor": self.session.used,
            "busy": round(flow.counts.busy, 4),
        }
