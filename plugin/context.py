"""What the tabs of the dock share: the map canvas, the samples, the results of the steps before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import Qgis, QgsProject
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..engine.errors import SwathError
from ..engine.installer import engine_python
from ..processing_provider.sentences import problem, sentence

if TYPE_CHECKING:
    from .labeling.store import SampleStore

CHIPS, MODEL, MAP, IMAGE = "chips", "model", "map", "image"
# Asked for once, by the review: the model that the next training starts from.
PRETRAINED = "pretrained"


class DockContext(QObject):
    """One for each dock.

    ``results`` holds what the steps made last, as plain texts: the folder of ``chips``, the folder of the
    ``model``, the source of the ``map``, so that the next tab fills it in.
    """

    storeChanged = pyqtSignal()
    resultsChanged = pyqtSignal()
    told = pyqtSignal(str, object)  # a sentence for the user, and its Qgis.MessageLevel
    setupAsked = pyqtSignal()  # the user wants to set up the engine environment
    ended = pyqtSignal()  # the plugin is unloaded: leave nothing on the canvas
    tabAsked = pyqtSignal(str)  # the id of the tab to go to: "label", "export", "train", "apply", "review"

    def __init__(
        self,
        canvas: QgsMapCanvas,
        project: QgsProject | None = None,
        bar: QgsMessageBar | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.canvas = canvas
        self.project = project or QgsProject.instance()
        self.results: dict[str, str] = {}
        self._bar = bar
        self._store: SampleStore | None = None

    @property
    def store(self) -> SampleStore | None:
        """Return the samples at work, or None where none are open."""
        return self._store

    def set_store(self, store: SampleStore | None) -> None:
        """Take other samples; the earlier ones are closed."""
        if store is self._store:
            return
        earlier, self._store = self._store, store
        self.storeChanged.emit()
        if earlier is not None:
            earlier.close()

    def remember(self, **results: str) -> None:
        """Keep what a step made, for the tabs behind it."""
        self.results |= results
        self.resultsChanged.emit()

    def needs_engine(self) -> str:
        """Return the sentence that says what is missing to train and apply, or "" where all is there."""
        return problem(engine_python)

    def tell(self, text: str, level: Qgis.MessageLevel = Qgis.MessageLevel.Info) -> None:
        """Show a sentence without stopping the user: in QGIS's message bar where there is one."""
        self.told.emit(text, level)
        if self._bar is not None:
            self._bar.pushMessage("Swath", text, level)

    def tell_error(self, error: SwathError) -> None:
        """Show the sentence of an error."""
        self.tell(sentence(error), Qgis.MessageLevel.Warning)
