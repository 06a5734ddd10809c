"""Classes out of a field of a vector layer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from qgis.core import QgsFeatureRequest, QgsField, QgsFields, QgsVectorLayer, QgsVectorLayerFeatureSource

from ...engine.errors import CancelledError
from ...processing_provider.class_fields import COLOR_FIELDS, is_null
from ...processing_provider.class_matching import AUTOMATIC_FIELDS, NAME_FIELDS, VALUE_FIELDS
from ...processing_provider.class_tables import Look, renderer_looks
from .schema_found import MOST_CLASSES, Found, RawClass, collect, whole_number
from .schema_nodes import spelled
from .schema_problems import SchemaError, TooManyClassesError
from .schema_task import Cancelled, Reading

_LOOK_EVERY = 500  # features between two looks at whether the user still wants them


class NoSuchFieldError(SchemaError):
    """A field that the layer does not have."""

    template = "The layer '{layer}' has no field '{field}': choose one of its fields."


def class_fields(layer: QgsVectorLayer) -> list[str]:
    """Return the names of the fields that may hold classes, the likeliest first."""
    fields = [item for item in layer.fields() if _is_text(item) or item.isNumeric()]
    known = {name: place for place, name in enumerate(AUTOMATIC_FIELDS)}
    drawn = getattr(layer.renderer(), "classAttribute", lambda: "")().strip('"').lower()
    ranked = sorted(fields, key=lambda item: (item.name().lower() != drawn, known.get(item.name().lower(), len(known))))
    return [item.name() for item in ranked]


def from_field(layer: QgsVectorLayer, name: str) -> Reading:
    """Return what reads the classes in a field, in another thread.

    Values come from a field of numbers, or from the field Classvalue beside one of names; else names are numbered
    in their order. Names and colours come from the fields Classname, Red, Green and Blue of training samples, and
    from the categories in which the layer is drawn.

    Raises:
        NoSuchFieldError: at once; the reading raises SchemaError and CancelledError.
    """
    index = layer.fields().lookupField(name)
    if index < 0:
        raise NoSuchFieldError(layer=layer.name(), field=name)
    plan = _Plan(layer.name(), layer.fields(), index, renderer_looks(layer, layer.fields().at(index).name()))
    source = QgsVectorLayerFeatureSource(layer)

    def read(cancelled: Cancelled) -> Found:
        return plan.read(source, cancelled)

    return read


@dataclass
class _Tally:
    """What the features with one value of the field say of its class; the most frequent counts."""

    values: Counter[int] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    colors: Counter[tuple[Any, ...]] = field(default_factory=Counter)

    def add(self, value: Any, name: Any, color: tuple[Any, ...]) -> None:
        number = None if is_null(value) else whole_number(value)
        if number is not None:
            self.values[number] += 1
        if not is_null(name):
            self.names[str(name).strip()] += 1
        if color and not any(is_null(part) for part in color):
            self.colors[color] += 1


class _Plan:
    """Which fields say what; made in the thread of the layer, used in another one."""

    def __init__(self, layer: str, fields: QgsFields, index: int, looks: dict[Any, Look]) -> None:
        self._layer, self._looks, self._index = layer, looks, index
        self._field = fields.at(index).name()
        self._is_text = _is_text(fields.at(index))
        self._value_at = self._beside(fields, VALUE_FIELDS, text=False) if self._is_text else -1
        self._name_at = -1 if self._is_text else self._beside(fields, NAME_FIELDS, text=True)
        color_at = [fields.lookupField(part) for part in COLOR_FIELDS]
        self._color_at = color_at if min(color_at) >= 0 and index not in color_at else []

    def read(self, source: QgsVectorLayerFeatureSource, cancelled: Cancelled) -> Found:
        title = f"{self._layer}: {self._field}"
        tallies: dict[Any, _Tally] = {}
        wanted = {self._index, self._value_at, self._name_at, *self._color_at} - {-1}
        request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
        request.setSubsetOfAttributes(sorted(wanted))
        for count, feature in enumerate(source.getFeatures(request)):
            if count % _LOOK_EVERY == 0 and cancelled():
                raise CancelledError(what=title)
            key = feature[self._index]
            if is_null(key):
                continue
            if key not in tallies and len(tallies) >= MOST_CLASSES:
                raise TooManyClassesError(source=title, most=MOST_CLASSES)
            tallies.setdefault(key, _Tally()).add(
                feature[self._value_at] if self._value_at >= 0 else None,
                feature[self._name_at] if self._name_at >= 0 else None,
                tuple(feature[at] for at in self._color_at),
            )
        values = self._values(tallies)
        names = self._names(tallies)
        ordered = sorted(tallies, key=lambda key: _order(values, key))
        raws = [self._raw(key, values[key], names.get(key, ""), tallies[key]) for key in ordered]
        return collect(raws, title, self._layer)

    def _values(self, tallies: dict[Any, _Tally]) -> dict[Any, Any]:
        """Return the class value of each value of the field; None for those to be numbered."""
        if not self._is_text:
            return {key: key for key in tallies}
        beside = {key: tally.values.most_common(1)[0][0] for key, tally in tallies.items() if tally.values}
        if len(beside) == len(tallies) and len(set(beside.values())) == len(beside):
            return beside
        numbers = {key: whole_number(key) for key in tallies}
        return numbers if None not in numbers.values() else dict.fromkeys(tallies)

    def _names(self, tallies: dict[Any, _Tally]) -> dict[Any, str]:
        """Return the name beside each value of the field; none where values share one, for then it names others."""
        if self._is_text:
            return {key: str(key).strip() for key in tallies}
        names = {key: tally.names.most_common(1)[0][0] for key, tally in tallies.items() if tally.names}
        return names if len({spelled(name) for name in names.values()}) == len(names) else {}

    def _raw(self, key: Any, value: Any, name: str, tally: _Tally) -> RawClass:
        look = self._looks.get(key) or Look()
        name = name or look.name
        color = next((color for color, _ in tally.colors.most_common(1)), None) or look.color
        return RawClass(name, value, color)

    def _beside(self, fields: QgsFields, names: tuple[str, ...], *, text: bool) -> int:
        """Return the index of the first field with one of the names and of the right kind; -1 without one."""
        for name in names:
            index = fields.lookupField(name)
            if index >= 0 and index != self._index and _is_text(fields.at(index)) == text:
                return index
        return -1


def _order(values: dict[Any, Any], key: Any) -> tuple[float, str]:
    number = whole_number(values[key]) if values[key] is not None else None
    return (float("inf") if number is None else number, str(key))


def _is_text(item: QgsField) -> bool:
    return not item.isNumeric() and not item.isDateOrTime()
