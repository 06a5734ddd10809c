"""What may be wrong with a model to go on from, with augmentation and with a monitor; standard library only."""

from __future__ import annotations

from ..errors import InputError


class PretrainedError(InputError):
    """A model that no training can go on from."""

    template = (
        "The training cannot go on from the model {path} (PRETRAINED_MODEL): {detail}; choose the folder, .emd or "
        ".dlpk of a model that Swath trained, or leave PRETRAINED_MODEL empty."
    )


class OtherModelError(InputError):
    """A model of another type or backbone than the job asks for."""

    template = (
        "The model {path} has the {what} {found}, not {asked} (PRETRAINED_MODEL, {parameter}): {remedy}, or choose "
        "another model."
    )


class NoOutlinesError(InputError):
    """Labels of boxes for a network that learns outlines."""

    template = (
        "The labels of the chips hold boxes only, and this model learns outlines (INPUT, MODEL_TYPE): choose a model "
        "type that finds boxes, or export polygons in the format RCNN_MASKS."
    )


class OtherTaskMonitorError(InputError):
    """A monitor that judges another task."""

    template = "{value} judges {what}, which this model does not predict (MONITOR): use {known} for the task '{task}'."


class TwoMonitorsError(InputError):
    """A monitor that is given in two places."""

    template = (
        "The monitor is {first} in MONITOR and {second} in MODEL_ARGUMENTS (MONITOR, MODEL_ARGUMENTS): give it once."
    )


class AugmentationError(InputError):
    """A change of chips that cannot be understood."""

    template = "The augmentation '{entry}' cannot be used ({parameter}): {detail}."


class TransformsFileError(InputError):
    """The file of augmentations beside the chips is missing or broken."""

    template = (
        "The file {path} cannot be used ({detail}): AUGMENTATION 'FILE' takes transforms.json from the folder of "
        "the chips; put it there, or choose another AUGMENTATION."
    )
