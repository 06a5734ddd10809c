"""Build the graphical model that comes with Swath; run it with QGIS's Python after changing an algorithm.

QT_QPA_PLATFORM=offscreen python3 scripts/graphical_model.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsProcessing,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelGroupBox,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterExtent,
    QgsProcessingParameterField,
    QgsProcessingParameterMapLayer,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QPointF, QSizeF
from qgis.PyQt.QtGui import QColor

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "processing_provider" / "graphical_models" / "labelstomap.model3"
HELP = (
    "Goes the whole way: cuts labelled imagery into chips, trains a model on them, classifies the imagery with it and "
    "compares the result with the labels. For an honest accuracy give a training area and a checking area that do not "
    "touch: what a model has learnt by heart proves nothing."
)
# Width of a column and height of a row of the drawing, in its units.
COLUMN, ROW = 300, 120

Source = QgsProcessingModelChildParameterSource


class Builder:
    """Adds inputs and steps to the model and places them on its drawing."""

    def __init__(self) -> None:
        self.model = QgsProcessingModelAlgorithm("labelstomap", "Deep learning on imagery")
        self._inputs = 0

    def add_input(self, parameter: QgsProcessingParameterDefinition, help_text: str, advanced: bool = False) -> None:
        """Add an input in the first row."""
        parameter.setHelp(help_text)
        if advanced:
            parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        component = QgsProcessingModelParameter(parameter.name())
        component.setPosition(QPointF(120 + 210 * self._inputs, 80))
        component.comment().setDescription("")
        self._inputs += 1
        self.model.addModelParameter(parameter, component)

    def add_step(
        self,
        row: int,
        algorithm: str,
        title: str,
        comment: str,
        sources: dict[str, Any],
        outputs: dict[str, tuple[str, str, bool]],
    ) -> None:
        """Add a step; ``outputs`` are the model's own: (output of the step, title, mandatory) by name."""
        child_id = algorithm.split(":")[1]
        child = QgsProcessingModelChildAlgorithm(algorithm)
        child.setChildId(child_id)
        child.setDescription(title)
        child.setPosition(QPointF(360, 80 + ROW * (row + 1) * 1.5))
        note = child.comment()
        note.setDescription(comment)
        note.setColor(QColor("#fff3c4"))
        note.setSize(QSizeF(270, 70))
        note.setPosition(QPointF(720, 80 + ROW * (row + 1) * 1.5))
        for name, source in sources.items():
            child.addParameterSources(name, [source])
        found = {}
        for place, (name, (output, text, mandatory)) in enumerate(outputs.items()):
            made = QgsProcessingModelOutput(name, text)
            made.setChildId(child_id)
            made.setChildOutputName(output)
            made.setMandatory(mandatory)
            made.setPosition(QPointF(1010 + 220 * place, 80 + ROW * (row + 1) * 1.5))
            found[name] = made
        child.setModelOutputs(found)
        self.model.addChildAlgorithm(child)


def build() -> QgsProcessingModelAlgorithm:
    """Return the model."""
    builder = Builder()
    kinds = [int(QgsProcessing.SourceType.TypeVectorAnyGeometry), int(QgsProcessing.SourceType.TypeRaster)]
    builder.add_input(
        QgsProcessingParameterRasterLayer("IMAGE", "Imagery"), "The raster to learn from and to classify."
    )
    builder.add_input(
        QgsProcessingParameterMapLayer("LABELS", "Labels", types=kinds),
        "Polygons with classes, or a raster of class values; in any coordinate reference system.",
    )
    builder.add_input(
        QgsProcessingParameterField("CLASS_FIELD", "Class field", parentLayerParameterName="LABELS", optional=True),
        "Empty: Classvalue, else Value, else all features are of one class.",
    )
    builder.add_input(
        QgsProcessingParameterExtent("TRAINING_AREA", "Training area", optional=True),
        "The part of the imagery to learn from. Empty: all of it.",
    )
    builder.add_input(
        QgsProcessingParameterExtent("CHECKING_AREA", "Checking area", optional=True),
        "The part in which the result is compared with the labels. Empty: all of it.",
    )
    whole = QgsProcessingParameterNumber.Type.Integer
    builder.add_input(
        QgsProcessingParameterNumber("TILE_SIZE", "Tile size (pixels)", whole, 256, False, 32, 4096),
        "Size of a chip; chips overlap by half.",
    )
    builder.add_input(
        QgsProcessingParameterNumber("MAX_EPOCHS", "Most epochs", whole, 20, False, 1),
        "How often all chips are seen, at most.",
    )
    builder.add_input(
        QgsProcessingParameterString("BACKBONE", "Backbone", None, optional=True),
        "The part of the network that sees; empty: the model type's own.",
        advanced=True,
    )
    _add_steps(builder)
    model = builder.model
    inputs = ["IMAGE", "LABELS", "CLASS_FIELD", "TRAINING_AREA", "CHECKING_AREA", "TILE_SIZE", "MAX_EPOCHS", "BACKBONE"]
    model.setParameterOrder(inputs)
    model.setHelpContent({"ALG_DESC": HELP, "ALG_CREATOR": "Swath"})
    box = QgsProcessingModelGroupBox("What to learn from, and where to check")
    box.setPosition(QPointF(860, 60))
    box.setSize(QSizeF(1790, 170))
    box.setColor(QColor("#e8f0f8"))
    model.addGroupBox(box)
    return model


