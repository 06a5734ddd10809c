"""What may be wrong with layers and parameters; found before the engine starts."""

from __future__ import annotations

from ..engine.errors import InputError


class NoLayerError(InputError):
    """A parameter that names no usable layer."""

    template = "No layer can be opened for {parameter} ('{value}'): choose another one."


class RenderingNeedsGridError(InputError):
    """A layer without pixels of its own, and no grid to draw it on."""

    template = (
        "The layer {layer} ({provider}) has no pixels of its own: "
        "give an extent (EXTENT) and a cell size in its map units (CELL_SIZE), and it is drawn on that grid."
    )


class RenderingTooLargeError(InputError):
    """A grid that nobody can mean."""

    template = (
        "Drawing the layer {layer} at this cell size would take {width} x {height} pixels (EXTENT, CELL_SIZE): "
        "give a smaller extent or a coarser cell size."
    )


class RenderingFailedError(InputError):
    """A web layer that could not be drawn."""

    template = "The layer {layer} could not be drawn ({detail}): check its connection, or export it to a GeoTIFF first."


class NoCrsError(InputError):
    """One of two layers without a coordinate reference system."""

    template = (
        "The {role} {layer} has no coordinate reference system, but {other} is in {crs}: "
        "set it first (right-click the layer > Layer CRS > Set)."
    )


class NoOverlapError(InputError):
    """Layers of different places."""

    template = (
        "The layer {labels} does not overlap the part of {raster} to be used ({parameter}, EXTENT): "
        "choose one of this place, or check the coordinate reference system of both."
    )


class OutsideRasterError(InputError):
    """An extent or mask that misses the raster."""

    template = "What is given as {parameter} does not overlap the raster {raster}: choose another, or leave it empty."


class EmptyLayerError(InputError):
    """A layer without features."""

    template = "The layer {layer} holds no features ({parameter}): draw some first, or choose another layer."


class NoClassFieldError(InputError):
    """A field that the layer does not have."""

    template = "The layer {layer} has no field '{field}' ({parameter}): choose one of {known}."


class ClassFieldTypeError(InputError):
    """A class field that holds neither whole numbers nor text."""

    template = (
        "The field '{field}' of {layer} is of type {kind} ({parameter}): "
        "choose a field of whole numbers or text, as it must tell classes apart."
    )


class ZeroClassError(InputError):
    """A class value that stands for something else."""

    template = (
        "The field '{field}' of {layer} holds the class value {value} ({parameter}): class values must be whole "
        "numbers from 1 on, as 0 stands for unlabelled; change the value, or choose another field."
    )


class LargeClassError(InputError):
    """A class value that no label can hold."""

    template = (
        "The field '{field}' of {layer} holds the class value {value} ({parameter}): the largest possible is "
        "4294967295; give classes smaller numbers, or choose another field."
    )


class NoClassValuesError(InputError):
    """A class field that is empty everywhere."""

    template = (
        "The field '{field}' of {layer} is empty in every feature ({parameter}): fill it, or choose another field."
    )


class OnlyForVectorsError(InputError):
    """A parameter that raster labels do not take."""

    template = (
        "The labels {layer} are a raster, whose pixel values are the classes: leave {parameter} as it is by default."
    )


class BadNumberError(InputError):
    """A number that makes no sense."""

    template = "The value {value} of {parameter} cannot be used: give {expected}."


class TileTooLargeError(InputError):
    """A tile that does not fit."""

    template = (
        "A tile of {tile} pixels is larger than the part of {raster} to be used, which has {size} "
        "({parameter}, EXTENT, CELL_SIZE): choose smaller tiles, a larger extent or a finer cell size."
    )


class OutputInUseError(InputError):
    """An output folder that holds other things."""

    template = "The folder {path} already holds other things ({found}; OUTPUT): choose an empty or a new folder."


class OutputTypeError(InputError):
    """An output file of a kind the engine does not write."""

    template = "The file {path} cannot be written ({parameter}): give a name that ends in {suffixes}."


class NotThereError(InputError):
    """A file or folder that does not exist."""

    template = "There is no {what} {path} ({parameter}): choose another one."


class NotChipsError(InputError):
    """A folder without training data."""

    template = (
        "The folder {path} holds no training data that Swath knows ({parameter}): "
        "choose a folder made by Export Training Data, or exported by ArcGIS Pro as one of {known}."
    )


class BandsMissingError(InputError):
    """A model that needs bands the raster lacks."""

    template = (
        "The model {model} needs band {band}, but the raster {raster} has {count} (INPUT, MODEL): "
        "choose imagery with the same bands as the training data."
    )


class WrongModelError(InputError):
    """A model that predicts something else than a tool gives."""

    template = "The model {model} is for {task} (MODEL): choose another model, or take {tool}."


class LabelsFailedError(InputError):
    """Labels that could not be brought into the raster's coordinate reference system."""

    template = "The labels {layer} could not be brought to {crs} ({detail}): reproject them first, or choose others."


class ModelTypeFormatError(InputError):
    """A network that cannot learn from such chips."""

    template = (
        "The model type {model} does not learn from chips of the format {format} (MODEL_TYPE): "
        "choose AUTO, or export chips as {known}."
    )


class MissingValueError(InputError):
    """A parameter that was left out."""

    template = "Nothing is given for {parameter} ({title}): it is needed, so fill it in."
