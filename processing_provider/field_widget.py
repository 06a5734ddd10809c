"""The drop-down of class fields in QGIS's own dialogs, where the labels may be a raster.

QGIS 3.40's own takes QGIS down as soon as the layer that the field belongs to is a raster. The dialogs find this one by
its name, which stands in the parameter's metadata; without windows it is never imported.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterField, QgsProcessingUtils, QgsProject, QgsVectorLayer
from qgis.gui import QgsFieldComboBox, QgsGui

_MODELER = "ModelerParametersDialog"


class ClassFieldWidget:
    """Makes the drop-down; in the model designer, where no layer is known, QGIS's own widget."""

    def __new__(cls, parameter: QgsProcessingParameterField, dialog: Any, row: int = 0, col: int = 0) -> Any:
        """Return the wrapper for a dialog."""
        if type(dialog).__name__ != _MODELER:
            return _wrapper_class()(parameter, dialog, row, col)
        registry = QgsGui.processingGuiRegistry()
        made = registry.createModelerParameterWidget(dialog.model, dialog.childId, parameter, dialog.context)
        made.setDialog(dialog)
        return made


@cache
def _wrapper_class() -> type:
    """Return the wrapper; its base is there only where QGIS's dialogs are."""
    from processing.gui.wrappers import WidgetWrapper  # noqa: PLC0415

    class FieldWrapper(WidgetWrapper):
        """Offers the fields of a vector layer, and none of a raster."""

        def createWidget(self) -> QgsFieldComboBox:
            """Return the drop-down."""
            box = QgsFieldComboBox()
            box.setAllowEmptyFieldName(True)
            box.setEditable(True)  # a name can be typed for layers that are not in the project
            box.fieldChanged.connect(lambda _name: self.widgetValueHasChanged.emit(self))
            return box

        def postInitialize(self, wrappers: list[Any]) -> None:
            """Follow the layer that the field belongs to."""
            wanted = self.parameterDefinition().parentLayerParameterName()
            for wrapper in wrappers:
                if wrapper.parameterDefinition().name() == wanted:
                    self.follow(wrapper)
                    wrapper.widgetValueHasChanged.connect(self.follow)

        def setValue(self, value: Any) -> None:
            """Show a field by its name."""
            self.widget.setField("" if value is None else str(value))

        def value(self) -> str | None:
            """Return the name of the field; None for no field."""
            return self.widget.currentField() or None

        def follow(self, parent: Any) -> None:
            """Offer the fields of the layer that is chosen now."""
            self.widget.setLayer(_vector_layer(parent.parameterValue()))

    return FieldWrapper


def _vector_layer(value: Any) -> QgsVectorLayer | None:
    if isinstance(value, str) and value:
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        value = QgsProcessingUtils.mapLayerFromString(value, context, False)
    return value if isinstance(value, QgsVectorLayer) else None
