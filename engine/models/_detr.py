"""What the networks with queries share: backbones, arguments."""

from __future__ import annotations

from . import Argument
from ._smp import BACKBONES

DEFAULT_BACKBONE = "resnet34"
DETR_BACKBONES = (DEFAULT_BACKBONE, *(name for name in BACKBONES if name != DEFAULT_BACKBONE))

QUERIES = Argument(
    "queries",
    "int",
    300,
    "At most so many objects are found in a tile; give twice what the fullest chip holds.",
    10,
    2000,
    aliases=("num_queries",),
)
HIDDEN_SIZE = Argument(
    "hidden_size",
    "choice",
    "128",
    "Channels of the transformer. 256 is for many classes, thousands of chips and a GPU; 64 learns soonest.",
    choices=("64", "128", "256"),
)
FINEST_STRIDE = Argument(
    "finest_stride",
    "choice",
    "8",
    "Pixels from one cell of the finest features to the next. 4 takes up to twice the time and suits objects "
    "below 16 pixels.",
    choices=("4", "8"),
)


def layers(part: str, default: int, least: int) -> Argument:
    """Return the argument for the layers of the encoder or the decoder."""
    told = {
        "encoder": "Layers in which cells of the picture learn from each other.",
        "decoder": "Layers in which objects are told apart and their boxes refined. More are more exact and slower.",
    }
    return Argument(f"{part}_layers", "int", default, told[part], least, 12)