def _add_steps(builder: Builder) -> None:
    of_input, of_step = Source.fromModelParameter, Source.fromChildOutput
    half = Source.fromExpression("to_int(@TILE_SIZE / 2)")
    builder.add_step(
        0,
        "swath:exporttrainingdata",
        "1. Cut chips",
        "Cuts the training area into overlapping chips with their labels.",
        {
            "INPUT": of_input("IMAGE"),
            "LABELS": of_input("LABELS"),
            "CLASS_FIELD": of_input("CLASS_FIELD"),
            "FORMAT": Source.fromStaticValue("CLASSIFIED_TILES"),
            "TILE_SIZE_X": of_input("TILE_SIZE"),
            "TILE_SIZE_Y": of_input("TILE_SIZE"),
            "STRIDE_X": half,
            "STRIDE_Y": half,
            "EXTENT": of_input("TRAINING_AREA"),
        },
        {},
    )
    builder.add_step(
        1,
        "swath:trainmodel",
        "2. Train",
        "Learns from the chips. Each run wants a new or empty model folder.",
        {
            "INPUT": of_step("exporttrainingdata", "OUTPUT"),
            "MAX_EPOCHS": of_input("MAX_EPOCHS"),
            "BACKBONE": of_input("BACKBONE"),
            "MODEL_NAME": Source.fromStaticValue("model"),
        },
        {"MODEL_FOLDER": ("OUTPUT", "Model folder", True)},
    )
    builder.add_step(
        2,
        "swath:classifypixels",
        "3. Classify",
        "Applies the model's best epoch to the whole raster.",
        {"INPUT": of_input("IMAGE"), "MODEL": of_step("trainmodel", "MODEL")},
        {"CLASSIFIED": ("OUTPUT", "Classified raster", True)},
    )
    builder.add_step(
        3,
        "swath:pixelaccuracy",
        "4. Check",
        "Compares the result with the labels inside of the checking area.",
        {
            "CLASSIFIED": of_step("classifypixels", "OUTPUT"),
            "REFERENCE": of_input("LABELS"),
            "CLASS_FIELD": of_input("CLASS_FIELD"),
            "EXTENT": of_input("CHECKING_AREA"),
        },
        {"MATRIX": ("OUTPUT", "Confusion matrix", True), "REPORT": ("REPORT", "Accuracy report", False)},
    )


def in_order(text: str) -> str:
    """Put attributes into a fixed order: Qt writes them in another one each time."""

    def sort(match: re.Match[str]) -> str:
        found = re.findall(r'(\w+)="([^"]*)"', match[1])
        found.sort(key=lambda pair: ("type", "value", "name").index(pair[0]))
        return "<Option " + " ".join(f'{name}="{value}"' for name, value in found) + match[2]

    return re.sub(r"<Option ([^>]*?)(/?>)", sort, text)


def main() -> int:
    """Write the model; return the exit status."""
    sys.path.insert(0, str(ROOT / "engine"))
    import launch

    application = QgsApplication([], False)
    application.initQgis()
    launch.register()
    plugin = __import__("swath").classFactory(None)
    plugin.initProcessing()
    model = build()
    problems = model.validate()
    if not problems[0]:
        sys.stderr.write("\n".join(problems[1]) + "\n")
        return 1
    TARGET.parent.mkdir(exist_ok=True)
    saved = model.toFile(str(TARGET))
    TARGET.write_text(in_order(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
    plugin.unload()
    application.exitQgis()
    return 0 if saved else 1


if __name__ == "__main__":
    sys.exit(main())
