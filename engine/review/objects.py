"""Compare found objects with true ones: how many are right, missed and false, and how good their confidence is.

A found object is right where its bounding box and that of a true object of its class have an IoU of at least
``min_iou``; who gets whom is told in ``matching.py``. Boxes are compared, not outlines, as ArcGIS does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ..data.export_checks import check_report
from ..jobs import AssessObjectsJob
from ..progress import Reporter, check
from .average_precision import COCO_IOUS, ClassCurve, best_threshold, counts, curves, mean_known, total
from .matching import Floats, Integers, box_ious
from .object_files import Objects, channels_of, read_mask, read_objects
from .object_pairs import Pairs, pair_objects
from .object_problems import BadShareError, NoReferenceError
from .object_results import check_matches, check_systems, write_matches
from .table import check_table, save_rows

ALL = "All"
_HEADER = [
    *("Class", "Precision", "Recall", "F1_Score", "AP"),
    *("True_Positive", "False_Positive", "False_Negative"),
]
# With less overlap than this, a false object has nothing to do with the true one.
_SOME = 0.1


@dataclass(frozen=True)
class Review:
    """What came out.

    Attributes:
        job: what was asked for.
        detected: n found objects.
        reference: m true objects.
        names: of the classes; channels are their places.
        taken: (n,) true object that each found one took, in the order of the file, or -1.
        curves: of each class at the IoU asked for.
        measures: of each class, all objects taken.
        overall: of all classes together; also ``ap``, ``ap50`` and ``map``.
        pairs: all overlaps.
        best: the confidence with the highest F1; None where there is none.
        masked: how many found and true objects do not touch the mask.
    """

    job: AssessObjectsJob
    detected: Objects
    reference: Objects
    names: list[str]
    taken: Integers
    curves: list[ClassCurve]
    measures: list[dict[str, Any]]
    overall: dict[str, Any]
    pairs: Pairs
    best: float | None
    masked: tuple[int, int]

    def ious(self) -> Floats:
        """Return the IoU (n,) of each found object with the true one it took, else the highest in its class."""
        ious = self.pairs.own.copy()
        rows = np.flatnonzero(self.taken >= 0)
        ious[rows] = box_ious(self.detected.boxes[rows], self.reference.boxes[self.taken[rows]])
        return ious

    def false_kinds(self) -> dict[str, int]:
        """Tell what the false objects are (after Bolya et al. 2020, arXiv:2008.08115)."""
        false = self.taken < 0
        own, other = self.pairs.own[false], self.pairs.other[false]
        twice = (own >= self.job.min_iou) & (own > 0)
        mistaken = ~twice & (other >= self.job.min_iou) & (other > 0)
        loose = ~twice & ~mistaken & (own >= _SOME)
        kinds = {
            "found once more what a surer one had found": twice,
            "of another class than what is there": mistaken,
            "too far from what is there": loose,
            "nothing of this kind there": ~twice & ~mistaken & ~loose,
        }
        return {name: int(flags.sum()) for name, flags in kinds.items()}


def assess_objects(job: AssessObjectsJob, reporter: Reporter) -> dict[str, Any]:
    """Write the table and, where asked, matches and report; return the measures.

    Returns:
        ``output``, ``matches``, ``report``; of all classes together ``precision``, ``recall``, ``f1``,
        ``true_positive``, ``false_positive``, ``false_negative`` at ``min_iou``; ``ap`` (at ``min_iou``), ``ap50``
        and ``map`` (0.50 to 0.95), means over the classes with true objects; ``best_threshold``: the confidence
        with the highest F1, or None; ``classes``: the same of each class, with its ``name``. Measures that divide by
        nothing are None.

    Raises:
        InputError: where the two cannot be compared, or an output cannot be written as asked.
        CancelledError, DiskFullError.
    """
    if not 0 <= job.min_iou <= 1:
        raise BadShareError(value=f"{job.min_iou:g}", parameter="MIN_IOU")
    check_table(Path(job.output))
    if job.matches:
        check_matches(Path(job.matches))
    if job.report:
        check_report(Path(job.report))
    review = _review(job, reporter)
    check(reporter, "the comparison")
    reporter.progress(0.8, "writing the results")
    save_rows(Path(job.output), _HEADER, _rows(review))
    if job.matches:
        write_matches(Path(job.matches), review)
    report = ""
    if job.report:
        from .objects_report import save_report  # noqa: PLC0415

        report = str(save_report(Path(job.report), review))
    reporter.progress(1.0, "done")
    classes = [{"name": name, **values} for name, values in zip(review.names, review.measures, strict=True)]
    outputs = {"output": job.output, "matches": job.matches, "report": report}
    return {**outputs, **review.overall, "best_threshold": review.best, "classes": classes}


def _review(job: AssessObjectsJob, reporter: Reporter) -> Review:
    """Read both layers and compare them."""
    shown = {path: job.names.get(path, path) for path in (job.detected, job.reference, job.mask)}
    reporter.progress(0.0, "reading objects")
    detected = read_objects(Path(job.detected), "DETECTED", shown[job.detected])
    reference = read_objects(Path(job.reference), "REFERENCE", shown[job.reference], confident=False)
    check_systems(detected.crs, reference.crs, shown[job.detected], shown[job.reference])
    masked = (0, 0)
    if not len(reference):
        raise NoReferenceError(path=shown[job.reference], detail="it holds no polygon")
    if job.mask:
        mask = read_mask(Path(job.mask), shown[job.mask])
        before = len(detected), len(reference)
        detected, reference = (part.take(_touching(part.shapes, mask)) for part in (detected, reference))
        masked = before[0] - len(detected), before[1] - len(reference)
        if not len(reference):
            raise NoReferenceError(path=shown[job.reference], detail="none touches the mask")
    _tell(detected, reference, shown[job.detected], shown[job.reference], reporter)
    return _compare(job, detected, reference, masked, reporter)


def _touching(shapes: npt.NDArray[Any], mask: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Tell which shapes have a point in common with the mask."""
    touching = np.zeros(len(shapes), bool)
    touching[np.unique(shapely.STRtree(shapes).query(mask, predicate="intersects")[1])] = True
    return touching


