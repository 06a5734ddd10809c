"""Samples from elsewhere: vector layers, and copies in which others labeled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsCoordinateTransform, QgsVectorLayer

from ...i18n import translate
from .class_joining import join
from .commands import Change, Step
from .edits import SampleEdits
from .layer_import import Cancelled, Shapes, layer_reading
from .merging import Merger, MergeSummary, read_copy, summary
from .samples import AREAS, SAMPLES, Sample, new_uid, now
from .schema import ClassEntry
from .store_files import Content


class SampleTaking(SampleEdits):
    """What a SampleStore can take in. ``notes`` are sentences about what was last taken: left out, renumbered."""

    notes: tuple[str, ...] = ()

    def import_layer(self, layer: QgsVectorLayer, class_field: str = "", buffer: float = 0.0, text: str = "") -> int:
        """Take the features of a layer as samples, as one step; return how many.

        Classes are found in the schema by name, else by value, or added to it. ``notes`` then says what was repaired
        or left out. Of a large layer, rather run layer_reading() in another thread and give what it returns to
        take_shapes().

        Args:
            layer: of any geometry and coordinate reference system.
            class_field: numbers or names; "" gives all features the current class (or one named after the layer).
            buffer: half the width in map units of the layer that lines and points get; 0 leaves them out.
            text: what the undo stack calls the step.

        Raises:
            StoreError, SchemaError: where nothing can be taken.
        """
        return self.take_shapes(self.layer_reading(layer, class_field, buffer)(lambda: False), text)

    def layer_reading(
        self, layer: QgsVectorLayer, class_field: str = "", buffer: float = 0.0
    ) -> Callable[[Cancelled], Shapes]:
        """Return what reads a layer, in any thread."""
        return layer_reading(layer, class_field, self.crs, self.project, buffer)

    def take_shapes(self, shapes: Shapes, text: str = "") -> int:
        """Add what was read of a layer, as one step; return the number of samples."""
        joined = join(self.schema, shapes.schema)
        schema, alone = joined.schema, self.current_class
        if alone is None and any(value is None for value, _area in shapes.items):
            named = schema.find_name(shapes.name) if shapes.name.strip() else None
            entry = named or ClassEntry(shapes.name.strip()[:60] or "1", schema.next_value(), schema.next_color())
            schema, alone = (schema if named else schema.add(entry)), entry.value
        counter, image, time = self.pixel_counter(), self.current_image_key, now()
        changes = {}
        for value, area in shapes.items:
            chosen = alone if value is None else joined.values[value]
            fid = self.take_fid(SAMPLES)
            changes[fid] = Change(None, Sample(fid, new_uid(), chosen, area, image, time, counter.count(area)))
        schema_change = Change(self.schema, schema) if schema != self.schema else None
        step = Step(samples=changes, schema=schema_change)
        self.do(step, text or translate("Swath", "Take samples from {layer}").format(layer=shapes.name))
        self.notes = (*shapes.told(), *joined.notes)
        return len(changes)

    def merge_copy(self, path: str | Path, text: str = "") -> MergeSummary:
        """Take over what is newer in a copy of this file, as one step: samples, areas, deletions and classes.

        The copy is not changed, and may be open elsewhere.

        Raises:
            StoreError: where it is no file of samples.
        """
        path = Path(path).expanduser().absolute()
        copy = read_copy(path, self.path)
        fids = {SAMPLES: self.take_fid(SAMPLES), AREAS: self.take_fid(AREAS)}
        mine = Content(self.crs, 0, self.schema, dict(self.samples), dict(self.areas), self.deleted, fids)
        to_mine = QgsCoordinateTransform(copy.crs, self.crs, self.project.transformContext())
        step, joined = Merger(mine, copy, (self.path.parent, path.parent), to_mine).step()
        self.do(step, text or translate("Swath", "Merge {name}").format(name=path.name))
        self.notes = joined.notes
        return summary(step, joined)
