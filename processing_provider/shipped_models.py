"""Graphical models that come with Swath, shown beside the algorithms and free to be copied and changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qgis.core import QgsProcessingAlgorithm, QgsProcessingModelAlgorithm
from qgis.PyQt.QtGui import QIcon

from ..i18n import translate
from .icons import icon

FOLDER = Path(__file__).parent / "graphical_models"


class ShippedModel(QgsProcessingModelAlgorithm):
    """A model of a file, with a translated name; its id is the file's name."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.well = self.fromFile(str(path))

    def name(self) -> str:
        """Return the part of the id behind ``swath:``."""
        return self._path.stem

    def displayName(self) -> str:
        """Return the translated name."""
        titles = {
            "labelstomap": translate("Swath", "From Labels to Map (all steps)"),
            "labelstoobjects": translate("Swath", "From Labels to Objects (all steps)"),
        }
        return titles.get(self._path.stem, self._path.stem)

    def group(self) -> str:
        """Return the translated group, the algorithms' own."""
        return translate("Swath", "Deep learning on imagery")

    def groupId(self) -> str:
        """Return the group's id, which is never translated."""
        return "deeplearning"

    def icon(self) -> QIcon:
        """Return the plugin's icon."""
        return icon()

    def createInstance(self) -> QgsProcessingAlgorithm:
        """Return a new instance of the same model."""
        return ShippedModel(self._path)


def shipped_models() -> Iterator[ShippedModel]:
    """Yield a model for each file."""
    for path in sorted(FOLDER.glob("*.model3")):
        model = ShippedModel(path)
        if model.well:
            yield model
