"""Find the objects in a raster of any size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..detection_decoders import DECODERS
from ..errors import BoxesOnlyError
from ..jobs import DetectJob
from ..model_files import ModelFiles
from ..nms import suppress
from ..progress import Reporter, check
from ..windows import Window
from .checks import Task, check_outputs, check_settings
from .collecting import Collector
from .features import write_objects
from .finding import Finder
from .found import Found, FoundRow, ObjectJournal, join
from .opening import Opened, open_run
from .outputs import disk_problems
from .reading import TileReader
from .seams import Seams
from .session import ModelSession
from .squaring import square_outlines
from .writing import check_reserve

_WHAT = "the detection"
_THRESHOLD = 0.5
_OBJECTS = "detections.gpkg"


def detect_objects(job: DetectJob, reporter: Reporter) -> dict[str, Any]:
    """Search a raster for objects and write them as polygons; see ``seams.py`` for those at the edges of tiles.

    Memory is that of a few tiles and of the objects. Killed half-way, the same job continues at the next row of
    tiles. With a mask or an extent, objects whose box has its centre inside count, as a whole. The order of the
    features is that of tiles, row by row, the surest first in each; it and the features are the same for any batch
    size and number of threads.

    Returns:
        ``output`` (path), ``objects`` (count), ``classes`` (plain values with ``count``), ``threshold`` (the one
        used), ``tiles``, ``computed``, ``skipped``, ``resumed_rows``, ``tile_size`` (width, height), ``padding``,
        ``processor``, ``busy`` (the share of the time in which the network was at work).

    Raises:
        InputError: with one sentence, before work starts where it can be known.
        CancelledError: the user cancelled; complete rows are kept for the same job.
        DiskFullError, OutOfMemoryError, NoProcessorError: as they say.
    """
    share = "0 to 1"
    good = job.threshold == -1 or 0 <= job.threshold <= 1
    check_settings(
        job,
        [
            ("THRESHOLD", job.threshold, good, "0 to 1, or -1 for the model's own"),
            ("NMS_OVERLAP", job.nms_overlap, 0 <= job.nms_overlap <= 1, share),
            ("MAX_OVERLAP_RATIO", job.max_overlap_ratio, 0 <= job.max_overlap_ratio <= 1, share),
        ],
    )
    check_outputs(job, [("OUTPUT", job.output)], (".gpkg",), "a GeoPackage")
    task = Task("OBJECTS", _misfit, lambda session: "labels" in session.output_shapes)
    with open_run(job, task, _WHAT, reporter, whole_objects=True) as opened:
        return _Run(job, opened).detect(reporter)


def _misfit(model: ModelFiles, session: ModelSession) -> str:
    return DECODERS[model.decoder].misfit(session.output_shapes, len(model.info.classes))


class _Run:
    """The parts of one run, and how they work together."""

    def __init__(self, job: DetectJob, opened: Opened) -> None:
        self._job, self._opened, self._work = job, opened, opened.work
        own = opened.model.info.threshold
        self._threshold = job.threshold if job.threshold >= 0 else own if own > 0 else _THRESHOLD
        decoder = DECODERS[opened.model.decoder]
        self._finder = Finder(
            opened.session,
            decoder,
            len(opened.model.info.classes),
            self._threshold,
            job.nms_overlap,
            augment=job.test_time_augmentation,
        )
        self._turned = decoder.turned
        if job.square and (decoder.turned or not self._finder.outlined):
            raise BoxesOnlyError(model=job.model)

    def detect(self, reporter: Reporter) -> dict[str, Any]:
        """Do the work, or finish what a run before has done."""
        finished = self._work.finish_commit()
        if finished is not None:
            return finished
        check_reserve(self._work.folder)
        journal = ObjectJournal(self._work.file("rows.journal"))
        path = self._work.file(_OBJECTS)
        try:
            result = self._write_all(path, journal, reporter)
        except BaseException:
            path.unlink(missing_ok=True)
            self._opened.say_kept(reporter)
            raise
        finally:
            journal.close()
        output = Path(self._job.output)
        stale = [output.with_name(output.name + end) for end in ("-wal", "-shm", "-journal")]
        self._work.commit({_OBJECTS: output}, result, stale)
        return result

    def _write_all(self, path: Path, journal: ObjectJournal, reporter: Reporter) -> dict[str, Any]:
        opened = self._opened
        rows: list[Found] = []
        for row in journal.replay(opened.plan.rows.count, self._finder.outlined):
            check(reporter, _WHAT)
            rows.append(row.found)
        done = len(rows)
        opened.say_continued(done, reporter)

        def keep(row: FoundRow) -> None:
            journal.append(row)
            self._work.keep()
            rows.append(row.found)

        # The area decides about objects, not about pixels: those around them help to see them whole.
        reader = TileReader(opened.view, None, opened.model.scaling)
        collector = Collector(opened.plan, opened.wanted, self._finder, self._job.nms_overlap, done)
        flow = opened.flow(reader, self._finder.compute, collector, keep, done)
        with disk_problems(self._work.folder):
            flow.run(reporter)
        reporter.progress(1.0, "Joining objects at the edges of tiles")
        found = self._finish(join(rows, self._finder.outlined), reporter)
        reporter.progress(1.0, "Writing objects")
        path.unlink(missing_ok=True)
        classes = opened.model.info.classes
        write_objects(path, found, classes, opened.view.grid, opened.view.crs)
        check(reporter, _WHAT)
        counts = np.bincount(found.items["channel"], minlength=len(classes))
        return {
            "output": self._job.output,
            "objects": len(found),
            "classes": [{**item.to_dict(), "count": int(count)} for item, count in zip(classes, counts, strict=True)],
            "threshold": self._threshold,
            **opened.facts(flow, done),
        }

    def _finish(self, found: Found, reporter: Reporter) -> Found:
        """From what tiles saw to objects."""
        job, area = self._job, self._opened.area
        seams = Seams(self._opened.plan, job.nms_overlap, job.exclude_pad_detections, self._turned)
        found = seams.resolve(found)
        check(reporter, _WHAT)
        if area is not None:
            box = found.items["box"]
            found = found.take(area.holds((box[:, :2] + box[:, 2:]) / 2))
        if job.run_nms:
            items = found.items
            kept = suppress(
                items["box"],
                items["score"],
                items["channel"],
                job.max_overlap_ratio,
                None if found.outlines is None else found.overlaps,
            )
            found = found.take(np.sort(kept))
        if job.extent:
            # Only now: what lies beyond suppresses, too, so that extents side by side give what the whole gives.
            found = found.take(_middles_in(found, self._opened.asked))
        check(reporter, _WHAT)
        if job.square and found.outlines is not None and not self._turned:
            found = Found(found.items, square_outlines(found.outlines))
        return found


def _middles_in(found: Found, window: Window) -> npt.NDArray[np.bool_]:
    """Tell which boxes have their middle in a window; on an edge between two windows it is in one of them."""
    box = found.items["box"]
    middles = (box[:, :2] + box[:, 2:]) / 2
    low, high = (window.col, window.row), (window.right, window.bottom)
    inside: npt.NDArray[np.bool_] = ((middles >= low) & (middles < high)).all(1)
    return inside
