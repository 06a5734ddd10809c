"""How a form is laid out, and what it says about its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QGroupBox,
    QLabel,
    QLayout,
    QScrollArea,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

_HELP_PX = (460, 520)
# Names of parameters in brackets, as the sentences of algorithms have them: (INPUT, MODEL).
_NAMES = re.compile(r" \(([A-Z][A-Z0-9_]*(?:, [A-Z][A-Z0-9_]*)*)\)")


def scrolled(widget: QWidget) -> QScrollArea:
    """Return an area in which a widget scrolls up and down, never sideways, and that is as wide as it needs."""
    area = _ScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(widget)
    return area


class _ScrollArea(QScrollArea):
    def minimumSizeHint(self) -> QSize:
        size = super().minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(max(size.width(), self.widget().minimumSizeHint().width() + bar), size.height())


def fields_grid() -> QGridLayout:
    """Return a grid for :func:`add_field`."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(0, 3)
    grid.setColumnStretch(1, 2)
    return grid


def add_field(grid: QGridLayout, label: QLabel | None, widget: QWidget, *, beside: bool) -> None:
    """Add a field below the others, ``beside`` its label or under it."""
    row = grid.rowCount()
    if label is None:
        grid.addWidget(widget, row, 0, 1, 2)
    elif beside:
        grid.addWidget(label, row, 0)
        grid.addWidget(widget, row, 1)
    else:
        grid.addWidget(label, row, 0, 1, 2)
        grid.addWidget(widget, row + 1, 0, 1, 2)


def order_focus(root: QWidget) -> None:
    """Let the key Tab go through what is in a widget in the order in which it is laid out, not made."""
    found = list(_focusable(root))
    for one, other in zip(found, found[1:]):
        QWidget.setTabOrder(one, other)


def _focusable(widget: QWidget) -> Iterator[QWidget]:
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not isinstance(widget, (QScrollArea, QGroupBox)):
        yield widget
        return
    if isinstance(widget, QScrollArea) and widget.widget() is not None:
        yield from _focusable(widget.widget())
    elif widget.layout() is not None:
        yield from _in_layout(widget.layout())


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item.widget() is not None:
            yield from _focusable(item.widget())
        elif item.layout() is not None:
            yield from _in_layout(item.layout())


def show_text(parent: QWidget, title: str, html: str) -> None:
    """Open a window with a text, beside which one goes on working."""
    window = QDialog(parent)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window.setWindowTitle(title)
    window.resize(*_HELP_PX)
    text = QTextBrowser()
    text.setOpenExternalLinks(True)
    text.setHtml(html)
    QVBoxLayout(window).addWidget(text)
    window.show()


def worded(text: str, titles: Mapping[str, str]) -> str:
    """Return a sentence with titles in place of the names of parameters in brackets; those unknown go."""

    def known(match: re.Match[str]) -> str:
        found = [titles[name] for name in match[1].split(", ") if name in titles]
        return f" ({', '.join(found)})" if found else ""

    return _NAMES.sub(known, text)
