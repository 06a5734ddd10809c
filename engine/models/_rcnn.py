"""What the networks of two stages share: arguments, and building."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Argument, BadArgumentError, NetworkSpec
from ._detect import DEFAULT_BACKBONE, complete
from ._smp import BACKBONES

if TYPE_CHECKING:
    import torch

RCNN_BACKBONES = (DEFAULT_BACKBONE, *(name for name in BACKBONES if name != DEFAULT_BACKBONE))

RCNN_ARGUMENTS: tuple[Argument, ...] = (
    Argument(
        "scales", "floats", [0.63, 1.0],
        "Sizes of the boxes that are tried, as multiples of 16, 32, 64, 128 and 256 pixels.",
        0.1, 8, fewest=1,
    ),
    Argument("ratios", "floats", [0.5, 1.0, 2.0], "Height to width of the boxes that are tried.", 0.05, 20, fewest=1),
    Argument(
        "box_batch_size_per_image", "int", 512, "At most so many boxes of a chip are learnt from in a step.", 4, 4096
    ),
    Argument(
        "box_bg_iou_thresh", "float", 0.5, "Boxes that overlap all objects less than this (IoU) are background.", 0, 1
    ),
    Argument(
        "box_fg_iou_thresh", "float", 0.5, "Boxes that overlap an object by this much (IoU) or more hold it.", 0, 1
    ),
    Argument(
        "box_nms_thresh", "float", 0.5,
        "Of two boxes of a class that overlap more than this (IoU) the less sure one is dropped.", 0, 1,
    ),
    Argument(
        # 100 in ArcGIS and torchvision, who think of photographs; a tile of a town or a forest holds more.
        "box_detections_per_img", "int", 300, "At most so many objects are found in a tile.", 1, 10000,
    ),
    Argument(
        "box_positive_fraction", "float", 0.25, "At most this share of the boxes learnt from holds an object.", 0.01, 1
    ),
    Argument("box_score_thresh", "float", 0.05, "Objects less sure than this are never found.", 0, 1),
    Argument(
        "rpn_pre_nms_top_n_train", "int", 1000,
        "So many of the surest proposals of each size are looked at in training.", 1, 20000,
    ),
    Argument(
        "rpn_pre_nms_top_n_test", "int", 1000,
        "So many of the surest proposals of each size are looked at in a tile.", 1, 20000,
    ),
    Argument(
        "rpn_post_nms_top_n_train", "int", 128,
        "So many proposals of a chip go on to the second stage in training.", 1, 20000,
    ),
    Argument(
        "rpn_post_nms_top_n_test", "int", 1000, "So many proposals of a tile go on to the second stage.", 1, 20000
    ),
    Argument(
        "rpn_nms_thresh", "float", 0.7,
        "Of two proposals that overlap more than this (IoU) the less sure one is dropped.", 0, 1,
    ),
    Argument(
        "rpn_fg_iou_thresh", "float", 0.7, "Tried boxes that overlap an object by this much (IoU) propose it.", 0, 1
    ),
    Argument(
        "rpn_bg_iou_thresh", "float", 0.3, "Tried boxes that overlap all objects less than this (IoU) propose none.",
        0, 1,
    ),
    Argument(
        "rpn_batch_size_per_image", "int", 256, "So many tried boxes of a chip are learnt from in a step.", 4, 4096
    ),
    Argument(
        "rpn_positive_fraction", "float", 0.5,
        "At most this share of the tried boxes learnt from proposes an object.", 0.01, 1,
    ),
    Argument("rpn_score_thresh", "float", 0.0, "Proposals less sure than this are dropped.", 0, 1),
)  # fmt: skip
MASK_ARGUMENTS: tuple[Argument, ...] = (
    Argument(
        "mask_batch_size_per_image", "int", 16, "Outlines are learnt from at most so many boxes of a chip.", 1, 4096
    ),
)


def build_rcnn(model: str, spec: NetworkSpec, *, masks: bool = False, double: bool = False) -> torch.nn.Module:
    """Build a network of two stages; arguments that the spec does not give are those by default.

    Args:
        model: id of the model type, for errors.
        spec: what is built.
        masks: whether outlines are learnt as well.
        double: whether classes and boxes are told by heads of their own.

    Raises:
        BadArgumentError: where a box could be object and background at once.
        BackboneFailedError, WeightsUnavailableError, BadWeightsError: as ``_smp.build_encoder``.
    """
    from ..training.detection.two_stage import TwoStage  # noqa: PLC0415

    spec = complete(spec, (*RCNN_ARGUMENTS, *MASK_ARGUMENTS))
    for stage in ("box", "rpn"):
        low, high = (spec.arguments[f"{stage}_{kind}_iou_thresh"] for kind in ("bg", "fg"))
        if low > high:
            raise BadArgumentError(
                argument=f"{stage}_bg_iou_thresh", model=model, value=low,
                expected=f"at most {stage}_fg_iou_thresh, which is {high:g}",
            )  # fmt: skip
    return TwoStage(spec, masks=masks, double=double)
