"""Read a trained model to go on from. Nothing in its files is run; pickles are read as plain tensors only."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load
from torch import Tensor

from ..classes import ClassInfo, classes_from_dicts
from ..errors import InputError
from ..model_files import read_emd
from ..model_info import METADATA_KEY, ModelInfo
from ..model_packages import NEEDED, extract_package, is_package
from ..onnx_metadata import read_onnx
from .start_problems import PretrainedError

AVERAGE = "average.module."
_PYTORCH = frozenset({".pth", ".pt", ".ckpt"})
_MOST_FILES = 20_000
_LARGEST_WEIGHTS = 16 * 2**30
_LARGEST_LOG = 256 * 2**20
# What Esri's model definitions call the types that we have, too.
_ESRI_TYPES = {"_unet": "UNET", "_psp": "PSPNET", "_deeplab": "DEEPLAB", "_deeplab_infrencing": "DEEPLAB"}
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError)


@dataclass(frozen=True)
class Pretrained:
    """A trained model.

    Attributes:
        path: what the user named; ``weights``: the file that the tensors come from.
        arguments: all of the model type's.
        classes: in the order of the output channels.
        bands: how many; ``band_names`` may be empty, and may hold empty names.
        mean, std: by which each band was scaled; empty where the model does not say.
        state: the tensors of the network by name.
        digest: of the tensors.
    """

    path: Path
    weights: str
    model_type: str
    backbone: str
    arguments: dict[str, Any]
    classes: tuple[ClassInfo, ...]
    bands: int
    band_names: tuple[str, ...]
    dtype: str
    chip_size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    state: dict[str, Tensor] = field(repr=False)
    digest: str = ""


def open_pretrained(text: str) -> Pretrained:
    """Read a model folder, ``.emd``, ``.dlpk``, ``.onnx`` with weights beside it, ``.safetensors`` or ``.ckpt``.

    Raises:
        PretrainedError: one sentence that says why the training cannot go on from it.
    """
    given = Path(text.strip())
    try:
        # Files of PyTorch are ZIP archives, too.
        if given.is_file() and given.suffix.lower() not in _PYTORCH and is_package(given):
            with tempfile.TemporaryDirectory(prefix="swath-pretrained-") as folder:
                extract_package(given, Path(folder), NEEDED | _PYTORCH)
                return _read(Path(folder), given)
        return _read(given, given)
    except PretrainedError:
        raise
    except InputError as error:
        detail = error.facts.get("detail") or str(error).split(": ", 1)[-1].replace(" (MODEL)", "")
        raise _problem(given, detail.rstrip(" .")) from error
    except OSError as error:
        raise _problem(given, error.strerror or str(error)) from error


def _problem(given: Path, detail: str) -> PretrainedError:
    return PretrainedError(path=given, detail=detail)


def _read(place: Path, given: Path) -> Pretrained:
    """Find what describes the model, then its weights."""
    if place.is_dir():
        place = _find(place, given)
    if not place.is_file():
        raise _problem(given, "there is no such file or folder")
    suffix = place.suffix.lower()
    if suffix == ".ckpt":
        return _of_run(place, given)
    if suffix == ".emd":
        return _of_emd(place, given)
    if suffix == ".onnx":
        return _of_info(_info_of_onnx(place, given), _weights_of(place.stem, place, given), given, {})
    if suffix == ".safetensors":
        return _of_weights(place, given)
    if suffix in _PYTORCH:
        raise _problem(given, "a file of PyTorch alone does not say which network and classes it is for")
    raise _problem(given, "it is no model folder, .emd, .dlpk, .onnx, .safetensors or .ckpt")


def _find(folder: Path, given: Path) -> Path:
    """Return the definition in a folder, or the best checkpoint of an unfinished run."""
    for deep in (False, True):
        files = _files(folder, given, deep=deep)
        for suffix in (".emd", ".onnx", ".safetensors"):
            found = [path for path in files if path.suffix.lower() == suffix and not path.stem.endswith("_last")]
            if len(found) > 1:
                names = ", ".join(sorted(path.name for path in found)[:4])
                raise _problem(given, f"there are several models: {names}; name one of them")
            if found:
                return found[0]
        for run in (folder, folder / "run"):
            for name in ("best.ckpt", "last.ckpt"):
                if (run / "checkpoints" / name).is_file():
                    return run / "checkpoints" / name
    raise _problem(given, "no model is in it")


def _files(folder: Path, given: Path, *, deep: bool) -> list[Path]:
    files = list(itertools.islice(folder.rglob("*") if deep else folder.iterdir(), _MOST_FILES + 1))
    if len(files) > _MOST_FILES:
        raise _problem(given, "the folder holds too many files to search")
    return [path for path in files if path.is_file()]


def _of_emd(emd: Path, given: Path) -> Pretrained:
    values = read_emd(emd)
    file = values.get("ModelFile")
    relative = PurePosixPath(str(file or "").strip().replace("\\", "/"))
    if relative.is_absolute() or ".." in relative.parts or any(":" in part for part in relative.parts):
        raise _problem(given, f"its ModelFile '{relative}' lies outside of its folder")
    if not isinstance(values.get("Swath"), dict):
        return _of_esri(values, emd.parent / relative, given)
    info = _parse(json.dumps(values["Swath"]), given)
    return _of_info(info, _weights_of(relative.stem or emd.stem, emd, given), given, values)


def _of_esri(values: Mapping[str, Any], weights: Path, given: Path) -> Pretrained:
    """Take a model of ArcGIS for what its definition says; its code is never run."""
    name = str(values.get("ModelConfiguration", values.get("ModelName", "")))
    model_type = _ESRI_TYPES.get(name.lower(), "")
    classes, parameters = values.get("Classes"), values.get("ModelParameters")
    if not isinstance(classes, list) or "ImageHeight" not in values:
        raise _problem(given, "its definition was written neither by Swath nor by ArcGIS")
    if not model_type:
        raise _problem(given, f"it was trained in ArcGIS as '{name or '?'}', which only its own code can run")
    if weights.suffix.lower() not in _PYTORCH or not weights.is_file():
        raise _problem(given, f"it was trained in ArcGIS, and its weights '{weights.name}' are not there")
    backbone = str((parameters if isinstance(parameters, dict) else values).get("backbone", ""))
    try:
        stats = values.get("NormalizationStats") or {}
        bands = len(values.get("ExtractBands") or [0, 1, 2])
        found = classes_from_dicts(
            [{"value": item["Value"], "name": item["Name"], "color": item.get("Color")} for item in classes]
        )
        sides = int(values["ImageHeight"])
    except _BROKEN as error:
        raise _problem(given, "its definition is broken") from error
    state = read_tensors(weights, given)
    mean, std = _numbers(stats.get("band_mean_values"), bands), _numbers(stats.get("band_std_values"), bands)
    return Pretrained(given, weights.name, model_type, backbone, {}, found, bands, (), "", sides, mean,
                      std if mean else (), state, _digest(state))  # fmt: skip


def _info_of_onnx(path: Path, given: Path) -> ModelInfo:
    text = read_onnx(path).metadata.get(METADATA_KEY)
    if text is None:
        raise _problem(given, "the ONNX file was not written by Swath")
    return _parse(text, given)


def _parse(text: str, given: Path) -> ModelInfo:
    try:
        info = ModelInfo.from_json(text)
        if not (info.bands and info.classes and isinstance(info.training, dict)):
            raise ValueError(text[:100])
    except _BROKEN as error:
        raise _problem(given, "what it says of itself is broken") from error
    return info


def _weights_of(stem: str, beside: Path, given: Path) -> Path:
    """Return the safetensors that belong to a model of this name."""
    names = [f"{stem}.safetensors"] if stem.endswith("_last") else [f"{stem}_best.safetensors", f"{stem}.safetensors"]
    for name in names:
        if (beside.parent / name).is_file():
            return beside.parent / name
    raise _problem(given, f"an ONNX file cannot learn, and its weights '{names[0]}' are not beside it")


def _of_weights(path: Path, given: Path) -> Pretrained:
    """Take safetensors for what they say in their head, or what lies beside them."""
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(METADATA_KEY)
    except Exception as error:
        raise _problem(given, f"{path.name} is broken or cut short") from error
    if text is not None:
        return _of_info(_parse(text, given), path, given, {})
    stem = path.stem.removesuffix("_best").removesuffix("_last")
    if (path.parent / f"{stem}.emd").is_file():
        values = read_emd(path.parent / f"{stem}.emd")
        if isinstance(values.get("Swath"), dict):
            return _of_info(_parse(json.dumps(values["Swath"]), given), path, given, values)
    raise _problem(given, "the weights do not say which network and classes they are for, and no .emd is beside them")


def _of_info(info: ModelInfo, weights: Path, given: Path, emd: Mapping[str, Any]) -> Pretrained:
    scaling = info.training.get("scaling") or {}
    stats = emd.get("NormalizationStats") or {}
    source = info.graphs[0].inputs[0]
    bands = len(source.bands)
    mean = _numbers(scaling.get("mean"), bands) or _numbers(stats.get("band_mean_values"), bands)
    std = _numbers(scaling.get("std"), bands) or _numbers(stats.get("band_std_values"), bands)
    arguments = info.training.get("arguments")
    state = read_tensors(weights, given)
    return Pretrained(
        given, weights.name, info.model_type, info.backbone, dict(arguments) if isinstance(arguments, dict) else {},
        info.classes, bands, source.band_names, info.dtype, info.tile_size, mean if std else (), std if mean else (),
        state, _digest(state),
    )  # fmt: skip


def _of_run(path: Path, given: Path) -> Pretrained:
    """Take a checkpoint of one of our runs; what it is for stands in the run's log."""
    log = path.parent.parent / "run.jsonl"
    try:
        if log.stat().st_size > _LARGEST_LOG:
            raise _problem(given, f"the log {log.name} is far too large")
        lines = (json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if '"start"' in line)
        start = next(line for line in lines if line.get("event") == "start")
        data = start["data"]
        whole = read_tensors(path, given)
        state = {key[len(AVERAGE) :]: value for key, value in whole.items() if key.startswith(AVERAGE)}
        bands = int(data["bands"])
        mean, std = (_numbers(whole[f"scaling.{name}"].flatten().tolist(), bands) for name in ("mean", "std"))
        return Pretrained(
            given, path.name, str(start["model_type"]), str(start["backbone"]), dict(start["arguments"]),
            classes_from_dicts(start["classes"]), bands, tuple(data.get("band_names", ())), str(data["dtype"]),
            min(data["size"]), mean, std, state, _digest(state),
        )  # fmt: skip
    except PretrainedError:
        raise
    except (OSError, StopIteration, *_BROKEN) as error:
        raise _problem(given, "it is no checkpoint in the run folder of a training of Swath") from error


