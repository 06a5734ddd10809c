"""A vector layer taken as samples: its classes by number or name, its shapes as valid areas in our place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsProject,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)

from ...engine.errors import CancelledError
from ...i18n import translate
from ...processing_provider.class_fields import is_null
from .geometries import to_area, transformed
from .schema import ClassEntry, Schema
from .schema_found import Found, whole_number
from .schema_from_fields import from_field
from .store_problems import ImportCrsError, NothingImportedError, SampleGeometryError

Cancelled = Callable[[], bool]
_LOOK_EVERY = 200  # features between two looks at whether the user still wants them
_SEGMENTS = 12  # of a quarter circle, around points and lines


@dataclass
class Shapes:
    """Areas of a layer with the value of their class in ``schema`` (None: the current class), and what was left out."""

    name: str
    schema: Schema
    items: list[tuple[int | None, QgsGeometry]] = field(default_factory=list)
    repaired: int = 0
    without_area: int = 0
    without_class: int = 0
    outside: int = 0
    notes: tuple[str, ...] = ()

    def told(self) -> tuple[str, ...]:
        """Return what the user should know, as sentences."""
        texts = (
            (self.repaired, translate("Swath", "{count} invalid outlines were repaired.")),
            (self.without_area, translate("Swath", "{count} features without an area were left out.")),
            (self.without_class, translate("Swath", "{count} features without a class were left out.")),
            (self.outside, translate("Swath", "{count} features outside the coordinate system were left out.")),
        )
        return (*self.notes, *(text.format(count=count) for count, text in texts if count))


def layer_reading(
    layer: QgsVectorLayer, class_field: str, crs: QgsCoordinateReferenceSystem, project: QgsProject, buffer: float = 0.0
) -> Callable[[Cancelled], Shapes]:
    """Return what reads a layer, in another thread if need be.

    Args:
        layer: of any geometry and coordinate reference system.
        class_field: numbers or names; "" where all features are of one class.
        crs: of the samples.
        project: holds the chosen transformations.
        buffer: half the width in map units of the layer that lines and points get; 0 leaves them out.

    Raises:
        ImportCrsError, SchemaError: at once; the reading raises StoreError, SchemaError and CancelledError.
    """
    if not layer.crs().isValid():
        raise ImportCrsError(layer=layer.name(), crs=crs.authid())
    classes = from_field(layer, class_field) if class_field else None
    index = layer.fields().lookupField(class_field) if class_field else -1
    is_text = index >= 0 and not layer.fields().at(index).isNumeric()
    transform = QgsCoordinateTransform(layer.crs(), crs, project.transformContext())
    source, name = QgsVectorLayerFeatureSource(layer), layer.name()

    def read(cancelled: Cancelled) -> Shapes:
        found = classes(cancelled) if classes is not None else Found(Schema())
        shapes = Shapes(name, found.schema, notes=found.notes)
        for number, feature in enumerate(source.getFeatures()):
            if number % _LOOK_EVERY == 0 and cancelled():
                raise CancelledError(what=name)
            entry = _class_of(feature[index], found.schema, is_text) if index >= 0 else None
            if index >= 0 and entry is None:
                shapes.without_class += 1
            else:
                _take(shapes, entry, feature.geometry(), transform, buffer)
        if not shapes.items:
            raise NothingImportedError(layer=name, detail=" ".join(shapes.told()) or "-")
        return shapes

    return read


def _class_of(value: Any, schema: Schema, is_text: bool) -> ClassEntry | None:
    if is_null(value):
        return None
    return schema.find_name(str(value).strip()) if is_text else schema.find(whole_number(value))


def _take(
    shapes: Shapes, entry: ClassEntry | None, geometry: QgsGeometry, transform: QgsCoordinateTransform, buffer: float
) -> None:
    if buffer > 0 and geometry.type() in {Qgis.GeometryType.Point, Qgis.GeometryType.Line}:
        geometry = geometry.buffer(buffer, _SEGMENTS)
    there = transformed(geometry, transform) if not geometry.isEmpty() else geometry
    if there is None:
        shapes.outside += 1
        return
    try:
        area = to_area(there)
    except SampleGeometryError:
        shapes.without_area += 1
        return
    # to_area() leaves valid outlines alone, but for heights and curves.
    shapes.repaired += geometry.type() == Qgis.GeometryType.Polygon and not geometry.isGeosValid()
    shapes.items.append((entry.value if entry else None, area))
