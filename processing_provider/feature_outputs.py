"""Features to wherever QGIS writes them; what was begun and not completed is taken away again."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QMetaType

from ..engine.errors import CancelledError
from ..i18n import translate
from .arguments import Arguments
from .detection_problems import SinkFailedError
from .outputs import chosen_path
from .problems import NotThereError

TEXT, WHOLE, LARGE, REAL = (
    QMetaType.Type.QString,
    QMetaType.Type.Int,
    QMetaType.Type.LongLong,
    QMetaType.Type.Double,
)
# As long as a text in a shapefile can be.
TEXT_LENGTH = 254
_MEASURED = 2000


def check_sink(arguments: Arguments, name: str, fields: QgsFields, kind: Qgis.WkbType) -> None:
    """Raise InputError where a file could not take such features, before hours of work are spent on them.

    What is no file (a temporary layer, a table of a database) is not looked at.
    """
    path = chosen_path(arguments, name)
    if path is None:
        return
    folder = path.absolute().parent
    if not folder.is_dir():
        raise NotThereError(what=translate("Swath", "folder"), path=folder, parameter=name)
    if not os.access(folder, os.W_OK):
        detail = translate("Swath", "its folder is write-protected")
        raise SinkFailedError(path=path, detail=detail, parameter=name)
    driver = QgsVectorFileWriter.driverForExtension(path.suffix)
    if not driver:
        return  # QGIS adds the ending of its own format
    # Some formats take no fields, or no polygons: only a try tells.
    with tempfile.TemporaryDirectory(dir=QgsProcessingUtils.tempFolder()) as place:
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName = driver
        trial = str(Path(place) / f"trial{path.suffix}")
        crs = QgsCoordinateReferenceSystem("EPSG:4326")
        writer = QgsVectorFileWriter.create(trial, fields, kind, crs, arguments.context.transformContext(), options)
        detail = " ".join(writer.errorMessage().split())
        del writer
        # That of a file geodatabase is one.
        if not detail and path.is_dir() and not Path(trial).is_dir():
            detail = translate("Swath", "it is a folder")
    if detail:
        raise SinkFailedError(path=path, detail=detail, parameter=name)


@dataclass
class Copied:
    """What was written: where, how many features, and sides of the first ones in map units."""

    place: str
    count: int = 0
    sides: list[float] = field(default_factory=list)


class SinkWriter:
    """Writes features to a destination; one that is left with an error leaves nothing of its own behind.

    A layer that features are added to (as QGIS offers under "Append to Layer") keeps what was written so far.

    Args:
        name: of the parameter.

    Raises:
        QgsProcessingException: QGIS cannot create it; SinkFailedError: it cannot be written.
    """

    def __init__(
        self,
        arguments: Arguments,
        name: str,
        fields: QgsFields,
        kind: Qgis.WkbType,
        crs: QgsCoordinateReferenceSystem,
    ) -> None:
        self._name, self._appends = name, arguments.appends(name)
        self._sink, self.place = arguments.sink(name, fields, kind, crs)
        if self._sink is None:
            raise SinkFailedError(path=self.place, detail=translate("Swath", "it cannot be created"), parameter=name)

    def add(self, feature: QgsFeature) -> None:
        """Write one feature."""
        if not self._sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
            raise SinkFailedError(path=self.place, detail=self._sink.lastError(), parameter=self._name)

    def __enter__(self) -> SinkWriter:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Complete the file, or remove it after an error."""
        # QGIS writes the rest when nobody holds the sink any more.
        self._sink = None
        if error is not None and not self._appends:
            remove_vector_file(self.place)


def remove_vector_file(place: str) -> None:
    """Remove a vector file with all that belongs to it, or one table of a file; other places are left."""
    name, _, table = place.partition("|layername=")
    path = Path(name.split("|", maxsplit=1)[0])
    if not path.is_file():
        return
    if table:
        _drop_table(path, table.split("|", maxsplit=1)[0])
        return
    if path.suffix.lower() == ".shp":
        QgsVectorFileWriter.deleteShapeFile(str(path))
    for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))):
        file.unlink(missing_ok=True)


def _drop_table(path: Path, table: str) -> None:
    """Remove one table of a file that may hold others."""
    # The error that brought us here is the one to tell of.
    with contextlib.suppress(RuntimeError):
        dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_UPDATE)
        count = 0 if dataset is None else dataset.GetLayerCount()
        for place in [place for place in range(count) if dataset.GetLayer(place).GetName() == table]:
            dataset.DeleteLayer(place)


def make_fields(listed: Sequence[tuple[str, QMetaType.Type]]) -> QgsFields:
    """Return fields of names and types, which every format takes."""
    fields = QgsFields()
    for name, kind in listed:
        fields.append(QgsField(name, kind, "", TEXT_LENGTH if kind == TEXT else 0))
    return fields


def copy_layer(
    arguments: Arguments,
    name: str,
    source: str,
    fields: QgsFields,
    crs: QgsCoordinateReferenceSystem,
    feedback: QgsProcessingFeedback,
) -> Copied:
    """Copy the polygons that the engine wrote to a destination.

    Args:
        arguments: of the run.
        name: of the destination's parameter.
        source: path of a file with one layer, whose columns are found by name.
        fields: of the result.
        crs: of the result and, whatever its file says, of the source.
        feedback: asked whether the user cancelled.

    Raises:
        SinkFailedError, CancelledError: with nothing left of the result.
    """
    layer = QgsVectorLayer(source, "engine", "ogr", QgsVectorLayer.LayerOptions(loadDefaultStyle=False))
    if not layer.isValid():
        raise SinkFailedError(path=source, detail=translate("Swath", "the engine left no layer there"), parameter=name)
    single = QgsWkbTypes.flatType(layer.wkbType()) == Qgis.WkbType.Polygon
    kind = Qgis.WkbType.Polygon if single else Qgis.WkbType.MultiPolygon
    columns = [layer.fields().lookupField(item.name()) for item in fields]
    with SinkWriter(arguments, name, fields, kind, crs) as writer:
        copied = Copied(writer.place)
        for found in layer.getFeatures():
            if feedback.isCanceled():
                raise CancelledError(what=translate("Swath", "the run"))
            geometry = found.geometry()
            if not single:
                geometry.convertToMultiType()
            if copied.count < _MEASURED:
                copied.sides.append(_side(geometry))
            made = QgsFeature(fields)
            made.setGeometry(geometry)
            made.setAttributes([found[column] if column >= 0 else None for column in columns])
            writer.add(made)
            copied.count += 1
    return copied


def _side(geometry: QgsGeometry) -> float:
    box = geometry.boundingBox()
    return float(min(box.width(), box.height()))
