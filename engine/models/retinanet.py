"""RetinaNet: anchors of several sizes and shapes everywhere, learnt with a loss that turns to the hard ones.

Lin et al. 2017, https://arxiv.org/abs/1708.02002
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Argument, ModelType, NetworkSpec
from ._detect import BOX_FORMATS, DEFAULT_BACKBONE, FINEST_STRIDE, complete
from ._smp import BACKBONES

if TYPE_CHECKING:
    import torch

_ARGUMENTS = (
    Argument(
        "scales",
        "floats",
        [1.0, 0.8, 0.63],
        "Sizes of the boxes that are tried, as multiples of 4 cells: 16 pixels at the finest features.",
        0.1,
        8,
        fewest=1,
    ),
    Argument("ratios", "floats", [0.5, 1.0, 2.0], "Height to width of the boxes that are tried.", 0.05, 20, fewest=1),
    FINEST_STRIDE,
)


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a ``Detector`` of the dense form."""
    from ..training.detection.retinanet import RetinaNet  # noqa: PLC0415

    return RetinaNet(complete(spec, _ARGUMENTS))


MODEL_TYPE = ModelType(
    id="RETINANET",
    title="RetinaNet (object detection)",
    task="OBJECTS",
    formats=BOX_FORMATS,
    build=build,
    backbones=BACKBONES,
    default_backbone=DEFAULT_BACKBONE,
    help="Finds objects by their boxes, by trying given sizes and shapes. "
    "Holds its own where objects are few among much background.",
    arguments=_ARGUMENTS,
    rank=110,
)
