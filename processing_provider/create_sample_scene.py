"""``swath:createsamplescene``: imagery and labels for those who have none yet."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingFeedback,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterVectorDestination,
)

from ..engine.jobs import LabelJob
from ..i18n import translate
from .arguments import Arguments
from .base import SwathAlgorithm
from .outputs import check_suffix
from .parameters import number


class CreateSampleScene(SwathAlgorithm):
    """Draw an aerial scene and its labels."""

    ID = "createsamplescene"
    TASK = "label"

    def title(self) -> str:
        """Return the name."""
        return translate("Swath", "Create Sample Scene")

    def summary(self) -> str:
        """Return the help."""
        return translate(
            "Swath",
            "Draws an aerial picture of a made-up town and country, and polygons of what stands where. "
            "Use it to try the whole way from labels to a classified map in minutes, without data of your own.",
        )

    def define(self) -> None:
        """Add parameters."""
        self.add(
            number("SIZE", translate("Swath", "Size (pixels)"), 2048, 256, 16384),
            translate("Swath", "Width and height of the picture in pixels."),
        )
        self.add(
            number("SEED", translate("Swath", "Seed"), 0, 0),
            translate("Swath", "Each number gives another scene; the same number gives the same scene again."),
        )
        self.add(
            number("CELL_SIZE", translate("Swath", "Cell size (metres)"), 0.3, 0.1, 1.0, real=True),
            translate("Swath", "Side of a pixel in metres."),
        )
        self.add(
            QgsProcessingParameterRasterDestination("OUTPUT", translate("Swath", "Scene")),
            translate("Swath", "The picture, a GeoTIFF."),
        )
        self.add(
            QgsProcessingParameterVectorDestination(
                "LABELS", translate("Swath", "Labels"), QgsProcessing.SourceType.TypeVectorPolygon
            ),
            translate("Swath", "Polygons with the fields Classvalue and Classname, a GeoPackage."),
        )

    def check(self, arguments: Arguments) -> None:
        """Check the names of the outputs."""
        check_suffix(arguments, "OUTPUT", (".tif", ".tiff"))
        check_suffix(arguments, "LABELS", (".gpkg",))

    def job(self, arguments: Arguments, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Return the job."""
        return LabelJob(
            output=arguments.output("OUTPUT"),
            labels=arguments.output("LABELS"),
            size=arguments.whole("SIZE"),
            seed=arguments.whole("SEED"),
            cell_size=arguments.real("CELL_SIZE"),
        ).to_dict()

    def results(
        self, arguments: Arguments, job: dict[str, Any], values: dict[str, Any], feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Return both files."""
        return {"OUTPUT": job["output"], "LABELS": job["labels"]}
