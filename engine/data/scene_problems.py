"""What may be wrong with the wish for a sample scene; standard library only, so that QGIS can translate it."""

from __future__ import annotations

from ..errors import InputError


class SceneNumberError(InputError):
    """A number that no scene can be made with."""

    template = "A sample scene cannot be made with {value} ({parameter}): give a number from {least} to {most}."


class SceneTooWideError(InputError):
    """Too many pixels of too many metres."""

    template = (
        "A sample scene cannot be {width} metres wide (SIZE, CELL_SIZE): "
        "choose fewer or finer pixels, so that it measures at most {most} metres."
    )


class SceneFileError(InputError):
    """A file name of a format that the scene is not written in."""

    template = "The sample scene cannot be written to {path} ({parameter}): give a file name that ends in {suffix}."


class SceneFolderError(InputError):
    """An output in a folder that is not there."""

    template = "The folder of {path} does not exist ({parameter}): create it first, or choose another."
