"""What decides which epoch is the best: the values of MONITOR."""

from __future__ import annotations

from dataclasses import replace

from ..jobs import TrainJob
from .problems import NoSuchChoiceError
from .start_problems import OtherTaskMonitorError, TwoMonitorsError

# The measure of an epoch, and whether more of it is better. For classes of pixels Dice is the F1 score.
MONITORS = {
    "VALID_LOSS": ("valid_loss", False),
    "ACCURACY": ("accuracy", True),
    "MIOU": ("mean_iou", True),
    "F1_SCORE": ("mean_f1", True),
    "DICE": ("mean_f1", True),
    "PRECISION": ("mean_precision", True),
    "RECALL": ("mean_recall", True),
}
_DEFAULT = "VALID_LOSS"
_OTHER_TASKS = {
    "AVERAGE_PRECISION": "detected objects",
    "CORPUS_BLEU": "captions",
    "MULTI_LABEL_FBETA": "several labels of a whole chip",
}


def take_monitor(job: TrainJob) -> TrainJob:
    """Return the job with one monitor, in our spelling; the model argument ``monitor`` says the same as MONITOR.

    Raises:
        TwoMonitorsError: where both are given and differ.
        OtherTaskMonitorError, NoSuchChoiceError: where it is none that judges pixels.
    """
    arguments = dict(job.arguments)
    monitor = _plain(job.monitor) or _DEFAULT
    if "monitor" in arguments:
        asked = _plain(str(arguments.pop("monitor")))
        if monitor not in (_DEFAULT, asked):
            raise TwoMonitorsError(first=monitor, second=asked)
        monitor = asked
    if monitor in _OTHER_TASKS:
        raise OtherTaskMonitorError(value=monitor, what=_OTHER_TASKS[monitor], known=", ".join(MONITORS))
    if monitor not in MONITORS:
        raise NoSuchChoiceError(parameter="MONITOR", value=monitor, known=", ".join(MONITORS))
    return replace(job, monitor=monitor, arguments=arguments)


def _plain(text: str) -> str:
    """Return ArcGIS's spellings (``valid_loss``, ``F1 score``, ``mIoU``) in capitals with underscores."""
    plain = "_".join(text.replace("-", " ").replace("_", " ").upper().split())
    return {"F1": "F1_SCORE", "MEAN_IOU": "MIOU", "IOU": "MIOU"}.get(plain, plain)
