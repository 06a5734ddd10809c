"""The model folder: ONNX with its metadata, the Esri .emd, weights, and the .dlpk of all."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from ..chips import ChipSet
from ..classes import ClassInfo
from ..model_info import METADATA_KEY, GraphInfo, GraphInput, ModelInfo
from ..models import ModelType
from ..tasks import Task
from .runfolder import write_text

_EMD_CONFIGURATIONS = {"UNET": "_unet", "PSPNET": "_psp", "DEEPLAB": "_deeplab_infrencing"}
_WEIGHTS = {".onnx", ".safetensors"}


def model_info(
    chip_set: ChipSet,
    model_type: ModelType,
    task: Task,
    backbone: str,
    classes: Sequence[ClassInfo],
    version: str,
    training: Mapping[str, Any],
) -> ModelInfo:
    """Return what the model says of itself; the name of the ONNX file is filled in when it is written."""
    bands = chip_set.extract_bands or tuple(range(1, chip_set.bands + 1))
    side = min(chip_set.size)
    return ModelInfo(
        task=task.id,
        model_type=model_type.id,
        backbone=backbone,
        graphs=(GraphInfo("", (GraphInput("image", bands, tuple(chip_set.band_names)),)),),
        classes=tuple(classes),
        tile_size=side,
        padding=side // 4,
        tile_multiple=model_type.multiple,
        fixed_tile=model_type.fixed_tile,
        cell_size=tuple(chip_set.cell_size or ()),
        dtype=chip_set.dtype,
        activation=task.activation,
        version=version,
        training=dict(training),
    )


def named(info: ModelInfo, file: str) -> ModelInfo:
    """Return the info with the name of its ONNX file."""
    return replace(info, graphs=(replace(info.graphs[0], file=file),))


def with_outputs(info: ModelInfo, outputs: Iterable[str]) -> tuple[GraphInfo, ...]:
    """Return the graph of the info with the names of its outputs."""
    return (replace(info.graphs[0], outputs=tuple(outputs)),)


def onnx_metadata(info: ModelInfo, task: Task, metres_per_unit: float | None) -> dict[str, str]:
    """Return the metadata of the ONNX file: ours under one key, and Deepness's, each value as JSON.

    Deepness divides by 255, subtracts the mean and divides by the deviation: with 0 and 1/255 it feeds
    raw values, which the graph scales itself.
    """
    if not task.deepness_type:
        # Deepness reads no graph of this kind: it is not to try.
        return {METADATA_KEY: info.to_json()}
    overlap = round(100 * 2 * info.padding / max(info.tile_size, 1))
    values: dict[str, Any] = {
        "model_type": task.deepness_type,
        "class_names": {str(index): item.name for index, item in enumerate(info.classes)},
        "tile_size": _tile(info),
        "tiles_size": _tile(info),
        "tiles_overlap": min(overlap, 80),
        "standardization_mean": [0.0] * len(info.bands),
        "standardization_std": [1 / 255] * len(info.bands),
        "seg_thresh": 0.5,
        "seg_small_segment": 0,
    }
    if info.cell_size and metres_per_unit:
        values["resolution"] = round(100 * metres_per_unit * sum(info.cell_size) / len(info.cell_size), 4)
    return {METADATA_KEY: info.to_json(), **{name: json.dumps(value) for name, value in values.items()}}


def _tile(info: ModelInfo) -> int:
    """Return the chip's side as a multiple of what the network needs; Deepness feeds just that."""
    return max(-(-info.tile_size // info.tile_multiple) * info.tile_multiple, info.tile_multiple)


def metres_per_unit(crs: str) -> float | None:
    """Return metres in a map unit, None where it is not known."""
    from rasterio.crs import CRS  # noqa: PLC0415
    from rasterio.errors import CRSError  # noqa: PLC0415

    if not crs:
        return None
    try:
        system = CRS.from_user_input(crs)
        if system.is_geographic:
            return 111_319.49  # one degree along the equator
        return float(system.linear_units_factor[1])
    except (CRSError, ValueError):
        return None


def emd(info: ModelInfo, chip_set: ChipSet, format_mode: str, metrics: Mapping[str, Any], task: Task,
        by_class: Mapping[str, Sequence[float | None]]) -> dict[str, Any]:  # fmt: skip
    """Return the Esri model definition; the full info lies under ``Swath``.

    ``metrics`` are those of the best epoch, ``by_class`` measures of each class.
    """
    values: dict[str, Any] = {
        "Framework": "Swath",
        "ModelConfiguration": _EMD_CONFIGURATIONS.get(info.model_type, "_" + info.model_type.lower()),
        "ModelType": task.esri_type,
        "ModelFile": info.graphs[0].file,
        "ModelFormat": "NCHW",
        "ModelName": Path(info.graphs[0].file).stem,
        "Description": f"{info.model_type} with {info.backbone}, trained by Swath {info.version}",
        "ImageHeight": chip_set.size[1],
        "ImageWidth": chip_set.size[0],
        "ExtractBands": [band - 1 for band in info.bands],
        "Padding": info.padding,
        "BatchSize": 4,
        "SupportsVariableTileSize": not info.fixed_tile,
        "ImageSpaceUsed": "MAP_SPACE",
        "MetaDataMode": format_mode,
        "IsMultispectral": chip_set.bands != 3,
        "Classes": [
            {"Value": item.value, "Name": item.name, "Color": list(item.color)} for item in info.classes if item.value
        ],
        "ModelParameters": {"backbone": info.backbone, "backend": "pytorch"},
        "NormalizationStats": {
            "band_min_values": [item.minimum for item in chip_set.stats],
            "band_max_values": [item.maximum for item in chip_set.stats],
            "band_mean_values": [item.mean for item in chip_set.stats],
            "band_std_values": [item.std for item in chip_set.stats],
        },
        "accuracy": f"{metrics.get('accuracy', metrics.get('average_precision', 0.0)):.4e}",
        "per_class_metrics": json.dumps(class_metrics(info.classes, by_class)),
        "Swath": json.loads(info.to_json()),
    }
    if chip_set.cell_size:
        size = {"x": chip_set.cell_size[0], "y": chip_set.cell_size[1]}
        values["MinCellSize"] = values["MaxCellSize"] = size
    return values


def class_metrics(
    classes: Sequence[ClassInfo], by_class: Mapping[str, Sequence[float | None]]
) -> dict[str, dict[str, float | None]]:
    """Return measures by class name."""
    return {item.name: {name: values[index] for name, values in by_class.items()} for index, item in enumerate(classes)}


def write_weights(network: torch.nn.Module, path: Path, info: ModelInfo) -> None:
    """Write the network's tensors as safetensors, which say in their head what they are for."""
    tensors = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(save(tensors, metadata={"format": "pt", METADATA_KEY: info.to_json()}))
    partial.replace(path)


def write_json(path: Path, values: Any) -> None:
    """Write readable JSON."""
    write_text(path, json.dumps(values, indent=2))


def write_dlpk(path: Path, files: Sequence[Path], root: Path) -> None:
    """Write a package: a zip of the files under their names below ``root``."""
    partial = path.with_name(path.name + ".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in files:
            # Weights shrink by a twelfth only, and take most of the time.
            kind = zipfile.ZIP_STORED if file.suffix in _WEIGHTS else zipfile.ZIP_DEFLATED
            archive.write(file, file.relative_to(root).as_posix(), kind)
    partial.replace(path)
