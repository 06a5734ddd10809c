"""What can be known before the first tile is read: settings, model and raster fit, and what to warn of."""

from __future__ import annotations

import hashlib
import math
import os
from dataclasses import dataclass
from pathlib import Path

from .. import __version__
from ..data.rasters import RasterView, open_raster
from ..jobs import ClassifyJob
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

TASK = "PIXELS"
_LARGEST_SIDE = 2**14
_PIECE = 1 << 20
# A cell size beyond this factor of the training's shows objects at another size than the network has learnt.
_CELL_FACTOR = 1.5


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


def check_job(job: ClassifyJob) -> None:
    """Raise InputError where a value of the job is out of range or an output would hit an input."""
    ranges = (
        ("PADDING", job.padding, job.padding >= -1, "a number of pixels, or -1 for a quarter of the chip"),
        ("TILE_SIZE", job.tile_size, 0 <= job.tile_size <= _LARGEST_SIDE, f"0 to {_LARGEST_SIDE} pixels"),
        ("BATCH_SIZE", job.batch_size, job.batch_size >= 1, "at least 1"),
        ("THRESHOLD", job.threshold, 0 <= job.threshold <= 1, "0 (none) to 1"),
        ("PROCESSOR", job.processor, job.processor in {"AUTO", "CPU", "GPU"}, "AUTO, CPU or GPU"),
        ("threads", job.threads, job.threads >= 0, "0 (all) or more"),
        ("GPU_ID", job.gpu_id, job.gpu_id >= 0, "0 or more"),
    )
    for name, value, good, expected in ranges:
        if not good:
            raise BadSettingError(parameter=name, value=value, expected=expected)
    inputs = {_place(path) for path in (job.raster, job.model, job.mask) if path}
    seen: set[str] = set()
    for name, path in (("OUTPUT", job.output), ("PROBABILITIES", job.probabilities)):
        if not path and name == "PROBABILITIES":
            continue
        if Path(path).suffix.lower() not in {".tif", ".tiff"}:
            raise BadOutputError(path=path, parameter=name, detail="results are GeoTIFF, so give a name ending in .tif")
        if _place(path) in inputs | seen:
            raise BadOutputError(path=path, parameter=name, detail="it is also an input or output; choose another name")
        seen.add(_place(path))


def check_model(job: ClassifyJob, model: ModelFiles) -> None:
    """Raise InputError where the model is for another task or the raster lacks its bands."""
    info = model.info
    if info.task != TASK:
        raise WrongTaskError(model=job.model, task=info.task)
    with open_raster(job.raster) as dataset:
        count = dataset.count
    if max(info.bands) > count or min(info.bands) < 1:
        bands = ", ".join(str(band) for band in info.bands)
        raise TooFewBandsError(model=job.model, bands=bands, raster=job.raster, count=count)


def tile_settings(job: ClassifyJob, model: ModelFiles, session: ModelSession) -> TileSettings:
    """Decide tile size, padding and batch; raise InputError where they cannot work."""
    info, notes = model.info, []
    _check_graph(job, info, session)
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
    batch = session.input_shape[0]
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


def _check_graph(job: ClassifyJob, info: ModelInfo, session: ModelSession) -> None:
    taken, given = session.input_shape, session.output_shape
    if len(taken) != 4 or len(given) != 4:
        raise WrongGraphError(path=job.model, detail="its input or output has not four dimensions")
    if taken[1] not in (None, len(info.bands)):
        raise WrongGraphError(path=job.model, detail=f"its input has {taken[1]} bands instead of {len(info.bands)}")
    classes = len(info.classes)
    if given[1] not in (None, classes) and not (given[1] == 1 and classes == 2):
        raise WrongGraphError(path=job.model, detail=f"its output has {given[1]} channels for {classes} classes")


def _fixed_side(job: ClassifyJob, info: ModelInfo, session: ModelSession) -> int:
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
    if info.cell_size and view.crs:
        size, trained = view.grid.pixel_size()[0], info.cell_size[0]
        if trained > 0 and abs(math.log(size / trained)) > math.log(_CELL_FACTOR):
            reporter.warning(
                f"The raster's pixels measure {size:g}, but the model was trained at {trained:g} map units: "
                f"set CELL_SIZE to {trained:g} if both use the same units."
            )


def job_digest(job: ClassifyJob, model: ModelFiles, view: RasterView, area: AreaMask | None) -> str:
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
