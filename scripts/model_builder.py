"""Graphical models step by step: inputs, steps with notes, outputs, and where each stands on the drawing."""

from __future__ import annotations

import re
from typing import Any

from qgis.core import (
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelGroupBox,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QPointF, QSizeF
from qgis.PyQt.QtGui import QColor

# Width of a column and height of a row of the drawing, in its units.
COLUMN, ROW = 300, 120
WHOLE = QgsProcessingParameterNumber.Type.Integer

Source = QgsProcessingModelChildParameterSource


class Builder:
    """Adds inputs and steps to the model called ``name`` and places them on its drawing."""

    def __init__(self, name: str) -> None:
        self.model = QgsProcessingModelAlgorithm(name, "Deep learning on imagery")
        self._inputs: list[str] = []

    def add_input(self, parameter: QgsProcessingParameterDefinition, help_text: str, advanced: bool = False) -> None:
        """Add an input in the first row."""
        parameter.setHelp(help_text)
        if advanced:
            parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        component = QgsProcessingModelParameter(parameter.name())
        component.setPosition(QPointF(120 + 210 * len(self._inputs), 80))
        component.comment().setDescription("")
        self._inputs.append(parameter.name())
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

    def add_imagery(self) -> None:
        """Add IMAGE."""
        self.add_input(
            QgsProcessingParameterRasterLayer("IMAGE", "Imagery"),
            "The raster to learn from, and to apply the model to.",
        )

    def add_training(self, epochs: int, chip: str) -> None:
        """Add TILE_SIZE, MAX_EPOCHS and BACKBONE."""
        self.add_input(
            QgsProcessingParameterNumber("TILE_SIZE", "Tile size (pixels)", WHOLE, 256, False, 32, 4096), chip
        )
        self.add_input(
            QgsProcessingParameterNumber("MAX_EPOCHS", "Most epochs", WHOLE, epochs, False, 1),
            "How often all chips are seen, at most.",
        )
        self.add_input(
            QgsProcessingParameterString("BACKBONE", "Backbone", None, optional=True),
            "The part of the network that sees; empty: the model type's own.",
            advanced=True,
        )

    def finish(self, help_text: str, title: str) -> QgsProcessingModelAlgorithm:
        """Add the help and a box around the inputs; return the model."""
        self.model.setParameterOrder(self._inputs)
        self.model.setHelpContent({"ALG_DESC": help_text, "ALG_CREATOR": "Swath"})
        box = QgsProcessingModelGroupBox(title)
        width = 210 * len(self._inputs)
        box.setPosition(QPointF(20 + width / 2, 60))
        box.setSize(QSizeF(width + 110, 170))
        box.setColor(QColor("#e8f0f8"))
        self.model.addGroupBox(box)
        return self.model


def in_order(text: str) -> str:
    """Put attributes into a fixed order: Qt writes them in another one each time."""

    def sort(match: re.Match[str]) -> str:
        found = re.findall(r'(\w+)="([^"]*)"', match[1])
        found.sort(key=lambda pair: ("type", "value", "name").index(pair[0]))
        return "<Option " + " ".join(f'{name}="{value}"' for name, value in found) + match[2]

    return re.sub(r"<Option ([^>]*?)(/?>)", sort, text)
