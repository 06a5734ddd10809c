"""A small real training, started and watched in the tab, in the engine environment."""

from __future__ import annotations

import os
import signal
import sys

import pytest
from dock_train_cases import make_chips
from form_cases import wait_for
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

_SECONDS = 240


@pytest.fixture
def tab(swath_plugin, qgis_new_project, qgis_canvas, engine, tmp_path):
    from swath.plugin.context import DockContext
    from swath.plugin.training.train_tab import TrainTab

    made = TrainTab(DockContext(qgis_canvas))
    made.resize(400, 620)
    made.show()
    made.setup.chips.set_paths([str(make_chips(tmp_path / "town_chips", 8))])
    wait_for(lambda: made.setup.chips.folders)
    made.setup.model.set_values("UNET", "mobilenet_v2")
    for name, value in {"MAX_EPOCHS": 2, "BATCH_SIZE": 2, "LEARNING_RATE": 0.001, "PROCESSOR": "CPU"}.items():
        made.setup.form.set_value(name, value)
    yield made
    made.runs.monitor.tensorboard.stop()
    made.hide()
    made.deleteLater()


def train(tab):
    QTest.mouseClick(tab.setup.form.panel.run_button, Qt.MouseButton.LeftButton)
    assert tab.setup.form.panel.current is not None, tab.setup.form.panel.notice.text()
    return tab.runs.monitor


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_training_is_watched_killed_resumed_and_finished(tab, tmp_path):
    """The worker is killed after its first epoch; the monitor says so, and Resume finishes the same training."""
    tab.setup.form.set_value("MAX_EPOCHS", 3)
    monitor = train(tab)
    texts, phases = set(), set()

    def look():
        texts.add(monitor.head.headline.text())
        phases.add(monitor.reader.now.get("phase"))
        return monitor.reader.epochs

    wait_for(look, _SECONDS)
    assert any("begins" in text for text in texts)
    assert {"learning", "preparing"} & phases
    assert monitor.reader.now["memory_mb"] > 50
    # The checkpoint is written after the line of the epoch.
    wait_for(lambda: monitor.reader.can_resume, 30)
    os.kill(int(monitor.reader.now["process"]), signal.SIGKILL)
    wait_for(lambda: tab.setup.form.panel.current is None, 30)
    wait_for(lambda: monitor.reader.status == "killed", 10)
    first = [item["train_loss"] for item in monitor.reader.epochs]
    tab.setup.form.set_value("MAX_EPOCHS", 2)
    QTest.mouseClick(monitor.buttons.resume, Qt.MouseButton.LeftButton)
    wait_for(lambda: tab._context.results.get("model"), _SECONDS)
    wait_for(lambda: monitor.reader.status == "done", 10)
    epochs = monitor.reader.epochs
    assert [item["epoch"] for item in epochs] == [1, 2, 3]
    assert epochs[0]["train_loss"] == first[0]
    assert list(monitor.reader.pictures) == [1, 2, 3]
    monitor.pages.setCurrentWidget(monitor.samples)
    assert monitor.samples.epoch == 3
    assert monitor.result.model.rowCount() == 2
    assert monitor.report.is_file()
    assert not (tmp_path / "town_model.partial").exists()
    assert {"lock", "now.json"} & {item.name for item in (tmp_path / "town_model" / "run").iterdir()} == set()
