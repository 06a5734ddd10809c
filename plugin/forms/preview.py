"""The part of an image that a preview takes: what the map shows of it, in seconds; and where its result lies."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
)
from qgis.gui import QgsMapCanvas

from ...engine.errors import InputError
from ...i18n import translate

# A side of the largest preview: about as much as a screen shows, and seconds of work.
LIMIT_PX = 1024


class NotInViewError(InputError):
    """A map that shows nothing of the image."""

    template = "The map shows nothing of the image {image}: zoom to it for a preview."


@dataclass(frozen=True)
class View:
    """A rectangle in the image's coordinate reference system, and its size in pixels.

    ``cut``: the map shows more, and only the middle is taken. ``cell_size`` is set for images without pixels of
    their own, in map units.
    """

    extent: QgsReferencedRectangle
    width: int
    height: int
    cut: bool
    cell_size: float = 0.0


def view_of(
    canvas: QgsMapCanvas, image: QgsRasterLayer, project: QgsProject, cell_size: float = 0.0, limit_px: int = LIMIT_PX
) -> View:
    """Return what the map shows of an image, in its own pixels or those of ``cell_size``.

    Raises:
        NotInViewError: nothing of it.
    """
    settings = canvas.mapSettings()
    transform = QgsCoordinateTransform(settings.destinationCrs(), image.crs(), project)
    try:
        # Of a map that is turned, what lies around the view.
        shown = transform.transformBoundingBox(QgsRectangle(settings.visiblePolygon().boundingRect()))
    except QgsCsException as error:
        raise NotInViewError(image=image.name()) from error
    part = shown.intersect(image.extent())
    if part.isEmpty() or not part.isFinite():
        raise NotInViewError(image=image.name())
    own = image.dataProvider().xSize() > 0  # a web layer has no pixels: it is taken as it is drawn now
    size = cell_size or (image.rasterUnitsPerPixelX() if own else shown.width() / max(canvas.width(), 1))
    size_y = cell_size or (image.rasterUnitsPerPixelY() if own else size)
    wide, high = min(part.width(), limit_px * size), min(part.height(), limit_px * size_y)
    cut = wide < part.width() or high < part.height()
    middle = QgsRectangle.fromCenterAndSize(part.center(), wide, high)
    pixels = max(round(wide / size), 1), max(round(high / size_y), 1)
    return View(QgsReferencedRectangle(middle, image.crs()), *pixels, cut, 0.0 if own else size)


def preview_text(view: View, seconds: str) -> str:
    """Return what a preview showed."""
    text = translate("Swath", "Preview of {width} x {height} pixels, in {time}.")
    text = text.format(width=view.width, height=view.height, time=seconds)
    if view.cut:
        text += " " + translate(
            "Swath", "The map shows more than a preview takes: this is its middle. Zoom in to choose."
        )
    return text


def preview_group() -> str:
    """Return the name of the group of layers that previews go to."""
    return translate("Swath", "Swath preview")


def remove_preview(project: QgsProject) -> None:
    """Take the last preview off the map: the whole result is there."""
    root = project.layerTreeRoot()
    group = root.findGroup(preview_group())
    if group is not None:
        project.removeMapLayers([node.layerId() for node in group.findLayers()])
        root.removeChildNode(group)
