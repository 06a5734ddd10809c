"""The report on found objects: key figures, measures of each class, curves, what is false, and what was missed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rasterio.crs import CRS
from rasterio.errors import CRSError

from ..classes import Color
from ..data.writing import telling_disk_full
from .average_precision import counts, f1_curve, points, total
from .curve_charts import F1, FALSE, LINES, MISSED, RIGHT, f1_by_threshold, precision_recall, stacked
from .html import Bar, Page, Swatch, number

if TYPE_CHECKING:
    from .objects import Review

# More curves in one chart cannot be told apart.
_MOST_CURVES = len(LINES)
_BINS = 20
_SIZES = 12


def save_report(path: Path, review: Review) -> Path:
    """Write the report as one HTML page; raise DiskFullError."""
    job, overall = review.job, review.overall
    shown = [Path(job.names.get(name, name)).name for name in (job.detected, job.reference)]
    page = Page("Accuracy of detected objects", f"{shown[0]} against {shown[1]}")
    _warnings(page, review)
    page.cards(
        {
            f"F1 at IoU {job.min_iou:g}": overall["f1"],
            "precision": overall["precision"],
            "recall": overall["recall"],
            f"average precision at IoU {job.min_iou:g}": overall["ap"],
            "mAP, IoU 0.50 to 0.95": overall["map"],
        }
    )
    page.cards(
        {
            "detected rightly": overall["true_positive"],
            "false": overall["false_positive"],
            "missed": overall["false_negative"],
        }
    )
    _classes(page, review)
    _confidence(page, review)
    _false(page, review)
    _sizes(page, review)
    _compared(page, review)
    with telling_disk_full(path):
        return page.save(path)


def _warnings(page: Page, review: Review) -> None:
    found, true = set(review.detected.classes), set(review.reference.classes)
    if not len(review.detected):
        page.warning("There is no detected object: all true ones count as missed.")
    elif not found & true:
        page.warning("No class of the detected objects is one of the reference: classes are matched by name.")
    elif true - found:
        page.warning(f"Never detected: {', '.join(sorted(true - found))}.")
    if found - true:
        page.warning(f"Not in the reference, so all of them are false: {', '.join(sorted(found - true))}.")


def _classes(page: Page, review: Review) -> None:
    rows: list[list[object]] = []
    names = [*review.names, "All"]
    for place, (name, values) in enumerate(zip(names, [*review.measures, review.overall], strict=True)):
        keys = ("precision", "recall", "f1", "ap")
        bars = ["-" if values[key] is None else Bar(values[key], values[key]) for key in keys]
        numbers = (values["true_positive"], values["false_positive"], values["false_negative"])
        rows.append([name if name == "All" else Swatch(name, _color(place)), *bars, *numbers])
    header = ["Class", "Precision", "Recall", "F1", "AP", "Right", "False", "Missed"]
    page.section("Classes").table(header, rows)


def _confidence(page: Page, review: Review) -> None:
    """Draw what the confidence tells: precision over recall, F1 over the threshold, and who is how sure."""
    if review.detected.confidences is None or not len(review.detected):
        return
    page.section("Confidence")
    order = sorted(range(len(review.names)), key=lambda place: -review.curves[place].truths)
    drawn = sorted(place for place in order[:_MOST_CURVES] if review.curves[place].truths)
    page.heading("Precision and recall")
    if len(drawn) > 1:
        page.legend(Swatch(review.names[place], _color(place)) for place in drawn)
    lines = [(_color(place), points(review.curves[place])) for place in drawn]
    some = f" The {_MOST_CURVES} classes with most true objects." if len(order) > _MOST_CURVES else ""
    page.svg(
        precision_recall(lines, "Precision over recall"),
        "From the surest objects on the left to all of them: how many of those are right, and how many of the true "
        f"ones are among them. Average precision is the area below the curve.{some}",
    )
    page.heading("Which confidence is enough")
    page.legend([Swatch("F1 (dashed: precision, dotted: recall)", F1)])
    curve = f1_curve(review.curves, review.best)
    words = "of all classes together, if only objects at least so sure are kept."
    if review.best is not None:
        there = total([counts(one, review.best) for one in review.curves])
        words += (
            f" It is highest, {there['f1']:.3f}, at a confidence of {review.best:.3g}: precision "
            f"{there['precision']:.3f}, recall {there['recall']:.3f}."
        )
    page.svg(f1_by_threshold(curve, review.best, "F1 over the confidence"), f"F1 {words}")
    page.heading("How sure right and false objects are")
    page.legend([Swatch("right", RIGHT), Swatch("false", FALSE)])
    right = review.taken >= 0
    bins = [np.histogram(review.detected.confidences[flags], _BINS, (0, 1))[0].tolist() for flags in (right, ~right)]
    labels = ["" if place % 4 else f"{place / _BINS:g}" for place in range(_BINS + 1)]
    parts = list(zip((RIGHT, FALSE), bins, strict=True))
    page.svg(stacked(parts, labels, "confidence", "Histogram of confidences", review.best))


def _false(page: Page, review: Review) -> None:
    count = review.overall["false_positive"]
    if not count:
        return
    rows: list[list[object]] = [[name, kind, Bar(kind / count, kind / count)] for name, kind in _kinds(review)]
    page.section("What the false objects are").table(["False objects", "Number", "Part"], rows)


def _color(place: int) -> Color:
    return LINES[place % len(LINES)]


def _kinds(review: Review) -> list[tuple[str, int]]:
    return [(name, kind) for name, kind in review.false_kinds().items() if kind]


def _sizes(page: Page, review: Review) -> None:
    """Draw how many of the true objects of each size were found."""
    sides = np.sqrt((review.reference.boxes[:, 2:] - review.reference.boxes[:, :2]).prod(1))
    found = np.zeros(len(sides), bool)
    found[review.taken[review.taken >= 0]] = True
    ratio, low, count = _doublings(sides)
    edges = low * ratio ** np.arange(count + 1)
    places = np.clip(np.searchsorted(edges, sides, side="right") - 1, 0, count - 1)
    bins = [np.bincount(places[flags], minlength=count).tolist() for flags in (found, ~found)]
    labels = [f"{edge:.3g}" if not place % 2 or count < 8 else "" for place, edge in enumerate(edges)]
    page.section("Sizes of true objects").legend([Swatch("found", RIGHT), Swatch("missed", MISSED)])
    parts = list(zip((RIGHT, MISSED), bins, strict=True))
    unit = _unit(review.reference.crs or review.detected.crs)
    page.svg(
        stacked(parts, labels, f"side of a square as large as the object's box, {unit}", "Sizes"),
        "What is small may need a finer cell size, what is large a larger tile.",
    )


def _doublings(sides: np.ndarray) -> tuple[float, float, int]:
    """Return the factor from bin to bin, a root or a power of 2, the lowest edge, and how many bins there are."""
    spread = math.log2(float(sides.max() / sides.min()))
    ratio = next((value for value in (2**0.25, 2**0.5, 2.0, 4.0) if spread / math.log2(value) < _SIZES - 1), 2.0)
    step = math.log2(ratio)
    first = math.floor(math.log2(float(sides.min())) / step)
    return ratio, ratio**first, min(max(math.floor(math.log2(float(sides.max())) / step) - first + 1, 3), 4 * _SIZES)


def _unit(crs: str) -> str:
    try:
        parsed = CRS.from_user_input(crs) if crs else None
    except CRSError:
        parsed = None
    if parsed is None or "Undefined " in crs[:90]:
        return "in map units"
    return "in degrees" if parsed.is_geographic else f"in {parsed.linear_units}s"


def _compared(page: Page, review: Review) -> None:
    job, masked = review.job, review.masked
    facts: dict[str, object] = {
        "Detected objects": f"{job.names.get(job.detected, job.detected)} ({number(len(review.detected))})",
        "Reference": f"{job.names.get(job.reference, job.reference)} ({number(len(review.reference))})",
        "Least IoU of a match": f"{job.min_iou:g}",
    }
    if job.mask:
        facts["Left out, as they do not touch the mask"] = f"{masked[0]} detected, {masked[1]} true"
    if review.detected.percent:
        facts["Confidences"] = "given in percent, divided by 100 here"
    if review.detected.confidences is None:
        facts["Confidences"] = "none: all objects count as equally sure"
    page.section("What was compared").facts(facts)
    page.text(
        "A detected object is right if the bounding boxes of it and of a true object of the same class overlap enough: "
        "IoU is the area that both cover, divided by the area that they cover together. The surest object takes the "
        "true one that it overlaps most, then the next sure one of what is left.\n\n"
        "Precision is the part of the detected objects that are right, recall the part of the true ones that were "
        "found, F1 their harmonic mean. Average precision (AP) is the mean of the highest precision at each recall "
        "from 0 to 1; mAP is its mean over the classes and over the least IoU 0.50, 0.55 ... 0.95, as COCO has it."
    )
