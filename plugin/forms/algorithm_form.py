"""A form for any algorithm of Processing, narrow enough for a dock: its parameters, Run, Cancel, and what it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from html import escape
from typing import Any

from qgis.core import QgsMapLayer, QgsProcessingOutputLayerDefinition, QgsProcessingParameterDefinition
from qgis.gui import QgsCollapsibleGroupBoxBasic
from qgis.PyQt.QtCore import Qt, QVariant, pyqtSignal
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import (
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...engine.errors import SwathError
from ...i18n import translate
from ...processing_provider.sentences import sentence
from ..context import DockContext
from .form_layout import add_field, fields_grid, order_focus, scrolled, show_text, worded
from .parameter_widgets import NARROW, ParameterWidgets, forget_at_end, is_advanced, is_hidden
from .result_layers import Dress, Place, make_context
from .run_panel import RunPanel
from .run_task import TEMPORARY, AlgorithmRun, make_algorithm, running


class AlgorithmForm(QWidget):
    """The parameters of an algorithm and its runs.

    Args:
        context: of the dock.
        algorithm_id: like ``swath:exporttrainingdata``.
        hidden: parameters without a widget; :meth:`set_values` still takes them, and a run gets them.
        first: parameters that come first, in this order; the others follow in the algorithm's.
        values: to begin with, over the algorithm's defaults.
        upfront: names of the parameters that are not folded away; None: those that are not flagged advanced.

    Attributes:
        top: a layout above the parameters, ``middle``: one below them, for a tab's own widgets; both scroll with them.
        panel: Run, Cancel, progress, message and log, which stay in view below what scrolls.
        load: names of the outputs whose layers are loaded after a run; None: as their boxes say.
        place: puts loaded layers into the layer tree; ``dress`` changes how they are drawn.
        adjust: gets the parameters right before a check or a run, and returns those to take; may raise SwathError.
    """

    valuesChanged = pyqtSignal()
    started = pyqtSignal(object)  # the AlgorithmRun
    finished = pyqtSignal(bool, dict, str)  # of the run that is shown: ok, results, sentence

    def __init__(
        self,
        context: DockContext,
        algorithm_id: str,
        hidden: Collection[str] = (),
        first: Sequence[str] = (),
        values: Mapping[str, Any] | None = None,
        upfront: Collection[str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        forget_at_end(self)
        self.context, self.algorithm_id = context, algorithm_id
        self.algorithm = make_algorithm(algorithm_id)
        self.place: Place | None = None
        self.dress: Dress | None = None
        self.adjust: Callable[[dict[str, Any]], dict[str, Any]] | None = None
        self.load: Collection[str] | None = None
        self._more: dict[str, Any] = {}  # of parameters without a widget
        self._processing = make_context(context.project)
        definitions = {item.name(): item for item in self.algorithm.parameterDefinitions()}
        order = [*first, *(name for name in definitions if name not in first)]
        shown = [name for name in order if name not in hidden and not is_hidden(definitions[name])]
        self.inputs = ParameterWidgets(
            self.algorithm, shown, self._processing, context.canvas, context.project, self.parameters, self
        )
        self.rest = QgsCollapsibleGroupBoxBasic(translate("Swath", "More settings"))
        self.body, self.panel = QWidget(), RunPanel()
        self.top, self.middle = QVBoxLayout(), QVBoxLayout()
        self._lay_out([definitions[name] for name in shown if name in self.inputs.widgets], upfront)
        self._first = dict(values or {})
        self.set_values(self._first)
        self.inputs.connect(self.valuesChanged.emit)
        self.panel.worded = self.worded
        self.panel.runAsked.connect(self.run)
        self.panel.finished.connect(self.finished)
        for run in running(algorithm_id)[-1:]:  # of a form that was closed meanwhile
            self.panel.follow(run)

    # --- values -----------------------------------------------------------------------------------

    def parameters(self) -> dict[str, Any]:
        """Return the values as a run takes them: those that are empty are left out."""
        given = {**self._more, **self.inputs.values()}
        return {name: value for name, value in given.items() if not _empty(value)}

    def values(self) -> dict[str, Any]:
        """Return the values as plain ones that JSON takes; layers of the project by id, others by source."""
        return {name: self._plain(name, value) for name, value in self.parameters().items()}

    def _plain(self, name: str, value: Any) -> Any:
        if isinstance(value, QgsMapLayer):
            value = value.id()
        if isinstance(value, str) and self.context.project.mapLayer(value) is not None:
            return value
        return self.algorithm.parameterDefinition(name).valueAsJsonObject(value, self._processing)

    def value(self, name: str) -> Any:
        """Return one value as a run takes it; None where it is empty."""
        return self.parameters().get(name)

    def output(self, name: str) -> str:
        """Return the path that an output goes to; "" for a temporary one or none."""
        value = self.value(name)
        if isinstance(value, QgsProcessingOutputLayerDefinition):
            value = value.sink.staticValue()
        return "" if _empty(value) or value == TEMPORARY else str(value)

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Take values as :meth:`values` gives them; parameters that the algorithm does not have are left out."""
        for name, value in values.items():
            self.set_value(name, value)

    def set_value(self, name: str, value: Any) -> None:
        """Take one value: plain, or a layer."""
        if self.algorithm.parameterDefinition(name) is None:
            return
        if not self.inputs.set(name, _from_plain(value)):
            self._more[name] = value
            self.valuesChanged.emit()

    def reset(self) -> None:
        """Take the values of the beginning again, and forget what the last run said: another project begins."""
        self._more.clear()
        for definition in self.algorithm.parameterDefinitions():
            value = self._first.get(definition.name(), definition.defaultValue())
            self.set_value(definition.name(), TEMPORARY if value is None and _is_made(definition) else value)
        if self.panel.current is None:
            self.panel.notice.say("")
            self.panel.log.clear()

    def widget(self, name: str) -> QWidget | None:
        """Return the widget of a parameter; None for a hidden one."""
        return self.inputs.widgets.get(name)

    def take(self, name: str) -> QWidget:
        """Return the widget of a parameter to be laid out elsewhere; its label goes.

        It leaves its layout when another one takes it: to remove it before would make it Python's, which would
        delete it a second time after its parent did.
        """
        label = self.inputs.labels[name]
        if label is not None:
            label.hide()
        return self.inputs.widgets[name]

    # --- the run ----------------------------------------------------------------------------------

    def check(self) -> str:
        """Return the sentence that refuses the values as they are; "" where a run may begin."""
        return self._checked({})[1]

    def run(
        self,
        changes: Mapping[str, Any] | None = None,
        load: Collection[str] | None = None,
        place: Place | None = None,
    ) -> AlgorithmRun | None:
        """Begin a run, or say in the form why not; with other values, outputs to load and places where given.

        Runs with other values, as previews are, do not enter Processing's history.
        """
        if self.panel.current is not None:
            return None
        given, text = self._checked(changes or {})
        self.panel.notice.say("")
        if text:
            self.panel.refuse(text)
            self.show_parameter(text)
            return None
        load = self.load if load is None else load
        load = self.inputs.loaded() if load is None else load
        run = AlgorithmRun(self.algorithm_id, given, self.context.project, load, place or self.place)
        run.dress, run.recorded = self.dress, not changes
        self.panel.follow(run)
        run.start()
        self.started.emit(run)
        return run

    def cancel(self) -> None:
        """End the run that is shown."""
        self.panel.cancel()

    def show_parameter(self, text: str) -> None:
        """Unfold and focus the first parameter that a sentence names, as ``(CLASS_FIELD)``."""
        words = re.findall(r"[A-Z][A-Z0-9_]+", text)
        named = [word for word in words if word in self.inputs.widgets]
        if named:
            widget = self.inputs.widgets[named[0]]
            if self.rest.isAncestorOf(widget):
                self.rest.setCollapsed(False)
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
            self.area.ensureWidgetVisible(widget)

    def show_help(self) -> None:
        """Open the algorithm's help in a window of its own that stays open while one works."""
        head = f"<h3>{escape(self.algorithm.displayName())}</h3>"
        show_text(self, self.algorithm.displayName(), head + self.algorithm.shortHelpString())

    def worded(self, text: str) -> str:
        """Return a sentence with what the form calls parameters in place of their names in brackets."""
        titles = {item.name(): item.description() for item in self.algorithm.parameterDefinitions()}
        return worded(text, titles)

    def showEvent(self, event: QShowEvent) -> None:
        """Put the fields into the order of the key Tab: a tab of the dock may have laid them out anew."""
        order_focus(self)
        super().showEvent(event)

    def _checked(self, changes: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """Return the parameters of a run, and the sentence that refuses them or ""; a change to None leaves one out."""
        given = self.parameters()
        for definition in self.algorithm.destinationParameterDefinitions():
            if definition.name() not in given and _is_made(definition):
                given[definition.name()] = TEMPORARY
        able, text = self.algorithm.canExecute()
        if able and self.adjust is not None:
            try:
                given = self.adjust(given)
            except SwathError as error:
                able, text = False, sentence(error)
        given = {name: value for name, value in {**given, **changes}.items() if not _empty(value)}
        if able:
            able, text = self.algorithm.checkParameterValues(given, make_context(self.context.project))
        return given, "" if able else text or translate("Swath", "A value is missing or wrong.")

    # --- parts ------------------------------------------------------------------------------------

    def _lay_out(
        self, definitions: Sequence[QgsProcessingParameterDefinition], upfront: Collection[str] | None
    ) -> None:
        help_button = QToolButton()
        help_button.setText("?")
        help_button.setAutoRaise(True)
        help_button.setToolTip(translate("Swath", "What this tool does, and what each setting means"))
        help_button.setAccessibleName(translate("Swath", "Help"))
        help_button.clicked.connect(self.show_help)
        self.panel.buttons.addWidget(help_button)
        common, rare = fields_grid(), fields_grid()
        for definition in definitions:
            folded = is_advanced(definition) if upfront is None else definition.name() not in upfront
            name = definition.name()
            add_field(
                rare if folded else common,
                self.inputs.labels[name],
                self.inputs.widgets[name],
                beside=definition.type() in NARROW,
            )
        self.rest.setLayout(rare)
        self.rest.setCollapsed(True)
        inside = QVBoxLayout(self.body)
        inside.addLayout(self.top)
        inside.addLayout(common)
        inside.addWidget(self.rest)
        inside.addLayout(self.middle)
        inside.addStretch(1)
        if rare.count() == 0:
            self.rest.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.area = scrolled(self.body)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.panel)


def _is_made(definition: QgsProcessingParameterDefinition) -> bool:
    """Tell whether a parameter is an output that every run makes."""
    optional = bool(definition.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional)
    return definition.isDestination() and definition.createByDefault() and not optional


def _empty(value: Any) -> bool:
    """Tell whether nothing is entered; wrappers say so with an empty QVariant, too."""
    return value is None or value in ("", []) or (isinstance(value, QVariant) and value.isNull())


def _from_plain(value: Any) -> Any:
    """Return what a widget takes of a value that was plain JSON."""
    if isinstance(value, Mapping) and "sink" in value:  # an output, as Processing writes it
        sink = value["sink"]
        return sink.get("val") if isinstance(sink, Mapping) else sink
    return value
