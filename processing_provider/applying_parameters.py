"""Parameters of the algorithms that apply a model to a raster, and the checks that these share."""

from __future__ import annotations

from collections.abc import Iterator

from qgis.core import Qgis, QgsProcessingParameterBoolean, QgsProcessingParameterFile

from ..engine.model_info import ModelInfo
from ..i18n import translate
from .arguments import Arguments
from .parameters import Added, number
from .problems import BandsMissingError, WrongModelError
from .rasters import RasterSource

PIXELS, OBJECTS = "PIXELS", "OBJECTS"


def model() -> Added:
    """Return MODEL: a file or, typed or fed by another step, a folder."""
    kinds = translate("Swath", "Models (*.onnx *.emd *.dlpk)")
    # QGIS's own "*.*" would refuse folders, whose names have no dot.
    every = translate("Swath", "All files (*)")
    behavior = Qgis.ProcessingFileParameterBehavior.File
    title = translate("Swath", "Model")
    text = translate("Swath", "A model: its .onnx, .emd or .dlpk file, or the path of its folder.")
    return QgsProcessingParameterFile("MODEL", title, behavior, fileFilter=f"{kinds};;{every}"), text


def tiles(padding: str) -> Iterator[Added]:
    """Yield PADDING, with its help, TILE_SIZE and BATCH_SIZE."""
    yield number("PADDING", translate("Swath", "Padding (pixels)"), -1, -1), padding
    yield (
        number("TILE_SIZE", translate("Swath", "Tile size (pixels)"), 0, 0),
        translate("Swath", "What goes through the network at once. 0: up to 1024, as the model allows."),
    )
    yield (
        number("BATCH_SIZE", translate("Swath", "Batch size"), 1, 1),
        translate("Swath", "Tiles that go through the network together; changes speed and memory, not the result."),
    )


def augmentation(text: str) -> Added:
    """Return TEST_TIME_AUGMENTATION."""
    title = translate("Swath", "Test-time augmentation")
    return QgsProcessingParameterBoolean("TEST_TIME_AUGMENTATION", title, False), text


def threads() -> Added:
    """Return THREADS."""
    text = translate("Swath", "Processor threads of the network. 0: as many as there are cores.")
    return number("THREADS", translate("Swath", "Threads"), 0, 0), text


def check_model(arguments: Arguments, raster: RasterSource, task: str) -> ModelInfo:
    """Return what a model says of itself; raise InputError where it does other things or needs other bands."""
    from ..engine.model_files import describe_model  # noqa: PLC0415 - keeps the start of QGIS short

    path = arguments.text("MODEL")
    info = describe_model(path)
    if info.task != task:
        raise WrongModelError(model=path, task=_name(info.task), tool=_tool(info.task))
    highest = max(info.bands, default=0)
    if highest > raster.bands and raster.pipe is None:
        raise BandsMissingError(model=path, band=highest, raster=raster.name, count=raster.bands)
    return info


def _name(task: str) -> str:
    names = {
        PIXELS: translate("Swath", "the classification of pixels"),
        OBJECTS: translate("Swath", "the detection of objects"),
    }
    return names.get(task, task)


def _tool(task: str) -> str:
    tools = {
        PIXELS: translate("Swath", "Classify Pixels Using Deep Learning"),
        OBJECTS: translate("Swath", "Detect Objects Using Deep Learning"),
    }
    return tools.get(task, translate("Swath", "a program that knows such models"))
