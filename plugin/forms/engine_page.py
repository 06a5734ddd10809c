"""What a tab shows while the engine environment is not there: what is missing, and the way to it."""

from __future__ import annotations

from typing import Any, Protocol

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QHideEvent, QShowEvent
from qgis.PyQt.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ...i18n import translate
from ..context import DockContext
from .form_parts import scaled
from .notice import fitted

_LOOK_EVERY_MS = 2000
_ICON_PX = 48


class Tab(Protocol):
    """What every tab of the dock has."""

    def title(self) -> str:
        """Return the translated title."""

    def state(self) -> dict[str, Any]:
        """Return what a project keeps of it, for JSON."""

    def restore(self, state: dict[str, Any]) -> None:
        """Take what a project kept."""


class EnginePage(QWidget):
    """Says what is missing and offers to set it up."""

    def __init__(self, context: DockContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        icon, head = QLabel(), QLabel(translate("Swath", "The engine environment is not installed"))
        icon.setPixmap(QgsApplication.getThemeIcon("/propertyicons/settings.svg").pixmap(_ICON_PX, _ICON_PX))
        font = scaled(head.font(), 1.15)
        font.setBold(True)
        head.setFont(font)
        text = translate(
            "Swath",
            "Training and applying models runs in a Python environment of its own, apart from QGIS. Labeling works "
            "without it.",
        )
        note, self.missing = QLabel(text), QLabel()
        self.missing.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(translate("Swath", "Set up the engine environment ..."))
        self.button.clicked.connect(lambda _checked: context.setupAsked.emit())
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addStretch(1)
        for widget in (icon, head, note, self.missing):
            if isinstance(widget, QLabel):
                widget.setWordWrap(True)
                widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(widget)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)


class GuardedTab(QStackedWidget):
    """Shows a tab, or while the engine environment is missing the page that offers it. Looks anew while it is seen."""

    def __init__(self, tab: QWidget, context: DockContext) -> None:
        super().__init__()
        self.tab, self.page, self._context = tab, EnginePage(context), context
        self.addWidget(tab)
        self.addWidget(self.page)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def look(self) -> None:
        """Check whether the environment is there, and show what fits."""
        text = self._context.needs_engine()
        self.page.missing.setText(fitted(text, self.page.missing))
        self.page.missing.setToolTip(text)
        self.setCurrentWidget(self.page if text else self.tab)

    def title(self) -> str:
        """Return the tab's title."""
        return str(self.tab.title())  # type: ignore[attr-defined]

    def state(self) -> dict[str, Any]:
        """Return the tab's state."""
        return dict(self.tab.state())  # type: ignore[attr-defined]

    def restore(self, state: dict[str, Any]) -> None:
        """Take the tab's state."""
        self.tab.restore(state)  # type: ignore[attr-defined]

    def showEvent(self, event: QShowEvent) -> None:
        """Look, and go on looking."""
        self.look()
        self._timer.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop looking."""
        self._timer.stop()
        super().hideEvent(event)


def guarded(tab: QWidget, context: DockContext) -> GuardedTab:
    """Return a tab that needs the engine environment, with the page that is shown while it is missing."""
    return GuardedTab(tab, context)
