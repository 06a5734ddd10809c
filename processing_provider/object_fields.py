"""The fields of objects: how sure each is, and of which class, as the engine's files of objects hold them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from qgis.core import QgsFeature, QgsField, QgsFields, QgsProcessingFeatureSource
from qgis.PyQt.QtCore import QMetaType

from .class_fields import is_null
from .detection_problems import ConfidenceTypeError, ConfidenceValueError, NoConfidenceFieldError
from .problems import NoClassFieldError
from .vectors import Columns

CONFIDENCE_FIELDS = ("confidence", "score", "scores", "conf", "probability", "prob")
_TEXT = int(QMetaType.Type.QString)
_MOST = 100.0


def find_field(features: QgsProcessingFeatureSource, wanted: str, names: Sequence[str], parameter: str) -> int:
    """Return the place of a field: ``wanted``, else the first of ``names`` (lower case) there is, else -1.

    Raises:
        NoClassFieldError: there is no field ``wanted``.
    """
    places = {item.name().lower(): number for number, item in enumerate(features.fields())}
    if not wanted:
        return next((places[name] for name in names if name in places), -1)
    if wanted.lower() not in places:
        known = ", ".join(item.name() for item in features.fields())
        raise NoClassFieldError(layer=features.sourceName(), field=wanted, parameter=parameter, known=known)
    return places[wanted.lower()]


class Confidences:
    """The field that says how sure each object is: numbers, or texts that are numbers.

    Args:
        wanted: its name; "" to have it found.
        needed: whether a layer without such a field is refused.

    Raises:
        InputError: there is none, or it holds what is no confidence.
    """

    def __init__(self, features: QgsProcessingFeatureSource, wanted: str, *, needed: bool) -> None:
        self._features = features
        self.index = find_field(features, wanted, CONFIDENCE_FIELDS, "CONFIDENCE_FIELD")
        if self.index < 0 and needed:
            known = ", ".join(item.name() for item in features.fields() if item.isNumeric())
            raise NoConfidenceFieldError(layer=features.sourceName(), known=known or "another layer")
        self._check()

    def _check(self) -> None:
        if self.index < 0:
            return
        item = self._features.fields().at(self.index)
        if not item.isNumeric() and not is_text(item):
            raise ConfidenceTypeError(field=item.name(), layer=self._features.sourceName(), kind=item.typeName())
        if is_text(item):
            found = sorted(self._features.uniqueValues(self.index), key=str)
        else:
            found = [self._features.minimumValue(self.index), self._features.maximumValue(self.index)]
            if not any(is_null(value) for value in found) and found[0] > found[1]:
                found = []  # what QGIS says of no values at all
        for value in found:
            if is_null(value) or str(value).strip() == "":
                continue
            number = as_number(value)
            if number is None or not 0 <= number <= _MOST:
                raise ConfidenceValueError(field=item.name(), layer=self._features.sourceName(), value=value)

    def of(self, feature: QgsFeature) -> float | None:
        """Return a feature's confidence; None where it has none. There must be a field."""
        value = feature[self.index]
        return None if is_null(value) else as_number(value)


def is_text(item: QgsField) -> bool:
    """Tell whether a field holds texts."""
    return int(item.type()) == _TEXT


def as_number(value: Any) -> float | None:
    """Return a number, also of a text, where a decimal comma will do; None where it is none."""
    text = str(value).strip()
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def class_text(value: Any) -> str:
    """Return a class as text: whole numbers without decimals, "" for none."""
    if is_null(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


class ObjectColumns(Columns):
    """Columns ``id``, ``class`` and, where asked for, ``confidence`` of the engine's files of objects."""

    def __init__(self, confidences: Confidences | None) -> None:
        self._confidences = confidences

    def class_of(self, feature: QgsFeature) -> str | None:
        """Return the class of a feature; None to leave the feature out."""
        return ""

    def fields(self) -> QgsFields:
        """Return the columns."""
        fields = QgsFields()
        fields.append(QgsField("id", QMetaType.Type.LongLong))
        fields.append(QgsField("class", QMetaType.Type.QString))
        if self._confidences is not None:
            fields.append(QgsField("confidence", QMetaType.Type.Double))
        return fields

    def row(self, feature: QgsFeature) -> list[Any] | None:
        """Return the values of a feature."""
        name = self.class_of(feature)
        if name is None:
            return None
        row: list[Any] = [feature.id(), name]
        return row if self._confidences is None else [*row, self._confidences.of(feature)]
