"""Rasters seen on a grid: any window, any thread, no-data known."""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioIOError
from rasterio.vrt import WarpedVRT

from ..windows import Affine, Window
from .grid import Grid
from .problems import (
    BadCellSizeError,
    BadExtentError,
    ExtentOutsideError,
    NoSuchBandError,
    PixelTypeError,
    RasterUnreadableError,
)

# Rasters without georeference are welcome here: pixels are then the map units.
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)

LARGEST_SIDE = 2**31 - 1
Pixels = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


class RasterView:
    """A raster seen on a virtual grid of its own CRS.

    Args:
        path: anything GDAL opens.
        bands: 1-based band numbers in the wanted order; empty takes all but an alpha band. An alpha band
            among them is read as any other.
        extent: (xmin, ymin, xmax, ymax) in map units, snapped to the nearest pixel edges where no cell
            size is given, cut to the raster; empty takes the whole raster.
        cell_size: side of a pixel in map units; 0 keeps the raster's own.
        grid: see the raster on exactly this grid instead of ``extent`` and ``cell_size``; what lies
            outside of the raster is invalid.
        resampling: a name of GDAL's ("nearest", "bilinear", ...); "" takes bilinear, and average where
            the grid is coarser than the raster.

    A pixel is invalid where the raster's mask or alpha band says so, where a value is NaN or infinite,
    and where values are no-data: in any band for signed and real pixels, in all read bands for
    unsigned ones (their no-data value is usually 0 or the largest, which dark and bright pixels reach too).

    Raises:
        RasterUnreadableError, NoSuchBandError, PixelTypeError, BadExtentError, ExtentOutsideError,
        BadCellSizeError: with what was given.
    """

    def __init__(
        self,
        path: str | Path,
        bands: Sequence[int] = (),
        extent: Sequence[float] = (),
        cell_size: float = 0.0,
        *,
        grid: Grid | None = None,
        resampling: str = "",
    ) -> None:
        self.path = str(path)
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: list[Any] = []
        self._warp: dict[str, Any] | None = None
        self._offset = (0, 0)
        with open_raster(self.path) as dataset:
            self._describe(dataset, bands)
            self.source_grid = Grid(Affine(*tuple(dataset.transform)[:6]), dataset.width, dataset.height)
            if grid is None:
                grid = self._place(extent, cell_size)
            if not self._aligned(grid):
                self._warp = self._warp_options(dataset, grid, resampling)
        self.grid = grid
        self.transform, self.width, self.height = grid.transform, grid.width, grid.height

    def _describe(self, dataset: Any, bands: Sequence[int]) -> None:
        alpha = [i for i, kind in enumerate(dataset.colorinterp, start=1) if kind == ColorInterp.alpha]
        colors = [i for i in range(1, dataset.count + 1) if i not in alpha]
        self.bands: tuple[int, ...] = tuple(int(band) for band in bands) or tuple(colors) or (1,)
        for band in self.bands:
            if not 1 <= band <= dataset.count:
                raise NoSuchBandError(path=self.path, band=band, count=dataset.count)
        self.count = len(self.bands)
        types = [dataset.dtypes[band - 1] for band in self.bands]
        self.dtype = str(np.result_type(*(np.dtype(name) for name in types)))
        if np.dtype(self.dtype).kind not in "uif":
            raise PixelTypeError(path=self.path, dtype=self.dtype)
        self.crs: str = dataset.crs.to_wkt() if dataset.crs else ""
        self.band_names = tuple(dataset.descriptions[band - 1] or "" for band in self.bands)
        self._nodatas = tuple(dataset.nodatavals[band - 1] for band in self.bands)
        self.nodata = self._nodatas[0]
        flags = dataset.mask_flag_enums[self.bands[0] - 1]
        # Who asks for the band that a careless writer marked as alpha wants its values, not a mask of them.
        wanted = any(band in alpha for band in self.bands)
        self._masked = (MaskFlags.per_dataset in flags or MaskFlags.alpha in flags) and not wanted
        self.block_shape: tuple[int, int] = dataset.block_shapes[self.bands[0] - 1]

    def _place(self, extent: Sequence[float], cell_size: float) -> Grid:
        source = self.source_grid
        if len(extent) == 0 and cell_size == 0:
            return source
        if len(extent) not in (0, 4) or not all(math.isfinite(value) for value in extent):
            raise BadExtentError(extent=_numbers(extent))
        if extent and not (extent[0] < extent[2] and extent[1] < extent[3]):
            raise BadExtentError(extent=_numbers(extent))
        whole = Window(0, 0, source.width, source.height)
        if _same_size(cell_size, source) or cell_size == 0:
            window = source.window_of(extent).intersect(whole) if extent else whole
            self._check_overlap(window.empty, extent)
            return Grid(source.transform.window(window), window.width, window.height)
        box = source.box_of(extent) if extent else (0.0, 0.0, float(source.width), float(source.height))
        left, top = max(box[0], 0.0), max(box[1], 0.0)
        right, bottom = min(box[2], float(source.width)), min(box[3], float(source.height))
        self._check_overlap(left >= right or top >= bottom, extent)
        return self._scaled(left, top, right, bottom, cell_size)

    def _scaled(self, left: float, top: float, right: float, bottom: float, cell_size: float) -> Grid:
        size_x, size_y = self.source_grid.pixel_size()
        bad = BadCellSizeError(
            path=self.path, cell_size=f"{cell_size:g}", pixel=f"{size_x:g} x {size_y:g}", limit=LARGEST_SIDE
        )
        if not (math.isfinite(cell_size) and cell_size > 0):
            raise bad
        scale_x, scale_y = cell_size / size_x, cell_size / size_y
        # Only whole new pixels, so that none at the border is half empty; a hair is forgiven.
        width, height = (right - left) / scale_x + 1e-6, (bottom - top) / scale_y + 1e-6
        if not (1 <= width <= LARGEST_SIDE and 1 <= height <= LARGEST_SIDE):
            raise bad
        t = self.source_grid.transform
        c, f = t.to_map(left, top)
        return Grid(
            Affine(
                cell_size * (t.a / size_x),
                cell_size * (t.b / size_y),
                c,
                cell_size * (t.d / size_x),
                cell_size * (t.e / size_y),
                f,
            ),
            int(width),
            int(height),
        )

    def _check_overlap(self, misses: bool, extent: Sequence[float]) -> None:
        if misses:
            bounds = _numbers(self.source_grid.bounds())
            raise ExtentOutsideError(path=self.path, extent=_numbers(extent), bounds=bounds)

    def _aligned(self, grid: Grid) -> bool:
        """Tell whether the grid's pixels are the raster's own, and remember how far they are shifted."""
        source = self.source_grid.transform
        col, row = source.to_pixel(grid.transform.c, grid.transform.f)
        far_col, far_row = source.to_pixel(*grid.transform.to_map(grid.width, grid.height))
        side_col, side_row = source.to_pixel(*grid.transform.to_map(grid.width, 0))
        self._offset = (round(col), round(row))
        return (
            _near(col, self._offset[0])
            and _near(row, self._offset[1])
            and _near(far_col, self._offset[0] + grid.width)
            and _near(far_row, self._offset[1] + grid.height)
            and _near(side_col, self._offset[0] + grid.width)
            and _near(side_row, self._offset[1])
        )

    def _warp_options(self, dataset: Any, grid: Grid, resampling: str) -> dict[str, Any]:
        self._offset = (0, 0)
        coarser = max(a / b for a, b in zip(grid.pixel_size(), self.source_grid.pixel_size(), strict=True))
        name = resampling or ("average" if coarser > 1 else "bilinear")
        # Both sides get the same CRS (any, where the raster has none), so nothing is transformed.
        crs = dataset.crs or rasterio.CRS.from_epsg(3857)
        has_alpha = ColorInterp.alpha in dataset.colorinterp
        return {
            "src_crs": crs,
            "crs": crs,
            "transform": rasterio.Affine(*grid.transform.tuple6()),
            "width": grid.width,
            "height": grid.height,
            "resampling": Resampling[name],
            # Tells where the grid reaches outside of the raster, and where its mask is.
            "add_alpha": not has_alpha and all(value is None for value in dataset.nodatavals),
        }

    def _dataset(self) -> Any:
        """Return this thread's handle: GDAL's are not to be shared between threads."""
        dataset = getattr(self._local, "dataset", None)
        if dataset is None:
            dataset = open_raster(self.path)
            opened = [dataset]
            if self._warp is not None:
                dataset = WarpedVRT(dataset, **self._warp)
                opened.insert(0, dataset)
            self._local.dataset = dataset
            with self._lock:
                self._open.extend(opened)
        return dataset

    def read(self, window: Window) -> tuple[Pixels, Mask]:
        """Read a window, which may reach outside of the grid.

        Returns:
            Pixels (bands, height, width) of type ``dtype`` with 0 where invalid, and valid (height, width).

        Raises:
            RasterUnreadableError: where the file is broken there.
        """
        source = window.shift(*self._offset)
        dataset = self._dataset()
        inside = source.clip(dataset.width, dataset.height).intersect(Window(*self._offset, self.width, self.height))
        if inside == source and not inside.empty:
            return self._read_inside(dataset, inside)
        all_pixels = np.zeros((self.count, window.height, window.width), self.dtype)
        all_valid = np.zeros((window.height, window.width), bool)
        if inside.empty:
            return all_pixels, all_valid
        pixels, valid = self._read_inside(dataset, inside)
        row, col = inside.row - source.row, inside.col - source.col
        all_pixels[:, row : row + inside.height, col : col + inside.width] = pixels
        all_valid[row : row + inside.height, col : col + inside.width] = valid
        return all_pixels, all_valid

    def _read_inside(self, dataset: Any, window: Window) -> tuple[Pixels, Mask]:
        place = rasterio.windows.Window(window.col, window.row, window.width, window.height)
        mask = None
        try:
            pixels = dataset.read(list(self.bands), window=place, out_dtype=self.dtype)
            if self._warp is not None and self._warp["add_alpha"]:
                mask = dataset.read(dataset.count, window=place)
            elif self._masked:
                mask = dataset.read_masks(self.bands[0], window=place)
        except RasterioIOError as error:
            raise RasterUnreadableError(path=self.path, detail=str(error)) from error
        valid = self._valid(pixels)
        if mask is not None:
            valid &= mask > 0
        if not valid.all():
            pixels[:, ~valid] = 0
        return pixels, valid

    def _valid(self, pixels: Pixels) -> Mask:
        valid: Mask = np.ones(pixels.shape[1:], bool)
        if pixels.dtype.kind == "f":
            valid &= np.isfinite(pixels).all(axis=0)
        # A no-data value that is itself NaN is caught above.
        marked = [i for i, value in enumerate(self._nodatas) if value is not None and not math.isnan(value)]
        if marked:
            empty = [pixels[i] == self._nodatas[i] for i in marked]
            rule = np.logical_and if pixels.dtype.kind == "u" else np.logical_or
            valid &= ~rule.reduce(empty)
        return valid

    def close(self) -> None:
        """Close the handles of all threads; no thread may be reading any more."""
        with self._lock:
            for dataset in self._open:
                dataset.close()
            self._open.clear()
        self._local = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()


def open_raster(path: str | Path) -> Any:
    """Open a raster for reading; raise RasterUnreadableError with GDAL's reason, where it cannot be."""
    try:
        dataset = rasterio.open(path)
    except (RasterioIOError, UnicodeError, TypeError) as error:
        raise RasterUnreadableError(path=path, detail=str(error).splitlines()[0]) from error
    if dataset.count == 0:
        inside = len(dataset.subdatasets)
        dataset.close()
        raise RasterUnreadableError(path=path, detail=f"it holds no bands but {inside} sub-datasets; name one of these")
    return dataset


def _near(value: float, whole: int) -> bool:
    return abs(value - whole) < 1e-3


def _same_size(cell_size: float, grid: Grid) -> bool:
    return all(math.isclose(cell_size, size, rel_tol=1e-9) for size in grid.pixel_size())


def _numbers(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.10g}" for value in values)
