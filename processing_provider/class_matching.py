"""Which class of one layer is which of another: by name, or by value where one side has only numbers."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from qgis.core import Qgis, QgsFeature, QgsFeatureRequest, QgsProcessingFeatureSource

from .class_fields import is_null
from .object_fields import class_text, find_field, is_text

NAME_FIELDS = ("classname", "class", "class_name", "name", "label")
VALUE_FIELDS = ("classvalue", "value", "class")
# In the order in which a layer's own is looked for.
AUTOMATIC_FIELDS = ("classname", "classvalue", "class", "value")
# What all objects are called where neither layer tells classes apart.
ONE_CLASS = "Object"


class LayerClasses:
    """The classes of one layer, as read from its field and from one beside it that says the other half.

    ``found`` are the texts in the field; ``names`` are the names by class value, where the layer has both;
    ``by_value`` tells that the field holds class values, which may be texts where no field of values is beside.

    Raises:
        NoClassFieldError: there is no field ``wanted``.
    """

    def __init__(self, features: QgsProcessingFeatureSource, wanted: str, parameter: str) -> None:
        self._features = features
        self.index = find_field(features, wanted, (), parameter) if wanted else self._first_filled()
        self.empty = features.featureCount() == 0
        self.found: set[str] = set()
        self.names: dict[int, str] = {}
        self._of_text = self.index >= 0 and is_text(features.fields().at(self.index))
        if self.index >= 0:
            self._read()
        texts_are_names = self._of_text and bool(self.names)
        self.by_value = not texts_are_names and all(whole(text) is not None for text in self.found)

    def _first_filled(self) -> int:
        """Return the place of the first automatic field that is not empty everywhere; -1 without one."""
        for name in AUTOMATIC_FIELDS:
            place = find_field(self._features, "", (name,), "")
            if place >= 0 and any(class_text(value) for value in self._features.uniqueValues(place)):
                return place
        return -1

    def _partner(self) -> int:
        """Return the place of the field with names beside values, or values beside names; -1 without one."""
        fields = self._features.fields()
        places = {item.name().lower(): number for number, item in enumerate(fields)}
        for name in VALUE_FIELDS if self._of_text else NAME_FIELDS:
            place = places.get(name, self.index)
            if place != self.index and is_text(fields.at(place)) != self._of_text:
                return place
        return -1

    def _read(self) -> None:
        partner = self._partner()
        request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
        request.setSubsetOfAttributes([self.index] if partner < 0 else [self.index, partner])
        called: dict[int, Counter[str]] = {}
        # Layers in memory give geometries all the same, and QGIS would refuse those that are invalid.
        flag = Qgis.ProcessingFeatureSourceFlag.SkipGeometryValidityChecks
        for feature in self._features.getFeatures(request, flag):
            text = class_text(feature[self.index])
            if not text:
                continue
            self.found.add(text)
            if partner < 0 or is_null(feature[partner]):
                continue
            other = class_text(feature[partner])
            value, name = (other, text) if self._of_text else (text, other)
            if (number := whole(value)) is not None:
                called.setdefault(number, Counter())[name] += 1
        # Features of one value may disagree: the most frequent name counts.
        self.names = {number: names.most_common(1)[0][0] for number, names in called.items()}

    def text(self, feature: QgsFeature) -> str:
        """Return what stands in a feature's class field; "" for nothing."""
        return class_text(feature[self.index]) if self.index >= 0 else ""


class ClassMatch:
    """One name for each class of two layers; the first layer's names and spelling come first.

    ``alike`` tells that classes cannot be told apart, because one of the layers has no class field.
    """

    def __init__(self, first: LayerClasses, second: LayerClasses) -> None:
        self._names = {**second.names, **first.names}
        self._spelled: dict[str, str] = {}
        for side in (first, second):
            for text in sorted(side.found):
                name = self._named(side, text)
                self._spelled.setdefault(name.casefold(), name)
        bare = [side for side in (first, second) if side.index < 0 and not side.empty]
        found = {name for side in (first, second) for name in self.of_layer(side)}
        self.alike = bool(bare) and len(found) > 1
        self._only = "" if not bare else found.pop() if len(found) == 1 else ONE_CLASS

    def _named(self, side: LayerClasses, text: str) -> str:
        number = whole(text) if side.by_value else None
        return text if number is None else self._names.get(number, text)

    def name(self, side: LayerClasses, text: str) -> str | None:
        """Return the class that a text of one of the layers means; None where it means none."""
        if self._only:
            return self._only
        return self._spelled[self._named(side, text).casefold()] if text else None

    def of_layer(self, side: LayerClasses) -> set[str]:
        """Return the classes of one layer."""
        return {self._spelled[self._named(side, text).casefold()] for text in side.found}


def whole(text: Any) -> int | None:
    """Return a whole number of a text such as "7"; None of other texts."""
    return int(text) if re.fullmatch(r"\d{1,10}", str(text)) else None
