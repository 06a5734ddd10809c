"""What may decide which epoch is the best, in which spelling, and what is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from training_support import job

from swath.engine.errors import InputError
from swath.engine.jobs import TrainJob
from swath.engine.tasks import TASKS
from swath.engine.training.monitors import fitting_monitor, merit, take_monitor
from swath.engine.training.start_problems import OtherTaskMonitorError, TwoMonitorsError

PLAIN = job(Path("chips"), Path("model"))
TASK = TASKS.all()["PIXELS"]


def asked(parameter: str = "AUTO", /, **arguments: str) -> TrainJob:
    found = take_monitor(dataclasses.replace(PLAIN, monitor=parameter, arguments=arguments))
    return fitting_monitor(found, TASK.teaching(PLAIN), TASK)


def test_all_spellings_and_the_model_argument_are_understood() -> None:
    for monitor in TASK.teaching(PLAIN).monitors:
        assert asked(monitor).monitor == monitor
        assert asked(monitor.lower()).monitor == monitor
        assert asked(monitor=monitor.lower().replace("_", " ")).monitor == monitor
    assert asked("").monitor == "MIOU"
    found = asked(monitor="accuracy", mixup="true")
    assert (found.monitor, found.arguments) == ("ACCURACY", {"mixup": "true"})
    assert asked("DICE", monitor="dice").monitor == "DICE"


def test_monitors_of_other_tasks_and_two_at_once_are_refused() -> None:
    for monitor in ("AVERAGE_PRECISION", "CORPUS_BLEU", "MULTI_LABEL_FBETA"):
        with pytest.raises(OtherTaskMonitorError, match="MIOU"):
            asked(monitor)
        with pytest.raises(OtherTaskMonitorError, match="does not predict"):
            asked(monitor=monitor.lower())
    with pytest.raises(TwoMonitorsError, match="give it once"):
        asked("DICE", monitor="accuracy")
    with pytest.raises(InputError, match="MONITOR"):
        asked("LUCK")


def test_each_task_has_its_own_monitors() -> None:
    task = TASKS.all()["OBJECTS"]
    asked_for = take_monitor(dataclasses.replace(PLAIN, monitor="average precision"))
    assert fitting_monitor(asked_for, task.teaching(PLAIN), task).monitor == "AVERAGE_PRECISION"
    assert fitting_monitor(take_monitor(PLAIN), task.teaching(PLAIN), task).monitor == "AVERAGE_PRECISION"
    with pytest.raises(OtherTaskMonitorError, match="AVERAGE_PRECISION"):
        fitting_monitor(take_monitor(dataclasses.replace(PLAIN, monitor="mIoU")), task.teaching(PLAIN), task)


def test_among_equal_epochs_the_lower_loss_is_the_best() -> None:
    epochs = [
        {"epoch": 1, "mean_iou": 0.9999, "valid_loss": 0.01},
        {"epoch": 2, "mean_iou": 1.0, "valid_loss": 4.0},
        {"epoch": 3, "mean_iou": 1.0, "valid_loss": 0.5},
        {"epoch": 4, "mean_iou": 1.0, "valid_loss": 0.5},
        {"epoch": 5, "mean_iou": None, "valid_loss": 0.0},
    ]
    assert max(epochs, key=lambda item: merit(item, "mean_iou", larger=True))["epoch"] == 3
    assert max(epochs, key=lambda item: merit(item, "valid_loss", larger=False))["epoch"] == 5
