"""Samples that are changed by drawing over them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qgis.core import QgsFeatureRequest, QgsGeometry, QgsRectangle

from ...engine.errors import InputError
from ...i18n import translate
from .commands import Change, Step
from .placing import NoAreaError, clean_polygons
from .samples import AREAS, SAMPLES, Item, now

if TYPE_CHECKING:
    from .store import SampleStore


class NothingThereError(InputError):
    """A shape that meets no sample."""

    template = "The shape meets nothing that was drawn before: start it on a sample or area that is to be changed."


def reshape(store: SampleStore, shape: QgsGeometry, *, extend: bool, table: str = SAMPLES) -> bool:
    """Change samples, or areas, by a shape in the store's CRS, as one step; tell whether anything changed.

    Extending adds the shape to the one that it covers most; cutting takes it out of all that it
    meets. Where some that it meets are selected, only these count. What is cut away wholly is removed.

    Raises:
        NothingThereError: if the shape meets none.
        StoreError: if the file cannot be written.
    """
    met = meeting(store, shape, table)
    if not met:
        raise NothingThereError
    chosen = set(selected(store, table))
    met = [item for item in met if item.fid in chosen] or met
    if extend:
        best = max(met, key=lambda item: item.geometry.intersection(shape).area())
        changed: dict[int, QgsGeometry | None] = {best.fid: clean_polygons(best.geometry.combine(shape))}
        text = translate("Swath", "Extend a shape")
    else:
        changed = {item.fid: _rest(item.geometry.difference(shape), item.geometry.area()) for item in met}
        text = translate("Swath", "Cut a shape")
    change_items(store, changed, text, table)
    return True


def _rest(geometry: QgsGeometry, before: float) -> QgsGeometry | None:
    """Return what is left of a shape; None where nothing is left that anybody would see."""
    try:
        return clean_polygons(geometry, smallest=before * 1e-9)
    except NoAreaError:
        return None


def change_items(store: SampleStore, changed: dict[int, QgsGeometry | None], text: str, table: str = SAMPLES) -> None:
    """Give samples or areas other outlines, or remove them (None), as one step of the undo stack."""
    if table == AREAS:
        time, steps = now(), {}
        for fid, geometry in changed.items():
            area = store.areas[fid]
            steps[fid] = Change(area, None if geometry is None else replace(area, geometry=geometry, time=time))
        gone = {
            step.before.uid: Change(store.deleted.get(step.before.uid), time)
            for step in steps.values()
            if not step.after
        }
        store.do(Step(areas=steps, deleted=gone), text)
        return
    gone = [fid for fid, geometry in changed.items() if geometry is None]
    kept = {fid: geometry for fid, geometry in changed.items() if geometry is not None}
    if gone and kept:
        store.undo_stack.beginMacro(text)
    try:
        if kept:
            store.change_geometry(kept, text)
        if gone:
            store.remove(gone, text)
    finally:
        if gone and kept:
            store.undo_stack.endMacro()


def items(store: SampleStore, table: str) -> dict[int, Item]:
    """Return the samples, or the areas, of a store by their fids."""
    return store.areas if table == AREAS else store.samples


def selected(store: SampleStore, table: str) -> list[int]:
    """Return the fids of the selected samples, or areas."""
    if table == AREAS:
        return [fid for fid in store.areas_layer.selectedFeatureIds() if fid in store.areas]
    return store.selected


def within(store: SampleStore, box: QgsRectangle, table: str) -> list[Item]:
    """Return the samples, or areas, whose boxes meet a box in the store's CRS."""
    layer = store.areas_layer if table == AREAS else store.layer
    request = QgsFeatureRequest(box).setNoAttributes().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    known = items(store, table)
    return [known[feature.id()] for feature in layer.getFeatures(request) if feature.id() in known]


def meeting(store: SampleStore, shape: QgsGeometry, table: str) -> list[Item]:
    """Return the samples, or areas, that a shape in the store's CRS meets."""
    found = within(store, shape.boundingBox(), table)
    engine = QgsGeometry.createGeometryEngine(shape.constGet())
    engine.prepareGeometry()
    return [item for item in found if engine.intersects(item.geometry.constGet())]
