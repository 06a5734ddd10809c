"""How good a map or found objects are: the two assessments, their headline numbers, and the way to the errors."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsMapLayer, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QFont
from qgis.PyQt.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ...i18n import translate
from ..context import DockContext
from ..forms.algorithm_form import TEMPORARY, AlgorithmForm
from ..forms.form_parts import file_links

PIXELS, OBJECTS = "swath:pixelaccuracy", "swath:objectaccuracy"
_UPFRONT = ("CLASSIFIED", "DETECTED", "REFERENCE", "CLASS_FIELD", "MIN_IOU")


class AccuracyPage(QWidget):
    """Runs an assessment; ``matchesMade`` gives the layer of missed and false objects to step through."""

    matchesMade = pyqtSignal(object)
    differencesAsked = pyqtSignal(object, object)  # the map and the reference, None where they are no layers
    backAsked = pyqtSignal()

    def __init__(self, context: DockContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._matches: QgsVectorLayer | None = None
        self.what = QComboBox()
        self.back = QPushButton(translate("Swath", "Back"))
        self.forms: dict[str, AlgorithmForm] = {}
        self.numbers, self.links = QGridLayout(), QLabel()
        self.figures: dict[str, QLabel] = {}
        self.errors = QPushButton(translate("Swath", "Step through the errors"))
        self.result = QFrame()
        self._lay_out()

    def show_for(self, kind: str, values: dict[str, Any]) -> None:
        """Show the form of an assessment, with values over those it has."""
        self.what.setCurrentIndex(self.what.findData(kind))
        self._form(kind).set_values(values)

    def state(self) -> dict[str, Any]:
        """Return what a project keeps."""
        return {"what": self.what.currentData(), "forms": {kind: form.values() for kind, form in self.forms.items()}}

    def restore(self, state: dict[str, Any]) -> None:
        """Take what a project kept."""
        for kind, values in dict(state.get("forms", {})).items():
            if kind in {PIXELS, OBJECTS}:
                self._form(kind).set_values(values)
        self.what.setCurrentIndex(max(0, self.what.findData(state.get("what"))))

    def show_numbers(self, kind: str, results: dict[str, Any]) -> None:
        """Show the headline numbers of an assessment, and its report as a link."""
        while self.numbers.count():
            self.numbers.takeAt(0).widget().deleteLater()
        self.figures = {}
        for column, (name, title, percent) in enumerate(_headlines(kind)):
            value = results.get(name)
            figure, label = QLabel(_figure(value, percent=percent)), QLabel(title)
            font = QFont(self.font())
            font.setBold(True)
            font.setPointSizeF(font.pointSizeF() * 1.5)
            figure.setFont(font)
            self.figures[name] = figure
            for row, widget in enumerate((figure, label)):
                widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
                self.numbers.addWidget(widget, row, column)
        self.links.setText(file_links((results.get("REPORT"), translate("Swath", "Open the report"))))
        self.links.setVisible(bool(results.get("REPORT")))
        self.result.show()

    def _form(self, kind: str) -> AlgorithmForm:
        """Return the form of an assessment, made when it is first looked at."""
        if kind not in self.forms:
            values = {"REPORT": TEMPORARY, "OUTPUT": TEMPORARY}
            form = AlgorithmForm(self._context, kind, values=values, upfront=_UPFRONT)
            form.load = ("MATCHES",) if kind == OBJECTS else ()
            if kind == OBJECTS:
                form.set_value("MATCHES", TEMPORARY)
            form.panel.run_button.setText(translate("Swath", "Compute accuracy"))
            form.started.connect(self._follow)
            form.finished.connect(lambda ok, results, _text, kind=kind: self._end(kind, ok, results))
            self.forms[kind] = form
            self.place.addWidget(form, 1)
        return self.forms[kind]

    def _follow(self, run: Any) -> None:
        self.result.hide()
        self._matches = None
        run.finished.connect(lambda _ok, _results, _text: self._take_layers(run.layers))

    def _take_layers(self, layers: dict[str, QgsMapLayer]) -> None:
        found = layers.get("MATCHES")
        self._matches = found if isinstance(found, QgsVectorLayer) else None

    def _end(self, kind: str, ok: bool, results: dict[str, Any]) -> None:
        if ok:
            self.show_numbers(kind, results)

    def _step(self) -> None:
        if self.what.currentData() == PIXELS:
            self.differencesAsked.emit(self._layer("CLASSIFIED"), self._layer("REFERENCE"))
        elif self._matches is not None and not sip.isdeleted(self._matches):  # it may be removed from the project
            self.matchesMade.emit(self._matches)

    def _layer(self, name: str) -> QgsMapLayer | None:
        """Return the layer of the project that an assessment of pixels was about."""
        value = self._form(PIXELS).value(name)
        return value if isinstance(value, QgsMapLayer) else self._context.project.mapLayer(str(value or ""))

    def _show(self) -> None:
        kind = self.what.currentData()
        self._form(kind)
        for name, form in self.forms.items():
            form.setVisible(name == kind)
        self.result.hide()

    def showEvent(self, event: Any) -> None:
        """Make the form when it is looked at for the first time."""
        self._show()
        super().showEvent(event)

    def _lay_out(self) -> None:
        self.what.addItem(translate("Swath", "Accuracy of a map"), PIXELS)
        self.what.addItem(translate("Swath", "Accuracy of found objects"), OBJECTS)
        self.what.setAccessibleName(translate("Swath", "What to assess"))
        self.what.currentIndexChanged.connect(lambda _place: self.isVisible() and self._show())
        self.back.clicked.connect(lambda _checked: self.backAsked.emit())
        self.errors.clicked.connect(lambda _checked: self._step())
        head = QHBoxLayout()
        head.addWidget(self.back)
        head.addWidget(self.what, 1)
        self.links.setOpenExternalLinks(True)
        self.links.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.result.setFrameShape(QFrame.Shape.StyledPanel)
        inside = QVBoxLayout(self.result)
        inside.addLayout(self.numbers)
        inside.addWidget(self.links)
        inside.addWidget(self.errors)
        self.result.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self.result)
        self.place = QVBoxLayout()
        layout.addLayout(self.place, 1)


def _headlines(kind: str) -> tuple[tuple[str, str, bool], ...]:
    """Return name, title, and whether it is shown in percent, of the numbers that count."""
    if kind == PIXELS:
        return (
            ("OVERALL_ACCURACY", translate("Swath", "Overall accuracy"), True),
            ("KAPPA", translate("Swath", "Kappa"), False),
            ("MEAN_IOU", translate("Swath", "Mean IoU"), True),
        )
    return (
        ("F1", translate("Swath", "F1 score"), True),
        ("MAP", translate("Swath", "mAP"), True),
        ("PRECISION", translate("Swath", "Precision"), True),
        ("RECALL", translate("Swath", "Recall"), True),
    )


def _figure(value: Any, *, percent: bool) -> str:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return "–"
    return f"{100 * number:.1f} %" if percent else f"{number:.2f}"
