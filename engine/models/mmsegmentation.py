"""The family of networks that MMSegmentation made known, by their names there.

Contributors of MMSegmentation 2020, https://github.com/open-mmlab/mmsegmentation (not used here: its
versions no longer go together). ``_mmseg.py`` says which network answers to which name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from . import Argument, Backbones, BadArgumentError, ModelType, NetworkSpec
from ._mmseg import FAMILIES, NEAREST
from ._smp import PIXEL_ARGUMENTS

if TYPE_CHECKING:
    import torch

_DEFAULT = "deeplabv3"


class NotCoveredError(InputError):
    """A network of MMSegmentation that no library has today."""

    template = (
        "The network '{name}' of MMSegmentation is in no library that is kept up today (MODEL_ARGUMENTS: model): "
        "use {nearest}, which come nearest, or one of {known}."
    )


class _NetworkArgument(Argument):
    """The network's name, in lower case as MMSegmentation writes it."""

    def parse(self, model: str, value: Any) -> str:
        """Return the name; raise NotCoveredError for those we lack and BadArgumentError for others."""
        name = str(value).strip().lower().replace("-", "_")
        if name in NEAREST:
            raise NotCoveredError(name=name, nearest=NEAREST[name], known=", ".join(FAMILIES))
        if name not in FAMILIES:
            raise BadArgumentError(argument=self.name, model=model, value=value, expected=self.expected)
        return name


class _FalseArgument(Argument):
    """An argument that is there for its name only."""

    @property
    def expected(self) -> str:
        """Say what to do instead."""
        return "false, and weights through BACKBONE_WEIGHTS or PRETRAINED_MODEL"

    def parse(self, model: str, value: Any) -> bool:
        """Return False; raise BadArgumentError for anything else."""
        if super().parse(model, value):
            raise BadArgumentError(argument=self.name, model=model, value=value, expected=self.expected)
        return False


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
        _NetworkArgument("model", "choice", _DEFAULT, help="The network of the family.", choices=tuple(FAMILIES)),
        _FalseArgument("model_weight", "bool", False, help="Only false: weights come through BACKBONE_WEIGHTS."),
    ),
    rank=50,
)
