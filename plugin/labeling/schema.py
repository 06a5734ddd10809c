"""The classes to label: a tree of groups and classes that never changes; every change makes a new one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...i18n import translate
from .schema_nodes import (
    LARGEST_VALUE,
    ClassEntry,
    ClassGroup,
    Node,
    Path,
    check_groups,
    distinct_colors,
    entries,
    group_paths,
    inserted,
    node_from_dict,
    node_to_dict,
    spelled,
    with_children,
    without,
)
from .schema_problems import (
    ClassNameTakenError,
    ClassValueTakenError,
    GroupPlaceError,
    NoSuchClassError,
    NoSuchGroupError,
    SchemaError,
)

__all__ = ["ClassEntry", "ClassGroup", "Schema", "SchemaError"]


@dataclass(frozen=True)
class Schema:
    """A named tree of classes. A group's place is the path of names that leads to it; ``()`` is the top.

    Raises:
        SchemaError: for values, names of classes (in any case of letters) or names of groups side by side
            that come twice, and for groups too deep in each other.
    """

    name: str = ""
    description: str = ""
    children: tuple[Node, ...] = ()

    def __post_init__(self) -> None:
        check_groups(self.children)
        by_value: dict[int, ClassEntry] = {}
        by_name: dict[str, ClassEntry] = {}
        for entry in entries(self.children):
            there = by_value.setdefault(entry.value, entry)
            if there is not entry:
                raise ClassValueTakenError(value=entry.value, there=there.name, name=entry.name)
            there = by_name.setdefault(spelled(entry.name), entry)
            if there is not entry:
                raise ClassNameTakenError(there=there.name, value=there.value)

    @cached_property
    def _by_value(self) -> dict[int | None, ClassEntry]:
        return {entry.value: entry for entry in entries(self.children)}

    @cached_property
    def _by_name(self) -> dict[str, ClassEntry]:
        return {spelled(entry.name): entry for entry in entries(self.children)}

    def classes(self) -> list[ClassEntry]:
        """Return all classes in the order of the tree."""
        return list(self._by_value.values())

    def find(self, value: int | None) -> ClassEntry | None:
        """Return the class of a value, or None."""
        return self._by_value.get(value)

    def find_name(self, name: str) -> ClassEntry | None:
        """Return the class of a name, in any case of letters, or None."""
        return self._by_name.get(spelled(name))

    def next_value(self) -> int:
        """Return a value that no class has: the largest plus 1, so that values of removed classes stay unused."""
        used = self._by_value
        after = max((entry.value for entry in used.values()), default=0) + 1
        return (
            after if after <= LARGEST_VALUE else next(value for value in range(1, len(used) + 2) if value not in used)
        )

    def next_color(self) -> str:
        """Return a colour that no class has: of the palette, then between its colours."""
        used = {entry.color for entry in self.classes()}
        return next(color for color in distinct_colors() if color not in used)

    def groups(self) -> list[Path]:
        """Return the paths of all groups in the order of the tree."""
        return list(group_paths(self.children))

    def children_of(self, group: Path = ()) -> tuple[Node, ...]:
        """Return what a group holds; raise NoSuchGroupError where there is none."""
        children = self.children
        for name in group:
            found = next((node for node in children if isinstance(node, ClassGroup) and node.name == name), None)
            if found is None:
                raise NoSuchGroupError(path=" / ".join(group))
            children = found.children
        return children

    def group_of(self, value: int) -> Path:
        """Return the path of the group that holds a class; raise NoSuchClassError where there is none."""
        for path in ((), *self.groups()):
            if any(isinstance(node, ClassEntry) and node.value == value for node in self.children_of(path)):
                return path
        raise NoSuchClassError(value=value)

    def add(self, entry: ClassEntry, group: Path = (), index: int | None = None) -> Schema:
        """Return the schema with one more class, at the end of a group or at an index of its children."""
        return self.insert(entry, group, index)

    def add_group(self, name: str, group: Path = (), index: int | None = None) -> Schema:
        """Return the schema with one more, empty group."""
        return self.insert(ClassGroup(name), group, index)

    def insert(self, node: Node, group: Path = (), index: int | None = None) -> Schema:
        """Return the schema with one more class, or group with all that it holds."""
        return self._with(group, inserted(self.children_of(group), node, index))

    def replace(self, value: int, entry: ClassEntry) -> Schema:
        """Return the schema with ``entry`` in the place of the class of a value."""
        group = self.group_of(value)
        namesake = self.find_name(entry.name)
        if namesake is not None and namesake.value != value:  # here, because the tree would name the one that changes
            raise ClassNameTakenError(there=namesake.name, value=namesake.value)
        nodes = tuple(
            entry if isinstance(node, ClassEntry) and node.value == value else node for node in self.children_of(group)
        )
        return self._with(group, nodes)

    def remove(self, *values: int) -> Schema:
        """Return the schema without the classes of some values; groups stay, even empty ones."""
        for value in values:
            if self.find(value) is None:
                raise NoSuchClassError(value=value)
        return dataclasses.replace(self, children=without(self.children, frozenset(values)))

    def remove_group(self, path: Path) -> Schema:
        """Return the schema without a group and all that it holds."""
        parent, nodes = self._siblings(path)
        return self._with(parent, nodes)

    def rename_group(self, path: Path, name: str) -> Schema:
        """Return the schema with another name for a group."""
        self.children_of(path)
        parent = path[:-1]
        return self._with(
            parent,
            tuple(
                ClassGroup(name, node.children) if isinstance(node, ClassGroup) and node.name == path[-1] else node
                for node in self.children_of(parent)
            ),
        )

    def move(self, value: int, group: Path, index: int | None = None) -> Schema:
        """Return the schema with a class elsewhere: ``index`` counts the group's children without it."""
        entry = self.find(value)
        if entry is None:
            raise NoSuchClassError(value=value)
        return self.remove(value).add(entry, group, index)

    def move_group(self, path: Path, group: Path, index: int | None = None) -> Schema:
        """Return the schema with a group elsewhere: ``index`` counts the children of ``group`` without it."""
        moved = ClassGroup(path[-1], self.children_of(path)) if path else ClassGroup("")
        if group[: len(path)] == path:
            raise GroupPlaceError(name=moved.name, detail=translate("Swath", "it would be in itself"))
        return self.remove_group(path).insert(moved, group, index)

    def merged(self, values: Iterable[int], into: int) -> tuple[Schema, dict[int, int]]:
        """Return the schema without the classes of ``values`` but ``into``, and what each value becomes."""
        if self.find(into) is None:
            raise NoSuchClassError(value=into)
        gone = [value for value in dict.fromkeys(values) if value != into]
        return self.remove(*gone), dict.fromkeys(gone, into)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "name": self.name,
            "description": self.description,
            "children": [node_to_dict(node) for node in self.children],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Schema:
        """Read plain values; unknown keys of later versions are left out.

        Raises:
            SchemaError: where they are of another form, or classes do not go together.
        """
        try:
            children = tuple(node_from_dict(item) for item in values.get("children", ()))
            return cls(str(values.get("name", "")), str(values.get("description", "")), children)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            if isinstance(error, SchemaError):
                raise
            detail = translate("Swath", "they are not in the form of a schema of Swath")
            raise SchemaError(detail=detail) from error

    def _siblings(self, path: Path) -> tuple[Path, tuple[Node, ...]]:
        """Return the path above a group, and what lies there beside it."""
        self.children_of(path)
        if not path:
            raise NoSuchGroupError(path="")
        nodes = self.children_of(path[:-1])
        return path[:-1], tuple(node for node in nodes if not (isinstance(node, ClassGroup) and node.name == path[-1]))

    def _with(self, group: Path, nodes: tuple[Node, ...]) -> Schema:
        """Return the schema with other children of one group."""
        return dataclasses.replace(self, children=with_children(self.children, group, nodes))
