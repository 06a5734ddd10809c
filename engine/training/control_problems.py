"""What may be wrong with the controls of a training: sizes, sampling, distances; standard library only."""

from __future__ import annotations

from ..errors import InputError


class ChipSizeError(InputError):
    """A chip size that the chips do not have."""

    template = (
        "Pieces of {value} pixels cannot be cut out of chips of {width} x {height} pixels (CHIP_SIZE): "
        "give {nearest} or less, or 0 for the chips as they are."
    )


class ControlNotTakenError(InputError):
    """A parameter that does not act on what is learnt."""

    template = "{parameter} does not act on the task '{task}' ({parameter}): leave it at {default}."


class ClassWeightOrderError(InputError):
    """A least weight above the greatest."""

    template = (
        "The least class weight {least} is above the greatest, {most} (CLASS_WEIGHT_MIN, CLASS_WEIGHT_MAX): "
        "weights go from the greatest at the start to the least at the end."
    )


class BadDistanceError(InputError):
    """A distance that is none, or one for a class that is not there."""

    template = "'{value}' is not possible for class {name} ({parameter}): give {expected}."


class NoSuchClassError(InputError):
    """A distance for a class that the chips do not have."""

    template = "The chips have no class {name} ({parameter}): their values are {known}."


class NoThinLabelsError(InputError):
    """Distances where there are no points or lines to draw wider."""

    template = (
        "There are no points or lines {where} ({parameter}): leave it empty, or export point or line labels with "
        "'Export training data for deep learning', which keeps them beside the chips."
    )


class DistanceTooFarError(InputError):
    """Distances beyond what was kept around the chips."""

    template = (
        "The distances of class {name} reach {reach} pixels, but points and lines are kept up to {margin} pixels "
        "around the chips (SOLID_DISTANCE, BLUR_DISTANCE): let both together be at most that."
    )
