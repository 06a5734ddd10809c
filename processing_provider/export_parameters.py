"""The parameters of Export Training Data: those everybody sees, and the rare ones, each with its help."""

from __future__ import annotations

from collections.abc import Iterator

from qgis.core import (
    QgsProcessingParameterBand,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterRasterLayer,
)

from ..engine.chips import FORMATS
from ..i18n import translate
from . import parameters
from .imagery import more_rasters
from .parameters import Added, choice, number

PICTURES = ("TIFF", "PNG", "JPEG", "MRF")
MOSAIC, SEPARATE = "PROCESS_AS_MOSAICKED_IMAGE", "PROCESS_ITEMS_SEPARATELY"
FIXED_SIZE, BOUNDING_BOX = "FIXED_SIZE", "BOUNDING_BOX"
MAP_SPACE, PIXEL_SPACE = "MAP_SPACE", "PIXEL_SPACE"
_ORDER = (
    *("ADDITIONAL_RASTERS", "INPUT_FOLDER", "CHIP_FORMAT", "ALL_TILES", "BUFFER_RADIUS", "MASK", "ROTATION_ANGLE"),
    *("REFERENCE_SYSTEM", "PROCESSING_MODE", "BLACKEN_AROUND_FEATURE", "CROP_MODE", "INPUT2", "INSTANCE_LABELS"),
    *("INSTANCE_CLASS_FIELD", "MIN_POLYGON_OVERLAP_RATIO"),
)


def common() -> Iterator[Added]:
    """Yield what most exports need."""
    yield (
        QgsProcessingParameterRasterLayer("INPUT", translate("Swath", "Imagery"), optional=True),
        translate(
            "Swath",
            "The raster to cut. A web layer (XYZ, WMS) needs an extent and a cell size. It may be left out where a "
            "folder of rasters is given.",
        ),
    )
    what = translate(
        "Swath",
        "Polygons, lines or points with classes, or a raster of class values; in any coordinate reference system. "
        "EXPORT_TILES and CYCLEGAN do without; given all the same, they leave out chips without labels.",
    )
    yield from parameters.labels("LABELS", translate("Swath", "Labels"), what, optional=True)
    formats = FORMATS.all()
    helps = "".join(f" {item.id}: {translate('SwathEngine', item.help)}" for item in formats.values())
    yield (
        choice("FORMAT", translate("Swath", "Chip format"), list(formats), next(iter(formats))),
        translate("Swath", "How labels are stored; it decides which models can learn from the chips.") + helps,
    )
    side = translate("Swath", "Size of a chip in pixels.")
    step = translate("Swath", "Distance from one chip to the next in pixels; 0: the tile size, without overlap.")
    yield number("TILE_SIZE_X", translate("Swath", "Tile width (pixels)"), 256, 1), side
    yield number("TILE_SIZE_Y", translate("Swath", "Tile height (pixels)"), 256, 1), side
    yield number("STRIDE_X", translate("Swath", "Stride in x (pixels)"), 128), step
    yield number("STRIDE_Y", translate("Swath", "Stride in y (pixels)"), 128), step


def rare() -> Iterator[Added]:
    """Yield what few exports need, in the order in which ArcGIS has it."""
    found = {item[0].name(): item for group in (_images(), _chips(), _labels(), _area()) for item in group}
    yield from (found.pop(name) for name in _ORDER)
    yield from found.values()


def outputs() -> Iterator[Added]:
    """Yield where results go."""
    yield (
        QgsProcessingParameterFolderDestination("OUTPUT", translate("Swath", "Training data")),
        translate(
            "Swath",
            "A new or empty folder, or one with chips of the same format, bands and tile size, which is added to. An "
            "export that was cancelled is continued by the same one.",
        ),
    )
    yield parameters.report(translate("Swath", "A page with the classes, their counts and sample chips; optional."))


