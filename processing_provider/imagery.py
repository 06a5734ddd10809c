"""The rasters given to an algorithm: one, more of them, and those of a folder."""

from __future__ import annotations

from collections.abc import Iterator

from qgis.core import (
    Qgis,
    QgsProcessing,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
)

from ..i18n import translate
from .arguments import Arguments
from .export_problems import NoImageryError
from .mosaics import Mosaic
from .parameters import Added
from .rasters import RasterSource


def more_rasters(more: str, folder: str) -> Iterator[Added]:
    """Yield ADDITIONAL_RASTERS and INPUT_FOLDER with their help."""
    yield (
        QgsProcessingParameterMultipleLayers(
            "ADDITIONAL_RASTERS",
            translate("Swath", "More rasters"),
            QgsProcessing.SourceType.TypeRaster,
            optional=True,
        ),
        more,
    )
    yield (
        QgsProcessingParameterFile(
            "INPUT_FOLDER",
            translate("Swath", "Folder of rasters"),
            Qgis.ProcessingFileParameterBehavior.Folder,
            optional=True,
        ),
        folder,
    )


def applied_rasters() -> Iterator[Added]:
    """Yield the same for a tool that applies a model."""
    yield from more_rasters(
        translate(
            "Swath",
            "Further rasters of the same bands, joined with the first to one on its grid, where it lies on top.",
        ),
        translate("Swath", "All rasters in this folder are joined, too, in the order of their names."),
    )


def all_rasters(arguments: Arguments) -> list[RasterSource]:
    """Return all rasters that are given, each once.

    Raises:
        InputError: there are none.
    """
    found = [arguments.raster("INPUT")] if arguments.given("INPUT") else []
    found += arguments.rasters("ADDITIONAL_RASTERS") + arguments.rasters("INPUT_FOLDER")
    rasters: list[RasterSource] = []
    for raster in found:
        # A folder may hold what is given by name as well.
        if not raster.path or raster.path not in {known.path for known in rasters}:
            rasters.append(raster)
    if not rasters:
        raise NoImageryError
    return rasters


def one_image(arguments: Arguments) -> RasterSource:
    """Return what is given as one raster; raise InputError where it does not go together."""
    return Mosaic.of_rasters(all_rasters(arguments), arguments.context)
