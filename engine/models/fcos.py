"""FCOS: each place near an object's centre tells how far its sides are, without anchors.

Tian et al. 2019, https://arxiv.org/abs/1904.01355
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Argument, ModelType, NetworkSpec
from ._detect import BOX_FORMATS, DEFAULT_BACKBONE, FINEST_STRIDE, complete
from ._smp import BACKBONES

if TYPE_CHECKING:
    import torch

_ARGUMENTS = (
    Argument(
        "center_sampling_radius",
        "float",
        1.5,
        "Cells as near to an object's centre as this, in cells, learn it.",
        0.5,
        10,
    ),
    FINEST_STRIDE,
)


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a ``Detector`` of the dense form."""
    from ..training.detection.fcos import Fcos  # noqa: PLC0415

    return Fcos(complete(spec, _ARGUMENTS))


MODEL_TYPE = ModelType(
    id="FCOS",
    title="FCOS (object detection)",
    task="OBJECTS",
    formats=BOX_FORMATS,
    build=build,
    backbones=BACKBONES,
    default_backbone=DEFAULT_BACKBONE,
    help="Finds objects by their boxes: vehicles, trees, buildings. A good first choice: there are no sizes and "
    "shapes to give beforehand.",
    arguments=_ARGUMENTS,
    rank=100,
)
