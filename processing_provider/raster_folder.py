"""The rasters in a folder."""

from __future__ import annotations

import os
from pathlib import Path

from qgis.core import QgsRasterLayer

from .export_problems import BrokenRasterError, EmptyFolderError
from .problems import NotThereError
from .raster_files import open_raster
from .rasters import RasterSource

# What GDAL would open though nobody means it: overviews and masks, tables, documents, notes.
_SIDE_FILES = {".ovr", ".msk", ".aux", ".rrd", ".xml", ".json", ".geojson", ".csv", ".txt", ".html", ".pdf", ".gpkg"}

# What is a raster by its name: where such a file does not open, chips would be missing that somebody counts on.
_SURELY_RASTERS = {".tif", ".tiff", ".jp2", ".img", ".vrt", ".png", ".jpg", ".jpeg"}


def rasters_in(folder: str) -> list[RasterSource]:
    """Return the rasters of a folder in the order of their names; those in folders below are not looked for.

    Files that belong to another raster there, as the tiles of a VRT or a header, are left out.

    Raises:
        NotThereError, BrokenRasterError, EmptyFolderError.
    """
    if not Path(folder).is_dir():
        raise NotThereError(what="folder", path=folder, parameter="INPUT_FOLDER")
    opened: list[Path] = []
    belonging: set[str] = set()
    for entry in sorted(Path(folder).iterdir(), key=lambda entry: entry.name):
        if not entry.is_file() or entry.name.startswith(".") or entry.suffix.lower() in _SIDE_FILES:
            continue
        dataset = open_raster(str(entry))
        if dataset is None or dataset.RasterCount == 0:
            if dataset is None and entry.suffix.lower() in _SURELY_RASTERS:
                raise BrokenRasterError(path=entry)
            continue
        opened.append(entry)
        own = os.path.normcase(entry.absolute())
        belonging |= {name for name in map(_plain, dataset.GetFileList() or []) if name != own}
    layers = [
        QgsRasterLayer(str(entry.absolute()), entry.stem) for entry in opened if _plain(str(entry)) not in belonging
    ]
    found = [RasterSource.of(layer) for layer in layers if layer.isValid()]
    if not found:
        raise EmptyFolderError(path=folder)
    return found


def _plain(path: str) -> str:
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100 - takes out what a VRT may have of ".."
