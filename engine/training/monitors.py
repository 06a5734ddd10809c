"""What stands among a model's arguments in ArcGIS and is a parameter here: the monitor and the chip size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..jobs import TrainJob
from ..tasks import Task
from .problems import BadNumberError, NoSuchChoiceError
from .start_problems import OtherTaskMonitorError, TwoMonitorsError
from .teaching import Teaching

_DEFAULT = "AUTO"
# Measures are recorded to four decimals: less than that only decides between equals.
_TIE, _MOST_LOSS = 1e-5, 5.0
# What judges other tasks than pixels, for a message that says which.
_OTHER_TASKS = {
    "ACCURACY": "classes of pixels",
    "MIOU": "classes of pixels",
    "DICE": "classes of pixels",
    "AVERAGE_PRECISION": "detected objects",
    "CORPUS_BLEU": "captions",
    "MULTI_LABEL_FBETA": "several labels of a whole chip",
}


def take_monitor(job: TrainJob) -> TrainJob:
    """Return the job with one monitor, in our spelling; the model argument ``monitor`` says the same as MONITOR.

    Raises:
        TwoMonitorsError: where both are given and differ.
    """
    arguments = dict(job.arguments)
    monitor = _plain(job.monitor) or _DEFAULT
    if "monitor" in arguments:
        asked = _plain(str(arguments.pop("monitor")))
        if monitor not in (_DEFAULT, asked):
            raise TwoMonitorsError(first=monitor, second=asked)
        monitor = asked
    return replace(job, monitor=monitor, arguments=arguments)


def take_chip_size(job: TrainJob) -> TrainJob:
    """Return the job with the model argument ``chip_size``, which ArcGIS has for all types, as its CHIP_SIZE.

    Raises:
        BadNumberError: where it is no number, or another one than CHIP_SIZE.
    """
    arguments = dict(job.arguments)
    if "chip_size" not in arguments:
        return job
    text = str(arguments.pop("chip_size")).strip()
    if not text.isdigit() or job.chip_size not in (0, int(text)):
        raise BadNumberError(
            parameter="MODEL_ARGUMENTS: chip_size", value=text, expected="a side in pixels, the same as CHIP_SIZE"
        )
    return replace(job, chip_size=int(text), arguments=arguments)


def fitting_monitor(job: TrainJob, teaching: Teaching, task: Task) -> TrainJob:
    """Return the job with its monitor, or that of its task where none is given.

    Raises:
        OtherTaskMonitorError, NoSuchChoiceError: where it does not judge this task.
    """
    if job.monitor == _DEFAULT:
        return replace(job, monitor=teaching.default_monitor)
    known, monitor = ", ".join(teaching.monitors), job.monitor
    if monitor in teaching.monitors:
        return job
    if monitor in _OTHER_TASKS:
        raise OtherTaskMonitorError(value=monitor, what=_OTHER_TASKS[monitor], task=task.title, known=known)
    raise NoSuchChoiceError(parameter="MONITOR", value=monitor, known=known)


def merit(record: Mapping[str, Any], key: str, *, larger: bool) -> float:
    """Return what the best epoch has most of: its measure, and among equals the lower loss.

    On few validation chips measures soon reach 1 and stay there, while the loss still falls.
    """
    # Nothing to judge counts as the worst.
    value = float(record[key]) if record[key] is not None else -1.0
    if not larger:
        return -value
    loss = float(record.get("valid_loss", record.get("train_loss", 0.0)))
    return value - _TIE * min(loss, _MOST_LOSS)


def _plain(text: str) -> str:
    """Return ArcGIS's spellings (``valid_loss``, ``F1 score``, ``mIoU``) in capitals with underscores."""
    plain = "_".join(text.replace("-", " ").replace("_", " ").upper().split())
    return {"F1": "F1_SCORE", "MEAN_IOU": "MIOU", "IOU": "MIOU"}.get(plain, plain)
