"""The graph that is trained and exported: scaling, network, activation, in one module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..chips import BandStats
from ..jobs import TrainJob
from ..models import ModelType, NetworkSpec
from ..tasks import TASKS
from .parts import make_robust
from .problems import BackboneFailedError
from .weights import first_layer


class Scaling(nn.Module):
    """Bring raw pixel values to mean 0 and standard deviation 1 in each band.

    A constant band is only shifted. Input and output are (batch, bands, height, width).
    """

    mean: Tensor
    std: Tensor

    def __init__(self, stats: Sequence[BandStats]) -> None:
        super().__init__()
        mean = torch.tensor([item.mean for item in stats], dtype=torch.float32)
        std = torch.tensor([item.std if item.std > 0 else 1.0 for item in stats], dtype=torch.float32)
        self.register_buffer("mean", mean[None, :, None, None])
        self.register_buffer("std", std[None, :, None, None])

    def forward(self, image: Tensor) -> Tensor:
        """Return float32 values."""
        return (image - self.mean) / self.std


class Graph(nn.Module):
    """Raw pixel values in, probabilities out: what the ONNX file holds.

    Attributes:
        outputs: name of each output to its free axes (axis number to name).
        batched: whether several pictures go through at once.
    """

    outputs: Mapping[str, Mapping[int, str]] = {"output": {0: "batch", 2: "height", 3: "width"}}
    batched = True

    def __init__(self, scaling: Scaling, network: nn.Module, activation: str) -> None:
        super().__init__()
        self.scaling, self.network = scaling, network
        self.activation = {"softmax": nn.Softmax(dim=1), "sigmoid": nn.Sigmoid(), "none": nn.Identity()}[activation]

    def forward(self, image: Tensor) -> Tensor:
        """Return (batch, classes, height, width) float32."""
        return self.activation(self.network(self.scaling(image)))  # type: ignore[no-any-return]

    def results(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return all outputs, in the order of ``outputs``."""
        return (self(image),)

    def difference(self, expected: Sequence[NDArray[np.generic]], found: Sequence[NDArray[np.generic]]) -> float:
        """Return how far outputs are from what they should be; above 1e-4 they are wrong."""
        worst = 0.0
        for one, two in zip(expected, found, strict=True):
            if one.shape != two.shape:
                return float("inf")
            worst = max(worst, float(np.abs(one.astype(float) - two).max(initial=0.0)))
        return worst


def build_network(model_type: ModelType, spec: NetworkSpec, seed: int) -> nn.Module:
    """Build the network with weights that depend on the seed alone, and prove that it runs.

    It takes single chips in training, too (``make_robust``).

    Raises:
        BackboneFailedError: where a batch of the smallest size does not come out as it should.
    """
    torch.manual_seed(seed)
    network = make_robust(model_type.build(spec))
    side = -(-max(spec.chip_size, 1) // model_type.multiple) * model_type.multiple
    side = min(side, 2 * model_type.multiple) if not model_type.fixed_tile else side
    try:
        with torch.inference_mode():
            teaching = TASKS.all()[model_type.task].teaching(TrainJob([], ""))
            teaching.check_network(network.eval(), model_type, spec, side)
    except Exception as error:
        detail = " ".join(str(error).split())[:160].rstrip(".")
        raise BackboneFailedError(backbone=spec.backbone, model=model_type.id, detail=detail) from error
    return network.train()


def freeze_encoder(network: nn.Module, spec: NetworkSpec) -> nn.Module | None:
    """Keep the loaded backbone as it is, and return it; None where the network has none apart.

    The first layer goes on learning where ``spec.weight_init`` left random numbers in it.
    """
    # Some networks keep it one level below, in a pyramid.
    places = (network, *network.children())
    found = (getattr(place, name, None) for name in ("encoder", "backbone") for place in places)
    encoder = next((item for item in found if isinstance(item, nn.Module)), None)
    if encoder is None:
        return None
    encoder.requires_grad_(False)
    if spec.first_layer_is_new:
        encoder.get_parameter(first_layer(encoder.state_dict(), spec.bands)).requires_grad_(True)
    return encoder
