"""Trainings that are killed, cancelled, starved of disk, or stop by themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from training_support import Notes, job, make_chips, same, weights

from swath.engine import pipeline
from swath.engine.errors import CancelledError, DiskFullError
from swath.engine.jobs import TrainJob
from swath.engine.training import lesson

LAUNCHER = Path(__file__).resolve().parents[2] / "engine" / "launch.py"


def in_child(task: TrainJob) -> subprocess.Popen[str]:
    """Train in a process of its own, as QGIS does."""
    child = subprocess.Popen(
        [sys.executable, str(LAUNCHER), "worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, env=os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())},
    )  # fmt: skip
    assert child.stdin is not None
    child.stdin.write(json.dumps({"task": "train", "job": task.to_dict()}) + "\n")
    child.stdin.flush()
    return child


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_killed_training_goes_on_to_the_weights_of_an_unbroken_one(tmp_path: Path) -> None:
    values = {"max_epochs": 3, "augmentation": "CUSTOM", "augmentation_parameters": "flip - rotate 20;0.5"}
    whole = job(make_chips(size=96), tmp_path / "whole", **values)
    pipeline.train(whole, Notes())
    broken = job(make_chips(size=96), tmp_path / "broken", **values)
    log = tmp_path / "broken.partial" / "run" / "run.jsonl"
    child = in_child(broken)
    try:
        assert child.stdout is not None
        for line in child.stdout:
            if '"epoch": 2,' in line:
                break
    finally:
        child.kill()
        child.wait()
    with log.open("a") as file:
        file.write('{"event": "epo')  # as if a line had been cut short
    notes = Notes()
    pipeline.train(broken, notes)
    assert any("Going on after epoch" in text for text in notes.messages)
    assert 1 <= len(notes.epochs) <= 2
    for name in ("model_best", "model_last"):
        assert same(weights(tmp_path / "broken", name), weights(tmp_path / "whole", name))
    epochs = [
        [{k: v for k, v in item.items() if k in ("epoch", "train_loss", "valid_loss", "confusion")} for item in records]
        for records in (
            [json.loads(line) for line in (tmp_path / name / "run" / "run.jsonl").read_text().splitlines()]
            for name in ("broken", "whole")
        )
    ]
    broken_epochs, whole_epochs = ([item for item in records if "train_loss" in item] for records in epochs)
    assert broken_epochs == whole_epochs


@pytest.mark.parametrize("orphaned", [True, False])
def test_log_tells_a_cancel_from_the_death_of_the_parent(tmp_path: Path, orphaned: bool) -> None:
    folder = tmp_path / "m.partial" / "run"
    child = in_child(job(make_chips(size=96), tmp_path / "m", max_epochs=200))
    assert child.stdin is not None
    assert child.stdout is not None
    for line in child.stdout:
        if '"epoch": 2,' in line:
            break
    if not orphaned:
        child.stdin.write('{"cancel": true}\n')
        child.stdin.flush()
        child.stdout.read()
    child.stdin.close()
    child.wait(timeout=60)
    last = json.loads((folder / "run.jsonl").read_text().splitlines()[-1])
    assert (last["event"], last["orphaned"]) == ("cancelled", orphaned)


def test_cancel_acts_within_two_seconds_in_the_midst_of_an_epoch(tmp_path: Path) -> None:
    class Impatient(Notes):
        asked = 0.0

        def progress(self, fraction: float, text: str = "") -> None:
            if "batch 2" in text:
                Impatient.asked, self._cancelled = time.monotonic(), True

    with pytest.raises(CancelledError):
        pipeline.train(job(make_chips(size=256, tile=64, stride=32), tmp_path / "m", batch_size=16), Impatient())
    assert 0 < time.monotonic() - Impatient.asked < 2
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_really_full_disk_keeps_the_best_and_the_run_goes_on_later(tmp_path: Path) -> None:
    checkpoints = tmp_path / "m.partial" / "run" / "checkpoints"

    def fill(event: dict[str, Any]) -> bool:
        if event.get("epoch") == 2:
            (checkpoints / "last.ckpt.partial").symlink_to("/dev/full")
        return False

    task = job(make_chips(size=96), tmp_path / "m", max_epochs=3)
    with pytest.raises(DiskFullError, match=r"m\.partial"):
        pipeline.train(task, Notes(fill))
    assert {item.name for item in checkpoints.iterdir()} == {"best.ckpt", "last.ckpt"}
    assert torch.load(checkpoints / "last.ckpt", weights_only=True)["epoch"] == 0
    notes = Notes()
    result = pipeline.train(task, notes)
    assert [item["epoch"] for item in notes.epochs] == [2, 3]
    assert Path(result["model"]).is_file()


@pytest.mark.parametrize(("early", "expected"), [(True, 16), (False, 20)])
def test_training_stops_after_five_epochs_without_a_better_one(tmp_path, monkeypatch, early, expected) -> None:
    """Counting begins in the middle, at epoch 11 of 20."""
    values = lesson.Lesson.take_values
    monkeypatch.setattr(lesson.Lesson, "take_values", lambda self: values(self) | {"mean_iou": 0.5, "valid_loss": 1.0})
    monkeypatch.setattr("swath.engine.training.run.finish", lambda outcome, reporter: {})
    notes = Notes()
    pipeline.train(job(make_chips(size=64), tmp_path / "m", max_epochs=20, stop_early=early), notes)
    assert len(notes.epochs) == expected
