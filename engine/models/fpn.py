"""FPN: a feature pyramid whose levels are added up for each pixel.

Kirillov et al. 2019 (panoptic feature pyramids), https://arxiv.org/abs/1901.02446
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._smp import BACKBONES, PIXEL_ARGUMENTS
from ._smp import build as build_smp

if TYPE_CHECKING:
    import torch


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a feature pyramid network: (batch, bands, height, width) to (batch, outputs, height, width)."""
    return build_smp("fpn", spec)


MODEL_TYPE = ModelType(
    id="FPN",
    title="FPN (pixel classification)",
    task="PIXELS",
    formats=("CLASSIFIED_TILES",),
    build=build,
    backbones=BACKBONES,
    default_backbone="resnet34",
    help="Classifies every pixel from a pyramid of features. Light; for classes of very different sizes.",
    arguments=PIXEL_ARGUMENTS,
    rank=41,
)
