"""Read what a model says about itself, in the background: a package must be unpacked for it."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication, QgsRasterLayer, QgsTask
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine.errors import SwathError
from ...engine.model_files import describe_model
from ...engine.model_info import ModelInfo
from ...engine.models import MODEL_TYPES
from ...i18n import translate
from ...processing_provider.arguments import home_path
from ...processing_provider.problems import BandsMissingError
from ...processing_provider.sentences import sentence

# Cells this much larger or smaller than those that a model learnt from show things at another size.
_LARGEST_RATIO = 1.5
# Beyond it the two are not in the same unit.
_OTHER_UNIT = 50.0


class ModelReader(QObject):
    """Reads one model after another; only the last one asked for is told."""

    read = pyqtSignal(str, object, str)  # path, ModelInfo or None, and a sentence about what is wrong

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked = ""
        self._tasks: set[QgsTask] = set()

    def ask(self, path: str) -> None:
        """Read a model; its folder, .emd, .dlpk or .onnx."""
        self._asked = path
        if not path:
            self.read.emit("", None, "")
            return
        task = _Reading(path)
        self._tasks.add(task)  # QGIS deletes a task that nobody holds
        task.done.connect(self._tell)
        QgsApplication.taskManager().addTask(task)

    def _tell(self, task: QgsTask, path: str, info: ModelInfo | None, text: str) -> None:
        self._tasks.discard(task)
        if path == self._asked:
            self.read.emit(path, info, text)


class _Reading(QgsTask):
    done = pyqtSignal(object, str, object, str)

    def __init__(self, path: str) -> None:
        flags = QgsTask.Flag.CanCancel | QgsTask.Flag.Hidden | QgsTask.Flag.Silent
        super().__init__(translate("Swath", "Reading the model"), flags)
        self._path, self._info, self._text = path, None, ""

    def run(self) -> bool:
        try:
            self._info = describe_model(home_path(self._path))
        except SwathError as error:
            self._text = sentence(error)
        except Exception as error:  # noqa: BLE001 - an exception that escapes ends QGIS
            self._text = translate("Swath", "The model {path} cannot be read: {error}.").format(
                path=self._path, error=error
            )
        return True

    def finished(self, _result: bool) -> None:
        self.done.emit(self, self._path, self._info, self._text)


def misfit(info: ModelInfo, model: str, image: QgsRasterLayer) -> str:
    """Return the sentence that says why a model cannot be applied to an image; "" where it can."""
    highest, bands = max(info.bands, default=0), image.bandCount()
    if not image.isValid() or image.providerType() != "gdal" or highest <= bands:  # a web layer gives what it draws
        return ""
    return sentence(BandsMissingError(model=Path(model).name, band=highest, raster=image.name(), count=bands))


def other_cells(info: ModelInfo, image: QgsRasterLayer) -> float:
    """Return the cell size that a model learnt from where the image's is clearly another; else 0."""
    if not info.cell_size or not image.isValid() or image.dataProvider().xSize() <= 0:
        return 0.0
    learnt, there = float(info.cell_size[0]), image.rasterUnitsPerPixelX()
    if learnt <= 0 or there <= 0:
        return 0.0
    ratio = max(learnt / there, there / learnt)
    return learnt if _LARGEST_RATIO < ratio < _OTHER_UNIT else 0.0


def facts_text(info: ModelInfo, accuracy: str) -> str:
    """Return what a model is, in a line or two."""
    known = MODEL_TYPES.get(info.model_type)
    title = known.title.split(" (")[0] if known is not None else info.model_type
    facts = [" ".join(item for item in (title, info.backbone and f"({info.backbone})") if item)]
    facts.append(translate("Swath", "bands {bands}").format(bands=_listed(info.bands)))
    if info.cell_size:
        facts.append(translate("Swath", "cells of {size:g} map units").format(size=info.cell_size[0]))
    facts.append(translate("Swath", "tiles of {side} pixels").format(side=info.tile_size))
    return " \N{MIDDLE DOT} ".join(item for item in [*facts, accuracy] if item)


def _listed(bands: tuple[int, ...]) -> str:
    """Return numbers, as a range where they are one."""
    if len(bands) > 2 and list(bands) == list(range(bands[0], bands[-1] + 1)):
        return f"{bands[0]} \N{EN DASH} {bands[-1]}"
    return ", ".join(str(band) for band in bands)
