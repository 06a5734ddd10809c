"""The provider that shows Swath's algorithms in the Processing toolbox."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..engine import __version__
from .base import SwathAlgorithm
from .classify_pixels import ClassifyPixels
from .create_sample_scene import CreateSampleScene
from .detect_objects import DetectObjects
from .export_training_data import ExportTrainingData
from .icons import ICON_PATH, icon
from .non_maximum_suppression import NonMaximumSuppression
from .object_accuracy import ObjectAccuracy
from .pixel_accuracy import PixelAccuracy
from .shipped_models import shipped_models
from .train_model import TrainModel

ALGORITHMS: tuple[type[SwathAlgorithm], ...] = (
    CreateSampleScene,
    ExportTrainingData,
    TrainModel,
    ClassifyPixels,
    PixelAccuracy,
    DetectObjects,
    NonMaximumSuppression,
    ObjectAccuracy,
)


class SwathProvider(QgsProcessingProvider):
    """The provider ``swath``."""

    def id(self) -> str:
        """Return the id, the first part of every algorithm's id."""
        return "swath"

    def name(self) -> str:
        """Return the name shown in the toolbox."""
        return "Swath"

    def longName(self) -> str:
        """Return the name with the version."""
        return f"Swath {__version__}"

    def versionInfo(self) -> str:
        """Return the version."""
        return __version__

    def icon(self) -> QIcon:
        """Return the icon."""
        return icon()

    def svgIconPath(self) -> str:
        """Return the icon's path."""
        return ICON_PATH

    def loadAlgorithms(self) -> None:
        """Add all algorithms and the graphical models that come with Swath."""
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())
        for model in shipped_models():
            self.addAlgorithm(model)
