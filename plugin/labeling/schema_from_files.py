"""Classes out of a model, samples of Swath, a folder of chips, or a schema file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from osgeo import gdal

from ...engine.model_files import describe_model, read_emd
from ...engine.model_packages import extract_package
from ...engine.model_problems import ModelNotFoundError
from ...i18n import translate
from .schema import Schema, SchemaError
from .schema_documents import find_classes
from .schema_files import load_schema
from .schema_found import Found, RawClass, collect
from .schema_problems import UnknownSourceError
from .schema_task import Cancelled, Reading

_CHIPS = "esri_model_definition.emd"
_MODELS, _PACKAGES, _SCHEMAS = {".onnx"}, {".dlpk", ".zip"}, {".json", ".ecs", ".ecd", ".xml"}
_QUERY = "SELECT value FROM swath_meta WHERE key = 'schema'"


def from_file(path: str | Path) -> Reading:
    """Return what reads the classes that a file or folder names, in another thread.

    Takes model definitions (``.emd``, of trained models and of chips alike), ONNX models, packages, folders of any
    of these, samples of Swath (``.gpkg``) and schema files.

    Raises:
        InputError: by the reading; one sentence on what is wrong with the file.
    """
    path = Path(path)

    def read(cancelled: Cancelled) -> Found:
        return _read(path)

    return read


def _read(path: Path) -> Found:
    suffix = path.suffix.lower()
    if path.is_dir():
        return _from_folder(path)
    if not path.is_file():
        raise UnknownSourceError(path=path, detail=translate("Swath", "there is no such file or folder"))
    if suffix == ".emd":
        return _from_emd(path, path)
    if suffix in _MODELS:
        return _from_model(path)
    if suffix in _PACKAGES:
        return _from_package(path)
    if suffix == ".gpkg":
        return _from_samples(path)
    if suffix in _SCHEMAS:
        return load_schema(path)
    raise UnknownSourceError(path=path, detail=translate("Swath", "its kind is unknown"))


def _from_folder(folder: Path) -> Found:
    """Read a folder of chips or of a model; a model says more of its classes in its .emd than in its .onnx."""
    if (folder / _CHIPS).is_file():
        return _from_emd(folder / _CHIPS, folder)
    definitions = sorted(item for item in folder.iterdir() if item.suffix.lower() == ".emd")
    if len(definitions) == 1:
        return _from_emd(definitions[0], folder)
    try:
        return _from_model(folder)
    except ModelNotFoundError as error:
        raise UnknownSourceError(path=folder, detail=error.facts["detail"]) from error


def _from_emd(emd: Path, given: Path) -> Found:
    raws = find_classes(read_emd(emd).get("Classes"))
    if not raws:
        raise UnknownSourceError(path=given, detail=translate("Swath", "{file} lists no classes").format(file=emd.name))
    return collect(raws, given.name, given.stem)


def _from_model(path: Path) -> Found:
    classes = describe_model(path).classes
    return collect([RawClass(info.name, info.value, info.color) for info in classes], path.name, path.stem)


def _from_package(package: Path) -> Found:
    with tempfile.TemporaryDirectory(prefix="swath-classes-") as folder:
        extract_package(package, Path(folder), frozenset({".emd"}))
        definitions = sorted(Path(folder).rglob("*.emd"))
        if len(definitions) == 1:
            return _from_emd(definitions[0], package)
    return _from_model(package)


def _from_samples(path: Path) -> Found:
    text = _stored_schema(path)
    if text is None:
        raise UnknownSourceError(path=path, detail=translate("Swath", "it holds no samples of Swath"))
    try:
        return Found(Schema.from_dict(json.loads(text)))
    except (ValueError, TypeError) as error:
        if isinstance(error, SchemaError):
            raise
        raise UnknownSourceError(path=path, detail=translate("Swath", "its schema is damaged")) from error


def _stored_schema(path: Path) -> str | None:
    """Return the schema that samples of Swath hold; None for other GeoPackages.

    By GDAL, as everything that touches these files: two copies of SQLite in a process lose each other's locks.
    """
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return _first(gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY, allowed_drivers=["GPKG"]))
    except RuntimeError:  # where somebody switched on GDAL's exceptions
        return None
    finally:
        gdal.PopErrorHandler()


def _first(dataset: Any) -> str | None:
    layer = dataset.ExecuteSQL(_QUERY) if dataset is not None else None
    if layer is None:
        return None
    feature = layer.GetNextFeature()
    found = feature.GetField(0) if feature is not None else None
    dataset.ReleaseResultSet(layer)
    return found
