"""SOLID_DISTANCE and BLUR_DISTANCE as people write them: ``class px;class px`` and ``class min max;...``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..i18n import translate
from .train_problems import BadDistanceError, NoSuchClassError, TwiceError

ALL = "*"
# Pixels; the engine's own bound.
FARTHEST = 1000.0
_NUMBER = r"(\d+\.?\d*|\.\d+)"
# A class (by value or name, in quotes if need be), then its numbers; alone they are for all classes.
_SOLID = re.compile(rf"(?:(\S.*?)\s+)?{_NUMBER}")
_BLUR = re.compile(rf"(?:(\S.*?)\s+)?[\[(]?\s*{_NUMBER}[\s,]+{_NUMBER}\s*[\])]?")


def solid_distances(text: str, classes: Mapping[int, str], parameter: str = "SOLID_DISTANCE") -> dict[str, Any]:
    """Return pixels by class value ("*" for all) of ``class px;class px``, or of one number.

    Args:
        text: of the parameter; classes go by value or by name.
        classes: names by value, as the chips have them; empty where they do not say.
        parameter: for errors.

    Raises:
        BadDistanceError, NoSuchClassError, TwiceError: for what cannot be read.
    """
    words = translate("Swath", "pixels for each class, like 1 5;2 3, or one number for all of them, up to {most}")
    return {name: numbers[0] for name, numbers in _parts(text, classes, parameter, _SOLID, words)}


def blur_distances(text: str, classes: Mapping[int, str], parameter: str = "BLUR_DISTANCE") -> dict[str, Any]:
    """Return [least, greatest] pixels by class value of ``class min max;...``, or of two numbers.

    Raises as ``solid_distances`` does.
    """
    words = translate(
        "Swath",
        "the least and the greatest pixels for each class, like 1 0 10;2 1 5, or two numbers for all of them, up to "
        "{most}",
    )
    return dict(_parts(text, classes, parameter, _BLUR, words))


def _parts(
    text: str, classes: Mapping[int, str], parameter: str, pattern: re.Pattern[str], words: str
) -> Iterator[tuple[str, list[float]]]:
    seen = set()
    for part in filter(None, (item.strip() for item in text.split(";"))):
        found = pattern.fullmatch(part)
        numbers = [float(item) for item in found.groups()[1:]] if found else []
        if found is None or numbers != sorted(numbers) or numbers[-1] > FARTHEST:
            raise BadDistanceError(part=part, parameter=parameter, expected=words.format(most=f"{FARTHEST:g}"))
        name = _class_value(found.group(1) or ALL, classes, parameter)
        if name in seen:
            raise TwiceError(name=name, parameter=parameter)
        seen.add(name)
        yield name, [int(number) if number == int(number) else number for number in numbers]


def _class_value(text: str, classes: Mapping[int, str], parameter: str) -> str:
    """Return the value of a class as text, "*" for all; a value goes before a name that looks like one."""
    name = text.strip().strip("'\"").strip()
    if name == ALL:
        return ALL
    if name.isdecimal() and (int(name) in classes or not classes):
        return str(int(name))
    for value, known in classes.items():
        if known.strip().casefold() == name.casefold():
            return str(value)
    listing = ", ".join(f"{value} {known}" for value, known in classes.items()) or "classes without names: use values"
    raise NoSuchClassError(name=name, parameter=parameter, known=listing)
