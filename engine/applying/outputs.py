"""The files of a classification: classes, probabilities, and what goes with them."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rasterio.enums import Resampling

from ..data.grid import Grid
from ..data.rasters import RasterView
from ..errors import DiskFullError
from ..jobs import ClassifyJob
from ..partial import PartialWork
from .deciding import PROBABILITY_NODATA, Decision, from_steps
from .journal import StitchedRow, empty_steps
from .style import attribute_table, color_table, qgis_style
from .writing import GeoTiffWriter, Layout, disk_problem

_CLASSES, _PROBABILITIES = "classes.tif", "probabilities.tif"
# The least a result takes of its plain size: class maps pack to a fraction of it.
_LEAST_SHARE = 0.02
_RESERVE = 64 * 2**20
_ONE_PIECE = 256
_COUNTED_AT_ONCE = 1 << 20


class Outputs:
    """All result files while they are written; they take their names together in :meth:`commit`."""

    def __init__(self, job: ClassifyJob, decision: Decision, view: RasterView, work: PartialWork) -> None:
        self._job, self._decision, self._view, self._work = job, decision, view, work
        self._counts: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        colors = color_table(decision.classes) if decision.dtype.itemsize <= 2 else {}
        layout = Layout(view.grid, view.crs, decision.dtype.name, decision.nodata, ("Class",), colors)
        self._classes = GeoTiffWriter(work.file(_CLASSES), layout)
        self._probabilities: GeoTiffWriter | None = None
        if job.probabilities:
            names = tuple(item.name for item in decision.classes)
            layout = Layout(view.grid, view.crs, "float32", PROBABILITY_NODATA, names)
            self._probabilities = GeoTiffWriter(work.file(_PROBABILITIES), layout)

    def write(self, row: StitchedRow, height: int) -> None:
        """Write the next row of tiles; raises DiskFullError."""
        width, decision = self._view.width, self._decision
        values = row.values
        if values is None:
            values = np.full((height, width), decision.nodata, decision.dtype)
        self._count(values)
        self._classes.write(values[None])
        if self._probabilities is None:
            return
        # In pieces, as real numbers take twice the memory of steps.
        for top in range(0, height, _ONE_PIECE):
            rows = slice(top, min(top + _ONE_PIECE, height))
            if row.steps is None:
                steps = empty_steps(len(decision.classes), rows.stop - rows.start, width)
            else:
                steps = row.steps[:, rows]
            self._probabilities.write(from_steps(steps))

    def _count(self, values: npt.NDArray[np.unsignedinteger]) -> None:
        if self._decision.dtype.itemsize > 2:
            known = [item.value for item in self._decision.classes]
            counts = np.asarray([int((values == value).sum()) for value in known], np.int64)
            self._counts = counts if self._counts.size == 0 else self._counts + counts
            return
        length = np.iinfo(self._decision.dtype).max + 1
        if self._counts.size == 0:
            self._counts = np.zeros(length, np.int64)
        # In pieces, as counting takes eight bytes a pixel.
        flat = values.ravel()
        for start in range(0, flat.size, _COUNTED_AT_ONCE):
            self._counts += np.bincount(flat[start : start + _COUNTED_AT_ONCE], minlength=length)

    def pixels(self) -> dict[str, int]:
        """Return the number of pixels of each class by its value (as text, for JSON)."""
        classes = self._decision.classes
        if self._decision.dtype.itemsize > 2:
            return {str(item.value): int(count) for item, count in zip(classes, self._counts, strict=True)}
        return {str(item.value): int(self._counts[item.value]) for item in classes}

    def finish(self) -> None:
        """Write what is left and the overviews; raises DiskFullError."""
        self._classes.finish(Resampling.nearest)
        if self._probabilities is not None:
            self._probabilities.finish(Resampling.average)

    def abandon(self) -> None:
        """Delete the unfinished rasters; the journal keeps what was done."""
        self._classes.abandon()
        if self._probabilities is not None:
            self._probabilities.abandon()

    def commit(self, result: dict[str, object]) -> None:
        """Give all files their final names, the raster of classes last."""
        output = Path(self._job.output)
        classes = self._decision.classes
        with disk_problems(self._work.folder):
            self._work.file("classes.aux.xml").write_text(attribute_table(classes), encoding="utf-8")
            self._work.file("classes.qml").write_text(qgis_style(classes), encoding="utf-8")
        moves: dict[str, Path] = {}
        stale = [output.with_name(output.name + ".ovr"), output.with_name(output.name + ".msk")]
        if self._job.probabilities:
            probabilities = Path(self._job.probabilities)
            moves[_PROBABILITIES] = probabilities
            stale += [probabilities.with_name(probabilities.name + end) for end in (".ovr", ".msk", ".aux.xml")]
        moves["classes.aux.xml"] = output.with_name(output.name + ".aux.xml")
        moves["classes.qml"] = output.with_suffix(".qml")
        moves[_CLASSES] = output
        self._work.commit(moves, result, stale)


@contextlib.contextmanager
def disk_problems(path: Path) -> Iterator[None]:
    """Turn "no space left" into DiskFullError."""
    try:
        yield
    except OSError as error:
        if isinstance(error, DiskFullError):
            raise
        raise disk_problem(path, error) from error


def check_space(folder: Path, grid: Grid, decision: Decision, probabilities: bool) -> None:
    """Raise DiskFullError where even a well-packed result cannot fit."""
    size = grid.width * grid.height * decision.dtype.itemsize
    if probabilities:
        size += grid.width * grid.height * 4 * len(decision.classes)
    if shutil.disk_usage(folder).free < size * _LEAST_SHARE + _RESERVE:
        raise DiskFullError(path=folder)
