"""``swath:exporttrainingdata``: an image and labels to chips."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBand,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterRasterLayer,
)

from ..engine.chips import FORMATS
from ..engine.jobs import ExportJob
from ..i18n import translate
from . import parameters
from .arguments import Arguments
from .base import SwathAlgorithm
from .labels import LabelInput, write_mask
from .outputs import check_folder
from .parameters import choice, number
from .problems import BadNumberError, TileTooLargeError
from .rectangles import bounds

PICTURES = ("TIFF", "PNG", "JPEG", "MRF")


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
        self.add(
            QgsProcessingParameterRasterLayer("INPUT", translate("Swath", "Imagery")),
            translate("Swath", "The raster to cut. A web layer (XYZ, WMS) needs an extent and a cell size."),
        )
        what = translate(
            "Swath",
            "Polygons, lines or points with classes, or a raster of class values; in any coordinate reference system.",
        )
        for item in parameters.labels("LABELS", translate("Swath", "Labels"), what):
            self.add(*item)
        formats = FORMATS.all()
        self.add(
            choice("FORMAT", translate("Swath", "Chip format"), list(formats), next(iter(formats))),
            translate("Swath", "How labels are stored; it decides which models can learn from the chips.")
            + "".join(f" {item.id}: {translate('SwathEngine', item.help)}" for item in formats.values()),
        )
        self._define_tiles()
        self._define_area()
        self.add(
            QgsProcessingParameterFolderDestination("OUTPUT", translate("Swath", "Training data")),
            translate("Swath", "A new or empty folder, or one with chips of the same format, bands and tile size."),
        )
        self.add(
            *parameters.report(translate("Swath", "A page with the classes, their counts and sample chips; optional."))
        )
        self.addOutput(QgsProcessingOutputNumber("CHIPS", translate("Swath", "Number of chips")))
        self.addOutput(QgsProcessingOutputNumber("FEATURES", translate("Swath", "Number of labelled features")))

    def _define_tiles(self) -> None:
        """Add what is about the chips themselves."""
        side = translate("Swath", "Size of a chip in pixels.")
        step = translate("Swath", "Distance from one chip to the next in pixels; 0: the tile size, without overlap.")
        self.add(number("TILE_SIZE_X", translate("Swath", "Tile width (pixels)"), 256, 1), side)
        self.add(number("TILE_SIZE_Y", translate("Swath", "Tile height (pixels)"), 256, 1), side)
        self.add(number("STRIDE_X", translate("Swath", "Stride in x (pixels)"), 128), step)
        self.add(number("STRIDE_Y", translate("Swath", "Stride in y (pixels)"), 128), step)
        self.add(
            choice("CHIP_FORMAT", translate("Swath", "Picture format"), PICTURES, "TIFF"),
            translate("Swath", "TIFF takes any pixels. PNG and JPEG take 1 or 3 bands of 8 bits; JPEG loses detail."),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterBoolean("ALL_TILES", translate("Swath", "Chips without labels too"), False),
            translate(
                "Swath", "Keeps chips without any label, as examples of what is nothing. Else they are left out."
            ),
            advanced=True,
        )
        self.add(
            number("BUFFER_RADIUS", translate("Swath", "Buffer radius"), 0.0, 0.0, real=True),
            translate("Swath", "Draws labels wider by this, in map units of the label layer: makes areas of points."),
            advanced=True,
        )
        self.add(
            number(
                "MIN_POLYGON_OVERLAP_RATIO", translate("Swath", "Smallest part of a polygon"), 0.0, 0.0, 1.0, real=True
            ),
            translate("Swath", "A polygon counts in a chip if at least this part of its area (0 to 1) lies inside."),
            advanced=True,
        )

    def _define_area(self) -> None:
        """Add what is about the part of the image to be cut."""
        self.add(
            *parameters.mask(translate("Swath", "Only chips that lie wholly inside of these polygons are made.")),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterBand(
                "BANDS",
                translate("Swath", "Bands"),
                parentLayerParameterName="INPUT",
                optional=True,
                allowMultiple=True,
            ),
            translate("Swath", "The bands to take, in this order. Empty: all but transparency."),
            advanced=True,
        )
        self.add(*parameters.extent(), advanced=True)
        self.add(*parameters.cell_size(), advanced=True)

    def check(self, arguments: Arguments) -> None:
        """Check tiles, strides, labels and the folder."""
        raster = arguments.raster("INPUT")
        extent = arguments.extent("EXTENT", raster.crs)
        raster.check_grid(extent, arguments.at_least("CELL_SIZE", 0))
        _check_bands(arguments.wholes("BANDS"), raster.bands)
        for name in ("STRIDE_X", "STRIDE_Y", "BUFFER_RADIUS"):
            arguments.at_least(name, 0)
        size = raster.size_on(extent, arguments.real("CELL_SIZE"))
        for name, side in zip(("TILE_SIZE_X", "TILE_SIZE_Y"), size):
            if 0 < side < arguments.at_least(name, 1):
                raise TileTooLargeError(
                    tile=arguments.whole(name), raster=raster.name, size=f"{size[0]} x {size[1]}", parameter=name
                )
        LabelInput(arguments, "LABELS", "CLASS_FIELD", raster).check(extent, arguments.real("BUFFER_RADIUS"))
        check_folder(arguments, "OUTPUT", lambda path: (path / "map.txt").is_file())

    def job(self, arguments: Arguments, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Write labels and mask for the engine and return the job."""
        raster, cell_size = arguments.raster("INPUT"), arguments.real("CELL_SIZE")
        extent = arguments.extent("EXTENT", raster.crs)
        labels = LabelInput(arguments, "LABELS", "CLASS_FIELD", raster).prepare(
            extent, cell_size, feedback, arguments.real("BUFFER_RADIUS")
        )
        drawn = raster.pipe is not None
        return ExportJob(
            raster=raster.file(extent, cell_size, arguments.context, feedback),
            output=arguments.folder("OUTPUT"),
            format=arguments.text("FORMAT"),
            labels=labels.path,
            labels_are_raster=labels.is_raster,
            classes=labels.classes,
            tile_size=[arguments.whole("TILE_SIZE_X"), arguments.whole("TILE_SIZE_Y")],
            stride=[arguments.whole(f"STRIDE_{axis}") or arguments.whole(f"TILE_SIZE_{axis}") for axis in ("X", "Y")],
            chip_format=arguments.text("CHIP_FORMAT"),
            all_tiles=arguments.flag("ALL_TILES"),
            min_overlap=arguments.real("MIN_POLYGON_OVERLAP_RATIO"),
            mask=write_mask(arguments, "MASK", raster, arguments.context, feedback, extent),
            bands=arguments.wholes("BANDS"),
            extent=[] if drawn else bounds(extent),
            cell_size=0.0 if drawn else cell_size,
            report=arguments.folder("REPORT"),
        ).to_dict()

    def results(self, arguments: Arguments, job: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Return the folder, the report and the counts."""
        found = {"OUTPUT": job["output"], "CHIPS": values["chips"], "FEATURES": values["features"]}
        return {**found, "REPORT": job["report"]} if job["report"] else found


def _check_bands(bands: list[int], count: int) -> None:
    for band in bands:
        if not 1 <= band <= count:
            raise BadNumberError(value=band, parameter="BANDS", expected=f"1 to {count}")
