"""Training objects: how boxes move with their pictures, bad labels, chips without objects, fine-tuning."""

from __future__ import annotations

import json
from pathlib import Path

import detector_cases
import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from swath.engine import pipeline
from swath.engine.chips import FORMATS, Chip
from swath.engine.chips._targets import Objects
from swath.engine.classes import ClassInfo
from swath.engine.errors import InputError
from swath.engine.jobs import TrainJob
from swath.engine.models import MODEL_TYPES, NetworkSpec
from swath.engine.progress import Silent
from swath.engine.tasks import TASKS
from swath.engine.training.augment import STILL, Augmentation
from swath.engine.training.class_places import ClassPlaces, class_places
from swath.engine.training.detection.base import Truth
from swath.engine.training.finetune import _shapes
from swath.engine.training.pieces import Piece, grid
from swath.engine.training.truths import ObjectTarget, Truths, padded_small

ROOF, POND = ClassInfo(3, "roof", (200, 0, 0)), ClassInfo(7, "pond", (0, 0, 200))
TASK = TASKS.all()["OBJECTS"]
TEACHING = TASK.teaching(TrainJob([], ""))
CHIP = Chip("a", Path("a.tif"), Path("a.xml"))


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def picture(boxes: list[list[int]], size: int = 64) -> torch.Tensor:
    """Return a dark picture with bright boxes, (1, 1, h, w)."""
    image = torch.zeros(1, 1, size, size)
    for left, top, right, bottom in boxes:
        image[:, :, top:bottom, left:right] = 1
    return image


def seen(image: torch.Tensor) -> list[float]:
    """Return the box around what is bright."""
    rows, columns = (image[0] > 0.5).nonzero(as_tuple=True)
    return [float(value) for value in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)]


@pytest.mark.parametrize("seed", range(12))
def test_boxes_move_with_their_pictures(seed: int) -> None:
    box = [[12, 30, 26, 38]]
    truths = Truths([Truth(torch.tensor(box, dtype=torch.float32), torch.tensor([0]))])
    change = Augmentation(**{**vars(STILL), "dihedral": True, "zoom": (0.8, 1.25), "zoom_chance": 1.0})
    image, moved = change(picture(box), truths, torch.Generator().manual_seed(seed))
    if not len(moved[0].boxes):
        assert float(image.sum()) < 0.5 * 14 * 8
        return
    np.testing.assert_allclose(moved[0].boxes[0].tolist(), seen(image[0]), atol=1.6)
    assert moved[0].labels.tolist() == [0]


def test_outlines_move_with_their_pictures_and_boxes_are_drawn_around_them() -> None:
    box = [[12, 30, 26, 38]]
    image = picture(box)
    truths = Truths([Truth(torch.tensor(box, dtype=torch.float32), torch.tensor([1]), image[0] > 0.5)])
    change = Augmentation(**{**vars(STILL), "rotate": 45.0, "warp_chance": 1.0})
    for seed in range(6):
        turned, moved = change(image, truths, torch.Generator().manual_seed(seed))
        truth = moved[0]
        assert truth.masks is not None
        assert float((truth.masks[0] ^ (turned[0, 0] > 0.5)).float().mean()) < 0.01
        np.testing.assert_allclose(truth.boxes[0].tolist(), seen(turned[0]), atol=1.1)


def test_pieces_show_each_object_and_leave_out_what_is_hardly_there() -> None:
    target = ObjectTarget((100, 60), np.array([[2, 2, 12, 12], [45, 10, 55, 20], [60, 40, 98, 58]], np.float32),
                          np.array([0, 1, 0]))  # fmt: skip
    pieces = [target.window(place, (50, 50)) for place in grid(0, (100, 60), (50, 50))]
    assert len(pieces) == 4
    np.testing.assert_allclose(pieces[0].boxes, [[2, 2, 12, 12], [45, 10, 50, 20]])
    np.testing.assert_allclose(pieces[1].boxes[0], [0, 10, 5, 20])
    # A quarter of the last one is above the border of the upper pieces, all of it in the lower right one.
    assert any(np.allclose(box, [10, 30, 48, 48]) for box in pieces[3].boxes)
    hidden = target.window(Piece(0, 0, 0), (47, 50))
    assert len(hidden.boxes) == 1  # of the second one a fifth is left


