"""FREEZE: what of a network stays as it was loaded, and what the user is told of it."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from ..jobs import TrainJob
from ..models import NetworkSpec
from .finetune import Transfer
from .network import freeze_encoder


def freeze(network: nn.Module, job: TrainJob, spec: NetworkSpec, transfer: Transfer | None) -> nn.Module | None:
    """Freeze what was loaded, where the job asks for it; return that part."""
    if not job.freeze:
        return None
    if spec.weights:
        return freeze_encoder(network, spec)
    return transfer.freeze(network) if transfer is not None else None


def freezing_sentences(job: TrainJob, spec: NetworkSpec, transfer: Transfer | None) -> Iterator[str]:
    """Say what FREEZE does in this training."""
    if not job.freeze:
        return
    if not spec.weights and transfer is None:
        yield (
            "The whole network learns: FREEZE acts only on loaded weights, and BACKBONE_WEIGHTS and "
            "PRETRAINED_MODEL are empty."
        )
        return
    yield "The loaded backbone stays as it is (FREEZE); only the rest of the network learns."
    if spec.first_layer_is_new and transfer is None:
        yield "Its first layer learns, too: WEIGHT_INIT_SCHEME gives it random numbers."
