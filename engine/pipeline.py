"""The way of the data, in five steps: label, export, train, apply, review.

Each step takes a job of plain values and a reporter, does the work, and returns plain results.
"""

from __future__ import annotations

from typing import Any

from .jobs import (
    AssessObjectsJob,
    AssessPixelsJob,
    ClassifyJob,
    DetectJob,
    ExportJob,
    LabelJob,
    SuppressJob,
    TrainJob,
)
from .progress import Reporter

Result = dict[str, Any]


def label(job: LabelJob, reporter: Reporter) -> Result:
    """Make imagery with labels to begin with: the generated sample scene."""
    from .data.scene import create_scene  # noqa: PLC0415

    return create_scene(job, reporter)


def export(job: ExportJob, reporter: Reporter) -> Result:
    """Cut an image and its labels into chips on disk."""
    from .data.exporting import export_chips  # noqa: PLC0415

    return export_chips(job, reporter)


def train(job: TrainJob, reporter: Reporter) -> Result:
    """Train a network on chips and write it as a model folder."""
    from .training.run import train_model  # noqa: PLC0415

    return train_model(job, reporter)


def fit(job: TrainJob, reporter: Reporter) -> Result:
    """Do one process's share of a training on several GPUs."""
    from .training.run import fit_share  # noqa: PLC0415

    return fit_share(job, reporter)


def apply(job: ClassifyJob, reporter: Reporter) -> Result:
    """Apply a model to a raster of any size."""
    from .applying.classify import classify_pixels  # noqa: PLC0415

    return classify_pixels(job, reporter)


def detect(job: DetectJob, reporter: Reporter) -> Result:
    """Find objects in a raster of any size."""
    from .applying.detect import detect_objects  # noqa: PLC0415

    return detect_objects(job, reporter)


def suppress(job: SuppressJob, reporter: Reporter) -> Result:
    """Remove objects that overlap surer ones."""
    from .review.suppressing import suppress_features  # noqa: PLC0415

    return suppress_features(job, reporter)


def review(job: AssessPixelsJob, reporter: Reporter) -> Result:
    """Compare a result with reference labels."""
    from .review.pixels import assess_pixels  # noqa: PLC0415

    return assess_pixels(job, reporter)


def review_objects(job: AssessObjectsJob, reporter: Reporter) -> Result:
    """Compare found objects with true ones."""
    from .review.objects import assess_objects  # noqa: PLC0415

    return assess_objects(job, reporter)


# What a job's "task" may be, and the step that does it.
STEPS: dict[str, tuple[type[Any], Any]] = {
    "label": (LabelJob, label),
    "export": (ExportJob, export),
    "train": (TrainJob, train),
    "fit": (TrainJob, fit),
    "classify": (ClassifyJob, apply),
    "detect": (DetectJob, detect),
    "suppress": (SuppressJob, suppress),
    "assess_pixels": (AssessPixelsJob, review),
    "assess_objects": (AssessObjectsJob, review_objects),
}
