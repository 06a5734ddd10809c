"""Model types: each module here describes one network that can be trained.

Light at module level; torch and the model libraries are imported inside ``build``. To add a type,
drop in a module with a ``MODEL_TYPE`` (see ``CONTRIBUTING.md``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import InputError
from ..registry import Registry
from ._arguments import AUTO, Argument, BadArgumentError, UnknownArgumentError, settled, split_arguments

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

__all__ = [
    "AUTO",
    "MODEL_TYPES",
    "WEIGHT_INITS",
    "Argument",
    "Backbones",
    "BadArgumentError",
    "BadBackboneError",
    "Build",
    "ModelType",
    "NetworkSpec",
    "UnknownArgumentError",
    "fitting_types",
    "settled",
    "split_arguments",
]


class BadBackboneError(InputError):
    """A backbone that this model type cannot take."""

    template = "The model type {model} cannot take the backbone '{backbone}' (BACKBONE): use one of {known}{more}."


@dataclass(frozen=True)
class NetworkSpec:
    """What a network is built for.

    ``outputs`` counts the channels the network gives (for pixels: the classes, background included
    where it is learnt). ``weights`` is "" (random), "DEFAULT" (the library's), a file or a folder with one.
    ``weight_init`` says what the first layer holds for bands beyond the three that loaded weights are
    made for: "RANDOM" numbers, copies of the first band's ("RED_BAND"), or "ALL_RANDOM" for all bands.
    """

    bands: int
    outputs: int
    backbone: str
    chip_size: int
    weights: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    weight_init: str = "RANDOM"

    @property
    def first_layer_is_new(self) -> bool:
        """Tell whether the first layer has random numbers although weights are loaded."""
        return self.weight_init == "ALL_RANDOM" or (self.weight_init == "RANDOM" and self.bands > 3)


WEIGHT_INITS = ("RANDOM", "RED_BAND", "ALL_RANDOM")


@dataclass(frozen=True)
class Backbones:
    """The backbones that a network takes.

    ``names`` are offered, the first where none is chosen. Names of timm are taken, too, where they
    start with ``timm``: "timm:" takes all, "" none.
    """

    names: tuple[str, ...]
    timm: str = "timm:"


class Build(Protocol):
    """Make the network of a model type."""

    def __call__(self, spec: NetworkSpec) -> torch.nn.Module:
        """Return a module: (batch, bands, height, width) float32 scaled values to raw outputs."""


@dataclass(frozen=True)
class ModelType:
    """One network that can be trained.

    Attributes:
        task: id of the task in ``engine/tasks``.
        formats: ids of the chip formats it learns from.
        backbones: names offered; a ``timm:NAME`` is taken too where ``timm`` is true.
        multiple: height and width of the input must be multiples of this many pixels.
        fixed_tile: the ONNX takes the training chip's size only.
        backbones_for: where an argument decides which of the backbones go: the arguments to those.
    """

    id: str
    title: str
    task: str
    formats: tuple[str, ...]
    build: Build
    backbones: tuple[str, ...]
    default_backbone: str
    help: str
    arguments: tuple[Argument, ...] = ()
    timm: bool = True
    multiple: int = 32
    fixed_tile: bool = False
    rank: int = 100
    backbones_for: Callable[[Mapping[str, Any]], Backbones] | None = None

    def offered(self, arguments: Mapping[str, Any] | None = None) -> Backbones:
        """Return the backbones that go with some arguments (None: with any)."""
        if self.backbones_for is not None and arguments is not None:
            return self.backbones_for(arguments)
        first = (self.default_backbone, *(name for name in self.backbones if name != self.default_backbone))
        return Backbones(first, "timm:" if self.timm else "")

    def parse_backbone(self, name: str, arguments: Mapping[str, Any] | None = None) -> str:
        """Return the backbone's canonical name ("" gives the default); raise BadBackboneError.

        Names of ArcGIS are understood; case, "-" and "_" do not count. ``arguments`` are all arguments of
        the model; without them every backbone goes that goes with some arguments.
        """
        offered = self.offered(arguments)
        name = name.strip()
        if not name:
            return offered.names[0]
        if name.lower().startswith("timm:") and offered.timm:
            found = "timm:" + name[len("timm:") :].strip()
            # timm itself would take addresses and folders, too.
            if found.startswith(offered.timm) and re.fullmatch(r"timm:[\w.-]+", found):
                return found
        plain = _plain(name)
        for known in offered.names:
            if _plain(known) in (plain, _plain(_ALIASES.get(plain, ""))):
                return known
        more = ", or timm:NAME" if offered.timm else ""
        if offered.timm not in ("", "timm:"):
            more += f" with a NAME like {offered.timm[len('timm:') :]}..."
        listing = ", ".join(offered.names)
        raise BadBackboneError(model=self.id, backbone=name, known=listing, more=more)

    def parse_arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return all arguments with defaults filled in; raise where one is unknown or does not fit."""
        known = {argument.name: argument for argument in self.arguments}
        spelt = {alias: argument for argument in self.arguments for alias in argument.aliases} | known
        values = {name: argument.default for name, argument in known.items()}
        for name, value in given.items():
            if name not in spelt:
                listing = ", ".join(known) or "none"
                raise UnknownArgumentError(model=self.id, argument=name, known=listing)
            values[spelt[name].name] = spelt[name].parse(self.id, value)
        return values

    def settle(self, arguments: Mapping[str, Any], sides: NDArray[np.float32] | None = None) -> dict[str, Any]:
        """Return the arguments with a value in place of each AUTO.

        Args:
            arguments: all of them, parsed.
            sides: (n,) in pixels of the objects that are learnt; None where they are not known yet.
        """
        return settled(self.arguments, arguments, sides)


# Names that other programs use for the same backbone.
_ALIASES = {"resnext50": "resnext50_32x4d", "mobilenet": "mobilenet_v2"}


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


MODEL_TYPES: Registry[ModelType] = Registry(__name__, "MODEL_TYPE")


def fitting_types(chip_format: str) -> list[ModelType]:
    """Return the model types that learn from a chip format, the one that AUTO takes first.

    Those that name the format first go before the others: outlines are for what learns outlines.
    """
    fitting = [item for item in MODEL_TYPES.all().values() if chip_format in item.formats]
    return sorted(fitting, key=lambda item: item.formats[0] != chip_format)
