"""How samples and labeled areas are drawn on the map."""

from __future__ import annotations

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFeatureRenderer,
    QgsFillSymbol,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
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


def areas_renderer() -> QgsSingleSymbolRenderer:
    """Return a renderer with a dashed outline that is seen on dark and bright images."""
    symbol = QgsFillSymbol.createSimple({"style": "no", "outline_color": "#000000", "outline_width": "0.7"})
    dashes = {"style": "no", "outline_color": "#ffdd00", "outline_width": "0.5", "outline_style": "dash"}
    symbol.appendSymbolLayer(QgsFillSymbol.createSimple(dashes).takeSymbolLayer(0))
    return QgsSingleSymbolRenderer(symbol)


def _symbol(entry: ClassEntry) -> QgsFillSymbol:
    color = ",".join(map(str, rgb(entry.color)))
    look = {"color": f"{color},{round(255 * _OPACITY)}", "outline_color": f"{color},255", "outline_width": "0.4"}
    return QgsFillSymbol.createSimple({**look, "joinstyle": "round"})
