"""Rasters of numbered objects on disk, and the class folders they lie in. Light at module level."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..classes import ClassInfo
from ..windows import Window
from ._folder import UnsafePathError, safe_path
from ._layouts import IMAGE_SUFFIXES
from ._names import value_of_name
from ._problems import ChipsUnreadableError

if TYPE_CHECKING:
    import numpy as np

# A chip of more pixels is taken for a broken file before memory runs out.
_LARGEST_CHIP = 2**26


def read_numbers(path: Path, title: str) -> np.ndarray:
    """Read a raster of whole numbers from 0, (height, width); 0 where it has no data.

    Raises:
        ChipsUnreadableError, RasterUnreadableError: with the file.
    """
    from ..data.rasters import RasterView  # noqa: PLC0415

    with RasterView(path, bands=(1,)) as view:
        if view.width * view.height > _LARGEST_CHIP:
            detail = f"{path.name} has {view.width} x {view.height} pixels, too many for a chip"
            raise ChipsUnreadableError(path=path, format=title, detail=detail)
        numbers: np.ndarray = view.read(Window(0, 0, view.width, view.height))[0][0]
    if numbers.dtype.kind not in "ui" or numbers.min(initial=0) < 0:
        detail = f"{path.name} holds values of type {numbers.dtype}, not whole numbers from 0"
        raise ChipsUnreadableError(path=path, format=title, detail=detail)
    return numbers


def picture_size(image: Path) -> tuple[int, int]:
    """Return width and height of a picture from its header; raise RasterUnreadableError."""
    from ..data.rasters import open_raster  # noqa: PLC0415

    with open_raster(image) as dataset:
        return int(dataset.width), int(dataset.height)


def picture_in(
    folder: Path, place: str, stem: str, title: str, suffixes: Sequence[str] = IMAGE_SUFFIXES
) -> Path | None:
    """Return the picture ``folder / place / stem``, whatever its suffix; None where there is none.

    Raises:
        ChipsUnreadableError: where a link leads out of ``folder``; ``title`` is that of the format.
    """
    for suffix in suffixes:
        name = f"{place}/{stem}{suffix}"
        if (folder / name).is_file():
            try:
                return safe_path(folder, name)
            except UnsafePathError as error:
                detail = f"{name} leads out of it"
                raise ChipsUnreadableError(path=folder, format=title, detail=detail) from error
    return None


def sub_folders(folder: Path) -> tuple[str, ...]:
    """Return the names of the folders in a folder, in order; none where it is not there."""
    try:
        # A folder's time changes whenever something is added, so that a large one is looked through once.
        return _sub_folders(folder, folder.stat().st_mtime_ns)
    except OSError:
        return ()


@lru_cache(maxsize=16)
def _sub_folders(folder: Path, _stamp: int) -> tuple[str, ...]:
    with os.scandir(folder) as entries:
        return tuple(sorted(entry.name for entry in entries if entry.is_dir()))


def class_of_folder(name: str, classes: Sequence[ClassInfo], path: Path, title: str) -> int:
    """Return the class that a folder of labels is for: its name is a class value or name, in any case.

    ``classes`` are those of the chip set; without any, names are values. ``path`` and ``title`` (of the
    format) are for errors.

    Raises:
        ChipsUnreadableError: where no class has this value or name.
    """
    folded = {info.name.casefold(): info.value for info in classes}
    if not any(name == str(info.value) for info in classes) and name.casefold() in folded:
        return folded[name.casefold()]
    return value_of_name(name, classes, path, title)
