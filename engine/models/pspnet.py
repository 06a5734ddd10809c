"""PSPNet: the coarsest features beside their averages over grids of several sizes.

Zhao et al. 2017, https://arxiv.org/abs/1612.01105
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Argument, ModelType, NetworkSpec
from ._smp import BACKBONES, DILATED, PIXEL_ARGUMENTS, build_encoder

if TYPE_CHECKING:
    import torch

_DECODER = (256, 128, 64, 32, 16)


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a PSPNet: (batch, bands, height, width) to (batch, outputs, height, width).

    With ``use_unet`` the pyramid stands at the bottom of a U-Net. Without, it sees features at an eighth
    of the size, as in the paper; at a sixteenth for backbones that have no dilated form.
    """
    from segmentation_models_pytorch.base import SegmentationHead  # noqa: PLC0415
    from segmentation_models_pytorch.base.initialization import initialize_decoder, initialize_head  # noqa: PLC0415

    from ..training import parts  # noqa: PLC0415

    sizes = spec.arguments.get("pyramid_sizes") or [1, 2, 3, 6]
    decoder: torch.nn.Module
    if spec.arguments.get("use_unet", True):
        encoder = build_encoder(spec)
        decoder = parts.PyramidUnetDecoder(encoder.out_channels, sizes, _DECODER)
        head = SegmentationHead(_DECODER[-1], spec.outputs)
    else:
        dilated = spec.backbone in DILATED or spec.backbone.startswith("timm:")
        encoder = build_encoder(spec, output_stride=8) if dilated else build_encoder(spec, depth=4)
        decoder = parts.PyramidDecoder(encoder.out_channels[-1], sizes)
        head = SegmentationHead(512, spec.outputs)
    initialize_decoder(decoder)
    initialize_head(head)
    return parts.Segmenter(encoder, decoder, head)


MODEL_TYPE = ModelType(
    id="PSPNET",
    title="PSPNet (pixel classification)",
    task="PIXELS",
    formats=("CLASSIFIED_TILES",),
    build=build,
    backbones=BACKBONES,
    default_backbone="resnet34",
    help="Classifies every pixel by its surroundings at several scales. For land cover and scenes with large areas.",
    arguments=(
        *PIXEL_ARGUMENTS,
        Argument(
            "use_unet",
            "bool",
            True,
            "Bring the result to full size through a U-Net's decoder: sharper edges. False is the plain PSPNet.",
            aliases=("use_net",),
        ),
        Argument(
            "pyramid_sizes",
            "ints",
            [1, 2, 3, 6],
            "Into how many rows and columns the image is parted at each level of the pyramid.",
            1,
            64,
            fewest=1,
        ),
    ),
    rank=30,
)
