"""What may be wrong with imagery, labels and chips; standard library only, so that QGIS can translate it."""

from __future__ import annotations

from ..errors import InputError


class RasterUnreadableError(InputError):
    """A file that GDAL cannot open as a raster."""

    template = "The raster {path} cannot be read ({detail}): choose a file that opens in QGIS as a raster layer."


class NoSuchBandError(InputError):
    """A band number beyond the raster's bands."""

    template = "The raster {path} has no band {band} (BANDS): give numbers from 1 to {count}."


class PixelTypeError(InputError):
    """Complex pixel values."""

    template = "The raster {path} holds pixels of type {dtype}: convert it to whole or real numbers first."


class ExtentOutsideError(InputError):
    """An extent that misses the raster."""

    template = (
        "The extent {extent} does not overlap the raster {path}, which spans {bounds} (EXTENT): "
        "give one in the raster's own coordinates, or leave it empty for the whole raster."
    )


class BadExtentError(InputError):
    """An extent that is no rectangle."""

    template = (
        "The extent {extent} is no rectangle (EXTENT): give xmin, ymin, xmax, ymax with xmin < xmax and ymin < ymax."
    )


class BadCellSizeError(InputError):
    """A cell size that is not positive, or coarser than the extent, or absurdly fine."""

    template = (
        "The cell size {cell_size} does not suit the raster {path}, whose pixels measure {pixel} (CELL_SIZE): "
        "give a positive size in map units that leaves from 1 to {limit} pixels a side, or 0 for the raster's own."
    )
