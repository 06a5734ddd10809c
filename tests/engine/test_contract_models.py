"""What every model type must do, whatever it is: drop a file into ``engine/models`` and it is tested here.

``make test`` takes each type with a light backbone and one, three and eight bands in turn; ``make
test-all`` takes all of them with a light and a heavy backbone (``test_models_matrix.py``).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import torch
from model_cases import (
    BANDS,
    FAMILY,
    TYPES,
    check_shapes,
    go_the_whole_way,
    learn_one_batch,
    least_side,
    light_backbone,
)

from swath.engine.chips import FORMATS
from swath.engine.models import BadArgumentError, BadBackboneError, ModelType, NetworkSpec, UnknownArgumentError
from swath.engine.tasks import TASKS
from swath.engine.training.network import build_network


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.parametrize("model_type", TYPES, ids=lambda item: item.id)
def test_model_type_describes_itself_completely(model_type: ModelType) -> None:
    assert re.fullmatch(r"[A-Z0-9_]+", model_type.id)
    assert model_type.title
    assert model_type.help
    assert model_type.task in TASKS.ids()
    assert model_type.formats
    assert set(model_type.formats) <= set(FORMATS.ids())
    assert model_type.default_backbone in model_type.backbones
    assert model_type.parse_backbone("") == model_type.default_backbone
    for argument in model_type.arguments:
        assert argument.help, f"{argument.name} has no help"
        assert argument.expected
        assert argument.parse(model_type.id, argument.default) == argument.default
        # From a table in the form or a text it means the same.
        assert argument.parse(model_type.id, str(argument.default)) == argument.default
    arguments = model_type.parse_arguments({})
    json.dumps(arguments)
    assert model_type.parse_backbone("", arguments) in model_type.offered(arguments).names


@pytest.mark.parametrize("model_type", TYPES, ids=lambda item: item.id)
def test_model_type_refuses_what_it_does_not_take(model_type: ModelType) -> None:
    with pytest.raises(UnknownArgumentError, match="no_such_argument"):
        model_type.parse_arguments({"no_such_argument": 1})
    with pytest.raises(BadBackboneError, match="no_such_backbone"):
        model_type.parse_backbone("no_such_backbone")
    for argument in model_type.arguments:
        with pytest.raises(BadArgumentError, match=argument.name):
            argument.parse(model_type.id, "nonsense!")


@pytest.mark.parametrize("bands", BANDS)
@pytest.mark.parametrize("model_type", TYPES, ids=lambda item: item.id)
def test_network_takes_any_number_of_bands_and_single_chips(model_type: ModelType, bands: int) -> None:
    check_shapes(model_type, bands, model_type.parse_arguments({}))


@pytest.mark.parametrize("model_type", TYPES, ids=lambda item: item.id)
def test_same_seed_builds_the_same_network(model_type: ModelType) -> None:
    arguments = model_type.parse_arguments(FAMILY.get(model_type.id, {}))
    spec = NetworkSpec(3, 2, light_backbone(model_type, arguments), least_side(model_type), arguments=arguments)
    one, two, other = (build_network(model_type, spec, seed).state_dict() for seed in (4, 4, 5))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert any(not torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("model_type", TYPES, ids=lambda item: item.id)
def test_network_learns_a_batch(model_type: ModelType) -> None:
    arguments = model_type.parse_arguments(FAMILY.get(model_type.id, {}) if model_type.task == "OBJECTS" else {})
    # Networks that first have to find out which candidate is whose fall more slowly.
    steps, share = (24, 0.8) if model_type.task == "OBJECTS" else (12, 0.7)
    losses = learn_one_batch(model_type, 3, light_backbone(model_type, arguments), arguments, steps)
    assert losses[-1] < share * losses[0]


@pytest.mark.parametrize(
    ("model_type", "bands"),
    [pytest.param(item, BANDS[n % 3], id=f"{item.id}-{BANDS[n % 3]}") for n, item in enumerate(TYPES)],
)
def test_model_type_goes_the_whole_way(model_type: ModelType, bands: int, tmp_path: Path) -> None:
    given = FAMILY.get(model_type.id, {})
    backbone = light_backbone(model_type, model_type.parse_arguments(given))
    go_the_whole_way(model_type, bands, backbone, given, tmp_path)
