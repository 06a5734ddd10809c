"""What every algorithm of the provider must hold, whatever it does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = (
    "torch",
    "torchvision",
    "onnxruntime",
    "rasterio",
    "shapely",
    "lightning",
    "segmentation_models_pytorch",
    "timm",
)


def algorithms():
    """Return the classes; only their names are needed before QGIS runs."""
    source = (ROOT / "processing_provider" / "provider.py").read_text()
    listing = re.search(r"ALGORITHMS.*?= \((.*?)\)", source, re.DOTALL).group(1)
    return [name.strip() for name in listing.split(",") if name.strip()]


@pytest.fixture(params=algorithms())
def algorithm(request, swath_plugin):
    from swath.processing_provider import provider

    made = getattr(provider, request.param)().create()
    assert made is not None
    return made


def test_algorithm_has_the_public_shape(algorithm):
    assert re.fullmatch(r"[a-z]+", algorithm.name())
    assert algorithm.displayName()
    assert algorithm.group()
    assert re.fullmatch(r"[a-z]+", algorithm.groupId())
    assert type(algorithm.createInstance()) is type(algorithm)
    assert not algorithm.icon().isNull()
    assert "\n" not in algorithm.shortDescription()


def test_algorithm_every_parameter_is_upper_case_with_help_and_in_the_help_page(algorithm):
    assert algorithm.parameterDefinitions()
    for parameter in algorithm.parameterDefinitions():
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", parameter.name())
        assert len(parameter.help()) > 15, parameter.name()
        assert parameter.description()
        assert parameter.help() in algorithm.shortHelpString()
    for output in algorithm.outputDefinitions():
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", output.name())
        assert output.description()


def test_algorithm_enumerations_are_static_words(algorithm):
    for parameter in algorithm.parameterDefinitions():
        if parameter.type() == "enum":
            assert parameter.usesStaticStrings(), parameter.name()
            assert parameter.defaultValue() in parameter.options()
            assert all(re.fullmatch(r"[A-Z0-9_]+", word) for word in parameter.options())


def test_algorithm_optional_or_defaulted_parameters_need_no_value(algorithm):
    from qgis.core import QgsProcessingContext

    context = QgsProcessingContext()
    for parameter in algorithm.parameterDefinitions():
        if parameter.isDestination() or parameter.defaultValue() is None:
            continue
        assert parameter.checkValueIsAcceptable(parameter.defaultValue(), context), parameter.name()


def test_algorithm_may_run_in_the_background_and_in_models(algorithm):
    from qgis.core import Qgis

    flags = algorithm.flags()
    assert not flags & Qgis.ProcessingAlgorithmFlag.NoThreading
    assert not flags & Qgis.ProcessingAlgorithmFlag.HideFromModeler
    assert not flags & Qgis.ProcessingAlgorithmFlag.HideFromToolbox


def test_algorithm_is_taken_by_the_modeler(algorithm):
    from qgis.core import QgsProcessingModelAlgorithm, QgsProcessingModelChildAlgorithm

    model = QgsProcessingModelAlgorithm("test", "test")
    child = QgsProcessingModelChildAlgorithm(f"swath:{algorithm.name()}")
    child.setChildId("step")
    model.addChildAlgorithm(child)
    assert model.childAlgorithm("step").algorithm() is not None
    assert model.canExecute()[0]


def test_algorithm_without_environment_is_listed_and_says_what_to_do(algorithm, engine_home):
    well, text = algorithm.canExecute()
    assert not well
    assert "Set up" in text
    assert algorithm.shortHelpString()


def test_algorithm_adding_a_parameter_without_help_fails(algorithm):
    from qgis.core import QgsProcessingParameterBoolean

    with pytest.raises(ValueError, match="NEW"):
        algorithm.add(QgsProcessingParameterBoolean("NEW", "New"), "")


def test_algorithms_reach_every_value_of_every_job(swath_plugin):
    """Each field of a job is set from a parameter in the algorithm's own file."""
    import dataclasses

    from swath.engine import jobs
    from swath.engine.pipeline import STEPS

    sources = "\n".join(path.read_text() for path in (ROOT / "processing_provider").glob("*.py"))
    for job_type, _ in STEPS.values():
        call = sources[sources.index(f"{job_type.__name__}(") :]
        call = call[: call.index(").to_dict()")]
        for field in dataclasses.fields(job_type):
            assert f"{field.name}=" in call, f"{job_type.__name__}.{field.name}"
    assert jobs


def test_provider_lists_all_algorithms_and_the_graphical_models(swath_plugin):
    ids = {algorithm.id() for algorithm in swath_plugin.provider.algorithms()}
    assert ids == {
        *("swath:createsamplescene", "swath:exporttrainingdata", "swath:trainmodel", "swath:classifypixels"),
        *("swath:pixelaccuracy", "swath:detectobjects", "swath:nonmaximumsuppression", "swath:objectaccuracy"),
        *("swath:labelstomap", "swath:labelstoobjects"),
    }


