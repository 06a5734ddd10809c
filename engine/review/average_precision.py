"""How good found objects are: precision, recall, F1 and average precision, as COCO counts them. Numpy only.

Precision TP / (TP + FP), recall TP / (TP + FN), F1 their harmonic mean. Average precision is the mean, over the
recalls 0, 0.01 ... 1, of the highest precision at this recall or beyond (Lin et al. 2014, arXiv:1405.0312, and its
reference program); mAP is its mean over the IoU 0.50, 0.55 ... 0.95 and the classes that have true objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .matching import Comparison, Flags, Floats, Picture, compare, match

__all__ = ["ClassCurve", "Picture", "curves", "evaluate", "match"]

# Made as the reference program makes them: an IoU may lie just on one.
COCO_IOUS: tuple[float, ...] = tuple(np.linspace(0.5, 0.95, 10).tolist())
_RECALLS = np.linspace(0, 1, 101)
# A drawing shows no more.
_POINTS = 200


@dataclass(frozen=True)
class ClassCurve:
    """Found objects of one class, the surest first, at one IoU.

    Attributes:
        scores: (n,) confidence, descending.
        hits: (n,) whether each took a true object.
        precision, recall: (n,) of the first 1, 2 ... n; recall is 0 where there is no true object.
        ap: average precision; None where there is no true object.
        truths: how many true objects there are.
    """

    scores: Floats
    hits: Flags
    precision: Floats
    recall: Floats
    ap: float | None
    truths: int


def curves(
    pictures: Sequence[Picture] | Comparison, classes: int, iou: float, most: int = 0, *, ties_together: bool = False
) -> list[ClassCurve]:
    """Return the curve of each class.

    Args:
        pictures: what is compared, or what ``compare`` made of it.
        classes: how many; channels count from 0.
        iou: least IoU of a match.
        most: at most so many found objects a picture and class, as COCO takes 100; 0: all.
        ties_together: whether average precision takes objects of equal confidence for one step, where COCO takes
            them in the order given: without confidences, only precision and recall of all tell anything.
    """
    compared = _compared(pictures, most)
    hits = compared.match(iou) >= 0
    by = np.argsort(compared.channels, kind="stable")
    cuts = np.searchsorted(compared.channels[by], np.arange(classes + 1))
    truths = np.bincount(compared.true_channels, minlength=classes)
    return [
        curve(compared.scores[by[start:stop]], hits[by[start:stop]], int(count), ties_together=ties_together)
        for start, stop, count in zip(cuts[:-1], cuts[1:], truths, strict=False)
    ]


def curve(scores: Floats, hits: Flags, truths: int, *, ties_together: bool = False) -> ClassCurve:
    """Return the curve of objects in order of confidence."""
    right = np.cumsum(hits).astype(np.float64)
    precision = right / np.arange(1, len(hits) + 1)
    recall = right / truths if truths else np.zeros(len(hits))
    if not truths:
        return ClassCurve(scores, hits, precision, recall, None, 0)
    steps = np.append(scores[1:] != scores[:-1], True)[: len(scores)] if ties_together else slice(None)
    highest = np.maximum.accumulate(precision[steps][::-1])[::-1]
    places = np.searchsorted(recall[steps], _RECALLS, side="left")
    reached = np.append(highest, 0.0)[places]
    return ClassCurve(scores, hits, precision, recall, float(reached.mean()), truths)


def evaluate(
    pictures: Sequence[Picture] | Comparison, classes: int, ious: Sequence[float] = COCO_IOUS, most: int = 0
) -> dict[str, Any]:
    """Return all measures as plain values for JSON.

    Args:
        pictures: as of ``curves``.
        classes: as of ``curves``.
        ious: over which ``map`` is taken.
        most: as of ``curves``.

    Returns:
        ``average_precision``: at an IoU of 0.5, mean over the classes with true objects, None without any;
        ``map``: as that, over all ``ious``; ``ap50``, ``ap75``, ``ap``: at 0.5, at 0.75 and over all ``ious``, by
        class, None where it has no true object; ``best_threshold``: the confidence with the highest F1 of all
        classes together at an IoU of 0.5, None where nothing was found rightly; ``precision``, ``recall``, ``f1``:
        of all classes together at this threshold (of all objects where there is none), None where they divide by
        nothing; ``classes``: the same by class, with ``true_positive``, ``false_positive``, ``false_negative`` and
        ``truths``; ``f1_curve``: lists ``threshold``, ``precision``, ``recall``, ``f1``, by rising threshold;
        ``pr_curve``: by class the lists ``recall`` and ``precision``, of at most 200 points.
    """
    compared = _compared(pictures, most)
    at = {iou: curves(compared, classes, iou) for iou in {*ious, 0.5, 0.75}}
    taken = [at[iou] for iou in ious]
    by_class = [mean_known([one[channel].ap for one in taken]) for channel in range(classes)]
    half = at[0.5]
    best = best_threshold(half)
    per = [counts(one, best) for one in half]
    return {
        "average_precision": mean_known([one.ap for one in half]),
        "map": mean_known(by_class),
        "ap50": [one.ap for one in half],
        "ap75": [one.ap for one in at[0.75]],
        "ap": by_class,
        "best_threshold": best,
        **{name: value for name, value in total(per).items() if name in ("precision", "recall", "f1")},
        "classes": per,
        "f1_curve": f1_curve(half, best),
        "pr_curve": [points(one) for one in half],
    }


def counts(one: ClassCurve, threshold: float | None = None) -> dict[str, Any]:
    """Return the counts and measures of a class, of objects with a confidence of ``threshold`` or more (None: all)."""
    count = len(one.scores) if threshold is None else int(np.searchsorted(-one.scores, -threshold, side="right"))
    right = int(one.hits[:count].sum())
    return _measures(right, count - right, one.truths - right)


def total(per: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the same of all classes together."""
    names = ("true_positive", "false_positive", "false_negative")
    return _measures(*(sum(item[name] for item in per) for name in names))


