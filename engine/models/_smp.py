"""Helpers of the model types that come from segmentation_models_pytorch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SwathError
from . import Argument, NetworkSpec

if TYPE_CHECKING:
    import torch

BACKBONES: tuple[str, ...] = (
    *("resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d"),
    *("densenet121", "densenet161", "densenet169", "densenet201"),
    "mobilenet_v2",
    *("vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"),
    "darknet53",
    *("efficientnet-b0", "efficientnet-b3", "mit_b0", "mit_b2"),
)

PIXEL_ARGUMENTS: tuple[Argument, ...] = (
    Argument("class_balancing", "bool", False, "Weigh rare classes more in the loss, by their pixels."),
    Argument("focal_loss", "bool", False, "Turn the loss to pixels that are still wrong (helps rare classes)."),
    Argument("mixup", "bool", False, "Blend pairs of chips while training (helps with few chips)."),
    Argument("ignore_classes", "ints", [], "Class values that are not learnt: their pixels incur no loss.", 0),
    Argument(
        "background",
        "choice",
        "AUTO",
        "What pixels without a label are: TRAIN learns them as background, IGNORE leaves them out, "
        "AUTO learns them where there is exactly one class.",
        choices=("AUTO", "TRAIN", "IGNORE"),
    ),
)

# Where the library spells a backbone in another way than users do.
_LIBRARY_NAMES = {"darknet53": "tu-darknet53"}
_LEAST_MATCH = 0.8


def library_name(backbone: str) -> str:
    """Return the name by which segmentation_models_pytorch knows a backbone (``timm:x`` is ``tu-x``)."""
    if backbone.startswith("timm:"):
        return "tu-" + backbone[len("timm:") :]
    return _LIBRARY_NAMES.get(backbone, backbone)


def build(architecture: str, spec: NetworkSpec, **options: Any) -> torch.nn.Module:
    """Build an architecture of segmentation_models_pytorch with the weights that the spec asks for.

    Raises:
        BackboneFailedError: where the library cannot build it.
        WeightsUnavailableError, BadWeightsError: where the weights cannot be had or do not fit.
    """
    import segmentation_models_pytorch as smp  # noqa: PLC0415

    from ..training.problems import BackboneFailedError  # noqa: PLC0415

    name = library_name(spec.backbone)
    try:
        network = smp.create_model(
            architecture, name, encoder_weights=None, in_channels=spec.bands, classes=spec.outputs, **options
        )
        if spec.weights:
            encoder = _loaded_encoder(name, spec)
            network.encoder.load_state_dict(encoder.state_dict())
    except SwathError:
        raise
    except Exception as error:
        raise BackboneFailedError(backbone=spec.backbone, model=architecture, detail=_short(error)) from error
    return network  # type: ignore[no-any-return]


def _loaded_encoder(name: str, spec: NetworkSpec) -> torch.nn.Module:
    """Return the encoder for the spec's bands with loaded weights."""
    import segmentation_models_pytorch as smp  # noqa: PLC0415

    if spec.weights != "DEFAULT":
        # Weights are made for 3 bands; the library then widens the first layer to ours.
        encoder = smp.encoders.get_encoder(name, in_channels=3, weights=None)
        _load_file(encoder, Path(spec.weights), spec.backbone)
        return _widen(encoder, spec.bands)
    try:
        return smp.encoders.get_encoder(name, in_channels=spec.bands, weights="imagenet")  # type: ignore[no-any-return]
    except Exception as error:
        raise _unavailable(name, spec.backbone, error) from error


def _widen(encoder: Any, bands: int) -> torch.nn.Module:
    from segmentation_models_pytorch.encoders._utils import patch_first_conv  # noqa: PLC0415

    if bands != 3:
        patch_first_conv(encoder, new_in_channels=bands, pretrained=True)
    return encoder  # type: ignore[no-any-return]


def _load_file(encoder: Any, path: Path, backbone: str) -> None:
    import torch  # noqa: PLC0415

    from ..training.problems import BadWeightsError  # noqa: PLC0415

    def bad(detail: str) -> BadWeightsError:
        return BadWeightsError(path=path, backbone=backbone, detail=detail)

    if not path.is_file():
        raise bad("there is no such file")
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file  # noqa: PLC0415

            state: Any = load_file(path)
        else:
            # Only plain tensors: a pickle from elsewhere may run code.
            state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise bad(f"it cannot be read: {_short(error)}") from error
    for key in ("state_dict", "model", "model_state_dict"):
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            state = state[key]
    wanted = encoder.state_dict()
    taken = _best_match(state, wanted)
    parameters = [name for name, value in wanted.items() if value.ndim > 0]
    share = sum(name in taken for name in parameters) / max(len(parameters), 1)
    if share < _LEAST_MATCH:
        raise bad(f"only {share:.0%} of its {len(parameters)} tensors are in the file with the right shape")
    # The encoders' own load_state_dict drop classifier keys and insist on them; the plain one is what we need.
    torch.nn.Module.load_state_dict(encoder, {**wanted, **taken})


def _best_match(state: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the tensors that fit, under the prefix that gives the most."""
    if not isinstance(state, dict):
        return {}
    best: dict[str, Any] = {}
    for cut in ("", "encoder.", "backbone.", "module.", "model.", "network.encoder."):
        for add in ("", "model."):
            found = {
                add + key[len(cut) :]: value
                for key, value in state.items()
                if key.startswith(cut) and getattr(wanted.get(add + key[len(cut) :]), "shape", None) == value.shape
            }
            best = max(best, found, key=len)
    return best


def _unavailable(name: str, backbone: str, error: Exception) -> SwathError:
    import segmentation_models_pytorch as smp  # noqa: PLC0415

    from ..training.problems import WeightsUnavailableError  # noqa: PLC0415

    settings = smp.encoders.encoders.get(name, {}).get("pretrained_settings", {}).get("imagenet", {})
    repo = settings.get("repo_id", f"timm/{name.removeprefix('tu-')}")
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    cache = os.environ.get("HF_HUB_CACHE") or home / "hub"
    source = f"'model.safetensors' of the model '{repo}' on Hugging Face"
    return WeightsUnavailableError(backbone=backbone, detail=_short(error), source=source, cache=cache)


def _short(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:160].rstrip(" .:;,")
