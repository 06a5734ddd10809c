"""Why QGIS does not take a value: its own words name the parameter only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProcessingParameterDefinition

from ..engine.errors import SwathError
from ..i18n import translate
from .problems import BadNumberError, MissingValueError, NoLayerError

_LAYERS = {"raster", "vector", "layer", "source", "multilayer"}


def refusal(
    definitions: Iterable[QgsProcessingParameterDefinition], values: Mapping[str, Any], context: QgsProcessingContext
) -> SwathError | None:
    """Return what is wrong with the first value that is not acceptable; None where we know no better."""
    for definition in definitions:
        value = values.get(definition.name(), definition.defaultValue())
        if not definition.checkValueIsAcceptable(value, context):
            return _explain(definition, value)
    return None


def _explain(definition: QgsProcessingParameterDefinition, value: Any) -> SwathError:
    name, kind = definition.name(), definition.type()
    if value is None or value == "":
        return MissingValueError(parameter=name, title=definition.description())
    if kind == "enum":
        expected = translate("Swath", "one of {words}").format(words=", ".join(definition.options()))
        return BadNumberError(value=value, parameter=name, expected=expected)
    if kind == "number":
        # Numbers without bounds have the largest and smallest there are.
        least, most = definition.minimum(), definition.maximum()
        bounds = [f">= {least:g}"] if abs(least) < 1e300 else []
        bounds += [f"<= {most:g}"] if abs(most) < 1e300 else []
        expected = translate("Swath", "a number {bounds}").format(bounds=", ".join(bounds)).strip()
        return BadNumberError(value=value, parameter=name, expected=expected)
    shown = value.name() if isinstance(value, QgsMapLayer) else value
    if kind in _LAYERS:
        return NoLayerError(parameter=name, value=shown)
    return BadNumberError(value=shown, parameter=name, expected=definition.description())