def _tell(detected: Objects, reference: Objects, found_name: str, true_name: str, reporter: Reporter) -> None:
    """Say what users may not expect."""
    for objects, name in ((detected, found_name), (reference, true_name)):
        if objects.left_out:
            reporter.warning(f"{objects.left_out} objects of {name} have no area; they are left out.")
    if not len(detected):
        reporter.warning(f"There is no object in {found_name}: all true ones count as missed.")
    elif detected.confidences is None:
        reporter.message(
            f"{found_name} has no confidences: all objects count as equally sure, average precision is taken from one "
            "point, and there is no best threshold."
        )
    if detected.percent:
        reporter.message(f"The confidences of {found_name} go beyond 1: they are taken for percent and divided by 100.")
    if detected.unsure:
        reporter.warning(f"{detected.unsure} objects of {found_name} have no confidence; they count as the least sure.")
    found, true = set(detected.classes), set(reference.classes)
    for more, name in ((found - true, true_name), (true - found, found_name)):
        if more and len(detected):
            reporter.warning(f"{name} has no object of: {_listed(more)}. Classes are matched by name.")


def _listed(names: set[str]) -> str:
    some = sorted(names)
    more = f" and {len(some) - 10} more" if len(some) > 10 else ""
    return ", ".join(some[:10]) + more


def _compare(
    job: AssessObjectsJob, detected: Objects, reference: Objects, masked: tuple[int, int], reporter: Reporter
) -> Review:
    names = sorted({*detected.classes, *reference.classes})
    sure = detected.confidences is not None
    scores = detected.confidences if detected.confidences is not None else np.ones(len(detected))
    channels, true_channels = (channels_of(part.classes, names) for part in (detected, reference))
    least = min(job.min_iou, COCO_IOUS[0])
    pairs = pair_objects(detected.boxes, scores, channels, reference.boxes, true_channels, least, reporter)
    if len(detected) and not pairs.own.any() and not pairs.other.any():
        reporter.warning("No detected object overlaps any true one: do both layers show the same place?")
    compared = pairs.compared
    taken = np.full(len(detected), -1, np.int64)
    taken[compared.order] = compared.match(job.min_iou)
    at = {
        iou: curves(compared, len(names), iou, ties_together=not sure)
        for iou in dict.fromkeys([job.min_iou, *COCO_IOUS])
    }
    own = at[job.min_iou]
    means = {iou: [one.ap for one in by_class] for iou, by_class in at.items()}
    measures = [
        {
            **counts(one),
            "ap": one.ap,
            "ap50": at[0.5][place].ap,
            "map": mean_known([means[iou][place] for iou in COCO_IOUS]),
        }
        for place, one in enumerate(own)
    ]
    overall = total(measures)
    for name in ("ap", "ap50", "map"):
        overall[name] = mean_known([item[name] for item in measures])
    best = best_threshold(own) if sure else None
    return Review(job, detected, reference, names, taken, own, measures, overall, pairs, best, masked)


def _rows(review: Review) -> list[list[Any]]:
    """Return a row for each class and one for all."""
    keys = ("precision", "recall", "f1", "ap", "true_positive", "false_positive", "false_negative")
    per = zip([*review.names, ALL], [*review.measures, review.overall], strict=True)
    return [[name, *(values[key] for key in keys)] for name, values in per]
