"""What networks with queries share: our backbones in the place of the library's, boxes and truths as it wants them.

The networks are those of transformers, built from arguments alone; nothing is loaded. Carion et al. 2020,
https://arxiv.org/abs/2005.12872
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor, nn

from ...models import NetworkSpec
from ...models._smp import build_encoder
from .base import DENSE, Detector, Truth

# Times that the backbone halves a picture.
_DEPTH, _COARSEST = 5, 32
_PRIOR = 0.01
# Layers whose first numbers have a meaning: where attention looks, and heads.
_APART = ("sampling_offsets", "attention_weights", "bbox", "class", "score")
# Larger steps throw attention off; a backbone whose weights were loaded wants smaller ones still.
RATES = (1e-3, 2e-4, 2e-3)


class Backbone(nn.Module):
    """An encoder as the library's networks want it: some of its features, each with a mask.

    Args:
        spec: what it is built for.
        strides: of the features.

    Attributes:
        channels: of each level.
        mixed: whether it computes in the precision of autocast; what follows is in float32 anyway.
    """

    def __init__(self, spec: NetworkSpec, strides: Sequence[int]) -> None:
        super().__init__()
        self.encoder = build_encoder(spec, depth=_DEPTH)
        # The encoder's features are at strides 1, 2, 4 ... 32.
        self._places, self.mixed = [stride.bit_length() - 1 for stride in strides], False
        self.channels: list[int] = [self.encoder.out_channels[place] for place in self._places]

    def forward(self, image: Tensor, mask: Tensor | None = None) -> list[tuple[Tensor, Tensor]]:
        """Return float32 features and bool masks (batch, height, width) that hide nothing; ``mask`` is not used."""
        with torch.autocast(image.device.type, enabled=self.mixed):
            features = self.encoder(image)
        taken = [features[place].float() for place in self._places]
        return [(level, torch.ones_like(level[:, 0], dtype=torch.bool)) for level in taken]


class QueryDetector(Detector):
    """A network of the library with our backbone; all in float32 but the backbone.

    The coordinates that it learns are shares of the picture, and so are the sizes that objects begin with: in larger
    pictures it misses objects (average precision 0.69 instead of 0.94 at twice the side), so the size is ``fixed``.

    Args:
        spec: what it is built for.
        queries: objects that are looked for in a picture; at most as many as there are cells.
        strides: of all levels of features.
    """

    outputs = DENSE
    fixed = True
    chosen = True
    rates = RATES
    slow = ("network.backbone.",)

    network: nn.Module

    def __init__(self, spec: NetworkSpec, queries: int, strides: Sequence[int]) -> None:
        super().__init__()
        self.classes = spec.outputs
        side = side_of(spec)
        self.queries = min(queries, sum((-(-side // stride)) ** 2 for stride in strides))

    @property
    def encoder(self) -> nn.Module:
        """The backbone, for what freezes it."""
        return self._backbone.encoder  # type: ignore[no-any-return]

    @property
    def _backbone(self) -> Backbone:
        found = self.network.get_submodule("backbone")
        assert isinstance(found, Backbone)  # noqa: S101 - every subclass puts one there
        return found

    @abstractmethod
    def look(self, image: Tensor, labels: list[dict[str, Tensor]] | None = None) -> Any:
        """Return what the network says of pictures; ``labels`` where it learns from them while looking."""

    @abstractmethod
    def read(self, said: Any) -> tuple[Tensor, Tensor]:
        """Return (batch, queries, 4) boxes as ``targets`` has them and (batch, queries, classes) logits."""

    @abstractmethod
    def learn(self, said: Any, labels: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        """Return named losses."""

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return boxes and scores of all queries."""
        with self._precise(image):
            return self._decode(self.look(image), image)

    def losses(self, image: Tensor, truths: Sequence[Truth]) -> dict[str, Tensor]:
        """Return the losses ``class``, ``box`` (L1) and ``overlap`` (generalised IoU), over all layers."""
        with self._precise(image):
            labels = targets(truths, image)
            return self.learn(self.look(image, labels), labels)

    def judge(self, image: Tensor, truths: Sequence[Truth]) -> tuple[dict[str, Tensor], tuple[Tensor, ...]]:
        """Return losses and outputs of one pass."""
        with self._precise(image):
            labels = targets(truths, image)
            said = self.look(image, labels)
            return self.learn(said, labels), self._decode(said, image)

    def _precise(self, image: Tensor) -> AbstractContextManager[Any]:
        kind = image.device.type
        self._backbone.mixed = torch.is_autocast_enabled(kind)
        return torch.autocast(kind, enabled=False)

    def _decode(self, said: Any, image: Tensor) -> tuple[Tensor, Tensor]:
        boxes, logits = self.read(said)
        centre, half = boxes[..., :2], boxes[..., 2:] / 2
        size = boxes.new_tensor([image.shape[-1], image.shape[-2]] * 2)
        return torch.cat((centre - half, centre + half), -1) * size, logits.sigmoid()


def side_of(spec: NetworkSpec) -> int:
    """Return the side in pixels of the pictures that it learns from."""
    return -(-max(spec.chip_size, 1) // _COARSEST) * _COARSEST


def targets(truths: Sequence[Truth], image: Tensor) -> list[dict[str, Tensor]]:
    """Return truths as the library wants them: middle x, middle y, width, height in shares of the picture."""
    size = torch.tensor([image.shape[-1], image.shape[-2]], dtype=torch.float32, device=image.device)
    labels = []
    for truth in truths:
        low, high = truth.boxes[:, :2].float(), truth.boxes[:, 2:].float()
        boxes = torch.cat(((low + high) / 2 / size, (high - low) / size), 1)
        labels.append({"class_labels": truth.labels, "boxes": boxes})
    return labels


def start_lively(network: nn.Module) -> None:
    """Give plain layers numbers with which they pass on what they get (Glorot and Bengio 2010).

    The library's are near zero, which is meant for weights that are loaded over them; with these ones RT-DETR finds
    the objects of four chips in half the steps.
    """
    for name, module in network.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
        elif isinstance(module, nn.Linear) and not any(part in name for part in _APART):
            nn.init.xavier_uniform_(module.weight)


def start_unsure(head: nn.Linear) -> None:
    """Let a head of classes begin with scores of about 0.01; otherwise background would be all of the first lessons."""
    head.reset_parameters()
    nn.init.constant_(head.bias, -math.log((1 - _PRIOR) / _PRIOR))


def finite(boxes: Tensor) -> Tensor:
    """Keep a network that has lost its way from an error in the library: its loss says it, too."""
    return boxes.nan_to_num(0.5)


def summed(losses: Mapping[str, Tensor], weights: Mapping[str, tuple[str, float]]) -> dict[str, Tensor]:
    """Add the losses of all layers up.

    Args:
        losses: the library's, each named ``KIND`` or ``KIND_layer``.
        weights: kind to our name and its weight; others are left out.
    """
    found: dict[str, Tensor] = {}
    for name, loss in losses.items():
        for kind, (ours, weight) in weights.items():
            if name == kind or name.startswith(kind + "_"):
                found[ours] = found.get(ours, 0) + weight * loss
    return found
