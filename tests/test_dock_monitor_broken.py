"""Run folders that are half written, of other versions, or of somebody who means no good: to watch them is safe."""

from __future__ import annotations

import json
import sys

import pytest
from dock_train_cases import JOB, FakeRun, epoch_record
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

BROKEN = {
    "epochs none": ({**epoch_record(2), "epochs": None, "seconds": "x", "time": [1], "memory_mb": [[]]}, {}),
    "loss a list": ({**epoch_record(2), "train_loss": [], "mean_iou": [[[]]], "iou": ["x", {}]}, {}),
    "loss not finite": ({**epoch_record(2), "train_loss": float("nan"), "seconds": float("inf"), "epoch": 10**30}, {}),
    "other measures": (
        {**epoch_record(2), "classes": [{"iou": "x"}, {"iou": None}]},
        {"classes": [1, {"color": [900]}]},
    ),
    "no records": ({**epoch_record(2), "epoch": True}, {"job": [], "data": "x", "hardware": None, "classes": None}),
    "what it looks at": ({**epoch_record(2), "valid_loss": {}}, {"monitor": [[], {}], "headline": [None, 1]}),
}


@pytest.fixture
def slips(monkeypatch):
    """Return what went wrong in slots and while painting."""
    found = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: found.append(f"{kind.__name__}: {error}"))
    return found


@pytest.fixture
def monitor(qgis_app):
    from swath.plugin.training.monitor import RunMonitor

    shown = RunMonitor()
    shown.resize(400, 600)
    shown.show()
    yield shown
    shown.deleteLater()


@pytest.mark.parametrize("name", BROKEN)
def test_values_of_the_wrong_kind_are_left_out_and_the_rest_is_shown(tmp_path, monitor, slips, name):
    line, start = BROKEN[name]
    run = FakeRun(tmp_path / "roads").begin(epochs=1, alive=False, **start)
    run.line(line)
    run.line(epoch_record(3))
    monitor.watch(run.output)
    for page in range(monitor.pages.count()):
        monitor.pages.setCurrentIndex(page)
        monitor.grab()
    assert slips == []
    assert monitor.reader.epochs[-1]["epoch"] == 3
    assert "epoch 3" in monitor.head.best.text() or name == "what it looks at"


@pytest.mark.parametrize(
    "now", [{"phase": []}, {"epoch": None}, {"epoch": 2, "step": "x", "steps": 0}, {"time": "x", "memory_mb": {}}]
)
def test_a_broken_word_of_what_it_does_now_is_left_out(tmp_path, monitor, slips, now):
    run = FakeRun(tmp_path / "roads").begin(epochs=0)
    text = json.dumps({"time": 1.0, "phase": "learning", "epoch": 1, "epochs": 6, "step": 1, "steps": 2, **now})
    (run.run / "now.json").write_text(text)
    monitor.watch(run.output)
    run.epoch(1)
    monitor.poll()
    monitor.grab()
    run.die()
    assert slips == []
    assert monitor.reader.status == "running"


def test_records_nested_without_end_and_huge_values_are_no_records(tmp_path, monitor):
    run = FakeRun(tmp_path / "roads").begin(epochs=1, alive=False)
    with (run.run / "run.jsonl").open("ab") as file:
        file.write(b"[" * 100_000 + b"\n\xff\xfe\x00\n" + b'{"event": ["epoch"]}\n{"event"')
    (run.run / "now.json").write_text('{"a":' * 100_000)
    (run.run / "state.json").write_text('{"batch_size": "' + "x" * 5_000_000 + '"}')
    monitor.watch(run.output)
    assert [item["epoch"] for item in monitor.reader.epochs] == [1]
    assert monitor.reader.now == monitor.reader.state == {}


def test_a_run_that_does_not_say_what_it_learnt_from_is_not_resumed(tmp_path, monitor):
    run = FakeRun(tmp_path / "roads").begin(epochs=1, alive=False, job={**JOB, "inputs": 7})
    asked = []
    monitor.resumeAsked.connect(asked.append)
    monitor.watch(run.output)
    QTest.mouseClick(monitor.buttons.resume, Qt.MouseButton.LeftButton)
    assert asked == []
    assert "does not say what was trained" in monitor.notice.text()
