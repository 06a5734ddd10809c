"""What is drawn in each epoch: feature and background chips, rare classes, pieces; counted at the sampler."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from training_support import Notes, job, make_chips

from swath.engine import pipeline
from swath.engine.classes import ClassInfo, background
from swath.engine.errors import InputError
from swath.engine.tasks.pixels import TASK
from swath.engine.training import prepare
from swath.engine.training.chipdata import ChipData
from swath.engine.training.sampling import Drawing, Sampler, rarity, reduced
from swath.engine.training.split import Split

SEEDS = st.integers(0, 2**31 - 1)


def counts_of(features: int, backgrounds: int, seed: int = 0) -> np.ndarray:
    """Return pixels of background and two classes; feature and background chips are mixed by chance."""
    counts = np.zeros((features + backgrounds, 3), np.int64)
    counts[:, 0] = 500
    order = np.random.default_rng(seed).permutation(len(counts))[:features]
    counts[order, 1 + (np.arange(features) % 3 == 0)] = 100
    return counts


def sampler(counts: np.ndarray, **values: object) -> Sampler:
    return Sampler(np.arange(len(counts)), counts, True, Drawing(**values))


def kinds(counts: np.ndarray, drawn: np.ndarray) -> tuple[int, int]:
    """Count feature and background chips among those drawn, on our own."""
    featured = counts[drawn][:, 1:].sum(1) > 0
    return int(featured.sum()), int((~featured).sum())


@settings(max_examples=60, deadline=None)
@given(
    features=st.integers(1, 60),
    backgrounds=st.integers(0, 60),
    ratio=st.sampled_from([0.0, 0.15, 0.5, 1.0, 3.0]),
    seed=SEEDS,
)
def test_background_ratio_decides_what_each_epoch_draws(features, backgrounds, ratio, seed) -> None:
    counts = counts_of(features, backgrounds)
    drawing = sampler(counts, seed=seed, epochs=8, background_ratio=ratio)
    wanted = min(max(int(ratio * features + 0.5), 1 if ratio else 0), backgrounds)
    for epoch in range(8):
        drawn = drawing.draw(epoch)
        assert kinds(counts, drawn) == (features, wanted)
        assert len(set(drawn.tolist())) == len(drawn) == len(drawing)


@settings(max_examples=60, deadline=None)
@given(backgrounds=st.integers(1, 50), wanted=st.integers(1, 50), seed=SEEDS)
def test_no_background_chip_returns_before_all_were_shown(backgrounds, wanted, seed) -> None:
    wanted = min(wanted, backgrounds)
    counts = counts_of(10, backgrounds)
    drawing = sampler(counts, seed=seed, epochs=99, background_ratio=wanted / 10)
    times: Counter[int] = Counter({int(index): 0 for index in np.flatnonzero(counts[:, 1:].sum(1) == 0)})
    for epoch in range(-(-backgrounds // wanted)):
        # Until the epoch in which the last ones come, none was seen twice.
        assert max(times.values()) <= 1
        times.update(int(index) for index in drawing.draw(epoch) if int(index) in times)
    assert min(times.values()) >= 1


def test_ratio_of_minus_one_draws_all_chips_once() -> None:
    counts = counts_of(20, 70)
    drawing = sampler(counts, background_ratio=-1.0)
    orders = [drawing.draw(epoch) for epoch in range(3)]
    assert all(sorted(order) == list(range(90)) for order in orders)
    assert all(not np.array_equal(a, b) for a, b in pairwise(orders))


def test_same_seed_and_epoch_draw_the_same_whatever_came_before() -> None:
    counts = counts_of(30, 40)
    options = {"epochs": 9, "background_ratio": 0.5, "weight_max": 3.0, "weight_min": 1.0}
    one, two, other = (sampler(counts, seed=seed, **options) for seed in (5, 5, 6))
    before = [one.draw(epoch) for epoch in range(9)]
    assert np.array_equal(two.draw(7), before[7])
    assert not np.array_equal(other.draw(7), before[7])


def test_without_shuffle_chips_come_in_the_order_of_the_folder() -> None:
    counts = counts_of(20, 20)
    drawing = sampler(counts, shuffle=False, seed=3)
    assert drawing.draw(0).tolist() == drawing.draw(4).tolist() == list(range(40))
    few = sampler(counts, shuffle=False, background_ratio=0.25)
    assert all(few.draw(epoch).tolist() == sorted(few.draw(epoch).tolist()) for epoch in range(4))
    assert {int(index) for epoch in range(4) for index in few.draw(epoch)} == set(range(40))


def test_class_weight_goes_from_the_greatest_to_the_least() -> None:
    drawing = sampler(counts_of(10, 0), epochs=5, weight_max=3.0, weight_min=1.0)
    assert [drawing.weight(epoch) for epoch in range(5)] == pytest.approx([3.0, 2.5, 2.0, 1.5, 1.0])
    assert sampler(counts_of(10, 0), epochs=1, weight_max=3.0).weight(0) == 3.0


def test_rare_classes_are_drawn_more_often_the_greater_the_weight() -> None:
    counts = np.zeros((1000, 2), np.int64)
    counts[:, 0] = 10
    counts[:100, 1] = 10
    drawing = sampler(counts, epochs=3, weight_max=2.0, weight_min=0.0)
    shares = []
    for epoch in range(3):
        drawn = drawing.draw(epoch)
        assert len(drawn) == 1000
        shares.append((drawn < 100).mean())
    # A tenth of the chips shows the second class: it is 10 times as rare as the first, which all show.
    expected = [100 * 10**weight / (100 * 10**weight + 900) for weight in (2, 1, 0)]
    assert shares == pytest.approx(expected, abs=0.05)
    assert sorted(drawing.draw(2)) == list(range(1000))


def test_rarity_is_that_of_the_rarest_class_shown() -> None:
    counts = np.array([[5, 0, 0], [5, 5, 0], [5, 5, 9], [5, 0, 0]])
    # Frequencies are 1, 1/2 and 1/4, their median 1/2.
    assert rarity(counts).tolist() == pytest.approx([0.5, 1.0, 2.0, 0.5])


@settings(max_examples=60, deadline=None)
@given(
    features=st.integers(1, 80),
    share=st.sampled_from([0.1, 0.25, 0.5, 0.9, 1.0]),
    seed=SEEDS,
)
def test_feature_percentage_keeps_its_share_of_both_sides_and_each_class(features, share, seed) -> None:
    counts = counts_of(features, 15, seed)
    half = np.random.default_rng(seed).permutation(len(counts))
    sides = np.sort(half[: len(half) // 2]), np.sort(half[len(half) // 2 :])
    split = Split(*sides, np.zeros(0, np.int64), "order")
    less = reduced(split, counts, True, share, seed)
    assert np.array_equal(less.train, reduced(split, counts, True, share, seed).train)
    whole = np.concatenate([less.train, less.valid, less.unused])
    assert sorted(whole) == list(range(len(counts)))
    for before, after in ((split.train, less.train), (split.valid, less.valid)):
        (had, backgrounds), (has, same) = kinds(counts, before), kinds(counts, after)
        assert same == backgrounds
        assert abs(has - share * had) <= 2
        for item in (1, 2):
            there, kept = (counts[before, item] > 0).sum(), (counts[after, item] > 0).sum()
            assert min(there, 1) <= kept <= there
            assert abs(kept - share * there) <= 1


def drawn_in_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **values: object) -> tuple[dict, Notes, Path]:
    """Train, and return which chips each epoch really loaded for learning."""
    loaded: dict[int, list[str]] = {}
    load = ChipData.load

    def spy(self, index, epoch=None):
        if epoch is not None:
            loaded.setdefault(epoch, []).append(self.chips[index].stem)
        return load(self, index, epoch)

    monkeypatch.setattr(ChipData, "load", spy)
    chips, notes = make_chips(size=128, tile=16, stride=16, values=(0, 0, 0, 2), classes=(2,)), Notes()
    pipeline.train(job(chips, tmp_path / "m", stop_early=False, **values), notes)
    return loaded, notes, chips


def test_training_loads_what_the_ratio_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, notes, chips = drawn_in_training(
        tmp_path, monkeypatch, max_epochs=3, background_patch_ratio=0.5, feature_patch_percentage=0.5
    )
    labelled = {path.stem for path in (chips / "labels").iterdir()}
    featured = {epoch: sorted(set(stems) & labelled) for epoch, stems in loaded.items()}
    others = [set(stems) - labelled for stems in loaded.values()]
    number = len(featured[0])
    assert featured[0] == featured[1] == featured[2]
    assert [len(stems) for stems in loaded.values()] == [number + int(number / 2 + 0.5)] * 3
    assert not others[0] & others[1]
    text = next(text for text in notes.messages if text.startswith("Each epoch draws"))
    assert f"{number} chips with features and {len(others[0])} of the" in text
    start = next(line for line in (tmp_path / "m/run/run.jsonl").read_text().splitlines() if '"start"' in line)
    assert f'"feature_chips": {number}, ' in start
    # Half of the chips with features are used, on both sides together.
    unused = next(text for text in notes.messages if text.startswith("Chips: "))
    assert f", {round(len(labelled) / 2)} by" in unused or f", {len(labelled) // 2} by" in unused


BAD = [
    ({"chip_size": 512}, "CHIP_SIZE.*give 32 or less"),
    ({"chip_size": 7}, "CHIP_SIZE"),
    ({"resize_to": 64}, "RESIZE_TO does not act"),
    ({"pad_small_features": True}, "PAD_SMALL_FEATURES does not act"),
    ({"feature_patch_percentage": 0}, "FEATURE_PATCH_PERCENTAGE"),
    ({"feature_patch_percentage": 1.5}, "FEATURE_PATCH_PERCENTAGE"),
    ({"background_patch_ratio": -0.5}, "BACKGROUND_PATCH_RATIO"),
    ({"background_patch_ratio": float("nan")}, "BACKGROUND_PATCH_RATIO"),
    ({"class_weight_min": 2, "class_weight_max": 1}, "CLASS_WEIGHT_MIN"),
    ({"class_weight_max": 99}, "CLASS_WEIGHT_MAX"),
    ({"loss_weight": 1.1}, "LOSS_WEIGHT"),
    ({"preset": "ERDAS"}, "PRESET"),
]


@pytest.mark.parametrize(("values", "text"), BAD, ids=[str(values) for values, _ in BAD])
def test_control_that_cannot_be_is_refused_with_one_sentence(tmp_path: Path, values, text) -> None:
    with pytest.raises(InputError, match=text) as error:
        prepare.understand(job(make_chips(), tmp_path / "m", **values))
    assert "\n" not in str(error.value)


def test_controls_of_the_background_say_where_they_have_no_effect(tmp_path: Path) -> None:
    choice = prepare.understand(job(make_chips(), tmp_path / "m", background_patch_ratio=0.5, loss_weight=0.5))
    assert [text.split()[0] for text in choice.controls.warnings] == ["BACKGROUND_PATCH_RATIO", "LOSS_WEIGHT"]


def test_split_without_shuffle_is_the_same_for_every_seed(tmp_path: Path) -> None:
    chips = make_chips(size=160, tile=16, stride=16)
    splits = {}
    for shuffle in (False, True):
        for seed in (1, 2):
            task = job(chips, tmp_path / "m", shuffle=shuffle, seed=seed, feature_patch_percentage=0.5)
            splits[shuffle, seed] = prepare.gather(prepare.understand(task), Notes())[1]
    assert np.array_equal(splits[False, 1].valid, splits[False, 2].valid)
    assert np.array_equal(splits[False, 1].train, splits[False, 2].train)
    assert not np.array_equal(splits[True, 1].train, splits[True, 2].train)


def test_loss_weight_scales_the_background_and_keeps_class_balancing() -> None:
    classes = [background(), ClassInfo(1, "road", (0, 0, 0))]
    raw = torch.randn(1, 2, 4, 4)
    ground, road = torch.zeros(1, 4, 4, dtype=torch.uint8), torch.ones(1, 4, 4, dtype=torch.uint8)

    def losses(weights, loss_weight):
        loss = TASK.loss(classes, {}, weights, loss_weight)
        return [float(torch.nn.functional.cross_entropy(raw, t.long())) for t in (ground, road)], [
            float(loss(raw, t) - loss._dice(raw, t)) for t in (ground, road)
        ]

    for weights in (None, [0.3, 3.0]):
        for loss_weight in (0.0, 0.8, 1.0):
            plain, found = losses(weights, loss_weight)
            assert found == pytest.approx([plain[0] * (1 - loss_weight), plain[1]], abs=1e-5)
    half = torch.cat([ground[:, :2], road[:, 2:]], dim=1)
    rising = [TASK.loss(classes, {}, None, value) for value in (0.0, 0.5, 1.0)]
    gradients = []
    for loss in rising:
        asked = raw.clone().requires_grad_()
        loss(asked, half).backward()
        gradients.append(float(asked.grad[:, :, :2].abs().sum() / asked.grad[:, :, 2:].abs().sum()))
    assert gradients[0] > gradients[1] > gradients[2] > 0
