"""Networks of two stages: boxes that may hold something, then what each of them holds.

Ren et al. 2015, https://arxiv.org/abs/1506.01497; with masks He et al. 2017, https://arxiv.org/abs/1703.06870
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from torchvision.models.detection.faster_rcnn import TwoMLPHead
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor

from ...models import NetworkSpec
from .base import LABELS, MASKS, SELECTED, Detector, Truth
from .double_head import DoubleHead, DoublePredictor
from .pyramid import Pyramid
from .rcnn_parts import Anchors, Heads, Predictor, ProposalHead, Proposals, level_names, make_cutter, stretch

_FINEST, _COARSEST = 2, 6
# Boxes are cut out of all levels but the coarsest.
_CUT_LEVELS = 4
# Half of what the papers have: cutting boxes out of the features would else take most of a step on a processor.
_CHANNELS = 128
_HIDDEN = 1024
_BOX_SIDE, _MASK_SIDE = 7, 14
_MASK_LAYERS = 4
# How the two stages call their losses, and how we do.
_LOSSES = {"loss_objectness": "objectness", "loss_rpn_box_reg": "proposal"}


class TwoStage(Detector):
    """Faster R-CNN, or Mask R-CNN where ``masks`` is true, of torchvision's parts on a pyramid of any backbone.

    Args:
        spec: what is built; ``arguments`` are those of the model types FASTERRCNN and MASKRCNN.
        masks: whether outlines are learnt as well.
        double: whether classes and boxes are told by heads of their own.
    """

    batched = False

    def __init__(self, spec: NetworkSpec, *, masks: bool, double: bool = False) -> None:
        super().__init__()
        self.classes = spec.outputs
        self.outputs = {**SELECTED, MASKS: {1: "objects"}} if masks else SELECTED
        self.pyramid = Pyramid(spec, _FINEST, _COARSEST, _CHANNELS)
        self._names = level_names(self.pyramid.strides)
        self.proposals = _proposals(self.pyramid.strides, spec.arguments)
        box_head = (
            DoubleHead(_CHANNELS, _BOX_SIDE, _HIDDEN) if double else TwoMLPHead(_CHANNELS * _BOX_SIDE**2, _HIDDEN)
        )
        predictor = (DoublePredictor if double else Predictor)(_HIDDEN, spec.outputs + 1)
        self.heads = _heads(self.pyramid.strides, spec.arguments, box_head, predictor)
        if masks:
            _add_masks(self.heads, self.pyramid.strides, spec.outputs + 1)

    @property
    def encoder(self) -> nn.Module:
        """Return the backbone."""
        return self.pyramid.encoder  # type: ignore[no-any-return]

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return boxes, scores, labels and perhaps masks; the pictures of a batch are filled up with score 0."""
        return self._pad(self.find(image))

    def losses(self, image: Tensor, truths: Sequence[Truth]) -> dict[str, Tensor]:
        """Return the losses of both stages."""
        return self._learn(*self._look(image), truths)

    def judge(self, image: Tensor, truths: Sequence[Truth]) -> tuple[dict[str, Tensor], tuple[Tensor, ...]]:
        """Return losses and outputs of one batch."""
        images, features = self._look(image)
        return self._learn(images, features, truths), self._pad(self._find(images, features))

    def find(self, image: Tensor) -> list[dict[str, Tensor]]:
        """Return the outputs by name for each picture, as many objects as it has."""
        return self._find(*self._look(image))

    def _look(self, image: Tensor) -> tuple[ImageList, dict[str, Tensor]]:
        """Return the pictures as torchvision wants them, and the levels of the pyramid by name."""
        size = (image.shape[-2], image.shape[-1])
        return ImageList(image, [size] * len(image)), dict(zip(self._names, self.pyramid(image), strict=True))

    def _learn(self, images: ImageList, features: dict[str, Tensor], truths: Sequence[Truth]) -> dict[str, Tensor]:
        targets = [self._target(truth, *images.tensors.shape[-2:]) for truth in truths]
        proposals, losses = self.proposals(images, features, targets)
        named = {_LOSSES[name]: loss for name, loss in losses.items()}
        return {**named, **self.heads.losses(features, proposals, images.image_sizes, targets)}

    def _target(self, truth: Truth, height: int, width: int) -> dict[str, Tensor]:
        target = {"boxes": truth.boxes, "labels": truth.labels + 1}
        if self.heads.has_mask():
            # Objects of which the box alone is known fill it.
            target["masks"] = stretch(truth.boxes, height, width) if truth.masks is None else truth.masks
        return target

    def _find(self, images: ImageList, features: dict[str, Tensor]) -> list[dict[str, Tensor]]:
        proposals, _ = self.proposals(images, features)
        found = self.heads.find(features, proposals, images.image_sizes)
        return [{**one, LABELS: one[LABELS] - 1} for one in found]

    def _pad(self, found: list[dict[str, Tensor]]) -> tuple[Tensor, ...]:
        if len(found) == 1:
            return tuple(found[0][name][None] for name in self.outputs)
        return tuple(pad_sequence([one[name] for one in found], batch_first=True) for name in self.outputs)


def _proposals(strides: Sequence[int], arguments: Mapping[str, Any]) -> Proposals:
    """Return the first stage."""
    anchors = Anchors(strides, arguments["scales"], arguments["ratios"])
    counts = {
        when: {"training": arguments[f"rpn_{when}_nms_top_n_train"], "testing": arguments[f"rpn_{when}_nms_top_n_test"]}
        for when in ("pre", "post")
    }
    return Proposals(
        anchors,
        ProposalHead(_CHANNELS, anchors.num_anchors_per_location()[0]),
        arguments["rpn_fg_iou_thresh"],
        arguments["rpn_bg_iou_thresh"],
        arguments["rpn_batch_size_per_image"],
        arguments["rpn_positive_fraction"],
        counts["pre"],
        counts["post"],
        arguments["rpn_nms_thresh"],
        arguments["rpn_score_thresh"],
    )


def _heads(strides: Sequence[int], arguments: Mapping[str, Any], box_head: nn.Module, predictor: nn.Module) -> Heads:
    """Return the second stage."""
    return Heads(
        arguments["mask_batch_size_per_image"],
        box_roi_pool=make_cutter(strides[:_CUT_LEVELS], _BOX_SIDE),
        box_head=box_head,
        box_predictor=predictor,
        fg_iou_thresh=arguments["box_fg_iou_thresh"],
        bg_iou_thresh=arguments["box_bg_iou_thresh"],
        batch_size_per_image=arguments["box_batch_size_per_image"],
        positive_fraction=arguments["box_positive_fraction"],
        bbox_reg_weights=None,
        score_thresh=arguments["box_score_thresh"],
        nms_thresh=arguments["box_nms_thresh"],
        detections_per_img=arguments["box_detections_per_img"],
    )


def _add_masks(heads: Heads, strides: Sequence[int], outputs: int) -> None:
    """Let the second stage draw outlines; ``outputs`` counts the background, too."""
    heads.mask_roi_pool = make_cutter(strides[:_CUT_LEVELS], _MASK_SIDE)
    heads.mask_head = MaskRCNNHeads(_CHANNELS, (_CHANNELS,) * _MASK_LAYERS, 1)
    heads.mask_predictor = MaskRCNNPredictor(_CHANNELS, _CHANNELS, outputs)
