"""What can be reviewed, and how each finds its places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsSpatialIndex,
    QgsVectorLayer,
)

from ...engine.progress import Reporter
from ...i18n import translate
from .candidates import Candidate, Look
from .differences import DifferencesJob, find_differences
from .differences import Reference as AnyReference
from .map_rasters import map_looks
from .object_places import Objects
from .outlines import STEPS
from .raster_reference import RasterReference
from .references import Reference
from .review_problems import NoLayerError, NoMapError, NoProbabilitiesError
from .sample_places import SampleWarnings
from .uncertain import UncertainJob, find_uncertain

if TYPE_CHECKING:
    from ..labeling.store import SampleStore

UNSURE, DIFFERENCES, OBJECTS, MATCHES, WARNINGS = "unsure", "differences", "objects", "matches", "warnings"
KINDS = (UNSURE, DIFFERENCES, OBJECTS, MATCHES, WARNINGS)


def kind_title(kind: str) -> str:
    """Return what is reviewed, for the user."""
    return {
        UNSURE: translate("Swath", "Least certain places"),
        DIFFERENCES: translate("Swath", "Differences from labels"),
        OBJECTS: translate("Swath", "Least certain objects"),
        MATCHES: translate("Swath", "Missed and false objects"),
        WARNINGS: translate("Swath", "Samples with warnings"),
    }[kind]


@dataclass(frozen=True)
class Source:
    """What to look through, and for what.

    Attributes:
        kind: UNSURE, DIFFERENCES, OBJECTS, MATCHES or WARNINGS.
        map: the classified raster, for UNSURE and DIFFERENCES.
        probabilities: the path of its probabilities, for UNSURE.
        layer: labels to compare with, objects or matches.
        field: the class field of the labels; "" to have it found.
        most: at most so many places.
        margin: percent; pixels are uncertain where the likeliest class leads by less.
        smallest: least size of a place in pixels; 0: fit for the size of the map.
        below: percent; objects less sure than that are shown.
        simplify: whether outlines are smoothed by a pixel.
    """

    kind: str = UNSURE
    map: QgsRasterLayer | None = None
    probabilities: str = ""
    layer: QgsMapLayer | None = None
    field: str = ""
    most: int = 50
    margin: int = 50
    smallest: int = 0
    below: int = 75
    simplify: bool = True


@dataclass(frozen=True)
class Search:
    """Work for a task, and what its places are in."""

    work: Callable[[Reporter], list[Candidate]]
    crs: QgsCoordinateReferenceSystem
    looks: tuple[Look, ...]
    about: dict[str, str]


def prepare(source: Source, project: QgsProject, store: SampleStore | None) -> Search:
    """Take from layers, in the thread they live in, what the search needs; raise ReviewError."""
    if source.kind in {UNSURE, DIFFERENCES}:
        path = raster_path(source.map)
        looks = tuple(map_looks(path).values())
        about = {"kind": source.kind, "map": path}
        work = _unsure(source, path, project, store) if source.kind == UNSURE else _differences(source, project, store)
        return Search(work, source.map.crs(), looks, about)
    if source.kind == WARNINGS:
        warnings = SampleWarnings(store)
        about = {"kind": source.kind}
        return Search(lambda reporter: warnings.find(source.most, reporter), store.crs, (), about)
    title = translate("Swath", "Objects") if source.kind == OBJECTS else translate("Swath", "Matches")
    if not isinstance(source.layer, QgsVectorLayer):
        raise NoLayerError(title=title)
    objects = Objects(source.layer, matches=source.kind == MATCHES)
    about = {"kind": source.kind, "layer": source.layer.source()}

    def work(reporter: Reporter) -> list[Candidate]:
        return objects.find(source.most, source.below / 100, reporter)

    return Search(work, source.layer.crs(), (), about)


def raster_path(layer: QgsRasterLayer | None) -> str:
    """Return the file of a raster layer; raise NoMapError."""
    if layer is None or layer.providerType() != "gdal":
        raise NoMapError()
    return layer.source()


def _unsure(
    source: Source, path: str, project: QgsProject, store: SampleStore | None
) -> Callable[[Reporter], list[Candidate]]:
    probabilities = source.probabilities or guess_probabilities(path, project)
    if not probabilities:
        raise NoProbabilitiesError(map=source.map.name())
    # Some of the places may be labeled already; they do not count.
    samples = [] if store is None else [QgsGeometry(sample.geometry) for sample in store.samples.values()]
    transform = QgsCoordinateTransform(
        source.map.crs() if store is None else store.crs, source.map.crs(), project.transformContext()
    )
    simplified = STEPS if source.simplify else 0.0
    most = source.most + min(len(samples), source.most)
    job = UncertainJob(path, probabilities, most, source.margin / 100, source.smallest, simplified)

    def work(reporter: Reporter) -> list[Candidate]:
        found = find_uncertain(job, reporter)
        labeled = _Labeled(samples, transform)
        return [item for item in found if not labeled.covers(item.geometry)][: source.most]

    return work


def _differences(
    source: Source, project: QgsProject, store: SampleStore | None
) -> Callable[[Reporter], list[Candidate]]:
    layer = source.layer
    if layer is None:
        raise NoLayerError(title=translate("Swath", "Labels"))
    if isinstance(layer, QgsRasterLayer):
        reference: AnyReference = RasterReference(raster_path(layer), layer.name())
    else:
        own = store is not None and Path(layer.source().split("|")[0]) == store.path
        reference = Reference(layer, source.field, source.map.crs(), project, store.areas_layer if own else None)
    job = DifferencesJob(source.map.source(), source.most, source.smallest, STEPS if source.simplify else 0.0)
    return lambda reporter: find_differences(job, reference, reporter)


def guess_probabilities(path: str, project: QgsProject) -> str:
    """Return the raster that goes with a map: the one that lies beside it under its name with ``_probabilities``, else
    one of the project with several bands of real numbers, of its place and size; "" where there is none.
    """

    def of(found: str) -> tuple[int, int, tuple[float, ...]] | None:
        try:
            dataset = gdal.OpenEx(found, gdal.OF_RASTER | gdal.OF_READONLY)
        except RuntimeError:
            return None
        return None if dataset is None else (dataset.RasterXSize, dataset.RasterYSize, dataset.GetGeoTransform())

    wanted = of(path)
    beside = str(probabilities_path(path))
    if Path(beside).is_file() and of(beside) == wanted:
        return beside
    layers = [layer for layer in project.mapLayers().values() if isinstance(layer, QgsRasterLayer)]
    fitting = [
        layer.source()
        for layer in layers
        if layer.providerType() == "gdal"
        and layer.bandCount() >= 2
        and layer.dataProvider().dataType(1) == Qgis.DataType.Float32
        and of(layer.source()) == wanted
    ]
    return fitting[-1] if fitting else ""


def probabilities_path(path: str) -> Path:
    """Return where the probabilities of a map are written to."""
    map_path = Path(path)
    return map_path.with_name(f"{map_path.stem}_probabilities.tif")


class _Labeled:
    """What is labeled, to be asked for by place."""

    def __init__(self, samples: list[QgsGeometry], transform: QgsCoordinateTransform) -> None:
        self._shapes: list[QgsGeometry] = []
        self._index = QgsSpatialIndex()
        for geometry in samples:
            try:
                geometry.transform(transform)
            except QgsCsException:
                continue
            self._index.addFeature(len(self._shapes), geometry.boundingBox())
            self._shapes.append(geometry)

    def covers(self, geometry: QgsGeometry) -> bool:
        """Tell whether more than half of a place is labeled."""
        near = self._index.intersects(geometry.boundingBox())
        return sum(self._shapes[place].intersection(geometry).area() for place in near) > geometry.area() / 2
