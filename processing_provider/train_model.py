"""``swath:trainmodel``: chips to a model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterString,
    QgsProcessingUtils,
)

from ..engine.chips import FORMATS
from ..engine.jobs import TrainJob
from ..engine.models import MODEL_TYPES, ModelType, split_arguments
from ..i18n import translate
from . import parameters
from .arguments import Arguments
from .base import SwathAlgorithm
from .outputs import check_folder
from .parameters import choice, number
from .problems import BadNumberError, ModelTypeFormatError, NotChipsError, NotThereError

AUTO = "AUTO"
MONITORS = ("VALID_LOSS", "ACCURACY", "MIOU", "F1_SCORE", "DICE", "PRECISION", "RECALL")
AUGMENTATIONS = ("DEFAULT", "NONE")


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
        self._define_inputs()
        self._define_model()
        self._define_learning()
        self._define_rare()
        self.add(
            QgsProcessingParameterFolderDestination("OUTPUT", translate("Swath", "Model folder")),
            translate("Swath", "A new or empty folder. An interrupted training of the same job goes on where it was."),
        )
        self.add(*parameters.report(translate("Swath", "A copy of the page with losses and accuracy; optional.")))
        self.addOutput(QgsProcessingOutputFile("MODEL", translate("Swath", "Model of the best epoch")))
        self.addOutput(QgsProcessingOutputFile("LAST_MODEL", translate("Swath", "Model of the last epoch")))
        self.addOutput(QgsProcessingOutputNumber("BEST_METRIC", translate("Swath", "Best value of what is monitored")))

    def _define_inputs(self) -> None:
        self.add(
            QgsProcessingParameterFile(
                "INPUT", translate("Swath", "Training data"), Qgis.ProcessingFileParameterBehavior.Folder
            ),
            translate("Swath", "The folder written by Export Training Data, or by ArcGIS Pro."),
        )
        self.add(
            QgsProcessingParameterString(
                "ADDITIONAL_INPUTS", translate("Swath", "More training data"), None, multiLine=True, optional=True
            ),
            translate("Swath", "Further folders with the same format, bands and classes, one a line."),
            advanced=True,
        )

    def _define_model(self) -> None:
        types = MODEL_TYPES.all()
        titles = "".join(f" {item.id}: {translate('SwathEngine', item.title)}." for item in types.values())
        backbones = "".join(f" {item.id}: {', '.join(item.backbones)}." for item in types.values())
        known = "".join(
            f" {item.id}: "
            + "; ".join(f"{a.name} ({a.default}): {translate('SwathEngine', a.help)}" for a in item.arguments)
            for item in types.values()
        )
        self.add(
            choice("MODEL_TYPE", translate("Swath", "Model type"), [AUTO, *types], AUTO),
            translate("Swath", "The kind of network. AUTO: by the format of the chips.") + titles,
        )
        self.add(
            QgsProcessingParameterString("BACKBONE", translate("Swath", "Backbone"), None, optional=True),
            translate("Swath", "The part of the network that sees; empty: the model type's own, or timm:NAME.")
            + backbones,
        )
        self.add(
            QgsProcessingParameterString(
                "BACKBONE_WEIGHTS", translate("Swath", "Backbone weights"), None, optional=True
            ),
            translate(
                "Swath",
                "Empty: none, the network learns from nothing. DEFAULT: pretrained ones, downloaded by the library. "
                "Or a .safetensors file.",
            ),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterString("MODEL_ARGUMENTS", translate("Swath", "Model arguments"), None, optional=True),
            translate("Swath", "Settings of the model type, as name value;name value, or as a JSON object.") + known,
            advanced=True,
        )

    def _define_learning(self) -> None:
        self.add(
            number("MAX_EPOCHS", translate("Swath", "Most epochs"), 20, 1),
            translate("Swath", "How often all chips are seen, at most."),
        )
        self.add(
            number("BATCH_SIZE", translate("Swath", "Batch size"), 0, 0),
            translate("Swath", "Chips that are learnt from at once. 0: found by what fits into memory."),
        )
        self.add(
            number("LEARNING_RATE", translate("Swath", "Learning rate"), 0.0, 0.0, real=True),
            translate("Swath", "How fast the network changes. 0: found by a short test."),
        )
        self.add(
            number("VALIDATION_PERCENTAGE", translate("Swath", "Validation (percent)"), 10.0, 0.0, 90.0, real=True),
            translate("Swath", "The part of the chips that judges the model and is not learnt from."),
        )
        self.add(
            QgsProcessingParameterBoolean("STOP_EARLY", translate("Swath", "Stop when it gets no better"), True),
            translate("Swath", "Ends the training when several epochs in a row brought nothing."),
        )

    def _define_rare(self) -> None:
        self.add(
            QgsProcessingParameterBoolean("FREEZE", translate("Swath", "Keep backbone weights"), True),
            translate("Swath", "Leaves loaded backbone weights as they are. Without loaded weights everything learns."),
            advanced=True,
        )
        self.add(
            choice("MONITOR", translate("Swath", "Monitored value"), MONITORS, MONITORS[0]),
            translate("Swath", "What tells which epoch was the best, on the validation chips."),
            advanced=True,
        )
        self.add(
            QgsProcessingParameterString("MODEL_NAME", translate("Swath", "Model name"), None, optional=True),
            translate("Swath", "Name of the files in the model folder. Empty: the folder's own name."),
            advanced=True,
        )
        self.add(
            choice("AUGMENTATION", translate("Swath", "Augmentation"), AUGMENTATIONS, AUGMENTATIONS[0]),
            translate("Swath", "DEFAULT turns, flips and recolours chips while learning. NONE takes them as they are."),
            advanced=True,
        )
        self.add(
            number("SEED", translate("Swath", "Seed"), 0, 0),
            translate("Swath", "The same seed, data and settings give the same model."),
            advanced=True,
        )
        for item in parameters.processor():
            self.add(*item, advanced=True)

    def check(self, arguments: Arguments) -> None:
        """Check folders, model type, backbone and arguments."""
        formats = set()
        for parameter, folder in _folders(arguments):
            formats.add(_format_of(parameter, Path(folder)))
        chosen = arguments.text("MODEL_TYPE")
        fitting = [item for item in MODEL_TYPES.all().values() if formats <= set(item.formats)]
        if chosen != AUTO:
            _check_fits(MODEL_TYPES.all()[chosen], formats)
            fitting = [MODEL_TYPES.all()[chosen]]
        for model in fitting[:1]:
            model.parse_backbone(arguments.text("BACKBONE"))
            model.parse_arguments(split_arguments(arguments.text("MODEL_ARGUMENTS")))
        weights = arguments.text("BACKBONE_WEIGHTS")
        if weights not in {"", "DEFAULT"} and not Path(weights).is_file():
            raise NotThereError(what=translate("Swath", "file"), path=weights, parameter="BACKBONE_WEIGHTS")
        if arguments.at_least("LEARNING_RATE", 0) > 10:
            raise BadNumberError(value=arguments.real("LEARNING_RATE"), parameter="LEARNING_RATE", expected="0 to 10")
        check_folder(arguments, "OUTPUT", lambda _: False)

    def job(self, arguments: Arguments, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Return the job."""
        output = arguments.folder("OUTPUT")
        weights = arguments.text("BACKBONE_WEIGHTS")
        return TrainJob(
            inputs=[str(Path(folder).expanduser().absolute()) for _, folder in _folders(arguments)],
            output=output,
            name=arguments.text("MODEL_NAME") or _name_of(output),
            model_type=arguments.text("MODEL_TYPE"),
            backbone=arguments.text("BACKBONE"),
            backbone_weights=weights if weights in {"", "DEFAULT"} else str(Path(weights).expanduser().absolute()),
            arguments=split_arguments(arguments.text("MODEL_ARGUMENTS")),
            max_epochs=arguments.whole("MAX_EPOCHS"),
            batch_size=arguments.whole("BATCH_SIZE"),
            learning_rate=arguments.real("LEARNING_RATE"),
            validation_percentage=arguments.real("VALIDATION_PERCENTAGE"),
            stop_early=arguments.flag("STOP_EARLY"),
            freeze=arguments.flag("FREEZE"),
            monitor=arguments.text("MONITOR"),
            augmentation=arguments.text("AUGMENTATION"),
            seed=arguments.whole("SEED"),
            processor=arguments.text("PROCESSOR"),
            gpu_id=arguments.whole("GPU_ID"),
            report=arguments.folder("REPORT"),
        ).to_dict()

    def results(self, arguments: Arguments, job: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Return folder, models and the best value."""
        found = {
            "OUTPUT": job["output"],
            "MODEL": values["model"],
            "LAST_MODEL": values["last_model"],
            "BEST_METRIC": values["best_metric"],
        }
        return {**found, "REPORT": job["report"]} if job["report"] else found


def _folders(arguments: Arguments) -> list[tuple[str, str]]:
    """Return (parameter, folder) of all training data."""
    more = [("ADDITIONAL_INPUTS", line) for line in arguments.lines("ADDITIONAL_INPUTS")]
    return [("INPUT", arguments.text("INPUT")), *more]


def _format_of(parameter: str, folder: Path) -> str:
    """Return the id of the chip format of a folder; raise where there is none."""
    if not folder.is_dir():
        raise NotThereError(what=translate("Swath", "folder"), path=folder, parameter=parameter)
    for chip_format in FORMATS.all().values():
        if chip_format.detect(folder):
            return chip_format.id
    raise NotChipsError(path=folder, parameter=parameter, known=", ".join(FORMATS.ids()))


def _check_fits(model: ModelType, formats: set[str]) -> None:
    for chip_format in sorted(formats - set(model.formats)):
        raise ModelTypeFormatError(model=model.id, format=chip_format, known=", ".join(model.formats))


def _name_of(output: str) -> str:
    """Return the folder's own name, fit for files; a temporary folder's says nothing."""
    path = Path(output)
    temporary = Path(QgsProcessingUtils.tempFolder()) in path.parents
    name = re.sub(r"[^\w .-]", "_", path.name).strip(". ")[:100].strip()
    return "model" if temporary or not name else name
