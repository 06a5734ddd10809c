"""Classify the pixels of a raster of any size."""

from __future__ import annotations

import itertools
from typing import Any

from ..jobs import ClassifyJob
from ..model_files import ModelFiles
from ..progress import Reporter, check
from .checks import Task, check_outputs, check_settings
from .deciding import Decision
from .flow import Floats
from .journal import RowJournal, StitchedRow
from .opening import Opened, open_run
from .outputs import Outputs, check_space, disk_problems
from .reading import TileReader
from .session import ModelSession
from .stitching import Stitcher
from .views import mean_of_views

_WHAT = "the classification"


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
    check_settings(job, [("THRESHOLD", job.threshold, 0 <= job.threshold <= 1, "0 (none) to 1")])
    outputs = [("OUTPUT", job.output), ("PROBABILITIES", job.probabilities)]
    check_outputs(job, [item for item in outputs if item[0] == "OUTPUT" or item[1]], (".tif", ".tiff"), "GeoTIFF")
    with open_run(job, Task("PIXELS", _misfit), _WHAT, reporter) as opened:
        return _Run(job, opened).classify(reporter)


def _misfit(model: ModelFiles, session: ModelSession) -> str:
    given, classes = session.output_shape, len(model.info.classes)
    if len(given) != 4:
        return "its output has not four dimensions"
    if given[1] not in (None, classes) and not (given[1] == 1 and classes == 2):
        return f"its output has {given[1]} channels for {classes} classes"
    return ""


class _Run:
    """The parts of one run, and how they work together."""

    def __init__(self, job: ClassifyJob, opened: Opened) -> None:
        self._job, self._opened, self._work = job, opened, opened.work
        model, session = opened.model, opened.session
        self._decision = Decision(
            model.info.classes,
            skip_background=not job.predict_background,
            threshold=job.threshold,
            binary=session.output_shape[1:2] == (1,) and len(model.info.classes) == 2,
        )

    def classify(self, reporter: Reporter) -> dict[str, Any]:
        """Do the work, or finish what a run before has done."""
        finished = self._work.finish_commit()
        if finished is not None:
            return finished
        with_steps = bool(self._job.probabilities)
        check_space(self._work.folder, self._opened.view.grid, self._decision, with_steps)
        journal = RowJournal(
            self._work.file("rows.journal"), self._decision.dtype, len(self._decision.classes) if with_steps else 0
        )
        outputs = Outputs(self._job, self._decision, self._opened.view, self._work)
        try:
            result = self._write_all(outputs, journal, reporter)
        except BaseException:
            outputs.abandon()
            self._opened.say_kept(reporter)
            raise
        finally:
            journal.close()
        outputs.commit(result)
        return result

    def _write_all(self, outputs: Outputs, journal: RowJournal, reporter: Reporter) -> dict[str, Any]:
        plan = self._opened.plan
        heights = [below - above for above, below in itertools.pairwise(plan.rows.cuts)]
        done = 0
        for row in journal.replay(heights, plan.cols.size):
            check(reporter, _WHAT)
            outputs.write(row, heights[row.row])
            done += 1
        self._opened.say_continued(done, reporter)

        def write(row: StitchedRow) -> None:
            journal.append(row)
            self._work.keep()
            outputs.write(row, heights[row.row])

        reader = TileReader(self._opened.view, self._opened.area, self._opened.model.scaling)
        stitcher = Stitcher(plan, self._opened.wanted, self._decision, bool(self._job.probabilities), done)
        flow = self._opened.flow(reader, self._compute, stitcher, write, done)
        with disk_problems(self._work.folder):
            flow.run(reporter)
        reporter.progress(1.0, "Writing overviews")
        check(reporter, _WHAT)
        outputs.finish()
        return {
            "output": self._job.output,
            "probabilities": self._job.probabilities,
            "classes": [item.to_dict() for item in self._decision.classes],
            "nodata": self._decision.nodata,
            "pixels": outputs.pixels(),
            **self._opened.facts(flow, done),
        }

    def _compute(self, batch: Floats) -> Floats:
        run = self._opened.session.run
        return mean_of_views(run, batch) if self._job.test_time_augmentation else run(batch)
