"""Go on from a trained model: same type and backbone, other classes and other bands as need be.

What stays: all weights, the filters of bands that both have, and the outputs of classes that both have.
What is new starts as in a training from scratch. The scaling of the pretrained model stays where the new
chips are like its own, because its weights are made for values scaled that way: unlike places of the same
sensor then look unlike to the network, as they did when it learnt. Where pixel values are of another kind
(type, brightness or contrast), the new chips' own statistics bring them to what the network knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from ..chips import BandStats, ChipSet
from ..classes import ClassInfo
from ..jobs import TrainJob
from ..models import MODEL_TYPES, ModelType, NetworkSpec
from .class_places import ClassPlaces, class_places
from .network import freeze_encoder
from .pretrained import Pretrained, open_pretrained
from .start_problems import OtherModelError, PretrainedError

# Chips are like those of the pretrained model up to this shift in its standard deviations, and this contrast.
_LARGEST_SHIFT = 1.5
_LARGEST_CONTRAST = 2.0
_GENERIC_NAME = re.compile(r"(band|b)?[\s_-]*\d*", re.IGNORECASE)

Pairs = tuple[tuple[int, int], ...]
Shapes = dict[str, tuple[int, ...]]


def take_start(job: TrainJob, chip_set: ChipSet) -> tuple[TrainJob, Pretrained | None]:
    """Read PRETRAINED_MODEL where there is one; return the job with what it leaves open taken from there.

    Raises:
        PretrainedError, OtherModelError, InputError: see ``open_pretrained`` and ``inherit``.
    """
    if not job.pretrained_model.strip():
        return job, None
    old = open_pretrained(job.pretrained_model)
    return inherit(job, old, chip_set), old


def inherit(job: TrainJob, old: Pretrained, chip_set: ChipSet) -> TrainJob:
    """Return the job with what it leaves open taken from the pretrained model.

    Raises:
        OtherModelError: where the job asks for another type or backbone.
        PretrainedError: where we do not know its type.
        InputError: for arguments and backbones that the model type does not take.
    """
    known = MODEL_TYPES.all()
    model_type = known.get(old.model_type)
    if model_type is None:
        raise PretrainedError(path=old.path, detail=f"its type '{old.model_type}' is not known here")
    if job.model_type not in ("", "AUTO", old.model_type):
        raise OtherModelError(
            path=old.path, what="type", found=old.model_type, asked=job.model_type, parameter="MODEL_TYPE",
            remedy=f"set MODEL_TYPE to AUTO or {old.model_type}",
        )  # fmt: skip
    names = {argument.name for argument in model_type.arguments}
    arguments = {name: value for name, value in old.arguments.items() if name in names}
    if "ignore_classes" in arguments:
        values = {item.value for item in chip_set.classes}
        arguments["ignore_classes"] = [value for value in arguments["ignore_classes"] if value in values]
    arguments |= job.arguments
    if job.backbone.strip():
        asked = model_type.parse_backbone(job.backbone, model_type.parse_arguments(arguments))
        if asked != model_type.parse_backbone(old.backbone):
            raise OtherModelError(
                path=old.path, what="backbone", found=old.backbone or "?", asked=asked, parameter="BACKBONE",
                remedy="leave BACKBONE empty",
            )  # fmt: skip
    return replace(job, model_type=old.model_type, backbone=old.backbone, arguments=arguments, backbone_weights="")


def pair_bands(old: Pretrained, names: Sequence[str], count: int) -> Pairs:
    """Return (new place, old place) of the bands that both have: by name where both name theirs, else by place."""
    old_names, new_names = ([name.strip().lower() for name in each] for each in (old.band_names, names))
    if _telling(old_names, old.bands) and _telling(new_names, count):
        pairs = tuple((place, old_names.index(name)) for place, name in enumerate(new_names) if name in old_names)
        if pairs:
            return pairs
    return tuple((place, place) for place in range(min(count, old.bands)))


def _telling(names: Sequence[str], count: int) -> bool:
    """Tell whether names say more than the number of the band."""
    return len(names) == count == len(set(names)) and not any(_GENERIC_NAME.fullmatch(name) for name in names)


def pair_classes(old: Sequence[ClassInfo], new: Sequence[ClassInfo]) -> Pairs:
    """Return (new place, old place) of the classes that both have: by name and value, then by name."""
    pairs: dict[int, int] = {}
    exact = {(item.name.strip().lower(), item.value): place for place, item in enumerate(old)}
    for place, item in enumerate(new):
        found = exact.get((item.name.strip().lower(), item.value))
        if found is not None:
            pairs[place] = found
    for place, item in enumerate(new):
        # The background is the same whatever a language calls it.
        same = [
            spot
            for spot, other in enumerate(old)
            if spot not in pairs.values()
            and (item.name.strip().lower() == other.name.strip().lower() or item.value == other.value == 0)
        ]
        if place not in pairs and same:
            pairs[place] = same[0]
    return tuple(sorted(pairs.items()))


def keep_scaling(old: Pretrained | None, chip_set: ChipSet) -> ChipSet | None:
    """Return the chip set with the pretrained model's scaling; None where the chips' own is the better one."""
    if old is None:
        return None
    pairs = pair_bands(old, chip_set.band_names, chip_set.bands)
    if not old.mean or not pairs or (old.dtype and old.dtype != chip_set.dtype):
        return None
    stats = list(chip_set.stats)
    for place, spot in pairs:
        mean, std = old.mean[spot], old.std[spot] if old.std[spot] > 0 else 1.0
        own = stats[place]
        shift, contrast = abs(own.mean - mean) / std, (own.std or 1.0) / std
        if shift > _LARGEST_SHIFT or not 1 / _LARGEST_CONTRAST <= contrast <= _LARGEST_CONTRAST:
            return None
        stats[place] = BandStats(own.minimum, own.maximum, mean, std)
    return replace(chip_set, stats=tuple(stats))


@dataclass
class Transfer:
    """The weights of a pretrained model on their way into a network for other bands or classes.

    Attributes:
        bands, classes: (new place, old place) of what both have.
        first: tensors that depend on the bands, with the axis.
        last: tensors that depend on the classes, with the places of these.
        kept_scaling: whether the scaling is that of the pretrained model.
    """

    old: Pretrained
    spec: NetworkSpec
    bands: Pairs
    classes: Pairs
    first: dict[str, int]
    last: dict[str, ClassPlaces]
    kept_scaling: bool

    def apply(self, network: nn.Module) -> None:
        """Put the weights into a network that was built for the spec."""
        state = network.state_dict()
        nn.Module.load_state_dict(network, {name: self._tensor(name, value) for name, value in state.items()})

    def _tensor(self, name: str, new: Tensor) -> Tensor:
        old = self.old.state[name].to(new.dtype)
        if name in self.last:
            return self.last[name].joined(new, old, self.classes, self.spec.outputs, len(self.old.classes))
        if name not in self.first:
            return old
        if self.spec.weight_init == "ALL_RANDOM" and not self._same_bands():
            return new
        joined = _joined(new, old, self.first[name], self.bands)
        if self.spec.weight_init == "RED_BAND":
            missing = sorted(set(range(self.spec.bands)) - {place for place, _ in self.bands})
            for place in missing:
                joined.select(self.first[name], place).copy_(old.select(self.first[name], 0))
        return joined

    def _same_bands(self) -> bool:
        return len(self.bands) == self.spec.bands

    def freeze(self, network: nn.Module) -> nn.Module | None:
        """Keep the backbone as it is, but for a first layer that has random numbers in it."""
        encoder = freeze_encoder(network, self.spec)
        random = not self._same_bands() and self.spec.weight_init != "RED_BAND"
        parameters = dict(network.named_parameters())
        for name in self.first:
            if name in parameters:
                parameters[name].requires_grad_(random)
        return encoder

    def facts(self) -> dict[str, Any]:
        """Return plain values for the record of the run and the model."""
        return {
            "model": str(self.old.path),
            "weights": self.old.weights,
            "digest": self.old.digest,
            "classes": [item.name for item in self.old.classes],
            "kept_classes": len(self.classes),
            "bands": self.old.bands,
            "kept_bands": len(self.bands),
            "kept_scaling": self.kept_scaling,
        }

    def sentences(self, classes: Sequence[ClassInfo]) -> list[str]:
        """Return what the user should know."""
        kept = [classes[place].name for place, _ in self.classes]
        fresh = [item.name for place, item in enumerate(classes) if place not in dict(self.classes)]
        texts = [f"Going on from {self.old.path}: its classes {', '.join(kept) or 'none'} keep what was learnt"
                 + (f"; new: {', '.join(fresh)}." if fresh else ".")]  # fmt: skip
        if not self._same_bands():
            texts.append(f"{len(self.bands)} of {self.spec.bands} bands keep the filters of the model; "
                         f"the others start anew ({self.spec.weight_init}).")  # fmt: skip
        texts.append(
            "Pixel values are scaled as the model was trained." if self.kept_scaling
            else "Pixel values are scaled by the new chips: those of the model's chips are of another kind."
        )  # fmt: skip
        return texts


def _joined(new: Tensor, old: Tensor, axis: int, pairs: Pairs) -> Tensor:
    """Return the new tensor with the shared places along an axis taken from the old one."""
    joined = new.clone()
    for place, spot in pairs:
        joined.select(axis, place).copy_(old.select(axis, spot))
    return joined


def plan_transfer(
    old: Pretrained | None, model_type: ModelType, spec: NetworkSpec, chip_set: ChipSet,
    classes: Sequence[ClassInfo], *, kept_scaling: bool,
) -> Transfer | None:  # fmt: skip
    """Find which tensors fit, which depend on bands or classes, and that nothing else differs.

    None where there is no pretrained model.

    Raises:
        PretrainedError: where the file is not of this network.
    """
    if old is None:
        return None
    shapes, groups = _shapes(model_type, spec)
    first = _axes(shapes, _shapes(model_type, replace(spec, bands=spec.bands + 1))[0], spec.bands)
    last = class_places(shapes, _shapes(model_type, replace(spec, outputs=spec.outputs + 1))[0], spec.outputs, groups)
    missing, wrong = [], []
    for name, shape in shapes.items():
        expected = list(shape)
        if name in first:
            expected[first[name]] = old.bands
        if name in last:
            expected[last[name].axis] = last[name].length(len(old.classes))
        if name not in old.state:
            missing.append(name)
        elif tuple(old.state[name].shape) != tuple(expected):
            wrong.append((name, tuple(old.state[name].shape), tuple(expected)))
    if missing or wrong:
        text = f"{len(missing)} of {len(shapes)} tensors are not in its weights"
        if wrong:
            name, found, expected_shape = wrong[0]
            text = f"its tensor {name} is {found}, not {expected_shape}, as with other MODEL_ARGUMENTS or chip size"
        detail = f"its weights are not of this {model_type.id} with {spec.backbone} ({text})"
        raise PretrainedError(path=old.path, detail=detail)
    return Transfer(old, spec, pair_bands(old, chip_set.band_names, spec.bands), pair_classes(old.classes, classes),
                    first, last, kept_scaling)  # fmt: skip


def _shapes(model_type: ModelType, spec: NetworkSpec) -> tuple[Shapes, Mapping[str, int]]:
    """Return the shapes of a network's tensors, without making the tensors where the library allows that.

    And by the beginnings of names, how often all classes come one behind the other in a tensor (once elsewhere).
    """
    spec = replace(spec, weights="")
    try:
        with torch.device("meta"):
            network = model_type.build(spec)
    except Exception:  # noqa: BLE001 - some networks compute numbers while they are built
        network = model_type.build(spec)
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    return shapes, getattr(network, "class_groups", {})


def _axes(shapes: Shapes, other: Shapes, count: int) -> dict[str, int]:
    """Return the tensors with an axis that is as long as there are bands (or classes)."""
    found = {}
    for name, shape in shapes.items():
        differing = [axis for axis, (one, two) in enumerate(zip(shape, other[name], strict=True)) if one != two]
        if len(differing) == 1 and shape[differing[0]] == count:
            found[name] = differing[0]
    return found
