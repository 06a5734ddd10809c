"""The way of the data, in five steps: label, export, train, apply, review.

Each step takes a job of plain values and a reporter, does the work, and returns plain results.
"""

from __future__ import annotations

from typing import Any

from .jobs import AssessPixelsJob, ClassifyJob, ExportJob, LabelJob, TrainJob
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


def apply(job: ClassifyJob, reporter: Reporter) -> Result:
    """Apply a model to a raster of any size."""
    from .applying.classify import classify_pixels  # noqa: PLC0415

    return classify_pixels(job, reporter)


def review(job: AssessPixelsJob, reporter: Reporter) -> Result:
    """Compare a result with reference labels."""
    from .review.pixels import assess_pixels  # noqa: PLC0415

    return assess_pixels(job, reporter)


# What a job's "task" may be, and the step that does it.
STEPS: dict[str, tuple[type[Any], Any]] = {
    "label": (LabelJob, label),
    "export": (ExportJob, export),
    "train": (TrainJob, train),
    "classify": (ClassifyJob, apply),
    "assess_pixels": (AssessPixelsJob, review),
}
