"""The family of networks that MMDetection made known, by their names there.

Chen et al. 2019, https://arxiv.org/abs/1906.07155, https://github.com/open-mmlab/mmdetection (not used here: its
versions no longer go together). ``_mmdet.py`` says which network answers to which name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import Backbones, ModelType, NetworkSpec
from ._detect import BOX_FORMATS
from ._mm import MODEL_WEIGHT, NetworkArgument
from ._mmdet import FAMILIES, NEAREST

if TYPE_CHECKING:
    import torch

# ArcGIS takes cascade_rcnn, which no library has.
_DEFAULT = "res2net"


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return the ``Detector`` that ``model`` names, of the dense form (fcos) or the selected one (all others)."""
    return FAMILIES[spec.arguments.get("model", _DEFAULT)].build(spec)


def backbones_for(arguments: Mapping[str, Any]) -> Backbones:
    """Return the backbones of the network that ``model`` names."""
    return FAMILIES[arguments.get("model", _DEFAULT)].backbones


def _all_backbones() -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for family in FAMILIES.values() for name in family.backbones.names))


def _told() -> str:
    return "; ".join(f"{name} is {family.made_of}" for name, family in FAMILIES.items())


MODEL_TYPE = ModelType(
    id="MMDETECTION",
    title="MMDetection's networks (object detection)",
    task="OBJECTS",
    formats=BOX_FORMATS,
    build=build,
    backbones=_all_backbones(),
    default_backbone=FAMILIES[_DEFAULT].backbones.names[0],
    backbones_for=backbones_for,
    help="Finds objects as boxes by a network of this family, named in the argument 'model'. "
    "Some networks have backbones of their own, which an empty BACKBONE chooses.",
    arguments=(
        NetworkArgument(
            "model",
            "choice",
            _DEFAULT,
            help=f"The network of the family: {_told()}.",
            choices=tuple(FAMILIES),
            family="MMDetection",
            nearest=NEAREST,
        ),
        MODEL_WEIGHT,
    ),
    rank=170,
)
