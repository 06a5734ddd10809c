"""What can be done with the classes, each one undoable step of the samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qgis.core import Qgis
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine.errors import SwathError
from ...i18n import translate
from ..context import DockContext
from .sample_texts import counted
from .schema import ClassEntry, Schema
from .schema_changes import Exchange, Ref, added, moved, ref_of, replaced
from .schema_files import load_schema, save_schema
from .schema_nodes import ClassGroup, Path, entries

if TYPE_CHECKING:
    from .schema_dialogs import SchemaDialogs

_NAMED = 4


class SchemaEdits(QObject):
    """Changes the schema of the context's samples; ``made`` tells of a new class or group that wants a name."""

    made = pyqtSignal(object)

    def __init__(self, context: DockContext, dialogs: SchemaDialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self.dialogs = context, dialogs

    @property
    def schema(self) -> Schema:
        """Return the classes at work; none without samples."""
        return self._context.store.schema if self._context.store else Schema()

    def counts(self) -> Counter[int]:
        """Return the number of samples by class value."""
        store = self._context.store
        return Counter(sample.value for sample in store.samples.values()) if store else Counter()

    # --- single classes and groups -----------------------------------------------------------

    def add_class(self, beside: Ref | None = None) -> None:
        """Add a class behind another one, or into a group, and let its name be typed."""
        schema, value = self.schema, self.schema.next_value()
        name = _unused(schema, translate("Swath", "Class {number}"), value)
        group, index = self._behind(beside)
        text = translate("Swath", "Add class {name}").format(name=name)
        if self._set(lambda: schema.add(ClassEntry(name, value, schema.next_color()), group, index), text):
            self.made.emit(value)

    def add_group(self, beside: Ref | None = None) -> None:
        """Add a group beside a class or into a group, and let its name be typed."""
        group, index = self._behind(beside)
        there = {node.name for node in self.schema.children_of(group) if isinstance(node, ClassGroup)}
        names = (translate("Swath", "Group {number}").format(number=number) for number in range(1, len(there) + 2))
        name = next(name for name in names if name not in there)
        text = translate("Swath", "Add group {name}").format(name=name)
        if self._set(lambda: self.schema.add_group(name, group, index), text):
            self.made.emit((*group, name))

    def rename(self, ref: Ref, name: str) -> None:
        """Give a class or a group another name."""
        name, schema = " ".join(name.split()), self.schema
        text = translate("Swath", "Rename to {name}").format(name=name)
        if isinstance(ref, tuple):
            if name not in {"", ref[-1]}:
                self._set(lambda: schema.rename_group(ref, name), text)
            return
        entry = schema.find(ref)
        if entry is not None and name not in {"", entry.name}:
            self._set(lambda: schema.replace(ref, replace(entry, name=name)), text)

    def edit(self, value: int) -> None:
        """Let name, value, colour and description of a class be changed together."""
        before = self.schema.find(value)
        after = self.dialogs.edit_class(before, self.schema) if before else None
        if after is not None and after != before:
            text = translate("Swath", "Edit class {name}").format(name=after.name)
            recode = {value: after.value} if after.value != value else {}
            self._set(lambda: self.schema.replace(value, after), text, recode)
            if recode and self._context.store is not None and self.schema.find(after.value):
                self._context.store.current_class = after.value

    def recolor(self, value: int) -> None:
        """Let another colour be chosen for a class."""
        entry = self.schema.find(value)
        title = translate("Swath", "Colour of {name}").format(name=entry.name) if entry else ""
        color = self.dialogs.pick_color(entry.color, title) if entry else None
        if entry is not None and color not in {None, entry.color}:
            text = translate("Swath", "Recolour class {name}").format(name=entry.name)
            self._set(lambda: self.schema.replace(value, replace(entry, color=str(color))), text)

    # --- several at once ---------------------------------------------------------------------

    def move(self, refs: Sequence[Ref], group: Path, index: int | None = None) -> None:
        """Put classes and groups into a group, before one of its children or at its end."""
        self._set(lambda: moved(self.schema, refs, group, index), translate("Swath", "Move classes"))

    def step(self, ref: Ref | None, way: str) -> None:
        """Move one class or group "up" or "down" among its neighbours, "out" of its group or "in" the one above."""
        if ref is None:
            return
        group = ref[:-1] if isinstance(ref, tuple) else self.schema.group_of(ref)
        nodes = self.schema.children_of(group)
        place = next(number for number, node in enumerate(nodes) if ref_of(node, group) == ref)
        above = nodes[place - 1] if place else None
        if way == "up" and place:
            self.move([ref], group, place - 1)
        elif way == "down" and place + 1 < len(nodes):
            self.move([ref], group, place + 2)
        elif way == "out" and group:
            beside = [ref_of(node, group[:-1]) for node in self.schema.children_of(group[:-1])]
            self.move([ref], group[:-1], beside.index(group) + 1)
        elif way == "in" and isinstance(above, ClassGroup):
            self.move([ref], (*group, above.name))

    def merge(self, refs: Sequence[Ref]) -> None:
        """Make one class of several, after the user said which one stays."""
        listed = [entry for ref in refs if isinstance(ref, int) and (entry := self.schema.find(ref))]
        if len(listed) < 2:
            return
        counts = self.counts()
        count = sum(counts[entry.value] for entry in listed)
        one = translate("Swath", "{classes} become one class with {count} sample. Which one stays?")
        many = translate("Swath", "{classes} become one class with {count} samples. Which one stays?")
        text = counted(count, one, many, classes=_names(listed))
        title = translate("Swath", "Merge classes")
        place = self.dialogs.choose(title, text, [f"{entry.name} ({entry.value})" for entry in listed])
        if place is not None:
            stays = listed[place]
            schema, recode = self.schema.merged([entry.value for entry in listed], stays.value)
            self._set(lambda: schema, translate("Swath", "Merge into {name}").format(name=stays.name), recode)

    def remove(self, refs: Sequence[Ref]) -> None:
        """Remove classes and groups with all that is in them; asked first where samples would go along."""
        schema = self.schema
        paths = [ref for ref in refs if isinstance(ref, tuple)]
        inner = [entry for path in paths for entry in entries(schema.children_of(path))]
        values = dict.fromkeys([*(ref for ref in refs if isinstance(ref, int)), *(entry.value for entry in inner)])
        gone = [entry for value in values if (entry := schema.find(value))]
        counts = self.counts()
        count = sum(counts[entry.value] for entry in gone)
        if count:
            one = translate("Swath", "Remove {classes} with {count} sample? Undo brings it back.")
            many = translate("Swath", "Remove {classes} with {count} samples? Undo brings them back.")
            if not self.dialogs.question(counted(count, one, many, classes=_names(gone))):
                return
        after = schema.remove(*values)
        for path in sorted(paths, key=len, reverse=True):  # a group before the one that it lies in
            after = after.remove_group(path)
        what = _names(gone) if gone else " / ".join(paths[0]) if paths else ""
        text = translate("Swath", "Remove {classes}").format(classes=what)
        self._set(lambda: after, text, dict.fromkeys(values))

    # --- from and to elsewhere ---------------------------------------------------------------

    def set_up(self) -> None:
        """Let classes be taken from a layer, a model, samples, chips or a file."""
        taken = self.dialogs.set_up(self._context.project, replaces=not self.schema.classes())
        if taken is not None:
            found, replaces = taken
            made = replaced(self.schema, found, self.counts()) if replaces else added(self.schema, found)
            self._exchange(made, translate("Swath", "Set up classes"))

    def load(self) -> None:
        """Let a schema file be chosen, and take its classes instead of the present ones."""
        path = self.dialogs.open_file()
        if not path:
            return
        try:
            found = load_schema(path)
        except SwathError as error:
            self._context.tell_error(error)
            return
        made = replaced(self.schema, found.schema, self.counts())
        notes = (*found.notes, *made.notes)
        self._exchange(Exchange(made.schema, made.recode, notes), translate("Swath", "Load schema"))

    def save(self) -> None:
        """Let a file be chosen, and write the schema into it."""
        store = self._context.store
        path = self.dialogs.save_file(self.schema.name or store.path.stem) if store is not None else ""
        if not path:
            return
        try:
            written = save_schema(self.schema, path)
        except SwathError as error:
            self._context.tell_error(error)
            return
        text = translate("Swath", "The schema was saved: {path}").format(path=written)
        self._context.tell(text, Qgis.MessageLevel.Success)

    # --- parts -------------------------------------------------------------------------------

    def _exchange(self, made: Exchange, text: str) -> None:
        if self._set(lambda: made.schema, text, made.recode) and made.notes:
            self._context.tell(" ".join(made.notes))

    def _set(self, change: Callable[[], Schema], text: str, recode: Mapping[int, int | None] | None = None) -> bool:
        """Hand a changed schema to the samples; where it is not possible, say why and change nothing."""
        store = self._context.store
        if store is None:
            return False
        try:
            store.set_schema(change(), text, dict(recode or {}))
        except SwathError as error:
            self._context.tell_error(error)
            return False
        return True

    def _behind(self, ref: Ref | None) -> tuple[Path, int | None]:
        """Return the group and the index for what is added while a class or a group is chosen."""
        if isinstance(ref, tuple):
            return ref, None
        if ref is None or self.schema.find(ref) is None:
            return (), None
        group = self.schema.group_of(ref)
        places = [ref_of(node, group) for node in self.schema.children_of(group)]
        return group, places.index(ref) + 1


def _unused(schema: Schema, pattern: str, number: int) -> str:
    """Return a name with a number that no class has."""
    while schema.find_name(pattern.format(number=number)) is not None:
        number += 1
    return pattern.format(number=number)


def _names(listed: Sequence[ClassEntry]) -> str:
    shown = ", ".join(f"'{entry.name}'" for entry in listed[:_NAMED])
    return f"{shown} ..." if len(listed) > _NAMED else shown
