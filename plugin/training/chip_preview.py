"""Look at chips with their labels drawn, before one trains: page through, shuffle, count."""

from __future__ import annotations

import random
from collections.abc import Sequence
from html import escape

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeySequence, QPainter, QPaintEvent
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QShortcut,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...engine.chips._folder import MapEntry
from ...engine.progress import Reporter
from ...i18n import translate
from ..forms.notice import WARNING, Notice
from ..setup_task import SetupTask
from .chip_folder import ChipFolder
from .chip_pictures import ChipPicture, draw_chip
from .theme import bad, faint

# A tile is at least so wide, in pixels, with room for its caption below.
_TILE_PX, _LEAST_PX, _CAPTION_PX = 165, 110, 18
_MOST_TILES = 24
_MOST_NAMED, _COLUMNS_FROM = 12, 4


class ChipTile(QWidget):
    """One chip and what is on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chip: ChipPicture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """Return a square with a caption."""
        return QSize(_TILE_PX, _TILE_PX + _CAPTION_PX)

    def minimumSizeHint(self) -> QSize:
        """Return nothing: the board decides."""
        return QSize(1, 1)

    def set_chip(self, chip: ChipPicture | None) -> None:
        """Show a chip."""
        self.chip = chip
        self.setToolTip("" if chip is None else "\n".join(filter(None, (str(chip.path), chip.problem))))
        self.update()

    def caption(self) -> str:
        """Return what stands below the picture."""
        if self.chip is None:
            return ""
        return self.chip.problem or ", ".join(self.chip.classes) or translate("Swath", "no label")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture as large as it fits, and the caption."""
        if self.chip is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = self.rect().adjusted(0, 0, 0, -_CAPTION_PX)
        size = self.chip.image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (room.width() - size.width()) // 2, (room.height() - size.height()) // 2
        painter.drawImage(QRect(QPoint(left, top), size), self.chip.image)
        painter.setPen(bad(self.palette()) if self.chip.problem else faint(self.palette(), 0.25))
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        text = painter.fontMetrics().elidedText(self.caption(), Qt.TextElideMode.ElideRight, self.width())
        below = self.rect().adjusted(0, top + size.height() + 1, 0, 0)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), text)
        painter.end()


