"""The family of networks that MMSegmentation made known, by their names there.

Contributors of MMSegmentation 2020, https://github.com/open-mmlab/mmsegmentation (not used here: its
versions no longer go together). ``_mmseg.py`` says which network answers to which name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import Backbones, ModelType, NetworkSpec
from ._mm import MODEL_WEIGHT, NetworkArgument
from ._mmseg import FAMILIES, NEAREST
from ._smp import PIXEL_ARGUMENTS

if TYPE_CHECKING:
    import torch

_DEFAULT = "deeplabv3"


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return the network that ``model`` names: (batch, bands, height, width) to (batch, outputs, height, width)."""
    return FAMILIES[spec.arguments.get("model", _DEFAULT)].build(spec)


def backbones_for(arguments: Mapping[str, Any]) -> Backbones:
    """Return the backbones of the network that ``model`` names."""
    return FAMILIES[arguments.get("model", _DEFAULT)].backbones


def _all_backbones() -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for family in FAMILIES.values() for name in family.backbones.names))


MODEL_TYPE = ModelType(
    id="MMSEGMENTATION",
    title="MMSegmentation's networks (pixel classification)",
    task="PIXELS",
    formats=("CLASSIFIED_TILES",),
    build=build,
    backbones=_all_backbones(),
    default_backbone="resnet50",
    backbones_for=backbones_for,
    help="Classifies every pixel by a network of this family, named in the argument 'model'. "
    "Some networks have backbones of their own, which an empty BACKBONE chooses.",
    arguments=(
        *PIXEL_ARGUMENTS,
        NetworkArgument(
            "model",
            "choice",
            _DEFAULT,
            help="The network of the family.",
            choices=tuple(FAMILIES),
            family="MMSegmentation",
            nearest=NEAREST,
        ),
        MODEL_WEIGHT,
    ),
    rank=50,
)
