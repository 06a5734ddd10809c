"""What may be wrong with the chips, the job or the machine of a training; standard library only."""

from __future__ import annotations

from ..errors import EnvironmentProblem, InputError


class NoChipsError(InputError):
    """A folder without chips, or one that no format knows."""

    template = (
        "The folder {folder} holds no training chips (INPUT): choose the output folder of "
        "'Export training data for deep learning'."
    )


class TooFewChipsError(InputError):
    """Fewer chips than a training can learn from."""

    template = (
        "The folder {folder} holds {count} chip(s) with labels (INPUT): a training needs at least 2; "
        "export again with a smaller stride, a smaller tile size, or more labels."
    )


class OneClassError(InputError):
    """Labels of one class only and no background to tell it from."""

    template = (
        "The chips in {folder} hold only the class '{name}' and no other labelled pixel (INPUT): label a second "
        "class, or let the model learn unlabelled pixels as background (MODEL_ARGUMENTS: background TRAIN)."
    )


class NoClassError(InputError):
    """No labelled pixel at all."""

    template = (
        "The chips in {folder} hold no labelled pixel of a class that is learnt (INPUT): "
        "export again with labels inside the imagery, or shorten ignore_classes."
    )


class DifferentChipsError(InputError):
    """Folders that cannot be learnt together."""

    template = (
        "The chips in {second} differ from those in {first} in {what} ({found} instead of {expected}): "
        "export all folders with the same settings (ADDITIONAL_INPUTS)."
    )


class BrokenChipError(InputError):
    """A chip that cannot be read or is not what the folder says."""

    template = "The chip {path} cannot be used ({detail}): delete it, or export the chips again."


class NoModelTypeError(InputError):
    """A model type that does not exist or does not learn from these chips."""

    template = "The model type '{model}' cannot learn from chips of the format {format} (MODEL_TYPE): use {known}."


class NotIgnorableError(InputError):
    """A class value in ignore_classes that the chips do not have."""

    template = "The chips have no class {value} to ignore (MODEL_ARGUMENTS: ignore_classes): their values are {known}."


class NoSuchChoiceError(InputError):
    """A parameter with a value we do not know."""

    template = "'{value}' is not possible here ({parameter}): use {known}."


class BadNumberError(InputError):
    """A parameter with a number that makes no sense."""

    template = "{value} is not possible here ({parameter}): give {expected}."


class BadNameError(InputError):
    """A model name that cannot be a file name."""

    template = "The model cannot be called '{name}' (MODEL_NAME): use letters, digits, spaces, '-', '_' and '.'."


class OutputNotEmptyError(InputError):
    """An output folder that holds other things."""

    template = "The folder {path} is not empty (OUTPUT): choose a new or an empty folder for the model."


class OutputNotWritableError(InputError):
    """An output folder that cannot be made."""

    template = "The folder {path} cannot be made ({detail}) (OUTPUT): choose another place, or mend its permissions."


class OtherRunError(InputError):
    """An unfinished run of another job where this one would go."""

    template = (
        "An unfinished training with other settings or other chips lies in {path} (OUTPUT): "
        "delete that folder, or choose another output."
    )


class BadWeightsError(InputError):
    """A file of weights that does not suit the backbone."""

    template = (
        "The weights {path} do not suit the backbone {backbone} (BACKBONE_WEIGHTS): {detail}; "
        "give a state dict of that backbone as .safetensors or as a PyTorch file of plain tensors."
    )


class WeightsUnavailableError(EnvironmentProblem):
    """The library's weights cannot be had."""

    template = (
        "The library's weights of {backbone} cannot be fetched ({detail}): on a machine with a network download "
        "{source} on Hugging Face and save it as {path}, or name the file in BACKBONE_WEIGHTS, or leave "
        "BACKBONE_WEIGHTS empty."
    )


class NoLibraryWeightsError(InputError):
    """The library has no weights for a backbone."""

    template = (
        "The library has no weights of {backbone} (BACKBONE_WEIGHTS): leave it empty, name a file, "
        "or choose another backbone."
    )


class BackboneFailedError(InputError):
    """A backbone that cannot be built or run in this model."""

    template = "The backbone {backbone} does not work in {model} ({detail}) (BACKBONE): choose another one."


class NoGpuError(EnvironmentProblem):
    """A GPU was asked for that is not there."""

    template = (
        "There is no GPU {gpu} that PyTorch can use (PROCESSOR, GPU_ID): it sees {count}; choose AUTO or "
        "CPU, or set up the engine environment with GPU support."
    )


class DivergedError(EnvironmentProblem):
    """The loss became infinite."""

    template = (
        "The training diverged in epoch {epoch} (the loss is no longer a number): "
        "start again with a smaller LEARNING_RATE than {rate}."
    )


class ExportFailedError(EnvironmentProblem):
    """No exporter gave a graph that computes what was trained."""

    template = (
        "The trained network cannot be written as ONNX ({detail}): the weights are kept in {folder}; "
        "choose another backbone."
    )
