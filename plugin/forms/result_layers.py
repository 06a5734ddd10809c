"""Bring the layers that a run made into the project, in the style and at the place that they should have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from qgis.core import (
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsProject,
)

from ...i18n import translate

# Puts a layer that is in the project already into its layer tree; gets the name of the output, too.
Place = Callable[[QgsProject, QgsMapLayer, str], None]
# Changes how a layer is drawn, after its algorithm has styled it; gets the name of the output, too.
Dress = Callable[[QgsMapLayer, str], None]


def make_context(project: QgsProject, feedback: QgsProcessingFeedback | None = None) -> QgsProcessingContext:
    """Return a context with the layers, transforms and expressions of a project."""
    context = QgsProcessingContext()
    context.setProject(project)  # its transform context, ellipsoid and units, too
    expressions = QgsExpressionContext()
    expressions.appendScope(QgsExpressionContextUtils.globalScope())
    expressions.appendScope(QgsExpressionContextUtils.projectScope(project))
    context.setExpressionContext(expressions)
    if feedback is not None:
        context.setFeedback(feedback)
    return context


def load_results(
    context: QgsProcessingContext,
    project: QgsProject,
    results: Mapping[str, Any],
    place: Place | None,
    dress: Dress | None,
    feedback: QgsProcessingFeedback,
) -> tuple[dict[str, QgsMapLayer], str]:
    """Load what a context says is to be loaded.

    Returns:
        The layers by the name of their output, and a sentence about what did not load, or "".
    """
    loaded: dict[str, QgsMapLayer] = {}
    missing: list[str] = []
    for source, details in context.layersToLoadOnCompletion().items():
        layer = QgsProcessingUtils.mapLayerFromString(source, context, True, details.layerTypeHint)
        if layer is None:
            missing.append(source)
            continue
        details.setOutputLayerName(layer)
        owned = context.temporaryLayerStore().takeMapLayer(layer)
        name = next((key for key, value in results.items() if value == source), details.outputName)
        if owned is not None:  # else it is in the project already
            project.addMapLayer(owned, False)
            (place or on_top)(project, owned, name)
        processor = details.postProcessor()
        if processor is not None:
            processor.postProcessLayer(layer, context, feedback)
        if dress is not None:
            dress(layer, name)
        loaded[name] = layer
    if not missing:
        return loaded, ""
    text = translate("Swath", "The result was written, but does not open as a layer: {path}.")
    return loaded, text.format(path=", ".join(missing))


def on_top(project: QgsProject, layer: QgsMapLayer, _name: str) -> None:
    """Show a layer above all others."""
    project.layerTreeRoot().insertLayer(0, layer)


def above(image: QgsMapLayer | None, switched_off: Collection[str] = ()) -> Place:
    """Return what puts a layer right above ``image``, or on top where that is not in the project.

    Outputs that are ``switched_off`` are there for later: shown, they would cover the others.
    """
    image_id = image.id() if image is not None else ""

    def put(project: QgsProject, layer: QgsMapLayer, name: str) -> None:
        node = project.layerTreeRoot().findLayer(image_id) if image_id else None
        parent = node.parent() if node is not None else None
        if node is None or parent is None:
            on_top(project, layer, name)
        else:
            parent.insertLayer(parent.children().index(node), layer)
        if name in switched_off and (made := project.layerTreeRoot().findLayer(layer.id())) is not None:
            made.setItemVisibilityChecked(False)

    return put


def in_group(title: str) -> Place:
    """Return what puts a layer into a group at the top, in place of what is there already under its output's name."""

    def put(project: QgsProject, layer: QgsMapLayer, name: str) -> None:
        root = project.layerTreeRoot()
        group: QgsLayerTreeGroup = root.findGroup(title) or root.insertGroup(0, title)
        earlier = [node for node in group.findLayers() if node.customProperty("swath/output") == name]
        node: QgsLayerTreeLayer = group.insertLayer(0, layer)
        node.setCustomProperty("swath/output", name)
        project.removeMapLayers([item.layerId() for item in earlier])

    return put


def dressed(opacity: float, title: str) -> Dress:
    """Return what lets the image be seen through a result, and names it."""

    def dress(layer: QgsMapLayer, name: str) -> None:
        if name == "OUTPUT":
            layer.setOpacity(opacity)
            layer.setName(title)

    return dress
