"""Hyperparameters of model types: their form, their check, and what their value AUTO stands for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

# Another value is found in its place, of what is learnt.
AUTO = "AUTO"


class UnknownArgumentError(InputError):
    """An argument that the model type does not take."""

    template = "The model type {model} takes no argument '{argument}' (MODEL_ARGUMENTS): it takes {known}."


class BadArgumentError(InputError):
    """An argument with a value that does not fit."""

    template = "The argument '{argument}' of {model} cannot be '{value}' (MODEL_ARGUMENTS): give {expected}."


@dataclass(frozen=True)
class Argument:
    """One typed hyperparameter of a model type: what the form, the help and the check are made of.

    ``kind`` is "bool", "int", "float", "choice", "ints" or "floats" (lists); ``minimum`` and
    ``maximum`` bound numbers and the numbers in lists, of which there are at least ``fewest``. ``aliases``
    are other spellings of the name. ``automatic`` tells what the value AUTO stands for, of the sides in pixels
    (n,) of the objects that are learnt: roots of width times height; with none, what asks for most.
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
    automatic: Callable[[NDArray[np.float32]], Any] | None = None

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


def settled(
    arguments: Sequence[Argument], values: Mapping[str, Any], sides: NDArray[np.float32] | None = None
) -> dict[str, Any]:
    """Return values with another in place of each AUTO; see ``ModelType.settle``."""
    known = np.zeros(0, np.float32) if sides is None else sides
    found = {item.name: item.automatic for item in arguments if item.automatic and values.get(item.name) == AUTO}
    return {**values, **{name: automatic(known) for name, automatic in found.items()}}


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
