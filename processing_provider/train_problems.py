"""What may be wrong with the parameters of a training; found before the engine starts."""

from __future__ import annotations

from ..engine.errors import InputError


class NoModelForChipsError(InputError):
    """Chips of a format that no model type learns from."""

    template = "No model type learns from chips of the format {format} (INPUT, MODEL_TYPE): export chips as {known}."


class MixedFormatsError(InputError):
    """Folders of different formats."""

    template = (
        "The folders of training data have different formats: {formats} (INPUT, ADDITIONAL_INPUTS): choose folders of "
        "one format."
    )


class BadModelNameError(InputError):
    """A model name that cannot be a file name."""

    template = (
        "The model cannot be called '{name}' (MODEL_NAME): begin with a letter or digit, and use letters, digits, "
        "spaces, '-', '_' and '.', at most 100."
    )


class BadDistanceError(InputError):
    """A part of SOLID_DISTANCE or BLUR_DISTANCE that cannot be read."""

    template = "'{part}' cannot be read ({parameter}): give {expected}."


class NoSuchClassError(InputError):
    """A distance for a class that the chips do not have."""

    template = "The chips have no class '{name}' ({parameter}): they have {known}; * stands for all of them."


class TwiceError(InputError):
    """Two distances for one class."""

    template = "The class {name} is given twice ({parameter}): give it once."


class WeightOrderError(InputError):
    """A least class weight above the greatest."""

    template = (
        "The least class weight {least} is above the greatest, {most} (CLASS_WEIGHT_MIN, CLASS_WEIGHT_MAX): the weight "
        "falls from the greatest in the first epoch to the least in the last."
    )


class NotForTaskError(InputError):
    """A parameter that does not act on what is learnt."""

    template = "{parameter} does not act on the model type {model} ({parameter}): leave it at {default}."


class OnlyForCustomError(InputError):
    """Augmentation parameters with an augmentation that does not take them."""

    template = (
        "AUGMENTATION_PARAMETERS act only where AUGMENTATION is CUSTOM, not {augmentation} (AUGMENTATION_PARAMETERS): "
        "choose CUSTOM, or leave them empty."
    )


class CustomIsEmptyError(InputError):
    """An augmentation of one's own that says nothing."""

    template = (
        "AUGMENTATION is CUSTOM, but nothing is given for AUGMENTATION_PARAMETERS: give entries like 'rotate 30; 0.5', "
        "or choose DEFAULT."
    )
