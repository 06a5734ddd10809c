"""Keep tiles square and half of them shared, as long as the user wants it so."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject

from .algorithm_form import AlgorithmForm


class TileSizes(QObject):
    """Lets heights follow widths, and strides stay the same part of tiles, where they did so before.

    Whoever doubles the tile would else get four times the chips, each of them seen four times as often.
    """

    def __init__(self, form: AlgorithmForm) -> None:
        super().__init__(form)
        self._form = form
        self._busy = False
        self._last = self._values()
        form.valuesChanged.connect(self._follow)

    def _values(self) -> dict[str, int]:
        names = ("TILE_SIZE_X", "TILE_SIZE_Y", "STRIDE_X", "STRIDE_Y")
        return {name: int(self._form.value(name) or 0) for name in names}

    def _follow(self) -> None:
        if self._busy:
            return
        earlier, now = self._last, self._values()
        self._last = now
        changed = [name for name in now if now[name] != earlier[name]]
        if len(changed) != 1:  # several at once come from a project or a script, which know what they want
            return
        (name,) = changed
        wanted: dict[str, int] = {}
        if name.startswith("TILE"):
            half = earlier["STRIDE_X"] * 2 == earlier[name] and earlier["STRIDE_Y"] * 2 == earlier[name]
            wanted |= dict.fromkeys(("STRIDE_X", "STRIDE_Y"), now[name] // 2) if half else {}
        other = name[:-1] + "Y"
        if name.endswith("X") and earlier[other] == earlier[name]:
            wanted[other] = now[name]
        self._busy = True
        for item, value in wanted.items():
            self._form.set_value(item, value)
        self._busy = False
        self._last = self._values()
