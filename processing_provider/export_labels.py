"""The labels of an export, and the labels of instances beside them."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingFeedback, QgsRectangle

from ..engine.chips._folder import read_documents
from ..i18n import translate
from .arguments import Arguments
from .export_checks import check_areas, chip_format, needs_area
from .export_problems import ClassMeaningsError, InstanceNamesError, NoAreaError
from .labels import LabelInput
from .outputs import chosen_path
from .problems import NoOverlapError
from .raster_files import holds_values
from .rasters import RasterSource
from .rectangles import bounds


class ExportLabels:
    """What is given as labels and as instance labels, or neither.

    Args:
        several: whether there are several images; those without labels are then no error of their own.
    """

    def __init__(self, arguments: Arguments, *, several: bool) -> None:
        self._arguments, self._several = arguments, several
        self._buffer_radius = arguments.real("BUFFER_RADIUS")
        there = _classes_there(arguments)
        self._labels = LabelInput(arguments, "LABELS", "CLASS_FIELD", there) if arguments.given("LABELS") else None
        self._instances = self._instance_labels({}) if arguments.given("INSTANCE_LABELS") else None

    def _instance_labels(self, known: dict[str, int]) -> LabelInput:
        return LabelInput(self._arguments, "INSTANCE_LABELS", "INSTANCE_CLASS_FIELD", known, beside=True)

    def check(self) -> None:
        """Raise InputError for what is wrong with the layers, wherever the images lie."""
        if self._labels is not None:
            self._labels.check(self._buffer_radius)
            check_areas(self._arguments, self._labels, self._instances)
        if self._instances is not None:
            self._instances.check()

    def check_place(self, raster: RasterSource, extent: QgsRectangle) -> None:
        """Raise NoOverlapError where they cannot lie on the part of an image to be used."""
        if self._labels is not None and not self._dispensable:
            self._labels.check_place(raster, extent, self._buffer_radius)
        if self._instances is not None:
            self._instances.check_place(raster, extent)

    @property
    def _dispensable(self) -> bool:
        """Tell whether an image without labels is cut all the same."""
        return self._several and not chip_format(self._arguments).needs and self._arguments.flag("ALL_TILES")

    def classes(self, feedback: QgsProcessingFeedback) -> list[dict[str, Any]]:
        """Return the classes of both, numbered so that a class has one value in all images.

        Raises:
            ClassMeaningsError, InstanceNamesError: they do not go together.
        """
        if self._labels is None:
            return []
        classes = self._labels.classes(feedback)
        if self._instances is None:
            return classes
        named = {str(item["name"]): int(item["value"]) for item in classes}
        self._instances = self._instance_labels(named)
        things = self._instances.classes(feedback)
        if not classes and any(_is_named(item) for item in things):
            raise InstanceNamesError(instances=self._instances.title, layer=self._labels.title)
        return self._joined(classes, things)

    def _joined(self, classes: list[dict[str, Any]], things: list[dict[str, Any]]) -> list[dict[str, Any]]:
        assert self._labels is not None and self._instances is not None  # noqa: S101, PT018 - asked by the caller
        joined = {item["value"]: item for item in classes}
        for item in things:
            there = joined.get(item["value"])
            if there is None or not _is_named(there):
                joined[item["value"]] = item
            elif _is_named(item) and item["name"].casefold() != there["name"].casefold():
                raise ClassMeaningsError(
                    value=item["value"],
                    name=there["name"],
                    layer=self._labels.title,
                    other=item["name"],
                    instances=self._instances.title,
                )
        return [joined[value] for value in sorted(joined)]

    def write(
        self, raster: RasterSource, extent: QgsRectangle, cell_size: float, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Write them for one image; return the values of its job.

        Raises:
            NoOverlapError, NoAreaError: none lies there that the format could use.
            LabelsFailedError, CancelledError.
        """
        if self._labels is None:
            return {"labels": "", "labels_are_raster": False, "instance_labels": "", "instances_are_raster": False}
        found = self._labels.write(raster, extent, cell_size, feedback, self._buffer_radius)
        path = found.path
        if path and self._several and self._labels.is_raster and not holds_values(path, bounds(raster.part(extent))):
            path = ""
        if not path and not self._dispensable:
            raise NoOverlapError(labels=self._labels.title, raster=raster.name, parameter="LABELS")
        if path and needs_area(self._arguments) and not found.with_area:
            raise self._no_area(self._labels, "LABELS")
        things = self._write_instances(raster, extent, cell_size, feedback)
        return {
            "labels": path,
            "labels_are_raster": bool(path) and self._labels.is_raster,
            "instance_labels": things,
            "instances_are_raster": self._instances is not None and self._instances.is_raster,
        }

    def _write_instances(
        self, raster: RasterSource, extent: QgsRectangle, cell_size: float, feedback: QgsProcessingFeedback
    ) -> str:
        if self._instances is None:
            return ""
        found = self._instances.write(raster, extent, cell_size, feedback)
        if not found.path:
            raise NoOverlapError(labels=self._instances.title, raster=raster.name, parameter="INSTANCE_LABELS")
        if not found.with_area:
            raise self._no_area(self._instances, "INSTANCE_LABELS")
        return found.path

    def _no_area(self, labels: LabelInput, parameter: str) -> NoAreaError:
        kind, name = translate("Swath", "points and lines"), chip_format(self._arguments).id
        return NoAreaError(layer=labels.title, kind=kind, format=name, parameter=parameter)

    def tell(self, feedback: QgsProcessingFeedback) -> None:
        """Say which features were repaired or left out."""
        for labels in (self._labels, self._instances):
            if labels is not None:
                labels.left_out.tell(labels.title, feedback)


def _is_named(item: dict[str, Any]) -> bool:
    return str(item["name"]) != str(item["value"])


def _classes_there(arguments: Arguments) -> dict[str, int]:
    """Return the values of the classes that the chips to be added to have already, by name."""
    path = chosen_path(arguments, "OUTPUT")
    if path is None or not path.is_dir():
        return {}
    found = {}
    for item in read_documents(path)[1].get("Classes") or []:
        value, name = (item.get("Value"), item.get("Name")) if isinstance(item, dict) else (None, None)
        # A class without a name of its own goes by its value.
        if isinstance(value, int) and value > 0 and isinstance(name, str) and name != str(value):
            found[name] = value
    return found
