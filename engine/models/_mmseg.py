"""The networks that answer to the names of MMSegmentation, from libraries that are kept up today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from . import Backbones, NetworkSpec, pspnet
from ._smp import BACKBONES, DILATED, build_encoder
from ._smp import build as build_smp

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Family:
    """One network of the family: its backbones, and how it is built."""

    backbones: Backbones
    build: Callable[[NetworkSpec], torch.nn.Module]


def _library(architecture: str) -> Callable[[NetworkSpec], torch.nn.Module]:
    return lambda spec: build_smp(architecture, spec)


def fcn(spec: NetworkSpec, block: Callable[[int], torch.nn.Module] | None = None, stride: int = 8) -> torch.nn.Module:
    """Return a fully convolutional network on dilated features, with torchvision's head.

    Long et al. 2015, https://arxiv.org/abs/1411.4038

    Args:
        spec: what is built.
        block: makes a layer for so many channels, which stands between the head's convolutions.
        stride: how much smaller than the image the features are.
    """
    from torchvision.models.segmentation.fcn import FCNHead  # noqa: PLC0415

    from ..training import parts  # noqa: PLC0415

    encoder = build_encoder(spec, output_stride=stride)
    channels = encoder.out_channels[-1]
    head: Any = FCNHead(channels, spec.outputs)
    if block is not None:
        head.insert(3, block(channels // 4))
    return parts.Segmenter(encoder, parts.Coarsest(), head)


def gcnet(spec: NetworkSpec) -> torch.nn.Module:
    """Return an FCN with a block that adds what all places together say.

    Cao et al. 2019, https://arxiv.org/abs/1904.11492
    """
    from timm.layers.global_context import GlobalContext  # noqa: PLC0415

    return fcn(spec, partial(GlobalContext, fuse_add=True, fuse_scale=False, rd_ratio=1 / 16))


def nonlocal_net(spec: NetworkSpec) -> torch.nn.Module:
    """Return an FCN with a block in which each place looks at all others.

    Wang et al. 2018, https://arxiv.org/abs/1711.07971. At a sixteenth of the size: at an eighth the
    block would need a gigabyte for a tile of 1024 pixels.
    """
    from timm.layers.non_local_attn import NonLocalAttn  # noqa: PLC0415

    return fcn(spec, partial(NonLocalAttn, rd_ratio=1 / 2), stride=16)


def lraspp(spec: NetworkSpec) -> torch.nn.Module:
    """Return torchvision's LR-ASPP head on MobileNetV3.

    Howard et al. 2019, https://arxiv.org/abs/1905.02244
    """
    from torchvision.models.segmentation.lraspp import LRASPPHead  # noqa: PLC0415

    from ..training import parts  # noqa: PLC0415

    encoder = build_encoder(spec, output_stride=16)
    low, high = encoder.out_channels[3], encoder.out_channels[-1]
    return parts.Segmenter(encoder, parts.Named({"low": 3, "high": -1}), LRASPPHead(low, high, spec.outputs, 128))


def hrnet(spec: NetworkSpec) -> torch.nn.Module:
    """Return HRNetV2: all scales of a high-resolution backbone side by side, and two 1 x 1 convolutions.

    Sun et al. 2019, https://arxiv.org/abs/1904.04514
    """
    import torch  # noqa: PLC0415
    from segmentation_models_pytorch.base.modules import Conv2dReLU  # noqa: PLC0415

    from ..training import parts  # noqa: PLC0415

    # "": the features as they are, without the layers that classification puts on them.
    encoder = build_encoder(spec, feature_location="")
    channels = sum(encoder.out_channels[-4:])
    head = torch.nn.Sequential(Conv2dReLU(channels, channels, 1), torch.nn.Conv2d(channels, spec.outputs, 1))
    return parts.Segmenter(encoder, parts.Joined(4), head)


def _pspnet(spec: NetworkSpec) -> torch.nn.Module:
    return pspnet.build(replace(spec, arguments={**spec.arguments, "use_unet": False}))


_DILATED = Backbones(("resnet50", *(name for name in DILATED if name != "resnet50")))
_ALL = Backbones(("resnet50", *(name for name in BACKBONES if name != "resnet50")))
_HRNETS = Backbones(("timm:hrnet_w18", "timm:hrnet_w32", "timm:hrnet_w48"), "timm:hrnet")
_RESNESTS = Backbones(("timm:resnest50d", "timm:resnest101e", "timm:resnest14d"), "timm:resnest")
_MOBILES_3 = Backbones(("timm:mobilenetv3_large_100", "timm:mobilenetv3_small_100"), "timm:mobilenetv3")

# Name: the network that answers to it. smp is segmentation_models_pytorch.
FAMILIES = {
    "deeplabv3": Family(_DILATED, _library("deeplabv3")),  # smp
    "deeplabv3plus": Family(_DILATED, _library("deeplabv3plus")),  # smp
    "fcn": Family(_DILATED, fcn),  # torchvision's head on dilated features
    "gcnet": Family(_DILATED, gcnet),  # fcn with timm's global context block
    "hrnet": Family(_HRNETS, hrnet),  # HRNetV2's head on timm's HRNet
    "mobilenet_v2": Family(Backbones(("mobilenet_v2",), ""), _library("deeplabv3")),  # smp's DeepLabV3 on MobileNetV2
    "mobilenet_v3": Family(_MOBILES_3, lraspp),  # torchvision's LR-ASPP head on timm's MobileNetV3
    "nonlocal_net": Family(_DILATED, nonlocal_net),  # fcn with timm's non-local block
    "pspnet": Family(_DILATED, _pspnet),  # our PSPNET without a U-Net, of smp's parts
    "resnest": Family(_RESNESTS, _library("deeplabv3")),  # smp's DeepLabV3 on timm's ResNeSt
    "sem_fpn": Family(_ALL, _library("fpn")),  # smp
    "unet": Family(_ALL, _library("unet")),  # smp
    "upernet": Family(_ALL, _library("upernet")),  # smp
}

# Names of MMSegmentation that no library has, and what comes nearest to them.
NEAREST = {
    "ann": "nonlocal_net or gcnet",
    "apcnet": "pspnet or deeplabv3",
    "ccnet": "nonlocal_net or gcnet",
    "cgnet": "mobilenet_v3 or mobilenet_v2",
    "danet": "nonlocal_net or gcnet",
    "dmnet": "pspnet or deeplabv3",
    "dnlnet": "nonlocal_net or gcnet",
    "emanet": "nonlocal_net or gcnet",
    "encnet": "gcnet or deeplabv3",
    "fastscnn": "mobilenet_v3 or mobilenet_v2",
    "ocrnet": "hrnet or deeplabv3plus",
    "ocrnet_base": "hrnet or deeplabv3plus",
    "pointrend": "sem_fpn or deeplabv3plus",
    "psanet": "pspnet or nonlocal_net",
}
