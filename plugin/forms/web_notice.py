"""What a layer without pixels of its own (XYZ, WMS) needs to be cut or classified: an extent and a cell size."""

from __future__ import annotations

from qgis.core import QgsRasterLayer
from qgis.PyQt.QtWidgets import QWidget

from ...engine.errors import SwathError
from ...i18n import translate
from ...processing_provider.sentences import sentence
from .algorithm_form import AlgorithmForm
from .notice import INFO, WARNING, Notice
from .preview import view_of

_ANY_PX = 10**9


class WebNotice(Notice):
    """Offers to take both from the map, as long as one of them is missing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QgsRasterLayer | None = None
        self._form: AlgorithmForm | None = None
        self._cell_size = 0.0
        self.label.setOpenExternalLinks(False)
        self.label.linkActivated.connect(self._take)

    def look(self, image: QgsRasterLayer | None, form: AlgorithmForm, cell_size: float = 0.0) -> None:
        """Say what an image needs that the form does not have yet; 0: cells as the map draws them."""
        self._image, self._form, self._cell_size = image, form, cell_size
        if image is not None and not image.isValid():
            text = translate("Swath", "The layer {layer} cannot be read: repair its source, or choose another one.")
            self.say(text.format(layer=image.name()), WARNING)
            return
        web = image is not None and image.dataProvider().xSize() <= 0
        if web and (form.value("EXTENT") is None or not form.value("CELL_SIZE")):
            text = translate(
                "Swath",
                "This layer has no pixels of its own: it needs an extent and a cell size. "
                '<a href="view">Take what the map shows</a>.',
            )
            self.say(text, INFO, rich=True)
        else:
            self.say("")

    def _take(self, _link: str) -> None:
        if self._image is None or self._form is None:
            return
        context = self._form.context
        try:
            view = view_of(context.canvas, self._image, context.project, self._cell_size, limit_px=_ANY_PX)
        except SwathError as error:
            self.say(sentence(error), WARNING)
            return
        self._form.set_values({"EXTENT": view.extent, "CELL_SIZE": view.cell_size})
        self.look(self._image, self._form, self._cell_size)
