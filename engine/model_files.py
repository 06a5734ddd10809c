"""Find the ONNX file of a model and what it says about itself: folder, .emd, .dlpk or .onnx.

Light: needs neither onnxruntime nor torch, so QGIS uses it to check a model before the run.
"""

from __future__ import annotations

import contextlib
import json
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from .model_deepness import Scaling, read_deepness
from .model_info import METADATA_KEY, ModelInfo
from .model_packages import extract_package, is_package
from .model_problems import BadEmdError, ModelNotFoundError, NoOnnxInModelError, UnknownModelError
from .onnx_metadata import OnnxSummary, read_onnx

_LARGEST_EMD = 16 * 2**20
_MOST_FILES = 20_000
_NAMED_CLASSES = 8
# What applying takes from a package; ".data" holds weights that an ONNX file keeps outside of itself.
_APPLYING = frozenset({".emd", ".onnx", ".data"})
_LARGEST_SIDE = 2**14
_HIGHEST_CLASS = 2**32 - 1


@dataclass(frozen=True)
class ModelFiles:
    """A model that can be applied: its ONNX file, what it says, and scaling that is not in the graph.

    ``decoder`` names the layout of a detector's outputs (``detection_decoders.py``), "" for Swath's own.
    """

    onnx: Path
    info: ModelInfo
    summary: OnnxSummary
    scaling: Scaling | None = None
    decoder: str = ""


@contextlib.contextmanager
def open_model(path: str | Path) -> Iterator[ModelFiles]:
    """Find a model; a package is unpacked into a temporary folder that lasts as long as the context.

    Raises:
        ModelNotFoundError, BadEmdError, NoOnnxInModelError, SevenZipError, BadPackageError, NotOnnxError,
        UnknownModelError: one sentence that says what to do.
    """
    with contextlib.ExitStack() as stack:
        given = Path(path)
        place = given
        if given.is_file() and is_package(given):
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="swath-model-")))
            extract_package(given, place, _APPLYING)
        yield _read(_find(place, given), given)


def describe_model(path: str | Path) -> ModelInfo:
    """Return what a model says about itself; raises as :func:`open_model` does."""
    with open_model(path) as model:
        return model.info


def read_emd(path: Path) -> dict[str, Any]:
    """Read an Esri model definition; raise BadEmdError where it is no JSON object or too large."""
    try:
        if path.stat().st_size > _LARGEST_EMD:
            raise BadEmdError(path=path, detail="it is far too large")
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadEmdError(path=path, detail=error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise BadEmdError(path=path, detail="it is no JSON") from error
    if not isinstance(values, dict):
        raise BadEmdError(path=path, detail="it is no JSON object")
    return values


def _find(place: Path, given: Path) -> Path:
    """Return the .onnx file that ``place`` leads to; messages name what the user gave."""
    if place.is_dir():
        return _find_in_folder(place, given)
    if not place.is_file():
        raise ModelNotFoundError(path=given, detail="there is no such file or folder")
    return _onnx_of_emd(place, given) if place.suffix.lower() == ".emd" else place


def _find_in_folder(folder: Path, given: Path) -> Path:
    for deep in (False, True):
        files = _files(folder, deep=deep)
        definitions = [path for path in files if path.suffix.lower() == ".emd"]
        models = [path for path in files if path.suffix.lower() == ".onnx"]
        # The last epoch's model lies beside the best one and is used only when it is named.
        best = [path for path in models if not path.stem.endswith("_last")] or models
        for found, finish in ((definitions, True), (best, False)):
            if len(found) > 1:
                names = ", ".join(sorted(path.name for path in found)[:4])
                raise ModelNotFoundError(path=given, detail=f"there are several models: {names}; name one of them")
            if found:
                return _onnx_of_emd(found[0], given) if finish else found[0]
    raise ModelNotFoundError(path=given, detail="no .emd and no .onnx file is in it")


def _files(folder: Path, deep: bool) -> list[Path]:
    found: list[Path] = []
    for count, path in enumerate(folder.rglob("*") if deep else folder.iterdir()):
        if count > _MOST_FILES:
            raise ModelNotFoundError(path=folder, detail="the folder holds too many files to search")
        if path.suffix.lower() in {".emd", ".onnx"} and path.is_file():
            found.append(path)
    return found


def _onnx_of_emd(emd: Path, given: Path) -> Path:
    values = read_emd(emd)
    name = values.get("ModelFile")
    if not isinstance(name, str) or not name.strip():
        raise BadEmdError(path=given, detail="it lacks the key ModelFile")
    if name.strip().lower().startswith("e.g."):
        raise BadEmdError(path=given, detail="it describes training chips, not a trained model")
    relative = PurePosixPath(name.strip().replace("\\", "/"))
    if relative.suffix.lower() != ".onnx":
        raise _not_onnx(values, relative.name, given)
    if relative.is_absolute() or ".." in relative.parts or ":" in relative.parts[0]:
        raise BadEmdError(path=given, detail=f"its ModelFile '{name}' lies outside of its folder")
    onnx = emd.parent / relative
    if not onnx.is_file():
        raise BadEmdError(path=given, detail=f"its ModelFile '{relative}' is not there")
    return onnx


def _not_onnx(values: dict[str, Any], weights: str, given: Path) -> Exception:
    """Say what an ArcGIS-trained model is; an .emd without the usual keys is called broken."""
    classes, tile = values.get("Classes"), values.get("ImageHeight")
    if not isinstance(classes, list) or not isinstance(tile, (int, str)):
        return BadEmdError(path=given, detail="it lacks the keys Classes and ImageHeight")
    names = [str(item.get("Name", item.get("ClassName", "?"))) for item in classes if isinstance(item, dict)]
    more = f" and {len(names) - _NAMED_CLASSES} more" if len(names) > _NAMED_CLASSES else ""
    text = (
        f"{len(names)} classes: {', '.join(names[:_NAMED_CLASSES])}{more}" if len(names) != 1 else f"class {names[0]}"
    )
    return NoOnnxInModelError(path=given, classes=text, tile=tile, weights=weights)


def _read(onnx: Path, given: Path) -> ModelFiles:
    summary = read_onnx(onnx)
    if METADATA_KEY in summary.metadata:
        try:
            info = ModelInfo.from_json(summary.metadata[METADATA_KEY])
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError) as error:
            raise UnknownModelError(path=given, detail=f"its key '{METADATA_KEY}' is broken") from error
        if not _sane(info):
            raise UnknownModelError(path=given, detail=f"its key '{METADATA_KEY}' holds impossible values")
        return ModelFiles(onnx, info, summary)
    info, scaling, decoder = read_deepness(summary, onnx, given)
    return ModelFiles(onnx, info, summary, scaling, decoder)


def _sane(info: ModelInfo) -> bool:
    """Tell whether the numbers are of the right kind and range; the file comes from others."""
    sides = (info.tile_size, info.tile_multiple, info.padding + 1 if isinstance(info.padding, int) else None)
    return (
        bool(info.graphs and info.graphs[0].inputs and info.bands and info.classes)
        and all(isinstance(side, int) and 1 <= side <= _LARGEST_SIDE for side in sides)
        and all(band >= 1 for band in info.bands)
        and all(0 <= item.value < _HIGHEST_CLASS for item in info.classes)
        and all(math.isfinite(size) and size > 0 for size in info.cell_size)
        and all(isinstance(share, (int, float)) and 0 <= share <= 1 for share in (info.threshold, info.overlap))
        and all(isinstance(text, str) for text in (info.task, info.model_type, info.dtype))
    )
