"""The tab "Train": set up a training, look at the chips, watch the runs."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from qgis.core import Qgis
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from ...i18n import translate
from ..context import DockContext
from ..forms.algorithm_form import TEMPORARY
from ..forms.form_parts import file_links
from ..forms.run_panel import time_text
from ..forms.run_task import AlgorithmRun, running
from .chip_preview import ChipPreview
from .monitor import REPORT
from .run_page import RunPage
from .train_form import ALGORITHM, TrainForm

_SETUP, _CHIPS, _RUNS = 0, 1, 2
_SIZE = (380, 560)


class TrainTab(QWidget):
    """Three pages; a run that was started goes on whatever becomes of the tab."""

    def __init__(self, context: DockContext) -> None:
        super().__init__()
        self._context = context
        self.setup, self.preview, self.runs = TrainForm(context), ChipPreview(), RunPage(context.project)
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        for page, text in (
            (self.setup, translate("Swath", "Set up")),
            (self.preview, translate("Swath", "Chips")),
            (self.runs, translate("Swath", "Runs")),
        ):
            self.pages.addTab(page, text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)
        self._connect()
        for run in running(ALGORITHM)[-1:]:  # of a tab that was closed meanwhile
            self._follow(run)

    def sizeHint(self) -> QSize:
        """Return the same size for all pages: the dock must not jump when charts ask for more room."""
        return QSize(*_SIZE)

    def _connect(self) -> None:
        form, monitor = self.setup.form, self.runs.monitor
        self.setup.previewAsked.connect(lambda: self.pages.setCurrentIndex(_CHIPS))
        self.setup.chips.read.connect(lambda: self.preview.set_folders(self.setup.chips.folders))
        form.panel.done_text = _done_text
        form.started.connect(self._follow)
        form.finished.connect(self._end)
        monitor.resumeAsked.connect(self.resume)
        monitor.applyAsked.connect(self._apply)
        monitor.cancelAsked.connect(self._cancel)
        self._context.project.cleared.connect(self._forget)
        self.runs.told.connect(lambda text: self._context.tell(text, Qgis.MessageLevel.Warning))

    # --- what every tab has ----------------------------------------------------------------------

    def title(self) -> str:
        """Return the tab's title."""
        return translate("Swath", "Train")

    def state(self) -> dict[str, Any]:
        """Return what a project keeps."""
        return {
            "values": self.setup.values(),
            "kind": self.setup.model.task_id,
            "page": self.pages.currentIndex(),
            "runs": [str(path) for path in self.runs.known],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take what a project kept."""
        self.setup.model.set_kind(str(state.get("kind", "")))
        self.setup.set_values(dict(state.get("values", {})))
        self.runs.set_known([str(path) for path in state.get("runs", [])])
        self.pages.setCurrentIndex(int(state.get("page", _SETUP)))

    def _forget(self) -> None:
        """Another project begins; a training that is at work stays in sight."""
        self.setup.forget()
        self.runs.forget()
        if self.setup.form.panel.current is None:
            self.pages.setCurrentIndex(_SETUP)

    # --- runs ------------------------------------------------------------------------------------

    def resume(self, parameters: dict[str, Any]) -> None:
        """Start the same training again: it goes on where it was."""
        form = self.setup.form
        if form.panel.current is not None:
            self._context.tell(translate("Swath", "Another training is at work: wait for its end."))
            return
        # What the form holds stays for the next training.
        names = (item.name() for item in form.algorithm.parameterDefinitions())
        run = form.run({**dict.fromkeys(names), **parameters})
        if run is None:
            self.pages.setCurrentIndex(_SETUP)

    def _follow(self, run: AlgorithmRun) -> None:
        """Show a run that was started."""
        output = str(run.parameters.get("OUTPUT", ""))
        if output and output != TEMPORARY:
            self.runs.watch(Path(output), expected=True)
        run.message.connect(self.runs.monitor.tell)
        self.pages.setCurrentIndex(_RUNS)

    def _end(self, ok: bool, results: dict[str, Any], text: str) -> None:
        monitor = self.runs.monitor
        last = self.setup.form.panel.last
        if ok:
            if last is not None and not last.adrift:
                self._context.remember(model=str(results["OUTPUT"]))
            self.runs.watch(Path(str(results["OUTPUT"])))
            self.setup.propose()
            if not self.isVisible():
                text = translate("Swath", "The training of {name} is complete: its result is in the tab Train.")
                self._context.tell(text.format(name=Path(str(results["OUTPUT"])).name), Qgis.MessageLevel.Success)
            return
        monitor.give_up()
        if monitor.reader is None or not monitor.reader.start:
            # It never began: what was refused stands below the form.
            self.pages.setCurrentIndex(_SETUP)

    def _cancel(self, output: Path) -> None:
        """End the run in QGIS, too, where it was started here."""
        run = self.setup.form.panel.current
        if run is not None and Path(str(run.parameters.get("OUTPUT", ""))) == output:
            self.setup.form.cancel()

    def _apply(self, folder: str) -> None:
        self._context.remember(model=folder)
        self._context.tabAsked.emit("apply")


def _done_text(run: AlgorithmRun, results: dict[str, Any]) -> str:
    """Return what a finished run left, with links."""
    folder = Path(str(results["OUTPUT"]))
    text = translate("Swath", "The model is complete, after {time}.").format(time=time_text(run.seconds))
    report = (folder / REPORT, translate("Swath", "Report"))
    return f"{escape(text)} {file_links(report, (folder, translate('Swath', 'Folder')))}"
