"""What every chip format must do, whatever it is: drop a file into ``engine/chips`` and it is tested here."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import rasterio
from chip_cases import BOXES, NORTH_UP, noise, pixel_box, write_labels, write_raster

from swath.engine import pipeline
from swath.engine.chips import FORMATS, SECOND_UNPAIRED, ChipFormat
from swath.engine.errors import InputError
from swath.engine.jobs import ExportJob
from swath.engine.progress import Silent

CLASSES = [{"value": 1, "name": "one", "color": [255, 0, 0]}, {"value": 2, "name": "two", "color": [0, 0, 255]}]
ALL = list(FORMATS.all().values())
formats = pytest.mark.parametrize("chip_format", ALL, ids=lambda item: item.id)


def _export(folder: Path, chip_format: ChipFormat) -> tuple[Path, Path]:
    raster = write_raster(folder / "image.tif", noise())
    shapes = [pixel_box(NORTH_UP, *box[:4]) for box in BOXES]
    labels = write_labels(folder / "labels.gpkg", shapes, [box[4] for box in BOXES])
    job = ExportJob(
        str(raster),
        str(folder / "chips"),
        chip_format.id,
        str(labels),
        classes=CLASSES,
        tile_size=[64, 64],
        stride=[32, 32],
        raster2=str(raster) if chip_format.second == SECOND_UNPAIRED else "",
    )
    pipeline.export(job, Silent())
    return raster, folder / "chips"


@formats
def test_format_describes_itself_completely(chip_format: ChipFormat) -> None:
    assert re.fullmatch(r"[A-Z0-9_]+", chip_format.id)
    assert chip_format.title
    assert chip_format.help
    assert chip_format.metadata_mode
    assert FORMATS.get(chip_format.id) is chip_format


@formats
def test_format_reads_back_what_it_wrote(chip_format: ChipFormat, tmp_path: Path) -> None:
    raster, folder = _export(tmp_path, chip_format)
    chip_set = chip_format.read(folder)
    assert chip_set.format_id == chip_format.id
    assert chip_set.size == (64, 64)
    assert chip_set.bands == 3
    assert chip_set.dtype == "uint8"
    assert [item.value for item in chip_set.classes] == ([1, 2] if chip_format.needs else [])
    assert len(chip_set.stats) == 3
    assert chip_set.chips
    for chip in chip_set.chips:
        assert chip.transform is not None
        chip_format.read_target(chip)
        with rasterio.open(raster) as source, rasterio.open(chip.image) as written:
            # Where the chip says it lies, the source holds the same pixels.
            col, row = (round(value) for value in ~source.transform @ (written.transform.c, written.transform.f))
            window = rasterio.windows.Window(col, row, 64, 64)
            assert np.array_equal(source.read(window=window), written.read())
            assert chip.transform.tuple6() == pytest.approx(tuple(written.transform)[:6])


@formats
def test_format_tells_its_folder_from_others(chip_format: ChipFormat, tmp_path: Path) -> None:
    _, folder = _export(tmp_path, chip_format)
    assert [item.id for item in ALL if item.detect(folder)] == [chip_format.id]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert not chip_format.detect(empty)
    with pytest.raises(InputError, match=re.escape(str(empty))):
        chip_format.read(empty)
