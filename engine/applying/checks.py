"""What can be known before the first tile is read: settings, model and raster fit, and what to warn of."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rasterio

from .. import __version__
from ..data.rasters import RasterView, open_raster
from ..jobs import ClassifyJob, DetectJob
from ..model_files import ModelFiles
from ..model_info import ModelInfo
from ..progress import Reporter
from .mask import AreaMask
from .plan import LARGEST_TILE
from .problems import (
    BadOutputError,
    BadPaddingError,
    BadSettingError,
    TooFewBandsError,
    WrongGraphError,
    WrongTaskError,
)
from .session import ModelSession

ApplyJob = ClassifyJob | DetectJob
# A value by its parameter's name: whether it is possible, and what is expected.
Range = tuple[str, Any, bool, str]

_LARGEST_SIDE = 2**14
_PIECE = 1 << 20
# A cell size beyond this factor of the training's shows objects at another size than the network has learnt.
_CELL_FACTOR = 1.5
# Beyond this one, no resampling brings back what the network knows.
_TOO_COARSE = 4.0
# Sides of pixels below this are degrees: of 111 m as such, they would be a millimetre in metres.
_DEGREES, _METRES_PER_DEGREE = 1e-3, 111_320.0
_TOOLS = {"PIXELS": "Classify Pixels Using Deep Learning", "OBJECTS": "Detect Objects Using Deep Learning"}


@dataclass(frozen=True)
class Task:
    """What the checks need to know of a task: its id, and how its graphs end.

    ``misfit`` says in what a graph's outputs do not fit the model's words, "" where they do. ``single`` tells
    whether a graph takes one tile at once only.
    """

    id: str
    misfit: Callable[[ModelFiles, ModelSession], str]
    single: Callable[[ModelSession], bool] = lambda session: False


@dataclass(frozen=True)
class TileSettings:
    """How tiles are cut and run: pixels, tiles at once, and what to tell the user."""

    tile: int
    padding: int
    multiple: int
    shrink: bool
    batch: int
    fixed_batch: bool
    notes: tuple[str, ...] = ()


def check_settings(job: ApplyJob, more: Sequence[Range] = ()) -> None:
    """Raise InputError where a value of the job is out of range."""
    ranges: tuple[Range, ...] = (
        ("PADDING", job.padding, job.padding >= -1, "a number of pixels, or -1 for a quarter of the chip"),
        ("TILE_SIZE", job.tile_size, 0 <= job.tile_size <= _LARGEST_SIDE, f"0 to {_LARGEST_SIDE} pixels"),
        ("BATCH_SIZE", job.batch_size, job.batch_size >= 1, "at least 1"),
        ("PROCESSOR", job.processor, job.processor in {"AUTO", "CPU", "GPU"}, "AUTO, CPU or GPU"),
        ("threads", job.threads, job.threads >= 0, "0 (all) or more"),
        ("GPU_ID", job.gpu_id, job.gpu_id >= 0, "0 or more"),
        *more,
    )
    for name, value, good, expected in ranges:
        if not good:
            raise BadSettingError(parameter=name, value=value, expected=expected)


def check_outputs(job: ApplyJob, outputs: Sequence[tuple[str, str]], endings: Sequence[str], kind: str) -> None:
    """Raise InputError where an output (parameter, path) would hit an input, or is named like something else."""
    seen = {_place(path) for path in (job.raster, job.model, job.mask) if path}
    for name, path in outputs:
        if Path(path).suffix.lower() not in endings:
            detail = f"results are {kind}, so give a name ending in {endings[0]}"
            raise BadOutputError(path=path, parameter=name, detail=detail)
        if _place(path) in seen:
            raise BadOutputError(path=path, parameter=name, detail="it is also an input or output; choose another name")
        seen.add(_place(path))


def check_model(job: ApplyJob, model: ModelFiles, task: Task) -> None:
    """Raise InputError where the model is for another task or the raster lacks its bands."""
    info = model.info
    if info.task != task.id:
        tool = _TOOLS.get(info.task)
        raise WrongTaskError(model=job.model, task=info.task, tool=f"'{tool}'" if tool else "the tool for that task")
    with open_raster(job.raster) as dataset:
        count = dataset.count
    if max(info.bands) > count or min(info.bands) < 1:
        bands = ", ".join(str(band) for band in info.bands)
        raise TooFewBandsError(model=job.model, bands=bands, raster=job.raster, count=count)


def tile_settings(job: ApplyJob, model: ModelFiles, session: ModelSession, task: Task) -> TileSettings:
    """Decide tile size, padding and batch; raise InputError where they cannot work."""
    info, notes = model.info, []
    _check_graph(job, model, session, task)
    fixed = _fixed_side(job, info, session)
    multiple = 1 if fixed else info.tile_multiple
    wanted = job.tile_size or max(LARGEST_TILE, info.tile_size)
    if fixed and job.tile_size not in (0, fixed):
        notes.append(f"The model takes tiles of {fixed} pixels only, so TILE_SIZE {job.tile_size} is not used.")
    tile = fixed or max(wanted // multiple, 1) * multiple
    if not fixed and tile != wanted:
        notes.append(f"TILE_SIZE is {tile} pixels, a multiple of {multiple} as the network needs it.")
    padding = job.padding
    if padding < 0:
        padding = min(info.padding or info.tile_size // 4, (tile - 1) // 2)
    if 2 * padding >= tile:
        raise BadPaddingError(padding=padding, tile=tile)
    batch = 1 if task.single(session) else session.input_shape[0]
    if batch is not None and job.batch_size not in (1, batch):
        notes.append(f"The model takes {batch} tiles at once only, so BATCH_SIZE {job.batch_size} is not used.")
    return TileSettings(
        tile,
        padding,
        multiple,
        not fixed and not job.tile_size,
        batch or job.batch_size,
        batch is not None,
        tuple(notes),
    )


def _check_graph(job: ApplyJob, model: ModelFiles, session: ModelSession, task: Task) -> None:
    taken, bands = session.input_shape, len(model.info.bands)
    detail = task.misfit(model, session)
    if len(taken) != 4:
        detail = "its input has not four dimensions"
    elif taken[1] not in (None, bands):
        detail = f"its input has {taken[1]} bands instead of {bands}"
    if detail:
        raise WrongGraphError(path=job.model, detail=detail)


def _fixed_side(job: ApplyJob, info: ModelInfo, session: ModelSession) -> int:
    height, width = session.input_shape[2:]
    if height is None and width is None:
        return info.tile_size if info.fixed_tile else 0
    if height != width or height is None:
        raise WrongGraphError(path=job.model, detail="its tiles are no squares")
    return height


def warn_differences(info: ModelInfo, view: RasterView, reporter: Reporter) -> None:
    """Warn where the raster is unlike the chips that the model was trained on."""
    if info.model_type != "Deepness" and info.dtype != view.dtype:
        reporter.warning(
            f"The raster's pixels are {view.dtype}, but the model was trained on {info.dtype}: "
            "where the values mean something else, the result will be poor."
        )
    if info.cell_size and info.cell_size[0] > 0 and view.crs:
        _warn_cell_size(info.cell_size[0], view, reporter)


def _warn_cell_size(trained: float, view: RasterView, reporter: Reporter) -> None:
    """Warn where pixels show objects in another size; a model does not say in which units it was trained."""
    geographic = bool(rasterio.CRS.from_wkt(view.crs).is_geographic)
    # In degrees, the height of a pixel is the same everywhere.
    size = view.grid.pixel_size()[1 if geographic else 0]
    unit = _METRES_PER_DEGREE if geographic and size < _DEGREES else 1.0
    learnt_unit = _METRES_PER_DEGREE if trained < _DEGREES else 1.0
    pixel, wanted = size * unit, trained * learnt_unit
    if abs(math.log(pixel / wanted)) <= math.log(_CELL_FACTOR):
        return
    if unit == learnt_unit:
        text = f"The raster's pixels measure {size:g}, but the model was trained at {trained:g} map units: "
    else:
        text = f"The raster's pixels measure about {pixel:.3g} m, but the model was trained at about {wanted:.3g} m: "
    if pixel > _TOO_COARSE * wanted:
        text += "what it has learnt can hardly be seen in so coarse a raster."
    elif unit == learnt_unit:
        text += f"set CELL_SIZE to {trained:g} if both use the same units."
    else:
        text += f"set CELL_SIZE to {wanted / unit:.3g}, which are map units of the raster."
    reporter.warning(text)


def job_digest(job: ApplyJob, model: ModelFiles, view: RasterView, area: AreaMask | None) -> str:
    """Return what tells this job from others: settings and the state of the inputs.

    What changes only the speed is left out, so that a run out of memory can continue with a smaller batch.
    """
    settings = job.digest("batch_size", "threads", "processor", "gpu_id", "model", "mask")
    # Another version may cut tiles in another way.
    digest = hashlib.sha256(f"{__version__} {settings}".encode())
    with model.onnx.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    digest.update(f"{view.width} {view.height} {view.dtype} {area.digest if area else ''}".encode())
    try:
        state = Path(job.raster).stat()
    except OSError:
        # Not a plain file, like a database or a web address: its name must do.
        return digest.hexdigest()[:16]
    digest.update(f"{state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def _place(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))
