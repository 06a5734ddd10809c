"""Write results as tiled, compressed GeoTIFF with overviews, row after row in bounded memory."""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.enums import Resampling

from ..data.grid import Grid
from ..errors import DiskFullError

BLOCK = 256
_SMALLEST_OVERVIEW = 256
_RESERVE = 32 * 2**20
_NO_SPACE = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


@dataclass(frozen=True)
class Layout:
    """What a GeoTIFF holds: where, what type, which bands, which colours (red, green, blue, alpha)."""

    grid: Grid
    crs: str
    dtype: str
    nodata: float
    bands: Sequence[str]
    colors: Mapping[int, tuple[int, int, int, int]] = field(default_factory=dict)


class GeoTiffWriter:
    """A GeoTIFF that grows from top to bottom.

    Raises:
        DiskFullError: no space is left; also from all methods.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path, self._layout = path, layout
        self._next, self._carry = 0, np.zeros((len(layout.bands), 0, layout.grid.width), layout.dtype)
        real = np.dtype(layout.dtype).kind == "f"
        try:
            self._file: Any = rasterio.open(
                path,
                "w",
                driver="GTiff",
                width=layout.grid.width,
                height=layout.grid.height,
                count=len(layout.bands),
                dtype=layout.dtype,
                crs=layout.crs or None,
                transform=rasterio.Affine(*layout.grid.transform.tuple6()),
                nodata=layout.nodata,
                tiled=True,
                blockxsize=BLOCK,
                blockysize=BLOCK,
                interleave="band",
                compress="deflate",
                predictor=3 if real else 1,
                BIGTIFF="IF_SAFER",
                NUM_THREADS="2",
            )
            if layout.colors:
                self._file.write_colormap(1, dict(layout.colors))
            for band, name in enumerate(layout.bands, start=1):
                self._file.set_band_description(band, name)
        except Exception as error:  # GDAL's errors have no common class
            raise _problem(path, error) from error

    def write(self, rows: npt.NDArray[Any]) -> None:
        """Write the next rows (bands, height, width)."""
        rows = np.concatenate([self._carry, rows], axis=1) if self._carry.shape[1] else rows
        # Whole rows of blocks only: a block that is written twice wastes time and space.
        whole = rows.shape[1] // BLOCK * BLOCK
        self._carry = rows[:, whole:].copy()
        self._put(rows[:, :whole])

    def _put(self, rows: npt.NDArray[Any]) -> None:
        if rows.shape[1] == 0:
            return
        window = rasterio.windows.Window(0, self._next, rows.shape[2], rows.shape[1])
        need_space(self._path, rows.nbytes)
        try:
            self._file.write(rows, window=window)
        except Exception as error:  # GDAL's errors have no common class
            raise _problem(self._path, error) from error
        self._next += rows.shape[1]

    def finish(self, resampling: Resampling) -> None:
        """Write what is left, then the overviews, and close the file."""
        self._put(self._carry)
        longest = max(self._layout.grid.width, self._layout.grid.height)
        levels = [
            2**i for i in range(1, 20) if longest / 2**i > _SMALLEST_OVERVIEW / 2 and longest > _SMALLEST_OVERVIEW
        ]
        # Overviews hold a third as many pixels, which pack less well.
        need_space(self._path, int(self._path.stat().st_size * 0.6))
        try:
            if levels:
                self._file.build_overviews(levels, resampling)
            self._file.close()
            self._read_back(len(levels))
        except Exception as error:  # GDAL's errors have no common class
            raise _problem(self._path, error) from error

    def _read_back(self, overviews: int) -> None:
        """Read the last pixels again: GDAL may lose data on a full disk without a word."""
        width, height = self._layout.grid.width, self._layout.grid.height
        with rasterio.open(self._path) as dataset:
            dataset.read(window=rasterio.windows.Window(width - 1, height - 1, 1, 1))
            if len(dataset.overviews(1)) != overviews:
                raise DiskFullError(path=self._path)

    def abandon(self) -> None:
        """Close and delete the unfinished file; the journal holds what was done."""
        # It is deleted anyway, and a full disk must not hide the first error.
        with contextlib.suppress(Exception):
            self._file.close()
        self._path.unlink(missing_ok=True)


def disk_problem(path: Path, error: OSError) -> Exception:
    """Return DiskFullError where the system says that no space is left, else the error itself."""
    return DiskFullError(path=path) if error.errno in _NO_SPACE else error


def _problem(path: Path, error: Exception) -> Exception:
    """Turn GDAL's words for a full disk into ours; GDAL hands no error numbers on."""
    texts = " ".join(str(item) for item in (error, error.__cause__, error.__context__) if item is not None)
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return DiskFullError(path=path)
    if "No space left" in texts or shutil.disk_usage(path.parent).free < _RESERVE:
        return DiskFullError(path=path)
    return error


def check_reserve(folder: Path) -> None:
    """Raise DiskFullError where hardly anything fits."""
    need_space(folder / "any", _RESERVE)


def need_space(path: Path, size: int) -> None:
    """Raise DiskFullError where ``size`` bytes might not fit.

    GDAL notices a full disk late, goes on, and may then crash while it closes the file: so it must not meet one.
    """
    if shutil.disk_usage(path.parent).free < size + _RESERVE:
        raise DiskFullError(path=path)
