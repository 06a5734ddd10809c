"""Colours of charts and sentences, for light and dark windows."""

from __future__ import annotations

from qgis.PyQt.QtGui import QColor, QPalette

# After Okabe and Ito: told apart by colour-blind readers, too.
_ON_LIGHT = ("#1f6fb5", "#d55e00", "#00855f", "#b8569a", "#9a6a00", "#5b6bc8", "#8c4a4a", "#5f6b7a")
_ON_DARK = ("#6ab0f3", "#ff9a5c", "#4fd1a5", "#eba6d3", "#f0c24e", "#a5b1ff", "#e2a3a3", "#b4bfcc")


def is_dark(palette: QPalette) -> bool:
    """Tell whether windows are dark."""
    return palette.color(QPalette.ColorRole.Base).lightness() < 128


def series_color(palette: QPalette, number: int) -> QColor:
    """Return the colour of the ``number``-th line of a chart."""
    colors = _ON_DARK if is_dark(palette) else _ON_LIGHT
    return QColor(colors[number % len(colors)])


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """Return a colour between two; ``share`` 0 is the first."""
    parts = ((a, b) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3]))
    return QColor(*(round(a + (b - a) * share) for a, b in parts))


def faint(palette: QPalette, share: float = 0.85) -> QColor:
    """Return the colour of a text, faded into the ground: for grids and notes."""
    return mixed(palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base), share)


def good(palette: QPalette) -> QColor:
    """Return the colour of what went well."""
    return QColor("#57c98a") if is_dark(palette) else QColor("#1d7a45")


def bad(palette: QPalette) -> QColor:
    """Return the colour of what went wrong."""
    return QColor("#ff8f80") if is_dark(palette) else QColor("#b3261e")
