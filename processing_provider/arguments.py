"""The values given to an algorithm, by name and in plain types."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeatureSink,
    QgsFields,
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameters,
    QgsProcessingUtils,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QVariant

from .class_tables import Look, raster_looks
from .problems import BadNumberError, NoLayerError
from .raster_folder import rasters_in
from .rasters import RasterSource


@dataclass
class Taken:
    """What was taken from layers in their own thread, for the thread of the run; by parameter."""

    layers: dict[str, QgsMapLayer | None] = field(default_factory=dict)
    rasters: dict[str, RasterSource] = field(default_factory=dict)
    looks: dict[str, dict[int, Look]] = field(default_factory=dict)
    groups: dict[str, list[RasterSource]] = field(default_factory=dict)


class Arguments:
    """What the user gave to an algorithm; names are those of its parameters.

    ``prepare`` must be called in the thread of the layers; ``taken`` carries what it took to the thread of
    the run. Keep no object of this class in the algorithm: the two would hold each other, and the context,
    until Python ends, which is after QGIS did.
    """

    def __init__(
        self,
        algorithm: QgsProcessingAlgorithm,
        parameters: Mapping[str, Any],
        context: QgsProcessingContext,
        taken: Taken | None = None,
    ) -> None:
        self._algorithm, self.context = algorithm, context
        # Models hand on what was left out as an empty QVariant.
        self._parameters = {
            name: None if isinstance(value, QVariant) and value.isNull() else value
            for name, value in parameters.items()
        }
        self.taken = taken or Taken()

    def prepare(self) -> None:
        """Take from raster layers what the run needs of them."""
        for name, parameter in self._of_type("raster", "layer"):
            if self.given(name) and not parameter.isDestination() and isinstance(self.layer(name), QgsRasterLayer):
                self.raster(name)
                self.looks(name)
        for name, _ in self._of_type("multilayer"):
            self.rasters(name)

    def _of_type(self, *types: str) -> list[tuple[str, Any]]:
        found = self._algorithm.parameterDefinitions()
        return [(item.name(), item) for item in found if item.type() in types]

    def plain_layers(self) -> dict[str, Any]:
        """Return the values with "selected features only" taken off where QGIS's own check refuses it."""
        plain = dict(self._parameters)
        for name, _ in self._of_type("layer"):
            value = plain.get(name)
            if isinstance(value, QgsProcessingFeatureSourceDefinition):
                plain[name] = value.source.staticValue()
        return plain

    def raw(self, name: str) -> Any:
        """Return what was given, as it is."""
        return self._parameters.get(name)

    def selected_only(self, name: str) -> bool:
        """Tell whether only the selected features of a layer are wanted."""
        value = self._parameters.get(name)
        return isinstance(value, QgsProcessingFeatureSourceDefinition) and bool(value.selectedFeaturesOnly)

    def given(self, name: str) -> bool:
        """Tell whether there is a value that is not empty."""
        value = self._parameters.get(name)
        return value is not None and value != "" and bool(self.text(name) or not isinstance(value, str))

    def text(self, name: str) -> str:
        """Return a text; for an enumeration its word."""
        if self._algorithm.parameterDefinition(name).type() == "enum":
            return str(self._algorithm.parameterAsEnumString(self._parameters, name, self.context))
        return str(self._algorithm.parameterAsString(self._parameters, name, self.context)).strip()

    def whole(self, name: str) -> int:
        """Return a whole number."""
        return int(self._algorithm.parameterAsInt(self._parameters, name, self.context))

    def real(self, name: str) -> float:
        """Return a number."""
        return float(self._algorithm.parameterAsDouble(self._parameters, name, self.context))

    def flag(self, name: str) -> bool:
        """Return yes or no."""
        return bool(self._algorithm.parameterAsBool(self._parameters, name, self.context))

    def wholes(self, name: str) -> list[int]:
        """Return whole numbers, as of bands."""
        return [int(value) for value in self._algorithm.parameterAsInts(self._parameters, name, self.context)]

    def lines(self, name: str) -> list[str]:
        """Return the lines of a text that are not empty."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def at_least(self, name: str, least: float) -> float:
        """Return a number; raise BadNumberError where it is smaller than ``least``."""
        value = self.real(name)
        if not value >= least:
            raise BadNumberError(value=f"{value:g}", parameter=name, expected=f"a number of at least {least:g}")
        return value

    def layer(self, name: str) -> QgsMapLayer:
        """Return a layer, vector or raster; raise NoLayerError where it cannot be opened."""
        if name not in self.taken.layers:
            value = self.plain_layers().get(name)
            self.taken.layers[name] = self._algorithm.parameterAsLayer({name: value}, name, self.context)
        layer = self.taken.layers[name]
        if layer is None or not layer.isValid():
            raise NoLayerError(parameter=name, value=self._parameters.get(name))
        return layer

    def layers(self) -> Iterator[tuple[str, QgsMapLayer]]:
        """Yield all layers given as inputs, with the names of their parameters."""
        for name, parameter in self._of_type("raster", "vector", "layer", "source"):
            if parameter.isDestination() or not self.given(name):
                continue
            value = self._parameters[name]
            if isinstance(value, QgsProcessingFeatureSourceDefinition):
                value = value.source.staticValue()
            layer = self._algorithm.parameterAsLayer({name: value}, name, self.context)
            if layer is not None:
                yield name, layer

    def raster(self, name: str) -> RasterSource:
        """Return what the run needs of a raster layer."""
        if name not in self.taken.rasters:
            layer = self.layer(name)
            if not isinstance(layer, QgsRasterLayer):
                raise NoLayerError(parameter=name, value=layer.name())
            self.taken.rasters[name] = RasterSource.of(layer)
        return self.taken.rasters[name]

    def rasters(self, name: str) -> list[RasterSource]:
        """Return what the run needs of a list of raster layers, or of all rasters in a folder; none if left out."""
        if name not in self.taken.groups:
            self.taken.groups[name] = self._rasters(name) if self.given(name) else []
        return self.taken.groups[name]

    def _rasters(self, name: str) -> list[RasterSource]:
        if self._algorithm.parameterDefinition(name).type() == "file":
            return rasters_in(self.folder(name))
        layers = self._algorithm.parameterAsLayerList(self._parameters, name, self.context)
        for layer in layers:
            if not isinstance(layer, QgsRasterLayer) or not layer.isValid():
                raise NoLayerError(parameter=name, value=layer.name())
        return [RasterSource.of(layer) for layer in layers]

    def looks(self, name: str) -> dict[int, Look]:
        """Return how a raster layer's classes are called and drawn."""
        if name not in self.taken.looks:
            self.taken.looks[name] = raster_looks(self.layer(name), self.raster(name).path)
        return self.taken.looks[name]

    def vector(self, name: str) -> tuple[QgsVectorLayer | None, QgsProcessingFeatureSource]:
        """Return a vector layer, and its features (all, or the selected ones if these were asked for)."""
        if self._algorithm.parameterDefinition(name).type() == "source":
            source = self._algorithm.parameterAsSource(self._parameters, name, self.context)
            layer = None
        else:
            layer = self.layer(name)
            definition = QgsProcessingParameterFeatureSource(name)
            value = self._parameters.get(name)
            if not isinstance(value, QgsProcessingFeatureSourceDefinition):
                value = layer.id() if QgsProcessingUtils.mapLayerFromString(layer.id(), self.context) else value
            source = QgsProcessingParameters.parameterAsSource(definition, {name: value}, self.context)
        if source is None:
            raise NoLayerError(parameter=name, value=self._parameters.get(name))
        return layer, source

    def extent(self, name: str, crs: QgsCoordinateReferenceSystem) -> QgsRectangle:
        """Return a rectangle in ``crs``; an empty one where none is given."""
        if not self.given(name):
            return QgsRectangle()
        return self._algorithm.parameterAsExtent(self._parameters, name, self.context, crs)

    def folder(self, name: str) -> str:
        """Return an absolute path of a file or folder, input or output; "" without one."""
        definition = self._algorithm.parameterDefinition(name)
        if definition.isDestination():
            text = str(self._algorithm.parameterAsFileOutput(self._parameters, name, self.context))
        else:
            text = self.text(name)
        return str(home_path(text).absolute()) if text else ""

    def sink(
        self, name: str, fields: QgsFields, kind: Qgis.WkbType, crs: QgsCoordinateReferenceSystem
    ) -> tuple[QgsFeatureSink | None, str]:
        """Create an output for features; return it and its place, and see that it is loaded if that was asked for."""
        sink, place = self._algorithm.parameterAsSink(self._parameters, name, self.context, fields, kind, crs)
        return sink, str(place or "")

    def appends(self, name: str) -> bool:
        """Tell whether an output's features are to be added to a layer that there is."""
        value = self._parameters.get(name)
        return isinstance(value, QgsProcessingOutputLayerDefinition) and bool(value.useRemapping())

    def output(self, name: str) -> str:
        """Return the path of an output layer, and see that it is loaded if that was asked for; "" if left out."""
        if self._parameters.get(name) in (None, ""):
            return ""
        path = str(self._algorithm.parameterAsOutputLayer(self._parameters, name, self.context))
        return os.path.abspath(path) if path else ""  # noqa: PTH100 - keeps what QGIS made of it


def home_path(text: str) -> Path:
    """Return a path that a user typed, which may begin with "~"; that of a user who is not there is left as it is."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - pathlib raises
