"""Classes out of a raster: its attribute table, palette, category names, or the values of its pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from osgeo import gdal
from qgis.core import Qgis, QgsPalettedRasterRenderer, QgsRasterLayer

from ...engine.errors import CancelledError
from ...i18n import translate
from ...processing_provider.class_tables import Look, attribute_table_looks, rgb
from .schema_found import MOST_CLASSES, Found, RawClass, collect, whole_number
from .schema_problems import NotClassifiedError, TooManyClassesError
from .schema_task import Cancelled, Reading

_BLOCK = 2048


def from_raster(layer: QgsRasterLayer) -> Reading:
    """Return what reads the classes of a raster, in another thread.

    What is there first counts: the attribute table (in the file, beside it, or a ``.vat.dbf``), the palette that the
    layer is drawn with, the category names in the file, the values of all pixels of a raster with one band.

    Raises:
        NotClassifiedError: by the reading, which raises SchemaError and CancelledError as well.
    """
    table = _table_of(layer)
    drawn: dict[int, Look] = {}
    renderer = layer.renderer()
    if isinstance(renderer, QgsPalettedRasterRenderer):
        drawn = {int(item.value): Look(item.label, rgb(item.color)) for item in renderer.classes()}
    name, path = layer.name(), layer.source() if layer.providerType() == "gdal" else ""

    def read(cancelled: Cancelled) -> Found:
        looks = table or (attribute_table_looks(path) if path else {}) or drawn or _categories(path)
        looks = looks or dict.fromkeys(_pixel_values(name, path, cancelled), Look())
        raws = [RawClass(_name(look, value), value, look.color) for value, look in sorted(looks.items())]
        return collect(raws, name, name)

    return read


def _name(look: Look, value: int) -> str:
    """Return the name of a class; QGIS labels a value that has none with the value."""
    return "" if whole_number(look.name) == value else look.name


def _table_of(layer: QgsRasterLayer) -> dict[int, Look]:
    """Return what the attribute table of the first band says, as QGIS understands it."""
    table = layer.attributeTable(1)
    usage = Qgis.RasterAttributeTableFieldUsage
    at = {item.usage: place for place, item in enumerate(table.fields())} if table is not None else {}
    if usage.MinMax not in at:
        return {}
    color_at = [at[part] for part in (usage.Red, usage.Green, usage.Blue) if part in at]
    looks: dict[int, Look] = {}
    for row in table.data():
        value = whole_number(row[at[usage.MinMax]])
        if value is not None:
            name = str(row[at[usage.Name]] or "") if usage.Name in at else ""
            looks[value] = Look(name.strip(), _color([row[place] for place in color_at]))
    return looks


def _color(parts: list[Any]) -> tuple[int, int, int] | None:
    numbers = [whole_number(part) for part in parts]
    if len(numbers) != 3 or not all(number is not None and 0 <= number <= 255 for number in numbers):
        return None
    return numbers[0], numbers[1], numbers[2]  # type: ignore[return-value]


def _opened(path: str) -> Any:
    try:
        return gdal.OpenEx(path, gdal.OF_RASTER | gdal.OF_READONLY) if path else None
    except RuntimeError:  # where somebody switched on GDAL's exceptions
        return None


def _categories(path: str) -> dict[int, Look]:
    """Return the names that a file has for its values, with the colours of its palette."""
    dataset = _opened(path)
    if dataset is None or not dataset.RasterCount:
        return {}
    band = dataset.GetRasterBand(1)
    band.GetMetadata()  # GDAL 3.6 reads the file beside a GeoTIFF only now
    names = band.GetRasterCategoryNames() or ()
    palette = band.GetRasterColorTable()
    entries = palette.GetCount() if palette is not None else 0
    return {
        value: Look(name, palette.GetColorEntry(value)[:3] if value < entries else None)
        for value, name in enumerate(names)
        if name
    }


def _pixel_values(layer: str, path: str, cancelled: Cancelled) -> list[int]:
    """Return the values of all pixels, sorted, without that for no data."""
    dataset = _opened(path)
    if dataset is None:
        raise NotClassifiedError(layer=layer, detail=translate("Swath", "it is no file that GDAL reads"))
    if dataset.RasterCount != 1:
        text = translate("Swath", "it has {count} bands").format(count=dataset.RasterCount)
        raise NotClassifiedError(layer=layer, detail=text)
    band, found = dataset.GetRasterBand(1), set()
    nodata = band.GetNoDataValue()
    for top in range(0, dataset.RasterYSize, _BLOCK):
        for left in range(0, dataset.RasterXSize, _BLOCK):
            if cancelled():
                raise CancelledError(what=layer)
            size = min(_BLOCK, dataset.RasterXSize - left), min(_BLOCK, dataset.RasterYSize - top)
            block = band.ReadAsArray(left, top, *size)
            if block is None:
                raise NotClassifiedError(layer=layer, detail=translate("Swath", "its pixels cannot be read"))
            found |= set(_distinct(block, layer)) - {nodata}
            if len(found) > MOST_CLASSES:
                raise TooManyClassesError(source=layer, most=MOST_CLASSES)
    return sorted(found)


def _distinct(block: Any, layer: str) -> list[int]:
    """Return the values in a block of pixels; raise NotClassifiedError where they are no whole numbers."""
    if block.dtype == np.uint8:  # by far the most frequent, and counting is ten times as fast as sorting
        return [int(value) for value in np.flatnonzero(np.bincount(block.ravel(), minlength=256))]
    values = np.unique(block)
    if values.dtype.kind not in "iu":
        values = values[np.isfinite(values)]
        if not np.array_equal(values, np.trunc(values)):
            raise NotClassifiedError(layer=layer, detail=translate("Swath", "its pixels are no whole numbers"))
    return [int(value) for value in values]
