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
from .writing import telling_disk_full, write_bytes

# A chip of more rows is written in several strips.
_ONE_STRIP = 512
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
        elif self.driver == "MRF":
            # Three files at once, which only GDAL can write.
            with telling_disk_full(path), _create(path, self.driver, pixels, transform, crs) as dataset:
                dataset.write(pixels)
        else:
            write_bytes(path, encode_plain(pixels, self.driver))
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
    """Return a GeoTIFF of pixels (bands, height, width).

    Deflate at its fastest with a predictor: as quick as the LZW of ArcGIS, 40 % smaller on photographs.
    """
    options: dict[str, Any] = {"compress": "DEFLATE", "zlevel": 1, "predictor": 3 if pixels.dtype.kind == "f" else 2}
    with MemoryFile() as memory:
        if pixels.shape[0] != 3:
            # Else GDAL takes the fourth of four bands for alpha, and readers for a mask.
            options |= {"photometric": "MINISBLACK", "alpha": "NO"}
        # One strip for what is small: less to write, and read at once anyway.
        if pixels.shape[1] <= _ONE_STRIP:
            options["blockysize"] = pixels.shape[1]
        with memory.open(driver="GTiff", **options, **_profile(pixels, transform, crs)) as dataset:
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