def _images() -> Iterator[Added]:
    yield from more_rasters(
        translate("Swath", "Further rasters of the same bands to cut, into the same folder of chips."),
        translate("Swath", "All rasters in this folder are cut, too, in the order of their names; not those below it."),
    )
    yield (
        choice("PROCESSING_MODE", translate("Swath", "Several rasters"), (MOSAIC, SEPARATE), MOSAIC),
        translate(
            "Swath",
            "PROCESS_AS_MOSAICKED_IMAGE joins several rasters to one on the grid of the first, which lies on top where "
            "they overlap. PROCESS_ITEMS_SEPARATELY cuts one after another, each on its own grid and in its own "
            "coordinate reference system; so it must be for pictures without georeference.",
        ),
    )
    yield (
        QgsProcessingParameterRasterLayer("INPUT2", translate("Swath", "Second raster"), optional=True),
        translate(
            "Swath",
            "CLASSIFIED_TILES and EXPORT_TILES: a raster of the same place, as of another time or sensor; each chip "
            "gets a second picture of it, on the grid of the first. CYCLEGAN: needed, a raster of any place, cut by "
            "itself. Other formats take none.",
        ),
    )


def _chips() -> Iterator[Added]:
    yield (
        choice("CHIP_FORMAT", translate("Swath", "Picture format"), PICTURES, "TIFF"),
        translate(
            "Swath",
            "TIFF and MRF take any pixels. PNG takes 1 or 3 bands of 8 or 16 bits, JPEG 1 or 3 bands of 8 bits and "
            "loses detail: choose such bands (BANDS).",
        ),
    )
    yield (
        QgsProcessingParameterBoolean("ALL_TILES", translate("Swath", "Chips without labels too"), False),
        translate("Swath", "Keeps chips without any label, as examples of what is nothing. Else they are left out."),
    )
    yield (
        number("ROTATION_ANGLE", translate("Swath", "Rotation angle (degrees)"), 0.0, 0.0, 360.0, real=True),
        translate(
            "Swath",
            "Besides each chip as it is, further ones are cut, turned clockwise about its middle by this angle, by "
            "twice this angle and so on below 360 degrees; from 1 to less than 360. 0: none.",
        ),
    )
    yield (
        choice("REFERENCE_SYSTEM", translate("Swath", "Reference system"), (MAP_SPACE, PIXEL_SPACE), MAP_SPACE),
        translate(
            "Swath",
            "MAP_SPACE: chips lie on the map. PIXEL_SPACE: they have no map coordinates but count the raster's pixels; "
            "for pictures taken at a slant, whose models are applied in pixel space, too.",
        ),
    )
    yield (
        QgsProcessingParameterBoolean("BLACKEN_AROUND_FEATURE", translate("Swath", "Blacken around feature"), False),
        translate("Swath", "LABELED_TILES and IMAGENET only: pixels outside of a chip's feature become 0."),
    )
    yield (
        choice("CROP_MODE", translate("Swath", "Crop mode"), (FIXED_SIZE, BOUNDING_BOX), FIXED_SIZE),
        translate(
            "Swath",
            "LABELED_TILES and IMAGENET only. FIXED_SIZE: chips of the tile size with the feature in the middle. "
            "BOUNDING_BOX: chips as large as the feature.",
        ),
    )


def _labels() -> Iterator[Added]:
    yield (
        number("BUFFER_RADIUS", translate("Swath", "Buffer radius (map units)"), 0.0, 0.0, real=True),
        translate("Swath", "Draws labels wider by this, in map units of the label layer: makes areas of points."),
    )
    yield (
        number("MIN_POLYGON_OVERLAP_RATIO", translate("Swath", "Smallest part of a polygon"), 0.0, 0.0, 1.0, real=True),
        translate("Swath", "A polygon counts in a chip if at least this part of its area (0 to 1) lies inside."),
    )
    what = translate(
        "Swath",
        "PANOPTIC_SEGMENTATION only: polygons of single objects with their classes, or a raster of class values, whose "
        "connected regions are the objects. Empty: those of the labels.",
    )
    yield from parameters.labels(
        "INSTANCE_LABELS", translate("Swath", "Instance labels"), what, optional=True, field_name="INSTANCE_CLASS_FIELD"
    )


def _area() -> Iterator[Added]:
    yield parameters.mask(translate("Swath", "Only chips that lie wholly inside of these polygons are made."))
    bands: QgsProcessingParameterDefinition = QgsProcessingParameterBand(
        "BANDS",
        translate("Swath", "Bands"),
        parentLayerParameterName="INPUT",
        optional=True,
        allowMultiple=True,
    )
    yield bands, translate("Swath", "The bands to take, in this order. Empty: all but transparency.")
    yield parameters.extent()
    yield parameters.cell_size()