def test_outlines_are_cut_with_their_pieces() -> None:
    mask = np.zeros((1, 40, 40), bool)
    mask[0, 10:30, 8:28] = True
    mask[0, 15:20, 12:18] = False
    label = Objects(np.array([[8.0, 10.0, 28.0, 30.0]]), np.array([3]), mask)
    read = TEACHING.read(label, CHIP, (40, 40), [ROOF], [ROOF])
    truth = read.target.truth()
    np.testing.assert_array_equal(truth.masks[0].numpy(), mask[0])
    image = np.zeros((1, 40, 40), np.uint8)
    _, piece = TEACHING.cut(image, read.target, Piece(0, 12, 4), (20, 20))
    np.testing.assert_array_equal(piece.truth().masks[0].numpy(), mask[0, 12:32, 4:24])
    smaller, kept = TEACHING.cut(image + 7, read.target, Piece(0), (64, 48))
    assert smaller.shape == (1, 48, 64)
    assert (smaller == 7).all()
    assert kept.size == (64, 48)


def test_labels_that_cannot_be_learnt_are_counted() -> None:
    boxes = np.array([[5, 5, 5, 20], [-30, -30, -2, -2], [30, 30, 90, 90], [1, 1, 9, 9], [2, 2, 8, 8]], float)
    label = Objects(boxes, np.array([3, 3, 3, 7, 9]))
    read = TEACHING.read(label, CHIP, (64, 64), [ROOF], [ROOF, POND])
    assert (read.broken, read.unknown, read.counts.tolist()) == (2, 1, [1])
    np.testing.assert_allclose(read.target.boxes, [[30, 30, 64, 64]])
    assert TASK.model_classes([ROOF, POND, ClassInfo(0, "x", (0, 0, 0))], {}) == (ROOF, POND)


def test_small_features_are_padded_to_25_pixels() -> None:
    boxes = np.array([[30, 30, 40, 80], [0, 0, 4, 4]], np.float32)
    grown = padded_small(boxes, (100, 100))
    np.testing.assert_allclose(grown, [[22.5, 30, 47.5, 80], [0, 0, 14.5, 14.5]])
    teaching = TASK.teaching(TrainJob([], "", pad_small_features=True))
    read = teaching.read(Objects(boxes, np.array([3, 3])), CHIP, (100, 100), [ROOF], [ROOF])
    np.testing.assert_allclose(read.target.boxes, grown)


