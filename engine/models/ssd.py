"""SSD: grids of cells over the picture, each with boxes of given zooms and ratios.

Liu et al. 2016, https://arxiv.org/abs/1512.02325
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Argument, ModelType, NetworkSpec
from ._detect import BOX_FORMATS, DEFAULT_BACKBONE, complete, pairs
from ._smp import BACKBONES

if TYPE_CHECKING:
    import torch

_ARGUMENTS = (
    Argument(
        "grids",
        "ints",
        [],
        "Numbers of cells along a chip's side, one for each size of objects: with 16, objects are about "
        "a sixteenth of the chip. Empty: cells of 8, 16, 32, 64 and 128 pixels.",
        1,
        512,
    ),
    Argument("zooms", "floats", [1.0], "Sizes of the boxes in a cell, as multiples of it.", 0.1, 10, fewest=1),
    pairs(
        Argument(
            "ratios",
            "floats",
            [[1.0, 1.0]],
            "Shapes of the boxes in a cell: pairs of width and height, as multiples of the cell's.",
            0.05,
            20,
            fewest=1,
        )
    ),
    Argument("bias", "float", -0.4, "How sure the network is of objects before training: 0 is undecided.", -20, 20),
    Argument(
        "focal_loss",
        "bool",
        False,
        "Learn from all boxes, turned to those that are still wrong, instead of from the hardest alone.",
        aliases=("focus_loss",),
    ),
)


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a ``Detector`` of the dense form."""
    from ..training.detection.ssd import Ssd  # noqa: PLC0415

    return Ssd(complete(spec, _ARGUMENTS))


MODEL_TYPE = ModelType(
    id="SSD",
    title="SSD, Single Shot Detector (object detection)",
    task="OBJECTS",
    formats=BOX_FORMATS,
    build=build,
    backbones=BACKBONES,
    default_backbone=DEFAULT_BACKBONE,
    help="Finds objects by their boxes, in grids of cells. The quickest to train and apply; "
    "for objects that stand apart and are of similar size.",
    arguments=_ARGUMENTS,
    rank=115,
)
