"""What may be wrong with a model file; light, so that QGIS can translate it."""

from __future__ import annotations

from .errors import InputError


class ModelNotFoundError(InputError):
    """A path without a model."""

    template = "No model was found at {path} ({detail}): give a model folder, or an .emd, .dlpk or .onnx file (MODEL)."


class NotOnnxError(InputError):
    """A file that is no ONNX model."""

    template = "The file {path} cannot be used as an ONNX model: {detail}; choose a model of Swath, or export it again."


class BadEmdError(InputError):
    """An Esri model definition that cannot be read."""

    template = (
        "The model definition {path} cannot be used ({detail}): choose another, or give the .onnx file itself (MODEL)."
    )


class NoOnnxInModelError(InputError):
    """A model of ArcGIS with weights that only its own code can run."""

    template = (
        "The model {path} was trained in ArcGIS ({classes}; tiles of {tile} pixels) and holds {weights}, but applying "
        "needs an ONNX file: train it again on the same chips with the training tool of Swath."
    )


class SevenZipError(InputError):
    """A package packed with 7-Zip."""

    template = "The package {path} is packed with 7-Zip: unpack it with 7-Zip and give the folder instead (MODEL)."


class BadPackageError(InputError):
    """A package that is broken or hostile."""

    template = "The package {path} is not used ({detail}): get it again from its maker, or give an .onnx file (MODEL)."


class UnknownModelError(InputError):
    """An ONNX file that does not say what it predicts."""

    template = (
        "The ONNX file {path} does not say what it predicts ({detail}): use a model written by Swath, or one with "
        "the metadata of Deepness (model_type, class_names ...)."
    )
