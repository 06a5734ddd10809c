"""LinkNet: a slim decoder to which the encoder's features are added.

Chaurasia and Culurciello 2017, https://arxiv.org/abs/1707.03718
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._smp import CONVOLUTIONAL, PIXEL_ARGUMENTS
from ._smp import build as build_smp

if TYPE_CHECKING:
    import torch


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a LinkNet: (batch, bands, height, width) to (batch, outputs, height, width)."""
    return build_smp("linknet", spec)


MODEL_TYPE = ModelType(
    id="LINKNET",
    title="LinkNet (pixel classification)",
    task="PIXELS",
    formats=("CLASSIFIED_TILES",),
    build=build,
    backbones=CONVOLUTIONAL,
    default_backbone="resnet34",
    help="Classifies every pixel with little computing. For large areas and slow machines; often used for roads.",
    arguments=PIXEL_ARGUMENTS,
    rank=40,
)
