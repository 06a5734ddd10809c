"""Images as samples remember them: by a key that stays the same when folders move, and in pixels."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsProject,
    QgsProviderRegistry,
    QgsRasterLayer,
)

from .geometries import transformed

_LARGEST = 2**31 - 1  # what the field Count holds
# What tells one picture of a server from another; all else (users, formats, headers) is not remembered.
_TELLING = ("layers", "layer", "identifier", "layerName", "time", "dbname", "schema", "table", "geometrycolumn")
_SECRET = re.compile(r"(?i)key|token|sig|secret|pass|auth|user|credential|expires|policy")
_SECRET_WORD = re.compile(r"(?i)\b(user|password|pass|key|token)=('[^']*'|\S+)")
_SUBDATASET = re.compile(r'(\w+:)"([^"]+)"(:.*)')


def image_key(layer: QgsRasterLayer, store: Path) -> str:
    """Return the name under which samples remember an image.

    Of a file it is the path seen from the folder of the GeoPackage ``store`` (with slashes), so that the two can
    move together; of a web layer its address and layers, without users, passwords and tokens.
    """
    told = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    parts = {name: str(value) for name, value in told.items() if value}
    path = parts.get("path", "")
    if path and "://" not in path:
        inside = f"|{parts['layerName']}" if "layerName" in parts else ""
        return parts.get("vsiPrefix", "") + _local(path, store.parent) + parts.get("vsiSuffix", "") + inside
    address = parts.get("vsiPrefix", "") + _public(path or parts.get("url") or parts.get("host", ""))
    listed = [f"{name}={parts[name]}" for name in _TELLING if name in parts]
    return " ".join([address, *listed]) if address or listed else _SECRET_WORD.sub("", layer.source())


def find_image(project: QgsProject, key: str, store: Path) -> QgsRasterLayer | None:
    """Return the layer of a project that a key names, or None."""
    for layer in project.mapLayers().values():
        if isinstance(layer, QgsRasterLayer) and image_key(layer, store) == key:
            return layer
    return None


def _local(path: str, folder: Path) -> str:
    """Return a path on this machine as seen from a folder; what is no path stays, without passwords."""
    inside = _SUBDATASET.fullmatch(path)
    if inside:
        before, file, behind = inside.groups()
        return f'{before}"{_local(file, folder)}"{behind}'
    if path.lstrip().startswith("<"):  # a virtual raster written out
        return "vrt " + hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()
    if not Path(path).is_absolute():
        return _SECRET_WORD.sub("", path).strip()
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive of Windows
        return Path(path).as_posix()


def _public(address: str) -> str:
    """Return an address without user, password and tokens."""
    address = re.sub(r"(?<=://)[^/?#]*@", "", address)
    start, mark, query = address.partition("?")
    kept = [part for part in query.split("&") if part and not _SECRET.search(part.split("=")[0])]
    return start + (mark + "&".join(kept) if kept else "")


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
        return 0 if there is None else min(max(1, round(there.area() / self._pixel)), _LARGEST)
