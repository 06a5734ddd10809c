"""Classes as others write them, made into a schema: what is wrong in them is left out or mended, and told."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ...i18n import translate
from .schema import ClassEntry, ClassGroup, Schema
from .schema_nodes import DEEPEST, LARGEST_VALUE, LONGEST_NAME, Node, distinct_colors, spelled
from .schema_problems import NoClassesFoundError, TooManyClassesError

MOST_CLASSES = 1000
_NAMED = 5


@dataclass(frozen=True)
class RawClass:
    """One class or group as it stands in a source; ``color`` is red, green and blue, or ``#rrggbb``."""

    name: str
    value: Any = None
    color: Any = None
    description: str = ""
    children: tuple[RawClass, ...] = ()


@dataclass(frozen=True)
class Found:
    """The classes of a source, and sentences about what was left out or mended."""

    schema: Schema
    notes: tuple[str, ...] = ()


def collect(raws: Iterable[RawClass], source: str, name: str = "", description: str = "") -> Found:
    """Return the schema that a source holds.

    Value 0 is left out, for it means unlabeled; classes without a value are numbered behind the others, those
    without a colour get one. A group that has a value of its own becomes a group with a class of its name.

    Args:
        raws: the classes and groups in their order.
        source: what they were found in, for errors.
        name: of the schema.
        description: of the schema.

    Raises:
        NoClassesFoundError, TooManyClassesError: a sentence that names the source.
    """
    raws = tuple(raws)
    listed = tuple(_flat(raws))
    if len(listed) > MOST_CLASSES:
        raise TooManyClassesError(source=source, most=MOST_CLASSES)
    builder = _Builder({number for raw in listed if (number := whole_number(raw.value))}, _colors_of(listed))
    children = builder.nodes(raws, 0)
    if not builder.by_value:
        raise NoClassesFoundError(source=source, detail=builder.emptiness())
    return Found(Schema(" ".join(name.split())[:LONGEST_NAME], description, children), tuple(builder.notes()))


def whole_number(value: Any) -> int | None:
    """Return a number or a text as a whole number; None of others."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value.is_integer() else None
    found = re.fullmatch(r"\s*(-?[0-9]{1,10})(\.0*)?\s*", str(value))
    return int(found[1]) if found else None


def color_text(value: Any) -> str:
    """Return a colour as ``#rrggbb``; "" of what is none."""
    if isinstance(value, str):
        text = value.strip().lower()
        return text[:7] if re.fullmatch(r"#[0-9a-f]{6}([0-9a-f]{2})?", text) else ""
    if isinstance(value, (list, tuple)) and len(value) >= 3:
        parts = [whole_number(part) for part in value[:3]]
        if all(part is not None and 0 <= part <= 255 for part in parts):
            return "#" + "".join(f"{part:02x}" for part in parts)
    return ""


@dataclass
class _Builder:
    """Makes nodes of raw ones, one after the other."""

    taken_values: set[int]
    taken_colors: set[str]
    by_value: dict[int, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    zeros: int = 0
    bad: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._colors = distinct_colors()
        self._next = max((value for value in self.taken_values if 0 < value < LARGEST_VALUE // 2), default=0)

    def nodes(self, raws: Iterable[RawClass], depth: int) -> tuple[Node, ...]:
        made: list[Node] = []
        groups: set[str] = set()
        for raw in raws:
            if not raw.children:
                made += self._entries(raw)
                continue
            own = self._entries(raw) if _valued(raw) else ()
            if depth < DEEPEST:
                children = (*own, *self.nodes(raw.children, depth + 1))
                made.append(ClassGroup(_unused(_short(raw.name) or "-", groups), children))
            else:
                made += [*own, *self.nodes(_flat(raw.children), depth)]
        return tuple(made)

    def emptiness(self) -> str:
        """Return why no class was found."""
        if self.bad:
            return translate("Swath", "its values are no whole numbers from 1: {values}").format(
                values=_listing(self.bad)
            )
        if self.zeros:
            return translate("Swath", "its only value is 0, which means unlabeled")
        return translate("Swath", "it is empty")

    def notes(self) -> Iterator[str]:
        """Yield what the user should know."""
        if self.zeros:
            yield translate("Swath", "The value 0 means unlabeled and was left out.")
        if self.bad:
            text = translate("Swath", "Left out, because class values are whole numbers from 1: {values}.")
            yield text.format(values=_listing(self.bad))
        if self.twice:
            text = translate("Swath", "Left out, because their values are taken: {classes}.")
            yield text.format(classes=_listing(self.twice))

    def _entries(self, raw: RawClass) -> tuple[ClassEntry, ...]:
        value = self._value(raw)
        if value is None:
            return ()
        color = color_text(raw.color) or next(color for color in self._colors if color not in self.taken_colors)
        name = _unused(_short(raw.name) or str(value), self.names, str(value))
        self.by_value[value] = name
        self.taken_colors.add(color)
        return (ClassEntry(name, value, color, raw.description),)

    def _value(self, raw: RawClass) -> int | None:
        if raw.value is None:
            self._next += 1
            while self._next in self.taken_values:
                self._next += 1
            return self._next
        value = whole_number(raw.value)
        if value == 0:
            self.zeros += 1
        elif value is None or not 1 <= value <= LARGEST_VALUE:
            self.bad.append(str(raw.value)[:20])
        elif value in self.by_value:
            self.twice.append(f"{_short(raw.name)} ({value})")
        else:
            return value
        return None


def _flat(raws: Iterable[RawClass]) -> Iterator[RawClass]:
    """Yield all that may become classes, without groups."""
    for raw in raws:
        if not raw.children or _valued(raw):
            yield RawClass(raw.name, raw.value, raw.color, raw.description)
        yield from _flat(raw.children)


def _valued(raw: RawClass) -> bool:
    return (whole_number(raw.value) or 0) > 0


def _colors_of(raws: Iterable[RawClass]) -> set[str]:
    return {color for raw in raws if (color := color_text(raw.color))}


def _short(name: str) -> str:
    return " ".join(str(name).split())[:LONGEST_NAME]


def _unused(name: str, used: set[str], hint: str = "2") -> str:
    """Return a name that is not in use, and note that it is now."""
    candidate, number = name, 2
    while spelled(candidate) in used:
        candidate = f"{name[: LONGEST_NAME - 20]} ({hint})"
        hint, number = str(number), number + 1
    used.add(spelled(candidate))
    return candidate


def _listing(items: list[str]) -> str:
    shown = ", ".join(items[:_NAMED])
    return f"{shown} ..." if len(items) > _NAMED else shown
