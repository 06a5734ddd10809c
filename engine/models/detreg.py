"""DETReg's network: Deformable DETR, a transformer whose queries look at few places of the picture.

Bar et al. 2021, https://arxiv.org/abs/2106.04550. Its pretraining without labels is not part of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._detect import BOX_FORMATS, complete
from ._detr import DEFAULT_BACKBONE, DETR_BACKBONES, FINEST_STRIDE, HIDDEN_SIZE, QUERIES, layers

if TYPE_CHECKING:
    import torch

_ARGUMENTS = (QUERIES, HIDDEN_SIZE, layers("encoder", 3, 1), layers("decoder", 3, 1), FINEST_STRIDE)


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a ``Detector`` of the dense form."""
    from ..training.detection.deformable import DeformableDetr  # noqa: PLC0415

    return DeformableDetr(complete(spec, _ARGUMENTS))


MODEL_TYPE = ModelType(
    id="DETREG",
    title="DETReg (object detection)",
    task="OBJECTS",
    formats=BOX_FORMATS,
    build=build,
    backbones=DETR_BACKBONES,
    default_backbone=DEFAULT_BACKBONE,
    help="Finds objects by a transformer (Deformable DETR) that tells neighbours apart without suppression. Wants "
    "hundreds of chips, many epochs and a GPU; with less, take RETINANET or FASTERRCNN.",
    arguments=_ARGUMENTS,
    fixed_tile=True,
    rank=150,
)
