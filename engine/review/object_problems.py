"""What may be wrong with layers of objects that are reviewed; standard library only, so that QGIS can translate it."""

from __future__ import annotations

from ..errors import InputError


class ObjectsUnreadableError(InputError):
    """A file that is no usable layer of objects."""

    template = (
        "The objects {path} cannot be read ({detail}; {parameter}): choose a layer of polygons that opens in QGIS."
    )


class BadConfidenceError(InputError):
    """A confidence that is no number, or none that can be one."""

    template = (
        "The objects {path} hold the confidence '{value}' (CONFIDENCE_FIELD): confidences are numbers from 0 to 1 or "
        "from 0 to 100; correct it, or choose another field."
    )


class NoConfidenceError(InputError):
    """Nothing says how sure each object is."""

    template = (
        "The objects {path} have no column 'confidence' (CONFIDENCE_FIELD): choose the field that tells how sure each "
        "object is, as the surest stays."
    )


class BadShareError(InputError):
    """An overlap that is no share."""

    template = "An overlap cannot be {value} ({parameter}): give a number from 0 to 1."


class NoReferenceError(InputError):
    """Not one true object to compare with."""

    template = "There is no true object to compare with in {path} ({detail}; REFERENCE, MASK): choose another layer."


class OtherSystemError(InputError):
    """Found and true objects in two coordinate reference systems."""

    template = (
        "The detected objects {detected} are in {crs}, but {path} is in {other} (REFERENCE, MASK): reproject one of "
        "them first, or run the tool in QGIS, which does it by itself."
    )


class MatchesNotWritableError(InputError):
    """A place where the matches cannot be written."""

    template = "The matches {path} cannot be written ({detail}; MATCHES): choose another file."
