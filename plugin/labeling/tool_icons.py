"""Icons of the drawing tools, in the colours of the theme."""

from __future__ import annotations

from qgis.PyQt.QtCore import QByteArray, QRectF, Qt
from qgis.PyQt.QtGui import QIcon, QPainter, QPalette, QPixmap
from qgis.PyQt.QtSvg import QSvgRenderer

UNDO = (
    '<path d="M9 4 L4 9 L9 14 M4 9 H14 C22 9 22 19 14 19 H10" fill="none" stroke="{ink}" stroke-width="2.2" '
    'stroke-linecap="round" stroke-linejoin="round"/>'
)
REDO = (
    '<path d="M15 4 L20 9 L15 14 M20 9 H10 C2 9 2 19 10 19 H14" fill="none" stroke="{ink}" stroke-width="2.2" '
    'stroke-linecap="round" stroke-linejoin="round"/>'
)
MAGNET = (
    '<path d="M4 4 H9 V12 C9 16 15 16 15 12 V4 H20 V12 C20 23 4 23 4 12 Z" fill="{accent}" stroke="{ink}" '
    'stroke-width="1.6"/><path d="M4 8 H9 M15 8 H20" stroke="{ink}" stroke-width="1.6"/>'
)
_SIDES = (16, 20, 24, 32, 48)


def tool_icon(body: str, palette: QPalette) -> QIcon:
    """Return the icon of an SVG body of 24 x 24, in which ``{ink}`` and ``{accent}`` stand for colours."""
    made = QIcon()
    for mode, group in (
        (QIcon.Mode.Normal, QPalette.ColorGroup.Active),
        (QIcon.Mode.Disabled, QPalette.ColorGroup.Disabled),
    ):
        ink = palette.color(group, QPalette.ColorRole.ButtonText).name()
        accent = palette.color(group, QPalette.ColorRole.Highlight).name()
        # The accent is kept pale, so that the outline shows on it.
        pale = body.replace('fill="{accent}"', 'fill="{accent}" fill-opacity="0.45"')
        pale = pale.replace('stroke="{accent}"', 'stroke="{accent}" stroke-opacity="0.45"')
        text = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{pale.format(ink=ink, accent=accent)}</svg>'
        )
        renderer = QSvgRenderer(QByteArray(text.encode()))
        for side in _SIDES:
            pixmap = QPixmap(side, side)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter, QRectF(0, 0, side, side))
            painter.end()
            made.addPixmap(pixmap, mode)
    return made
