"""The jobs of the engine as plain values: what the QGIS side sends and the command line reads.

Every path is absolute; every geometry file is already in the raster's CRS; every band is 1-based.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .errors import InputError

JobType = TypeVar("JobType", bound="Job")


class BadJobError(InputError):
    """A job that lacks a value or holds one we do not know."""

    template = "The job '{job}' cannot be read: {detail}."


@dataclass(frozen=True)
class Job:
    """Base of all jobs."""

    @classmethod
    def from_dict(cls: type[JobType], values: dict[str, Any]) -> JobType:
        """Build the job; raise BadJobError for unknown or missing names."""
        names = {item.name for item in dataclasses.fields(cls)}
        unknown = sorted(set(values) - names)
        if unknown:
            raise BadJobError(job=cls.__name__, detail="unknown names " + ", ".join(unknown))
        try:
            return cls(**values)
        except TypeError as error:
            raise BadJobError(job=cls.__name__, detail=str(error)) from error

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return dataclasses.asdict(self)

    def digest(self, *without: str) -> str:
        """Return a short digest that tells whether two jobs ask for the same result."""
        values = {name: value for name, value in self.to_dict().items() if name not in without}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class LabelJob(Job):
    """Make the sample scene: ``output`` a GeoTIFF, ``labels`` a GeoPackage."""

    output: str
    labels: str
    size: int = 2048
    seed: int = 0
    cell_size: float = 0.3


@dataclass(frozen=True)
class ExportJob(Job):
    """Cut chips. ``labels`` is a GeoPackage (columns ``value``, ``name``) or a raster on any grid in
    the raster's CRS; empty for formats without labels. ``classes`` are dicts of value, name, color.

    ``extent`` is (xmin, ymin, xmax, ymax) in the raster's CRS; ``cell_size`` in its units. ``raster2`` is
    seen on the raster's grid, in the same CRS (of CycleGAN on its own). ``instance_labels`` are like
    ``labels``. ``additional`` are more images, each a dict with a raster and, in that raster's CRS, its own
    ``labels``, ``labels_are_raster``, ``mask``, ``raster2``, ``instance_labels``, ``instances_are_raster``
    and ``extent``; what is not named there is empty. ``pixel_space``: chips get no map coordinates.
    ``names`` tells, by path, what people call an input that is given as a temporary file.
    """

    raster: str
    output: str
    format: str = "PASCAL_VOC_RECTANGLES"
    labels: str = ""
    labels_are_raster: bool = False
    classes: list[dict[str, Any]] = field(default_factory=list)
    tile_size: list[int] = field(default_factory=lambda: [256, 256])
    stride: list[int] = field(default_factory=lambda: [128, 128])
    chip_format: str = "TIFF"
    all_tiles: bool = False
    rotation_angle: float = 0.0
    min_overlap: float = 0.0
    mask: str = ""
    raster2: str = ""
    instance_labels: str = ""
    instances_are_raster: bool = False
    blacken: bool = False
    crop_mode: str = "FIXED_SIZE"
    pixel_space: bool = False
    additional: list[dict[str, Any]] = field(default_factory=list)
    bands: list[int] = field(default_factory=list)
    extent: list[float] = field(default_factory=list)
    cell_size: float = 0.0
    report: str = ""
    names: dict[str, str] = field(default_factory=dict)

    def shown(self, path: str) -> str:
        """Return what people call the input at ``path``: its name, or the path itself."""
        return self.names.get(path, path)


@dataclass(frozen=True)
class TrainJob(Job):
    """Train a model into the folder ``output``. 0 means "found" for batch size and learning rate.

    ``preset`` ("ARCGIS" or "ENVI") gives its own values to the fields that are left at their default.
    ``chip_size`` and ``resize_to`` are sides in pixels, 0: as the chips are. ``solid_distance`` (pixels) and
    ``blur_distance`` (least and most pixels) are by class value, or by "*" for all classes; they widen point
    and line labels. ``gpu_id`` -1 takes all GPUs, ``processes`` that many of them (or so many processes on a CPU), 0
    one. ``background_patch_ratio`` -1 takes all chips as they are. ``class_weight_min`` and
    ``_max`` 0 draw all chips alike. ``loss_weight`` 0 to 1 favours features over the background.
    """

    inputs: list[str]
    output: str
    name: str = "model"
    preset: str = "ARCGIS"
    model_type: str = "AUTO"
    backbone: str = ""
    backbone_weights: str = ""
    pretrained_model: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    max_epochs: int = 20
    batch_size: int = 0
    learning_rate: float = 0.0
    validation_percentage: float = 10.0
    stop_early: bool = True
    freeze: bool = True
    monitor: str = "AUTO"
    chip_size: int = 0
    resize_to: int = 0
    augmentation: str = "DEFAULT"
    augmentation_parameters: str = ""
    weight_init_scheme: str = "RANDOM"
    shuffle: bool = True
    feature_patch_percentage: float = 1.0
    background_patch_ratio: float = -1.0
    pad_small_features: bool = False
    solid_distance: dict[str, Any] = field(default_factory=dict)
    blur_distance: dict[str, Any] = field(default_factory=dict)
    class_weight_min: float = 0.0
    class_weight_max: float = 0.0
    loss_weight: float = 0.0
    seed: int = 0
    processor: str = "AUTO"
    gpu_id: int = 0
    processes: int = 0
    report: str = ""


@dataclass(frozen=True)
class ClassifyJob(Job):
    """Classify pixels. ``padding`` -1 is a quarter of the chip; ``tile_size`` 0 is found."""

    raster: str
    model: str
    output: str
    probabilities: str = ""
    extent: list[float] = field(default_factory=list)
    cell_size: float = 0.0
    padding: int = -1
    tile_size: int = 0
    batch_size: int = 1
    predict_background: bool = True
    test_time_augmentation: bool = False
    threshold: float = 0.0
    mask: str = ""
    processor: str = "AUTO"
    gpu_id: int = 0
    threads: int = 0


@dataclass(frozen=True)
class AssessPixelsJob(Job):
    """Compare a classified raster with reference labels (GeoPackage or raster, as in ExportJob)."""

    classified: str
    reference: str
    output: str
    reference_is_raster: bool = False
    classes: list[dict[str, Any]] = field(default_factory=list)
    extent: list[float] = field(default_factory=list)
    report: str = ""


@dataclass(frozen=True)
class DetectJob(Job):
    """Find objects. ``output`` is a GeoPackage (layer ``detections``) in the raster's CRS with the columns
    ``Classname``, ``Classvalue``, ``Confidence``.

    ``padding`` -1 is a quarter of the chip; ``tile_size`` 0 is found; ``threshold`` -1 is the model's own, else
    0.5. ``nms_overlap`` acts inside a tile, ``max_overlap_ratio`` between all objects where ``run_nms`` is true.
    ``square`` makes outlines of instances right-angled.
    """

    raster: str
    model: str
    output: str
    extent: list[float] = field(default_factory=list)
    cell_size: float = 0.0
    padding: int = -1
    tile_size: int = 0
    batch_size: int = 1
    threshold: float = -1.0
    nms_overlap: float = 0.1
    run_nms: bool = True
    max_overlap_ratio: float = 0.1
    exclude_pad_detections: bool = True
    test_time_augmentation: bool = False
    square: bool = False
    mask: str = ""
    processor: str = "AUTO"
    gpu_id: int = 0
    threads: int = 0


@dataclass(frozen=True)
class SuppressJob(Job):
    """Remove objects that overlap surer ones. ``features`` is a GeoPackage with the columns ``id`` (whole numbers),
    ``class`` (texts) and ``confidence`` (0 to 1 or 0 to 100); the result names the ids that stay.
    """

    features: str
    max_overlap_ratio: float = 0.0


@dataclass(frozen=True)
class AssessObjectsJob(Job):
    """Compare found objects with true ones.

    ``detected`` (columns ``id``, ``class``, ``confidence``) and ``reference`` (``id``, ``class``) are GeoPackages in
    one CRS; classes are texts. ``mask`` holds polygons in that CRS: only objects that touch one count. ``output`` is
    the table, ``matches`` a GeoPackage of matched, missed and false objects.
    """

    detected: str
    reference: str
    output: str
    matches: str = ""
    min_iou: float = 0.5
    mask: str = ""
    report: str = ""
    names: dict[str, str] = field(default_factory=dict)
