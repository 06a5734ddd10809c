"""Parameters that several algorithms share, with their help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessing,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMapLayer,
    QgsProcessingParameterNumber,
)

from ..i18n import translate

Added = tuple[QgsProcessingParameterDefinition, str]


def choice(name: str, title: str, words: Sequence[str], default: str) -> QgsProcessingParameterEnum:
    """Return an enumeration whose values are the words themselves."""
    return QgsProcessingParameterEnum(name, title, list(words), False, default, False, True)


def number(
    name: str, title: str, default: float | None, least: float | None = None, most: float | None = None, **options: Any
) -> QgsProcessingParameterNumber:
    """Return a whole number, or with ``real=True`` any number; ``decimals`` are those that its field shows."""
    kinds = Qgis.ProcessingNumberParameterType
    parameter = QgsProcessingParameterNumber(
        name,
        title,
        kinds.Double if options.pop("real", False) else kinds.Integer,
        default,
        options.pop("optional", False),
    )
    if least is not None:
        parameter.setMinimum(least)
    if most is not None:
        parameter.setMaximum(most)
    if "decimals" in options:
        parameter.setMetadata({"widget_wrapper": {"decimals": options["decimals"]}})
    return parameter


def extent() -> Added:
    """Return EXTENT."""
    title = translate("Swath", "Extent")
    text = translate("Swath", "The part of the raster to use, in any coordinate reference system. Empty: all of it.")
    return QgsProcessingParameterExtent("EXTENT", title, optional=True), text


def cell_size() -> Added:
    """Return CELL_SIZE."""
    text = translate(
        "Swath",
        "Side of a pixel in map units of the raster. 0: the raster's own. "
        "Web layers have no pixels of their own and need it, together with an extent.",
    )
    return number("CELL_SIZE", translate("Swath", "Cell size"), 0.0, 0.0, real=True), text


def mask(text: str) -> Added:
    """Return MASK."""
    kinds = [int(QgsProcessing.SourceType.TypeVectorPolygon)]
    return QgsProcessingParameterFeatureSource("MASK", translate("Swath", "Mask polygons"), kinds, optional=True), text


def processor(*, several: bool = False) -> list[Added]:
    """Return PROCESSOR and GPU_ID; -1 takes all of ``several``."""
    which = translate(
        "Swath", "AUTO takes a graphics processor where there is one that works, else the CPU. GPU fails without one."
    )
    card = translate("Swath", "Number of the graphics processor, where there are several; the first is 0.")
    if several:
        card += " " + translate("Swath", "-1 takes all of them together: each learns from batches of its own.")
    return [
        (choice("PROCESSOR", translate("Swath", "Processor"), ("AUTO", "CPU", "GPU"), "AUTO"), which),
        (number("GPU_ID", translate("Swath", "GPU number"), 0, -1 if several else 0), card),
    ]


def labels(name: str, title: str, text: str, *, optional: bool = False, field_name: str = "CLASS_FIELD") -> list[Added]:
    """Return a layer of labels, vector or raster, and its class field."""
    kinds = [int(QgsProcessing.SourceType.TypeVectorAnyGeometry), int(QgsProcessing.SourceType.TypeRaster)]
    field_title = translate("Swath", "Class field")
    if field_name != "CLASS_FIELD":
        field_title = translate("Swath", "Class field of {labels}").format(labels=title)
    field = translate(
        "Swath",
        "The field that tells classes apart, of whole numbers from 1 on or of text; texts are numbered from 1 in "
        "sorted order. Empty: Classvalue, else Value, else all features are of one class. Not for raster labels.",
    )
    classes = QgsProcessingParameterField(field_name, field_title, parentLayerParameterName=name, optional=True)
    classes.setMetadata({"widget_wrapper": f"{__package__}.field_widget.ClassFieldWidget"})
    return [(QgsProcessingParameterMapLayer(name, title, optional=optional, types=kinds), text), (classes, field)]


def report(text: str) -> Added:
    """Return REPORT."""
    title = translate("Swath", "Report")
    pages = translate("Swath", "Web page (*.html)")
    parameter = QgsProcessingParameterFileDestination("REPORT", title, pages, None, True)
    parameter.setCreateByDefault(False)
    return parameter, text
