"""What of the samples goes into an export: those of one image, and the areas that are fully labeled there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsExpression,
    QgsMapLayer,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from ...engine.errors import InputError

if TYPE_CHECKING:
    from ..labeling.store import SampleStore


class NoSamplesError(InputError):
    """An image without samples, in a file that has samples of others."""

    template = "No sample was drawn on the image {image} (INPUT): choose one of the labeled images, or label it first."


@dataclass(frozen=True)
class Labeled:
    """What is labeled on one image: numbers of samples, of their classes, and of areas."""

    samples: int
    classes: int
    areas: int


def labeled(store: SampleStore, image: QgsRasterLayer | None) -> Labeled:
    """Count what an export of one image would take."""
    keys = keys_of(store, image)
    values = [sample.value for sample in store.samples.values() if sample.image in keys]
    areas = sum(area.image in keys for area in store.areas.values())
    return Labeled(len(values), len(set(values)), areas)


def labeled_images(store: SampleStore, project: QgsProject) -> list[QgsRasterLayer]:
    """Return the images of a project that have samples, the one at work first."""
    counts = store.images()
    rasters = [layer for layer in project.mapLayers().values() if isinstance(layer, QgsRasterLayer)]
    found = {store.image_key(layer): layer for layer in rasters if store.image_key(layer) in counts}
    return sorted(found.values(), key=lambda layer: (layer is not store.current_image, layer.name()))


def with_samples(
    given: Mapping[str, Any], store: SampleStore, image: QgsRasterLayer | None, project: QgsProject, *, mask: bool
) -> dict[str, Any]:
    """Return the parameters of an export with the samples, and where ``mask`` the areas, of one image only.

    Raises:
        NoSamplesError: no sample was drawn on it.
    """
    for layer in (store.layer, store.areas_layer):
        layer.dataProvider().reloadData()  # edits go past QGIS into the file
        layer.updateExtents(True)
    found = labeled(store, image)
    if image is not None and store.samples and not found.samples:
        raise NoSamplesError(image=image.name())
    made = {**given, "LABELS": _source(store, store.layer, image, project)}
    if mask and found.areas:
        made["MASK"] = _source(store, store.areas_layer, image, project)
    return made


def _source(store: SampleStore, layer: QgsVectorLayer, image: QgsRasterLayer | None, project: QgsProject) -> Any:
    place = layer.id() if project.mapLayer(layer.id()) is not None else layer.source()
    held = store.areas if layer is store.areas_layer else store.samples
    keys = keys_of(store, image)
    if all(item.image in keys for item in held.values()):
        return place
    listed = ", ".join(QgsExpression.quotedValue(key) for key in sorted(keys))
    definition = QgsProcessingFeatureSourceDefinition(place)
    definition.filterExpression = f"coalesce({QgsExpression.quotedColumnRef('Image')}, '') IN ({listed})"
    return definition


def keys_of(store: SampleStore, image: QgsRasterLayer | None) -> set[str]:
    """Return the keys of the samples that belong to an image: those of no image belong to every one."""
    return {"", store.image_key(image)} if image is not None else {"", *store.images()}


def same_layer(one: QgsMapLayer | None, other: QgsMapLayer | None) -> bool:
    """Tell whether two layers show the same."""
    return one is not None and other is not None and (one is other or one.source() == other.source())
