"""Augmentation as ArcGIS and ENVI write it: what is understood, what chips then look like, what is refused."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from training_support import job, make_chips

from swath.engine import pipeline
from swath.engine.errors import InputError
from swath.engine.progress import Silent
from swath.engine.training.augment import STILL, Augmentation
from swath.engine.training.augment_files import read_augmentation
from swath.engine.training.start_problems import AugmentationError, TransformsFileError

ESRI = (
    "rotate 30;0.5 - brightness (0.4,0.6);1.0 - contrast (0.75,1.5);1.0 - zoom (1.0,1.2);1.0 - "
    "crop chip_size;1.0;(0,1);(0,1)"
)


def custom(text: str, size: tuple[int, int] = (64, 64), *, fixed: bool = False) -> Augmentation | None:
    return read_augmentation("CUSTOM", text, [], size, 32, fixed=fixed)


def test_every_spelling_means_the_same() -> None:
    found = custom(ESRI)
    assert found is not None
    shift = math.log(0.6 / 0.4)
    assert (found.rotate, found.warp_chance, found.zoom, found.zoom_chance) == (30, 0.5, (1.0, 1.2), 1.0)
    assert found.brightness == pytest.approx((-shift, shift))
    assert found.contrast == (0.75, 1.5)
    assert (found.dihedral, found.crop, found.tint, found.color_chance) == (False, 0, 0, 0)
    lines = ESRI.replace(" - ", "\n")
    table = "rotate '30;0.5';brightness (0.4, 0.6);1.0;contrast [0.75 1.5];zoom (1.0,1.2);crop chip_size"
    document = {
        "rotate": {"degrees": 30, "p": 0.5}, "brightness": {"change": "0.4, 0.6"}, "contrast": {"scale": [0.75, 1.5]},
        "rand_zoom": {"scale": "1.0, 1.2"}, "crop": {"size": "chip_size", "p": 1, "row_pct": "0, 1", "col_pct": "0, 1"},
    }  # fmt: skip
    for text in (lines, table, json.dumps(document), json.dumps({"Training": document, "Validation": {}})):
        assert custom(text) == found


def test_switches_of_envi() -> None:
    assert custom("rotate yes") == replace(STILL, rotate=180, warp_chance=1)
    assert custom("scale yes - rotate no") == replace(STILL, zoom=(0.8, 1.25), zoom_chance=1)
    assert custom("flip 0.5") == custom("flip yes;0.5") == replace(STILL, dihedral=True, dihedral_chance=0.5)
    assert custom("scale no - rotate no") is None


BAD = [
    ("", "needs at least one entry"),
    ("shear 3;1", "'shear' is not known"),
    ("rotate 30;1.5", "not from 0 to 1"),
    ("rotate 300", "degrees"),
    ("rotate many", "'many' is not known"),
    ("rotate 1x;0.5", "no number"),
    ("rotate 3;0.5;7", "more than"),
    ("rotate 3 - rotate 4", "twice"),
    ("brightness (0.6,0.4)", "is empty"),
    ("brightness (0.4,1.6)", "from 0 to 1"),
    ("brightness", "needs a range"),
    ("contrast (0,2)", "from 0.01"),
    ("zoom (1,2,3)", "no range"),
    ("zoom (1,2) - scale (1,2)", "the same"),
    ("crop 3", "from 16"),
    ("crop 32;1;(0,2)", "from 0 to 1"),
    ("30;0.5", "does not begin with a name"),
    ("{rotate", "no JSON"),
    ('{"rotate": {"degree": 3}}', "'degree' is not known"),
    ('{"rotate": {"degrees": NaN}}', "no number"),
]


@pytest.mark.parametrize(("text", "reason"), BAD)
def test_what_makes_no_sense_is_refused(text: str, reason: str) -> None:
    with pytest.raises(AugmentationError, match="AUGMENTATION_PARAMETERS") as caught:
        custom(text)
    assert reason in str(caught.value)
    with pytest.raises(AugmentationError, match="one size only"):
        custom("crop 32", fixed=True)


def applied(text: str, image: torch.Tensor, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    change = custom(text, (image.shape[3], image.shape[2]))
    assert change is not None
    target = (image[:, 0] > 0).to(torch.uint8)
    return change(image, target, torch.Generator().manual_seed(seed))


def test_chips_look_as_the_numbers_say() -> None:
    torch.manual_seed(0)
    noise = torch.randn(40, 3, 64, 64)
    mean = noise.mean((2, 3))
    lighter, _ = applied("brightness (0.6,0.7)", noise)
    lift = (lighter.mean((2, 3)) - mean).mean(1)
    assert math.log(0.6 / 0.4) - 1e-4 <= lift.min() < lift.max() <= math.log(0.7 / 0.3) + 1e-4
    assert torch.allclose(applied("brightness (0.5,0.5) - rotate 10;0", noise)[0], noise, atol=1e-4)
    harder, _ = applied("contrast (0.5,2)", noise)
    factor = harder.std((1, 2, 3)) / noise.std((1, 2, 3))
    assert 0.5 < factor.min() < 0.7
    assert 1.6 < factor.max() < 2.01
    half, _ = applied("contrast (2,2);0.5", noise)
    changed = (half.std((1, 2, 3)) > 1.5).sum()
    assert 10 < changed < 30
    square = torch.full((20, 1, 64, 64), -1.0)
    square[:, :, 28:36, 28:36] = 1
    large, labels = applied("zoom (2,2)", square)
    assert 200 <= int((labels[0] > 0).sum()) <= 300 or int((labels[0] > 0).sum()) < 64 * 4
    assert max(int((each > 0).sum()) for each in labels) >= 240
    small, labels = applied("scale (0.5,0.5)", square)
    assert int((small[0] > 0).sum()) > 0
    assert {tuple(large.shape), tuple(small.shape)} == {tuple(square.shape)}


def test_turns_go_to_either_side_within_the_degrees() -> None:
    line = torch.full((64, 1, 65, 65), -1.0)
    line[:, :, 30:35] = 1
    turned, _ = applied("rotate 30;1", line)
    angles = []
    for picture in turned[:, 0]:
        rows, columns = torch.nonzero(picture[:, 16:49] > 0, as_tuple=True)
        centre = [float(rows[columns == c].float().mean()) for c in (0, 32)]
        angles.append(math.degrees(math.atan2(centre[1] - centre[0], 32)))
    assert -31 <= min(angles) < -15
    assert 15 < max(angles) <= 31


def test_crops_lie_where_they_may_and_image_and_target_stay_together() -> None:
    place = torch.arange(96.0)[None, None, :, None].expand(50, 1, 96, 96) - 47.5
    piece, labels = applied("crop 32;1;(0,0.25);(0,1)", place)
    assert piece.shape == (50, 1, 32, 32)
    assert torch.equal(labels, (piece[:, 0] > 0).to(torch.uint8))
    tops = piece[:, 0, 0, 0] + 47.5
    assert tops.min() <= 2
    assert 12 <= tops.max() <= 16
    middle, _ = applied("crop 32;0", place)
    assert (middle[:, 0, 0, 0] + 47.5 == 32).all()
    rounded, _ = applied("crop 40", place)
    assert rounded.shape == (50, 1, 64, 64)


def test_half_precision_of_the_network_leaves_pictures_as_sharp() -> None:
    image = torch.rand(1, 3, 512, 512, generator=torch.Generator().manual_seed(1))
    labels = torch.arange(512)[None, :, None].expand(1, 512, 512).contiguous()
    turned = replace(STILL, dihedral=True)
    for seed in range(4):
        whole = turned(image, labels, torch.Generator().manual_seed(seed))
        with torch.autocast("cpu", torch.bfloat16):
            half = turned(image, labels, torch.Generator().manual_seed(seed))
        assert torch.equal(half[0], whole[0])
        assert torch.equal(half[1], whole[1])


def test_same_seed_gives_the_same_pictures() -> None:
    image = torch.randn(4, 3, 64, 64)
    one, two, other = (applied(ESRI, image, seed)[0] for seed in (1, 1, 2))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_file_beside_the_chips(tmp_path: Path) -> None:
    def read() -> Augmentation | None:
        return read_augmentation("FILE", "", [str(tmp_path)], (64, 64), 32)

    with pytest.raises(TransformsFileError, match="not there"):
        read()
    path = tmp_path / "transforms.json"
    values = {
        "Training": {"rotate": {"degrees": 10, "p": 0.3}, "crop": {"size": 64, "p": 1, "row_pct": "0, 1"}},
        "Validation": {"crop": {"size": 64}},
    }
    path.write_text(json.dumps(values))
    assert read() == custom("rotate 10;0.3")
    for text, kind in (
        ("{", TransformsFileError),
        ("[1]", AugmentationError),
        ('{"Training": {"warp": {}}}', InputError),
    ):
        path.write_text(text)
        with pytest.raises(kind, match=r"transforms\.json"):
            read()


def test_training_takes_them_and_refuses_before_any_work(tmp_path: Path) -> None:
    chips = tmp_path / "chips"
    shutil.copytree(make_chips(size=96, tile=48, stride=48), chips)
    for values, reason in (
        ({"augmentation": "CUSTOM", "augmentation_parameters": "rotate 3;2"}, "not from 0 to 1"),
        ({"augmentation": "FILE"}, r"transforms\.json"),
        ({"augmentation": "SOME"}, "DEFAULT, NONE, CUSTOM, FILE"),
    ):
        with pytest.raises(InputError, match=reason):
            pipeline.train(job(chips, tmp_path / "m", **values), Silent())
    assert [item.name for item in tmp_path.iterdir()] == ["chips"]
    (chips / "transforms.json").write_text(json.dumps({"Training": {"crop": {"size": 32}, "rotate": {"degrees": 9}}}))
    result = pipeline.train(job(chips, tmp_path / "m", augmentation="FILE"), Silent())
    assert Path(result["model"]).is_file()
