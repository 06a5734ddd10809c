"""Parts of torchvision's two-stage networks, for any size of picture, half precision and validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import RoIHeads, fastrcnn_loss, maskrcnn_loss
from torchvision.models.detection.rpn import RegionProposalNetwork, RPNHead
from torchvision.ops import MultiScaleRoIAlign, clip_boxes_to_image, nms
from torchvision.ops.poolers import LevelMapper

from .dense import BETWEEN, match_ties

Target = Mapping[str, Tensor]

# Of an anchor to the stride of its level: objects of 16 pixels are looked for at stride 4, of 256 at stride 64.
ANCHOR_STRIDES = 4
# Boxes of this side are cut out at stride 16, those of half of it at stride 8 and so on.
_CUT_SIDE, _CUT_LEVEL = 112, 4
_SAMPLES = 2
# Of the first stage's logits; far below what tells one box from another, far above the last digits.
_OBJECTNESS_STEP = 2**-10


class Anchors(AnchorGenerator):  # type: ignore[misc]
    """Anchors at the strides of a pyramid, in float32 whatever the precision of the features is.

    torchvision's take the stride from the sizes of picture and features, which is not whole at the coarsest
    levels, and half precision would move anchors by pixels.

    Args:
        strides: of the levels, in pixels.
        scales: sides of the anchors at a level, as multiples of ``ANCHOR_STRIDES`` strides.
        ratios: height to width of each.
    """

    def __init__(self, strides: Sequence[int], scales: Sequence[float], ratios: Sequence[float]) -> None:
        sizes = tuple(tuple(ANCHOR_STRIDES * stride * scale for scale in scales) for stride in strides)
        super().__init__(sizes, (tuple(ratios),) * len(sizes))
        self.strides = tuple(strides)

    def forward(self, image_list: ImageList, feature_maps: list[Tensor]) -> list[Tensor]:
        """Return (n, 4) anchors for each picture, level by level from fine to coarse."""
        device = feature_maps[0].device
        self.set_cell_anchors(torch.float32, device)
        strides = [[torch.tensor(stride, device=device)] * 2 for stride in self.strides]
        anchors = torch.cat(self.grid_anchors([list(level.shape[-2:]) for level in feature_maps], strides))
        return [anchors] * len(image_list.image_sizes)


class ProposalHead(RPNHead):  # type: ignore[misc]
    """torchvision's, with outputs in float32 so that boxes do not lose digits in half precision."""

    def forward(self, x: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Return objectness (batch, anchors, height, width) and deltas (4 times the channels) of each level."""
        objectness, deltas = super().forward(x)
        return [level.float() for level in objectness], [level.float() for level in deltas]


class Proposals(RegionProposalNetwork):  # type: ignore[misc]
    """torchvision's, which gives losses where there are targets, be it in training or in validation."""

    training: bool

    def assign_targets_to_anchors(
        self, anchors: list[Tensor], targets: list[dict[str, Tensor]]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Return for each picture the labels of its anchors (1 object, 0 background, -1 neither) and their objects.

        torchvision compares all anchors with all objects: gigabytes and most of a step where these are hundreds.
        """
        low, high = self.proposal_matcher.low_threshold, self.proposal_matcher.high_threshold
        labels, boxes = [], []
        for places, target in zip(anchors, targets, strict=True):
            truth = target["boxes"]
            if not len(truth):
                boxes.append(torch.zeros_like(places))
                labels.append(places.new_zeros(len(places)))
                continue
            found = match_ties(places, truth, low, high)
            boxes.append(truth[found.clamp(min=0)])
            labels.append((found >= 0).to(places) - (found == BETWEEN).to(places))
        return labels, boxes

    def forward(
        self, images: ImageList, features: dict[str, Tensor], targets: list[dict[str, Tensor]] | None = None
    ) -> tuple[list[Tensor], dict[str, Tensor]]:
        """Return the proposals (n, 4) of each picture, and named losses."""
        before, self.training = self.training, targets is not None
        try:
            return super().forward(images, features, targets)  # type: ignore[no-any-return]
        finally:
            self.training = before

    def filter_proposals(
        self,
        proposals: Tensor,
        objectness: Tensor,
        image_shapes: list[tuple[int, int]],
        num_anchors_per_level: list[int],
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Return the boxes (n, 4) of each picture that are kept, and their objectness 0 to 1, surest first.

        Where a network sees the same everywhere, thousands of boxes are equally sure but for the last digits, and
        each runtime would choose others: they are compared in steps, and equal ones go by their place.
        """
        steps = torch.round(objectness.detach() / _OBJECTNESS_STEP) * _OBJECTNESS_STEP
        scores = torch.split(steps.sigmoid().reshape(len(proposals), -1), num_anchors_per_level, 1)
        boxes = torch.split(clip_boxes_to_image(proposals, image_shapes[0]), num_anchors_per_level, 1)
        kept = []
        for place in range(len(proposals)):
            levels = [self._keep(box[place], score[place]) for box, score in zip(boxes, scores, strict=True)]
            box, score = (torch.cat(parts) for parts in zip(*levels, strict=True))
            order = _surest(score, self.post_nms_top_n())
            kept.append((box[order], score[order]))
        return [box for box, _ in kept], [score for _, score in kept]

    def _keep(self, boxes: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
        """Return the boxes (n, 4) of one level that are sure and do not overlap surer ones, and their scores."""
        order = _surest(scores, self.pre_nms_top_n())
        boxes, scores = boxes[order], scores[order]
        whole = ((boxes[:, 2:] - boxes[:, :2]) >= self.min_size).all(1) & (scores >= self.score_thresh)
        boxes, scores = boxes[whole], scores[whole]
        order = nms(boxes, scores, self.nms_thresh)
        return boxes[order], scores[order]


def _surest(scores: Tensor, count: int) -> Tensor:
    """Return the places of the ``count`` highest scores, or of all; the first of equal ones go first."""
    if torch.onnx.is_in_onnx_export():  # as ONNX does it; where it is not traced, torch takes any of equal ones
        number = torch.minimum(torch.tensor(count), torch.tensor(scores.shape[0]))
        return scores.topk(number, 0).indices  # type: ignore[arg-type]
    return torch.argsort(scores, dim=0, descending=True, stable=True)[:count]


class Predictor(FastRCNNPredictor):  # type: ignore[misc]
    """torchvision's, with outputs in float32."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (n, classes + 1) and deltas (n, 4 * (classes + 1)); class 0 is background."""
        logits, deltas = super().forward(x)
        return logits.float(), deltas.float()


def level_names(strides: Sequence[int]) -> list[str]:
    """Return the names by which the parts know the levels of a pyramid."""
    return [str(stride) for stride in strides]


def make_cutter(strides: Sequence[int], side: int) -> MultiScaleRoIAlign:
    """Return what cuts boxes out of a pyramid: (n, channels, side, side), each from the level that fits its size."""
    cutter = MultiScaleRoIAlign(level_names(strides), side, _SAMPLES)
    # torchvision would measure the scales at the first picture it sees, and keep them.
    cutter.scales = [1 / stride for stride in strides]
    low, high = (stride.bit_length() - 1 for stride in (strides[0], strides[-1]))
    cutter.map_levels = LevelMapper(low, high, _CUT_SIDE, _CUT_LEVEL)
    return cutter


class Heads(RoIHeads):  # type: ignore[misc]
    """torchvision's second stage, with losses and results apart from each other.

    Args:
        mask_batch_size_per_image: outlines are learnt from at most so many boxes of a picture; this is where a
            step spends its time otherwise.
        options: those of torchvision.
    """

    def __init__(self, mask_batch_size_per_image: int, **options: Any) -> None:
        super().__init__(**options)
        self.mask_batch_size_per_image = mask_batch_size_per_image

    def losses(
        self,
        features: dict[str, Tensor],
        proposals: list[Tensor],
        sizes: list[tuple[int, int]],
        targets: Sequence[Target],
    ) -> dict[str, Tensor]:
        """Return named losses.

        Args:
            features: levels of the pyramid by name.
            proposals: (n, 4) of each picture.
            sizes: (height, width) of each picture.
            targets: ``boxes``, ``labels`` from 1 and, for outlines, ``masks`` of each picture.
        """
        boxes, matches, labels, deltas = self.select_training_samples(proposals, targets)
        logits, found = self.box_predictor(self.box_head(self.box_roi_pool(features, boxes, sizes)))
        class_loss, box_loss = fastrcnn_loss(logits, found, labels, deltas)
        losses = {"class": class_loss, "box": box_loss}
        if self.has_mask():
            losses["mask"] = self._mask_loss(features, boxes, matches, labels, sizes, targets)
        return losses

    def _mask_loss(
        self, features: dict[str, Tensor], boxes: list[Tensor], matches: list[Tensor], labels: list[Tensor],
        sizes: list[tuple[int, int]], targets: Sequence[Target],
    ) -> Tensor:  # fmt: skip
        """Return the loss of some outlines; only their masks become numbers, as those of all may take gigabytes."""
        chosen = [self._choose(item) for item in labels]
        boxes = [item[places] for item, places in zip(boxes, chosen, strict=True)]
        which = [item[places] for item, places in zip(matches, chosen, strict=True)]
        masks = [item["masks"][places] for item, places in zip(targets, which, strict=True)]
        true = [item["labels"][places] for item, places in zip(targets, which, strict=True)]
        order = [torch.arange(len(item), device=item.device) for item in which]
        return maskrcnn_loss(self._masks(features, boxes, sizes), boxes, masks, true, order)  # type: ignore[no-any-return]

    def find(
        self, features: dict[str, Tensor], proposals: list[Tensor], sizes: list[tuple[int, int]]
    ) -> list[dict[str, Tensor]]:
        """Return ``boxes``, ``scores``, ``labels`` from 1 and perhaps ``masks`` (n, m, m) of each picture."""
        logits, deltas = self.box_predictor(self.box_head(self.box_roi_pool(features, proposals, sizes)))
        boxes, scores, labels = self.postprocess_detections(logits, deltas, proposals, sizes)
        results = [
            {"boxes": box, "scores": score, "labels": label}
            for box, score, label in zip(boxes, scores, labels, strict=True)
        ]
        if self.has_mask():
            masks = self._masks(features, boxes, sizes).sigmoid()
            place = torch.cat(labels)[:, None, None, None].expand(-1, 1, *masks.shape[-2:])
            mine = torch.split(masks.gather(1, place)[:, 0], [item.shape[0] for item in labels])
            for result, mask in zip(results, mine, strict=True):
                result["masks"] = mask
        return results

    def _choose(self, labels: Tensor) -> Tensor:
        """Return the places of some boxes with an object in them."""
        places = torch.where(labels > 0)[0]
        return places[torch.randperm(len(places), device=labels.device)[: self.mask_batch_size_per_image]]

    def _masks(self, features: dict[str, Tensor], boxes: list[Tensor], sizes: list[tuple[int, int]]) -> Tensor:
        """Return logits (n of all pictures, classes + 1, m, m)."""
        cut = self.mask_roi_pool(features, boxes, sizes)
        return self.mask_predictor(self.mask_head(cut)).float()  # type: ignore[no-any-return]


def stretch(boxes: Tensor, height: int, width: int) -> Tensor:
    """Return the masks (n, height, width) of boxes that are full: those pixels whose centres lie in them."""
    left, top, right, bottom = boxes[:, :, None].unbind(1)
    across = torch.arange(width, device=boxes.device) + 0.5
    down = torch.arange(height, device=boxes.device) + 0.5
    inside = (across >= left) & (across < right)
    return ((down >= top) & (down < bottom))[:, :, None] & inside[:, None, :]
