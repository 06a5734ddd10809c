"""What may be wrong when a model is applied; standard library only, so that QGIS can translate it."""

from __future__ import annotations

from ..errors import EnvironmentProblem, InputError


class WrongTaskError(InputError):
    """A model that predicts something else."""

    template = "The model {model} is for the task {task}, which this tool does not do (MODEL): use {tool} with it."


class TooFewBandsError(InputError):
    """A raster without the model's bands."""

    template = (
        "The model {model} needs the bands {bands}, but the raster {raster} has only {count} (INPUT): "
        "choose the raster with all bands that the model was trained on."
    )


class BadPaddingError(InputError):
    """Padding that leaves nothing of a tile."""

    template = (
        "The padding of {padding} pixels leaves nothing of a tile of {tile} (PADDING): "
        "give less than half the tile, or -1 for a quarter of the training chip."
    )


class BadSettingError(InputError):
    """A number out of its range."""

    template = "The value {value} is not possible ({parameter}): give {expected}."


class BadOutputError(InputError):
    """An output that is named like something else or would destroy an input."""

    template = "The output {path} is not possible ({parameter}): {detail}."


class BadMaskError(InputError):
    """A mask that cannot be used."""

    template = "The mask {path} cannot be used (MASK): {detail}."


class ModelFailedError(InputError):
    """An ONNX file that onnxruntime cannot load or run."""

    template = "The model {path} cannot be run ({detail}): export it again with Swath, or choose another tile size."


class WrongGraphError(InputError):
    """A graph whose inputs or outputs do not fit what the model says."""

    template = "The model {path} does not fit what it says of itself ({detail}): export it again."


class NoProcessorError(EnvironmentProblem):
    """A GPU was asked for where none can be used."""

    template = (
        "No GPU can be used by the engine environment (PROCESSOR): {detail}; choose AUTO or CPU, "
        "or set up the environment for this machine's GPU with Plugins > Swath > Set up."
    )
