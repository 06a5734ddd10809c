"""Larger changes of a schema: several nodes moved at once, other classes added, or taken instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Union

from ...i18n import translate
from .schema import ClassEntry, ClassGroup, Schema
from .schema_nodes import LONGEST_NAME, Node, Path, spelled
from .schema_problems import GroupPlaceError

# A class by its value, a group by its path.
Ref = Union[int, Path]


@dataclass(frozen=True)
class Exchange:
    """A schema to take, the new value of samples by their value, and sentences about it."""

    schema: Schema
    recode: dict[int, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def moved(schema: Schema, refs: Sequence[Ref], group: Path, index: int | None = None) -> Schema:
    """Return the schema with classes and groups elsewhere, together and in the order of ``refs``.

    Args:
        schema: the one to change.
        refs: what to move; what lies in a moved group goes along.
        group: where to.
        index: before which child of the group, counted before anything is moved; None: behind all.

    Raises:
        SchemaError: for a group that would be in itself, or beside another of its name.
    """
    paths = [ref for ref in refs if isinstance(ref, tuple)]
    paths = [path for path in paths if not any(path != other and path[: len(other)] == other for other in paths)]
    values = [ref for ref in refs if isinstance(ref, int)]
    values = [value for value in values if not any(schema.group_of(value)[: len(path)] == path for path in paths)]
    for path in paths:
        if group[: len(path)] == path:
            raise GroupPlaceError(name=path[-1], detail=translate("Swath", "it would be in itself"))
    children = schema.children_of(group)
    gone = {*values, *paths}
    stay = [node for node in children[: len(children) if index is None else index] if ref_of(node, group) not in gone]
    nodes: list[Node] = []
    for ref in refs:
        if isinstance(ref, tuple) and ref in paths:
            nodes.append(ClassGroup(ref[-1], schema.children_of(ref)))
        elif isinstance(ref, int) and (entry := schema.find(ref)) is not None and ref in values:
            nodes.append(entry)
    rest = schema.remove(*values)
    for path in paths:
        rest = rest.remove_group(path)
    for place, node in enumerate(nodes, len(stay)):
        rest = rest.insert(node, group, place)
    return rest


def ref_of(node: Node, group: Path) -> Ref:
    """Return what names a child of a group."""
    return node.value if isinstance(node, ClassEntry) else (*group, node.name)


def added(schema: Schema, found: Schema) -> Exchange:
    """Return a schema with the classes of another one behind its own; classes of the same name stay as they are."""
    notes = []
    for path, node in _walk(found.children, ()):
        home = _home(schema, path)
        if isinstance(node, ClassGroup):
            if _child_group(schema, home, node.name) is None:
                schema = schema.add_group(node.name, home)
            continue
        there = schema.find_name(node.name)
        if there is not None:
            if there.value != node.value:
                text = translate("Swath", "'{name}' is there already and keeps its value {value}.")
                notes.append(text.format(name=there.name, value=there.value))
            continue
        entry, owner = node, schema.find(node.value)
        if owner is not None:
            entry = replace(node, value=schema.next_value())
            text = translate("Swath", "'{name}' gets the value {value}, because {taken} belongs to '{owner}'.")
            notes.append(text.format(name=entry.name, value=entry.value, taken=node.value, owner=owner.name))
        if any(other.color == entry.color for other in schema.classes()):
            entry = replace(entry, color=schema.next_color())
        schema = schema.add(entry, home)
    return Exchange(schema, {}, tuple(notes))


def replaced(schema: Schema, found: Schema, used: Iterable[int]) -> Exchange:
    """Return another schema that samples can take: they follow the name of their class, and none loses its class.

    Args:
        schema: the present one.
        found: the one to take.
        used: the values that samples have.
    """
    made, recode, kept = found, {}, []
    for value in sorted(set(used)):
        entry = schema.find(value)
        if entry is None:  # samples of a class that nobody described
            entry = ClassEntry(_free_name(made, str(value)), value, made.next_color())
        same = found.find_name(entry.name)
        if same is not None:
            if same.value != value:
                recode[value] = same.value
            continue
        if made.find(value) is not None:
            recode[value] = made.next_value()
            entry = replace(entry, value=recode[value])
        made = made.add(entry)
        kept.append(f"{entry.name} ({entry.value})")
    notes = []
    if kept:
        text = translate("Swath", "Kept, because there are samples of them: {classes}.")
        notes.append(text.format(classes=", ".join(kept)))
    return Exchange(made, recode, tuple(notes))


def _walk(nodes: tuple[Node, ...], path: Path) -> Iterable[tuple[Path, Node]]:
    for node in nodes:
        yield path, node
        if isinstance(node, ClassGroup):
            yield from _walk(node.children, (*path, node.name))


def _home(schema: Schema, path: Path) -> Path:
    """Return the path of a schema's groups that are called as those of another path."""
    home: Path = ()
    for name in path:
        found = _child_group(schema, home, name)
        home = (*home, found or name)
    return home


def _child_group(schema: Schema, group: Path, name: str) -> str | None:
    """Return how a group in a group is called there, in any case of letters; None where there is none."""
    for node in schema.children_of(group):
        if isinstance(node, ClassGroup) and spelled(node.name) == spelled(name):
            return node.name
    return None


def _free_name(schema: Schema, name: str) -> str:
    candidate, number = name, 2
    while schema.find_name(candidate) is not None:
        candidate, number = f"{name[: LONGEST_NAME - 20]} ({number})", number + 1
    return candidate
