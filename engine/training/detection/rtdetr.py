"""RT-DETR v2 of transformers on our backbones.

Zhao et al. 2023, https://arxiv.org/abs/2304.08069; Lv et al. 2024, https://arxiv.org/abs/2407.17140
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from transformers import RTDetrV2Config, RTDetrV2ForObjectDetection
from transformers.loss.loss_rt_detr import RTDetrForObjectDetectionLoss

from ...models import NetworkSpec
from .detr import Backbone, QueryDetector, finite, start_lively, start_unsure, summed

# The library's losses come weighed.
_LOSSES = {"loss_vfl": ("class", 1.0), "loss_bbox": ("box", 1.0), "loss_giou": ("overlap", 1.0)}
_HEADS = 8


class RTDetr(QueryDetector):
    """Features joined by convolutions and attention at the coarsest level; queries are the likeliest cells.

    Args:
        spec: its arguments are ``queries``, ``hidden_size``, ``encoder_layers``, ``decoder_layers``,
            ``finest_stride`` and ``denoising``.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        given = spec.arguments
        strides = [stride for stride in (4, 8, 16, 32) if stride >= int(given["finest_stride"])]
        super().__init__(spec, given["queries"], strides)
        self.config = _config(given, strides, self.queries, spec.outputs)
        whole = RTDetrV2ForObjectDetection(self.config)
        # The heads of the whole are those of its decoder, which says all that is needed.
        self.network: nn.Module = whole.model
        backbone = Backbone(spec, strides)
        hidden = self.config.d_model
        self.network.encoder_input_proj = nn.ModuleList(
            nn.Sequential(nn.Conv2d(channels, hidden, 1, bias=False), nn.BatchNorm2d(hidden))
            for channels in backbone.channels
        )
        start_lively(self.network)
        for head in (self.network.enc_score_head, *self.network.decoder.class_embed):
            start_unsure(head)
        self.network.backbone = backbone

    def look(self, image: Tensor, labels: list[dict[str, Tensor]] | None = None) -> Any:
        """Return the library's outputs; in training with queries that are noisy copies of the labels."""
        return self.network(image, labels=labels)

    def read(self, said: Any) -> tuple[Tensor, Tensor]:
        """Return boxes and logits of the last layer, without the noisy copies."""
        return (
            said.intermediate_reference_points[:, -1, -self.queries :],
            said.intermediate_logits[:, -1, -self.queries :],
        )

    def learn(self, said: Any, labels: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        """Return the library's losses, of all layers and of the noisy copies."""
        logits, boxes = said.intermediate_logits, finite(said.intermediate_reference_points)
        _, named, _ = RTDetrForObjectDetectionLoss(  # type: ignore[no-untyped-call]
            logits[:, -1], labels, logits.device, boxes[:, -1], self.config, logits, boxes,
            enc_topk_logits=said.enc_topk_logits, enc_topk_bboxes=finite(said.enc_topk_bboxes),
            denoising_meta_values=said.denoising_meta_values,
        )  # fmt: skip
        return summed(named, _LOSSES)


def _config(given: Any, strides: list[int], queries: int, classes: int) -> RTDetrV2Config:
    hidden, levels = int(given["hidden_size"]), len(strides)
    # Stands where our backbone comes, and is as small as the library lets it be.
    stand_in = {
        "model_type": "rt_detr_resnet", "embedding_size": 8, "hidden_sizes": [8] * 4, "depths": [1] * 4,
        "layer_type": "basic", "out_indices": [2, 3, 4],
    }  # fmt: skip
    options: dict[str, Any] = {
        "backbone_config": stand_in, "freeze_backbone_batch_norms": False, "feat_strides": strides,
        "encoder_hidden_dim": hidden, "encoder_in_channels": [hidden] * levels, "encoder_ffn_dim": 4 * hidden,
        "encoder_layers": given["encoder_layers"], "encoder_attention_heads": _HEADS,
        "encode_proj_layers": [levels - 1],
        "d_model": hidden, "decoder_in_channels": [hidden] * levels, "decoder_ffn_dim": 4 * hidden,
        "decoder_layers": given["decoder_layers"], "decoder_attention_heads": _HEADS, "decoder_n_levels": levels,
        "num_feature_levels": levels, "num_labels": classes, "num_queries": queries,
        "num_denoising": given["denoising"], "tie_word_embeddings": False, "attn_implementation": "eager",
    }  # fmt: skip
    return RTDetrV2Config(**options)
