"""Classes and groups, the nodes of a schema, and plain functions on their tree."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Union

from ...engine.classes import PALETTE
from ...i18n import translate
from .schema_problems import (
    ClassColorError,
    ClassNameError,
    ClassValueError,
    GroupNameTakenError,
    GroupPlaceError,
    SchemaError,
)

LARGEST_VALUE = 2**31 - 1
DEEPEST = 12
LONGEST_NAME = 255
_GOLDEN_ANGLE = 0.381966
_COLOR = re.compile(r"#[0-9a-f]{6}")

Path = tuple[str, ...]


def spelled(name: str) -> str:
    """Return a name as names are compared: without the case of letters and the number of blanks."""
    return " ".join(name.split()).casefold()


def clean_name(name: str) -> str:
    """Return a name in one line; raise ClassNameError where nothing is left, or far too much."""
    clean = " ".join(str(name).split())
    if not 1 <= len(clean) <= LONGEST_NAME:
        raise ClassNameError(name=clean[:40], longest=LONGEST_NAME)
    return clean


@dataclass(frozen=True)
class ClassEntry:
    """One class: a name, a value from 1 on that is unique in its schema, and a colour ``#rrggbb``.

    Raises:
        SchemaError: where one of them is of no use.
    """

    name: str
    value: int
    color: str
    description: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean_name(self.name))
        object.__setattr__(self, "color", str(self.color).lower())
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not 1 <= self.value <= LARGEST_VALUE:
            raise ClassValueError(name=self.name, value=self.value, largest=LARGEST_VALUE)
        if not _COLOR.fullmatch(self.color):
            raise ClassColorError(name=self.name, color=self.color)

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Return red, green and blue, each from 0 to 255."""
        return int(self.color[1:3], 16), int(self.color[3:5], 16), int(self.color[5:7], 16)


@dataclass(frozen=True)
class ClassGroup:
    """A named part of a schema that holds classes and other groups, in their order."""

    name: str
    children: tuple[Node, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean_name(self.name))


Node = Union[ClassEntry, ClassGroup]


def entries(nodes: tuple[Node, ...]) -> Iterator[ClassEntry]:
    """Yield the classes below some nodes in the order of the tree."""
    for node in nodes:
        if isinstance(node, ClassEntry):
            yield node
        else:
            yield from entries(node.children)


def group_paths(nodes: tuple[Node, ...], above: Path = ()) -> Iterator[Path]:
    """Yield the paths of the groups below some nodes in the order of the tree."""
    for node in nodes:
        if isinstance(node, ClassGroup):
            yield (*above, node.name)
            yield from group_paths(node.children, (*above, node.name))


def check_groups(nodes: tuple[Node, ...], depth: int = 0) -> None:
    """Raise SchemaError where groups side by side share a name, or lie too deep."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ClassGroup):
            if spelled(node.name) in names:
                raise GroupNameTakenError(name=node.name)
            if depth >= DEEPEST:
                raise GroupPlaceError(name=node.name, detail=_too_deep())
            names.add(spelled(node.name))
            check_groups(node.children, depth + 1)


def _too_deep() -> str:
    return translate("Swath", "groups lie at most {depth} deep in each other").format(depth=DEEPEST)


def without(nodes: tuple[Node, ...], values: frozenset[int]) -> tuple[Node, ...]:
    """Return the nodes without the classes of some values, in all depths."""
    return tuple(
        ClassGroup(node.name, without(node.children, values)) if isinstance(node, ClassGroup) else node
        for node in nodes
        if isinstance(node, ClassGroup) or node.value not in values
    )


def with_children(nodes: tuple[Node, ...], group: Path, children: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the nodes with other children of the group at a path."""
    if not group:
        return children
    return tuple(
        ClassGroup(node.name, with_children(node.children, group[1:], children))
        if isinstance(node, ClassGroup) and node.name == group[0]
        else node
        for node in nodes
    )


def inserted(nodes: tuple[Node, ...], node: Node, index: int | None) -> tuple[Node, ...]:
    """Return the nodes with one more at an index, or at the end."""
    place = len(nodes) if index is None else max(0, min(index, len(nodes)))
    return (*nodes[:place], node, *nodes[place:])


def node_to_dict(node: Node) -> dict[str, Any]:
    """Return plain values for JSON; a group has ``children``, a class has a ``value``."""
    if isinstance(node, ClassGroup):
        return {"name": node.name, "children": [node_to_dict(child) for child in node.children]}
    values = {"name": node.name, "value": node.value, "color": node.color}
    return {**values, "description": node.description} if node.description else values


def node_from_dict(values: Any, depth: int = 0) -> Node:
    """Read plain values; raise SchemaError, or KeyError and its like where the form is another."""
    if depth > DEEPEST:
        raise SchemaError(detail=_too_deep())
    if "children" in values:
        return ClassGroup(str(values["name"]), tuple(node_from_dict(item, depth + 1) for item in values["children"]))
    return ClassEntry(str(values["name"]), values["value"], str(values["color"]), str(values.get("description") or ""))


def distinct_colors() -> Iterator[str]:
    """Yield colours without an end: those told apart by all readers first, then around the circle of hues."""
    for red, green, blue in PALETTE:
        yield f"#{red:02x}{green:02x}{blue:02x}"
    hue, step = 0.0, 0
    while True:
        hue, step = (hue + _GOLDEN_ANGLE) % 1, step + 1
        # Three strengths in turn: many hues side by side are told apart by lightness, too.
        parts = colorsys.hsv_to_rgb(hue, 0.85 - 0.2 * (step % 3), 0.95 - 0.25 * (step // 3 % 3))
        red, green, blue = (round(255 * part) for part in parts)
        yield f"#{red:02x}{green:02x}{blue:02x}"
