"""SegFormer: a transformer with features at four scales, joined by a light decoder.

Xie et al. 2021, https://arxiv.org/abs/2105.15203
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._smp import CONVOLUTIONAL, PIXEL_ARGUMENTS, TRANSFORMERS
from ._smp import build as build_smp

if TYPE_CHECKING:
    import torch


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a SegFormer: (batch, bands, height, width) to (batch, outputs, height, width)."""
    return build_smp("segformer", spec)


MODEL_TYPE = ModelType(
    id="SEGFORMER",
    title="SegFormer (pixel classification)",
    task="PIXELS",
    formats=("CLASSIFIED_TILES",),
    build=build,
    backbones=(*TRANSFORMERS, *CONVOLUTIONAL),
    default_backbone="mit_b2",
    help="Classifies every pixel by a transformer that sees far. Strong with loaded weights; mit_b0 is the lightest.",
    arguments=PIXEL_ARGUMENTS,
    rank=45,
)
