"""The graph that is trained and exported: scaling, network, activation, in one module."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ..chips import BandStats
from ..models import ModelType, NetworkSpec
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
    """Raw pixel values in, probabilities out: what the ONNX file holds."""

    def __init__(self, scaling: Scaling, network: nn.Module, activation: str) -> None:
        super().__init__()
        self.scaling, self.network = scaling, network
        self.activation = {"softmax": nn.Softmax(dim=1), "sigmoid": nn.Sigmoid(), "none": nn.Identity()}[activation]

    def forward(self, image: Tensor) -> Tensor:
        """Return (batch, classes, height, width) float32."""
        return self.activation(self.network(self.scaling(image)))  # type: ignore[no-any-return]


def build_network(model_type: ModelType, spec: NetworkSpec, seed: int) -> nn.Module:
    """Build the network with weights that depend on the seed alone, and prove that it runs.

    It takes single chips in training, too (``make_robust``).

    Raises:
        BackboneFailedError: where a batch of the smallest size does not come out in the input's size.
    """
    torch.manual_seed(seed)
    network = make_robust(model_type.build(spec))
    side = -(-max(spec.chip_size, 1) // model_type.multiple) * model_type.multiple
    side = min(side, 2 * model_type.multiple) if not model_type.fixed_tile else side
    try:
        with torch.inference_mode():
            out = network.eval()(torch.zeros(1, spec.bands, side, side))
    except Exception as error:
        detail = " ".join(str(error).split())[:160].rstrip(".")
        raise BackboneFailedError(backbone=spec.backbone, model=model_type.id, detail=detail) from error
    if tuple(out.shape) != (1, spec.outputs, side, side):
        detail = f"it gives {tuple(out.shape)} for {side} x {side} pixels"
        raise BackboneFailedError(backbone=spec.backbone, model=model_type.id, detail=detail)
    return network.train()


def freeze_encoder(network: nn.Module, spec: NetworkSpec) -> nn.Module | None:
    """Keep the loaded backbone as it is, and return it; None where the network has none apart.

    The first layer goes on learning where ``spec.weight_init`` left random numbers in it.
    """
    found = (getattr(network, name, None) for name in ("encoder", "backbone"))
    encoder = next((item for item in found if isinstance(item, nn.Module)), None)
    if encoder is None:
        return None
    encoder.requires_grad_(False)
    if spec.first_layer_is_new:
        encoder.get_parameter(first_layer(encoder.state_dict(), spec.bands)).requires_grad_(True)
    return encoder
