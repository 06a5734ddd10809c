"""The class of each feature: which field says it, which value it gets, how it is called and drawn."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from qgis.core import (
    Qgis,
    QgsFeature,
    QgsFeatureRequest,
    QgsField,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QMetaType, QVariant

from ..engine.classes import palette_color
from ..i18n import translate
from .class_tables import Look, class_dict, renderer_looks
from .problems import ClassFieldTypeError, LargeClassError, NoClassFieldError, NoClassValuesError, ZeroClassError

AUTOMATIC_FIELDS = ("classvalue", "value")
NAME_FIELD = "classname"
# What a pixel of a label can hold.
LARGEST_VALUE = 2**32 - 1
COLOR_FIELDS = ("red", "green", "blue")
# Numbers of QMetaType, which QgsField.type() returns in Qt 5 and 6 alike.
_WHOLE = {QMetaType.Type.Int, QMetaType.Type.UInt, QMetaType.Type.LongLong, QMetaType.Type.ULongLong}
_WHOLE_NUMBERS = {int(kind) for kind in _WHOLE}
_TEXT_NUMBER = int(QMetaType.Type.QString)


@dataclass
class ClassValues:
    """What :class:`ClassField` found: the class value by field value, and the classes for the job.

    ``index`` is the field's place, -1 where all features are of one class, whose value is ``alone``.
    """

    index: int
    by_value: dict[Any, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    classes: list[dict[str, Any]] = field(default_factory=list)
    alone: int = 1

    def of(self, feature: QgsFeature) -> int | None:
        """Return a feature's class value; None where it has none."""
        if self.index < 0:
            return self.alone
        value = feature[self.index]
        return None if is_null(value) else self.by_value.get(value)


def is_null(value: Any) -> bool:
    """Tell whether a field is empty, in whatever way this version of QGIS says so."""
    return value is None or value == "" or (isinstance(value, QVariant) and value.isNull())


