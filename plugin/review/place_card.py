"""The card of one place: what the model says, and what one may say to that."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFont, QPixmap
from qgis.PyQt.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...i18n import translate
from ..labeling.class_icons import no_icon, swatch
from .candidates import OPEN, Candidate, Look, class_name, reason_text
from .key_button import KeyButton
from .place_strip import state_text
from .review_keys import ACCEPT, BACKGROUND, DRAW, NEXT, PREVIOUS, SKIP, UNDO

_COLUMNS = 2
_CHIP_PX = 22


class PlaceCard(QWidget):
    """Shows a candidate and asks (``asked`` with the name of an action, ``correctAsked`` with a number from 1)."""

    asked = pyqtSignal(str)
    correctAsked = pyqtSignal(int)
    peekAsked = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place, self.state = QLabel(), QLabel()
        self.chip, self.said, self.sure = QLabel(), QLabel(), QLabel()
        self.bar = QProgressBar()
        self.reason = QLabel()
        self.classes = QGridLayout()
        self.class_buttons: list[KeyButton] = []
        self.buttons: dict[str, KeyButton] = {}
        self.peek = KeyButton(translate("Swath", "Hold to hide the map"), "H")
        self.previous, self.next = QToolButton(), QToolButton()
        self._lay_out()

    def show_place(self, candidate: Candidate, index: int, count: int) -> None:
        """Show what is known of a place."""
        self.place.setText(translate("Swath", "Place {n} of {count}").format(n=index + 1, count=count))
        decided = "" if candidate.decided is None else f": {class_name(candidate.decided)}"
        self.state.setText("" if candidate.state == OPEN else state_text(candidate.state) + decided)
        look, said = candidate.proposal(), candidate.said
        colored = said is not None and bool(said.color)
        self.chip.setPixmap(swatch(said.color).pixmap(_CHIP_PX, _CHIP_PX) if colored else QPixmap())
        self.chip.setVisible(colored)
        self.said.setText(class_name(said) if said is not None else translate("Swath", "Nothing found"))
        known = candidate.certainty >= 0
        self.bar.setVisible(known)
        self.bar.setValue(round(100 * candidate.certainty) if known else 0)
        self.sure.setText(f"{round(100 * candidate.certainty)} %" if known else "")
        text = reason_text(candidate)
        if candidate.size:
            size = translate("Swath", "{count} px").format(
                count=f"{candidate.size:,}".replace(",", "\N{NO-BREAK SPACE}")
            )
            text = f"{text} \N{MIDDLE DOT} {size}"
        self.reason.setText(text.replace(" %", "\N{NO-BREAK SPACE}%"))
        accept = self.buttons[ACCEPT]
        name = translate("Swath", "Accept") if look is None else class_name(look)
        accept.setText(translate("Swath", "Accept: {name}").format(name=name))
        accept.setIcon(swatch(look.color) if look is not None and look.color else no_icon())
        self._mark(look)

    def show_classes(self, classes: Sequence[Look]) -> None:
        """Offer classes to correct to, the first nine with a key."""
        while self.classes.count():
            item = self.classes.takeAt(0)
            if item.widget() is not None:
                item.widget().deleteLater()
        self.class_buttons = []
        for number, look in enumerate(classes, 1):
            button = KeyButton(class_name(look), str(number) if number <= 9 else "")
            button.setIcon(swatch(look.color) if look.color else no_icon())
            button.setIconSize(QSize(14, 14))
            button.setToolTip(class_name(look))
            button.setProperty("look", class_name(look))
            button.setCheckable(True)
            button.clicked.connect(lambda _checked, number=number: self.correctAsked.emit(number))
            self.class_buttons.append(button)
            self.classes.addWidget(button, (number - 1) // _COLUMNS, (number - 1) % _COLUMNS)

    def _mark(self, look: Look | None) -> None:
        """Press in the button of the class that the model says."""
        name = "" if look is None else class_name(look).casefold()
        for button in self.class_buttons:
            said = str(button.property("look")).casefold() == name
            button.setChecked(said)
            font = button.font()
            font.setBold(said)
            button.setFont(font)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._head())
        layout.addWidget(self._model_box())
        title = QLabel(translate("Swath", "What is it really?"))
        layout.addWidget(title)
        self.classes.setSpacing(4)
        for column in range(_COLUMNS):
            self.classes.setColumnStretch(column, 1)
        layout.addLayout(self.classes)
        actions = self._actions()
        actions.addWidget(self.peek, 3, 0, 1, 2)
        layout.addLayout(actions)
        self.peek.pressed.connect(lambda: self.peekAsked.emit(True))
        self.peek.released.connect(lambda: self.peekAsked.emit(False))

    def _head(self) -> QHBoxLayout:
        bold = QFont(self.font())
        bold.setBold(True)
        self.place.setFont(bold)
        head = QHBoxLayout()
        head.addWidget(self.place)
        head.addWidget(self.state, 1)
        for button, arrow, action, text in (
            (self.previous, Qt.ArrowType.LeftArrow, PREVIOUS, translate("Swath", "Previous place (Left)")),
            (self.next, Qt.ArrowType.RightArrow, NEXT, translate("Swath", "Next place (Right)")),
        ):
            button.setArrowType(arrow)
            button.setAutoRaise(True)
            button.setToolTip(text)
            button.setAccessibleName(text)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked, action=action: self.asked.emit(action))
            head.addWidget(button)
        return head

    def _model_box(self) -> QFrame:
        box = QFrame()
        box.setFrameShape(QFrame.Shape.StyledPanel)
        grid = QGridLayout(box)
        grid.setContentsMargins(10, 8, 10, 8)
        large = QFont(self.font())
        large.setBold(True)
        large.setPointSizeF(large.pointSizeF() * 1.35)
        self.said.setFont(large)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.sure.setFont(large)
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(6)
        self.reason.setWordWrap(True)
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        grid.addWidget(self.chip, 0, 0)
        grid.addWidget(self.said, 0, 1)
        self.sure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.sure, 0, 2)
        grid.addWidget(self.bar, 1, 0, 1, 3)
        grid.addWidget(self.reason, 2, 0, 1, 3)
        grid.setColumnStretch(1, 1)
        return box

    def _actions(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        texts = (
            (
                ACCEPT,
                "A",
                "",
                translate("Swath", "The model is right: the place becomes a sample of this class (A or Enter)"),
            ),
            (
                BACKGROUND,
                "B",
                translate("Swath", "Background"),
                translate("Swath", "There is no class or object here: no sample is made (B or 0)"),
            ),
            (
                DRAW,
                "D",
                translate("Swath", "Draw outline"),
                translate("Swath", "Draw the right outline on the map (D)"),
            ),
            (SKIP, "S", translate("Swath", "Skip"), translate("Swath", "Leave this place as it is (S)")),
            (UNDO, "U", translate("Swath", "Undo"), translate("Swath", "Take the last step back (U or Ctrl+Z)")),
        )
        for place, (action, key, text, tip) in enumerate(texts):
            button = KeyButton(text, key)
            button.setToolTip(tip)
            button.clicked.connect(lambda _checked, action=action: self.asked.emit(action))
            self.buttons[action] = button
            if place == 0:
                grid.addWidget(button, 0, 0, 1, 2)
            else:
                grid.addWidget(button, 1 + (place - 1) // 2, (place - 1) % 2)
        return grid
