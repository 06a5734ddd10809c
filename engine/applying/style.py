"""Colours and names beside a raster: attribute table for GDAL, style for QGIS."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from ..classes import ClassInfo

# GDAL's numbers: types GFT_Integer, GFT_String; usages GFU_MinMax, GFU_Name, GFU_Red, GFU_Green, GFU_Blue.
_COLUMNS = (("Value", 0, 5), ("Class", 2, 2), ("Red", 0, 6), ("Green", 0, 7), ("Blue", 0, 8))
_OPAQUE, _CLEAR = 255, 0
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def color_table(classes: Sequence[ClassInfo]) -> dict[int, tuple[int, int, int, int]]:
    """Return the colours by value; a learnt background is clear, so that the image below shows."""
    return {item.value: (*item.color, _CLEAR if item.value == 0 else _OPAQUE) for item in classes}


def attribute_table(classes: Sequence[ClassInfo]) -> str:
    """Return the text of an ``.aux.xml`` with a raster attribute table: Value, Class, Red, Green, Blue."""
    root = ET.Element("PAMDataset")
    band = ET.SubElement(root, "PAMRasterBand", band="1")
    table = ET.SubElement(band, "GDALRasterAttributeTable", tableType="thematic")
    for index, (name, kind, usage) in enumerate(_COLUMNS):
        column = ET.SubElement(table, "FieldDefn", index=str(index))
        for tag, value in (("Name", name), ("Type", kind), ("Usage", usage)):
            ET.SubElement(column, tag).text = str(value)
    for index, item in enumerate(_by_value(classes)):
        row = ET.SubElement(table, "Row", index=str(index))
        for value in (item.value, item.name, *item.color):
            ET.SubElement(row, "F").text = str(value)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def qgis_style(classes: Sequence[ClassInfo]) -> str:
    """Return the text of a ``.qml`` that QGIS loads with the raster: a paletted renderer."""
    root = ET.Element("qgis", version="3.40.0", styleCategories="Symbology")
    pipe = ET.SubElement(root, "pipe")
    renderer = ET.SubElement(
        pipe, "rasterrenderer", type="paletted", band="1", opacity="1", alphaBand="-1", nodataColor=""
    )
    ET.SubElement(renderer, "rasterTransparency")
    palette = ET.SubElement(renderer, "colorPalette")
    for item in _by_value(classes):
        alpha = str(_CLEAR if item.value == 0 else _OPAQUE)
        color = "#{:02x}{:02x}{:02x}".format(*item.color)
        ET.SubElement(palette, "paletteEntry", value=str(item.value), color=color, alpha=alpha, label=item.name)
    ET.SubElement(pipe, "rasterresampler", maxOversampling="2")
    ET.SubElement(root, "blendMode").text = "0"
    ET.indent(root)
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return head + ET.tostring(root, encoding="unicode") + "\n"


def _by_value(classes: Sequence[ClassInfo]) -> list[ClassInfo]:
    """Return the classes in the order of values, their names without what XML cannot hold."""
    clean = [ClassInfo(item.value, _NO_XML.sub("", item.name), item.color) for item in classes]
    return sorted(clean, key=lambda item: item.value)
