"""The widgets that QGIS has for the parameters of an algorithm, made and wired as its own dialogs do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from qgis.core import (
    Qgis,
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingParameterDefinition,
    QgsProject,
    QgsVectorLayer,
)
from qgis.gui import (
    QgsFieldComboBox,
    QgsGui,
    QgsMapCanvas,
    QgsProcessingContextGenerator,
    QgsProcessingGui,
    QgsProcessingParametersGenerator,
    QgsProcessingParameterWidgetContext,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox, QLabel, QToolButton, QWidget

from ...i18n import translate

# Types whose widgets fit beside their label in a dock.
NARROW = frozenset({"number", "enum", "distance", "boolean", "scale"})


class ParameterWidgets(QObject):
    """A widget for each parameter of ``names``; keeps the wrappers alive, and their links to each other.

    Args:
        algorithm: whose parameters these are; must outlive this.
        names: of the parameters that get a widget.
        context: makes the context in which values are understood.
        canvas: for picking points and extents on the map.
        values: gives the values of all parameters, for widgets that depend on others.
    """

    def __init__(
        self,
        algorithm: QgsProcessingAlgorithm,
        names: Iterable[str],
        context: QgsProcessingContext,
        canvas: QgsMapCanvas | None,
        project: QgsProject,
        values: Callable[[], dict[str, Any]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._generator = _Generator(context)
        self._values = _Values(values)
        given = QgsProcessingParameterWidgetContext()
        given.setProject(project)
        if canvas is not None:
            given.setMapCanvas(canvas)
        self._wrappers: dict[str, Any] = {}
        self.widgets: dict[str, QWidget] = {}
        self.labels: dict[str, QLabel | None] = {}
        registry, kind = QgsGui.processingGuiRegistry(), QgsProcessingGui.WidgetType.Standard
        forget_at_end(self)
        self._wheel = _WheelFilter(self)
        for name in names:
            definition = algorithm.parameterDefinition(name)
            wrapper = registry.createParameterWidgetWrapper(definition, kind)
            if wrapper is None:  # a type of another plugin without a widget: its default is taken
                continue
            wrapper.setWidgetContext(given)
            wrapper.registerProcessingContextGenerator(self._generator)
            wrapper.registerProcessingParametersGenerator(self._values)
            widget = wrapper.createWrappedWidget(context)
            self._wrappers[name], self.widgets[name] = wrapper, widget
            self.labels[name] = wrapper.createWrappedLabel()
            self._prepare(definition, widget, self.labels[name])
        for name, wrapper in self._wrappers.items():
            parent = self._any_layer_of(name)
            wrapper.postInitialize([other for other in self._wrappers.values() if other is not parent])
            if parent is not None:
                parent.widgetValueHasChanged.connect(lambda _wrapper, name=name: self._follow_layer(name))
                self._follow_layer(name)

    def _any_layer_of(self, name: str) -> Any:
        """Return the wrapper of the layer that a field belongs to, where that may be a raster; else None.

        QGIS 3.40 crashes where it links a field itself and the layer is a raster.
        """
        definition = self._wrappers[name].parameterDefinition()
        parent = self._wrappers.get(definition.parentLayerParameterName()) if definition.type() == "field" else None
        return parent if parent is not None and parent.parameterDefinition().type() == "layer" else None

    def _follow_layer(self, name: str) -> None:
        """Offer the fields of the chosen layer; a raster has none."""
        value = self._any_layer_of(name).parameterValue()
        layer = self._context.project().mapLayer(str(value.source() if isinstance(value, QgsMapLayer) else value or ""))
        for box in (self.widgets[name], *self.widgets[name].findChildren(QComboBox)):
            # Python takes what C++ made for a plain combo box.
            if box.metaObject().className() == QgsFieldComboBox.__name__:
                sip.cast(box, QgsFieldComboBox).setLayer(layer if isinstance(layer, QgsVectorLayer) else None)

    def connect(self, changed: Callable[[], None]) -> None:
        """Have ``changed`` called whenever the user changes a value."""
        for wrapper in self._wrappers.values():
            wrapper.widgetValueHasChanged.connect(lambda _wrapper: changed())

    def values(self) -> dict[str, Any]:
        """Return what is entered, by name, as Processing takes it."""
        return {name: wrapper.parameterValue() for name, wrapper in self._wrappers.items()}

    def set(self, name: str, value: Any) -> bool:
        """Enter a value; tell whether there is a widget for it. Layers may be given as such or by id."""
        wrapper = self._wrappers.get(name)
        if wrapper is None:
            return False
        if isinstance(value, QgsMapLayer):
            value = value.id() if self._context.project().mapLayer(value.id()) else value.source()
        if value is None and wrapper.parameterDefinition().type() in {"number", "distance", "scale"}:
            value = wrapper.parameterDefinition().defaultValue()
        wrapper.setParameterValue(value, self._context)
        return True

    def loaded(self) -> set[str]:
        """Return the names of the outputs that the user wants to see on the map."""
        wrappers = self._wrappers.items()
        return {name for name, wrapper in wrappers if wrapper.customProperties().get("OPEN_AFTER_RUNNING")}

    def _prepare(self, definition: QgsProcessingParameterDefinition, widget: QWidget, label: QLabel | None) -> None:
        """Put help into tool tips, and keep the mouse wheel from changing what only passes under it."""
        tip = f"<p><b>{definition.description()}</b> ({definition.name()})</p><p>{definition.help()}</p>"
        widget.setToolTip(tip)
        if label is not None:
            label.setToolTip(tip)
            label.setWordWrap(True)
            label.setBuddy(widget)
        widget.setObjectName(definition.name())
        widget.setAccessibleName(definition.description())
        if definition.isDestination():
            for box in widget.findChildren(QCheckBox):
                box.setText(translate("Swath", "Show on the map"))  # QGIS's own text is wider than a dock
        for button in widget.findChildren(QToolButton):
            if button.isCheckable():  # "iterate over this layer", which only QGIS's own dialogs can
                button.hide()
        for item in (widget, *widget.findChildren(QWidget)):
            if isinstance(item, (QAbstractSpinBox, QComboBox)):
                item.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                item.installEventFilter(self._wheel)
            if isinstance(item, QComboBox):
                # Long names of layers must not widen the dock.
                item.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                item.setMinimumContentsLength(6)


def is_advanced(definition: QgsProcessingParameterDefinition) -> bool:
    """Tell whether a parameter is folded away."""
    return bool(definition.flags() & Qgis.ProcessingParameterFlag.Advanced)


def is_hidden(definition: QgsProcessingParameterDefinition) -> bool:
    """Tell whether a parameter is never shown."""
    return bool(definition.flags() & Qgis.ProcessingParameterFlag.Hidden)


def forget_at_end(owner: QObject) -> None:
    """Have an object's attributes dropped when it is destroyed.

    Python does not hear of the end of widgets that C++ made. What it still holds of them then passes for newer ones
    that happen to lie in the same place, of whatever type these are, which ends QGIS.
    """
    owner.destroyed.connect(partial(_drop, vars(owner)))


def _drop(attributes: dict[str, Any], _gone: QObject | None = None) -> None:
    attributes.clear()


class _Generator(QgsProcessingContextGenerator):
    """Gives the wrappers their context; must live as long as they do."""

    def __init__(self, context: QgsProcessingContext) -> None:
        super().__init__()
        self._context = context

    def processingContext(self) -> QgsProcessingContext:
        return self._context


class _Values(QgsProcessingParametersGenerator):
    """Gives the wrappers the values of all parameters; must live as long as they do."""

    def __init__(self, values: Callable[[], dict[str, Any]]) -> None:
        super().__init__()
        self._values = values

    def createProcessingParameters(self, flags: Any = None) -> dict[str, Any]:
        return self._values()


class _WheelFilter(QObject):
    """Lets the wheel scroll the form: it changes a value only where that has the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False