LOAD = """
import importlib.abc, json, os, sys, time
heavy = {heavy!r}
class Blocked(importlib.abc.MetaPathFinder):
    tried = []
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in heavy:
            self.tried.append(name)
            raise ModuleNotFoundError("blocked: " + name, name=name)
sys.meta_path.insert(0, Blocked())
from qgis.core import QgsApplication
application = QgsApplication([], False)
application.initQgis()
from qgis.PyQt.QtWidgets import QApplication
Blocked.tried.clear()  # QGIS itself looks for shapely
before = time.perf_counter(), time.process_time()
sys.path.insert(0, {engine!r})
import launch
launch.register()
import swath
plugin = swath.classFactory(None)
plugin.initProcessing()
listed = [(a.id(), a.shortHelpString(), a.parameterDefinitions()) for a in plugin.provider.algorithms()]
after = time.perf_counter(), time.process_time()
print(json.dumps({{
    "tried": Blocked.tried, "imported": [name for name in sys.modules if name.split(".")[0] in heavy],
    "ids": [item[0] for item in listed], "wall": after[0] - before[0], "cpu": after[1] - before[1],
}}))
plugin.unload()
"""


def load_plugin() -> dict:
    code = LOAD.format(heavy=HEAVY, engine=str(ROOT / "engine"))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_plugin_loaded_with_heavy_packages_blocked_lists_everything():
    loaded = load_plugin()
    assert loaded["imported"] == []
    assert loaded["tried"] == []
    assert len(loaded["ids"]) == 10


def test_plugin_loads_at_once():
    # A fifth of a second where the machine does nothing else. The processor's time, and the best of some; but memory
    # that other programs keep busy counts, so that only what is far too much fails.
    runs = [load_plugin() for _ in range(4)]
    best = min(runs, key=lambda run: run["cpu"])
    wall = min(run["wall"] for run in runs)
    print(f"the plugin loads in {1000 * best['cpu']:.0f} ms ({1000 * wall:.0f} ms by the clock)")
    assert best["cpu"] < 1


def test_plugin_copies_the_graphical_models_under_free_names(swath_plugin, tmp_path, monkeypatch):
    from processing.modeler.ModelerUtils import ModelerUtils

    from swath.plugin.plugin import SwathPlugin

    said = []

    class Bar:
        def pushSuccess(self, title, text):
            said.append(text)

        def pushWarning(self, title, text):
            said.append(text)

    class Iface:
        def messageBar(self):
            return Bar()

    monkeypatch.setattr(ModelerUtils, "modelsFolders", staticmethod(lambda: [str(tmp_path / "models")]))
    plugin = SwathPlugin(Iface())
    plugin.copy_models()
    plugin.copy_models()
    names = sorted(path.name for path in (tmp_path / "models").iterdir())
    assert names == [
        *("labelstomap.model3", "labelstomap_2.model3"),
        *("labelstoobjects.model3", "labelstoobjects_2.model3"),
    ]
    assert all("models" in text for text in said)
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(ModelerUtils, "modelsFolders", staticmethod(lambda: [str(tmp_path / "file" / "models")]))
    plugin.copy_models()
    assert "could not be copied" in said[-1]


def test_plugin_with_a_desktop_adds_its_menu_and_dock_and_takes_them_away_again(qgis_iface, swath_plugin):
    from unittest.mock import MagicMock

    from qgis.gui import QgsMapCanvas, QgsMessageBar

    from swath.plugin.plugin import SwathPlugin

    canvas, bar, iface = QgsMapCanvas(), QgsMessageBar(), MagicMock()
    iface.mainWindow.return_value = qgis_iface.mainWindow()
    iface.mapCanvas.return_value, iface.messageBar.return_value = canvas, bar
    plugin = SwathPlugin(iface)
    # The provider is registered once; this instance shows menu and dock only.
    plugin.initProcessing = lambda: None
    plugin.initGui()
    assert iface.addPluginToMenu.call_count == 3
    assert all(call.args[0] == "Swath" for call in iface.addPluginToMenu.call_args_list)
    assert [call.args[1].objectName() for call in iface.addDockWidget.call_args_list] == ["SwathDock"]
    assert plugin.dock.isHidden()
    added = [call.args[1] for call in iface.addPluginToMenu.call_args_list]
    shown = [call.args[0] for call in iface.addToolBarIcon.call_args_list]
    plugin.unload()
    assert plugin.dock is None
    assert [call.args[1] for call in iface.removePluginMenu.call_args_list] == added
    assert [call.args[0] for call in iface.removeToolBarIcon.call_args_list if call.args[0] in shown] == shown
    assert iface.removeDockWidget.call_count == 1
