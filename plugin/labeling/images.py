"""Images as samples remember them: by a key that stays the same when folders move, and in pixels."""

from __future__ import annotations

import os
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsDataSourceUri,
    QgsGeometry,
    QgsProject,
    QgsProviderRegistry,
    QgsRasterLayer,
)

from .geometries import transformed

_SECRETS = ("password", "username", "authcfg", "user", "token", "key", "apikey", "api_key", "access_token")


def image_key(layer: QgsRasterLayer, store: Path) -> str:
    """Return the name under which samples remember an image.

    Of a file it is the path seen from the folder of the GeoPackage ``store`` (with slashes), so that the two can
    move together; of a web layer its public source.
    """
    path = str(QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source()).get("path") or "")
    if path and "://" not in path:
        try:
            return Path(os.path.relpath(path, store.parent)).as_posix()
        except ValueError:  # another drive
            return Path(path).as_posix()
    uri = QgsDataSourceUri()
    uri.setEncodedUri(layer.source())
    for secret in _SECRETS:
        uri.removeParam(secret)
    return bytes(uri.encodedUri()).decode()


class PixelCounter:
    """Tells how many pixels of an image a geometry covers, by area; 0 without an image or outside of its CRS."""

    def __init__(self, layer: QgsRasterLayer | None, crs: QgsCoordinateReferenceSystem, project: QgsProject) -> None:
        self._pixel = 0.0
        if layer is None or not layer.isValid() or not layer.crs().isValid():
            return
        # A web layer has no pixels of its own: xSize is 0.
        if layer.dataProvider().xSize() > 0:
            self._pixel = layer.rasterUnitsPerPixelX() * layer.rasterUnitsPerPixelY()
        self._transform = QgsCoordinateTransform(crs, layer.crs(), project.transformContext())

    def count(self, geometry: QgsGeometry) -> int:
        """Return the pixels of a geometry of the store, at least 1 where it has an area."""
        if self._pixel <= 0:
            return 0
        there = transformed(geometry, self._transform)
        return 0 if there is None else max(1, round(there.area() / self._pixel))
