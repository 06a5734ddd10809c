"""What may be wrong with objects: their confidence, their classes, and where results of them go."""

from __future__ import annotations

from ..engine.errors import InputError


class NoConfidenceFieldError(InputError):
    """A layer in which nothing says how sure each object is."""

    template = "The layer {layer} has no field that is called Confidence or Score (CONFIDENCE_FIELD): choose {known}."


class ConfidenceTypeError(InputError):
    """A confidence field that can hold no numbers."""

    template = (
        "The field '{field}' of {layer} is of type {kind} (CONFIDENCE_FIELD): choose a field of numbers, as it must "
        "tell how sure each object is."
    )


class ConfidenceValueError(InputError):
    """A confidence that is no number, or none that can be one."""

    template = (
        "The field '{field}' of {layer} holds '{value}' (CONFIDENCE_FIELD): confidences are numbers from 0 to 1 or "
        "from 0 to 100; correct it, or choose another field."
    )


class NotPolygonsError(InputError):
    """A file with features of several kinds, of which some have no area."""

    template = "The layer {layer} holds {kind} ({parameter}): choose a layer of polygons."


class OutputIsInputError(InputError):
    """A result that would overwrite what it is made of."""

    template = "The file {path} is an input of this run ({input}) and cannot be its result ({parameter}): name another."


class SameOutputError(InputError):
    """Two results in one file."""

    template = "The file {path} is named for two results ({first}, {second}): give each a name of its own."


class SinkFailedError(InputError):
    """A result that could not be written to its end."""

    template = "Writing {path} failed ({detail}; {parameter}): check the place, or choose another one."
