"""The row of drawing tools in the Label tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QSignalBlocker, QSize, Qt
from qgis.PyQt.QtGui import QHideEvent, QPalette
from qgis.PyQt.QtWidgets import QButtonGroup, QFrame, QLabel, QToolButton, QVBoxLayout, QWidget

from ...i18n import translate
from .flow_layout import FlowLayout
from .samples import AREAS, SAMPLES
from .tool_icons import MAGNET, REDO, UNDO, tool_icon
from .tools import ToolType, discover

if TYPE_CHECKING:
    from ..context import DockContext
    from .drawing import DrawingSession

_SIDE = 20
# What is chosen must be seen in any theme; many draw it only a shade darker.
_FOCUS = "QToolButton:focus { border: 1px solid palette(text); border-radius: 4px; }"
_CHOSEN = _FOCUS + "QToolButton:checked { background: palette(highlight); color: palette(highlighted-text); }"
_AT_WORK = _FOCUS + "QToolButton:checked { border: 2px solid palette(highlight); border-radius: 4px; }"


class DrawingToolbar(QWidget):
    """Buttons of all tools, what is drawn, snapping, undo and redo, the tool's own widgets, and what to do next.

    Hiding it, as another tab does, leaves the tool: what cannot be seen should not draw.
    """

    def __init__(self, context: DockContext, session: DrawingSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._session = context, session
        self._icons: list[tuple[QToolButton, str]] = []
        self.buttons: dict[str, QToolButton] = {}
        self._tools, self._rest = FlowLayout(spacing=1), FlowLayout(spacing=4)
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)  # a click on the tool at work leaves it
        self._controls: QWidget | None = None
        for tool in discover():
            self._add_tool(tool)
        self.samples = self._text_button(translate("Swath", "Samples"), self._draws_samples())
        self.areas = self._text_button(translate("Swath", "Areas"), self._draws_areas())
        self.snapping = self._icon_button(MAGNET, translate("Swath", "Snap to vertices and edges"), checkable=True)
        self.undo = self._icon_button(UNDO, "")
        self.redo = self._icon_button(REDO, "")
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.hint.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 2)  # two lines, so that nothing jumps
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._tools)
        layout.addLayout(self._rest)
        layout.addWidget(self.hint)
        self._connect()
        self._paint_icons()
        self._store_changed()
        self._tool_changed(session.tool)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the tool where another tab comes to the front; not where the window is minimized."""
        if not event.spontaneous():
            self._session.leave()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange} and self._icons:
            self._paint_icons()
        super().changeEvent(event)

    # --- parts ------------------------------------------------------------------------------------

    def _add_tool(self, tool: ToolType) -> None:
        if self.buttons and tool.order // 10 != self._last_order // 10:
            line = QFrame()
            line.setFrameShape(QFrame.Shape.VLine)
            line.setFrameShadow(QFrame.Shadow.Plain)
            line.setForegroundRole(QPalette.ColorRole.Mid)
            line.setFixedSize(3, _SIDE)
            self._tools.addWidget(line)
        self._last_order = tool.order
        tip = translate("Swath", "{tool} (key {key} on the map)").format(tool=tool.title(), key=tool.shortcut)
        button = self._icon_button(tool.icon, tip, checkable=True, layout=self._tools)
        button.setAccessibleName(tool.title())
        button.clicked.connect(lambda checked, name=tool.id: self._clicked(name, checked))
        self._group.addButton(button)
        self.buttons[tool.id] = button

    def _icon_button(
        self, body: str, tip: str, *, checkable: bool = False, layout: FlowLayout | None = None
    ) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setCheckable(checkable)
        button.setStyleSheet(_AT_WORK)
        button.setIconSize(QSize(_SIDE, _SIDE))
        button.setFixedSize(_SIDE + 6, _SIDE + 6)  # all tools fit into one row of the narrowest dock
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._icons.append((button, body))
        (self._rest if layout is None else layout).addWidget(button)  # an empty layout counts as False
        return button

    def _text_button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setStyleSheet(_CHOSEN)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._rest.addWidget(button)
        return button

    @staticmethod
    def _draws_samples() -> str:
        return translate("Swath", "Draw, select and change the samples: objects of the current class.")

    @staticmethod
    def _draws_areas() -> str:
        return translate("Swath", "Draw, select and change the areas in which every object is labeled.")

    def _paint_icons(self) -> None:
        for button, body in self._icons:
            button.setIcon(tool_icon(body, self.palette()))

    # --- what happens -------------------------------------------------------------------------------

    def _connect(self) -> None:
        session = self._session
        self._context.storeChanged.connect(self._take_store)
        session.toolChanged.connect(self._tool_changed)
        session.hintChanged.connect(self._hint_changed)
        session.storeChanged.connect(self._store_changed)
        session.targetChanged.connect(self._target_changed)
        session.snapping.toggled.connect(self._snapping_changed)
        self.samples.clicked.connect(lambda: self._choose_target(SAMPLES))
        self.areas.clicked.connect(lambda: self._choose_target(AREAS))
        self.snapping.clicked.connect(session.snapping.set_enabled)
        self.undo.clicked.connect(session.undo)
        self.redo.clicked.connect(session.redo)
        self._snapping_changed(session.snapping.enabled)
        self._target_changed()

    def _clicked(self, tool: str, checked: bool) -> None:
        if checked:
            self._session.start(tool)
        else:
            self._session.leave()

    def _choose_target(self, target: str) -> None:
        self._session.set_target(target)
        self._target_changed()

    def _target_changed(self, _target: str = "") -> None:
        for button, target in ((self.samples, SAMPLES), (self.areas, AREAS)):
            button.setChecked(self._session.target == target)

    def _snapping_changed(self, enabled: bool) -> None:
        with QSignalBlocker(self.snapping):
            self.snapping.setChecked(enabled)

    def _tool_changed(self, tool: str) -> None:
        for name, button in self.buttons.items():
            button.setChecked(name == tool)
        if self._controls is not None:
            self._rest.removeWidget(self._controls)
            self._controls.hide()
            self._controls.deleteLater()
        active = self._session.active
        self._controls = active.controls(self) if active is not None else None
        if self._controls is not None:
            self._rest.addWidget(self._controls)
            self._controls.show()
        self._hint_changed(active.hint() if active is not None else "")

    def _hint_changed(self, text: str) -> None:
        if not text and self._session.active is None:
            text = self._idle_text()
        self.hint.setText(text)
        self._refresh_steps()

    def _idle_text(self) -> str:
        if self._session.store is None:
            return translate("Swath", "Open or create a labels file to draw.")
        return translate("Swath", "Choose a tool. Keys 1 to 9 choose the class, Space moves the map.")

    def _store_changed(self) -> None:
        store = self._session.store
        for button in self.buttons.values():
            button.setEnabled(store is not None)
        if store is not None:
            stack = store.undo_stack
            for signal in (stack.canUndoChanged, stack.canRedoChanged, stack.undoTextChanged, stack.redoTextChanged):
                signal.connect(self._steps_changed)
        self._hint_changed("" if self._session.active is None else self._session.active.hint())

    def _take_store(self) -> None:
        self._session.set_store(self._context.store)

    def _steps_changed(self, _any: object) -> None:
        # A bound method, not a lambda: Qt forgets it with the toolbar, which the store may outlive. An undo stack
        # that goes tells so when there is nothing left to ask.
        store = self._session.store
        if store is None or not sip.isdeleted(store.undo_stack):
            self._refresh_steps()

    def _refresh_steps(self) -> None:
        store, active = self._session.store, self._session.active
        stack = store.undo_stack if store is not None else None
        sketching = active is not None and active.sketching
        self.undo.setEnabled(sketching or (stack is not None and stack.canUndo()))
        self.redo.setEnabled(stack is not None and stack.canRedo() and not sketching)
        if sketching or stack is None:
            undone = translate("Swath", "the last vertex") if sketching else ""
        else:
            undone = stack.undoText()
        redone = stack.redoText() if stack is not None else ""
        self.undo.setToolTip(_step_text(translate("Swath", "Undo"), undone, "Ctrl+Z"))
        self.redo.setToolTip(_step_text(translate("Swath", "Redo"), redone, "Ctrl+Y"))
        for button in (self.undo, self.redo):
            button.setAccessibleName(button.toolTip())


def _step_text(step: str, what: str, keys: str) -> str:
    return f"{step}: {what} ({keys})" if what else f"{step} ({keys})"
