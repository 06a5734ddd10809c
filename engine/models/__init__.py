"""Model types: each module here describes one network that can be trained.

Light at module level; torch and the model libraries are imported inside ``build``. To add a type,
drop in a module with a ``MODEL_TYPE`` (see ``CONTRIBUTING.md``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    ``maximum`` bound numbers and the numbers in lists.
    """

    name: str
    kind: str
    default: Any
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()

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
    where it is learnt). ``weights`` is "" (random), "DEFAULT" (the library's) or a file.
    """

    bands: int
    outputs: int
    backbone: str
    chip_size: int
    weights: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)


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

    def parse_backbone(self, name: str) -> str:
        """Return the backbone's canonical name ("" gives the default); raise BadBackboneError."""
        name = name.strip()
        if not name:
            return self.default_backbone
        if name.lower().startswith("timm:") and self.timm and len(name) > len("timm:"):
            return "timm:" + name[len("timm:") :]
        plain = name.lower().replace("-", "").replace("_", "")
        for known in self.backbones:
            if known.lower().replace("-", "").replace("_", "") == plain:
                return known
        more = ", or timm:NAME" if self.timm else ""
        raise BadBackboneError(model=self.id, backbone=name, known=", ".join(self.backbones), more=more)

    def parse_arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return all arguments with defaults filled in; raise where one is unknown or does not fit."""
        known = {argument.name: argument for argument in self.arguments}
        values = {name: argument.default for name, argument in known.items()}
        for name, value in given.items():
            if name not in known:
                listing = ", ".join(known) or "none"
                raise UnknownArgumentError(model=self.id, argument=name, known=listing)
            values[name] = known[name].parse(self.id, value)
        return values


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
