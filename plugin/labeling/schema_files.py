"""Schemas as files: JSON both ways, and the lists of classes of ArcGIS as far as their form is known."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ...i18n import translate
from ...processing_provider.sentences import sentence
from .schema import Schema
from .schema_documents import find_classes, read_document, text_of
from .schema_found import Found, collect
from .schema_problems import EcsNotWrittenError, SchemaError, SchemaFileError, UnknownEcsError

SUFFIX, ECS = ".json", ".ecs"
_KIND, _VERSION = "swath_schema", 1


def save_schema(schema: Schema, path: str | Path) -> Path:
    """Write a schema as JSON, complete or not at all, and return where.

    Files of ArcGIS (``.ecs``) are not written: Esri describes nowhere what they hold, and no example was found in
    public repositories and pages. What is missing to do it are some files that ArcGIS Pro saved: the names of their
    keys, how groups and colours are written, and which keys ArcGIS insists on.

    Raises:
        EcsNotWrittenError: for a path that ends with ``.ecs``.
        SchemaFileError: where it cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() == ECS:
        raise EcsNotWrittenError(path=path)
    path = path if path.suffix else path.with_suffix(SUFFIX)
    partial = path.with_name(path.name + ".partial")
    text = json.dumps({_KIND: _VERSION, **schema.to_dict()}, indent=2, ensure_ascii=False)
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise SchemaFileError(path=path, detail=error.strerror or str(error)) from error
    return path


def load_schema(path: str | Path) -> Found:
    """Read a schema of Swath, or a list of classes of another program in JSON or XML.

    Of ArcGIS, the forms of ``.emd`` (Classes with Value, Name, Color) and ``.ecd`` (Definitions with Classes of
    ClassValue, ClassName, Red, Green, Blue) are known. What ``.ecs`` holds is not public: any JSON or XML that lists
    classes by name and value, in groups or not, is taken, which a schema file may or may not be.

    Raises:
        SchemaError: one sentence on what is wrong with the file.
    """
    path = Path(path)
    try:
        document = read_document(path)
        if isinstance(document, dict) and _KIND in document:
            return _own(document, path)
        raws = find_classes(document)
    except SchemaFileError as error:
        if path.suffix.lower() == ECS and path.is_file():
            raise UnknownEcsError(path=path) from error
        raise
    if not raws:
        if path.suffix.lower() == ECS:
            raise UnknownEcsError(path=path)
        text = translate("Swath", "it lists no classes with names and values")
        raise SchemaFileError(path=path, detail=text)
    return collect(raws, path.name, text_of(document, "name") or path.stem, text_of(document, "description"))


def _own(document: dict[str, Any], path: Path) -> Found:
    version = document[_KIND]
    if not isinstance(version, int) or version > _VERSION:
        text = translate("Swath", "it was written by a later version of Swath")
        raise SchemaFileError(path=path, detail=text)
    try:
        return Found(Schema.from_dict(document))
    except SchemaError as error:
        raise SchemaFileError(path=path, detail=sentence(error)) from error