def _numbers(values: Any, count: int) -> tuple[float, ...]:
    """Return ``count`` finite numbers, or nothing."""
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) != count:
        return ()
    good = all(isinstance(value, (int, float)) and math.isfinite(value) for value in values)
    return tuple(float(value) for value in values) if good else ()


def read_tensors(path: Path, given: Path) -> dict[str, Tensor]:
    """Return the tensors of a file by name; a pickle with anything else is refused unread."""
    if path.stat().st_size > _LARGEST_WEIGHTS:
        raise _problem(given, f"its weights {path.name} are far too large")
    try:
        if path.suffix.lower() == ".safetensors":
            # From memory: a mapped file could not be removed on Windows, nor replaced while it is in use.
            state: Any = load(path.read_bytes())
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:
        reason = "are broken or cut short"
        if path.suffix.lower() != ".safetensors" and "weights_only" in str(error).lower():
            reason = "are a pickle with more than plain tensors, which may run code, and are not opened"
        raise _problem(given, f"its weights {path.name} {reason}") from error
    for key in ("state_dict", "model", "model_state_dict"):
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            state = state[key]
    found = state.items() if isinstance(state, dict) else ()
    return {name: value for name, value in found if isinstance(name, str) and isinstance(value, Tensor)}


def _digest(state: Mapping[str, Tensor]) -> str:
    text = hashlib.sha256()
    for name in sorted(state):
        text.update(name.encode() + state[name].detach().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return text.hexdigest()[:16]
