"""Labels of any kind and coordinate system as the engine takes them: in the raster's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeatureRequest,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsRasterLayer,
    QgsRectangle,
    QgsWkbTypes,
)

from ..i18n import translate
from .arguments import Arguments
from .class_fields import ClassField, ClassValues
from .class_tables import class_dict
from .problems import EmptyLayerError, LabelsFailedError, NoCrsError, NoOverlapError, OnlyForVectorsError
from .rasters import RasterSource, reproject_nearest
from .vectors import ClassColumns, LeftOut, crs_of, write_features


@dataclass(frozen=True)
class Prepared:
    """Labels the engine can read: a GeoPackage or a raster, and their classes as the job holds them."""

    path: str
    is_raster: bool
    classes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """Labels of one raster: a GeoPackage or a raster; "" where none lies there. ``with_area``: some have an area."""

    path: str
    with_area: bool = True


class LabelInput:
    """The labels given as one parameter, for one raster or several.

    Args:
        name, field_name: of the parameters of the labels and of their class field.
        known: class names with the values they must get, where text labels go together with others.
        beside: see :class:`ClassField`.
    """

    def __init__(
        self,
        arguments: Arguments,
        name: str,
        field_name: str,
        known: Mapping[str, int] | None = None,
        *,
        beside: bool = False,
    ) -> None:
        self._arguments, self._name, self._field_name = arguments, name, field_name
        self._known, self._beside = dict(known or {}), beside
        self.is_raster = isinstance(arguments.layer(name), QgsRasterLayer)
        self.left_out = LeftOut()
        self._values: ClassValues | None = None

    @property
    def title(self) -> str:
        """Return the layer's name."""
        return str(self._arguments.layer(self._name).name())

    def thin_kind(self) -> str:
        """Return a word for what has no area, where the layer holds only that; else "".

        A file may hold all kinds; QGIS then calls the layer after its first feature. So each is looked at
        before anybody is told that there are only points.
        """
        if self.is_raster:
            return ""
        _, features = self._arguments.vector(self._name)
        words = {
            Qgis.GeometryType.Point: translate("Swath", "points"),
            Qgis.GeometryType.Line: translate("Swath", "lines"),
        }
        kind = QgsWkbTypes.geometryType(features.wkbType())
        if kind not in words:
            return ""
        request = QgsFeatureRequest().setNoAttributes()
        found = features.getFeatures(request, Qgis.ProcessingFeatureSourceFlag.SkipGeometryValidityChecks)
        return "" if any(item.geometry().type() not in words for item in found) else words[kind]

    def check(self, buffer_radius: float = 0.0) -> None:
        """Raise InputError for all that is wrong with the layer and can be seen without reading each feature."""
        if self.is_raster:
            if self._arguments.text(self._field_name):
                raise OnlyForVectorsError(layer=self.title, parameter=self._field_name)
            if buffer_radius:
                raise OnlyForVectorsError(layer=self.title, parameter="BUFFER_RADIUS")
            return
        _, features = self._arguments.vector(self._name)
        if features.featureCount() == 0:
            raise EmptyLayerError(layer=self.title, parameter=self._name)
        self._class_field().check()

    def check_place(self, raster: RasterSource, extent: QgsRectangle, buffer_radius: float = 0.0) -> None:
        """Raise NoCrsError or NoOverlapError where they cannot lie on the part of a raster to be used."""
        if self.is_raster:
            source = self._arguments.raster(self._name)
            self._check_place(raster, source.crs, source.extent, raster.part(extent))
            return
        _, features = self._arguments.vector(self._name)
        around = features.sourceExtent()
        around.grow(buffer_radius)
        self._check_place(raster, crs_of(features), around, raster.part(extent))

    def _check_place(self, raster: RasterSource, crs: Any, extent: QgsRectangle, part: QgsRectangle) -> None:
        if crs.isValid() and not raster.crs.isValid():
            role = translate("Swath", "raster")
            raise NoCrsError(role=role, layer=raster.name, other=self.title, crs=crs.authid())
        if raster.crs.isValid() and not crs.isValid() and self._far_off(extent, part):
            role = translate("Swath", "layer")
            raise NoCrsError(role=role, layer=self.title, other=raster.name, crs=raster.crs.authid())
        if extent.isNull() or part.isEmpty():
            return
        if not meets(extent, crs, part, raster.crs, self._arguments.context):
            raise NoOverlapError(labels=self.title, raster=raster.name, parameter=self._name)

    @staticmethod
    def _far_off(extent: QgsRectangle, part: QgsRectangle) -> bool:
        return not extent.isNull() and not part.isEmpty() and not extent.intersects(part)

    def _class_field(self) -> ClassField:
        layer, features = self._arguments.vector(self._name)
        wanted = self._arguments.text(self._field_name)
        return ClassField(layer, features, wanted, self._known, self._field_name, beside=self._beside)

    def classes(self, feedback: QgsProcessingFeedback) -> list[dict[str, Any]]:
        """Return all classes of the layer, whatever a raster covers of it, as the job holds them."""
        if self.is_raster:
            looks = self._arguments.looks(self._name)
            return [class_dict(value, look) for value, look in sorted(looks.items())]
        if self._values is None:
            self._values = self._class_field().read(feedback)
        return self._values.classes

    def prepare(
        self,
        raster: RasterSource,
        extent: QgsRectangle,
        cell_size: float,
        feedback: QgsProcessingFeedback,
        buffer_radius: float = 0.0,
    ) -> Prepared:
        """Write the labels of the part of one raster to be used, in its coordinate reference system.

        Raises:
            NoOverlapError, LabelsFailedError, CancelledError.
        """
        classes = self.classes(feedback)
        found = self.write(raster, extent, cell_size, feedback, buffer_radius)
        self.left_out.tell(self.title, feedback)
        if not found.path:
            raise NoOverlapError(labels=self.title, raster=raster.name, parameter=self._name)
        return Prepared(found.path, self.is_raster, classes)

    def write(
        self,
        raster: RasterSource,
        extent: QgsRectangle,
        cell_size: float,
        feedback: QgsProcessingFeedback,
        buffer_radius: float = 0.0,
    ) -> Found:
        """Write the labels of one raster."""
        part = raster.part(extent)
        if self.is_raster:
            return Found(self._raster_path(raster, part, cell_size, feedback))
        self.classes(feedback)
        _, features = self._arguments.vector(self._name)
        written = write_features(
            features,
            raster.crs,
            part,
            self._arguments.context,
            feedback,
            columns=ClassColumns(self._values) if self._values is not None else None,
            buffer_radius=buffer_radius,
            left_out=self.left_out,
        )
        return Found(written.path if written.meeting else "", written.with_area > 0)

    def _raster_path(
        self, raster: RasterSource, part: QgsRectangle, cell_size: float, feedback: QgsProcessingFeedback
    ) -> str:
        source, context = self._arguments.raster(self._name), self._arguments.context
        path = source.file(part, cell_size or raster.cell_size[0], context, feedback)
        if source.crs != raster.crs and source.crs.isValid() and raster.crs.isValid():
            path = self._warp(path, source, raster, cell_size, part, feedback)
        return path

    def _warp(
        self,
        path: str,
        source: RasterSource,
        raster: RasterSource,
        cell_size: float,
        part: QgsRectangle,
        feedback: QgsProcessingFeedback,
    ) -> str:
        """Bring a label raster to the raster's coordinate reference system, to the nearest pixel."""
        size = (cell_size, cell_size) if cell_size > 0 else raster.cell_size
        feedback.pushInfo(translate("Swath", "Bringing the label raster to {crs}").format(crs=raster.crs.authid()))
        target, detail = reproject_nearest(path, source.crs, raster.crs, part, size, self._arguments.context, feedback)
        if detail:
            raise LabelsFailedError(layer=source.name, crs=raster.crs.authid(), detail=detail)
        return target


def meets(extent: QgsRectangle, crs: Any, part: QgsRectangle, other: Any, context: QgsProcessingContext) -> bool:
    """Tell whether two rectangles, each in its own coordinate reference system, meet."""
    transform = QgsCoordinateTransform(crs, other, context.transformContext())
    try:
        there = transform.transformBoundingBox(extent) if transform.isValid() else extent
    except QgsCsException:
        return False
    return bool(there.intersects(part))


def write_mask(
    arguments: Arguments,
    name: str,
    raster: RasterSource,
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
    extent: QgsRectangle,
) -> str:
    """Return the path of the mask's polygons in the raster's coordinate reference system; "" without a mask.

    Raises:
        NoOverlapError: they lie elsewhere.
    """
    if not arguments.given(name):
        return ""
    _, features = arguments.vector(name)
    left_out = LeftOut()
    written = write_features(features, raster.crs, raster.part(extent), context, feedback, left_out=left_out)
    left_out.tell(features.sourceName(), feedback)
    if not written.meeting:
        raise NoOverlapError(labels=features.sourceName(), raster=raster.name, parameter=name)
    return written.path
