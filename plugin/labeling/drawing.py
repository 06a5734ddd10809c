"""Drawing on the map canvas: what the tools share, and the way of a drawn shape into the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsCoordinateTransform, QgsGeometry, QgsProject, QgsUnitTypes, QgsWkbTypes
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtGui import QColor

from ...engine.errors import SwathError
from ...i18n import translate
from ...processing_provider.sentences import sentence
from .canvas_keys import CanvasKeys
from .define_class import define_class
from .measuring import Measure
from .placing import NoAreaError, carry, clean_polygons, ground_buffer
from .reshaping import reshape
from .samples import AREAS, SAMPLES
from .snapping import Snapping
from .tool_desk import ToolDesk

if TYPE_CHECKING:
    from .schema import Schema
    from .schema_nodes import ClassEntry
    from .store import SampleStore

Tell = Callable[[str, Qgis.MessageLevel], None]
AskClass = Callable[["Schema", QgsMapCanvas], "ClassEntry | None"]


class DrawingSession(ToolDesk):
    """Draws samples or areas of one store on one canvas.

    Args:
        messages: takes a sentence for the user and its level, as ``DockContext.tell`` does.
        ask_class: asks for the class of a shape where none is chosen; None where the user gives up.

    ``buffer`` is the distance in metres on the ground from a drawn line or point to the sample's edge.
    """

    measured = pyqtSignal(str)
    targetChanged = pyqtSignal(str)
    bufferChanged = pyqtSignal(float)
    storeChanged = pyqtSignal()
    drawn = pyqtSignal(object)  # the fids that a finished shape got

    def __init__(
        self,
        canvas: QgsMapCanvas,
        store: SampleStore | None = None,
        messages: Tell | None = None,
        parent: QObject | None = None,
        ask_class: AskClass = define_class,
    ) -> None:
        super().__init__(canvas, parent)
        self.store, self._tell, self.ask_class = None, messages, ask_class
        self.measure = Measure(canvas)
        self.snapping = Snapping(canvas, self)
        self.keys = CanvasKeys(self)
        self._target, self._buffer = SAMPLES, 2.0
        project = QgsProject.instance()
        project.cleared.connect(self.leave)
        project.readProject.connect(self._project_read)
        self.set_store(store)

    def start(self, tool: str) -> None:
        """Give the canvas to a tool, where there are labels to draw into; raise KeyError for an unknown id."""
        if self.store is None:
            self.tell(translate("Swath", "No labels are open: open or create a labels file first."))
            self.toolChanged.emit(self.tool)
        else:
            super().start(tool)

    def close(self) -> None:
        """Take everything off the canvas, and leave the store."""
        self.leave()
        self.set_store(None)
        super().close()
        self.measure.dispose()

    # --- what is drawn -------------------------------------------------------------------------

    def set_store(self, store: SampleStore | None) -> None:
        """Draw into another store, or none; an unfinished sketch goes."""
        if store is self.store:
            return
        if self.active is not None:
            self.active.cancel()
        if store is None:
            self.leave()
        earlier, self.store = self.store, store
        for one, connect in ((earlier, False), (store, True)):
            if one is not None and not sip.isdeleted(one):
                for signal in (one.samplesChanged, one.areasChanged):
                    signal.connect(self._items_changed) if connect else signal.disconnect(self._items_changed)
        for tool in self._made.values():
            tool.store_changed()
        self.storeChanged.emit()

    @property
    def target(self) -> str:
        """Return what is drawn: "samples" or "areas"."""
        return self._target

    def set_target(self, target: str) -> None:
        """Draw samples or areas from now on."""
        if target in {SAMPLES, AREAS} and target != self._target:
            self._target = target
            if self.active is not None:
                self.active.target_changed()
            self.targetChanged.emit(target)

    @property
    def buffer(self) -> float:
        """Return the distance in metres from a line or point to the edge of its sample."""
        return self._buffer

    def set_buffer(self, metres: float) -> None:
        """Change the buffer; a sketch at work follows."""
        if metres >= 0 and metres != self._buffer:
            self._buffer = metres
            if self.active is not None:
                self.active.redraw()
            self.bufferChanged.emit(metres)

    def color(self) -> QColor:
        """Return the colour of what is drawn: the class's, or one of its own for areas and where none is chosen."""
        if self.target == AREAS:
            return QColor("#00a5c8")
        found = self.store.schema.find(self.store.current_class) if self.store else None
        return QColor(found.color) if found else QColor("#808080")

    def outline(self, geometry: QgsGeometry) -> QgsGeometry:
        """Return what a sketch will become, in the canvas's CRS: lines and points get their buffer."""
        if geometry.isNull() or geometry.type() == QgsWkbTypes.GeometryType.PolygonGeometry:
            return geometry
        settings = self.canvas.mapSettings()
        return ground_buffer(geometry, self._buffer, settings.destinationCrs(), settings.transformContext())

    @property
    def buffer_unit(self) -> Qgis.DistanceUnit:
        """Return the unit in which the buffer is shown: the map's; metres where that is degrees or unknown."""
        unit = self.canvas.mapUnits()
        standard = QgsUnitTypes.unitType(unit) == Qgis.DistanceUnitType.Standard
        return unit if standard else Qgis.DistanceUnit.Meters

    def finish(self, geometry: QgsGeometry) -> bool:
        """Make a sample or an area of a shape in the canvas's CRS; tell whether one was made.

        What cannot be kept is said to the user in a sentence.
        """
        store = self.store
        if store is None:
            return False

        def add() -> bool:
            placed = self.placed(self.outline(geometry))
            if self.target == AREAS:
                self.drawn.emit([store.add_area(placed)])
                return True
            value = store.current_class
            if store.schema.find(value) is None:
                value = self._ask()
                if value is None:
                    return False
            self.drawn.emit(store.add([placed], value))
            return True

        return bool(self.guard(add))

    def reshape(self, geometry: QgsGeometry, *, extend: bool) -> bool:
        """Add a shape in the canvas's CRS to a sample, or cut it out of those it meets; tell whether it did."""
        store = self.store
        if store is None:
            return False
        return bool(self.guard(lambda: reshape(store, self.placed(geometry), extend=extend, table=self.target)))

    def placed(self, geometry: QgsGeometry) -> QgsGeometry:
        """Return polygons in the canvas's CRS as valid ones in the store's; raise SwathError."""
        units = self.canvas.mapUnitsPerPixel()
        made = clean_polygons(geometry, smallest=units * units * 1e-3)
        return clean_polygons(carry(made, self.to_store()))

    def to_store(self) -> QgsCoordinateTransform:
        """Return the transform from the canvas's to the store's CRS."""
        settings = self.canvas.mapSettings()
        return QgsCoordinateTransform(settings.destinationCrs(), self.store.crs, settings.transformContext())

    def from_store(self) -> QgsCoordinateTransform:
        """Return the transform from the store's to the canvas's CRS."""
        settings = self.canvas.mapSettings()
        return QgsCoordinateTransform(self.store.crs, settings.destinationCrs(), settings.transformContext())

    # --- steps and words -----------------------------------------------------------------------

    def undo(self) -> None:
        """Take back the last vertex of a sketch; without a sketch the last edit."""
        active = self.active
        if (active is None or not active.step_back()) and self.store is not None:
            self.guard(self.store.undo_stack.undo)

    def redo(self) -> None:
        """Make the edit again that was undone last."""
        active = self.active
        if (active is None or not active.sketching) and self.store is not None:
            self.guard(self.store.undo_stack.redo)

    def choose(self, number: int) -> bool:
        """Draw the class at a place of the schema (1: the first) from now on; tell whether there is one."""
        classes = self.store.schema.classes() if self.store else []
        if not 1 <= number <= len(classes):
            return False
        self.store.current_class = classes[number - 1].value
        if self.active is not None:
            self.active.redraw()
        return True

    def tell(self, text: str, level: Qgis.MessageLevel = Qgis.MessageLevel.Info) -> None:
        """Say a sentence to the user."""
        if self._tell is not None:
            self._tell(text, level)

    def guard(self, step: Callable[[], Any]) -> Any:
        """Return what a step returns; None where it fails, after its sentence was said to the user."""
        try:
            return step()
        except NoAreaError as error:
            self.hintChanged.emit(sentence(error))
        except SwathError as error:
            self.tell(sentence(error), Qgis.MessageLevel.Warning)
        return None

    def _ask(self) -> int | None:
        entry = self.ask_class(self.store.schema, self.canvas)
        if entry is None:
            return None
        schema = self.store.schema
        if schema.find(entry.value) is None:
            text = translate("Swath", "Add class {name}").format(name=entry.name)
            self.store.set_schema(schema.add(entry), text)
        self.store.current_class = entry.value
        return entry.value

    def _items_changed(self, _changes: object) -> None:
        if self.active is not None:
            self.active.items_changed()

    def _project_read(self, *_document: Any) -> None:
        self.leave()
