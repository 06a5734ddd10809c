"""Labels of any kind and coordinate system as the engine takes them: in the raster's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsRasterLayer,
    QgsRectangle,
)

from ..i18n import translate
from .arguments import Arguments
from .class_fields import ClassField
from .class_tables import class_dict
from .problems import EmptyLayerError, LabelsFailedError, NoCrsError, NoOverlapError, OnlyForVectorsError
from .rasters import RasterSource, reproject_nearest
from .vectors import write_features


@dataclass(frozen=True)
class Prepared:
    """Labels the engine can read: a GeoPackage or a raster, and their classes as the job holds them."""

    path: str
    is_raster: bool
    classes: list[dict[str, Any]] = field(default_factory=list)


class LabelInput:
    """The labels given as one parameter, seen from the raster they belong to.

    Args:
        name, field_name: of the parameters of the labels and of their class field.
        raster: the imagery, or the classified raster, that is labelled.
        known: class names with the values they must get, where text labels are compared with a raster.
    """

    def __init__(
        self,
        arguments: Arguments,
        name: str,
        field_name: str,
        raster: RasterSource,
        known: dict[str, int] | None = None,
    ) -> None:
        self._arguments, self._name, self._raster = arguments, name, raster
        self._field_name, self._known = field_name, known or {}
        self.is_raster = isinstance(arguments.layer(name), QgsRasterLayer)

    def check(self, extent: QgsRectangle, buffer_radius: float = 0.0) -> None:
        """Raise InputError for all that is wrong with them and can be seen without reading each feature."""
        part = self._raster.extent.intersect(extent) if not extent.isEmpty() else self._raster.extent
        if self.is_raster:
            source = self._arguments.raster(self._name)
            if self._arguments.text(self._field_name):
                raise OnlyForVectorsError(layer=source.name, parameter=self._field_name)
            if buffer_radius:
                raise OnlyForVectorsError(layer=source.name, parameter="BUFFER_RADIUS")
            self._check_place(source.name, source.crs, source.extent, part)
            return
        layer, features = self._arguments.vector(self._name)
        label_name = layer.name() if layer is not None else features.sourceName()
        if features.featureCount() == 0:
            raise EmptyLayerError(layer=label_name, parameter=self._name)
        around = features.sourceExtent()
        around.grow(buffer_radius)
        self._check_place(label_name, features.sourceCrs(), around, part)
        self._class_field().check()

    def _check_place(self, name: str, crs: Any, extent: QgsRectangle, part: QgsRectangle) -> None:
        raster = self._raster
        if crs.isValid() and not raster.crs.isValid():
            raise NoCrsError(role=translate("Swath", "raster"), layer=raster.name, other=name, crs=crs.authid())
        if raster.crs.isValid() and not crs.isValid() and self._far_off(extent, part):
            raise NoCrsError(role=translate("Swath", "layer"), layer=name, other=raster.name, crs=raster.crs.authid())
        if extent.isNull() or part.isEmpty():
            return
        transform = QgsCoordinateTransform(crs, raster.crs, self._arguments.context.transformContext())
        try:
            there = transform.transformBoundingBox(extent) if transform.isValid() else extent
        except QgsCsException as error:
            raise NoOverlapError(labels=name, raster=raster.name, parameter=self._name) from error
        if not there.intersects(part):
            raise NoOverlapError(labels=name, raster=raster.name, parameter=self._name)

    @staticmethod
    def _far_off(extent: QgsRectangle, part: QgsRectangle) -> bool:
        return not extent.isNull() and not part.isEmpty() and not extent.intersects(part)

    def _class_field(self) -> ClassField:
        layer, features = self._arguments.vector(self._name)
        wanted = self._arguments.text(self._field_name)
        return ClassField(layer, features, wanted, self._known)

    def prepare(
        self, extent: QgsRectangle, cell_size: float, feedback: QgsProcessingFeedback, buffer_radius: float = 0.0
    ) -> Prepared:
        """Write the labels of the part of the raster to be used, in its coordinate reference system."""
        part = self._raster.extent.intersect(extent) if not extent.isEmpty() else self._raster.extent
        if self.is_raster:
            return self._prepare_raster(part, cell_size, feedback)
        _, features = self._arguments.vector(self._name)
        values = self._class_field().read(feedback)
        path = write_features(
            features,
            self._raster.crs,
            part,
            self._arguments.context,
            feedback,
            values=values,
            buffer_radius=buffer_radius,
            in_order=self._arguments.selected_only(self._name),
        )
        if path is None:
            raise NoOverlapError(labels=features.sourceName(), raster=self._raster.name, parameter=self._name)
        return Prepared(path, False, values.classes)

    def _prepare_raster(self, part: QgsRectangle, cell_size: float, feedback: QgsProcessingFeedback) -> Prepared:
        source = self._arguments.raster(self._name)
        context = self._arguments.context
        path = source.file(part, cell_size or self._raster.cell_size[0], context, feedback)
        looks = self._arguments.looks(self._name)
        classes = [class_dict(value, look) for value, look in sorted(looks.items())]
        same = source.crs == self._raster.crs or not (source.crs.isValid() and self._raster.crs.isValid())
        if not same:
            path = self._warp(path, source, part, cell_size, feedback)
        return Prepared(path, True, classes)

    def _warp(
        self, path: str, source: RasterSource, part: QgsRectangle, cell_size: float, feedback: QgsProcessingFeedback
    ) -> str:
        """Bring a label raster to the raster's coordinate reference system, to the nearest pixel."""
        crs = self._raster.crs
        size = (cell_size, cell_size) if cell_size > 0 else self._raster.cell_size
        feedback.pushInfo(translate("Swath", "Bringing the label raster to {crs}").format(crs=crs.authid()))
        target, detail = reproject_nearest(path, source.crs, crs, part, size, self._arguments.context, feedback)
        if detail:
            raise LabelsFailedError(layer=source.name, crs=crs.authid(), detail=detail)
        return target


def write_mask(
    arguments: Arguments,
    name: str,
    raster: RasterSource,
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
    extent: QgsRectangle,
) -> str:
    """Return the path of the mask's polygons in the raster's coordinate reference system; "" without a mask."""
    if not arguments.given(name):
        return ""
    _, features = arguments.vector(name)
    part = raster.extent.intersect(extent) if not extent.isEmpty() else raster.extent
    path = write_features(features, raster.crs, part, context, feedback)
    if path is None:
        raise NoOverlapError(labels=features.sourceName(), raster=raster.name, parameter=name)
    return path
