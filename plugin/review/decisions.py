"""A decision on a place, as edits of the samples that are undone together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeatureRequest,
    QgsGeometry,
)

from ...i18n import translate
from ..labeling.schema import ClassEntry, Schema
from ..undo import QUndoCommand, QUndoStack
from .candidates import Look, class_name
from .review_problems import PlaceNotInSystemError

if TYPE_CHECKING:
    from ..labeling.store import Sample, SampleStore

# What is left of a sample after a cut, and is smaller than this share of it, is a crumb.
_CRUMB = 0.02


@dataclass(frozen=True)
class DecisionOptions:
    """How decisions become samples.

    Attributes:
        cut_others: take the place out of samples of other classes.
        mark_background: on background, mark the surroundings as fully labeled.
        surroundings: their least side, in units of the review's system.
    """

    cut_others: bool = True
    mark_background: bool = False
    surroundings: float = 0.0


class StateCommand(QUndoCommand):
    """The change of what became of a place; goes back and forth with the samples."""

    def __init__(self, text: str, forward: Callable[[], None], back: Callable[[], None]) -> None:
        super().__init__(text)
        self._forward, self._back = forward, back

    def redo(self) -> None:
        """Take the decision, again."""
        self._forward()

    def undo(self) -> None:
        """Take it back."""
        self._back()


@contextmanager
def one_step(stack: QUndoStack, text: str) -> Iterator[None]:
    """Make one step of all edits inside; if one of them fails, none is left."""
    stack.beginMacro(text)
    try:
        yield
    except BaseException:
        stack.endMacro()
        stack.undo()
        raise
    stack.endMacro()


def is_decision(stack: QUndoStack, place: int) -> bool:
    """Tell whether a step of a stack is a decision of the review."""
    step = stack.command(place) if 0 <= place < stack.count() else None
    last = step.child(step.childCount() - 1) if step is not None and step.childCount() else None
    return isinstance(last, StateCommand)


def to_store(geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem, store: SampleStore) -> QgsGeometry:
    """Return a geometry of the review in the system of the store; raise PlaceNotInSystemError."""
    moved = QgsGeometry(geometry)
    if crs.isValid() and store.crs.isValid() and crs != store.crs:
        try:
            moved.transform(QgsCoordinateTransform(crs, store.crs, store.project.transformContext()))
        except QgsCsException as error:
            raise PlaceNotInSystemError(crs=store.crs.authid()) from error
    return moved


def entry_for(schema: Schema, look: Look) -> tuple[ClassEntry, bool]:
    """Return the class of a schema that a class of the model stands for, and whether it is new to the schema.

    Classes meet by name; those without a name by value.
    """
    named = bool(look.name) and look.name != str(look.value)
    found = schema.find_name(look.name) if named else schema.find(look.value)
    if found is not None:
        return found, False
    taken = look.value <= 0 or schema.find(look.value) is not None
    value = schema.next_value() if taken else look.value
    used = {entry.color for entry in schema.classes()}
    color = look.color if look.color and look.color not in used else schema.next_color()
    return ClassEntry(look.name or class_name(look), value, color), True


def add_sample(store: SampleStore, geometry: QgsGeometry, look: Look, options: DecisionOptions) -> None:
    """Add a sample of a class, which is added where it is new; geometries are in the store's system.

    Where samples of that class already cover the place, no other is laid over them.
    """
    entry, new = entry_for(store.schema, look)
    if new:
        store.set_schema(store.schema.add(entry), translate("Swath", "Add class {name}").format(name=entry.name))
    if options.cut_others:
        _cut_others(store, geometry, entry.value)
    if not _covered(store, geometry, entry.value):
        store.add([geometry], entry.value, translate("Swath", "Add sample"))


def clear_place(store: SampleStore, geometry: QgsGeometry, options: DecisionOptions) -> None:
    """Take a place out of all samples, as there is nothing in it; where the options say so."""
    if options.cut_others:
        _cut_others(store, geometry, None)


def mark_surroundings(store: SampleStore, geometry: QgsGeometry, side: float) -> None:
    """Mark the place and a square of a side around it, in units of the store, as fully labeled."""
    area = surroundings(geometry, side)
    if not any(item.geometry.contains(area) for item in store.areas.values()):
        store.add_area(area)


def surroundings(geometry: QgsGeometry, side: float) -> QgsGeometry:
    """Return the square around a place, at least so wide, and as wide as the place."""
    box = geometry.boundingBox()
    box.grow(max(0.0, (side - min(box.width(), box.height())) / 2))
    return QgsGeometry.fromRect(box)


def _cut_others(store: SampleStore, geometry: QgsGeometry, value: int | None) -> None:
    changed: dict[int, QgsGeometry] = {}
    gone: list[int] = []
    for sample in _near(store, geometry):
        fid = sample.fid
        if sample.value == value:
            continue
        shared = sample.geometry.intersection(geometry)
        if shared.isEmpty() or shared.area() <= 0:
            continue
        rest = sample.geometry.difference(geometry)
        rest.convertGeometryCollectionToSubclass(Qgis.GeometryType.Polygon)
        if rest.isEmpty() or rest.area() < _CRUMB * sample.geometry.area():
            gone.append(fid)
        else:
            changed[fid] = rest
    if changed:
        store.change_geometry(changed)
    if gone:
        store.remove(gone)


def _covered(store: SampleStore, geometry: QgsGeometry, value: int) -> bool:
    own = [sample.geometry for sample in _near(store, geometry) if sample.value == value]
    return sum(item.intersection(geometry).area() for item in own) >= (1 - _CRUMB) * geometry.area()


def _near(store: SampleStore, geometry: QgsGeometry) -> list[Sample]:
    """Return the samples whose boxes meet that of a geometry, by the index of the file."""
    request = QgsFeatureRequest().setFilterRect(geometry.boundingBox()).setNoAttributes()
    request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
    found = (store.samples.get(feature.id()) for feature in store.layer.getFeatures(request))
    return [sample for sample in found if sample is not None]