def best_threshold(by_class: Sequence[ClassCurve]) -> float | None:
    """Return the confidence with the highest F1 of all classes together; None where nothing was found rightly.

    It lies midway to the next less sure object, so that rounding decides nothing.
    """
    scores, right = _together(by_class)
    truths = sum(one.truths for one in by_class)
    if not right.size or not right[-1] or not truths:
        return None
    f1 = 2 * right / (np.arange(1, len(scores) + 1) + truths)
    # A threshold parts only objects of different confidence.
    f1[:-1][scores[:-1] == scores[1:]] = -1.0
    place = int(np.argmax(f1))
    return float(scores[place] if place + 1 == len(scores) else (scores[place] + scores[place + 1]) / 2)


def f1_curve(by_class: Sequence[ClassCurve], also: float | None = None) -> dict[str, list[Any]]:
    """Return precision, recall and F1 of all classes together at confidences from 0 to 1, and at ``also``."""
    scores, right = _together(by_class)
    truths = sum(one.truths for one in by_class)
    thresholds = np.unique([*np.linspace(0, 1, 101), *([] if also is None else [also])])
    found = np.searchsorted(-scores, -thresholds, side="right")
    hits = np.append(0.0, right)[found]
    curve_of: dict[str, list[Any]] = {"threshold": thresholds.tolist()}
    for name, below in (("precision", found), ("recall", np.full_like(found, truths)), ("f1", (found + truths) / 2)):
        values = np.divide(hits, below, out=np.full(len(hits), np.nan), where=below > 0)
        curve_of[name] = [None if value != value else value for value in values.tolist()]  # noqa: PLR0124 - NaN
    return curve_of


def points(one: ClassCurve) -> dict[str, list[float]]:
    """Return the precision-recall curve: where an object is found rightly, and its end; at most 200 points."""
    places = np.flatnonzero(one.hits)
    if len(one.hits):
        places = np.union1d(places, len(one.hits) - 1)
    if len(places) > _POINTS:
        places = places[np.linspace(0, len(places) - 1, _POINTS).round().astype(np.int64)]
    return {"recall": one.recall[places].tolist(), "precision": one.precision[places].tolist()}


def mean_known(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that are there, None where there is none."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _compared(pictures: Sequence[Picture] | Comparison, most: int) -> Comparison:
    return pictures if isinstance(pictures, Comparison) else compare(pictures, most)


def _together(by_class: Sequence[ClassCurve]) -> tuple[Floats, Floats]:
    """Return the scores of all classes, descending, and how many of the first 1, 2 ... are right."""
    scores = np.concatenate([np.zeros(0), *(one.scores for one in by_class)])
    hits = np.concatenate([np.zeros(0, bool), *(one.hits for one in by_class)])
    order = np.argsort(-scores, kind="stable")
    right: npt.NDArray[np.float64] = np.cumsum(hits[order]).astype(np.float64)
    return scores[order], right


def _measures(right: int, false: int, missed: int) -> dict[str, Any]:
    return {
        "true_positive": right,
        "false_positive": false,
        "false_negative": missed,
        "truths": right + missed,
        "precision": right / (right + false) if right + false else None,
        "recall": right / (right + missed) if right + missed else None,
        "f1": 2 * right / (2 * right + false + missed) if right + false + missed else None,
    }
