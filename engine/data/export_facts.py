"""What an export knows of its chip set before the first chip: statistics to fill, facts, and its digest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from rasterio.crs import CRS

from ..chips import ChipFormat
from ..chips._documents import ChipSetFacts
from ..chips._stats import Accumulated, BandState
from ..jobs import ExportJob
from ..windows import Affine
from .rasters import RasterView
from .sources import Source

_NOWHERE = Affine(1, 0, 0, 0, 1, 0)


def empty_stats(sources: Sequence[Source], chip_format: ChipFormat) -> Accumulated:
    """Return statistics of no chip, with all classes that the labels hold."""
    first, second = sources[0], _second(sources)
    labelled = [source for source in sources if source.labels is not None and chip_format.needs]
    from_features = all(source.labels.from_features for source in labelled if source.labels is not None)
    stats = Accumulated(from_features, [BandState() for _ in range(first.view.count)])
    stats.bands2 = [BandState() for _ in range(second.count)] if second is not None else []
    placed = [source.view for source in sources if not source.domain2 and _is_placed(source)]
    if placed:
        sizes = [view.grid.pixel_size() for view in placed]
        stats.cell_sizes = [min(sizes), max(sizes)] if len(sizes) > 1 else sizes
        stats.spatial_reference = _spatial_reference(placed[0].crs)
    for source in labelled:
        for labels in (source.labels, source.instances):
            for info in labels.classes.values() if labels is not None else ():
                stats.add_class(info)
    return stats


def chip_set_facts(
    sources: Sequence[Source], chip_format: ChipFormat, described: Sequence[Mapping[str, Any]]
) -> ChipSetFacts:
    """Return what all chips will have in common; ``described`` are the images, filled in as they are cut."""
    job, view, second = sources[0].job, sources[0].view, _second(sources)
    return ChipSetFacts(
        chip_format.metadata_mode,
        sources[0].plan.tile,
        view.dtype,
        view.band_names,
        tuple(described),
        band_names2=second.band_names if second is not None else (),
        dtype2=second.dtype if second is not None else "",
        blacken=job.blacken,
        crop="Bounding_Box" if job.crop_mode == "BOUNDING_BOX" else "Fixed_Size",
        space="PIXEL_SPACE" if job.pixel_space else "MAP_SPACE",
    )


def digest_of(job: ExportJob, sources: Sequence[Source]) -> str:
    """Return what tells this export from others, so that only the same one continues."""
    # Labels and masks are known by what is in them: QGIS gives their files a new name each time.
    paths = ("output", "report", "labels", "instance_labels", "mask", "raster", "raster2", "additional", "names")
    parts = [job.digest(*paths), *(source.digest() for source in sources)]
    return sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _is_placed(source: Source) -> bool:
    """Tell whether chips have a georeference; GDAL gives a raster without one the pixels' own coordinates."""
    view = source.view
    return not source.job.pixel_space and (bool(view.crs) or view.source_grid.transform != _NOWHERE)


def _second(sources: Sequence[Source]) -> RasterView | None:
    return next((item.view if item.domain2 else item.second for item in sources if item.domain2 or item.second), None)


def _spatial_reference(crs: str) -> dict[str, Any]:
    """Return a CRS as Esri writes it; Web Mercator has an old number of Esri's own."""
    code = CRS.from_wkt(crs).to_epsg() if crs else None
    if code is None:
        return {"wkt": crs} if crs else {}
    return {"wkid": 102100 if code == 3857 else code, "latestWkid": code}
