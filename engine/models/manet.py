"""MA-Net: a U-Net with attention between places and between scales.

Fan et al. 2020, https://doi.org/10.1109/ACCESS.2020.3025372
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._smp import BACKBONES, PIXEL_ARGUMENTS
from ._smp import build as build_smp

if TYPE_CHECKING:
    import torch


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a multi-scale attention network: (batch, bands, height, width) to (batch, outputs, height, width)."""
    return build_smp("manet", spec)


MODEL_TYPE = ModelType(
    id="MANET",
    title="MA-Net (pixel classification)",
    task="PIXELS",
    formats=("CLASSIFIED_TILES",),
    build=build,
    backbones=BACKBONES,
    default_backbone="resnet34",
    help="Classifies every pixel, with attention between distant places. "
    "For objects that belong together; needs more memory.",
    arguments=PIXEL_ARGUMENTS,
    rank=43,
)
