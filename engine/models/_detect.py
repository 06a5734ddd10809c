"""What the networks with candidates all over the picture share: formats, backbones and arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from . import Argument, NetworkSpec

BOX_FORMATS = ("PASCAL_VOC_RECTANGLES", "KITTI_RECTANGLES", "COCO", "YOLO", "YOLO_POLYGONS", "RCNN_MASKS")
# ArcGIS has ResNet-50 for some; this one learns on a laptop.
DEFAULT_BACKBONE = "resnet34"

FINEST_STRIDE = Argument(
    "finest_stride",
    "choice",
    "4",
    "Pixels from one cell of the finest features to the next. 4 finds objects of 8 pixels and more; "
    "8 takes a third of the time and suits objects of 16 pixels and more.",
    choices=("4", "8"),
)


def complete(spec: NetworkSpec, arguments: Sequence[Argument]) -> NetworkSpec:
    """Return the spec with the defaults of arguments that it does not give."""
    values: Mapping[str, Any] = {item.name: item.default for item in arguments}
    return replace(spec, arguments={**values, **spec.arguments})
