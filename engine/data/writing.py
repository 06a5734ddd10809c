"""Writing files so that nothing half-written stays and a full disk is told plainly."""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rasterio
from rasterio.errors import RasterioError

from ..errors import DiskFullError
from .grid import Grid

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
# With less free than this, a failed write of GDAL (which names no cause) is taken for a full disk.
_NEARLY_FULL = 4 * 2**20


@contextlib.contextmanager
def telling_disk_full(path: Path) -> Iterator[None]:
    """Turn "no space left" into DiskFullError with ``path``, whoever noticed it."""
    try:
        yield
    except (OSError, RasterioError) as error:
        if isinstance(error, DiskFullError):
            raise
        if getattr(error, "errno", None) in _FULL or "No space left" in str(error) or _nearly_full(path):
            raise DiskFullError(path=path) from error
        raise


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file; raise DiskFullError."""
    with telling_disk_full(path):
        path.write_bytes(data)


def replace_text(path: Path, text: str, newline: str = "") -> None:
    """Write a text file beside ``path`` and rename it, so that a reader sees the old or the new one."""
    partial = path.with_name(path.name + ".partial")
    with telling_disk_full(path):
        with partial.open("w", encoding="utf-8", newline=newline) as file:
            file.write(text)
        partial.replace(path)


@contextlib.contextmanager
def create_geotiff(
    path: Path, grid: Grid, count: int, dtype: str, crs: str = "", nodata: float | None = None, **options: Any
) -> Iterator[Any]:
    """Open a tiled, compressed GeoTIFF for writing, under its final name only when all went well.

    Yields:
        A rasterio dataset writer; ``options`` go to GDAL's GTiff driver.

    Raises:
        DiskFullError: where space ran out.
    """
    partial = path.with_name(path.name + ".partial")
    profile: dict[str, Any] = {
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
        "compress": "DEFLATE",
        "predictor": 3 if dtype.startswith("float") else 2,
        "bigtiff": "IF_SAFER",
        **options,
    }
    try:
        with (
            telling_disk_full(path),
            rasterio.open(
                partial,
                "w",
                driver="GTiff",
                width=grid.width,
                height=grid.height,
                count=count,
                dtype=dtype,
                crs=crs or None,
                transform=rasterio.Affine(*grid.transform.tuple6()),
                nodata=nodata,
                **profile,
            ) as dataset,
        ):
            yield dataset
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def _nearly_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _NEARLY_FULL
    except OSError:
        return False
