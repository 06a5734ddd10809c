"""How found objects are drawn where they are loaded."""

from __future__ import annotations

from layer_cases import NORTH, WEST


def loaded(detect, tmp_path):
    """Run as the toolbox does, with the result loaded; return the layer as it is drawn."""
    from qgis.core import QgsProcessingContext, QgsProcessingUtils, QgsProject

    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    place = str(tmp_path / "cars.gpkg")
    details = QgsProcessingContext.LayerDetails("cars", QgsProject.instance(), "OUTPUT")
    context.addLayerToLoadOnCompletion(place, details)
    made = detect(place, context=context)
    layer = QgsProcessingUtils.mapLayerFromString(made["OUTPUT"], context)
    processor = context.layerToLoadOnCompletionDetails(place).postProcessor()
    processor.postProcessLayer(layer, context, None)
    return layer.clone()


def test_detect_result_loaded_is_drawn_by_class_with_labels_of_confidence(detect, tmp_path, qgis_new_project):
    from qgis.core import QgsExpression, QgsExpressionContext, QgsExpressionContextUtils

    layer = loaded(detect, tmp_path)
    categories = layer.renderer().categories()
    assert layer.renderer().classAttribute() == "Classvalue"
    assert [(item.value(), item.label()) for item in categories] == [(1, "Car"), (2, "Truck, large")]
    symbol = categories[0].symbol().symbolLayer(0)
    assert symbol.strokeColor().getRgb() == (200, 40, 30, 255)
    assert symbol.fillColor().getRgb()[:3] == (200, 40, 30)
    assert symbol.fillColor().alpha() < 80
    assert layer.labelsEnabled()
    settings = layer.labeling().settings()
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(next(item for item in layer.getFeatures() if item["Classvalue"] == 2))
    assert QgsExpression(settings.fieldName).evaluate(context) == "0.87"
    # 20 metres hold a label of 7 millimetres from 1 : 3000 on; further out no object has room for one.
    assert settings.scaleVisibility
    assert 2000 < settings.minimumScale < 5000


def test_detect_result_is_seen_on_the_map(detect, tmp_path, qgis_new_project):
    """Drawn large, objects have strong edges in their colour and a dark label; drawn small, no label."""
    from qgis.core import QgsMapRendererParallelJob, QgsMapSettings, QgsRectangle
    from qgis.PyQt.QtCore import QSize
    from qgis.PyQt.QtGui import QColor

    layer = loaded(detect, tmp_path)

    def dark(half_width: float) -> int:
        settings = QgsMapSettings()
        settings.setLayers([layer])
        settings.setOutputSize(QSize(300, 300))
        settings.setBackgroundColor(QColor(255, 255, 255))
        settings.setDestinationCrs(layer.crs())
        x, y = WEST + 50, NORTH - 50
        settings.setExtent(QgsRectangle(x - half_width, y - half_width, x + half_width, y + half_width))
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        image = job.renderedImage()
        assert any(image.pixelColor(x, y).getRgb()[:3] == (20, 90, 200) for x in range(300) for y in range(300))
        return sum(image.pixelColor(x, y).lightness() < 60 for x in range(300) for y in range(300))

    assert dark(15) > 10
    assert dark(300) == 0
