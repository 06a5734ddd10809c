"""Arguments whose value AUTO is found in what is learnt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from detector_cases import BACKBONE, scene

from swath.engine import pipeline
from swath.engine.jobs import TrainJob
from swath.engine.model_files import describe_model
from swath.engine.models import MODEL_TYPES, ModelType, NetworkSpec
from swath.engine.progress import Silent

WITH_STRIDE = [MODEL_TYPES.all()[name] for name in ("FCOS", "RETINANET")]
types = pytest.mark.parametrize("model_type", WITH_STRIDE, ids=lambda item: item.id)


@types
@pytest.mark.parametrize(
    ("sides", "stride"),
    [([30.0] * 10, "8"), ([30.0] * 10 + [10.0], "8"), ([30.0] * 8 + [10.0] * 2, "4"), ([16.0], "8"), ([], "4")],
)
def test_small_objects_ask_for_fine_features(model_type: ModelType, sides: list[float], stride: str) -> None:
    arguments = model_type.parse_arguments({})
    assert arguments["finest_stride"] == "AUTO"
    assert model_type.settle(arguments, np.array(sides, np.float32))["finest_stride"] == stride
    given = model_type.parse_arguments({"finest_stride": 4})
    assert model_type.settle(given, np.full(9, 50, np.float32)) == given


@types
def test_a_network_is_built_without_knowing_the_objects(model_type: ModelType) -> None:
    network = model_type.build(NetworkSpec(3, 1, "resnet18", 64))
    assert network.pyramid.strides[0] == 4


@pytest.mark.parametrize(("resize_to", "stride"), [(0, "4"), (128, "8")])
def test_the_size_at_which_objects_are_learnt_counts(tmp_path: Path, resize_to: int, stride: str) -> None:
    """The scene's objects have sides of 12 to 22 pixels, a fifth of them less than 16."""
    torch.set_num_threads(1)
    chips = scene(3, "PASCAL_VOC_RECTANGLES")[2]
    job = TrainJob(
        [str(chips)], str(tmp_path / "model"), model_type="FCOS", backbone=BACKBONE, max_epochs=1, batch_size=3,
        learning_rate=1e-3, resize_to=resize_to, processor="CPU",
    )  # fmt: skip
    info = describe_model(pipeline.train(job, Silent())["model"])
    assert info.training["arguments"]["finest_stride"] == stride
