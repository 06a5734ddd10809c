"""Deformable DETR of transformers on our backbones: of two stages, boxes refined layer by layer.

Zhu et al. 2020, https://arxiv.org/abs/2010.04159
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import DeformableDetrConfig, DeformableDetrForObjectDetection
from transformers.loss.loss_deformable_detr import (
    DeformableDetrForObjectDetectionLoss,
    DeformableDetrHungarianMatcher,
    DeformableDetrImageLoss,
)

from ...models import NetworkSpec
from .detr import Backbone, QueryDetector, finite, side_of, start_unsure, summed

_HEADS, _GROUPS = 8, 32
# The stride of a level that is made of the backbone's last one.
_BEYOND = 64
_EPSILON = 1e-5


@dataclass(frozen=True)
class Said:
    """What the network says of a batch.

    Attributes:
        logits: (layers, batch, queries, classes).
        boxes: (layers, batch, queries, 4), middle, width and height in shares of the picture.
        first_logits: (batch, cells, classes) of the first stage; only the first class counts.
        first_boxes: (batch, cells, 4) of the first stage.
    """

    logits: Tensor
    boxes: Tensor
    first_logits: Tensor
    first_boxes: Tensor


class DeformableDetr(QueryDetector):
    """Attention that looks at few places of all levels; queries are the likeliest cells of the first stage.

    Args:
        spec: its arguments are ``queries``, ``hidden_size``, ``encoder_layers``, ``decoder_layers`` and
            ``finest_stride``.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        given = spec.arguments
        finest, side = int(given["finest_stride"]), side_of(spec)
        # ONNX knows no row of a single cell that is spread evenly: of small pictures the coarsest levels are left out.
        strides = [stride for stride in (4, 8, 16, 32, _BEYOND) if finest <= stride <= side // 2]
        super().__init__(spec, given["queries"], strides)
        self.config = _config(given, len(strides), self.queries, spec.outputs)
        # The heads of the whole are those of its decoder, which is all that is kept.
        self.network: nn.Module = DeformableDetrForObjectDetection(self.config).model
        backbone = Backbone(spec, [stride for stride in strides if stride != _BEYOND])
        hidden = self.config.d_model
        taken = [nn.Conv2d(channels, hidden, 1) for channels in backbone.channels]
        if _BEYOND in strides:
            taken.append(nn.Conv2d(backbone.channels[-1], hidden, 3, stride=2, padding=1))
        self.network.input_proj = nn.ModuleList(nn.Sequential(layer, nn.GroupNorm(_GROUPS, hidden)) for layer in taken)
        for head in self._decoder.class_embed:
            start_unsure(head)
        for head in self._decoder.bbox_embed:
            # Boxes begin as the cells they come from.
            nn.init.zeros_(head.layers[-1].weight)
            nn.init.zeros_(head.layers[-1].bias)
        self.network.backbone = backbone

    @property
    def _decoder(self) -> Any:
        return self.network.decoder

    def look(self, image: Tensor, labels: list[dict[str, Tensor]] | None = None) -> Said:
        """Return what each layer says."""
        found = self.network(image)
        reference, logits, boxes = found.init_reference_points, [], []
        for layer, hidden in enumerate(found.intermediate_hidden_states.unbind(1)):
            logits.append(self._decoder.class_embed[layer](hidden))
            known = reference.clamp(_EPSILON, 1 - _EPSILON)
            boxes.append((self._decoder.bbox_embed[layer](hidden) + torch.logit(known)).sigmoid())
            reference = found.intermediate_reference_points[:, layer]
        first = found.enc_outputs_coord_logits.sigmoid()
        return Said(torch.stack(logits), torch.stack(boxes), found.enc_outputs_class, first)

    def read(self, said: Said) -> tuple[Tensor, Tensor]:
        """Return boxes and logits of the last layer."""
        return said.boxes[-1], said.logits[-1]

    def learn(self, said: Said, labels: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        """Return the library's losses of all layers, and of the first stage, which it leaves out."""
        config, boxes = self.config, finite(said.boxes)
        weights = {
            "loss_ce": ("class", 1.0),
            "loss_bbox": ("box", float(config.bbox_loss_coefficient)),
            "loss_giou": ("overlap", float(config.giou_loss_coefficient)),
        }
        device = boxes.device
        _, named, _ = DeformableDetrForObjectDetectionLoss(  # type: ignore[no-untyped-call]
            said.logits[-1], labels, device, boxes[-1], config, said.logits, boxes
        )
        matcher = DeformableDetrHungarianMatcher(config.class_cost, config.bbox_cost, config.giou_cost)
        first = DeformableDetrImageLoss(  # type: ignore[no-untyped-call]
            matcher, config.num_labels, config.focal_alpha, ["labels", "boxes"]
        )
        # To the first stage all objects are alike.
        alike = [{**label, "class_labels": torch.zeros_like(label["class_labels"])} for label in labels]
        stage = first({"logits": said.first_logits, "pred_boxes": finite(said.first_boxes)}, alike)
        return summed({**named, **{f"{name}_first": loss for name, loss in stage.items()}}, weights)


def _config(given: Any, levels: int, queries: int, classes: int) -> DeformableDetrConfig:
    hidden = int(given["hidden_size"])
    # Stands where our backbone comes, and is as small as the library lets it be.
    stand_in = {
        "model_type": "resnet", "embedding_size": 8, "hidden_sizes": [8] * 4, "depths": [1] * 4,
        "layer_type": "basic", "out_features": ["stage2", "stage3", "stage4"],
    }  # fmt: skip
    options: dict[str, Any] = {
        "backbone_config": stand_in, "num_labels": classes, "num_queries": queries, "two_stage_num_proposals": queries,
        "two_stage": True, "with_box_refine": True, "auxiliary_loss": True, "num_feature_levels": levels,
        "d_model": hidden, "encoder_layers": given["encoder_layers"], "decoder_layers": given["decoder_layers"],
        "encoder_ffn_dim": 4 * hidden, "decoder_ffn_dim": 4 * hidden, "encoder_attention_heads": _HEADS,
        "decoder_attention_heads": _HEADS, "class_cost": 2, "tie_word_embeddings": False,
        "attn_implementation": "eager", "disable_custom_kernels": True,
    }  # fmt: skip
    return DeformableDetrConfig(**options)
