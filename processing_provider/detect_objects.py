"""``swath:detectobjects``: a raster and a model to polygons of the objects in it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsFields,
    QgsProcessing,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterRasterLayer,
    QgsProcessingUtils,
    QgsVectorLayer,
)

from ..engine.errors import BoxesOnlyError
from ..engine.jobs import DetectJob
from ..i18n import translate
from . import applying_parameters, parameters
from .applying_parameters import OBJECTS, check_model
from .arguments import Arguments
from .base import SwathAlgorithm
from .feature_outputs import LARGE, REAL, TEXT, WHOLE, check_sink, copy_layer, make_fields
from .imagery import applied_rasters, one_image
from .labels import write_mask
from .object_styles import ObjectStyle, class_categories, draw_on_load, largest_side
from .outputs import check_not_input
from .parameters import number
from .problems import BadNumberError
from .rectangles import bounds

_LARGEST_INT = 2**31 - 1


class DetectObjects(SwathAlgorithm):
    """Apply a model to a raster and outline what it finds."""

    ID = "detectobjects"
    TASK = "detect"

    def title(self) -> str:
        """Return the name."""
        return translate("Swath", "Detect Objects Using Deep Learning")

    def summary(self) -> str:
        """Return the help."""
        return translate(
            "Swath",
            "Finds objects such as vehicles, trees or buildings in a raster of any size with a trained model and "
            "writes a polygon for each one, with its class and how sure the model is (0 to 1). Objects at the edges "
            "of tiles come out whole and once.",
        )

    def define(self) -> None:
        """Add parameters and outputs."""
        self.add(
            QgsProcessingParameterRasterLayer("INPUT", translate("Swath", "Imagery"), optional=True),
            translate("Swath", "The raster to search. A web layer (XYZ, WMS) needs an extent and a cell size."),
        )
        self.add(*applying_parameters.model())
        self.add(
            number(
                "THRESHOLD",
                translate("Swath", "Threshold (-1: the model's own)"),
                -1.0,
                -1.0,
                1.0,
                real=True,
                decimals=2,
            ),
            translate(
                "Swath",
                "Objects of which the model is less sure than this (0 to 1) are left out. -1: the model's own, found "
                "in its training, else 0.5. Lower: more objects are found, and more of them are wrong.",
            ),
        )
        self.add(*parameters.extent())
        self.add(
            *parameters.mask(translate("Swath", "Only objects with their middle inside of these polygons are kept."))
        )
        self._define_overlaps()
        self._define_rare()
        self.add(
            QgsProcessingParameterFeatureSink(
                "OUTPUT", translate("Swath", "Detected objects"), QgsProcessing.SourceType.TypeVectorPolygon
            ),
            translate(
                "Swath",
                "Polygons with the fields Classname, Classvalue and Confidence (0 to 1); boxes, or outlines where the "
                "model finds them. A raster without objects gives a layer without features.",
            ),
        )
        self.addOutput(QgsProcessingOutputNumber("OBJECTS", translate("Swath", "Number of objects")))

    def _define_overlaps(self) -> None:
        self.add(
            QgsProcessingParameterBoolean("RUN_NMS", translate("Swath", "Non maximum suppression"), True),
            translate("Swath", "Of objects of one class that overlap, in the whole result, only the surest is kept."),
        )
        self.add(
            number("MAX_OVERLAP_RATIO", translate("Swath", "Largest overlap"), 0.1, 0.0, 1.0, real=True, decimals=2),
            translate(
                "Swath",
                "For the suppression: two objects are the same if the area that both cover, divided by the area that "
                "they cover together, is above this (0 to 1).",
            ),
        )
        self.add(
            number(
                "NMS_OVERLAP", translate("Swath", "Largest overlap in a tile"), 0.1, 0.0, 1.0, real=True, decimals=2
            ),
            translate(
                "Swath",
                "The same ratio for what the network finds in one tile; this is done always. Objects that stand close "
                "together want a larger one, such as 0.5.",
            ),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterBoolean(
                "EXCLUDE_PAD_DETECTIONS", translate("Swath", "Leave out objects cut by a tile"), True
            ),
            translate(
                "Swath",
                "What the edge of a tile cuts is left out where the next tile, which has it whole, finds nothing. Off: "
                "such parts of objects are kept.",
            ),
            advanced=True,
        )

    def _define_rare(self) -> None:
        for item in applied_rasters():
            self.add(*item, advanced=True)
        self.add(*parameters.cell_size(), advanced=True)
        padding = translate(
            "Swath",
            "Overlap on each side of a tile; objects with their middle there are left to the next tile. -1: the "
            "model's own, or a quarter. It should be at least half as wide as the largest objects.",
        )
        twice = translate(
            "Swath",
            "Searches turned and flipped tiles as well: finds a little more, 8 times slower. Confidences are means "
            "over all views, and may be down to half of the threshold.",
        )
        for item in (*applying_parameters.tiles(padding), applying_parameters.augmentation(twice)):
            self.add(*item, advanced=True)
        self.add(
            QgsProcessingParameterBoolean("SQUARE", translate("Swath", "Right-angled outlines"), False),
            translate("Swath", "Makes outlines right-angled, as of buildings. Only for models that find outlines."),
            advanced=True,
        )
        for item in (*parameters.processor(), applying_parameters.threads()):
            self.add(*item, advanced=True)

    def check(self, arguments: Arguments) -> None:
        """Check the grid, the numbers, the model against the raster, and where the result goes."""
        raster = one_image(arguments)
        raster.check_grid(arguments.extent("EXTENT", raster.crs), arguments.at_least("CELL_SIZE", 0))
        threshold = arguments.real("THRESHOLD")
        if -1 < threshold < 0:
            expected = translate("Swath", "a number from 0 to 1, or -1 for the model's own")
            raise BadNumberError(value=f"{threshold:g}", parameter="THRESHOLD", expected=expected)
        info = check_model(arguments, raster, OBJECTS)
        # Models of others name their outputs in ways of their own: there the engine tells.
        outputs = info.graphs[0].outputs
        if arguments.flag("SQUARE") and "boxes" in outputs and "masks" not in outputs:
            raise BoxesOnlyError(model=arguments.text("MODEL"))
        check_not_input(arguments, "OUTPUT")
        check_sink(arguments, "OUTPUT", _fields(), Qgis.WkbType.Polygon)

    def job(self, arguments: Arguments, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Write the mask for the engine and return the job."""
        raster, cell_size = one_image(arguments), arguments.real("CELL_SIZE")
        extent = arguments.extent("EXTENT", raster.crs)
        drawn = raster.pipe is not None
        found = DetectJob(
            raster=raster.file(extent, cell_size, arguments.context, feedback),
            model=arguments.folder("MODEL"),
            output="",
            extent=[] if drawn else bounds(extent),
            cell_size=0.0 if drawn else cell_size,
            padding=arguments.whole("PADDING"),
            tile_size=arguments.whole("TILE_SIZE"),
            batch_size=arguments.whole("BATCH_SIZE"),
            threshold=arguments.real("THRESHOLD"),
            nms_overlap=arguments.real("NMS_OVERLAP"),
            run_nms=arguments.flag("RUN_NMS"),
            max_overlap_ratio=arguments.real("MAX_OVERLAP_RATIO"),
            exclude_pad_detections=arguments.flag("EXCLUDE_PAD_DETECTIONS"),
            test_time_augmentation=arguments.flag("TEST_TIME_AUGMENTATION"),
            square=arguments.flag("SQUARE"),
            mask=write_mask(arguments, "MASK", raster, arguments.context, feedback, extent),
            processor=arguments.text("PROCESSOR"),
            gpu_id=arguments.whole("GPU_ID"),
            threads=arguments.whole("THREADS"),
        ).to_dict()
        return {**found, "output": _working_file(found)}

    def results(
        self, arguments: Arguments, job: dict[str, Any], values: dict[str, Any], feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Copy the objects to where the user wants them."""
        classes = values["classes"]
        large = any(int(item["value"]) > _LARGEST_INT for item in classes)
        crs = one_image(arguments).crs
        copied = copy_layer(arguments, "OUTPUT", job["output"], _fields(large=large), crs, feedback)
        shutil.rmtree(Path(job["output"]).parent, ignore_errors=True)
        text = translate("Swath", "{count} objects were found (threshold {threshold}): {classes}")
        counts = ", ".join(f"{item['name']} {item['count']}" for item in classes)
        feedback.pushInfo(text.format(count=copied.count, threshold=f"{values['threshold']:.2g}", classes=counts))
        style = ObjectStyle("Classvalue", class_categories(classes), "Confidence", largest_side(copied.sides))
        draw_on_load(arguments.context, copied.place, style)
        return {"OUTPUT": copied.place, "OBJECTS": copied.count}


def _fields(*, large: bool = False) -> QgsFields:
    """Return the fields of the result; ``large``: class values may need 64 bits."""
    return make_fields((("Classname", TEXT), ("Classvalue", LARGE if large else WHOLE), ("Confidence", REAL)))


def _working_file(job: dict[str, Any]) -> str:
    """Return where the engine writes: the same for the same run, so that after a cancel it goes on in this session."""
    # The mask's file is made anew for each run; the others do not change the result.
    left = ("mask", "batch_size", "processor", "gpu_id", "threads")
    told = {name: value for name, value in job.items() if name not in left}
    changed = [Path(path).stat().st_mtime for path in (job["raster"], job["model"]) if Path(path).exists()]
    digest = hashlib.sha256(json.dumps([told, changed], sort_keys=True).encode())
    if job["mask"]:
        layer = QgsVectorLayer(job["mask"], "mask", "ogr")
        for feature in layer.getFeatures():
            digest.update(bytes(feature.geometry().asWkb()))
    folder = Path(QgsProcessingUtils.tempFolder()) / f"detections_{digest.hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder / "detections.gpkg")
