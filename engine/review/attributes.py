"""The raster attribute table that GDAL keeps beside a raster: which class names its values have."""

from __future__ import annotations

import contextlib
import xml.etree.ElementTree as ET
from pathlib import Path

# A table of classes has kilobytes.
_LARGEST = 2**22


def class_names(raster: str | Path) -> dict[int, str]:
    """Return the names of class values in ``RASTER.aux.xml``; empty where there is no such table."""
    path = Path(f"{raster}.aux.xml")
    try:
        if path.stat().st_size > _LARGEST:
            return {}
        text = path.read_text("utf-8")
    except (OSError, UnicodeError):
        return {}
    # GDAL writes no document type; one could only serve to blow up entities.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return {}
    try:
        table = ET.fromstring(text).find(".//GDALRasterAttributeTable")  # noqa: S314 - see above
    except ET.ParseError:
        return {}
    return {} if table is None else _rows(table)


def _rows(table: ET.Element) -> dict[int, str]:
    columns = [(field.findtext("Name") or "").lower() for field in table.iter("FieldDefn")]
    if "value" not in columns:
        return {}
    value = columns.index("value")
    name = next((i for i, column in enumerate(columns) if column in {"class", "name", "class_name", "classname"}), None)
    names: dict[int, str] = {}
    for row in table.iter("Row"):
        cells = [cell.text or "" for cell in row.iter("F")]
        with contextlib.suppress(ValueError, IndexError):
            names[int(float(cells[value]))] = "" if name is None else cells[name]
    return names
