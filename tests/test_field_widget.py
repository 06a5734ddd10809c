"""The drop-down of class fields in QGIS's dialogs, which must live through raster labels."""

from __future__ import annotations

import pytest
from layer_cases import square
from qgis.PyQt.QtWidgets import QDialog


class AlgorithmDialog(QDialog):
    """Passes for QGIS's dialog: its wrappers go by the name of the class."""


@pytest.fixture
def wrappers(swath_plugin, qgis_new_project):
    """Return a function that gives the wrappers of an algorithm's labels and class field, linked as QGIS links them."""
    from processing.gui.wrappers import WidgetWrapperFactory
    from qgis.core import QgsApplication, QgsProcessingContext, QgsProject
    from qgis.gui import QgsProcessingParameterWidgetContext

    of_project = QgsProcessingParameterWidgetContext()
    of_project.setProject(QgsProject.instance())
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    kept = [context]

    def make(algorithm_id, *names):
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(algorithm_id)
        dialog = AlgorithmDialog()
        made = [WidgetWrapperFactory.create_wrapper(algorithm.parameterDefinition(name), dialog) for name in names]
        made[0].setWidgetContext(of_project)
        kept.append(made[0].createWrappedWidget(context))
        for wrapper in made:
            wrapper.postInitialize(made)
        kept.extend([algorithm, dialog, *made])
        return made, context

    return make


@pytest.mark.parametrize(
    ("algorithm_id", "name"),
    [("swath:pixelaccuracy", "REFERENCE"), ("swath:exporttrainingdata", "LABELS")],
)
def test_class_field_follows_the_labels_and_lives_through_a_raster(wrappers, layer, raster, algorithm_id, name):
    from qgis.core import QgsProject, QgsRasterLayer

    image = QgsRasterLayer(raster, "image")
    QgsProject.instance().addMapLayer(image)
    labels = layer(["kind:string", "number:integer"], [(square(0, 0), "roof", 1)])
    (parent, field), context = wrappers(algorithm_id, name, "CLASS_FIELD")
    parent.setParameterValue(image.id(), context)
    assert field.parameterValue() is None
    assert field.widget.layer() is None
    parent.setParameterValue(labels.id(), context)
    assert field.widget.layer() is labels
    field.setParameterValue("kind", context)
    assert field.parameterValue() == "kind"
