"""What is trained: the kind of model, as in ENVI's drop-down, then the model type and its backbone."""

from __future__ import annotations

import re
from typing import Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QCompleter, QFormLayout, QWidget

from ...engine.models import MODEL_TYPES, ModelType, fitting_types
from ...engine.tasks import TASKS
from ...i18n import translate
from ..forms.form_parts import Note, rows

AUTO = "AUTO"
_HELP_LETTERS = 150


def kind_title(task_id: str) -> str:
    """Return the name of a kind of model, as ENVI's users know it where it has one."""
    known = {
        "PIXELS": translate("Swath", "Pixel Segmentation"),
        "OBJECTS": translate("Swath", "Object Detection"),
    }
    task = TASKS.get(task_id)
    return known.get(task_id) or translate("SwathEngine", task.title if task is not None else task_id)


def kind_formats(task_id: str) -> list[str]:
    """Return the ids of the chip formats that models of a kind learn from."""
    types = (item for item in MODEL_TYPES.all().values() if item.task == task_id)
    return list(dict.fromkeys(name for item in types for name in item.formats))


def model_title(model: ModelType) -> str:
    """Return the name of a model type without what it is for, which the kind says."""
    return re.split(r"\s*[(（]", translate("SwathEngine", model.title), maxsplit=1)[0]


class ModelFields(QWidget):
    """Kind, model type and backbone."""

    kindChanged = pyqtSignal()
    modelChanged = pyqtSignal()
    valuesChanged = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind, self.model, self.backbone = QComboBox(), QComboBox(), QComboBox()
        self.note = Note()
        self._format = ""
        for task_id in TASKS.ids():
            if kind_formats(task_id):
                self.kind.addItem(kind_title(task_id), task_id)
        self.kind.setToolTip(translate("Swath", "What the model is to say of an image"))
        self.model.setToolTip(translate("Swath", "The network. AUTO takes what fits the chips and the preset"))
        self.backbone.setToolTip(
            translate("Swath", "The part of the network that sees. Choose one, or type timm:NAME for any of timm's")
        )
        self.backbone.setEditable(True)
        self.backbone.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        completer = self.backbone.completer() or QCompleter()
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        layout: QFormLayout = rows()
        for box in (self.kind, self.model, self.backbone):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(12)
        layout.addRow(translate("Swath", "Kind of model"), self.kind)
        layout.addRow(translate("Swath", "Model type"), self.model)
        layout.addRow("", self.note)
        layout.addRow(translate("Swath", "Backbone"), self.backbone)
        self.setLayout(layout)
        self.kind.currentIndexChanged.connect(self._fill_models)
        self.model.currentIndexChanged.connect(self._take_model)
        self.backbone.editTextChanged.connect(lambda _text: self.valuesChanged.emit())
        self._fill_models()

    @property
    def task_id(self) -> str:
        """Return the id of the kind."""
        return str(self.kind.currentData() or "")

    @property
    def model_type(self) -> ModelType | None:
        """Return the model type that is chosen, None for AUTO."""
        return MODEL_TYPES.get(str(self.model.currentData()))

    @property
    def taken(self) -> ModelType | None:
        """Return the model type that will be trained, as far as it is known without the chips."""
        if self.model_type is not None:
            return self.model_type
        fitting = [item for item in fitting_types(self._format) if item.task == self.task_id] if self._format else []
        return fitting[0] if fitting else next(iter(self._types()), None)

    def set_format(self, format_id: str) -> None:
        """Follow the format of the chips: types that do not learn from it are marked."""
        if format_id != self._format:
            self._format = format_id
            self._fill_models()

    def set_kind(self, task_id: str) -> None:
        """Choose a kind."""
        place = self.kind.findData(task_id)
        if place >= 0:
            self.kind.setCurrentIndex(place)

    def values(self) -> dict[str, Any]:
        """Return MODEL_TYPE and BACKBONE; an empty backbone is the type's own."""
        text = self.backbone.currentText().strip()
        own = self.backbone.itemText(0)
        return {"MODEL_TYPE": str(self.model.currentData() or AUTO), "BACKBONE": "" if text == own else text}

    def set_values(self, model_type: str, backbone: str) -> None:
        """Choose a model type, with its kind, and a backbone."""
        found = MODEL_TYPES.get(model_type)
        if found is not None:
            self.set_kind(found.task)
        self.model.setCurrentIndex(max(self.model.findData(model_type or AUTO), 0))
        if backbone:
            self.backbone.setEditText(backbone)
        else:
            self.backbone.setCurrentIndex(0)

    def set_arguments(self, arguments: dict[str, Any]) -> None:
        """Offer the backbones that go with some arguments of the type."""
        model = self.model_type
        if model is not None and model.backbones_for is not None:
            self._fill_backbones(model.offered(model.parse_arguments(arguments)).names)

    def _types(self) -> list[ModelType]:
        return [item for item in MODEL_TYPES.all().values() if item.task == self.task_id]

    def _fill_models(self) -> None:
        chosen = self.model.currentData()
        self.model.blockSignals(True)
        self.model.clear()
        self.model.addItem(translate("Swath", "AUTO"), AUTO)
        for item in self._types():
            # The kind says already what is in brackets.
            self.model.addItem(model_title(item), item.id)
            if self._format and self._format not in item.formats:
                place = self.model.count() - 1
                self.model.model().item(place).setEnabled(False)
                text = translate("Swath", "It does not learn from these chips ({format}).")
                self.model.setItemData(place, text.format(format=self._format), Qt.ItemDataRole.ToolTipRole)
        place = self.model.findData(chosen)
        usable = place >= 0 and self.model.model().item(place).isEnabled()
        self.model.setCurrentIndex(place if usable else 0)
        self.model.blockSignals(False)
        self._take_model()
        self.kindChanged.emit()

    def _take_model(self) -> None:
        model = self.taken
        if self.model_type is None:
            text = translate("Swath", "AUTO takes what fits the chips: now {model}.") if model is not None else ""
            self.note.say(text.format(model=model_title(model)) if model else "")
        else:
            help_text = translate("SwathEngine", model.help)
            self.note.say(help_text if len(help_text) <= _HELP_LETTERS else help_text.split(". ")[0].rstrip(".") + ".")
            self.note.setToolTip(help_text)
        self._fill_backbones(model.offered().names if model is not None else ())
        self.modelChanged.emit()
        self.valuesChanged.emit()

    def _fill_backbones(self, names: tuple[str, ...]) -> None:
        """Offer backbones, the type's own first; another one that was typed stays where it still goes."""
        before = self.backbone.currentText()
        typed = before and before != self.backbone.itemText(0) and (before in names or before.startswith("timm:"))
        if names == tuple(self.backbone.itemText(number) for number in range(self.backbone.count())):
            return
        self.backbone.blockSignals(True)
        self.backbone.clear()
        self.backbone.addItems(list(names))
        self.backbone.setEditText(before if typed else (names[0] if names else ""))
        self.backbone.blockSignals(False)
