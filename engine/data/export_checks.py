"""What is checked of an export before work starts, and what its labels give reason to warn of."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from ..chips import FORMATS, NO_SECOND, OBJECTS, SECOND_UNPAIRED, VALUES, ChipFormat
from ..chips import INSTANCES_TOO as INSTANCES
from ..jobs import ExportJob
from ..progress import Reporter
from .encoding import ChipEncoding, encoding
from .labels import VectorLabels
from .problems import MissingForFormatError, NotForFormatError, ReportNotWritableError, UnknownFormatError
from .sources import Source

_CROPS = ("FIXED_SIZE", "BOUNDING_BOX")


def check_report(path: Path) -> None:
    """Make the folder of a report; raise ReportNotWritableError where the report cannot be written later."""
    if path.is_dir():
        raise ReportNotWritableError(path=path, detail="it is a folder")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportNotWritableError(path=path, detail=error.strerror or error) from error
    if not os.access(path.parent, os.W_OK):
        raise ReportNotWritableError(path=path, detail="its folder is write-protected")


def choose(job: ExportJob) -> tuple[ChipFormat, ChipEncoding]:
    """Return the formats of labels and pictures that a job names; raise InputError where settings do not fit them."""
    chip_format = FORMATS.get(job.format.upper())
    if chip_format is None:
        raise UnknownFormatError(format=job.format, parameter="FORMAT", known=", ".join(FORMATS.ids()))
    if job.crop_mode not in _CROPS:
        raise UnknownFormatError(format=job.crop_mode, parameter="CROP_MODE", known=", ".join(_CROPS))
    one = [item for item in FORMATS.all().values() if item.one_feature]
    second = [item for item in FORMATS.all().values() if item.second != NO_SECOND]
    instances = [item for item in FORMATS.all().values() if INSTANCES in item.needs]
    images = [job.raster2, *(item.get("raster2", "") for item in job.additional)]
    settings = (
        ("chips cut to their feature", "CROP_MODE", job.crop_mode != "FIXED_SIZE", one),
        ("blackening", "BLACKEN_AROUND_FEATURE", job.blacken, one),
        ("second raster", "INPUT2", any(images), second),
        ("instance labels", "INSTANCE_LABELS", bool(job.instance_labels), instances),
    )
    for what, parameter, wanted, able in settings:
        if wanted and chip_format not in able:
            known = ", ".join(item.id for item in able)
            raise NotForFormatError(format=chip_format.title, what=what, parameter=parameter, known=known)
    if chip_format.second == SECOND_UNPAIRED and not any(images):
        raise MissingForFormatError(format=chip_format.title, what="a second raster", parameter="INPUT2")
    if chip_format.one_feature and job.labels_are_raster and (job.blacken or job.crop_mode != "FIXED_SIZE"):
        what = "features to cut or blacken around, which a label raster has not"
        raise MissingForFormatError(format=chip_format.title, what=what, parameter="LABELS")
    return chip_format, encoding(job.chip_format)


def warn_of_labels(sources: list[Source], chip_format: ChipFormat, reporter: Reporter) -> list[str]:
    """Tell of what the labels are like; return the sentences for the report as well."""
    notes = [*_of_values(sources, chip_format), *_of_shapes(sources, chip_format)]
    for text in notes:
        reporter.warning(text)
    return notes


def _of_values(sources: list[Source], chip_format: ChipFormat) -> list[str]:
    labels = [source.labels for source in sources if source.labels is not None]
    if VALUES not in chip_format.needs or all(np.dtype(item.dtype).itemsize == 1 for item in labels):
        return []
    largest, dtype = max((max(item.classes), item.dtype) for item in labels)
    return [
        f"Class values up to {largest} need labels of type {dtype}; arcgis.learn reads 8 bits only: "
        "number the classes from 1 to 255 if these chips shall be trained there."
    ]


def _of_shapes(sources: list[Source], chip_format: ChipFormat) -> list[str]:
    vectors = [source.labels for source in sources if isinstance(source.labels, VectorLabels)]
    notes = []
    repaired = sum(item.repaired for item in vectors)
    if repaired:
        notes.append(f"{repaired} polygons crossed themselves and were repaired for this export.")
    thin = sum(item.without_area for item in vectors)
    if thin and OBJECTS in chip_format.needs and not chip_format.one_feature:
        notes.append(
            f"{thin} labels are points or lines without an area and were left out; give a buffer radius "
            "(BUFFER_RADIUS) to have boxes around them."
        )
    counts = [item.overlaps() for item in vectors]
    overlaps = sum(abs(count) for count in counts)
    if overlaps:
        least = "At least " if min(counts) < 0 else ""
        notes.append(
            f"{least}{overlaps} pairs of labels of different classes overlap; where pixels are labelled, the later "
            "one in the layer's order wins: check them if that is not meant."
        )
    return notes
