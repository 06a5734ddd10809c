"""The images of a project as samples remember them: which there are, which one to begin with, where they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateTransform,
    QgsCsException,
    QgsExpression,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip

from .placing import NotPlacedError, carry
from .sample_checks import Frame

if TYPE_CHECKING:
    from .store import SampleStore

CLASS_FIELD = "Classvalue"


def raster_layers(project: QgsProject) -> list[QgsRasterLayer]:
    """Return the project's raster layers of any provider, in the order of the layer tree."""
    layers = project.layerTreeRoot().layerOrder()
    # Layers that were added without the tree come last.
    layers += [layer for layer in project.mapLayers().values() if layer not in layers]
    return [layer for layer in layers if isinstance(layer, QgsRasterLayer) and layer.isValid()]


def likely_image(project: QgsProject, canvas: QgsMapCanvas) -> QgsRasterLayer | None:
    """Return the image that a user most likely wants to label: the topmost on the map, files before web maps."""
    # At QGIS's end the canvas goes before the project.
    shown = [] if sip.isdeleted(canvas) else canvas.layers()
    shown = [layer for layer in shown if isinstance(layer, QgsRasterLayer) and layer.isValid()]
    found = [*shown, *raster_layers(project)]
    return next((layer for layer in found if layer.providerType() == "gdal"), found[0] if found else None)


def show_only(store: SampleStore, key: str | None) -> None:
    """Draw the samples of one image only; None: of all. The layer keeps all its samples."""
    layer = store.layer
    renderer = layer.renderer()
    if not isinstance(renderer, QgsCategorizedSymbolRenderer):
        return  # the user draws them otherwise
    wanted = CLASS_FIELD
    if key is not None:
        image = QgsExpression.quotedColumnRef("Image")
        wanted = f"if(coalesce({image}, '') IN ('', {QgsExpression.quotedValue(key)}), \"{CLASS_FIELD}\", NULL)"
    if renderer.classAttribute() != wanted:
        renderer = renderer.clone()
        renderer.setClassAttribute(wanted)
        layer.setRenderer(renderer)
        layer.triggerRepaint()


def image_frames(store: SampleStore, project: QgsProject) -> dict[str, Frame]:
    """Return the outlines of the project's images in the store's coordinate reference system, by their keys."""
    frames = {}
    for layer in raster_layers(project):
        frame = image_frame(layer, store, project)
        if frame is not None:
            frames[store.image_key(layer)] = frame
    return frames


def image_frame(layer: QgsRasterLayer, store: SampleStore, project: QgsProject) -> Frame | None:
    """Return the outline of one image; None where it is unknown, as that of a web map without end."""
    extent = layer.extent()
    if extent.isEmpty() or not extent.isFinite() or layer.dataProvider().xSize() <= 0:
        return None
    transform = QgsCoordinateTransform(layer.crs(), store.crs, project.transformContext())
    outline = QgsGeometry.fromRect(extent)
    if transform.isShortCircuited() or not transform.isValid():
        return Frame(outline, extent)
    try:
        return Frame(carry(outline, transform))
    except (NotPlacedError, QgsCsException):
        return None
