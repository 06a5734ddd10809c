"""The keys of the review, on the tab and on the map canvas alike."""

from __future__ import annotations

from collections.abc import Callable

from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtGui import QKeyEvent, QKeySequence
from qgis.PyQt.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QWidget

ACCEPT, BACKGROUND, DRAW, SKIP, PREVIOUS, NEXT, UNDO, REDO, PEEK = (
    "accept",
    "background",
    "draw",
    "skip",
    "previous",
    "next",
    "undo",
    "redo",
    "peek",
)
_PLAIN = {
    Qt.Key.Key_A: ACCEPT,
    Qt.Key.Key_Return: ACCEPT,
    Qt.Key.Key_Enter: ACCEPT,
    Qt.Key.Key_B: BACKGROUND,
    Qt.Key.Key_0: BACKGROUND,
    Qt.Key.Key_D: DRAW,
    Qt.Key.Key_S: SKIP,
    Qt.Key.Key_Left: PREVIOUS,
    Qt.Key.Key_Right: NEXT,
    Qt.Key.Key_U: UNDO,
    Qt.Key.Key_H: PEEK,
}
_KEYS = {QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease}
_TYPING = (QLineEdit, QAbstractSpinBox, QComboBox)
_NO_TEXT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class ReviewKeys(QObject):
    """Takes keys before the shortcuts of QGIS's window do, while what it watches has the focus.

    Args:
        act: does what an action is called; the classes to correct to are called "1" to "9".
        peek: is called with True while the key for it is held down, and with False when it is let go.
        takes: tells whether an action is possible just now; its key is left alone where it is not.
    """

    def __init__(
        self,
        act: Callable[[str], object],
        peek: Callable[[bool], None],
        takes: Callable[[str], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._act, self._peek, self._takes = act, peek, takes

    def watch(self, widget: QWidget) -> None:
        """Take the keys of a widget and of those in it."""
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take what is ours; the rest goes on."""
        kind = event.type()
        if kind == QEvent.Type.FocusOut:
            self._peek(False)
        elif kind in _KEYS:
            action = _action(event)
            if action and self._takes(action):
                return self._take(event, action)
        return False

    def _take(self, event: QKeyEvent, action: str) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif action == PEEK:
            if not event.isAutoRepeat():
                self._peek(event.type() == QEvent.Type.KeyPress)
        elif event.type() == QEvent.Type.KeyRelease:
            return False
        # A key that is held must not decide place after place.
        elif not event.isAutoRepeat() or action in {PREVIOUS, NEXT}:
            self._act(action)
        return True


def _action(event: QKeyEvent) -> str:
    """Return what a key stands for; "" for nothing."""
    if event.matches(QKeySequence.StandardKey.Undo):
        return UNDO
    if event.matches(QKeySequence.StandardKey.Redo):
        return REDO
    if event.modifiers() & _NO_TEXT:
        return ""
    key = event.key()
    if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
        return str(key - Qt.Key.Key_0)
    return _PLAIN.get(key, "")


def is_typing(widget: QWidget | None) -> bool:
    """Tell whether a widget takes letters and numbers for itself."""
    return isinstance(widget, _TYPING)
