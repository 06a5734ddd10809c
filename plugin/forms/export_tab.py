"""The tab "Export": samples and their image to chips."""

from __future__ import annotations

from html import escape
from typing import Any

from qgis.core import QgsMapLayer, QgsRasterLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import QCheckBox, QComboBox, QPushButton, QVBoxLayout, QWidget

from ...i18n import translate
from ..context import DockContext
from ..labeling.image_layers import likely_image
from .algorithm_form import TEMPORARY, AlgorithmForm
from .chip_estimate import ChipEstimate
from .export_folder import proposed
from .export_source import Labeled, labeled, labeled_images, same_layer, with_samples
from .form_parts import Note, file_links, pair, rows
from .output_notice import OutputNotice
from .purposes import purpose_note, purposes
from .run_panel import time_text
from .run_task import AlgorithmRun
from .tile_sizes import TileSizes
from .web_notice import WebNotice

ALGORITHM = "swath:exporttrainingdata"
_SETTLE_MS = 300
_UPFRONT = ("INPUT", "LABELS", "TILE_SIZE_X", "TILE_SIZE_Y", "STRIDE_X", "STRIDE_Y", "ALL_TILES", "OUTPUT")


class ExportTab(QWidget):
    """A form over Export Training Data that follows the samples at work."""

    def __init__(self, context: DockContext) -> None:
        super().__init__()
        self._context, self._store = context, None
        self._proposed = ""
        self._image_at_work: QgsRasterLayer | None = None
        self._queue: list[QgsRasterLayer] = []  # images that are still to be exported into the same folder
        self._begun = False  # some of them are done
        self._made: list[float] = []  # chips, features and seconds
        self.form = AlgorithmForm(context, ALGORITHM, hidden=("FORMAT", "REPORT"), upfront=_UPFRONT)
        self.form.panel.run_button.setText(translate("Swath", "Export"))
        self.form.adjust = self._adjust
        self._sizes, self._estimate = TileSizes(self.form), ChipEstimate(self.form)
        self._found = Labeled(0, 0, 0)
        self.purpose, self.purpose_note = QComboBox(), Note()
        self.labels_note = Note()
        self.areas = QCheckBox()
        self.all_images = QCheckBox()
        self.folder_notice, self.web_notice = OutputNotice(), WebNotice()
        self.train_button = QPushButton(translate("Swath", "Train with these chips"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._refresh_if_seen)
        self._lay_out()
        self._connect()
        self._take_store()

    def title(self) -> str:
        """Return the tab's title."""
        return translate("Swath", "Export")

    def state(self) -> dict[str, Any]:
        """Return what a project keeps."""
        values = self.form.values()
        if values.get("OUTPUT") == self._proposed:
            del values["OUTPUT"]  # a free one is proposed anew
        return {"values": values, "areas": self.areas.isChecked(), "all_images": self.all_images.isChecked()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take what a project kept."""
        values = dict(state.get("values", {}))
        place = self.purpose.findData(values.pop("FORMAT", ""))
        self.form.set_values(values)
        if place >= 0:
            self.purpose.setCurrentIndex(place)
        self.areas.setChecked(bool(state.get("areas", True)))
        self.all_images.setChecked(bool(state.get("all_images", False)))
        self.refresh()

    def _forget(self) -> None:
        """Another project begins: its labels, images and folders are others."""
        self._queue, self._begun, self._proposed, self._image_at_work = [], False, "", None
        self.train_button.hide()
        self.form.reset()
        self.areas.setChecked(True)
        self.all_images.setChecked(False)
        self.purpose.setCurrentIndex(0)
        self._take_purpose()

    def refresh(self) -> None:
        """Say what would be exported now, and where to."""
        image, store = self._image(), self._context.store if self._own_labels() else None
        self._found = labeled(store, image) if store is not None else Labeled(0, 0, 0)
        self.areas.setText(
            translate("Swath", "Only within fully labeled areas ({count})").format(count=self._found.areas)
        )
        self.areas.setVisible(self._found.areas > 0)
        images = labeled_images(store, self._context.project) if store is not None else []
        text = translate("Swath", "All {count} labeled images, one after another").format(count=len(images))
        self.all_images.setText(text)
        self.all_images.setVisible(len(images) > 1)
        self._say_found(None)
        self._estimate.ask(store, image, masked=self._found.areas > 0 and self.areas.isChecked())
        self._propose()
        self.web_notice.look(image, self.form)
        self.folder_notice.look("" if self.form.panel.current is not None else self.form.output("OUTPUT"))

    def _say_found(self, chips: int | None) -> None:
        if not self._own_labels():
            self.labels_note.say("" if self._labels() is not None else _nothing_to_export())
            return
        text = translate("Swath", "Samples on this image: {samples}, of classes: {classes}.")
        text = text.format(samples=self._found.samples, classes=self._found.classes)
        if chips is not None:
            text += " " + translate("Swath", "Chips: about {count}.").format(count=chips)
        self.labels_note.say(text)

    def _refresh_if_seen(self) -> None:
        """Spare the work while another tab is in front: it is done when this one shows."""
        if self.isVisible():
            self.refresh()

    # --- parts --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for format_id, text in purposes():
            self.purpose.addItem(text, format_id)
        self.purpose.setAccessibleName(translate("Swath", "What the model should do"))
        self.purpose.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.areas.setChecked(True)
        self.areas.setToolTip(
            translate(
                "Swath",
                "Chips that do not lie wholly within an area that you marked as fully labeled are left out, so that "
                "nothing unlabeled is learnt as background.",
            )
        )
        take, fields = self.form.take, rows()
        fields.addRow(translate("Swath", "Image"), take("INPUT"))
        fields.addRow(translate("Swath", "Labels"), take("LABELS"))
        fields.addRow("", self.labels_note)
        fields.addRow(translate("Swath", "Goal"), self.purpose)
        fields.addRow("", self.purpose_note)
        fields.addRow(translate("Swath", "Tile size"), pair(take("TILE_SIZE_X"), take("TILE_SIZE_Y")))
        fields.addRow(translate("Swath", "Stride"), pair(take("STRIDE_X"), take("STRIDE_Y")))
        fields.addRow(translate("Swath", "Folder"), take("OUTPUT"))
        self.form.top.addLayout(fields)
        for widget in (self.web_notice, self.folder_notice, self.areas, self.all_images, self.form.take("ALL_TILES")):
            self.form.top.addWidget(widget)
        self.train_button.hide()
        self.form.panel.layout().insertWidget(1, self.train_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.form)

    def _connect(self) -> None:
        self._context.storeChanged.connect(self._take_store)
        self._context.project.cleared.connect(self._forget)
        self.purpose.currentIndexChanged.connect(self._take_purpose)
        self.form.valuesChanged.connect(self._timer.start)
        self.areas.toggled.connect(self._timer.start)
        self._estimate.answered.connect(self._say_found)
        self.form.started.connect(lambda _run: self.train_button.hide())
        self.form.panel.done_text = self._done_text
        self.form.finished.connect(self._end)
        self.folder_notice.placeAsked.connect(lambda path: self.form.set_value("OUTPUT", path))
        self.folder_notice.cleaned.connect(self.refresh)
        self.folder_notice.failed.connect(self._context.tell)
        self.train_button.clicked.connect(lambda _checked: self._context.tabAsked.emit("train"))
        self._take_purpose()

    def _take_purpose(self) -> None:
        format_id = self.purpose.currentData()
        self.form.set_value("FORMAT", format_id)
        self.purpose_note.say(purpose_note(format_id))
        self._timer.start()

    def _take_store(self) -> None:
        store, earlier = self._context.store, self._store
        self._store = store
        if earlier is not None:
            for signal in (earlier.samplesChanged, earlier.areasChanged, earlier.currentImageChanged):
                signal.disconnect(self._store_changed)
        if store is not None:
            for signal in (store.samplesChanged, store.areasChanged, store.currentImageChanged):
                signal.connect(self._store_changed)
            self.form.set_value("LABELS", store.layer)
            self._image_at_work = None
            self._follow_image()
        self.refresh()

    def _store_changed(self, *_changes: object) -> None:
        self._follow_image()
        self._timer.start()

    def _follow_image(self) -> None:
        """Show the image that is being labeled; one that the user chose here stays until another is labeled."""
        store = self._context.store
        image = store.current_image if store is not None else None
        if image is None and store is not None and self._image() is None:  # after a project was opened
            image = next(iter(labeled_images(store, self._context.project)), None)
        if image is not None and image is not self._image_at_work:
            self._image_at_work = image
            self.form.set_value("INPUT", image)

    # --- values -------------------------------------------------------------------------------------

    def _layer(self, name: str) -> QgsMapLayer | None:
        value = self.form.value(name)
        return value if isinstance(value, QgsMapLayer) else self._context.project.mapLayer(str(value or ""))

    def _image(self) -> QgsRasterLayer | None:
        layer = self._layer("INPUT")
        return layer if isinstance(layer, QgsRasterLayer) else None

    def _labels(self) -> QgsMapLayer | None:
        return self._layer("LABELS")

    def _own_labels(self) -> bool:
        """Tell whether the labels are the samples at work."""
        store = self._context.store
        return store is not None and (self._labels() is None or same_layer(self._labels(), store.layer))

    def _adjust(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters of the next run: the samples and areas of one image only."""
        store = self._context.store
        if store is not None and self._own_labels():
            if not self._begun:
                several = self.all_images.isVisibleTo(self.form) and self.all_images.isChecked()
                self._queue = labeled_images(store, self._context.project) if several else []
            image = self._queue[0] if self._queue else self._image()
            if self._queue:
                given = {**given, "INPUT": image.id()}
            mask = self.areas.isChecked() and "MASK" not in given
            given = with_samples(given, store, image, self._context.project, mask=mask)
        return {**given, "REPORT": _report_path(str(given.get("OUTPUT", "")))}

    def _propose(self) -> None:
        """Keep the folder free as long as the user has not chosen one."""
        if self.form.output("OUTPUT") not in ("", self._proposed) or self.form.panel.current is not None:
            return
        store, image = self._context.store, self._image()
        samples = store.path if store is not None and self._own_labels() else None
        place = proposed(samples, image.name() if image is not None else "", self.purpose.currentData())
        if place != self._proposed:
            self._proposed = place
            self.form.set_value("OUTPUT", place or TEMPORARY)

    # --- the end of a run -----------------------------------------------------------------------------

    def _end(self, ok: bool, results: dict[str, Any], _text: str) -> None:
        ok = ok and self.form.panel.last is not None and not self.form.panel.last.adrift
        if ok:
            self._context.remember(chips=str(results["OUTPUT"]))
            self._begun = self._begun or bool(self._queue)
            # Images may have been removed meanwhile.
            self._queue = [image for image in self._queue[1:] if not sip.isdeleted(image)]
            if self._queue and self.form.run() is not None:
                return
        self._begun, self._queue = False, []
        self.train_button.setVisible(ok)
        self.refresh()

    def _done_text(self, run: AlgorithmRun, results: dict[str, Any]) -> str:
        """Return what was made, of all images where there were several."""
        made = (results["CHIPS"], results["FEATURES"], run.seconds)
        self._made = [one + other for one, other in zip(self._made, made)] if self._begun else list(made)
        chips, features, seconds = self._made
        text = translate("Swath", "{chips} chips with {features} labeled features, in {time}.")
        text = text.format(chips=chips, features=features, time=time_text(seconds))
        report = (results.get("REPORT"), translate("Swath", "Report"))
        folder = (results["OUTPUT"], translate("Swath", "Folder"))
        return f"{escape(text)} {file_links(report, folder)}"

    def showEvent(self, event: QShowEvent) -> None:
        """Look at folders and layers anew: they may have changed meanwhile."""
        if self._image() is None and self._context.store is None:
            self.form.set_value("INPUT", likely_image(self._context.project, self._context.canvas))
        self.refresh()
        super().showEvent(event)


def _report_path(folder: str) -> str:
    """Return where the report of a folder of chips goes: beside it, as a folder must be empty at first."""
    return TEMPORARY if folder in ("", TEMPORARY) else f"{folder.rstrip('/')}_report.html"


def _nothing_to_export() -> str:
    return translate("Swath", "Draw samples in the tab Label, or choose a layer that has labels.")
