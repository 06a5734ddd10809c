"""The keys that work on the canvas while a tool of Swath has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtGui import QKeyEvent, QKeySequence

if TYPE_CHECKING:
    from .drawing import DrawingSession

_NO_TEXT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class CanvasKeys(QObject):
    """Takes keys before the shortcuts of QGIS's main window do, but only while the canvas has the focus.

    ``panning`` is True while Space is held: the canvas itself then follows the pointer, and clicks draw nothing.
    """

    def __init__(self, session: DrawingSession) -> None:
        super().__init__(session)
        self._session = session
        self.panning = False

    def install(self) -> None:
        """Listen from now on."""
        self.panning = False
        self._session.canvas.installEventFilter(self)
        self._session.canvas.viewport().installEventFilter(self)

    def remove(self) -> None:
        """Listen no more."""
        self.panning = False
        self._session.canvas.removeEventFilter(self)
        self._session.canvas.viewport().removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is ours; the rest goes on to the canvas."""
        kind = event.type()
        if watched is not self._session.canvas:  # its viewport, of which only one event is of interest
            if kind == QEvent.Type.Leave and self._session.active is not None:
                self._session.active.pointer_left()
            return False
        if kind == QEvent.Type.ShortcutOverride:
            if self._action(event) is None:
                return False
            event.accept()
            return True
        if kind == QEvent.Type.KeyPress:
            return self._pressed(event)
        if kind == QEvent.Type.KeyRelease:
            self._released(event)
        elif kind == QEvent.Type.FocusOut:
            self.panning = False
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Space:
            self.panning = True
            return False
        if event.key() == Qt.Key.Key_Shift:
            self._constrain(on=True)
        action = self._action(event)
        if action is None or self.panning:
            return False
        action()
        return True

    def _released(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.panning = False
        elif event.key() == Qt.Key.Key_Shift:
            self._constrain(on=False)

    def _constrain(self, *, on: bool) -> None:
        tool = self._session.active
        if tool is not None:
            tool.constrain(on)

    def _action(self, event: QKeyEvent):  # noqa: ANN202 - a function, or None where the key is not ours
        session, tool, key = self._session, self._session.active, event.key()
        if tool is None:
            return None
        if event.matches(QKeySequence.StandardKey.Undo):
            return session.undo
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.matches(QKeySequence.StandardKey.Redo) or (
            control and (key == Qt.Key.Key_Y or (shift and key == Qt.Key.Key_Z))
        ):
            return session.redo
        if event.modifiers() & _NO_TEXT:
            return None
        return self._plain(key)

    def _plain(self, key: int):  # noqa: ANN202
        session, tool = self._session, self._session.active
        named = {
            Qt.Key.Key_Escape: lambda: None if tool.cancel() else session.leave(),
            Qt.Key.Key_Return: tool.finish,
            Qt.Key.Key_Enter: tool.finish,
            Qt.Key.Key_Backspace: tool.step_back,
            Qt.Key.Key_Delete: tool.delete,
        }
        if key in named:
            return named[key]
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            return lambda: session.choose(key - Qt.Key.Key_0)
        # A letter struck by mistake must not cost a sketch.
        if Qt.Key.Key_A <= key <= Qt.Key.Key_Z and chr(key) in session.letters and not tool.sketching:
            return lambda: session.start_by_letter(chr(key))
        return None
