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


class TileTooLargeError(InputError):
    """A chip that does not fit into the raster."""

    template = (
        "A tile of {tile} pixels is larger than the raster {path}, which has {size} pixels at this cell size "
        "(TILE_SIZE_X, TILE_SIZE_Y): choose smaller tiles or a finer cell size."
    )


class BadTileError(InputError):
    """A tile size or stride that is no usable number of pixels."""

    template = "The {what} cannot be {value} pixels ({parameter}): give a whole number of at least {least}."


class BadAngleError(InputError):
    """An angle that would give no turned chip, or hundreds of each."""

    template = "The rotation angle cannot be {angle} degrees (ROTATION_ANGLE): give 0, or 1 up to less than 360."


class NoAreaError(InputError):
    """Points or lines where boxes or outlines are wanted."""

    template = (
        "The labels {path} hold only points and lines, which have no area for the format {format} (LABELS, FORMAT): "
        "give a buffer radius (BUFFER_RADIUS), or choose the format Classified Tiles."
    )


class NotForFormatError(InputError):
    """A setting that the chosen format has no use for."""

    template = "The format {format} takes no {what} ({parameter}): leave it out, or choose one of {known} (FORMAT)."


class MissingForFormatError(InputError):
    """Something that the chosen format cannot do without."""

    template = "The format {format} needs {what} ({parameter}): give it, or choose another format (FORMAT)."


class DifferentRastersError(InputError):
    """Several images that do not fit together in one chip set."""

    template = (
        "The raster {path} has {what} {value}, but {first} has {expected} (ADDITIONAL_RASTERS, INPUT_FOLDER): "
        "export it into a folder of its own, or choose bands that all of them have (BANDS)."
    )


class UnknownFormatError(InputError):
    """A name of no chip format or picture format."""

    template = "The format '{format}' is not known ({parameter}): use one of {known}."


class ChipFormatLimitError(InputError):
    """A picture format that cannot hold these pixels."""

    template = (
        "{format} chips cannot hold {bands} bands of type {dtype} (CHIP_FORMAT): {limit}; "
        "use TIFF, or choose bands that fit (BANDS)."
    )


class LabelsUnreadableError(InputError):
    """A label file that is no usable vector layer."""

    template = "The labels {path} cannot be read ({detail}): choose a layer that opens in QGIS."


class NoLabelsError(InputError):
    """No labels given, or none in them."""

    template = "The labels {path} hold no {what} (LABELS): draw some first, or choose another layer."


class LabelsElsewhereError(InputError):
    """Labels that miss the raster."""

    template = (
        "The labels {path}, which span {bounds}, do not overlap the part of the raster {raster} to be used, "
        "which spans {raster_bounds} (LABELS, EXTENT): choose labels of this place, or check the coordinate "
        "reference system of both."
    )


class OtherCrsError(InputError):
    """Labels in another coordinate reference system than the raster."""

    template = (
        "The labels {path} are in {crs}, but the raster {raster} is in {raster_crs} (LABELS): "
        "reproject the labels first, or run the tool in QGIS, which does it by itself."
    )


class BadClassValueError(InputError):
    """A class value of 0, below, or no whole number."""

    template = (
        "The labels {path} hold the class value {value} (CLASS_FIELD): class values must be whole numbers from 1 "
        "to 4294967295, as 0 stands for unlabelled; change the value, or choose another field."
    )


class NoChipsError(InputError):
    """Not one chip came out."""

    template = "No chip was made from {path}: {reason}."


class FolderInUseError(InputError):
    """An output folder that holds something else."""

    template = (
        "The folder {path} already holds other things ({detail}; OUTPUT): choose an empty or a new folder, "
        "or one with chips of the same format, bands and tile size to add to it."
    )


class FolderNotWritableError(InputError):
    """An output folder that cannot be made."""

    template = "The folder {path} cannot be made ({detail}; OUTPUT): choose a place where you may write."


class ReportNotWritableError(InputError):
    """A place where no report can be written."""

    template = "The report {path} cannot be written ({detail}; REPORT): choose another file."


class NotAppendableError(InputError):
    """A chip set of another kind."""

    template = (
        "The chips in {path} have {what} {there}, but these would have {here} (OUTPUT): "
        "choose a new folder, or the same settings."
    )


class ClassNameConflictError(InputError):
    """One class value with two names."""

    template = (
        "The class value {value} is called '{there}' in {path}, but '{here}' in these labels (OUTPUT): "
        "choose a new folder, or give the class the same value and name."
    )


class NotClassifiedError(InputError):
    """A raster whose pixels are no class values."""

    template = (
        "The raster {path} is no classified raster ({detail}): choose one whose pixels are class values, whole "
        "numbers from 0 (CLASSIFIED)."
    )


class NothingToCompareError(InputError):
    """No pixel that is labelled in both."""

    template = (
        "No pixel of {classified} can be compared with the reference {reference}: "
        "choose a reference that overlaps the result where it is classified (REFERENCE, EXTENT)."
    )


class BadTableError(InputError):
    """An output table of a kind we do not write."""

    template = "The table {path} cannot be written (OUTPUT): {detail}."
