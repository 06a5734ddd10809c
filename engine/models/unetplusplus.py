"""U-Net++: a U-Net whose skip connections are nested and dense (ENVI's SegUNet++ is of this kind).

Zhou et al. 2018, https://arxiv.org/abs/1807.10165
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._smp import CONVOLUTIONAL, PIXEL_ARGUMENTS
from ._smp import build as build_smp

if TYPE_CHECKING:
    import torch


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a U-Net++: (batch, bands, height, width) to (batch, outputs, height, width)."""
    return build_smp("unetplusplus", spec)


MODEL_TYPE = ModelType(
    id="UNETPLUSPLUS",
    title="U-Net++ (pixel classification)",
    task="PIXELS",
    formats=("CLASSIFIED_TILES",),
    build=build,
    backbones=CONVOLUTIONAL,
    default_backbone="resnet34",
    help="Classifies every pixel, through finely meshed connections. "
    "For objects with structure: buildings, vehicles, roads.",
    arguments=PIXEL_ARGUMENTS,
    rank=11,
)
