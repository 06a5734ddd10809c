"""Found objects that are worth a look: those the model was least sure of, and those an assessment calls wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)

from ...engine.progress import Reporter, check
from ...i18n import translate
from ...processing_provider.class_fields import is_null
from ...processing_provider.class_tables import renderer_looks
from ...processing_provider.object_fields import CONFIDENCE_FIELDS, as_number
from .candidates import FALSE_OBJECT, MISSED_OBJECT, UNSURE_OBJECT, Candidate, Look
from .regions import choose
from .review_problems import NoConfidenceError, NoMatchesError, NoObjectsError

# Whole percents are common elsewhere.
_PERCENT = 100.0


@dataclass(frozen=True)
class _Columns:
    """Places of fields; -1 where there is none."""

    confidence: int
    name: int
    value: int
    match: int


class Objects:
    """The objects of a layer; make it in the thread of the windows, use it in that of a task.

    Args:
        layer: polygons with ``Confidence``, or with ``Match`` as ``swath:objectaccuracy`` writes them.
        matches: whether the layer must say which objects are missed and false.

    Raises:
        NoObjectsError, NoConfidenceError, NoMatchesError: the layer is not of that kind.
    """

    def __init__(self, layer: QgsVectorLayer, *, matches: bool) -> None:
        names = [item.name().lower() for item in layer.fields()]
        self._columns = _Columns(
            next((names.index(name) for name in CONFIDENCE_FIELDS if name in names), -1),
            next((names.index(name) for name in ("classname", "class", "name") if name in names), -1),
            names.index("classvalue") if "classvalue" in names else -1,
            names.index("match") if "match" in names else -1,
        )
        if matches and self._columns.match < 0:
            raise NoMatchesError(layer=layer.name())
        if not matches and self._columns.confidence < 0:
            raise NoConfidenceError(layer=layer.name())
        if layer.featureCount() == 0:
            raise NoObjectsError(layer=layer.name())
        self.name = layer.name()
        self._matches = matches
        self._source = QgsVectorLayerFeatureSource(layer)
        self._count = max(1, layer.featureCount())
        self._colors = _colors(layer)

    def find(self, most: int, below: float, reporter: Reporter) -> list[Candidate]:
        """Return the objects worth a look.

        Of a layer of matches first the false ones, the surest first, as they mislead most, and in between the missed
        ones, the largest first. Of others those with a confidence below ``below`` (0 to 1), the least sure first,
        spread over the map.

        Raises:
            CancelledError: the reporter says so.
        """
        found = []
        for done, feature in enumerate(self._source.getFeatures(QgsFeatureRequest())):
            if done % 100 == 0:
                check(reporter, translate("Swath", "the search for places"))
                reporter.progress(done / self._count, translate("Swath", "Looking through the objects"))
            candidate = self._candidate(feature)
            if candidate is not None:
                found.append(candidate)
        if self._matches:
            return _in_turn(found)[:most]
        unsure = [item for item in found if 0 <= item.certainty < below]
        return _spread(unsure, most)

    def _candidate(self, feature: QgsFeature) -> Candidate | None:
        geometry = QgsGeometry(feature.geometry())
        if geometry.isEmpty():
            return None
        columns = self._columns
        name = _text(feature, columns.name)
        value = as_number(_text(feature, columns.value)) if columns.value >= 0 else None
        look = Look(-1 if value is None else int(value), name, self._colors.get(name, ""))
        sure = as_number(_text(feature, columns.confidence)) if columns.confidence >= 0 else None
        certainty = -1.0 if sure is None else round(sure / _PERCENT if sure > 1 else sure, 4)
        if not self._matches:
            return Candidate(geometry, UNSURE_OBJECT, look, certainty)
        match = _text(feature, columns.match)
        if match == "false":
            return Candidate(geometry, FALSE_OBJECT, look, certainty)
        return Candidate(geometry, MISSED_OBJECT, None, -1.0, look) if match == "missed" else None


def _in_turn(found: Sequence[Candidate]) -> list[Candidate]:
    false = sorted((item for item in found if item.said is not None), key=lambda item: -item.certainty)
    missed = sorted((item for item in found if item.said is None), key=lambda item: -item.geometry.area())
    return list(_alternating(false, missed))


def _alternating(first: Sequence[Candidate], second: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield both in turn, so that whoever stops early has seen of both."""
    for place in range(max(len(first), len(second))):
        yield from first[place : place + 1]
        yield from second[place : place + 1]


def _spread(unsure: Sequence[Candidate], most: int) -> list[Candidate]:
    """Return the least sure of all corners of the map, the least sure first."""
    if not unsure:
        return []
    middles = np.asarray([(box.center().y(), box.center().x()) for box in (i.geometry.boundingBox() for i in unsure)])
    low, high = middles.min(0), middles.max(0)
    shares = (middles - low) / np.where(high > low, high - low, 1)
    scores = np.asarray([1.0 - item.certainty for item in unsure])
    chosen = [unsure[place] for place in choose(scores + 1e-6, shares[:, 0], shares[:, 1], most)]
    return sorted(chosen, key=lambda item: item.certainty)


def _text(feature: QgsFeature, place: int) -> str:
    value = feature[place] if place >= 0 else None
    return "" if is_null(value) else str(value)


def _colors(layer: QgsVectorLayer) -> dict[str, str]:
    """Return the colours by class name, where the layer is drawn by classes."""
    renderer = layer.renderer()
    if not isinstance(renderer, QgsCategorizedSymbolRenderer):
        return {}
    looks = renderer_looks(layer, renderer.classAttribute().strip('"'))
    return {
        str(name): "#{:02x}{:02x}{:02x}".format(*look.color)
        for key, look in looks.items()
        for name in (key, look.name)
        if look.color and name
    }
