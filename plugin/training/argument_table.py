"""Typed fields for the arguments of a model type, made from what it says of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from qgis.PyQt.QtCore import QEvent, QObject, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...engine.errors import InputError
from ...engine.models import Argument, ModelType
from ...i18n import translate
from ...processing_provider.sentences import sentence
from ..forms.form_parts import Note, rows
from ..forms.notice import ERROR, Notice

_LEAST, _MOST = -1_000_000, 1_000_000


class Field:
    """One argument with its widget.

    Attributes:
        widget: to lay out; its tool tip says what the argument does and which values fit.
        value: returns what is entered, in the argument's type; raises InputError.
        set: shows a value.
    """

    def __init__(self, model: str, argument: Argument, changed: Callable[..., None]) -> None:
        self.argument, self._model = argument, model
        make = {"bool": _check_box, "int": _whole, "float": _number, "choice": _choice}.get(argument.kind, _text)
        self.widget, self._get, self.set = make(argument, changed)
        text = translate("SwathEngine", argument.help)
        default = translate("Swath", "Default: {value}").format(value=_plain(argument.default))
        self.widget.setToolTip(f"<p>{text}</p><p>{argument.expected}. {default}</p>")
        self.widget.setAccessibleName(argument.name)
        self.set(argument.default)

    def value(self) -> Any:
        """Return the value in the argument's type; raise InputError where it does not fit."""
        return self.argument.parse(self._model, self._get())

    @property
    def changed(self) -> bool:
        """Tell whether it differs from the default; what does not fit differs."""
        try:
            return bool(self.value() != self.argument.parse(self._model, self.argument.default))
        except InputError:
            return True


class ArgumentTable(QWidget):
    """The arguments of one model type at a time; only those that were changed are given on."""

    valuesChanged = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, Field] = {}
        self.notice = Notice()
        self._rows: QFormLayout = rows()
        self._marks: dict[str, tuple[QLabel, QToolButton]] = {}
        self._model: ModelType | None = None
        self._wheel = _NoWheel(self)
        self._rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self.empty = Note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._rows)
        for widget in (self.empty, self.notice):
            layout.addWidget(widget)

    def set_model(self, model: ModelType | None) -> None:
        """Show the arguments of a model type; values of those that both have are kept."""
        if model is self._model and (self.fields or self.empty.text()):
            return
        kept = {name: field for name, field in self.fields.items() if field.changed}
        values = {name: field._get() for name, field in kept.items()}
        self._clear()
        self._model = model
        for argument in model.arguments if model is not None else ():
            self._add(model.id, argument)
        none = translate("Swath", "This model type has no settings of its own.")
        auto = translate("Swath", "AUTO takes the defaults: choose a model type to set its arguments.")
        self.empty.say("" if self.fields else auto if model is None else none)
        self.set_values({name: value for name, value in values.items() if name in self.fields})
        self._check()

    def values(self) -> dict[str, Any]:
        """Return the arguments that were changed; raise InputError for what does not fit."""
        return {name: field.value() for name, field in self.fields.items() if field.changed}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show values by name; others go back to their default, unknown names are left out."""
        for name, field in self.fields.items():
            field.set(values.get(name, field.argument.default))
        self._check()

    def text(self) -> str:
        """Return the changed arguments as MODEL_ARGUMENTS takes them; raise InputError for what does not fit."""
        values = self.values()
        return json.dumps(values) if values else ""

    def _add(self, model: str, argument: Argument) -> None:
        field = Field(model, argument, self._change)
        self.fields[argument.name] = field
        label, reset = QLabel(argument.name.replace("_", " ")), QToolButton()
        label.setToolTip(field.widget.toolTip())
        label.setBuddy(field.widget)
        reset.setText("↺")
        reset.setAutoRaise(True)
        reset.setToolTip(translate("Swath", "Back to the default"))
        reset.setAccessibleName(translate("Swath", "{name}: back to the default").format(name=argument.name))
        reset.clicked.connect(lambda _checked, name=argument.name: self._reset(name))
        field.widget.installEventFilter(self._wheel)
        field.widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._marks[argument.name] = (label, reset)
        self._rows.addRow(label, _beside(field.widget, reset))

    def _reset(self, name: str) -> None:
        self.fields[name].set(self.fields[name].argument.default)
        self._change()

    def _change(self, *_: object) -> None:
        self._check()
        self.valuesChanged.emit()

    def _check(self) -> None:
        """Mark what was changed, and say what does not fit."""
        said = ""
        for name, field in self.fields.items():
            label, reset = self._marks[name]
            changed = field.changed
            font = label.font()
            font.setBold(changed)
            label.setFont(font)
            reset.setEnabled(changed)
            try:
                field.value()
            except InputError as error:
                said = said or sentence(error)
        self.notice.say(said, ERROR)

    def _clear(self) -> None:
        while self._rows.rowCount():
            self._rows.removeRow(0)
        self.fields, self._marks = {}, {}


class _NoWheel(QObject):
    """Keeps the wheel from changing a field that one scrolls past."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


_Made = tuple[QWidget, Callable[[], Any], Callable[[Any], None]]


def _check_box(argument: Argument, changed: Callable[..., None]) -> _Made:
    box = QCheckBox()
    box.toggled.connect(changed)
    return box, box.isChecked, lambda value: box.setChecked(bool(argument.parse("", value)))


def _whole(argument: Argument, changed: Callable[..., None]) -> _Made:
    box = QSpinBox()
    box.setRange(
        int(argument.minimum if argument.minimum is not None else _LEAST),
        int(argument.maximum if argument.maximum is not None else _MOST),
    )
    box.valueChanged.connect(changed)
    return box, box.value, lambda value: box.setValue(int(float(value)))


def _number(argument: Argument, changed: Callable[..., None]) -> _Made:
    box = QDoubleSpinBox()
    low = argument.minimum if argument.minimum is not None else float(_LEAST)
    high = argument.maximum if argument.maximum is not None else float(_MOST)
    box.setDecimals(4 if high <= 10 else 2)
    box.setRange(low, high)
    box.setSingleStep(0.05 if high - low <= 2 else 0.5)
    box.valueChanged.connect(changed)
    return box, lambda: round(box.value(), 6), lambda value: box.setValue(float(value))


def _choice(argument: Argument, changed: Callable[..., None]) -> _Made:
    box = QComboBox()
    for name in argument.choices:
        box.addItem(name)
    box.currentIndexChanged.connect(changed)

    def show(value: Any) -> None:
        places = [number for number, name in enumerate(argument.choices) if name.upper() == str(value).upper()]
        box.setCurrentIndex(places[0] if places else 0)

    return box, box.currentText, show


def _text(argument: Argument, changed: Callable[..., None]) -> _Made:
    line = QLineEdit()
    line.setPlaceholderText(translate("Swath", "none") if argument.fewest == 0 else "")
    line.textChanged.connect(changed)
    return line, line.text, lambda value: line.setText(value if isinstance(value, str) else _plain(value))


def _plain(value: Any) -> str:
    """Return a value as people write it."""
    if isinstance(value, bool):
        return translate("Swath", "yes") if value else translate("Swath", "no")
    if isinstance(value, (list, tuple)):
        if value and isinstance(value[0], (list, tuple)):
            return ", ".join(f"[{_plain(list(item))}]" for item in value)
        return ", ".join(_plain(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _beside(first: QWidget, second: QWidget) -> QWidget:
    held = QWidget()
    row = QHBoxLayout(held)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2)
    row.addWidget(first, 1)
    row.addWidget(second)
    return held
