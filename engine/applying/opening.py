"""What applying any model begins with: model, raster, area, session and plan, checked and opened together."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio

from ..data.grid import Grid
from ..data.rasters import RasterView
from ..model_files import ModelFiles, open_model
from ..model_info import ModelInfo
from ..partial import PartialWork
from ..progress import Reporter, check
from ..windows import Window
from .checks import ApplyJob, Task, TileSettings, check_model, job_digest, tile_settings, warn_differences
from .flow import Floats, Flow, Output, Row, Sink
from .mask import AreaMask
from .plan import Tile, TilePlan, plan_tiles
from .reading import TileReader
from .session import ModelSession, Processor

_MOST_READERS = 4


@dataclass(frozen=True)
class Opened:
    """All that a run works with.

    Attributes:
        view: the raster; where whole objects are wanted, with the padding around the extent.
        asked: the part of the view that the extent is, in its pixels.
        area: where work is wanted, None for everywhere.
        wanted: which tiles (rows, columns) are to be done.
        work: the folder of unfinished work, held by this run.
    """

    job: ApplyJob
    what: str
    model: ModelFiles
    view: RasterView
    asked: Window
    area: AreaMask | None
    session: ModelSession
    settings: TileSettings
    plan: TilePlan
    wanted: npt.NDArray[np.bool_]
    work: PartialWork

    def flow(
        self,
        reader: TileReader,
        compute: Callable[[Floats], Iterable[Output]],
        sink: Sink[Output, Row],
        write: Callable[[Row], None],
        first_row: int,
    ) -> Flow[Output, Row]:
        """Return the pass over the wanted tiles from a row on."""
        # Lines of whole width are decoded as a whole by each reader, so there one reads faster than several.
        lines = self.view.block_shape[1] >= self.view.source_grid.width
        return Flow(
            what=self.what,
            reader=reader,
            compute=compute,
            stop=self.session.stop,
            sink=sink,
            write=write,
            tiles=self._tiles(first_row),
            total=int(self.wanted[first_row:].sum()),
            batch_size=self.settings.batch,
            fixed_batch=self.settings.fixed_batch,
            readers=1 if lines else min(_MOST_READERS, os.cpu_count() or 1),
        )

    def _tiles(self, first_row: int) -> Iterator[Tile]:
        for row in range(first_row, self.plan.rows.count):
            for col in np.flatnonzero(self.wanted[row]):
                yield self.plan.tile(row, int(col))

    def say_continued(self, done: int, reporter: Reporter) -> None:
        """Say how many rows a run before has done."""
        if done:
            reporter.message(f"Continuing unfinished work: {done} of {self.plan.rows.count} rows of tiles are done.")

    def say_kept(self, reporter: Reporter) -> None:
        """Say after an error where what is done is kept, if anything is."""
        if self.work.kept:
            reporter.message(
                f"Complete rows are kept in {self.work.folder}: the same job continues there; delete it otherwise."
            )

    def facts(self, flow: Flow[Any, Any], done: int) -> dict[str, Any]:
        """Return what every result says of its run; ``done`` is the number of rows that were done before."""
        return {
            "tiles": self.plan.count,
            "computed": flow.counts.computed,
            "skipped": self.plan.count - int(self.wanted.sum()) + flow.counts.empty,
            "resumed_rows": done,
            "tile_size": [self.plan.cols.tile, self.plan.rows.tile],
            "padding": self.settings.padding,
            "processor": self.session.used,
            "busy": round(flow.counts.busy, 4),
        }


@contextlib.contextmanager
def open_run(job: ApplyJob, task: Task, what: str, reporter: Reporter, whole_objects: bool = False) -> Iterator[Opened]:
    """Open everything, and say what is worth knowing; all that can be checked is checked before.

    ``what`` is the work, for messages; ``whole_objects`` looks a padding beyond extent and area, so that what their
    borders cut is seen whole.
    """
    with contextlib.ExitStack() as stack:
        model = stack.enter_context(open_model(job.model))
        check_model(job, model, task)
        view = stack.enter_context(open_view(job, model.info, reporter))
        area = AreaMask(job.mask, view.grid) if job.mask else None
        session = ModelSession(model.onnx, Processor(job.processor, job.gpu_id, job.threads))
        settings = tile_settings(job, model, session, task)
        asked = Window(0, 0, view.width, view.height)
        if whole_objects and job.extent:
            grid, asked = surroundings(view, settings.padding)
            view = stack.enter_context(RasterView(job.raster, view.bands, grid=grid))
            area = AreaMask(job.mask, grid) if job.mask else None
        warn_differences(model.info, view, reporter)
        if session.note:
            reporter.warning(session.note)
        for note in settings.notes:
            reporter.message(note)
        reporter.message(f"The model runs on: {session.used}.")
        check(reporter, what)
        work = stack.enter_context(PartialWork(job.output, job_digest(job, model, view, area)))
        plan = plan_tiles(view.width, view.height, settings.tile, settings.padding, settings.multiple, settings.shrink)
        wanted = np.ones((plan.rows.count, plan.cols.count), bool)
        if area is not None:
            wanted = area.wanted(plan, padded=whole_objects)
        stack.enter_context(rasterio.Env(GDAL_CACHEMAX=_cache_bytes(plan, view)))
        yield Opened(job, what, model, view, asked, area, session, settings, plan, wanted, work)


def open_view(job: ApplyJob, info: ModelInfo, reporter: Reporter) -> RasterView:
    """Open the raster; a model that learnt resized chips sees it at the same scale, unless the job has a cell size."""
    if info.resize == 1 or info.resize <= 0 or job.cell_size:
        return RasterView(job.raster, info.bands, job.extent, job.cell_size)
    with RasterView(job.raster, info.bands) as view:
        cell_size = view.grid.pixel_size()[0] / info.resize
    reporter.message(
        f"The model learnt chips resized by {info.resize:g}: the raster is read with pixels of {cell_size:g}."
    )
    return RasterView(job.raster, info.bands, job.extent, cell_size)


def surroundings(view: RasterView, pixels: int) -> tuple[Grid, Window]:
    """Return the view's grid with so many pixels more on each side, as far as the raster goes, and the view's part."""
    source, here = view.source_grid, view.grid.transform
    places = [here.to_pixel(*source.transform.to_map(*corner)) for corner in ((0, 0), (source.width, source.height))]
    room = (-places[0][0], -places[0][1], places[1][0] - view.width, places[1][1] - view.height)
    # A hair is forgiven, as on the view's own grid.
    left, top, right, bottom = (max(min(math.floor(side + 1e-3), pixels), 0) for side in room)
    window = Window(-left, -top, view.width + left + right, view.height + top + bottom)
    return Grid(here.window(window), window.width, window.height), Window(left, top, view.width, view.height)


def _cache_bytes(plan: TilePlan, view: RasterView) -> int:
    """Return how much GDAL may keep: two rows of tiles of the source, within bounds."""
    row = plan.rows.tile * view.width * view.count * np.dtype(view.dtype).itemsize
    return int(min(max(2 * row, 64 * 2**20), 512 * 2**20))