class ClassField:
    """The field that tells classes apart; ``wanted`` is empty to have it found by its name.

    Args:
        known: values that given class names must get; other names get values above those.
        parameter: the name of the parameter of the field, for errors.
        beside: the features stand beside those with the classes ``known``: without a field, their layer's
            name is a class like others, instead of being class 1.
    """

    def __init__(
        self,
        layer: QgsVectorLayer | None,
        features: QgsProcessingFeatureSource,
        wanted: str,
        known: dict[str, int],
        parameter: str = "CLASS_FIELD",
        *,
        beside: bool = False,
    ) -> None:
        self._parameter, self._beside = parameter, beside
        self._layer, self._features, self._known = layer, features, known
        self._name = layer.name() if layer is not None else features.sourceName()
        self._indexes = {item.name().lower(): number for number, item in enumerate(features.fields())}
        self.index = self._find(wanted)

    def _find(self, wanted: str) -> int:
        if wanted:
            if wanted.lower() not in self._indexes:
                listing = ", ".join(item.name() for item in self._features.fields())
                raise NoClassFieldError(layer=self._name, field=wanted, parameter=self._parameter, known=listing)
            return self._indexes[wanted.lower()]
        return next((self._indexes[name] for name in AUTOMATIC_FIELDS if name in self._indexes), -1)

    @property
    def field(self) -> QgsField:
        """Return the field; there must be one."""
        return self._features.fields().at(self.index)

    @property
    def is_text(self) -> bool:
        """Tell whether classes are given as text."""
        return self.index >= 0 and int(self.field.type()) == _TEXT_NUMBER

    def check(self) -> None:
        """Raise InputError where the field cannot tell classes apart, or holds a value that it may not."""
        if self.index < 0:
            return
        if not self.is_text and int(self.field.type()) not in _WHOLE_NUMBERS:
            raise ClassFieldTypeError(kind=self.field.typeName(), **self._place())
        found = self._found()
        if not found:
            raise NoClassValuesError(**self._place())
        if not self.is_text and min(found) < 1:
            raise ZeroClassError(value=min(found), **self._place())
        if not self.is_text and max(found) > LARGEST_VALUE:
            raise LargeClassError(value=max(found), **self._place())

    def _place(self) -> dict[str, str]:
        """Return where the field is, for errors."""
        return {"layer": self._name, "field": self.field.name(), "parameter": self._parameter}

    def _found(self) -> list[Any]:
        """Return the field's values in all features, sorted: classes must not depend on what a raster covers."""
        return sorted(value for value in self._features.uniqueValues(self.index) if not is_null(value))

    def read(self, feedback: QgsProcessingFeedback) -> ClassValues:
        """Return the values, names and colours of all classes of the layer."""
        self.check()
        if self.index < 0:
            feedback.pushInfo(
                translate("Swath", "{layer} has no field Classvalue or Value: all features are of one class").format(
                    layer=self._name
                )
            )
            number = self._numbered([self._name])[self._name] if self._beside else 1
            look = Look(self._name, palette_color(0))
            return ClassValues(-1, {}, {number: self._name}, [class_dict(number, look)], number)
        values = self._values()
        drawn = renderer_looks(self._layer, self.field.name())
        in_fields = self._field_looks(values)
        classes, names = [], {}
        for value, number in sorted(values.items(), key=lambda pair: pair[1]):
            named, styled = in_fields.get(number, Look()), drawn.get(value, Look())
            name = str(value) if self.is_text else named.name or styled.name
            look = Look(name, named.color or styled.color)
            item = class_dict(number, look)
            classes.append(item)
            names[number] = item["name"]
        return ClassValues(self.index, values, names, classes)

    def _values(self) -> dict[Any, int]:
        """Return the class value of each field value; texts are numbered in sorted order."""
        found = self._found()
        if not self.is_text:
            return {value: int(value) for value in found}
        return self._numbered(found)

    def _numbered(self, found: list[str]) -> dict[str, int]:
        """Number class names from 1 on in their order, or after those that are known."""
        if not self._known:
            return {text: number for number, text in enumerate(found, 1)}
        folded = {name.casefold(): number for name, number in self._known.items()}
        free = iter(range(max(self._known.values()) + 1, 2**31))
        return {text: folded[text.casefold()] if text.casefold() in folded else next(free) for text in found}

    def _field_looks(self, values: dict[Any, int]) -> dict[int, Look]:
        """Return the looks by class value that stand in fields Classname, Red, Green and Blue.

        Features of one class may disagree: the most frequent name and colour count.
        """
        name_at = self._indexes.get(NAME_FIELD, -1) if not self.is_text else -1
        color_at = [self._indexes.get(name, -1) for name in COLOR_FIELDS]
        has_color = min(color_at) >= 0
        if name_at < 0 and not has_color:
            return {}
        request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
        request.setSubsetOfAttributes(sorted({self.index, name_at, *color_at} - {-1}))
        names: dict[int, Counter[str]] = {}
        colors: dict[int, Counter[tuple[int, int, int]]] = {}
        # Layers in memory give geometries all the same, and QGIS would refuse those that are invalid.
        flag = Qgis.ProcessingFeatureSourceFlag.SkipGeometryValidityChecks
        for feature in self._features.getFeatures(request, flag):
            number = values.get(feature[self.index]) if not is_null(feature[self.index]) else None
            if number is None:
                continue
            if name_at >= 0 and not is_null(feature[name_at]):
                names.setdefault(number, Counter())[str(feature[name_at]).strip()] += 1
            if has_color and (color := _color([feature[at] for at in color_at])):
                colors.setdefault(number, Counter())[color] += 1
        return {
            number: Look(
                names[number].most_common(1)[0][0] if number in names else "",
                colors[number].most_common(1)[0][0] if number in colors else None,
            )
            for number in {*names, *colors}
        }


def _color(values: list[Any]) -> tuple[int, int, int] | None:
    """Return a colour where all three are numbers from 0 to 255."""
    try:
        red, green, blue = (int(value) for value in values)
    except (TypeError, ValueError):
        return None
    return (red, green, blue) if all(0 <= value <= 255 for value in (red, green, blue)) else None
