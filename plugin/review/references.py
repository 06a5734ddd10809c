"""Labels that are taken for right, as class values on the pixels of a map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from osgeo import gdal, ogr, osr
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProject,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)

from ...engine.progress import Reporter, check
from ...i18n import translate
from ...processing_provider.class_fields import is_null
from .candidates import BACKGROUND, Look
from .map_rasters import MapRaster, Window
from .review_problems import NoClassesInReferenceError

_NAMES = ("classname", "class_name", "class", "name", "label")
_VALUES = ("classvalue", "value", "class_value", "classid")


@dataclass(frozen=True)
class _Shapes:
    """Geometries of a layer, read in the thread of a task."""

    source: QgsVectorLayerFeatureSource
    transform: QgsCoordinateTransform
    name_at: int = -1
    value_at: int = -1


class Reference:
    """Polygons with classes; make it in the thread of the windows, use it in that of a task.

    Args:
        layer: the labels.
        field: what tells classes apart; "": Classname and Classvalue, or what else there is of that kind.
        crs: of the map.
        project: whose transforms are used.
        areas: polygons in which all is labeled; elsewhere what has no label is not compared.

    Raises:
        NoClassesInReferenceError: the layer has no such field.
    """

    def __init__(
        self,
        layer: QgsVectorLayer,
        field: str,
        crs: QgsCoordinateReferenceSystem,
        project: QgsProject,
        areas: QgsVectorLayer | None = None,
    ) -> None:
        self.name = layer.name()
        self.span = 1
        name_at, value_at = _fields(layer, field)
        self._labels = _Shapes(*_source(layer, crs, project), name_at, value_at)
        self._areas = _Shapes(*_source(areas, crs, project)) if areas is not None and areas.featureCount() else None
        self._looks: dict[int, Look] = {}
        self._boxes: npt.NDArray[np.float64] = np.zeros((0, 4))
        self._wkb: list[bytes] = []
        self._values: list[int] = []
        self._map: MapRaster | None = None

    def prepare(self, classes: MapRaster, reporter: Reporter) -> None:
        """Read the labels and match their classes with those of the map; by name, else by value."""
        self._map = classes
        matcher = ClassMatcher(classes.looks)
        boxes: list[tuple[float, float, float, float]] = []
        if self._areas is not None:
            self._read(self._areas, matcher, boxes, reporter)
        self._read(self._labels, matcher, boxes, reporter)
        self._boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
        self._looks = matcher.looks
        self.span = max([0, *self._looks, *classes.looks]) + 2

    def look(self, value: int) -> Look:
        """Return the class of a value as the reference has it."""
        return self._looks.get(value, Look(BACKGROUND, "") if value == BACKGROUND else Look(value, str(value)))

    def touches(self, window: Window) -> bool:
        """Tell whether a label or an area may lie in a window."""
        return bool(self._within(window).size)

    def values(self, window: Window) -> npt.NDArray[np.int32]:
        """Return class values (rows, columns) of a window; -1 where nothing is known."""
        raster = gdal.GetDriverByName("MEM").Create("", window.shape[1], window.shape[0], 1, gdal.GDT_Int32)
        raster.SetGeoTransform(list(self._of_map.place(window)))
        # QGIS moved the labels to the map's system; GDAL shall only not warn that it does not know it.
        plane = osr.SpatialReference('LOCAL_CS["map",UNIT["unit",1]]')
        raster.SetSpatialRef(plane)
        band = raster.GetRasterBand(1)
        band.Fill(-1)
        vectors = ogr.GetDriverByName("Memory").CreateDataSource("")
        layer = vectors.CreateLayer("", plane, ogr.wkbUnknown)
        layer.CreateField(ogr.FieldDefn("value", ogr.OFTInteger))
        for place in self._within(window):
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetGeometryDirectly(ogr.CreateGeometryFromWkb(self._wkb[place]))
            feature.SetField("value", self._values[place])
            layer.CreateFeature(feature)
        gdal.RasterizeLayer(raster, [1], layer, options=["ATTRIBUTE=value"])
        return band.ReadAsArray()

    @property
    def _of_map(self) -> MapRaster:
        if self._map is None:
            raise RuntimeError("prepare")
        return self._map

    def _within(self, window: Window) -> npt.NDArray[np.int64]:
        """Return the places of what may lie in a window, in the order of drawing."""
        corners = [
            gdal.ApplyGeoTransform(self._of_map.transform, window.left + right, window.top + down)
            for right in (0, window.width)
            for down in (0, window.height)
        ]
        xs, ys = zip(*corners)
        boxes = self._boxes
        meets = (boxes[:, 0] < max(xs)) & (boxes[:, 2] > min(xs)) & (boxes[:, 1] < max(ys)) & (boxes[:, 3] > min(ys))
        return np.flatnonzero(meets)

    def _read(
        self, shapes: _Shapes, matcher: ClassMatcher, boxes: list[tuple[float, float, float, float]], reporter: Reporter
    ) -> None:
        for feature in shapes.source.getFeatures(QgsFeatureRequest()):
            check(reporter, translate("Swath", "the search for places"))
            geometry = QgsGeometry(feature.geometry())
            if geometry.isEmpty() or geometry.type() != Qgis.GeometryType.Polygon:
                continue
            try:
                geometry.transform(shapes.transform)
            except QgsCsException:
                continue
            value = BACKGROUND
            if shapes.name_at >= 0 or shapes.value_at >= 0:
                value = matcher.value(*(_attribute(feature, place) for place in (shapes.name_at, shapes.value_at)))
                if value < 0:
                    continue
            box = geometry.boundingBox()
            boxes.append((box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()))
            self._wkb.append(bytes(geometry.asWkb()))
            self._values.append(value)


class ClassMatcher:
    """Gives classes of labels the values that the map has for them, and new ones where it has none."""

    def __init__(self, looks: dict[int, Look]) -> None:
        self.looks = dict(looks)
        self._by_name = {look.name.casefold(): value for value, look in looks.items() if look.name}
        self._next = max([0, *looks]) + 1

    def value(self, name: object, value: object) -> int:
        """Return the value of a class by its name, else its own; -1 where it has neither."""
        text = "" if name is None else str(name).strip()
        if text and text.casefold() in self._by_name:
            return self._by_name[text.casefold()]
        number = _whole(value) if value is not None else _whole(text)
        if number is not None and number >= 0 and (number in self.looks or not self._by_name):
            self.looks.setdefault(number, Look(number, text or str(number)))
            return number
        if not text and number is None:
            return -1
        text = text or str(number)
        self._by_name[text.casefold()] = self._next
        self.looks[self._next] = Look(self._next, text)
        self._next += 1
        return self._next - 1


def _whole(value: object) -> int | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return int(number) if number.is_integer() else None


def _attribute(feature: object, place: int) -> object:
    value = feature[place] if place >= 0 else None  # type: ignore[index]
    return None if is_null(value) else value


def _source(
    layer: QgsVectorLayer, crs: QgsCoordinateReferenceSystem, project: QgsProject
) -> tuple[QgsVectorLayerFeatureSource, QgsCoordinateTransform]:
    return QgsVectorLayerFeatureSource(layer), QgsCoordinateTransform(layer.crs(), crs, project.transformContext())


def _fields(layer: QgsVectorLayer, field: str) -> tuple[int, int]:
    names = [item.name().lower() for item in layer.fields()]
    if field:
        place = layer.fields().lookupField(field)
        found = (-1, place) if place >= 0 and layer.fields().at(place).isNumeric() else (place, -1)
    else:
        found = (_first(names, _NAMES), _first(names, _VALUES))
    if max(found) < 0:
        raise NoClassesInReferenceError(layer=layer.name())
    return found


def _first(names: Sequence[str], wanted: Iterable[str]) -> int:
    return next((names.index(name) for name in wanted if name in names), -1)
