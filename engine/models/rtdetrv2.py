"""RT-DETR v2: a transformer that finds objects in real time.

Zhao et al. 2023, https://arxiv.org/abs/2304.08069; Lv et al. 2024, https://arxiv.org/abs/2407.17140
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Argument, ModelType, NetworkSpec
from ._detect import BOX_FORMATS, complete
from ._detr import DEFAULT_BACKBONE, DETR_BACKBONES, FINEST_STRIDE, HIDDEN_SIZE, QUERIES, layers

if TYPE_CHECKING:
    import torch

_ARGUMENTS = (
    QUERIES,
    HIDDEN_SIZE,
    layers("encoder", 1, 0),
    layers("decoder", 3, 1),
    FINEST_STRIDE,
    Argument(
        "denoising",
        "int",
        100,
        "Queries that are noisy copies of the labels, in training only: they make it learn sooner. 0 is without.",
        0,
        500,
        aliases=("num_denoising",),
    ),
)


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a ``Detector`` of the dense form."""
    from ..training.detection.rtdetr import RTDetr  # noqa: PLC0415

    return RTDetr(complete(spec, _ARGUMENTS))


MODEL_TYPE = ModelType(
    id="RTDETRV2",
    title="RT-DETR v2 (object detection)",
    task="OBJECTS",
    formats=BOX_FORMATS,
    build=build,
    backbones=DETR_BACKBONES,
    default_backbone=DEFAULT_BACKBONE,
    help="Finds objects by a light transformer that tells neighbours apart without suppression. The one to take "
    "of the transformers; wants a hundred chips or more and many epochs.",
    arguments=_ARGUMENTS,
    fixed_tile=True,
    rank=151,
)
