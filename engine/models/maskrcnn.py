"""Mask R-CNN: Faster R-CNN that also draws the outline of each object.

He et al. 2017, https://arxiv.org/abs/1703.06870, on a feature pyramid, of torchvision's parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._detect import DEFAULT_BACKBONE
from ._rcnn import MASK_ARGUMENTS, RCNN_ARGUMENTS, RCNN_BACKBONES, build_rcnn

if TYPE_CHECKING:
    import torch


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a ``Detector`` of the selected form, with masks."""
    return build_rcnn("MASKRCNN", spec, masks=True)


MODEL_TYPE = ModelType(
    id="MASKRCNN",
    title="Mask R-CNN (outlines of objects)",
    task="OBJECTS",
    formats=("RCNN_MASKS", "COCO", "YOLO_POLYGONS"),
    build=build,
    backbones=RCNN_BACKBONES,
    default_backbone=DEFAULT_BACKBONE,
    help="Finds objects with their outlines: buildings, trees, fields. Learns from labels that are polygons.",
    arguments=(*RCNN_ARGUMENTS, *MASK_ARGUMENTS),
    rank=130,
)
