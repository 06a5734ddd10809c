"""How samples and labeled areas are drawn on the map."""

from __future__ import annotations

from qgis.core import (
    Qgis,
    QgsCategorizedSymbolRenderer,
    QgsFeatureRenderer,
    QgsFillSymbol,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)

from .samples import rgb
from .schema import ClassEntry, Schema

_FIELD = "Classvalue"
_OPACITY = 0.35  # of fills: what is labeled must stay visible


def samples_renderer(schema: Schema, earlier: QgsFeatureRenderer | None = None) -> QgsCategorizedSymbolRenderer:
    """Return a renderer with a half transparent symbol for each class, in the order of the schema.

    Symbols of an ``earlier`` renderer stay as the user made them where their class has still that colour.
    """
    kept = {}
    if isinstance(earlier, QgsCategorizedSymbolRenderer) and earlier.classAttribute() == _FIELD:
        # Clones: a symbol dies with the list of categories it came in.
        kept = {item.value(): item.symbol().clone() for item in earlier.categories() if item.symbol() is not None}
    categories = []
    for entry in schema.classes():
        symbol = kept.get(entry.value)
        same = symbol is not None and symbol.color().name() == entry.color
        categories.append(QgsRendererCategory(entry.value, symbol if same else _symbol(entry), entry.name))
    return QgsCategorizedSymbolRenderer(_FIELD, categories)


def style_selection(layer: QgsVectorLayer) -> None:
    """Draw selected samples as a bright outline: QGIS's own filled yellow would hide what is labeled."""
    symbol = _outline("#000000", 1.6)
    symbol.appendSymbolLayer(_outline("#ffee00", 0.9).takeSymbolLayer(0))
    looks = layer.selectionProperties()
    looks.setSelectionSymbol(symbol)
    looks.setSelectionRenderingMode(Qgis.SelectionRenderingMode.CustomSymbol)


def areas_renderer() -> QgsSingleSymbolRenderer:
    """Return a renderer with a dashed outline that is seen on dark and bright images."""
    symbol = _outline("#000000", 0.7)
    symbol.appendSymbolLayer(_outline("#ffdd00", 0.5, "dash").takeSymbolLayer(0))
    return QgsSingleSymbolRenderer(symbol)


def _outline(color: str, width: float, style: str = "solid") -> QgsFillSymbol:
    """Return an outline of a width in millimetres, without a fill."""
    look = {"style": "no", "outline_color": color, "outline_width": str(width), "outline_style": style}
    return QgsFillSymbol.createSimple({**look, "joinstyle": "round"})


def _symbol(entry: ClassEntry) -> QgsFillSymbol:
    color = ",".join(map(str, rgb(entry.color)))
    look = {"color": f"{color},{round(255 * _OPACITY)}", "outline_color": f"{color},255", "outline_width": "0.4"}
    return QgsFillSymbol.createSimple({**look, "joinstyle": "round"})
