"""Checks of where results go, before anything is computed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from qgis.core import (
    QgsMapLayer,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsProcessingOutputLayerDefinition,
    QgsProviderRegistry,
)

from .arguments import Arguments
from .detection_problems import OutputIsInputError, SameOutputError
from .problems import OutputInUseError, OutputTypeError


def chosen_path(arguments: Arguments, name: str) -> Path | None:
    """Return where the user wants an output; None for a temporary or left-out one, or one in a database."""
    text = _chosen(arguments, name)
    return None if not text or _is_no_file(text) else Path(text)


def _chosen(arguments: Arguments, name: str) -> str:
    value = arguments.raw(name)
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value = value.sink.staticValue()
    text = str(value or "")
    return "" if text == QgsProcessing.TEMPORARY_OUTPUT else text


def _is_no_file(text: str) -> bool:
    # As "postgres:..." or "memory:", but not "C:\...".
    return ":" in text[2:]


def check_suffix(arguments: Arguments, name: str, suffixes: Sequence[str]) -> None:
    """Raise OutputTypeError where an output file's name ends in another way, or it is no file but a database."""
    text = _chosen(arguments, name)
    if text and (_is_no_file(text) or Path(text).suffix.lower() not in suffixes):
        raise OutputTypeError(path=text, parameter=name, suffixes=", ".join(suffixes))


def check_apart(arguments: Arguments, names: Sequence[str]) -> None:
    """Raise SameOutputError where two outputs are one file: the later would overwrite the first."""
    seen: dict[str, str] = {}
    for name in names:
        path = chosen_path(arguments, name)
        if path is None:
            continue
        place = os.path.normcase(os.path.realpath(path))
        if place in seen:
            raise SameOutputError(path=path, first=seen[place], second=name)
        seen[place] = name


def check_not_input(arguments: Arguments, name: str) -> None:
    """Raise OutputIsInputError where an output file is that of a layer given to the run."""
    path = chosen_path(arguments, name)
    if path is None or not path.exists():
        return
    for given, layer in arguments.layers():
        source = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source()).get("path")
        if source and Path(source).exists() and path.samefile(source):
            raise OutputIsInputError(path=path, input=given, parameter=name)


def check_folder(arguments: Arguments, name: str, allowed: Callable[[Path], bool]) -> None:
    """Raise OutputInUseError where an output folder holds things that are not ``allowed`` to be there."""
    path = chosen_path(arguments, name)
    if path is None or not path.exists():
        return
    if not path.is_dir():
        raise OutputInUseError(path=path, found=path.name)
    found = sorted(entry.name for entry in os.scandir(path))
    if found and not allowed(path):
        raise OutputInUseError(path=path, found=", ".join(found[:3]))


class StyleLoader(QgsProcessingLayerPostProcessorInterface):
    """Gives a result the style that the engine wrote beside it, over any default of the user's settings."""

    def postProcessLayer(
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        """Load the style."""
        layer.loadDefaultStyle()
        layer.triggerRepaint()


# By place. QGIS deletes one with the context of its run, so each run needs its own; older versions do not keep it.
_LOADERS: dict[str, StyleLoader] = {}


def style_on_load(context: QgsProcessingContext, path: str) -> None:
    """Have a result drawn in its own style where it is loaded when the run is done."""
    if path and context.willLoadLayerOnCompletion(path):
        _LOADERS[path] = StyleLoader()
        context.layerToLoadOnCompletionDetails(path).setPostProcessor(_LOADERS[path])
