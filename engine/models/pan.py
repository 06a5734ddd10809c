"""PAN: attention over a pyramid of features guides the way up.

Li et al. 2018, https://arxiv.org/abs/1805.10180
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._smp import DILATED, PIXEL_ARGUMENTS
from ._smp import build as build_smp

if TYPE_CHECKING:
    import torch


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a pyramid attention network: (batch, bands, height, width) to (batch, outputs, height, width)."""
    return build_smp("pan", spec)


MODEL_TYPE = ModelType(
    id="PAN",
    title="PAN (pixel classification)",
    task="PIXELS",
    formats=("CLASSIFIED_TILES",),
    build=build,
    backbones=DILATED,
    default_backbone="resnet34",
    help="Classifies every pixel, with attention to what matters at several scales. For chips of at least 128 pixels.",
    arguments=PIXEL_ARGUMENTS,
    # Its attention halves the features at a sixteenth three times more.
    multiple=128,
    rank=42,
)
