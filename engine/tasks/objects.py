"""The task of finding objects: boxes, or outlines where the model gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..classes import ClassInfo
from ..detections import Detections, decode
from . import Task

if TYPE_CHECKING:
    from ..jobs import TrainJob
    from ..training.teaching import Teaching


# What learns from boxes alone has no use for outlines.
_BOXES = "PASCAL_VOC_RECTANGLES"


class ObjectsTask(Task):
    """Every object gets a box, a class and a confidence; what is no object is not learnt as a class."""

    id = "OBJECTS"
    title = "Object detection"
    # Deepness wants a box decoder of its own list, and ours is inside the graph.
    deepness_type = ""
    esri_type = "ObjectDetection"
    activation = "none"
    rank = 20
    controls = frozenset({"PAD_SMALL_FEATURES", "RESIZE_TO"})

    def model_classes(self, classes: Sequence[ClassInfo], arguments: Mapping[str, Any]) -> tuple[ClassInfo, ...]:
        """Return the classes that are learnt: all but 0."""
        return tuple(item for item in classes if item.value != 0)

    def teaching(self, job: TrainJob) -> Teaching:
        """Return how objects are learnt."""
        from ..models import MODEL_TYPES  # noqa: PLC0415
        from ..training.teaching_objects import ObjectTeaching  # noqa: PLC0415

        model_type = MODEL_TYPES.get(job.model_type)
        boxes = model_type is not None and _BOXES in model_type.formats
        return ObjectTeaching(pad_small=job.pad_small_features, outlines=not boxes)

    def decode(self, outputs: Any, classes: Sequence[ClassInfo], options: Mapping[str, Any]) -> list[Detections]:
        """Return the objects of each picture.

        ``outputs``: name to array, see ``engine/detections.py``. ``options``: ``threshold`` (0.5) and ``overlap``
        (0.1; None keeps all).
        """
        return decode(outputs, float(options.get("threshold", 0.5)), options.get("overlap", 0.1))


TASK = ObjectsTask()
