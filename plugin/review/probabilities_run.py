"""The probabilities of a map that was made without: the last model is applied to its image once more."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsMapLayer, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...i18n import translate
from ..context import IMAGE, MODEL, DockContext
from ..forms.notice import ERROR, INFO
from ..forms.run_task import AlgorithmRun
from .source_panel import SourcePanel
from .sources import probabilities_path

ALGORITHM = "swath:classifypixels"
_TEMPORARY = "TEMPORARY_OUTPUT"


class ProbabilitiesRun(QObject):
    """Applies the last model for the map that a panel has chosen; ``made`` tells that the search can begin."""

    made = pyqtSignal()

    def __init__(self, context: DockContext, panel: SourcePanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._panel = context, panel
        self.run: AlgorithmRun | None = None
        panel.cancelAsked.connect(self.cancel)

    def is_possible(self) -> bool:
        """Tell whether a model and an image are known, and the engine is there."""
        image = self._image()
        return bool(self._context.results.get(MODEL)) and image is not None and not self._context.needs_engine()

    def start(self) -> None:
        """Begin; the panel shows how far it is."""
        layer, image = self._panel.map.currentLayer(), self._image()
        if self.run is not None or image is None or not isinstance(layer, QgsRasterLayer):
            return
        given = {
            "INPUT": image.id(),
            "MODEL": self._context.results[MODEL],
            "EXTENT": _extent(layer),
            "OUTPUT": _TEMPORARY,
            "PROBABILITIES": str(probabilities_path(layer.source())),
        }
        self._panel.show_busy(True)
        run = self.run = AlgorithmRun(ALGORITHM, given, self._context.project)
        run.progress.connect(lambda percent: self._panel.bar.setValue(round(percent)))
        run.message.connect(self._panel.step.say)
        run.finished.connect(self._end)
        run.start()

    def cancel(self) -> None:
        """Ask the run to end."""
        if self.run is not None:
            self.run.cancel()

    def forget(self) -> None:
        """Take nothing of a run that is at work: another project begins."""
        run, self.run = self.run, None
        if run is not None:
            run.finished.disconnect(self._end)
            run.cancel()

    def _end(self, ok: bool, _results: dict[str, Any], text: str) -> None:
        cancelled = self.run is not None and self.run.cancelled
        self.run = None
        self._panel.show_busy(False)
        if ok:
            self.made.emit()
        else:
            self._panel.notice.say(text, INFO if cancelled else ERROR)

    def _image(self) -> QgsMapLayer | None:
        """Return the image that the map was made of."""
        chosen = self._panel.image.currentLayer()
        if chosen is not None:
            return chosen
        source = self._context.results.get(IMAGE, "")
        layers = self._context.project.mapLayers().values()
        return next((layer for layer in layers if source and layer.source() == source), None)


def link_text() -> str:
    """Return what the link is called that starts it."""
    return translate("Swath", "Compute them with the last model")


def _extent(layer: QgsRasterLayer) -> str:
    box, crs = layer.extent(), layer.crs()
    place = f"{box.xMinimum()!r},{box.xMaximum()!r},{box.yMinimum()!r},{box.yMaximum()!r}"
    return f"{place} [{crs.authid()}]" if crs.isValid() and crs.authid() else place
