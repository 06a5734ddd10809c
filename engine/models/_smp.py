"""What the model types share: backbones, arguments, and building with segmentation_models_pytorch.

Which backbones go with which network was measured: a pair that is offered builds, learns and exports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import SwathError
from . import Argument, NetworkSpec

if TYPE_CHECKING:
    import torch

RESNETS = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d")
DENSENETS = ("densenet121", "densenet161", "densenet169", "densenet201")
VGGS = ("vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn")
TRANSFORMERS = ("mit_b0", "mit_b1", "mit_b2", "mit_b3", "mit_b4", "mit_b5")
# Strides turn into dilation in these, as networks of the DeepLab kind need it.
DILATED = (*RESNETS, "mobilenet_v2", "darknet53", "efficientnet-b0", "efficientnet-b3")
# These have features at every scale from 1/2 on; the transformers have none at 1/2.
CONVOLUTIONAL = (*RESNETS, *DENSENETS, "mobilenet_v2", *VGGS, "darknet53", "efficientnet-b0", "efficientnet-b3")
BACKBONES = (*CONVOLUTIONAL, *TRANSFORMERS)

PIXEL_ARGUMENTS: tuple[Argument, ...] = (
    Argument("class_balancing", "bool", False, "Weigh rare classes more in the loss, by their pixels."),
    Argument(
        "focal_loss",
        "bool",
        False,
        "Turn the loss to pixels that are still wrong (helps rare classes).",
        aliases=("focus_loss",),
    ),
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
    from ..training.weights import load_weights  # noqa: PLC0415

    name = library_name(spec.backbone)
    try:
        network = smp.create_model(
            architecture, name, encoder_weights=None, in_channels=spec.bands, classes=spec.outputs, **options
        )
        if spec.weights:
            load_weights(network.encoder, name, spec)
    except SwathError:
        raise
    except Exception as error:
        raise BackboneFailedError(backbone=spec.backbone, model=architecture, detail=_short(error)) from error
    return network  # type: ignore[no-any-return]


def build_encoder(spec: NetworkSpec, **options: Any) -> Any:
    """Build a backbone by itself, with the weights that the spec asks for.

    Called with an image it gives a list of features, the image first, then from fine to coarse; their
    channels are its ``out_channels``. ``options`` are those of ``get_encoder``: ``depth`` (how many times
    the image is halved), ``output_stride`` (8 or 16 instead of 32: dilated), and those of a timm network.

    Raises as ``build`` does.
    """
    import segmentation_models_pytorch as smp  # noqa: PLC0415

    from ..training.problems import BackboneFailedError  # noqa: PLC0415
    from ..training.weights import load_weights  # noqa: PLC0415

    name = library_name(spec.backbone)
    try:
        encoder = smp.encoders.get_encoder(name, in_channels=spec.bands, weights=None, **options)
        if spec.weights:
            load_weights(encoder, name, spec)
    except SwathError:
        raise
    except Exception as error:
        raise BackboneFailedError(backbone=spec.backbone, model="this model", detail=_short(error)) from error
    return encoder


def _short(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:160].rstrip(" .:;,")
