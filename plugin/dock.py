"""The dock "Swath": the way of the data as its tabs, from labels to a reviewed map."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsProject
from qgis.gui import QgsDockWidget, QgsMapCanvas, QgsMessageBar
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from ..engine.errors import SwathError
from ..i18n import translate
from .context import DockContext

if TYPE_CHECKING:
    from .forms.engine_page import Tab

SCOPE = "swath"
_STATE, _LABELS = "/dock", "/labels"
LABEL, EXPORT, TRAIN, APPLY, REVIEW = "label", "export", "train", "apply", "review"


class SwathDock(QgsDockWidget):
    """Five tabs, made when they are first looked at; what they hold is kept in the project.

    Closing it stops nothing: work in the background goes on, and shows again when it is opened. Only a drawing tool
    leaves the canvas with its toolbar.
    """

    def __init__(
        self,
        canvas: QgsMapCanvas,
        project: QgsProject | None = None,
        bar: QgsMessageBar | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Swath", parent)
        self.setObjectName("SwathDock")
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self.context = DockContext(canvas, project, bar, self)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        self.setWidget(self.tabs)
        self._kept: dict[str, dict[str, Any]] = {}
        self._made: dict[str, Tab] = {}
        self._pages: dict[str, QWidget] = {}
        for name, title in _titles().items():
            page = QWidget()
            QVBoxLayout(page).setContentsMargins(0, 0, 0, 0)
            self._pages[name] = page
            self.tabs.addTab(page, title)
        self.tabs.currentChanged.connect(self._show_current)
        self.context.tabAsked.connect(self.show_tab)
        project = self.context.project
        project.writeProject.connect(self.save)
        project.readProject.connect(self.restore)
        project.cleared.connect(self._forget)
        self._show_current()

    def tab(self, name: str) -> Tab:
        """Return a tab, made now where it was not looked at before."""
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = _make(name, self.context)
            self._pages[name].layout().addWidget(found)
            if name in self._kept:
                self._give(name, self._kept.pop(name))
        return found

    def show_tab(self, name: str) -> None:
        """Bring a tab to the front."""
        if name in self._pages:
            self.tabs.setCurrentWidget(self._pages[name])

    def current(self) -> str:
        """Return the name of the tab in front."""
        return list(self._pages)[max(self.tabs.currentIndex(), 0)]

    def save(self, *_: Any) -> None:
        """Write the state into the project; QGIS calls it when the project is saved."""
        project, store = self.context.project, self.context.store
        tabs = {**self._kept, **{name: tab.state() for name, tab in self._made.items()}}
        state = {"current": self.current(), "results": self.context.results, "tabs": tabs}
        project.writeEntry(SCOPE, _STATE, json.dumps(state))
        project.writeEntry(SCOPE, _LABELS, project.writePath(str(store.path)) if store is not None else "")

    def restore(self, *_: Any) -> None:
        """Take the state from the project; what is gone by now is said and left out."""
        project = self.context.project
        text, _found = project.readEntry(SCOPE, _STATE, "")
        labels, _found = project.readEntry(SCOPE, _LABELS, "")
        self._open_labels(project.readPath(labels) if labels else "")
        try:
            state = _record(json.loads(text) if text else {})
        except (ValueError, RecursionError):
            state = {}
        self.context.results.clear()
        self.context.remember(**{str(key): str(value) for key, value in _record(state.get("results")).items()})
        for name, values in _record(state.get("tabs")).items():
            if name in self._made:
                self._give(name, values)
            elif name in self._pages:
                self._kept[name] = values
        self.show_tab(str(state.get("current", LABEL)))

    def _give(self, name: str, values: Any) -> None:
        """Hand a tab what the project kept of it: a project is a file, and may hold anything."""
        tab = self._made[name]
        try:
            tab.restore(values)
        except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, OSError):
            text = translate("Swath", "What the project keeps of the tab {tab} cannot be read: look over its settings.")
            self.context.tell(text.format(tab=tab.title()), Qgis.MessageLevel.Warning)

    def shut(self) -> None:
        """Let go of project and samples, for good: the plugin is unloaded."""
        project = self.context.project
        project.writeProject.disconnect(self.save)
        project.readProject.disconnect(self.restore)
        project.cleared.disconnect(self._forget)
        self.context.set_store(None)
        self.close()
        self.context.ended.emit()
        # At once: Python may collect what waits for the event loop, and Qt would then call what is no more.
        sip.delete(self)

    def _open_labels(self, path: str) -> None:
        from .labeling.store import SampleStore  # noqa: PLC0415 - only where there are labels

        store = self.context.store
        if store is not None and path and str(store.path) == path:
            return
        self.context.set_store(None)
        if not path:
            return
        try:
            opened = SampleStore.open(path)
        except SwathError as error:
            self.context.tell_error(error)
            return
        opened.attach(self.context.project)
        self.context.set_store(opened)

    def _forget(self) -> None:
        """Another project begins: nothing of the earlier one is at work any more."""
        self._kept.clear()
        self.context.set_store(None)
        self.context.results.clear()
        self.context.resultsChanged.emit()

    def _show_current(self, *_: Any) -> None:
        self.tab(self.current())


def _record(value: Any) -> dict[str, Any]:
    """Return a record of JSON; {} for anything else."""
    return value if isinstance(value, dict) else {}


def _titles() -> dict[str, str]:
    return {
        LABEL: translate("Swath", "Label"),
        EXPORT: translate("Swath", "Export"),
        TRAIN: translate("Swath", "Train"),
        APPLY: translate("Swath", "Apply"),
        REVIEW: translate("Swath", "Review"),
    }


def _make(name: str, context: DockContext) -> Tab:
    """Return a tab; all but labels need the engine environment. QGIS starts faster without their modules."""
    if name == LABEL:
        from .labeling.label_tab import LabelTab  # noqa: PLC0415

        return LabelTab(context)
    from .forms.engine_page import guarded  # noqa: PLC0415

    if name == EXPORT:
        from .forms.export_tab import ExportTab as Made  # noqa: PLC0415
    elif name == TRAIN:
        from .training.train_tab import TrainTab as Made  # noqa: PLC0415
    elif name == APPLY:
        from .forms.apply_tab import ApplyTab as Made  # noqa: PLC0415
    else:
        from .review.review_tab import ReviewTab as Made  # noqa: PLC0415
    return guarded(Made(context), context)
