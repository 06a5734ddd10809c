"""What may be wrong with the wish for a sample scene; standard library only, so that QGIS can translate it."""

from __future__ import annotations

from ..errors import InputError


class BadSceneError(InputError):
    """A number that no scene can be made with."""

    template = "A sample scene cannot have a {what} of {value} ({parameter}): give {allowed}."


class BadSceneFileError(InputError):
    """A file name that the scene cannot be written to."""

    template = "The sample scene cannot be written to {path} ({parameter}): {remedy}."
