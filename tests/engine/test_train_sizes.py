"""Chips of several sizes, bands and formats: what is learnt together, and what is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import rasterio
from training_support import Notes, job, make_chips

from swath.engine import pipeline
from swath.engine.errors import InputError
from swath.engine.jobs import TrainJob
from swath.engine.progress import Silent
from swath.engine.tasks.pixels import IGNORE_INDEX
from swath.engine.training import chipdata, prepare
from swath.engine.training.batches import Batches, Cut

SIZES = [(40, 30), (32, 32), (64, 48), (90, 90), (36, 36), (33, 20), (48, 48), (44, 60)]


def write_foreign(folder: Path, sizes: list[tuple[int, int]], bands: int = 3, dtype: str = "uint8") -> Path:
    """Write pictures and label rasters as other software lays them down: two folders, no word about them."""
    rng = np.random.default_rng(0)
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    for number, (width, height) in enumerate(sizes):
        label = np.kron(rng.choice([1, 2], (-(-height // 8), -(-width // 8))), np.ones((8, 8)))[:height, :width]
        image = np.where(label == 1, 170, 60)[None] + rng.normal(0, 10, (bands, height, width))
        for kind, pixels in (("images", image), ("labels", label[None])):
            with rasterio.open(
                folder / kind / f"p{number}.tif", "w", driver="GTiff", width=width, height=height,
                count=len(pixels), dtype=dtype if kind == "images" else "uint8",
            ) as dataset:  # fmt: skip
                dataset.write(pixels.clip(0, 255).astype(dataset.dtypes[0]))
    return folder


def task(chips: Path, output: Path, **values: object) -> TrainJob:
    return job(chips, output, model_type="UNET", validation_percentage=25, **values)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    return write_foreign(tmp_path / "chips", SIZES)


def test_side_into_which_most_chips_fit_is_found_and_said(mixed: Path, tmp_path: Path) -> None:
    choice = prepare.understand(task(mixed, tmp_path / "m"))
    # Greater sides are 32 33 36 40 48 60 64 90: five of eight fit into 48.
    assert choice.controls.size == (48, 48)
    assert choice.controls.notes == (
        "The chips have 8 sizes: larger ones are cut and smaller ones padded to 48 x 48 pixels. "
        "CHIP_SIZE chooses another side.",
    )
    assert prepare.understand(task(mixed, tmp_path / "m", chip_size=64)).controls.size == (64, 64)
    with pytest.raises(InputError, match=r"chips of 90 x 90 pixels.*give 90 or less"):
        prepare.understand(task(mixed, tmp_path / "m", chip_size=96))


@pytest.mark.parametrize("limit", [0, 2**30])
def test_chips_of_several_sizes_are_cut_and_padded(mixed: Path, tmp_path: Path, monkeypatch, limit: int) -> None:
    monkeypatch.setattr(chipdata, "CACHE_BYTES", limit)
    data, split = prepare.gather(prepare.understand(task(mixed, tmp_path / "m")), Silent())
    assert sorted([*split.train, *split.valid]) == list(range(8))
    whole = Batches(data, np.arange(8), 3, Cut((48, 48), 32))
    judged = 0
    for image, target, _ in whole:
        assert image.shape[1:] == (3, 64, 64)
        judged += int((target != IGNORE_INDEX).sum())
    assert judged == sum(width * height for width, height in SIZES)


def test_model_of_several_sizes_learns_and_says_its_size(mixed: Path, tmp_path: Path) -> None:
    notes = Notes()
    result = pipeline.train(task(mixed, tmp_path / "m", max_epochs=2, augmentation="NONE"), notes)
    session = onnxruntime.InferenceSession(result["model"], providers=["CPUExecutionProvider"])
    assert session.run(None, {"image": np.zeros((1, 3, 64, 64), np.float32)})[0].shape == (1, 2, 64, 64)
    assert '"tile_size": 48' in Path(result["emd"]).read_text()
    assert any("8 sizes" in text for text in notes.messages)


def test_folders_of_several_sizes_are_learnt_together(tmp_path: Path) -> None:
    first, second = make_chips(), make_chips(tile=48, stride=48, size=144)
    both = TrainJob(**(job(first, tmp_path / "m").to_dict() | {"inputs": [str(first), str(second)]}))
    choice = prepare.understand(both)
    assert choice.controls.size == (32, 32)
    assert "2 sizes" in choice.controls.notes[0]
    data, split = prepare.gather(choice, Silent())
    assert {image.shape[1:] for image in data.images} == {(32, 32), (48, 48)}
    assert len(split.train) + len(split.valid) + len(split.dropped) == 25 + 9


def test_chips_of_several_band_counts_or_types_are_refused(tmp_path: Path) -> None:
    for name, options in (("bands", {"bands": 1}), ("type", {"dtype": "float32"})):
        chips = write_foreign(tmp_path / name, [(32, 32)] * 4)
        odd = write_foreign(tmp_path / f"odd_{name}", [(32, 32)], **options)
        (odd / "images/p0.tif").rename(chips / "images/p2.tif")
        with pytest.raises(InputError, match=r"p2\.tif.*(band|type)"):
            pipeline.train(task(chips, tmp_path / "m"), Silent())
        assert not (tmp_path / "m.partial").exists()


def test_chip_of_another_size_than_the_folder_says_is_refused(tmp_path: Path) -> None:
    import shutil

    chips = tmp_path / "chips"
    shutil.copytree(make_chips(), chips)
    other = write_foreign(tmp_path / "odd", [(40, 40)])
    (other / "images/p0.tif").rename(sorted((chips / "images").glob("*.tif"))[3])
    with pytest.raises(InputError, match=r"cannot be used.*\(3, 40, 40\), not \(3, 32, 32\)"):
        pipeline.train(job(chips, tmp_path / "m"), Silent())


def test_folders_of_different_formats_are_refused(tmp_path: Path) -> None:
    first, second = make_chips(), tmp_path / "voc"
    from swath.engine.jobs import ExportJob

    scene = first.parent
    pipeline.export(
        ExportJob(str(scene / "image.tif"), str(second), "EXPORT_TILES", tile_size=[32, 32], stride=[32, 32],
                  all_tiles=True), Silent(),
    )  # fmt: skip
    both = TrainJob(**(job(first, tmp_path / "m").to_dict() | {"inputs": [str(first), str(second)]}))
    with pytest.raises(InputError, match=r"differ .* in the format"):
        pipeline.train(both, Silent())


def test_label_values_that_are_no_class_are_told_and_left_out(tmp_path: Path) -> None:
    import shutil

    chips = tmp_path / "chips"
    shutil.copytree(make_chips(), chips)
    path = sorted((chips / "labels").glob("*.tif"))[0]
    with rasterio.open(path, "r+") as dataset:
        values = dataset.read(1)
        values[:5] = 77
        dataset.write(values, 1)
    notes = Notes()
    data, _ = prepare.gather(prepare.understand(job(chips, tmp_path / "m")), notes)
    assert any(text.startswith("160 pixels carry a value that is no class") for text in notes.messages)
    assert data.counts[0].sum() == 32 * 32 - 160
