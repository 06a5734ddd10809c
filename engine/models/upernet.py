"""UPerNet: pyramid pooling at the bottom of a feature pyramid, all levels joined.

Xiao et al. 2018, https://arxiv.org/abs/1807.10221
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._smp import BACKBONES, PIXEL_ARGUMENTS
from ._smp import build as build_smp

if TYPE_CHECKING:
    import torch


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return an UPerNet: (batch, bands, height, width) to (batch, outputs, height, width)."""
    return build_smp("upernet", spec)


MODEL_TYPE = ModelType(
    id="UPERNET",
    title="UPerNet (pixel classification)",
    task="PIXELS",
    formats=("CLASSIFIED_TILES",),
    build=build,
    backbones=BACKBONES,
    default_backbone="resnet34",
    help="Classifies every pixel from wide context and fine features together. "
    "Strong with modern backbones (timm:convnext_tiny).",
    arguments=PIXEL_ARGUMENTS,
    rank=44,
)
