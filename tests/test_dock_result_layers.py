"""Layers that a run made: where they come in, and whether they are shown."""

from __future__ import annotations

from dock_cases import make_image


def test_probabilities_come_in_switched_off(swath_plugin, qgis_new_project, tmp_path):
    from qgis.core import QgsProject

    from swath.plugin.forms.result_layers import above

    project = QgsProject.instance()
    image = make_image(tmp_path)
    put = above(image, ("PROBABILITIES",))
    for name in ("OUTPUT", "PROBABILITIES"):
        layer = make_image(tmp_path, f"{name}.tif", add=False)
        project.addMapLayer(layer, False)
        put(project, layer, name)
    shown = {node.name(): node.itemVisibilityChecked() for node in project.layerTreeRoot().findLayers()}
    assert shown == {"OUTPUT": True, "PROBABILITIES": False, "image": True}
    assert [node.name() for node in project.layerTreeRoot().findLayers()][-1] == "image"