class Ears(Silent):
    """Keep what is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def message(self, text: str) -> None:
        self.heard.append(text)

    warning = message


def train(folder: Path, chips: Path, ears: Silent | None = None, **values: object) -> dict[str, object]:
    given = {"model_type": "FCOS", "backbone": detector_cases.BACKBONE, "max_epochs": 1, "batch_size": 3,
             "learning_rate": 1e-3, "processor": "CPU", **values}  # fmt: skip
    return dict(pipeline.train(TrainJob([str(chips)], str(folder), **given), ears or Silent()))  # type: ignore[arg-type]


def test_training_writes_what_a_detection_model_needs_and_goes_on_with_other_classes(tmp_path: Path) -> None:
    _, _, chips = detector_cases.scene(3, "PASCAL_VOC_RECTANGLES")
    trained = train(tmp_path / "one", chips, monitor="AVERAGE_PRECISION", preset="ENVI", max_epochs=2)
    assert trained["monitor"] == "average_precision"
    emd = json.loads((tmp_path / "one" / "model.emd").read_text())
    assert (emd["ModelType"], [item["Value"] for item in emd["Classes"]]) == ("ObjectDetection", [3, 7])
    swath = emd["Swath"]
    assert 0 < swath["threshold"] <= 1
    assert set(swath["training"]["metrics"]) >= {"average_precision", "map", "f1", "ap50"}
    page = (tmp_path / "one" / "model_metrics.html").read_text()
    for text in ("AP50", "Precision and recall", "F1 by threshold", "roof"):
        assert text in page
    again = train(tmp_path / "two", chips, pretrained_model=str(tmp_path / "one"), freeze=True)
    old, new = (load_file(tmp_path / name / "model_best.safetensors") for name in ("one", "two"))
    encoder = [name for name in old if ".encoder." in name and name.endswith("conv1.weight")]
    assert encoder
    assert all(torch.equal(old[name], new[name]) for name in encoder)
    assert again["model"]


def test_monitors_and_controls_of_pixels_are_refused(tmp_path: Path) -> None:
    _, _, chips = detector_cases.scene(3, "PASCAL_VOC_RECTANGLES")
    for values, match in (
        ({"monitor": "MIOU"}, "AVERAGE_PRECISION"),
        ({"loss_weight": 0.5}, "LOSS_WEIGHT"),
        ({"model_type": "UNET"}, "MODEL_TYPE"),
        ({"model_type": "MASKRCNN"}, "MODEL_TYPE"),
    ):
        with pytest.raises(InputError, match=match):
            train(tmp_path / "model", chips, **values)
    assert not (tmp_path / "model").exists()


def test_same_seed_gives_the_same_detector(tmp_path: Path) -> None:
    _, _, chips = detector_cases.scene(1, "PASCAL_VOC_RECTANGLES")
    one, two = (load_file(train(tmp_path / name, chips, seed=3)["folder"] + "/model_best.safetensors")  # type: ignore[operator]
                for name in ("a", "b"))  # fmt: skip
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_chips_without_objects_are_learnt_from_and_a_set_without_any_is_refused(tmp_path: Path) -> None:
    _, _, chips = detector_cases.scene(1, "PASCAL_VOC_RECTANGLES")
    found = FORMATS.all()["PASCAL_VOC_RECTANGLES"].read(chips)
    for number, chip in enumerate(found.chips):
        if number % 3 == 0 and chip.label is not None:
            text = chip.label.read_text()
            chip.label.write_text(text[: text.index("<object>")] + text[text.rindex("</object>") + len("</object>") :])
    ears = Ears()
    trained = train(tmp_path / "model", chips, ears, background_patch_ratio=0.5)
    assert any("Each epoch draws" in text for text in ears.heard)
    assert not any("no effect" in text for text in ears.heard)
    data = json.loads((tmp_path / "model" / "model.emd").read_text())["Swath"]["training"]["data"]
    assert data["sampling"]["background_chips"] > 0
    assert trained["model"]
    for chip in found.chips:
        if chip.label is not None:
            text = chip.label.read_text()
            if "<object>" in text:
                end = text.rindex("</object>") + len("</object>")
                chip.label.write_text(text[: text.index("<object>")] + text[end:])
    detector_cases.scene.cache_clear()
    with pytest.raises(InputError):
        train(tmp_path / "other", chips)


@pytest.mark.parametrize("name", ["RETINANET", "YOLOV3", "FASTERRCNN", "SSD"])
def test_shared_classes_keep_their_places_in_other_heads(name: str) -> None:
    model_type = MODEL_TYPES.all()[name]
    networks = []
    for classes in (2, 3):
        arguments = model_type.parse_arguments({})
        spec = NetworkSpec(3, classes, detector_cases.BACKBONE, 64, arguments=arguments)
        torch.manual_seed(classes)
        networks.append((model_type.build(spec).state_dict(), _shapes(model_type, spec)))

    (old, (shapes, groups)), (new, (more, _)) = networks
    places = class_places(shapes, more, 2, groups)
    assert places
    for tensor, place in places.items():
        joined = place.joined(new[tensor], old[tensor], [(0, 1), (2, 0)], 3, 2)
        # Back again: the second of the old classes has gone to the first place, the first to the third.
        back = place.joined(old[tensor], joined, [(1, 0), (0, 2)], 2, 3)
        assert torch.equal(back, old[tensor])
        if tensor.endswith("weight"):
            assert not torch.equal(joined, new[tensor])


def test_places_of_classes() -> None:
    places = ClassPlaces(0, groups=2, each=1, others=1)
    old, new = torch.arange(6.0), torch.full((8,), -1.0)
    # Two anchors, each: objectness, then the classes.
    assert places.joined(new, old, [(2, 0)], 3, 2).tolist() == [0, -1, -1, 1, 3, -1, -1, 4]
