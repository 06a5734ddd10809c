"""The first page of the review: what to look through, and for what."""

from __future__ import annotations

from typing import Any

from qgis.core import Qgis, QgsMapLayer, QgsRasterLayer, QgsVectorLayer
from qgis.gui import QgsCollapsibleGroupBoxBasic, QgsFieldComboBox, QgsMapLayerComboBox
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...i18n import translate
from ..context import MAP, DockContext
from ..forms.form_parts import Note, rows
from ..forms.notice import Notice
from .layer_boxes import is_map, is_objects, layer_box
from .sources import DIFFERENCES, KINDS, MATCHES, OBJECTS, UNSURE, WARNINGS, Source, guess_probabilities, kind_title

# The link that computes probabilities; every other goes to the tab Apply.
COMPUTE = "compute"


class SourcePanel(QWidget):
    """Asks for a search (``searchAsked``), shows how far it is, and offers a review that was begun earlier."""

    searchAsked = pyqtSignal()
    cancelAsked = pyqtSignal()
    resumeAsked = pyqtSignal()
    applyAsked = pyqtSignal()
    computeAsked = pyqtSignal()

    def __init__(self, context: DockContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._made: QgsMapLayer | None = None  # the last result that was chosen by itself
        self.kind, self.note = QComboBox(), Note()
        self.map, self.probabilities = layer_box(Qgis.LayerFilter.RasterLayer), layer_box(Qgis.LayerFilter.RasterLayer)
        labels = Qgis.LayerFilters(Qgis.LayerFilter.PolygonLayer | Qgis.LayerFilter.RasterLayer)
        self.labels, self.objects = layer_box(labels), layer_box(Qgis.LayerFilter.PolygonLayer)
        self.field, self.image = QgsFieldComboBox(), layer_box(Qgis.LayerFilter.RasterLayer)
        self.most, self.margin, self.smallest, self.below = (QSpinBox() for _ in range(4))
        self.simplify = QCheckBox(translate("Swath", "Smooth outlines by a pixel"))
        self.notice, self.resume = Notice(), QPushButton()
        self.find = QPushButton(translate("Swath", "Find places"))
        self.cancel = QPushButton(translate("Swath", "Cancel"))
        self.bar, self.step = QProgressBar(), Note()
        self._shown: list[tuple[QFormLayout, frozenset[str], QWidget, QWidget]] = []
        self._lay_out()
        self._connect()
        self.show_busy(False)
        self.offer("")
        self._take_store()
        self.prefill()

    # --- values ------------------------------------------------------------------------------

    def source(self) -> Source:
        """Return what is chosen."""
        kind = self.kind.currentData()
        chosen = self.labels if kind == DIFFERENCES else self.objects
        probabilities = self._probabilities()
        return Source(
            kind,
            self.map.currentLayer() if kind in {UNSURE, DIFFERENCES} else None,
            probabilities.source() if probabilities is not None else "",
            chosen.currentLayer() if kind not in {UNSURE, WARNINGS} else None,
            self.field.currentField() if kind == DIFFERENCES else "",
            self.most.value(),
            self.margin.value(),
            self.smallest.value(),
            self.below.value(),
            self.simplify.isChecked(),
        )

    def shown_layer(self) -> QgsMapLayer | None:
        """Return the layer that is reviewed: map or objects."""
        kind = self.kind.currentData()
        if kind == WARNINGS:
            return self._context.store.layer if self._context.store is not None else None
        return self.map.currentLayer() if kind in {UNSURE, DIFFERENCES} else self.objects.currentLayer()

    def state(self) -> dict[str, Any]:
        """Return what a project keeps."""
        layers = ("map", "probabilities", "labels", "objects", "image")
        numbers = ("most", "margin", "smallest", "below")
        chosen = {name: getattr(self, name).currentLayer() for name in layers}
        return {
            "kind": self.kind.currentData(),
            "field": self.field.currentField(),
            "simplify": self.simplify.isChecked(),
            "layers": {name: layer.id() for name, layer in chosen.items() if layer is not None},
            "numbers": {name: getattr(self, name).value() for name in numbers},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take what a project kept; layers that are gone are left out."""
        place = self.kind.findData(state.get("kind"))
        self.kind.setCurrentIndex(max(place, 0))
        for name, layer_id in dict(state.get("layers", {})).items():
            layer = self._context.project.mapLayer(layer_id)
            if layer is not None and isinstance(getattr(self, name, None), QgsMapLayerComboBox):
                getattr(self, name).setLayer(layer)
        for name, value in dict(state.get("numbers", {})).items():
            if isinstance(getattr(self, name, None), QSpinBox):
                getattr(self, name).setValue(int(value))
        self.field.setField(str(state.get("field", "")))
        self.simplify.setChecked(bool(state.get("simplify", True)))

    def prefill(self) -> None:
        """Choose what the step before made, else what looks like it."""
        layers = list(self._context.project.mapLayers().values())
        for box, fits in ((self.map, is_map), (self.objects, is_objects)):
            found = [layer for layer in layers if fits(layer)]
            if found and not fits(box.currentLayer()):
                box.setLayer(found[-1])
        made = self._context.results.get(MAP)
        result = next((layer for layer in layers if made and layer.source() == made), None)
        if result is not None and result is not self._made:
            self._made = result
            objects = is_objects(result)
            (self.objects if objects else self.map).setLayer(result)
            self.kind.setCurrentIndex(self.kind.findData(OBJECTS if objects else UNSURE))
        if self._probabilities() is None:
            self._guess()

    # --- what it shows -----------------------------------------------------------------------

    def show_busy(self, busy: bool) -> None:
        """Show that a search is at work, or not."""
        self.find.setVisible(not busy)
        self.cancel.setVisible(busy)
        self.bar.setVisible(busy)
        self.bar.setValue(0)
        self.step.say("")
        if busy:
            self.notice.say("")

    def offer(self, text: str) -> None:
        """Offer to go on with an earlier review; "" takes the offer away."""
        self.resume.setText(text)
        self.resume.setVisible(bool(text))

    # --- parts -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for kind in KINDS:
            self.kind.addItem(kind_title(kind), kind)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.probabilities.setAllowEmptyLayer(True, translate("Swath", "Found by itself"))
        self.image.setAllowEmptyLayer(True, translate("Swath", "Found by itself"))
        self.field.setAllowEmptyFieldName(True)
        for box in (self.map, self.probabilities, self.labels, self.objects, self.image):
            box.setProject(self._context.project)
        for box in (self.probabilities, self.image):
            box.setCurrentIndex(0)
        for spin, low, high, value, suffix in (
            (self.most, 1, 1000, 50, ""),
            (self.margin, 1, 100, 50, " %"),
            (self.smallest, 0, 1_000_000, 0, translate("Swath", " pixels")),
            (self.below, 1, 100, 75, " %"),
        ):
            spin.setRange(low, high)
            spin.setValue(value)
            spin.setSuffix(suffix)
        self.smallest.setSpecialValueText(translate("Swath", "Automatic"))
        self.simplify.setChecked(True)
        self.form = rows()
        every, maps = frozenset(KINDS), frozenset({UNSURE, DIFFERENCES})
        self._row(every, translate("Swath", "Look at"), self.kind)
        self._row(every, "", self.note)
        self._row(maps, translate("Swath", "Map"), self.map)
        self._row(frozenset({UNSURE}), translate("Swath", "Probabilities"), self.probabilities)
        self._row(frozenset({DIFFERENCES}), translate("Swath", "Labels"), self.labels)
        self._row(frozenset({DIFFERENCES}), translate("Swath", "Class field"), self.field)
        self._row(frozenset({OBJECTS, MATCHES}), translate("Swath", "Objects"), self.objects)
        self._row(every, translate("Swath", "Image"), self.image)
        self._row(every, translate("Swath", "Places at most"), self.most)
        more = QgsCollapsibleGroupBoxBasic(translate("Swath", "More settings"))
        common, self.form = self.form, rows()
        self._row(frozenset({UNSURE}), translate("Swath", "Lead of the first class below"), self.margin)
        self._row(frozenset({OBJECTS}), translate("Swath", "Confidence below"), self.below)
        self._row(maps, translate("Swath", "Smallest place"), self.smallest)
        self._row(maps, "", self.simplify)
        # The box hides what is directly in it when it is folded; rows that come and go are one level below.
        inside = QWidget()
        inside.setLayout(self.form)
        QVBoxLayout(more).addWidget(inside)
        more.setCollapsed(True)
        self.more = more
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.resume)
        layout.addLayout(common)
        layout.addWidget(more)
        for widget in (self.notice, self.find, self.bar, self.step, self.cancel):
            layout.addWidget(widget)
        self._tips()

    def _row(self, kinds: frozenset[str], title: str, field: QWidget) -> None:
        label = QLabel(title)
        label.setBuddy(field)
        field.setAccessibleName(title or field.accessibleName())
        self._shown.append((self.form, kinds, label, field))

    def _tips(self) -> None:
        for widget, text in (
            (self.probabilities, translate("Swath", "The raster that Classify Pixels wrote as Probabilities")),
            (self.image, translate("Swath", "The image that corrections become samples of")),
            (
                self.margin,
                translate("Swath", "A pixel is uncertain where the likeliest class leads the second by less than this"),
            ),
            (self.smallest, translate("Swath", "Smaller places are left out")),
            (self.below, translate("Swath", "Objects that the model is surer of are left out")),
            (self.simplify, translate("Swath", "Takes the steps of pixels out of the outlines")),
        ):
            widget.setToolTip(text)

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(lambda _place: self._show_kind())
        self.map.layerChanged.connect(lambda _layer: self._guess())
        self.labels.layerChanged.connect(self._show_fields)
        self._show_fields(self.labels.currentLayer())
        self.find.clicked.connect(lambda _checked: self.searchAsked.emit())
        self.cancel.clicked.connect(lambda _checked: self.cancelAsked.emit())
        self.resume.clicked.connect(lambda _checked: self.resumeAsked.emit())
        self.notice.label.setOpenExternalLinks(False)
        self.notice.label.linkActivated.connect(
            lambda link: (self.computeAsked if link == COMPUTE else self.applyAsked).emit()
        )
        self._context.resultsChanged.connect(self.prefill)
        self._context.storeChanged.connect(self._take_store)
        self._show_kind()

    def _show_kind(self) -> None:
        kind = self.kind.currentData()
        # Hidden rows would leave gaps, so that the forms are laid out anew.
        for form in {id(form): form for form, *_ in self._shown}.values():
            while form.rowCount():
                form.takeRow(0)
        for form, kinds, label, field in self._shown:
            if kind in kinds:
                form.addRow(label, field)
            label.setVisible(kind in kinds)
            field.setVisible(kind in kinds)
        self.more.setVisible(kind not in {MATCHES, WARNINGS})
        self.note.say(
            {
                UNSURE: translate("Swath", "Where two classes are about as likely, spread over the whole map."),
                DIFFERENCES: translate("Swath", "The largest first. Without labels nothing is compared."),
                OBJECTS: translate("Swath", "The least certain first, spread over the whole map."),
                MATCHES: translate("Swath", "From the layer that the accuracy assessment of objects makes."),
                WARNINGS: translate("Swath", "Overlaps of classes, slivers and broken outlines of the labels."),
            }[kind]
        )

    def _show_fields(self, layer: QgsMapLayer | None) -> None:
        vector = isinstance(layer, QgsVectorLayer)
        self.field.setLayer(layer if vector else None)
        self.field.setEnabled(vector)

    def _guess(self) -> None:
        """Find the probabilities of the chosen map."""
        layer = self.map.currentLayer()
        if layer is None or layer.providerType() != "gdal":
            return
        path = guess_probabilities(layer.source(), self._context.project)
        found = (item for item in self._context.project.mapLayers().values() if path and item.source() == path)
        layer = next(found, None)
        if layer is None:
            self.probabilities.setCurrentIndex(0)
        else:
            self.probabilities.setLayer(layer)

    def _probabilities(self) -> QgsRasterLayer | None:
        """Return the chosen probabilities; None for a raster that cannot be any: QGIS chooses it for a lost one."""
        layer = self.probabilities.currentLayer()
        return layer if layer is not None and layer.bandCount() > 1 else None

    def _take_store(self) -> None:
        store = self._context.store
        if store is not None:
            in_project = self._context.project.mapLayer(store.layer.id()) is not None
            self.labels.setAdditionalLayers([] if in_project else [store.layer])
            self.labels.setLayer(store.layer)
