"""Virtual rasters (VRT) made of others, with a mask of what they cover.

Written here instead of by GDAL: its tool leaves what no raster covers valid and black, forgets the names of
bands, and its text changes with statistics.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osgeo import gdal

from .raster_files import open_raster

# Nearer to a whole pixel than this, a raster is taken to lie on the grid.
_HAIR_PX = 1e-3


@dataclass(frozen=True)
class Part:
    """A raster in a virtual one: its place there in pixels (column, row, width, height).

    ``mask_band`` is the number of the band that shows where it is valid (not 0); 0: it masks nothing but
    no-data; -1: its own mask says it.
    """

    path: str
    place: tuple[float, float, float, float]
    mask_band: int = 0

    @property
    def whole_place(self) -> tuple[float, float, float, float]:
        """Return the place, on whole pixels where it is so but for rounding."""
        left, top, width, height = self.place
        edges = [round(edge) if abs(edge - round(edge)) < _HAIR_PX else edge for edge in (left, top)]
        far = [round(edge) if abs(edge - round(edge)) < _HAIR_PX else edge for edge in (left + width, top + height)]
        return edges[0], edges[1], far[0] - edges[0], far[1] - edges[1]


def mask_band_of(dataset: Any) -> int:
    """Return where a raster's mask stands, as :class:`Part` wants it."""
    last = dataset.RasterCount
    if last > 1 and dataset.GetRasterBand(last).GetColorInterpretation() == gdal.GCI_AlphaBand:
        return int(last)
    return -1 if dataset.GetRasterBand(1).GetMaskFlags() & gdal.GMF_PER_DATASET else 0


def write_vrt(
    target: Path,
    parts: Sequence[Part],
    geotransform: Sequence[float],
    size: tuple[int, int],
    wkt: str,
    like: Any,
) -> None:
    """Write a virtual raster.

    Args:
        target: its file.
        parts: earlier ones lie over later ones.
        geotransform: GDAL's six numbers.
        size: width and height in pixels.
        wkt: its CRS; "" without one.
        like: the opened raster whose bands (types, names, colours, no-data) it shall have.
    """
    root = ET.Element("VRTDataset", rasterXSize=str(size[0]), rasterYSize=str(size[1]))
    if wkt:
        # The order of coordinates in the file is x, y whatever the CRS says.
        ET.SubElement(root, "SRS", dataAxisToSRSAxisMapping=_axes(wkt)).text = wkt
    ET.SubElement(root, "GeoTransform").text = ", ".join(f"{value:.17g}" for value in geotransform)
    opened = [(part, open_raster(part.path)) for part in reversed(parts)]
    for number in range(1, like.RasterCount + 1):
        root.append(_band(number, like.GetRasterBand(number), opened))
    mask = ET.SubElement(ET.SubElement(root, "MaskBand"), "VRTRasterBand", dataType="Byte")
    mask.extend(_mask_source(part, dataset) for part, dataset in opened)
    for name in root.iter("SourceFilename"):
        path = Path(str(name.text))
        if path.parent == target.parent:
            # Neighbours are named without their folder, which is another one in each session.
            name.text = path.name
            name.set("relativeToVRT", "1")
    ET.indent(root)
    ET.ElementTree(root).write(target, encoding="utf-8")


def _axes(wkt: str) -> str:
    from osgeo import osr  # noqa: PLC0415 - needed here only

    system = osr.SpatialReference()
    system.ImportFromWkt(wkt)
    system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return ",".join(str(axis) for axis in system.GetDataAxisToSRSAxisMapping())


def _band(number: int, like: Any, opened: Sequence[tuple[Part, Any]]) -> ET.Element:
    band = ET.Element("VRTRasterBand", dataType=gdal.GetDataTypeName(like.DataType), band=str(number))
    if like.GetDescription():
        ET.SubElement(band, "Description").text = like.GetDescription()
    nodata = next(_nodatas(number, opened), None)
    if nodata is not None:
        ET.SubElement(band, "NoDataValue").text = f"{nodata:.17g}"
    ET.SubElement(band, "ColorInterp").text = gdal.GetColorInterpretationName(like.GetColorInterpretation())
    for part, dataset in opened:
        own = dataset.GetRasterBand(number).GetNoDataValue()
        masked = part.mask_band != 0
        source = _source("ComplexSource" if masked or own is not None else "SimpleSource", part, dataset, str(number))
        if own is not None:
            ET.SubElement(source, "NODATA").text = f"{own:.17g}"
        if masked and len(opened) > 1:
            # What is masked here shows what lies below.
            ET.SubElement(source, "UseMaskBand").text = "true"
        band.append(source)
    return band


def _nodatas(number: int, opened: Sequence[tuple[Part, Any]]) -> Iterator[float]:
    """Yield the no-data values of a band, of the uppermost raster first."""
    for _, dataset in reversed(opened):
        value = dataset.GetRasterBand(number).GetNoDataValue()
        if value is not None:
            yield value


def _mask_source(part: Part, dataset: Any) -> ET.Element:
    if part.mask_band:
        band = str(part.mask_band) if part.mask_band > 0 else "mask,1"
        source = _source("ComplexSource", part, dataset, band)
        ET.SubElement(source, "NODATA").text = "0"
        return source
    # 255 wherever the raster lies; no-data is marked by its value.
    source = _source("ComplexSource", part, dataset, "1")
    ET.SubElement(source, "ScaleOffset").text = "255"
    ET.SubElement(source, "ScaleRatio").text = "0"
    return source


def _source(kind: str, part: Part, dataset: Any, band: str) -> ET.Element:
    place = part.whole_place
    size = dataset.RasterXSize, dataset.RasterYSize
    aligned = all(value == int(value) for value in place) and place[2:] == size
    colored = dataset.GetRasterBand(1).GetColorTable() is not None
    source = ET.Element(kind, {} if aligned or colored else {"resampling": "bilinear"})
    ET.SubElement(source, "SourceFilename", relativeToVRT="0").text = part.path
    ET.SubElement(source, "SourceBand").text = band
    first = dataset.GetRasterBand(1)
    block = first.GetBlockSize()
    ET.SubElement(
        source,
        "SourceProperties",
        RasterXSize=str(size[0]),
        RasterYSize=str(size[1]),
        DataType=gdal.GetDataTypeName(first.DataType),
        BlockXSize=str(block[0]),
        BlockYSize=str(block[1]),
    )
    names = ("xOff", "yOff", "xSize", "ySize")
    ET.SubElement(source, "SrcRect", {name: f"{value:.17g}" for name, value in zip(names, (0, 0, *size))})
    ET.SubElement(source, "DstRect", {name: f"{value:.17g}" for name, value in zip(names, place)})
    return source
