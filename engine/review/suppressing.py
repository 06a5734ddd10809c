"""Removing objects that overlap surer ones: polygons of any shape, in a layer of any size.

The rule is that of ``engine/nms.py``: greedy by descending confidence, ties by the order in the file, within a class;
an object goes when the area it has in common with one that stays, divided by the area that both cover together, is
above the ratio. ArcGIS documents the ratio but neither the order nor classes. Areas are measured in map units.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ..jobs import SuppressJob
from ..nms import suppress
from ..progress import Reporter, check
from .matching import Floats, Integers
from .object_files import Objects, channels_of, read_objects, valid
from .object_problems import BadShareError, NoConfidenceError

# An overlap below this is made by rounding, where two objects only touch.
_ROUNDING = 1e-7
# So many intersections are held at a time.
_CHUNK = 50_000
Overlaps = Callable[[Integers, Integers], Floats]


def suppress_features(job: SuppressJob, reporter: Reporter) -> dict[str, Any]:
    """Return ``kept``, the ids of the objects that stay in the order of the file, and ``objects``, how many there were.

    Raises:
        ObjectsUnreadableError, BadConfidenceError, NoConfidenceError, BadShareError.
        CancelledError: the user cancelled.
    """
    ratio = job.max_overlap_ratio
    if not 0 <= ratio <= 1:
        raise BadShareError(value=f"{ratio:g}", parameter="MAX_OVERLAP_RATIO")
    objects = read_objects(Path(job.features), "INPUT")
    if objects.confidences is None:
        raise NoConfidenceError(path=job.features)
    shapes, repaired = valid(objects.shapes)
    solid = shapely.area(shapes) > 0
    _tell(objects, repaired, int((~solid).sum()), reporter)
    check(reporter, "the suppression")
    reporter.progress(0.3, "looking for overlaps")
    objects, shapes = objects.take(solid), shapes[solid]
    channels = channels_of(objects.classes, sorted(set(objects.classes.tolist())))
    confidences = objects.confidences if objects.confidences is not None else np.zeros(0)
    boxes = shapely.bounds(shapes).reshape(-1, 4)
    overlaps = None if _are_boxes(shapes, boxes).all() else _outlines(shapes, boxes, ratio, reporter)
    places = suppress(boxes, confidences, channels, max(ratio, _ROUNDING), overlaps)
    reporter.progress(1.0, "done")
    return {"kept": objects.ids[np.sort(places)].tolist(), "objects": len(objects)}


def _tell(objects: Objects, repaired: int, flat: int, reporter: Reporter) -> None:
    """Say what users may not expect."""
    if objects.left_out + flat:
        reporter.warning(f"{objects.left_out + flat} objects have no area; they are left out.")
    if repaired - flat > 0:
        reporter.warning(f"{repaired - flat} outlines cross themselves; their overlap is measured on repaired ones.")
    if objects.unsure:
        reporter.warning(f"{objects.unsure} objects have no confidence; they count as the least sure.")


def _are_boxes(shapes: npt.NDArray[Any], boxes: Floats) -> npt.NDArray[np.bool_]:
    """Tell which polygons fill their bounding box."""
    full = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    return np.asarray(np.isclose(shapely.area(shapes), full, rtol=1e-9, atol=0), bool)


def _outlines(shapes: npt.NDArray[Any], boxes: Floats, ratio: float, reporter: Reporter) -> Overlaps:
    """Return what measures the IoU of outlines, pair by pair."""
    areas = shapely.area(shapes)

    def overlaps(first: Integers, second: Integers) -> Floats:
        low = np.maximum(boxes[first, :2], boxes[second, :2])
        high = np.minimum(boxes[first, 2:], boxes[second, 2:])
        # The outlines can have no more in common than their boxes, and than the smaller of them.
        most = np.minimum(np.clip(high - low, 0, None).prod(1), np.minimum(areas[first], areas[second]))
        ious: Floats = most / (areas[first] + areas[second] - most)
        near = np.flatnonzero(ious > max(ratio, _ROUNDING))
        for start in range(0, len(near), _CHUNK):
            check(reporter, "the suppression")
            some = near[start : start + _CHUNK]
            one, two = first[some], second[some]
            common = shapely.area(shapely.intersection(shapes[one], shapes[two]))
            ious[some] = common / (areas[one] + areas[two] - common)
        return ious

    return overlaps
