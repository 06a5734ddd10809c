"""DeepLabV3: dilated features at an eighth of the size, looked at over several distances at once.

Chen et al. 2017, https://arxiv.org/abs/1706.05587
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._smp import DILATED, PIXEL_ARGUMENTS
from ._smp import build as build_smp

if TYPE_CHECKING:
    import torch


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a DeepLabV3: (batch, bands, height, width) to (batch, outputs, height, width)."""
    return build_smp("deeplabv3", spec)


MODEL_TYPE = ModelType(
    id="DEEPLAB",
    title="DeepLabV3 (pixel classification)",
    task="PIXELS",
    formats=("CLASSIFIED_TILES",),
    build=build,
    backbones=DILATED,
    default_backbone="resnet34",
    help="Classifies every pixel by a wide context. "
    "For classes that differ by their surroundings; slower than U-Net, edges are soft.",
    arguments=PIXEL_ARGUMENTS,
    rank=20,
)
