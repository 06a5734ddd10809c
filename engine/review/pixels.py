"""Compare a classified raster with reference labels, pixel by pixel.

Which pixels count. A pixel is compared where both are labelled. Unlabelled pixels of the reference
(value 0) may mean "something else" or "nobody looked"; they are taken for background, a class of its
own, where

* the given classes name the value 0, or
* the classified raster's attribute table lists the value 0 as a class: its model learnt the background, or
* there is one class only: "building" against everything else could not be assessed otherwise, as a
  false building lies on unlabelled ground;

else they are left out, the usual case of sparse reference samples of a land cover map. Where background
counts and 0 is the raster's no-data value, pixels of that value are background too. Pixels classified
as 0 where the reference names a class are errors in either case. The report and the result say which
rule was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..classes import BACKGROUND_NAME, ClassInfo, background
from ..data.labels import Labels, VectorLabels
from ..data.problems import NotClassifiedError, NothingToCompareError
from ..data.raster_labels import RasterLabels
from ..data.rasters import RasterView
from ..jobs import AssessPixelsJob
from ..progress import Reporter, check
from ..windows import tiles
from .attributes import class_names
from .confusion import Confusion, PairCounter, confusion
from .table import check_table, write_table

_BLOCK_PX = 1024
# More different values than this are measurements, not classes.
_MOST_CLASSES = 1000
_NOTHING = {"", "0", "unclassified", "unlabelled", "unlabeled", "nodata", "no data"}
# Stands for pixels without data; no class value, because those are not negative.
_NO_DATA = -1


@dataclass(frozen=True)
class Assessment:
    """What came out: the matrix, the classes by value, the rule taken, and pixels that could not be compared."""

    job: AssessPixelsJob
    matrix: Confusion
    classes: dict[int, ClassInfo]
    rule: str
    not_compared: int


def assess_pixels(job: AssessPixelsJob, reporter: Reporter) -> dict[str, Any]:
    """Write the confusion matrix as a table and, where asked, a report; return the measures.

    Returns:
        ``output``, ``overall_accuracy``, ``kappa``, ``mean_iou``, ``report``, ``pixels`` (compared),
        ``background_counts``, ``rule`` (a sentence), and ``classes``: a dict for each class with value,
        name, precision, recall, f1, iou, classified and reference pixels.

    Raises:
        InputError: where the two cannot be compared, or the table cannot be written as asked.
        CancelledError, DiskFullError: after which nothing is left of the run.
    """
    check_table(Path(job.output))
    if job.report:
        Path(job.report).parent.mkdir(parents=True, exist_ok=True)
    given = [item for item in job.classes if int(item["value"]) != 0]
    with RasterView(job.classified, (1,), job.extent) as view:
        if job.reference_is_raster:
            labels: Labels = RasterLabels(job.reference, view.grid, job.classified, given)
        else:
            labels = VectorLabels(job.reference, view.grid, job.classified, view.crs, given)
        pairs = _count(view, labels, reporter)
        found = _assess(job, view, labels, pairs)
    reporter.message(found.rule)
    check(reporter, "the comparison")
    write_table(Path(job.output), found.matrix, found.classes)
    report = ""
    if job.report:
        from .pixels_report import save_report  # noqa: PLC0415

        report = str(save_report(Path(job.report), found))
    reporter.progress(1.0, "done")
    return _result(found, report)


def _count(view: RasterView, labels: Labels, reporter: Reporter) -> dict[tuple[int, int], int]:
    counter = PairCounter()
    windows = list(tiles(view.width, view.height, _BLOCK_PX, _BLOCK_PX))
    for number, window in enumerate(windows):
        check(reporter, "the comparison")
        reporter.progress(0.95 * number / len(windows), "comparing pixels")
        pixels, valid = view.read(window)
        classified = np.where(valid, _whole(pixels[0], view.path), _NO_DATA)
        counter.add(classified, labels.draw(window))
        if len(counter.pairs) > _MOST_CLASSES**2 or len({pair[0] for pair in counter.pairs}) > _MOST_CLASSES:
            raise NotClassifiedError(path=view.path, detail=f"it holds more than {_MOST_CLASSES} different values")
    return counter.pairs


def _whole(values: npt.NDArray[Any], path: str) -> npt.NDArray[np.int64]:
    whole = values.astype(np.int64)
    if values.dtype.kind == "f" and not np.array_equal(whole, values):
        raise NotClassifiedError(path=path, detail=f"it holds the value {values[whole != values][0]:g}")
    if whole.min(initial=0) < 0:
        raise NotClassifiedError(path=path, detail=f"it holds the value {whole.min()}")
    return whole


def _assess(job: AssessPixelsJob, view: RasterView, labels: Labels, pairs: dict[tuple[int, int], int]) -> Assessment:
    classes = dict(labels.classes)
    positive = {value for pair in pairs for value in pair if value > 0}
    counts, rule = _background_rule(job, view, positive | set(classes))
    if counts and view.nodata == 0:
        pairs = _as_background(pairs)
    compared = {pair: count for pair, count in pairs.items() if pair[0] != _NO_DATA}
    matrix = confusion(compared, sorted(labels.classes), background_counts=counts)
    if not any(reference and pair_count for (_, reference), pair_count in compared.items()):
        raise NothingToCompareError(classified=job.classified, reference=job.reference)
    names = {**class_names(view.path), 0: BACKGROUND_NAME if counts else "Unclassified"}
    for value in matrix.values:
        if value not in classes:
            classes[value] = ClassInfo.from_dict({"value": value, "name": names.get(value)}, len(classes))
    if 0 in classes:
        classes[0] = ClassInfo(0, classes[0].name, background().color)
    missed = sum(count for (value, reference), count in pairs.items() if value == _NO_DATA and reference)
    return Assessment(job, matrix, classes, rule, missed)


def _background_rule(job: AssessPixelsJob, view: RasterView, values: set[int]) -> tuple[bool, str]:
    """Decide whether unlabelled reference pixels count as background, and say why."""
    why = ""
    if any(int(item["value"]) == 0 for item in job.classes):
        why = "the classes given name the value 0"
    elif _names_background(view):
        why = "the result has a class of its own for it"
    elif len(values) == 1:
        why = "there is only one class"
    if why:
        return True, f"Unlabelled ground of the reference counts as the class {BACKGROUND_NAME}, because {why}."
    return False, (
        "Unlabelled ground of the reference is left out, because there are several classes and the result names no "
        "background; give a class with the value 0 to count it."
    )


def _names_background(view: RasterView) -> bool:
    """Tell whether the raster's attribute table has a class 0 that is no word for "nothing"."""
    name = class_names(view.path).get(0)
    return name is not None and view.nodata != 0 and name.strip().lower() not in _NOTHING


def _as_background(pairs: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    merged: dict[tuple[int, int], int] = {}
    for (value, reference), count in pairs.items():
        key = (max(value, 0), reference)
        merged[key] = merged.get(key, 0) + count
    return merged


def _result(found: Assessment, report: str) -> dict[str, Any]:
    matrix = found.matrix
    return {
        "output": found.job.output,
        "overall_accuracy": matrix.overall_accuracy,
        "kappa": matrix.kappa,
        "mean_iou": matrix.mean_iou,
        "report": report,
        "pixels": matrix.total,
        "background_counts": matrix.background_counts,
        "rule": found.rule,
        "classes": [
            {
                "value": score.value,
                "name": found.classes[score.value].name,
                "precision": score.precision,
                "recall": score.recall,
                "f1": score.f1,
                "iou": score.iou,
                "classified": score.classified,
                "reference": score.reference,
            }
            for score in matrix.scores()
        ],
    }
