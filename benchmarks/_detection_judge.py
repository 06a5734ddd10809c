"""How well objects were found, by pycocotools: AP50 and F1 of boxes, and of outlines."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from _detection_data import Picture
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from rasterio.features import rasterize

MOST = 2000


@dataclass
class Found:
    """What was found in one picture.

    Attributes:
        boxes: (n, 4) xmin, ymin, xmax, ymax in pixels.
        scores: (n,) 0 to 1.
        values: (n,) class values.
        masks: n arrays (height, width) of the picture, where outlines are known.
    """

    boxes: np.ndarray
    scores: np.ndarray
    values: np.ndarray
    masks: list[np.ndarray] | None = None


@dataclass
class Figures:
    """Measures at an IoU of 0.5.

    ``ap`` is the mean over the classes, ``by_class`` that of each. ``best_f1`` is F1 of all classes together at the
    score ``best_threshold``, ``f1`` at the threshold that was asked for.
    """

    ap: float
    by_class: dict[int, float]
    best_f1: float
    best_threshold: float
    f1: float


def judge(pictures: Sequence[Picture], found: Sequence[Found], threshold: float, kind: str = "bbox") -> Figures:
    """Compare what was found with the truth.

    Args:
        pictures: with the truth.
        found: for each picture.
        threshold: for ``f1``.
        kind: "bbox" or "segm".
    """
    truth, results = _truth(pictures), _results(pictures, found, kind)
    with contextlib.redirect_stdout(io.StringIO()):
        known = COCO()
        known.dataset = truth
        known.createIndex()
        if not results:
            return Figures(0.0, {item["id"]: 0.0 for item in truth["categories"]}, 0.0, 0.0, 0.0)
        evaluation = COCOeval(known, known.loadRes(results), kind)
        evaluation.params.iouThrs = np.array([0.5])
        evaluation.params.maxDets = [MOST]
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][0, :, :, 0, 0]
    by_class = {
        int(value): float(precision[:, place].mean())
        for place, value in enumerate(evaluation.params.catIds)
        if (precision[:, place] >= 0).all()
    }
    scores, right, count = _matches(evaluation.evalImgs)
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + count)
    best = int(f1.argmax()) if len(f1) else 0
    taken = int((scores >= threshold).sum())
    return Figures(
        ap=float(np.mean(list(by_class.values()))),
        by_class=by_class,
        best_f1=float(f1[best]) if len(f1) else 0.0,
        best_threshold=float(scores[order][best]) if len(f1) else 0.0,
        f1=float(f1[taken - 1]) if taken else 0.0,
    )


def _matches(parts: Sequence[dict[str, Any] | None]) -> tuple[np.ndarray, np.ndarray, int]:
    """Return score and rightness of all that count, and the number of true objects."""
    scores, right, count = [np.zeros(0)], [np.zeros(0, bool)], 0
    for part in filter(None, parts):
        counted = ~np.asarray(part["dtIgnore"][0], bool)
        scores.append(np.asarray(part["dtScores"])[counted])
        right.append(np.asarray(part["dtMatches"][0])[counted] > 0)
        count += int((~np.asarray(part["gtIgnore"], bool)).sum())
    return np.concatenate(scores), np.concatenate(right), count


def _truth(pictures: Sequence[Picture]) -> dict[str, Any]:
    images, annotations = [], []
    values = sorted({int(value) for picture in pictures for value in picture.values})
    for number, picture in enumerate(pictures, start=1):
        height, width = picture.image.shape[1:]
        images.append({"id": number, "height": height, "width": width})
        items = [(shape, [int(value)], 0) for shape, value in zip(picture.shapes, picture.values, strict=True)]
        # What belongs to the other side is no mistake in any class: a crowd, in COCO's words.
        items += [(shape, values, 1) for shape in picture.others]
        for shape, classes, crowd in items:
            xmin, ymin, xmax, ymax = shapely.bounds(shape).tolist()
            annotations.extend(
                {
                    "id": len(annotations) + 1 + place,
                    "image_id": number,
                    "category_id": value,
                    "bbox": [xmin, ymin, xmax - xmin, ymax - ymin],
                    "area": float(shape.area),
                    "iscrowd": crowd,
                    "segmentation": _encoded(draw(shape, (height, width))),
                }
                for place, value in enumerate(classes)
            )
    return {"images": images, "annotations": annotations, "categories": [{"id": value} for value in values], "info": {}}


def _results(pictures: Sequence[Picture], found: Sequence[Found], kind: str) -> list[dict[str, Any]]:
    known = {int(value) for picture in pictures for value in picture.values}
    results = []
    for number, one in enumerate(found, start=1):
        for place, (box, score, value) in enumerate(zip(one.boxes, one.scores, one.values, strict=True)):
            if int(value) not in known:
                continue
            item: dict[str, Any] = {"image_id": number, "category_id": int(value), "score": float(score)}
            if kind == "segm":
                assert one.masks is not None
                item["segmentation"] = _encoded(one.masks[place])
            else:
                xmin, ymin, xmax, ymax = map(float, box)
                item["bbox"] = [xmin, ymin, xmax - xmin, ymax - ymin]
            results.append(item)
    return results


def draw(shape: Any, size: tuple[int, int]) -> np.ndarray:
    """Return the mask (height, width) of a shape in pixels."""
    if shape.area == 0:
        return np.zeros(size, np.uint8)
    return rasterize([shape], size, dtype="uint8")


def _encoded(mask: np.ndarray) -> dict[str, Any]:
    return coco_mask.encode(np.asfortranarray(mask, np.uint8))
