"""Faster R-CNN: a first stage proposes boxes, a second one says what they hold and where exactly.

Ren et al. 2015, https://arxiv.org/abs/1506.01497, on a feature pyramid, of torchvision's parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._detect import BOX_FORMATS, DEFAULT_BACKBONE
from ._rcnn import RCNN_ARGUMENTS, RCNN_BACKBONES, build_rcnn

if TYPE_CHECKING:
    import torch


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a ``Detector`` of the selected form."""
    return build_rcnn("FASTERRCNN", spec)


MODEL_TYPE = ModelType(
    id="FASTERRCNN",
    title="Faster R-CNN (object detection)",
    task="OBJECTS",
    formats=BOX_FORMATS,
    build=build,
    backbones=RCNN_BACKBONES,
    default_backbone=DEFAULT_BACKBONE,
    help="Finds objects as boxes, in two stages. Accurate, above all for small and crowded objects; slower than "
    "networks of one stage.",
    arguments=RCNN_ARGUMENTS,
    rank=120,
)
