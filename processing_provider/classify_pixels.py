"""``swath:classifypixels``: a raster and a model to a classified raster."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
)

from ..engine.jobs import ClassifyJob
from ..i18n import translate
from . import applying_parameters, parameters
from .applying_parameters import PIXELS, check_model
from .arguments import Arguments
from .base import SwathAlgorithm
from .imagery import applied_rasters, one_image
from .labels import write_mask
from .outputs import check_suffix, style_on_load
from .parameters import number
from .rectangles import bounds

TIFF = (".tif", ".tiff")


class ClassifyPixels(SwathAlgorithm):
    """Apply a model to each pixel of a raster."""

    ID = "classifypixels"
    TASK = "classify"

    def title(self) -> str:
        """Return the name."""
        return translate("Swath", "Classify Pixels Using Deep Learning")

    def summary(self) -> str:
        """Return the help."""
        return translate(
            "Swath",
            "Applies a trained model to a raster of any size and writes a raster of class values with the classes' "
            "names and colours. An interrupted run goes on where it was, if it is started again in the same way.",
        )

    def define(self) -> None:
        """Add parameters and outputs."""
        self.add(
            QgsProcessingParameterRasterLayer("INPUT", translate("Swath", "Imagery"), optional=True),
            translate("Swath", "The raster to classify. A web layer (XYZ, WMS) needs an extent and a cell size."),
        )
        self.add(*applying_parameters.model())
        self.add(*parameters.extent())
        self.add(
            *parameters.mask(
                translate("Swath", "Only pixels inside of these polygons are classified; the rest is no data.")
            )
        )
        self._define_rare()
        for item in parameters.processor():
            self.add(*item, advanced=True)
        self.add(
            QgsProcessingParameterRasterDestination("OUTPUT", translate("Swath", "Classified raster")),
            translate("Swath", "The class values, a GeoTIFF; names and colours stand beside it for QGIS and others."),
        )
        probabilities = QgsProcessingParameterRasterDestination(
            "PROBABILITIES", translate("Swath", "Probabilities"), None, True
        )
        probabilities.setCreateByDefault(False)
        self.add(
            probabilities,
            translate("Swath", "A raster with one band for each class: how sure the model is. Optional."),
        )

    def _define_rare(self) -> None:
        for item in applied_rasters():
            self.add(*item, advanced=True)
        self.add(*parameters.cell_size(), advanced=True)
        padding = translate(
            "Swath", "Overlap on each side of a tile that is thrown away. -1: the model's own, or a quarter."
        )
        for item in applying_parameters.tiles(padding):
            self.add(*item, advanced=True)
        self.add(
            QgsProcessingParameterBoolean("PREDICT_BACKGROUND", translate("Swath", "Predict background"), True),
            translate("Swath", "If off, each pixel gets the likeliest class that is not background."),
            advanced=True,
        )
        twice = translate("Swath", "Averages over turned and flipped tiles: a little better, several times slower.")
        self.add(*applying_parameters.augmentation(twice), advanced=True)
        self.add(
            number("THRESHOLD", translate("Swath", "Threshold"), 0.0, 0.0, 1.0, real=True),
            translate("Swath", "Pixels of which the model is less sure than this (0 to 1) get no class."),
            advanced=True,
        )
        self.add(*applying_parameters.threads(), advanced=True)

    def check(self, arguments: Arguments) -> None:
        """Check the grid, the outputs' names, and the model against the raster."""
        raster = one_image(arguments)
        raster.check_grid(arguments.extent("EXTENT", raster.crs), arguments.at_least("CELL_SIZE", 0))
        check_suffix(arguments, "OUTPUT", TIFF)
        check_suffix(arguments, "PROBABILITIES", TIFF)
        check_model(arguments, raster, PIXELS)

    def job(self, arguments: Arguments, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Write the mask for the engine and return the job."""
        raster, cell_size = one_image(arguments), arguments.real("CELL_SIZE")
        extent = arguments.extent("EXTENT", raster.crs)
        drawn = raster.pipe is not None
        return ClassifyJob(
            raster=raster.file(extent, cell_size, arguments.context, feedback),
            model=arguments.folder("MODEL"),
            output=arguments.output("OUTPUT"),
            probabilities=arguments.output("PROBABILITIES"),
            extent=[] if drawn else bounds(extent),
            cell_size=0.0 if drawn else cell_size,
            padding=arguments.whole("PADDING"),
            tile_size=arguments.whole("TILE_SIZE"),
            batch_size=arguments.whole("BATCH_SIZE"),
            predict_background=arguments.flag("PREDICT_BACKGROUND"),
            test_time_augmentation=arguments.flag("TEST_TIME_AUGMENTATION"),
            threshold=arguments.real("THRESHOLD"),
            mask=write_mask(arguments, "MASK", raster, arguments.context, feedback, extent),
            processor=arguments.text("PROCESSOR"),
            gpu_id=arguments.whole("GPU_ID"),
            threads=arguments.whole("THREADS"),
        ).to_dict()

    def results(
        self, arguments: Arguments, job: dict[str, Any], values: dict[str, Any], feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Return the rasters; the classes are drawn in their colours where they are loaded."""
        style_on_load(arguments.context, job["output"])
        found = {"OUTPUT": job["output"]}
        return {**found, "PROBABILITIES": job["probabilities"]} if job["probabilities"] else found
