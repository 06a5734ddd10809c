"""Model types: each module here describes one network that can be trained.

Light at module level; torch and the model libraries are imported inside ``build``. To add a type,
drop in a module with a ``MODEL_TYPE`` (see ``CONTRIBUTING.md``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import InputError
from ..registry import Registry

if TYPE_CHECKING:
    import torch


class UnknownArgumentError(InputError):
    """An argument that the model type does not take."""

    template = "The model type {model} takes no argument '{argument}' (MODEL_ARGUMENTS): it takes {known}."


class BadArgumentError(InputError):
    """An argument with a value that does not fit."""

    template = "The argument '{argument}' of {model} cannot be '{value}' (MODEL_ARGUMENTS): give {expected}."


class BadBackboneError(InputError):
    """A backbone that this model type cannot take."""

    template = "The model type {model} cannot take the backbone '{backbone}' (BACKBONE): use one of {known}{more}."


@dataclass(frozen=True)
class Argument:
    """One typed hyperparameter of a model type: what the form, the help and the check are made of.

    ``kind`` is "bool", "int", "float", "choice", "ints" or "floats" (lists); ``minimum`` and
    ``maximum`` bound numbers and the numbers in lists, of which there are at least ``fewest``. ``aliases``
    are other spellings of the name.
    """

    name: str
    kind: str
    default: Any
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    fewest: int = 0

    @property
    def expected(self) -> str:
        """Say what values fit, for help and errors."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "bool":
            return "true or false"
        words = {"int": "a whole number", "float": "a number"}
        text = words.get(self.kind, "a list of numbers, like [1, 2]")
        if self.minimum is not None and self.maximum is not None:
            return f"{text} from {self.minimum:g} to {self.maximum:g}"
        return text if self.minimum is None else f"{text} of at least {self.minimum:g}"

    def parse(self, model: str, value: Any) -> Any:
        """Return ``value`` in this argument's type; raise BadArgumentError where it does not fit."""
        try:
            parsed = _CASTS[self.kind](value)
        except (TypeError, ValueError, KeyError) as error:
            raise self._bad(model, value) from error
        if self.kind == "choice":
            if str(parsed).upper() not in self.choices:
                raise self._bad(model, value)
            return str(parsed).upper()
        if isinstance(parsed, list) and len(parsed) < self.fewest:
            raise self._bad(model, value)
        if self.kind != "bool":
            for number in parsed if isinstance(parsed, list) else [parsed]:
                if (self.minimum is not None and number < self.minimum) or (
                    self.maximum is not None and number > self.maximum
                ):
                    raise self._bad(model, value)
        return parsed

    def _bad(self, model: str, value: Any) -> BadArgumentError:
        return BadArgumentError(argument=self.name, model=model, value=value, expected=self.expected)


def _to_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[str(value).strip().lower()]


def _to_int(value: Any) -> int:
    number = float(value)
    if number != int(number):
        raise ValueError(value)
    return int(number)


def _to_list(value: Any, cast: Any) -> list[Any]:
    items = value if isinstance(value, (list, tuple)) else str(value).strip("[]() ").replace(";", ",").split(",")
    return [cast(item) for item in items if str(item).strip()]


_CASTS: dict[str, Any] = {
    "bool": _to_bool,
    "int": _to_int,
    "float": float,
    "choice": str,
    "ints": lambda value: _to_list(value, _to_int),
    "floats": lambda value: _to_list(value, float),
}


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


# Names that other programs use for the same backbone.
_ALIASES = {"resnext50": "resnext50_32x4d", "mobilenet": "mobilenet_v2"}


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def split_arguments(text: str) -> dict[str, Any]:
    """Read MODEL_ARGUMENTS: a JSON object, or ``name value;name value`` as ArcGIS writes them."""
    text = text.strip()
    if not text:
        return {}
    if text.startswith("{"):
        try:
            return dict(json.loads(text))
        except ValueError as error:
            raise BadArgumentError(
                argument="MODEL_ARGUMENTS", model="the training tool", value=text, expected="a JSON object"
            ) from error
    pairs = [part.strip().replace("=", " ", 1).split(None, 1) for part in text.split(";") if part.strip()]
    return {pair[0]: (pair[1].strip().strip("'\"") if len(pair) > 1 else "") for pair in pairs}


MODEL_TYPES: Registry[ModelType] = Registry(__name__, "MODEL_TYPE")


def fitting_types(chip_format: str) -> list[ModelType]:
    """Return the model types that learn from a chip format, the one that AUTO takes first.

    Those that name the format first go before the others: outlines are for what learns outlines.
    """
    fitting = [item for item in MODEL_TYPES.all().values() if chip_format in item.formats]
    return sorted(fitting, key=lambda item: item.formats[0] != chip_format)
