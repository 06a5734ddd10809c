"""Chips as bytes: TIFF, PNG, JPEG and MRF with their georeference."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.io import MemoryFile

from ..windows import Affine
from .problems import ChipFormatLimitError, UnknownFormatError
from .tiff import DOUBLE, SHORT, NotPlainTiffError, TiffTag, deflate_strips, pack_tiff, read_tags
from .writing import telling_disk_full, write_bytes

# A chip of more rows, or of more bytes, is written in several strips.
_ONE_STRIP = 512
_STRIP_BYTES = 2**25
# Sizes that fit the tags of a template, and a file that surely fits a classic TIFF.
_LONGEST_SIDE = 2**16 - 1
_LARGEST_BY_HAND = 2**31
_GEO_KEYS = 34735
Pixels = npt.NDArray[Any]


@dataclass(frozen=True)
class ChipEncoding:
    """One picture format for chips: its GDAL driver, its suffix and what it can hold.

    ``dtypes`` and ``bands`` empty: any.
    """

    id: str
    driver: str
    suffix: str
    dtypes: tuple[str, ...] = ()
    bands: tuple[int, ...] = ()
    limit: str = ""

    def check(self, bands: int, dtype: str) -> None:
        """Raise ChipFormatLimitError where the format cannot hold such chips."""
        if (self.dtypes and dtype not in self.dtypes) or (self.bands and bands not in self.bands):
            raise ChipFormatLimitError(format=self.id, bands=bands, dtype=dtype, limit=self.limit)

    def write(self, path: Path, pixels: Pixels, transform: Affine, crs: str) -> None:
        """Write one chip, pixels (bands, height, width); raise DiskFullError."""
        if self.driver == "GTiff":
            write_bytes(path, encode_geotiff(pixels, transform, crs))
            if crs and not writes_crs(crs):
                self._beside(path, transform, crs)
        elif self.driver == "MRF":
            # Three files at once, which only GDAL can write.
            with telling_disk_full(path), _create(path, self.driver, pixels, transform, crs) as dataset:
                dataset.write(pixels)
        else:
            write_bytes(path, encode_plain(pixels, self.driver))
            self._beside(path, transform, crs)

    @staticmethod
    def _beside(path: Path, transform: Affine, crs: str) -> None:
        write_bytes(path.with_name(path.name + ".aux.xml"), _georeference(transform, crs).encode())


_ENCODINGS = {
    item.id: item
    for item in (
        ChipEncoding("TIFF", "GTiff", ".tif"),
        ChipEncoding(
            "PNG", "PNG", ".png", ("uint8", "uint16"), (1, 3), "PNG takes 1 or 3 bands of 8 or 16 bits without sign"
        ),
        ChipEncoding("JPEG", "JPEG", ".jpg", ("uint8",), (1, 3), "JPEG takes 1 or 3 bands of 8 bits"),
        ChipEncoding(
            "MRF",
            "MRF",
            ".mrf",
            ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"),
            (),
            "MRF takes whole numbers up to 32 bits and real numbers",
        ),
    )
}


def encoding(name: str) -> ChipEncoding:
    """Return the picture format of this name; raise UnknownFormatError."""
    found = _ENCODINGS.get(name.upper())
    if found is None:
        raise UnknownFormatError(format=name, parameter="CHIP_FORMAT", known=", ".join(_ENCODINGS))
    return found


def encode_geotiff(pixels: Pixels, transform: Affine | None, crs: str) -> bytes:
    """Return a GeoTIFF of pixels (bands, height, width), the same bytes for the same pixels and place.

    Deflate at its fastest with a predictor: as quick as the LZW of ArcGIS, 40 % smaller on photographs. The
    tags are those that GDAL writes. Labels and pictures of 8 bits are put together here: that takes a sixth
    of the time for labels, somewhat less for pictures, and does not keep other threads waiting as rasterio
    does while it opens a file.
    """
    bands, height, width = pixels.shape
    north_up = None if transform is None else _is_north_up(transform)
    template = _template(bands, pixels.dtype.name, crs, north_up)
    rows = _rows_of_strip(pixels)
    if template is not None and max(height, width) <= _LONGEST_SIDE and 0 < pixels.nbytes <= _LARGEST_BY_HAND:
        strips = deflate_strips(pixels.astype(pixels.dtype.newbyteorder("<"), copy=False), rows)
        if strips is not None:
            return pack_tiff({**template, **_own_tags(height, width, rows, transform)}, strips)
    return _encode_by_gdal(pixels, transform, crs)


def writes_crs(crs: str) -> bool:
    """Tell whether a GeoTIFF can hold this CRS, which is WKT. It cannot for a rotated pole, for instance."""
    template = _template(1, "uint8", crs, None)
    return template is None or _GEO_KEYS in template


@functools.lru_cache(maxsize=64)
def _template(bands: int, dtype: str, crs: str, north_up: bool | None) -> dict[int, TiffTag] | None:
    """Return the tags of a GeoTIFF of GDAL's, or None where a file must not be put together from them.

    Args:
        bands: how many.
        dtype: their type.
        crs: as WKT, or "".
        north_up: whether rows run east and down; None: there is no transform.
    """
    place = None if north_up is None else Affine(0.5, 0, 1, 0, -0.25, 2) if north_up else Affine(1, 2, 3, 4, 5, 6)
    try:
        tags = read_tags(_encode_by_gdal(np.zeros((bands, 1, 1), dtype), place, crs))
    except NotPlainTiffError:
        return None
    # Another GDAL may choose other tags for size and place: then all is left to it.
    return tags if {**tags, **_own_tags(1, 1, 1, place)} == tags else None


def _own_tags(height: int, width: int, rows: int, transform: Affine | None) -> dict[int, TiffTag]:
    """Return the tags in which files of one kind differ: size, rows in a strip, and place."""
    tags = [TiffTag.of(256, SHORT, width), TiffTag.of(257, SHORT, height), TiffTag.of(278, SHORT, rows)]
    if transform is not None:
        a, b, c, d, e, f = transform.tuple6()
        if _is_north_up(transform):
            # ModelPixelScale and ModelTiepoint; else ModelTransformation.
            tags += [TiffTag.of(33550, DOUBLE, a, -e, 0), TiffTag.of(33922, DOUBLE, 0, 0, 0, c, f, 0)]
        else:
            tags.append(TiffTag.of(34264, DOUBLE, a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1))
    return {tag.code: tag for tag in tags}


def _is_north_up(transform: Affine) -> bool:
    """Tell whether rows run along x, and down: what GDAL writes as a scale and a corner."""
    return transform.b == 0 and transform.d == 0 and transform.e < 0


def _rows_of_strip(pixels: Pixels) -> int:
    height: int = pixels.shape[1]
    return max(1, min(height, _ONE_STRIP, _STRIP_BYTES * height // max(pixels.nbytes, 1)))


def _encode_by_gdal(pixels: Pixels, transform: Affine | None, crs: str) -> bytes:
    options: dict[str, Any] = {"compress": "DEFLATE", "zlevel": 1, "predictor": 3 if pixels.dtype.kind == "f" else 2}
    with MemoryFile() as memory:
        if pixels.shape[0] != 3:
            # Else GDAL takes the fourth of four bands for alpha, and readers for a mask.
            options |= {"photometric": "MINISBLACK", "alpha": "NO"}
        # One strip for what is small: less to write, and read at once anyway.
        options["blockysize"] = _rows_of_strip(pixels)
        profile = _profile(pixels, transform, crs)
        with memory.open(driver="GTiff", bigtiff="IF_SAFER", **options, **profile) as dataset:
            dataset.write(pixels)
        return bytes(memory.getbuffer())


def encode_plain(pixels: Pixels, driver: str) -> bytes:
    """Return a PNG or JPEG of pixels (bands, height, width) without georeference."""
    options: dict[str, Any] = {"quality": 95} if driver == "JPEG" else {"zlevel": 6}
    with MemoryFile() as memory:
        with memory.open(driver=driver, **options, **_profile(pixels, None, "")) as dataset:
            dataset.write(pixels)
        return bytes(memory.getbuffer())


def label_dtype(largest: int) -> str:
    """Return the smallest unsigned type that holds ``largest``."""
    return str(np.min_scalar_type(max(largest, 1)))


def _create(path: Path, driver: str, pixels: Pixels, transform: Affine, crs: str) -> Any:
    return rasterio.open(path, "w", driver=driver, compress="DEFLATE", **_profile(pixels, transform, crs))


def _profile(pixels: Pixels, transform: Affine | None, crs: str) -> dict[str, Any]:
    profile: dict[str, Any] = {
        "count": pixels.shape[0],
        "height": pixels.shape[1],
        "width": pixels.shape[2],
        "dtype": pixels.dtype.name,
    }
    if transform is not None:
        profile["transform"] = rasterio.Affine(*transform.tuple6())
    if crs:
        profile["crs"] = _parsed(crs)
    return profile


@functools.lru_cache(maxsize=16)
def _parsed(crs: str) -> Any:
    return rasterio.CRS.from_wkt(crs)


def _georeference(transform: Affine, crs: str) -> str:
    """Return the side file in which GDAL and QGIS look for what PNG and JPEG cannot hold."""
    numbers = (transform.c, transform.a, transform.b, transform.f, transform.d, transform.e)
    srs = f"  <SRS>{escape(crs)}</SRS>\n" if crs else ""
    place = ", ".join(f"{value:.16e}" for value in numbers)
    return f"<PAMDataset>\n{srs}  <GeoTransform>{place}</GeoTransform>\n</PAMDataset>\n"
