"""Classes of another schema found in ours, or added to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from ...i18n import translate
from .schema import ClassEntry, Schema
from .schema_nodes import spelled


@dataclass(frozen=True)
class Joined:
    """A schema with the classes of two, what each value of the other became, and what the user should know."""

    schema: Schema
    values: dict[int, int]
    notes: tuple[str, ...] = ()


def join(mine: Schema, other: Schema, shared: Collection[int] = ()) -> Joined:
    """Add the classes of another schema to ours.

    Classes of one name are one. A value that means something else here gets a new one, and a note says so; but
    values that are ``shared`` (of samples that both files have) are one class that was renamed. A class that is
    named by its value only is told by its value.
    """
    schema, values, notes = mine, {}, []
    for entry in other.classes():
        named, valued = schema.find_name(entry.name), schema.find(entry.value)
        if named is not None:
            values[entry.value] = named.value
        elif valued is None:
            schema = _added(schema, entry, other)
            values[entry.value] = entry.value
        elif spelled(entry.name) == spelled(str(entry.value)):
            values[entry.value] = entry.value
        elif entry.value in shared and mine.find(entry.value) is not None:
            values[entry.value] = entry.value
            text = translate("Swath", "The class '{other}' is called '{mine}' here (value {value}); that name is kept.")
            notes.append(text.format(other=entry.name, mine=valued.name, value=entry.value))
        else:
            made = replace(entry, value=schema.next_value())
            schema = _added(schema, made, other, entry.value)
            values[entry.value] = made.value
            text = translate("Swath", "The class '{other}' has the value {new} now, for {value} is '{mine}' here.")
            notes.append(text.format(other=entry.name, new=made.value, value=entry.value, mine=valued.name))
    return Joined(schema, values, tuple(notes))


def _added(schema: Schema, entry: ClassEntry, other: Schema, value: int | None = None) -> Schema:
    """Return the schema with a class in the group in which it is in the other schema, and with a colour of its own."""
    group = other.group_of(entry.value if value is None else value)
    for depth in range(len(group)):
        if group[: depth + 1] not in schema.groups():
            schema = schema.add_group(group[depth], group[:depth])
    if any(entry.color == known.color for known in schema.classes()):
        entry = replace(entry, color=schema.next_color())
    return schema.add(entry, group)
