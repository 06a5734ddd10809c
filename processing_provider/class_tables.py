"""Names and colours of classes, from wherever a layer has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from osgeo import gdal
from qgis.core import QgsCategorizedSymbolRenderer, QgsPalettedRasterRenderer, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtGui import QColor

UNSET = [-1, -1, -1]
_NAME_COLUMNS = ("classname", "class_name", "class", "name", "label")


@dataclass
class Look:
    """How a class is called and drawn; empty and UNSET where the layer does not say."""

    name: str = ""
    color: tuple[int, int, int] | None = None


def rgb(color: QColor) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255."""
    return color.red(), color.green(), color.blue()


def class_dict(value: int, look: Look | None) -> dict[str, Any]:
    """Return a class as the engine's jobs hold it."""
    look = look or Look()
    return {"value": value, "name": look.name or str(value), "color": list(look.color) if look.color else UNSET}


def renderer_looks(layer: QgsVectorLayer | None, field: str) -> dict[Any, Look]:
    """Return the looks by field value of a layer that is drawn in categories of this field."""
    renderer = layer.renderer() if layer is not None else None
    if not isinstance(renderer, QgsCategorizedSymbolRenderer):
        return {}
    if renderer.classAttribute().strip('"').lower() != field.lower():
        return {}
    looks: dict[Any, Look] = {}
    for category in renderer.categories():
        values = category.value() if isinstance(category.value(), list) else [category.value()]
        for value in values:
            looks[value] = Look(category.label(), rgb(category.symbol().color()) if category.symbol() else None)
    return looks


def raster_looks(layer: QgsRasterLayer, path: str) -> dict[int, Look]:
    """Return the looks by pixel value: of the raster's attribute table, else of a palette drawn in QGIS."""
    looks = attribute_table_looks(path)
    renderer = layer.renderer()
    if not looks and isinstance(renderer, QgsPalettedRasterRenderer):
        looks = {int(item.value): Look(item.label, rgb(item.color)) for item in renderer.classes()}
    return {value: look for value, look in looks.items() if value > 0}


def attribute_table_looks(path: str) -> dict[int, Look]:
    """Return the looks by pixel value in the attribute table of a raster's first band."""
    try:
        dataset = gdal.OpenEx(path, gdal.OF_RASTER | gdal.OF_READONLY)
    except RuntimeError:
        dataset = None
    table = dataset.GetRasterBand(1).GetDefaultRAT() if dataset is not None else None
    if table is None:
        return {}
    usages = {table.GetUsageOfCol(column): column for column in range(table.GetColumnCount())}
    names = {table.GetNameOfCol(column).lower(): column for column in range(table.GetColumnCount())}
    value_at = usages.get(gdal.GFU_MinMax, names.get("value"))
    if value_at is None:
        return {}
    name_at = usages.get(gdal.GFU_Name, next((names[name] for name in _NAME_COLUMNS if name in names), None))
    color_at = [usages.get(usage) for usage in (gdal.GFU_Red, gdal.GFU_Green, gdal.GFU_Blue)]
    looks = {}
    for row in range(table.GetRowCount()):
        look = Look(table.GetValueAsString(row, name_at) if name_at is not None else "")
        if None not in color_at:
            red, green, blue = (table.GetValueAsInt(row, column) for column in color_at)
            look.color = (red, green, blue)
        looks[table.GetValueAsInt(row, value_at)] = look
    return looks
