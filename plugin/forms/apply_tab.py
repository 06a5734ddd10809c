"""The tab "Apply": a trained model over an image, first what the map shows of it, then all."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsMapLayerProxyModel, QgsRasterLayer
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtGui import QHideEvent, QShowEvent
from qgis.PyQt.QtWidgets import QComboBox, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from ...engine.errors import SwathError
from ...i18n import translate
from ...processing_provider.sentences import sentence
from ..context import IMAGE, MAP, MODEL, DockContext
from ..labeling.image_layers import likely_image
from .algorithm_form import TEMPORARY, AlgorithmForm
from .applied_tasks import TASKS, AppliedTask, applied_task
from .form_parts import rows
from .model_picker import ModelPicker
from .output_notice import OutputNotice
from .preview import View, preview_group, preview_text, remove_preview, view_of
from .result_bar import ResultBar
from .result_layers import above, dressed, in_group
from .result_place import proposed_result
from .run_panel import time_text
from .run_task import AlgorithmRun
from .web_notice import WebNotice

# Shown, they would cover the map.
_SWITCHED_OFF = ("PROBABILITIES",)


class ApplyTab(QWidget):
    """Forms over the algorithms that apply models; the model's task tells which one is shown."""

    def __init__(self, context: DockContext) -> None:
        super().__init__()
        self.context = context
        self._forms: dict[str, AlgorithmForm] = {}
        self._kept: dict[str, dict[str, Any]] = {}  # values of forms that were not needed yet
        self._model_filled = self._proposed = self._source = ""
        self._view: View | None = None
        self._preview_run: AlgorithmRun | None = None
        self._store: Any = None
        self.picker = ModelPicker()
        self.image = QgsMapLayerComboBox()
        self.head = QWidget()
        self.preview_button = QPushButton(translate("Swath", "Preview"))
        self.output_notice, self.web_notice = OutputNotice(), WebNotice()
        self.result = ResultBar(context.project)
        self._stack = QStackedLayout()
        self._lay_out()
        self._connect()
        self._show_task(TASKS[0])
        self._fill_in()
        self.refresh()

    def title(self) -> str:
        """Return the tab's title."""
        return translate("Swath", "Apply")

    @property
    def form(self) -> AlgorithmForm:
        """Return the form of the model's task."""
        return self._forms[self._task.task]

    def state(self) -> dict[str, Any]:
        """Return what a project keeps."""
        values = {**self._kept, **{task: form.values() for task, form in self._forms.items()}}
        kept = {
            task: {name: value for name, value in item.items() if name != "OUTPUT"} for task, item in values.items()
        }
        layer = self.image.currentLayer()
        return {"model": self.picker.path(), "image": layer.id() if layer is not None else "", "values": kept}

    def restore(self, state: dict[str, Any]) -> None:
        """Take what a project kept."""
        self._kept = {str(task): dict(values) for task, values in state.get("values", {}).items()}
        for task, form in self._forms.items():
            form.set_values(self._kept.get(task, {}))
        if state.get("model"):
            self.picker.set_path(str(state["model"]))
        layer = self.context.project.mapLayer(str(state.get("image", "")))
        if layer is not None:
            self.image.setLayer(layer)

    def _forget(self) -> None:
        """Another project begins: its model and its results are others."""
        self._kept, self._model_filled, self._proposed = {}, "", ""
        self.picker.set_path("")
        for form in self._forms.values():
            form.reset()
        self.refresh()

    def refresh(self) -> None:
        """Show what fits the model and the image chosen now."""
        busy = self.form.panel.current is not None
        image = self._image()
        if image is not self.picker.image:
            self.picker.set_image(image)
        ready = self.picker.fits() and image is not None and image.isValid() and not busy
        self.form.panel.run_button.setEnabled(ready)
        self.preview_button.setEnabled(ready)
        self.preview_button.setVisible(not busy)  # its place is that of Cancel
        if not busy:
            self._propose()
        self.web_notice.look(image, self.form, self._learnt_cells())
        self.output_notice.look("" if busy else self.form.output("OUTPUT"))

    def preview(self) -> None:
        """Apply the model to what the map shows of the image."""
        image = self._image()
        if image is None or not image.isValid():
            return
        try:
            cells = float(self.form.value("CELL_SIZE") or 0)
            if image.dataProvider().xSize() <= 0:  # a web layer is best drawn as the model saw its chips
                cells = cells or self._learnt_cells()
            view = view_of(self.context.canvas, image, self.context.project, cells)
        except SwathError as error:
            self.form.panel.refuse(sentence(error))
            return
        # Only this image, and nothing but the result.
        left_out = dict.fromkeys(("PROBABILITIES", "ADDITIONAL_RASTERS", "INPUT_FOLDER", "MASK"))
        changes: dict[str, Any] = {**left_out, "EXTENT": view.extent, "OUTPUT": TEMPORARY}
        if view.cell_size:
            changes["CELL_SIZE"] = view.cell_size
        self._view = view
        self._preview_run = self.form.run(changes, ("OUTPUT",), in_group(preview_group()))

    # --- parts --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.image.setFilters(QgsMapLayerProxyModel.Filter.RasterLayer)
        self.image.setAllowEmptyLayer(True)
        self.image.setAccessibleName(translate("Swath", "Image"))
        self.image.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.preview_button.setIcon(QgsApplication.getThemeIcon("/mActionZoomToArea.svg"))
        self.preview_button.setToolTip(translate("Swath", "Applies the model to what the map shows now: seconds"))
        fields = rows()
        fields.addRow(translate("Swath", "Model"), self.picker)
        fields.addRow(translate("Swath", "Image"), self.image)
        self.head.setLayout(fields)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._stack)

    def _connect(self) -> None:
        self.picker.changed.connect(self._take_model)
        self.picker.cellsAsked.connect(lambda size: self.form.set_value("CELL_SIZE", size))
        self.image.layerChanged.connect(lambda _layer: self.refresh())
        self.preview_button.clicked.connect(lambda _checked: self.preview())
        self.output_notice.placeAsked.connect(lambda path: self.form.set_value("OUTPUT", path))
        self.output_notice.cleaned.connect(self.refresh)
        self.output_notice.failed.connect(self.context.tell)
        self.context.resultsChanged.connect(self._fill_in)
        self.context.storeChanged.connect(self._take_store)
        self.context.project.cleared.connect(self._forget)
        self._take_store()

    def _show_task(self, task: AppliedTask) -> None:
        """Show the form of a task; what all forms share moves there."""
        self._task = task
        form = self._forms.get(task.task)
        if form is None:
            form = self._forms[task.task] = self._make_form(task)
            self._stack.addWidget(form)
        form.top.insertWidget(0, self.head)
        for place, notice in enumerate((self.output_notice, self.web_notice)):
            form.middle.insertWidget(place, notice)
        form.panel.buttons.insertWidget(0, self.preview_button)
        form.panel.layout().insertWidget(1, self.result)
        self._stack.setCurrentWidget(form)

    def _make_form(self, task: AppliedTask) -> AlgorithmForm:
        form = AlgorithmForm(
            self.context,
            task.algorithm_id,
            hidden=("INPUT", "MODEL"),
            values=self._kept.get(task.task),
            upfront=task.upfront,
        )
        form.panel.run_button.setText(translate("Swath", "Apply to the image"))
        form.adjust = self._adjust
        form.panel.done_text = self._done_text
        form.valuesChanged.connect(self.refresh)
        form.started.connect(self._begin)
        form.finished.connect(self._end)
        return form

    def _begin(self, _run: AlgorithmRun) -> None:
        """Note which image the run takes: another one may be chosen while it is at work."""
        image = self._image()
        self._source = image.source() if image is not None else ""
        self.refresh()

    # --- what is chosen -----------------------------------------------------------------------------

    def _image(self) -> QgsRasterLayer | None:
        layer = self.image.currentLayer()
        return layer if isinstance(layer, QgsRasterLayer) else None

    def _learnt_cells(self) -> float:
        """Return the cell size that the model learnt from, in map units; 0 where it does not say."""
        info = self.picker.info
        return float(info.cell_size[0]) if info is not None and info.cell_size else 0.0

    def _fill_in(self) -> None:
        """Take the model that was trained last, once."""
        model = self.context.results.get(MODEL, "")
        if model and model != self._model_filled:
            self._model_filled = model
            self.picker.set_path(model)

    def _take_store(self) -> None:
        if self._store is not None:
            self._store.currentImageChanged.disconnect(self._follow_image)
        self._store = self.context.store
        if self._store is not None:
            self._store.currentImageChanged.connect(self._follow_image)
            self._follow_image()

    def _follow_image(self) -> None:
        if self._store.current_image is not None:
            self.image.setLayer(self._store.current_image)

    def _take_model(self) -> None:
        task = applied_task(self.picker.info.task) if self.picker.info is not None else None
        if task is not None and task is not self._task and self.form.panel.current is None:
            self._show_task(task)
        self.refresh()

    def _propose(self) -> None:
        """Keep the place of the result free as long as the user has not chosen one."""
        if self.form.output("OUTPUT") not in ("", self._proposed):
            return
        samples = self._store.path if self._store is not None else None
        place = proposed_result(samples, self._image(), self.picker.path(), self._task)
        if place != self._proposed or (place and not self.form.output("OUTPUT")):
            self._proposed = place
            self.form.set_value("OUTPUT", place or TEMPORARY)

    def _adjust(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters with model and image, and see to it that the result lies above the image."""
        image, model = self._image(), self.picker.path()
        self.form.place = above(image, _SWITCHED_OFF)
        title = f"{image.name()}: {Path(model).stem}" if image is not None else ""
        self.form.dress = dressed(self._task.opacity, title)
        chosen = {"MODEL": model, "INPUT": image.id() if image is not None else None}
        return {**given, **{name: value for name, value in chosen.items() if value}}

    # --- the end of a run ---------------------------------------------------------------------------

    def _done_text(self, run: AlgorithmRun, results: dict[str, Any]) -> str:
        found = ""
        if "OBJECTS" in results:
            found = translate("Swath", "{count} objects.").format(count=results["OBJECTS"]) + " "
        if run is self._preview_run and self._view is not None:
            return escape(found + preview_text(self._view, time_text(run.seconds)))
        text, name = translate("Swath", "Done in {time}: {name}."), Path(str(results["OUTPUT"]).split("|")[0]).name
        if run.is_temporary("OUTPUT"):
            text = translate("Swath", "Done in {time}. The result goes when QGIS ends: save the layer to keep it.")
        return escape(found + text.format(time=time_text(run.seconds), name=name))

    def _end(self, ok: bool, results: dict[str, Any], _text: str) -> None:
        run = self.form.panel.last
        if ok and run is not None and not run.adrift:
            self.result.follow([layer for name, layer in run.layers.items() if name not in _SWITCHED_OFF])
            if run is not self._preview_run:
                remove_preview(self.context.project)
                layer = run.layers.get("OUTPUT")
                place = layer.source() if layer is not None else str(results["OUTPUT"])
                self.context.remember(**{MAP: place, IMAGE: self._source})
        self._take_model()  # one of another task may have been chosen meanwhile

    def showEvent(self, event: QShowEvent) -> None:
        """Listen for the key that hides the result; propose an image where none is chosen."""
        if self._image() is None:
            self.image.setLayer(likely_image(self.context.project, self.context.canvas))
        self.context.canvas.installEventFilter(self.result)
        self.installEventFilter(self.result)
        self.refresh()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop listening."""
        self.context.canvas.removeEventFilter(self.result)
        self.removeEventFilter(self.result)
        super().hideEvent(event)
