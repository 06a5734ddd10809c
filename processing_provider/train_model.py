"""``swath:trainmodel``: chips to a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingFeedback, QgsProcessingOutputFile, QgsProcessingOutputNumber

from ..i18n import translate
from .arguments import Arguments
from .base import SwathAlgorithm
from .outputs import check_folder
from .train_arguments import TrainArguments
from .train_parameters import COMMON, all_parameters


class TrainModel(SwathAlgorithm):
    """Train a network on chips."""

    ID = "trainmodel"
    TASK = "train"

    def title(self) -> str:
        """Return the name."""
        return translate("Swath", "Train Deep Learning Model")

    def summary(self) -> str:
        """Return the help."""
        return translate(
            "Swath",
            "Trains a network on exported chips and writes a model folder: the model itself (ONNX), its description "
            "(.emd), weights, a package of both, and a page with its accuracy. A part of the chips, in places of its "
            "own, is kept for validation.",
        )

    def define(self) -> None:
        """Add parameters and outputs."""
        for parameter, text in all_parameters():
            self.add(parameter, text, advanced=parameter.name() not in COMMON)
        self.addOutput(QgsProcessingOutputFile("MODEL", translate("Swath", "Model of the best epoch")))
        self.addOutput(QgsProcessingOutputFile("LAST_MODEL", translate("Swath", "Model of the last epoch")))
        self.addOutput(QgsProcessingOutputNumber("BEST_METRIC", translate("Swath", "Best value of what is monitored")))

    def check(self, arguments: Arguments) -> None:
        """Check numbers, folders, model type, backbone, arguments and distances."""
        TrainArguments(arguments).check()
        check_folder(arguments, "OUTPUT", lambda _: False)

    def job(self, arguments: Arguments, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Return the job."""
        return TrainArguments(arguments).job().to_dict()

    def results(
        self, arguments: Arguments, job: dict[str, Any], values: dict[str, Any], feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Return folder, models and the best value."""
        found = {
            "OUTPUT": job["output"],
            "MODEL": values["model"],
            "LAST_MODEL": values["last_model"],
            "BEST_METRIC": values["best_metric"],
        }
        return {**found, "REPORT": job["report"]} if job["report"] else found

    def cancelled(self, job: dict[str, Any]) -> str:
        """Return what becomes of the epochs so far."""
        folder = Path(job["output"] + ".partial")
        if not folder.is_dir():
            return ""
        return translate("Swath", "The epochs so far are in {folder}: the same training goes on there.").format(
            folder=folder
        )
