"""Where the result of a model goes, if the user does not say."""

from __future__ import annotations

import os
import re
from pathlib import Path

from qgis.core import QgsProviderRegistry, QgsRasterLayer

from .applied_tasks import AppliedTask
from .export_folder import free_name


def proposed_result(samples: Path | None, image: QgsRasterLayer | None, model: str, task: AppliedTask) -> str:
    """Return a file beside the samples, or else beside the image, that is free; "" where there is no such place."""
    if image is None or not model:
        return ""
    words = (image.name(), Path(model).stem, task.word)
    name = "_".join(re.sub(r"[^\w-]+", "_", word).strip("_") for word in words if word)[:80] + task.suffix
    for folder in (samples.parent if samples is not None else None, _folder_of(image)):
        if folder is not None and os.access(folder, os.W_OK):
            return str(folder / free_name(folder / name))
    return ""


def _folder_of(image: QgsRasterLayer) -> Path | None:
    path = QgsProviderRegistry.instance().decodeUri(image.providerType(), image.source()).get("path")
    return Path(path).parent if path and Path(path).is_file() else None
