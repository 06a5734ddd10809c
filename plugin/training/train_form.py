"""The first page of the tab: what is trained, from which chips, how long; the rare settings folded away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingUtils
from qgis.gui import QgsCollapsibleGroupBoxBasic
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import QAbstractSpinBox, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...engine.errors import InputError
from ...engine.models import split_arguments
from ...engine.presets import ENVI, preset_values
from ...engine.tasks import TASKS
from ...i18n import translate
from ..context import CHIPS, MODEL, PRETRAINED, DockContext
from ..forms.algorithm_form import TEMPORARY, AlgorithmForm
from ..forms.form_parts import Note, rows
from ..forms.notice import Notice
from .argument_table import ArgumentTable
from .chip_folders import ChipFolders
from .class_distances import ClassDistances
from .model_fields import ModelFields, kind_formats
from .output_place import place_note, proposed_model

ALGORITHM = "swath:trainmodel"
# These have widgets of their own here.
_OWN = (
    *("INPUT", "ADDITIONAL_INPUTS", "MODEL_TYPE", "BACKBONE", "MODEL_ARGUMENTS", "SOLID_DISTANCE", "BLUR_DISTANCE"),
    "REPORT",
)
_UPFRONT = ("PRETRAINED_MODEL", "PRESET", "MAX_EPOCHS", "BATCH_SIZE", "LEARNING_RATE", "OUTPUT")


class TrainForm(QWidget):
    """The form over Train Deep Learning Model.

    Attributes:
        form: the algorithm's own form, whose parameters these widgets fill.
    """

    previewAsked = pyqtSignal()

    def __init__(self, context: DockContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._proposed = self._taken_chips = self._looked_at = ""
        self._kind_follows = False  # chips that were just exported say what is to be trained
        self.form = AlgorithmForm(context, ALGORITHM, hidden=_OWN, upfront=_UPFRONT)
        self.form.panel.run_button.setText(translate("Swath", "Train"))
        self.form.adjust = self._adjust
        self.model, self.chips = ModelFields(), ChipFolders()
        self.arguments, self.distances = ArgumentTable(), ClassDistances()
        self.preset_note, self.output_notice = Note(), Notice()
        self.last_button = QToolButton()
        self.preview_button = QPushButton(translate("Swath", "Look at the chips"))
        self.arguments_box = QgsCollapsibleGroupBoxBasic()
        self.distances_box = QgsCollapsibleGroupBoxBasic(translate("Swath", "Solid and blur distance"))
        self._lay_out()
        self._connect()
        self._take_model()
        self.take_results()

    def _lay_out(self) -> None:
        form = self.form
        for box, inside in ((self.arguments_box, self.arguments), (self.distances_box, self.distances)):
            layout = QVBoxLayout(box)
            layout.setContentsMargins(4, 4, 4, 4)
            layout.addWidget(inside)
            box.setCollapsed(True)
        self.preview_button.setAutoDefault(False)
        for name in ("BATCH_SIZE", "LEARNING_RATE"):
            _say_found(form.take(name))
        fields = rows()
        fields.addRow(translate("Swath", "Go on from"), self._start_row())
        fields.addRow(translate("Swath", "Preset"), form.take("PRESET"))
        fields.addRow("", self.preset_note)
        fields.addRow(translate("Swath", "Most epochs"), form.take("MAX_EPOCHS"))
        fields.addRow(translate("Swath", "Batch size"), form.take("BATCH_SIZE"))
        fields.addRow(translate("Swath", "Learning rate"), form.take("LEARNING_RATE"))
        fields.addRow(translate("Swath", "Model folder"), form.take("OUTPUT"))
        head = QLabel(translate("Swath", "Training data"))
        head.setBuddy(self.chips.rows[0].lineEdit())
        for widget in (head, self.chips, self.preview_button, self.model):
            form.top.addWidget(widget)
        form.top.addLayout(fields)
        form.top.addWidget(self.output_notice)
        for widget in (self.arguments_box, self.distances_box):
            form.top.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(form)

    def _start_row(self) -> QWidget:
        """Return the field of a model to go on from, and a button that takes the one that was trained last."""
        self.last_button.setText(translate("Swath", "Last"))
        self.last_button.setToolTip(translate("Swath", "Go on from the model that was trained last"))
        self.last_button.clicked.connect(
            lambda _checked: self.form.set_value("PRETRAINED_MODEL", self._context.results.get(MODEL, ""))
        )
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.form.take("PRETRAINED_MODEL"), 1)
        row.addWidget(self.last_button)
        return held

    def _connect(self) -> None:
        self.model.kindChanged.connect(self._take_kind)
        self.model.modelChanged.connect(self._take_model)
        self.model.valuesChanged.connect(self._push)
        self.arguments.valuesChanged.connect(self._take_arguments)
        self.distances.valuesChanged.connect(self._push)
        self.chips.valuesChanged.connect(self._push)
        self.chips.read.connect(self._take_chips)
        self.chips.kindAsked.connect(self.model.set_kind)
        self.preview_button.clicked.connect(lambda _checked: self.previewAsked.emit())
        self.form.valuesChanged.connect(self._tell_preset)
        self.form.valuesChanged.connect(self.look_at_output)
        self.form.started.connect(lambda _run: self.output_notice.say(""))
        self._context.resultsChanged.connect(self.take_results)
        self._tell_preset()

    # --- values ----------------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """Return all parameters as plain values."""
        self._push()
        values = self.form.values()
        if self.form.output("OUTPUT") in {self._proposed, ""}:
            values.pop("OUTPUT", None)  # a free one is proposed anew
        return values

    def set_values(self, values: dict[str, Any]) -> None:
        """Show parameters as :meth:`values` gives them."""
        given = {name: value for name, value in values.items() if name not in _OWN}
        self.form.set_values(given)
        if values.get("INPUT"):
            more = str(values.get("ADDITIONAL_INPUTS") or "").splitlines()
            self.chips.set_paths([str(values["INPUT"]), *(line.strip() for line in more if line.strip())])
        self.model.set_values(str(values.get("MODEL_TYPE") or "AUTO"), str(values.get("BACKBONE") or ""))
        try:
            self.arguments.set_values(split_arguments(str(values.get("MODEL_ARGUMENTS") or "")))
        except InputError as error:
            self._context.tell_error(error)
        if self.chips.folders:
            self.distances.set_classes(self.chips.folders[0].classes)
        self.distances.set_texts(str(values.get("SOLID_DISTANCE") or ""), str(values.get("BLUR_DISTANCE") or ""))
        self._push()

    def forget(self) -> None:
        """Take the values of the beginning again: another project begins."""
        self._proposed = self._taken_chips = self._looked_at = ""
        self._kind_follows = False
        self.form.reset()
        self.chips.set_paths([])
        self.model.kind.setCurrentIndex(0)
        self.set_values({})

    def _own(self) -> dict[str, Any]:
        """Return the parameters that have widgets here; raise InputError for arguments that do not fit."""
        paths = self.chips.paths()
        task = TASKS.get(self.model.task_id)
        near = task is not None and "SOLID_DISTANCE" in task.controls
        return {
            "INPUT": paths[0] if paths else "",
            "ADDITIONAL_INPUTS": "\n".join(paths[1:]),
            **self.model.values(),
            "MODEL_ARGUMENTS": self.arguments.text() if self.model.model_type is not None else "",
            **(self.distances.texts() if near else {"SOLID_DISTANCE": "", "BLUR_DISTANCE": ""}),
        }

    def _push(self) -> None:
        """Hand the own values to the form."""
        try:
            own = self._own()
        except InputError:
            return  # the table says it
        for name, value in own.items():
            if self.form._more.get(name) != value:
                self.form.set_value(name, value)

    def _adjust(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters of a run; raise InputError for arguments that do not fit."""
        own = {name: value for name, value in self._own().items() if value != ""}
        if given.get("OUTPUT") == TEMPORARY:
            # Chosen here, so that the run can be watched from its start.
            given = {**given, "OUTPUT": QgsProcessingUtils.generateTempFilename("model")}
        return {**{name: value for name, value in given.items() if name not in _OWN}, **own}

    # --- what follows from what ------------------------------------------------------------------

    def take_results(self) -> None:
        """Fill in the chips that were exported last, and the model that the review wants trained further."""
        self.last_button.setVisible(bool(self._context.results.get(MODEL)))
        chips = self._context.results.get(CHIPS, "")
        if chips and chips != self._taken_chips:
            self._taken_chips, self._kind_follows = chips, True
            self.chips.set_paths([chips])
        start = self._context.results.pop(PRETRAINED, "")
        if start:
            self.form.set_value("PRETRAINED_MODEL", start)

    def _take_kind(self) -> None:
        self.chips.set_kind(self.model.task_id)
        task = TASKS.get(self.model.task_id)
        self.distances_box.setVisible(task is not None and "SOLID_DISTANCE" in task.controls)

    def _take_model(self) -> None:
        model = self.model.model_type
        self.arguments.set_model(model)
        self._take_kind()
        self._title_arguments()

    def _take_arguments(self) -> None:
        self._title_arguments()
        try:
            self.model.set_arguments(self.arguments.values())
        except InputError:
            return
        self._push()

    def _title_arguments(self) -> None:
        changed = sum(field.changed for field in self.arguments.fields.values())
        title = translate("Swath", "Settings of the model type")
        self.arguments_box.setTitle(f"{title} ({changed})" if changed else title)

    def _take_chips(self) -> None:
        """Follow what the folders hold: format, classes, and where the model goes."""
        first = next((item for item in self.chips.folders if item.format is not None), None)
        follows, self._kind_follows = self._kind_follows, False
        if follows and first is not None and first.format is not None:
            kinds = [task for task in TASKS.ids() if first.format.id in kind_formats(task)]
            if kinds and self.model.task_id not in kinds:
                self.model.set_kind(kinds[0])
        known = self.model.kind.count() and first is not None and first.format is not None
        self.model.set_format(first.format.id if known else "")
        if first is not None:
            self.distances.set_classes(first.classes)
        self.preview_button.setEnabled(any(item.entries for item in self.chips.folders))
        self.propose()
        self._tell_preset()

    def propose(self) -> None:
        """Keep the model folder free as long as the user has not chosen one."""
        chosen = self.form.output("OUTPUT")
        if chosen not in {"", self._proposed} or self.form.panel.current is not None:
            return
        paths = self.chips.paths()
        self._proposed = proposed_model(Path(paths[0])) if paths else ""
        if self._proposed and chosen != self._proposed:
            self.form.set_value("OUTPUT", self._proposed)

    def look_at_output(self) -> None:
        """Say what is in the way at the model folder."""
        chosen = self.form.output("OUTPUT")
        if self.form.panel.current is None and chosen != self._looked_at:
            self._looked_at = chosen
            self.output_notice.say(*place_note(chosen))

    def showEvent(self, event: QShowEvent) -> None:
        """Look again: folders may have changed meanwhile."""
        super().showEvent(event)
        self._looked_at = ""
        self.propose()
        self.look_at_output()

    def _tell_preset(self) -> None:
        """Say what the preset changes."""
        preset = str(self.form.value("PRESET") or "")
        if preset != ENVI:
            self.preset_note.say("")
            return
        first = next((item for item in self.chips.folders if item.format is not None), None)
        format_id = first.format.id if first is not None and first.format is not None else "CLASSIFIED_TILES"
        values = preset_values(preset, first.side if first is not None else 0, format_id)
        names = ("model_type", "max_epochs", "chip_size", "background_patch_ratio")
        parts = [f"{name.upper()} {values[name]}" for name in names if name in values]
        text = translate("Swath", "ENVI-like: what is left at its default becomes {values}.")
        self.preset_note.say(text.format(values=", ".join(parts)))


def _say_found(widget: QWidget) -> None:
    """Let a number say in words what its 0 means."""
    boxes = [widget] if isinstance(widget, QAbstractSpinBox) else widget.findChildren(QAbstractSpinBox)
    for box in boxes:
        box.setSpecialValueText(translate("Swath", "found by a test"))
