"""``swath:exporttrainingdata``: images and labels to chips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingFeedback, QgsProcessingOutputNumber

from ..engine.jobs import ExportJob
from ..i18n import translate
from . import export_parameters
from .arguments import Arguments
from .base import SwathAlgorithm
from .export_checks import check_format
from .export_images import Images
from .export_parameters import PIXEL_SPACE
from .outputs import check_folder


class ExportTrainingData(SwathAlgorithm):
    """Cut chips with labels out of imagery."""

    ID = "exporttrainingdata"
    TASK = "export"

    def title(self) -> str:
        """Return the name."""
        return translate("Swath", "Export Training Data for Deep Learning")

    def summary(self) -> str:
        """Return the help."""
        return translate(
            "Swath",
            "Cuts imagery and labels into small pictures (chips) from which a model learns. The folder is laid out "
            "as ArcGIS Pro does it, so either program reads it. An existing folder of the same kind is added to.",
        )

    def define(self) -> None:
        """Add parameters and outputs."""
        for parameter, text in export_parameters.common():
            self.add(parameter, text)
        for parameter, text in export_parameters.rare():
            self.add(parameter, text, advanced=True)
        for parameter, text in export_parameters.outputs():
            self.add(parameter, text)
        self.addOutput(QgsProcessingOutputNumber("CHIPS", translate("Swath", "Number of chips")))
        self.addOutput(QgsProcessingOutputNumber("FEATURES", translate("Swath", "Number of labelled features")))

    def check(self, arguments: Arguments) -> None:
        """Check the settings, the images with their labels, and the folder."""
        for name in ("STRIDE_X", "STRIDE_Y", "BUFFER_RADIUS"):
            arguments.at_least(name, 0)
        check_format(arguments)
        Images(arguments).check()
        check_folder(arguments, "OUTPUT", lambda path: (path / "map.txt").is_file())

    def job(self, arguments: Arguments, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Write labels and masks for the engine and return the job."""
        images = Images(arguments)
        (first, *more), classes = images.write(feedback)
        return ExportJob(
            raster=first["raster"],
            output=arguments.folder("OUTPUT"),
            format=arguments.text("FORMAT"),
            labels=first["labels"],
            labels_are_raster=first["labels_are_raster"],
            classes=classes,
            tile_size=[arguments.whole("TILE_SIZE_X"), arguments.whole("TILE_SIZE_Y")],
            stride=[arguments.whole(f"STRIDE_{axis}") or arguments.whole(f"TILE_SIZE_{axis}") for axis in ("X", "Y")],
            chip_format=arguments.text("CHIP_FORMAT"),
            all_tiles=arguments.flag("ALL_TILES"),
            rotation_angle=arguments.real("ROTATION_ANGLE"),
            min_overlap=arguments.real("MIN_POLYGON_OVERLAP_RATIO"),
            mask=first["mask"],
            raster2=first["raster2"],
            instance_labels=first["instance_labels"],
            instances_are_raster=first["instances_are_raster"],
            blacken=arguments.flag("BLACKEN_AROUND_FEATURE"),
            crop_mode=arguments.text("CROP_MODE"),
            pixel_space=arguments.text("REFERENCE_SYSTEM") == PIXEL_SPACE,
            additional=more,
            bands=arguments.wholes("BANDS"),
            extent=first["extent"],
            cell_size=0.0 if images.drawn else arguments.real("CELL_SIZE"),
            report=arguments.folder("REPORT"),
            names=images.names,
        ).to_dict()

    def results(
        self, arguments: Arguments, job: dict[str, Any], values: dict[str, Any], feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Return the folder, the report and the counts."""
        found = {"OUTPUT": job["output"], "CHIPS": values["chips"], "FEATURES": values["features"]}
        return {**found, "REPORT": job["report"]} if job["report"] else found

    def cancelled(self, job: dict[str, Any]) -> str:
        """Return what becomes of the chips so far."""
        folder = Path(job["output"] + ".partial")
        if not folder.is_dir():
            return ""
        text = translate("Swath", "The chips so far are in {folder}: the same export continues there.")
        return text.format(folder=folder)
