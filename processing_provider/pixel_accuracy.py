"""``swath:pixelaccuracy``: how good a classified raster is."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterVectorDestination,
)

from ..engine.jobs import AssessPixelsJob
from ..i18n import translate
from . import parameters
from .arguments import Arguments
from .base import SwathAlgorithm
from .class_tables import class_dict
from .labels import LabelInput
from .outputs import check_suffix
from .rectangles import bounds

MEASURES = ("OVERALL_ACCURACY", "KAPPA", "MEAN_IOU")


class PixelAccuracy(SwathAlgorithm):
    """Compare a classified raster with reference labels."""

    ID = "pixelaccuracy"
    TASK = "assess_pixels"

    def title(self) -> str:
        """Return the name."""
        return translate("Swath", "Compute Accuracy for Pixel Classification")

    def summary(self) -> str:
        """Return the help."""
        return translate(
            "Swath",
            "Compares a classified raster with reference labels pixel by pixel: a confusion matrix with precision, "
            "recall, F1 and IoU of each class, overall accuracy and kappa.",
        )

    def define(self) -> None:
        """Add parameters and outputs."""
        self.add(
            QgsProcessingParameterRasterLayer("CLASSIFIED", translate("Swath", "Classified raster")),
            translate("Swath", "A raster of class values."),
        )
        what = translate(
            "Swath",
            "What is true: polygons, lines or points with classes, or a raster of class values. "
            "Texts are matched with the class names of the classified raster.",
        )
        for item in parameters.labels("REFERENCE", translate("Swath", "Reference"), what):
            self.add(*item)
        self.add(*parameters.extent())
        self.add(
            QgsProcessingParameterVectorDestination(
                "OUTPUT", translate("Swath", "Confusion matrix"), QgsProcessing.SourceType.TypeVector
            ),
            translate("Swath", "A table: a row for each classified class, a column for each reference class."),
        )
        self.add(*parameters.report(translate("Swath", "A page with the matrix and the measures; optional.")))
        titles = (
            translate("Swath", "Overall accuracy"),
            translate("Swath", "Kappa"),
            translate("Swath", "Mean IoU"),
        )
        for name, title in zip(MEASURES, titles):
            self.addOutput(QgsProcessingOutputNumber(name, title))

    def _reference(self, arguments: Arguments) -> LabelInput:
        known = {look.name: value for value, look in arguments.looks("CLASSIFIED").items() if look.name}
        return LabelInput(arguments, "REFERENCE", "CLASS_FIELD", known)

    def check(self, arguments: Arguments) -> None:
        """Check the reference and the name of the table."""
        raster = arguments.raster("CLASSIFIED")
        extent = arguments.extent("EXTENT", raster.crs)
        raster.check_grid(extent, 0.0)
        reference = self._reference(arguments)
        reference.check()
        reference.check_place(raster, extent)
        check_suffix(arguments, "OUTPUT", (".csv", ".gpkg", ".dbf"))

    def job(self, arguments: Arguments, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Write the reference for the engine and return the job."""
        raster = arguments.raster("CLASSIFIED")
        extent = arguments.extent("EXTENT", raster.crs)
        reference = self._reference(arguments).prepare(raster, extent, 0.0, feedback)
        named = {item["value"]: item for item in reference.classes}
        for value, look in arguments.looks("CLASSIFIED").items():
            # What the classified raster calls a class comes first: it is what the report is about.
            named[value] = class_dict(value, look)
        return AssessPixelsJob(
            classified=raster.file(extent, 0.0, arguments.context, feedback),
            reference=reference.path,
            reference_is_raster=reference.is_raster,
            output=arguments.output("OUTPUT"),
            classes=[named[value] for value in sorted(named)],
            extent=bounds(extent),
            report=arguments.folder("REPORT"),
        ).to_dict()

    def results(
        self, arguments: Arguments, job: dict[str, Any], values: dict[str, Any], feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Return the table, the report and the measures."""
        found = {"OUTPUT": job["output"], **{name: values[name.lower()] for name in MEASURES}}
        return {**found, "REPORT": job["report"]} if job["report"] else found
