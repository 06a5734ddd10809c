"""The images of an export, each with its own labels, mask and second raster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from qgis.core import QgsProcessingFeedback, QgsProcessingUtils, QgsRectangle

from ..engine.chips import SECOND_UNPAIRED
from ..i18n import translate
from .arguments import Arguments
from .export_checks import chip_format
from .export_labels import ExportLabels
from .export_parameters import SEPARATE
from .export_problems import NoAreaError, NoRasterLeftError
from .imagery import all_rasters
from .labels import meets, write_mask
from .mosaics import Mosaic
from .problems import BadNumberError, NoCrsError, NoOverlapError, OutsideRasterError, TileTooLargeError
from .rasters import RasterSource
from .rectangles import bounds
from .sentences import sentence
from .warping import warped

# Why one of several rasters is left out instead of ending the run.
_ELSEWHERE = (NoAreaError, NoOverlapError, OutsideRasterError)


def rasters_of(arguments: Arguments) -> list[RasterSource]:
    """Return the rasters to cut: one, unless several are to be cut separately.

    Raises:
        InputError: there are none, or they do not go together.
    """
    rasters = all_rasters(arguments)
    if arguments.text("PROCESSING_MODE") == SEPARATE:
        return rasters
    return [Mosaic.of_rasters(rasters, arguments.context, separable=True)]


class Images:
    """The images of one export, seen from its parameters.

    Attributes:
        names: what people call an input, by the temporary file that stands for it in the job.
    """

    def __init__(self, arguments: Arguments) -> None:
        self._arguments = arguments
        self._rasters = rasters_of(arguments)
        self._cell_size = arguments.at_least("CELL_SIZE", 0)
        self._labels = ExportLabels(arguments, several=len(self._rasters) > 1)
        self.names: dict[str, str] = {}

    @property
    def drawn(self) -> bool:
        """Tell whether all images are drawn on the grid that was asked for, so that nothing is left to cut or scale."""
        return all(raster.pipe is not None for raster in self._rasters)

    def check(self) -> None:
        """Raise InputError for whatever can be seen to be wrong without reading features or pixels."""
        self._labels.check()
        self._each(self._check_one)

    def write(self, feedback: QgsProcessingFeedback) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Write what belongs to each image; return the values of their jobs, and the classes of all.

        Raises:
            InputError: above all NoRasterLeftError.
            CancelledError.
        """
        classes = self._labels.classes(feedback)
        found = self._each(lambda raster: self._write_one(raster, feedback), feedback)
        self._labels.tell(feedback)
        return found, classes

    def _each(self, step: Callable[[RasterSource], Any], feedback: QgsProcessingFeedback | None = None) -> list[Any]:
        """Return what a step gives for each raster; of several, those that lie elsewhere are left out."""
        given, refused = [], []
        for raster in self._rasters:
            try:
                given.append(step(raster))
            except _ELSEWHERE as error:
                if len(self._rasters) == 1:
                    raise
                refused.append(sentence(error))
                if feedback is not None:
                    text = translate("Swath", "The raster {name} is left out: {reason}")
                    feedback.pushInfo(text.format(name=raster.name, reason=refused[-1]))
        if not given:
            raise NoRasterLeftError(count=len(refused), first=self._rasters[0].name, reason=refused[0])
        return given

    def _check_one(self, raster: RasterSource) -> None:
        arguments = self._arguments
        extent = arguments.extent("EXTENT", raster.crs)
        raster.check_grid(extent, self._cell_size)
        for band in arguments.wholes("BANDS"):
            if not 1 <= band <= raster.bands:
                raise BadNumberError(value=band, parameter="BANDS", expected=f"1 to {raster.bands}")
        self._labels.check_place(raster, extent)
        self._check_second(raster, extent)
        size = raster.size_on(extent, self._cell_size)
        for name, side in zip(("TILE_SIZE_X", "TILE_SIZE_Y"), size):
            if 0 < side < arguments.at_least(name, 1):
                text = f"{size[0]} x {size[1]}"
                raise TileTooLargeError(tile=arguments.whole(name), raster=raster.name, size=text, parameter=name)

    def _write_one(self, raster: RasterSource, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        arguments, context = self._arguments, self._arguments.context
        extent = arguments.extent("EXTENT", raster.crs)
        # Of several, some may lie elsewhere.
        self._check_one(raster)
        values = {
            **self._labels.write(raster, extent, self._cell_size, feedback),
            "mask": write_mask(arguments, "MASK", raster, context, feedback, extent),
            "raster2": self._second_file(raster, extent, feedback),
            "raster": raster.file(extent, self._cell_size, context, feedback),
            "extent": [] if raster.pipe is not None else bounds(extent),
        }
        self._name(values, raster)
        return values

    def _name(self, values: dict[str, Any], raster: RasterSource) -> None:
        """Note the names of what was written to temporary files, whose own mean nothing to anybody."""
        arguments = self._arguments
        parameters = {"labels": "LABELS", "instance_labels": "INSTANCE_LABELS", "mask": "MASK", "raster2": "INPUT2"}
        for key in ("raster", *parameters):
            if not values[key].startswith(QgsProcessingUtils.tempFolder()):
                continue
            if key == "raster":
                title = raster.name
            elif key == "mask":
                title = arguments.vector(parameters[key])[1].sourceName()
            else:
                title = arguments.layer(parameters[key]).name()
            self.names[values[key]] = title

    def _second(self) -> tuple[RasterSource | None, bool]:
        """Return the second raster, and whether it is cut at the places of the first."""
        if not self._arguments.given("INPUT2"):
            return None, False
        return self._arguments.raster("INPUT2"), chip_format(self._arguments).second != SECOND_UNPAIRED

    def _check_second(self, raster: RasterSource, extent: QgsRectangle) -> None:
        second, paired = self._second()
        if second is None:
            return
        if not paired:
            second.check_grid(self._arguments.extent("EXTENT", second.crs), self._cell_size)
            return
        for one, other in ((raster, second), (second, raster)):
            if one.crs.isValid() and not other.crs.isValid():
                role = translate("Swath", "raster")
                raise NoCrsError(role=role, layer=other.name, other=one.name, crs=one.crs.authid())
        part = raster.part(extent)
        if second.extent.isEmpty() or part.isEmpty():
            return
        if not meets(second.extent, second.crs, part, raster.crs, self._arguments.context):
            raise NoOverlapError(labels=second.name, raster=raster.name, parameter="INPUT2")

    def _second_file(self, raster: RasterSource, extent: QgsRectangle, feedback: QgsProcessingFeedback) -> str:
        second, paired = self._second()
        if second is None or (not paired and raster is not self._rasters[0]):
            return ""
        context = self._arguments.context
        path = second.file(self._arguments.extent("EXTENT", second.crs), self._cell_size, context, feedback)
        if not paired or second.crs == raster.crs:
            return path
        grid = raster
        if raster.pipe is not None:
            grid = replace(raster, extent=extent, cell_size=(self._cell_size, self._cell_size))
        place = grid.snapped(grid.part(extent))
        return warped(replace(second, path=path), raster.crs, place, grid.cell_size, context, feedback)
