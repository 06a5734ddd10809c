"""What may be wrong with imagery and settings of an export; found before the engine starts."""

from __future__ import annotations

from ..engine.errors import InputError


class NoImageryError(InputError):
    """No raster at all."""

    template = "No imagery is given (INPUT): choose a raster layer, or a folder of rasters (INPUT_FOLDER)."


class EmptyFolderError(InputError):
    """A folder without rasters."""

    template = "The folder {path} holds no file that opens as a raster (INPUT_FOLDER): choose another one."


class BrokenRasterError(InputError):
    """A file in a folder of rasters that should be one, but does not open."""

    template = "The file {path} does not open as a raster (INPUT_FOLDER): mend it, or move it elsewhere."


class MosaicRenderingError(InputError):
    """A web layer among rasters with files."""

    template = (
        "The layer {layer} ({provider}) has no file and cannot be joined with other rasters: "
        "save it as a GeoTIFF first, or take it alone (in an export: PROCESSING_MODE PROCESS_ITEMS_SEPARATELY)."
    )


class MosaicGeoreferenceError(InputError):
    """A picture without georeference among others."""

    template = (
        "The raster {layer} has no georeference and cannot be joined with other rasters: "
        "take it alone (in an export: PROCESSING_MODE PROCESS_ITEMS_SEPARATELY)."
    )


class MosaicBandsError(InputError):
    """Rasters that do not go together."""

    template = (
        "The raster {layer} has {what} {value}, but {first} has {expected}, so they cannot be joined "
        "(ADDITIONAL_RASTERS, INPUT_FOLDER): leave one of them out, or take it in a run of its own."
    )


class WarpFailedError(InputError):
    """A raster that could not be brought into another coordinate reference system."""

    template = "The raster {layer} could not be brought to {crs} ({detail}): reproject it first, or leave it out."


class NoRasterLeftError(InputError):
    """Several rasters, of which none can be used."""

    template = (
        "None of the {count} rasters can be cut, of {first} for example it is said: {reason} "
        "(ADDITIONAL_RASTERS, INPUT_FOLDER, PROCESSING_MODE)."
    )


class LabelsMissingError(InputError):
    """A format that cannot do without labels."""

    template = "The format {format} needs labels (LABELS): choose a layer, or one of the formats {others} (FORMAT)."


class SecondMissingError(InputError):
    """A format that cannot do without a second raster."""

    template = "The format {format} needs a second raster (INPUT2): choose one, or another format (FORMAT)."


class NotForFormatError(InputError):
    """A setting that the chosen format has no use for."""

    template = (
        "The format {format} makes no use of {parameter}: leave it as it is by default, or choose one of {known} "
        "(FORMAT)."
    )


class NoAreaError(InputError):
    """Points or lines where boxes or outlines are wanted."""

    template = (
        "The labels {layer} are {kind}, which have no area for the format {format} ({parameter}, FORMAT): "
        "give a buffer radius (BUFFER_RADIUS), or choose the format CLASSIFIED_TILES."
    )


class OnlyForFeaturesError(InputError):
    """Settings about features where labels are pixels."""

    template = (
        "The labels {layer} are a raster and hold no features to cut or blacken around ({parameter}): "
        "leave it as it is by default, or choose a vector layer (LABELS)."
    )


class ClassMeaningsError(InputError):
    """One class value with two names in labels and instance labels."""

    template = (
        "The class value {value} is called '{name}' in {layer}, but '{other}' in {instances} "
        "(CLASS_FIELD, INSTANCE_CLASS_FIELD): give each class one value, or choose fields of text."
    )


class InstanceNamesError(InputError):
    """Instances with named classes beside a label raster without names."""

    template = (
        "The classes of {instances} are names, but {layer} holds values without names, so that nobody knows which "
        "belong together (INSTANCE_CLASS_FIELD): choose a field of whole numbers, or give the raster class names."
    )
