"""What the families of OpenMMLab share: arguments that take networks by the names known there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError
from . import Argument, BadArgumentError


class NotCoveredError(InputError):
    """A network of a family that no library has today."""

    template = (
        "The network '{name}' of {family} is in no library that is kept up today (MODEL_ARGUMENTS: model): "
        "use {nearest}, which come nearest, or one of {known}."
    )


@dataclass(frozen=True)
class NetworkArgument(Argument):
    """A network's name, in lower case as the family writes it.

    Attributes:
        family: what the networks are called together.
        nearest: names that no library has, and what comes nearest to them.
    """

    family: str = ""
    nearest: Mapping[str, str] = field(default_factory=dict)

    def parse(self, model: str, value: Any) -> str:
        """Return the name; raise NotCoveredError for those we lack and BadArgumentError for others."""
        name = str(value).strip().lower().replace("-", "_")
        if name in self.nearest:
            raise NotCoveredError(
                name=name, family=self.family, nearest=self.nearest[name], known=", ".join(self.choices)
            )
        if name not in self.choices:
            raise BadArgumentError(argument=self.name, model=model, value=value, expected=self.expected)
        return name


class FalseArgument(Argument):
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


MODEL_WEIGHT = FalseArgument("model_weight", "bool", False, help="Only false: weights come through BACKBONE_WEIGHTS.")
