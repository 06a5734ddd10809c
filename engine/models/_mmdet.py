"""The networks that answer to the names of MMDetection, from libraries that are kept up today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import Backbones, NetworkSpec, fcos
from ._rcnn import RCNN_BACKBONES, build_rcnn

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Family:
    """One network of the family: what it is made of, its backbones, and how it is built."""

    made_of: str
    backbones: Backbones
    build: Callable[[NetworkSpec], torch.nn.Module]


def faster_rcnn(spec: NetworkSpec) -> torch.nn.Module:
    """Return Faster R-CNN."""
    return build_rcnn("MMDETECTION", spec)


def double_heads(spec: NetworkSpec) -> torch.nn.Module:
    """Return Faster R-CNN whose second stage tells classes and boxes by heads of their own.

    Wu et al. 2020, https://arxiv.org/abs/1904.06493
    """
    return build_rcnn("MMDETECTION", spec, double=True)


_ALL = Backbones(RCNN_BACKBONES)
_HRNETS = Backbones(("timm:hrnet_w18", "timm:hrnet_w32", "timm:hrnet_w48", "timm:hrnet_w18_small"), "timm:hrnet")
_REGNETS = Backbones(
    ("timm:regnetx_032", "timm:regnetx_004", "timm:regnetx_008", "timm:regnetx_016", "timm:regnety_032"), "timm:regnet"
)
_RES2NETS = Backbones(("timm:res2net50_26w_4s", "timm:res2net50_14w_8s", "timm:res2net101_26w_4s"), "timm:res2net")

# Name: the network that answers to it.
FAMILIES = {
    "double_heads": Family("Faster R-CNN with both of torchvision's heads", _ALL, double_heads),
    "fcos": Family("torchvision's FCOS", Backbones(fcos.MODEL_TYPE.offered().names), fcos.build),
    "hrnet": Family("torchvision's Faster R-CNN on timm's HRNet", _HRNETS, faster_rcnn),
    "regnet": Family("torchvision's Faster R-CNN on timm's RegNet", _REGNETS, faster_rcnn),
    "res2net": Family("torchvision's Faster R-CNN on timm's Res2Net", _RES2NETS, faster_rcnn),
}

# Names of MMDetection that no library has in a form that can be exported, and what comes nearest to them.
NEAREST = {
    "atss": "fcos or the model type RETINANET",
    "carafe": "res2net or hrnet",
    "cascade_rcnn": "double_heads or res2net",
    "cascade_rpn": "double_heads or res2net",
    "dcn": "res2net or regnet",
    "detectors": "double_heads or hrnet",
    "dynamic_rcnn": "double_heads or res2net",
    "empirical_attention": "res2net or the model type DETREG",
    "foveabox": "fcos",
    "fsaf": "fcos or the model type RETINANET",
    "ghm": "fcos or the model type RETINANET",
    "libra_rcnn": "double_heads or res2net",
    "nas_fcos": "fcos",
    "pafpn": "hrnet or res2net",
    "pisa": "double_heads or res2net",
    "reppoints": "fcos",
    "sabl": "double_heads or fcos",
    "vfnet": "fcos or the model type RETINANET",
}
