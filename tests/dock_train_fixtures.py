"""Fixtures of the tests of the tab Train."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from dock_train_cases import FakeRun, make_chips
from form_cases import wait_for
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest


@pytest.fixture
def train_context(swath_plugin, qgis_new_project, qgis_canvas, monkeypatch):
    from swath.plugin.context import DockContext

    monkeypatch.setenv("SWATH_ENGINE_PYTHON", __import__("sys").executable)
    return DockContext(qgis_canvas)


@pytest.fixture
def train_tab(train_context):
    from swath.plugin.training.train_tab import TrainTab

    made = TrainTab(train_context)
    made.resize(400, 620)
    made.show()
    yield made
    made.runs.monitor.tensorboard.stop()
    made.hide()
    made.deleteLater()


@pytest.fixture
def town_chips(tmp_path):
    return make_chips(tmp_path / "town_chips")


@pytest.fixture
def filled_tab(train_tab, town_chips):
    """Return the tab with chips that have been looked at."""
    train_tab.setup.chips.set_paths([str(town_chips)])
    wait_for(lambda: train_tab.setup.chips.folders)
    return train_tab


@pytest.fixture
def pretended_engine(monkeypatch):
    """Put a training that a test steers in the place of the engine's."""
    from swath.engine.errors import CancelledError
    from swath.processing_provider import base

    class Engine:
        def __init__(self):
            self.jobs, self.go, self.made = [], threading.Event(), None

        def run(self, task, job, feedback, command=()):
            self.jobs.append(job)
            self.made = FakeRun(Path(job["output"])).begin(epochs=1)
            while not self.go.wait(0.02):
                if feedback.isCanceled() or (self.made.run / "cancel").exists():
                    self.made.die()
                    raise CancelledError(what="the training")
            self.made.epoch(2)
            self.made.finish(best=2)
            return {"model": job["output"] + "/m.onnx", "last_model": "l.onnx", "best_metric": 0.5}

    found = Engine()
    monkeypatch.setattr(base, "run_engine", found.run)
    yield found
    found.go.set()
    from swath.plugin.forms.run_task import running

    wait_for(lambda: not running("swath:trainmodel"))


def given(train_tab):
    """Return what a run would get."""
    return train_tab.setup.form._checked({})[0]


def press(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