class ChipPreview(QWidget):
    """Pages of chips of one or more folders."""

    drawn = pyqtSignal()  # a page is complete

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folders: tuple[ChipFolder, ...] = ()
        self.order: list[tuple[ChipFolder, MapEntry]] = []
        self.first = 0
        self.tiles: list[ChipTile] = []
        self.labels = QCheckBox(translate("Swath", "Labels"))
        self.counts, self.notice, self.place = QLabel(), Notice(), QLabel()
        self.back = _button("/mActionArrowLeft.svg", translate("Swath", "Earlier chips (Page Up)"))
        self.forth = _button("/mActionArrowRight.svg", translate("Swath", "Further chips (Page Down)"))
        self.shuffle = _button("", translate("Swath", "In another order, by chance"))
        self.shuffle.setText(translate("Swath", "Shuffle"))
        self._task: SetupTask | None = None
        self._again = False
        self._columns = 0
        self._lay_out()

    def _lay_out(self) -> None:
        self.labels.setChecked(True)
        self.labels.toggled.connect(lambda _on: self.draw())
        self.back.clicked.connect(lambda _checked: self.turn(-1))
        self.forth.clicked.connect(lambda _checked: self.turn(1))
        self.shuffle.clicked.connect(lambda _checked: self.mix())
        for key, pages in ((QKeySequence("PgUp"), -1), (QKeySequence("PgDown"), 1)):
            shortcut = QShortcut(key, self)
            # The map canvas pages with the same keys.
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda pages=pages: self.turn(pages))
        self.counts.setWordWrap(True)
        self.counts.setTextFormat(Qt.TextFormat.RichText)
        # A table of classes must not widen the dock.
        self.counts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        font = self.counts.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        self.counts.setFont(font)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.back, self.place, self.forth, self.shuffle):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.labels)
        self._board = QWidget()
        # Its tiles follow its size, not the other way round.
        self._board.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._board.installEventFilter(self)
        self._grid = QGridLayout(self._board)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 6, 2, 2)
        layout.addLayout(row)
        layout.addWidget(self._board, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self.counts)

    # --- which chips -----------------------------------------------------------------------------

    def set_folders(self, folders: Sequence[ChipFolder]) -> None:
        """Show the chips of these folders."""
        self.folders = tuple(folders)
        self.order = [(folder, entry) for folder in self.folders for entry in folder.entries]
        self.first = 0
        self.notice.say(next((item.problem for item in folders if item.problem), ""), WARNING)
        self.counts.setText(counts_text(self.folders))
        self.draw()

    def turn(self, pages: int) -> None:
        """Show the page so many further on."""
        step = max(len(self.tiles), 1)
        last = max((len(self.order) - 1) // step * step, 0)
        self.first = min(max(self.first + pages * step, 0), last)
        self.draw()

    def mix(self, seed: int | None = None) -> None:
        """Show the chips in an order by chance."""
        random.Random(seed).shuffle(self.order)  # noqa: S311 - no secret
        self.first = 0
        self.draw()

    def draw(self) -> None:
        """Read the page's chips in the background and show them."""
        shown = self.order[self.first : self.first + len(self.tiles)]
        count = len(self.order)
        text = translate("Swath", "{first} to {last} of {count}") if count else translate("Swath", "no chips")
        self.place.setText(text.format(first=self.first + 1, last=self.first + len(shown), count=count))
        self.back.setEnabled(self.first > 0)
        self.forth.setEnabled(self.first + len(self.tiles) < count)
        self.shuffle.setEnabled(count > len(self.tiles))
        if not self.isVisible():
            return
        if self._task is not None:
            self._again = True
            return
        labels = self.labels.isChecked()

        def work(reporter: Reporter) -> list[ChipPicture]:
            return [draw_chip(folder, entry, labels=labels) for folder, entry in shown]

        self._task = SetupTask(translate("Swath", "Draw chips"), work)
        self._task.ended.connect(self._take)
        QgsApplication.taskManager().addTask(self._task)

    def _take(self, chips: list[ChipPicture] | None, error: BaseException | None) -> None:
        self._task = None
        if self._again:
            self._again = False
            self.draw()
            return
        for number, tile in enumerate(self.tiles):
            tile.set_chip(chips[number] if chips is not None and number < len(chips) else None)
        if error is not None:
            self.notice.say(str(error), WARNING)
        self.drawn.emit()

    # --- room ------------------------------------------------------------------------------------

    def showEvent(self, event: object) -> None:
        """Draw what was asked for while nobody looked."""
        super().showEvent(event)
        self._fill()
        self.draw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Use the room for more or fewer chips."""
        if watched is self._board and event.type() == QEvent.Type.Resize and self._fill():
            self.draw()
        return super().eventFilter(watched, event)

    def _fill(self) -> bool:
        """Make as many tiles as fit; tell whether their number changed."""
        room = self._board.size()
        columns, rows = best_grid(room.width(), room.height())
        wanted = min(columns * rows, _MOST_TILES)
        if wanted == len(self.tiles) and columns == self._columns:
            return False
        while len(self.tiles) > wanted:
            self.tiles.pop().deleteLater()
        while len(self.tiles) < wanted:
            self.tiles.append(ChipTile())
        for tile in self.tiles:
            self._grid.removeWidget(tile)
        for number, tile in enumerate(self.tiles):
            self._grid.addWidget(tile, number // columns, number % columns)
        self._columns = columns
        return True


def best_grid(width: int, height: int) -> tuple[int, int]:
    """Return how many columns and rows of square pictures cover most of a room, in pixels."""
    found, most = (2, 1), 0.0
    for columns in range(1, max(width // _LEAST_PX, 2) + 1):
        side = width / columns
        rows = max(int(height / (side + _CAPTION_PX)), 1)
        side = max(min(side, height / rows - _CAPTION_PX), 1.0)
        # One large picture says less than some smaller ones.
        if columns * rows * side**1.6 > most and columns * rows > 1:
            found, most = (columns, rows), columns * rows * side**1.6
    return found


def counts_text(folders: Sequence[ChipFolder]) -> str:
    """Return the classes of some folders with their colours and counts, as rich text."""
    classes = {item.value: item for folder in folders for item in folder.classes}
    totals: dict[int, int] = {}
    chips: dict[int, int] = {}
    for folder in folders:
        for value, count in folder.totals.items():
            totals[value] = totals.get(value, 0) + count
        for counts in folder.counts.values():
            for value, count in counts.items():
                chips[value] = chips.get(value, 0) + bool(count)
    objects = any(folder.in_objects for folder in folders)
    whole = sum(totals.values())
    parts = []
    for value, item in list(classes.items())[:_MOST_NAMED]:
        color = QColor(*item.color).name()
        said = [item.name]
        if value in totals:
            number = translate("Swath", "{count} objects").format(count=totals[value])
            said.append(number if objects else f"{100 * totals[value] / max(whole, 1):.1f} %")
        if value in chips:
            said.append(translate("Swath", "on {count} chips").format(count=chips[value]))
        parts.append(f"<span style='color:{color}'>■</span>&nbsp;{escape(' '.join(said))}")
    if len(classes) > _MOST_NAMED:
        parts.append(translate("Swath", "and {count} more classes").format(count=len(classes) - _MOST_NAMED))
    if len(parts) < _COLUMNS_FROM:
        return " &nbsp;".join(parts)
    half = -(-len(parts) // 2)
    rows = zip(parts[:half], [*parts[half:], ""])
    lines = (f"<tr><td style='padding-right:14px'>{left}</td><td>{right}</td></tr>" for left, right in rows)
    return f"<table>{''.join(lines)}</table>"


def _button(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    if icon:
        button.setIcon(QgsApplication.getThemeIcon(icon))
    return button
