"""The pieces of chips that are learnt from (CHIP_SIZE): where they lie, and that validation covers all."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from training_support import Notes, job, make_chips

from swath.engine import pipeline
from swath.engine.classes import ClassInfo, background
from swath.engine.jobs import TrainJob
from swath.engine.tasks.pixels import IGNORE_INDEX, TASK
from swath.engine.training.batches import Batches, Cut, TrainingBatches
from swath.engine.training.chipdata import ChipData
from swath.engine.training.sampling import Drawing, Sampler


def data_of(shapes: list[tuple[int, int]], values: int = 3) -> ChipData:
    """Return chips of these heights and widths whose pixels tell where they are, without any file."""
    chips = [SimpleNamespace(size=(width, height), stem=str(n)) for n, (height, width) in enumerate(shapes)]
    images = [np.arange(h * w, dtype=np.int32).reshape(1, h, w) + 1 for h, w in shapes]
    targets = [np.random.default_rng(n).integers(0, values, shape, dtype=np.uint8) for n, shape in enumerate(shapes)]
    classes = tuple([background()] + [ClassInfo(n, str(n), (0, 0, 0)) for n in range(1, values)])
    counts = np.ones((len(shapes), values), np.int64)
    chip_set = SimpleNamespace(size=(shapes[0][1], shapes[0][0]))
    teaching = TASK.teaching(TrainJob([], ""))
    return ChipData(None, chip_set, teaching, classes, tuple(chips), counts, images=images, targets=targets)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(
    height=st.integers(16, 90),
    width=st.integers(16, 90),
    piece=st.integers(16, 64),
    batch=st.integers(1, 5),
    multiple=st.sampled_from([1, 32]),
)
def test_validation_judges_every_pixel_of_a_chip_once(height, width, piece, batch, multiple) -> None:
    data = data_of([(height, width)] * 2)
    batches = Batches(data, np.arange(2), batch, Cut((piece, piece), multiple))
    seen = np.zeros(height * width, int)
    sizes = []
    for image, target, _ in batches:
        sizes.append(len(image))
        side = -(-piece // multiple) * multiple
        assert image.shape[2:] == target.shape[1:] == (side, side)
        judged = image[:, 0][target != IGNORE_INDEX] - 1
        np.add.at(seen, judged.numpy(), 1)
    assert (seen == 2).all()
    assert len(sizes) == len(batches)
    assert max(sizes) <= batch
    assert max(sizes) - min(sizes) <= 1


def test_training_pieces_depend_on_seed_and_epoch_alone_and_lie_inside() -> None:
    data = data_of([(48, 80), (64, 64), (20, 100)])
    draw = Sampler(np.arange(3), data.counts, True, Drawing(seed=4, epochs=3))
    both = [TrainingBatches(data, draw, 2, Cut((32, 32), 32), seed=4) for _ in range(2)]
    for batches in both:
        batches.set_epoch(1)
    first, again = (list(batches) for batches in both)
    assert all(torch.equal(a[0], b[0]) and torch.equal(a[1], b[1]) for a, b in zip(first, again, strict=True))
    # A chip is as large as three pieces, so an epoch has three of each.
    assert sum(len(image) for image, _, _ in first) == 9
    both[0].set_epoch(2)
    assert not all(torch.equal(a[0], b[0]) for a, b in zip(first, both[0], strict=True))
    # What a chip of 20 rows lacks is padded, and incurs no loss.
    padded = [target for _, targets, _ in first for target in targets if (target == IGNORE_INDEX).any()]
    assert len(padded) == 3
    assert all((target[20:] == IGNORE_INDEX).all() and (target[:20] != IGNORE_INDEX).all() for target in padded)


def test_pieces_of_a_feature_chip_show_a_feature() -> None:
    data = data_of([(256, 256)] * 4)
    for target in data.targets or ():
        target[:] = 0
        target[100:110, 200:210] = 1
    batches = TrainingBatches(data, Sampler(np.arange(4), data.counts, True, Drawing()), 4, Cut((128, 128)), seed=1)
    shown = []
    for epoch in range(10):
        batches.set_epoch(epoch)
        shown += [bool((target == 1).any()) for _, targets, _ in batches for target in targets]
    # A piece by chance shows it in a third of the cases.
    assert np.mean(shown) > 0.9


def test_training_learns_from_pieces_of_the_size_asked_for(tmp_path: Path) -> None:
    chips = make_chips(size=256, tile=64, stride=64)
    notes = Notes()
    result = pipeline.train(job(chips, tmp_path / "m", chip_size=32), notes)
    emd = json.loads(Path(result["emd"]).read_text())
    assert (emd["ImageHeight"], emd["ImageWidth"], emd["Swath"]["tile_size"]) == (32, 32, 32)
    assert any("Pieces of 32 x 32 pixels" in text for text in notes.messages)
    matrix = np.array(notes.epochs[0]["confusion"])
    data = emd["Swath"]["training"]["data"]
    # Pieces cover the validation chips: every labelled pixel is judged once.
    assert matrix.sum() == sum(data["class_counts"]["valid"].values()) == data["chips"]["valid"] * 64 * 64


def test_chip_of_many_pieces_is_read_once_for_all_of_them(monkeypatch) -> None:
    data, read = data_of([(96, 96), (96, 64)]), []
    load = ChipData.load
    monkeypatch.setattr(
        ChipData, "load", lambda self, index, epoch=None: read.append(index) or load(self, index, epoch)
    )
    assert sum(len(image) for image, _, _ in Batches(data, np.arange(2), 4, Cut((32, 32)))) == 9 + 6
    assert read == [0, 1]
