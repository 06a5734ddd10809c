"""YOLOv3: boxes, whether there is an object, and its class, at three scales.

Redmon and Farhadi 2018, https://arxiv.org/abs/1804.02767
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Argument, BadArgumentError, ModelType, NetworkSpec
from ._detect import BOX_FORMATS, complete, pairs
from ._smp import BACKBONES

if TYPE_CHECKING:
    import torch

_SCALES = 3
# The paper's are those of photographs of 416 pixels; objects seen from above are smaller and squarer.
_ANCHORS = [[10, 10], [20, 12], [12, 20], [28, 28], [52, 28], [28, 52], [70, 70], [130, 75], [75, 130]]
_ARGUMENTS = (
    pairs(
        Argument(
            "anchors",
            "floats",
            _ANCHORS,
            "Width and height in pixels of the boxes that objects are learnt from: as many each for the fine, "
            "middle and coarse features, where cells are of 8, 16 and 32 pixels.",
            1,
            2000,
            fewest=_SCALES,
        )
    ),
)


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a ``Detector`` of the dense form.

    Raises:
        BadArgumentError: where the anchors cannot be shared among the scales.
    """
    from ..training.detection.yolov3 import YoloV3  # noqa: PLC0415

    spec = complete(spec, _ARGUMENTS)
    anchors = spec.arguments["anchors"]
    if len(anchors) % _SCALES:
        raise BadArgumentError(
            argument="anchors", model="YOLOV3", value=anchors, expected="as many pairs for each of the three scales"
        )
    return YoloV3(spec)


MODEL_TYPE = ModelType(
    id="YOLOV3",
    title="YOLOv3 (object detection)",
    task="OBJECTS",
    formats=BOX_FORMATS,
    build=build,
    backbones=BACKBONES,
    default_backbone="darknet53",
    help="Finds objects by their boxes, fast for its size. For objects of 10 pixels and more.",
    arguments=_ARGUMENTS,
    rank=120,
)
