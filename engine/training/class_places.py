"""Where the classes lie in the tensors of a network, so that those that two models share keep their weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class ClassPlaces:
    """The places of the classes along one axis of a tensor.

    The axis has ``groups`` alike (one for each anchor, say), each of ``others`` places that belong to no class (the
    background, whether there is an object ...) and then ``each`` places for every class.
    """

    axis: int
    groups: int = 1
    each: int = 1
    others: int = 0

    def length(self, classes: int) -> int:
        """Return how long the axis is."""
        return self.groups * (self.others + self.each * classes)

    def joined(
        self, new: Tensor, old: Tensor, pairs: Sequence[tuple[int, int]], classes: int, old_classes: int
    ) -> Tensor:
        """Return the new tensor with what belongs to shared classes, or to none, taken from the old one.

        Args:
            new: of the network to be.
            old: the same tensor of the other network; only this axis may differ in length.
            pairs: (new class, old class) of the shared ones.
            classes: how many the new one has.
            old_classes: how many the old one has.
        """
        joined = new.clone()
        for group in range(self.groups):
            start, old_start = (group * (self.others + self.each * count) for count in (classes, old_classes))
            kept = [(start + place, old_start + place) for place in range(self.others)]
            for one, two in pairs:
                kept += [
                    (start + self.others + one * self.each + place, old_start + self.others + two * self.each + place)
                    for place in range(self.each)
                ]
            for one, two in kept:
                joined.select(self.axis, one).copy_(old.select(self.axis, two))
        return joined


def class_places(shapes: Shapes, more: Shapes, classes: int, groups: Mapping[str, int]) -> dict[str, ClassPlaces]:
    """Return the places in each tensor that differs between a network and one with a class more.

    Args:
        shapes: of the tensors of the network, by name.
        more: of those of the network with a class more.
        classes: of the first one.
        groups: how often all classes come in a tensor, by how its name begins; 1 elsewhere.
    """
    found = {}
    for name, shape in shapes.items():
        differing = [axis for axis, (one, two) in enumerate(zip(shape, more[name], strict=True)) if one != two]
        if len(differing) != 1:
            continue
        axis = differing[0]
        count = next((number for start, number in groups.items() if name.startswith(start)), 1)
        each, rest = divmod(more[name][axis] - shape[axis], count)
        others, uneven = divmod(shape[axis] - count * each * classes, count)
        if each > 0 and not rest and not uneven and others >= 0:
            found[name] = ClassPlaces(axis, count, each, others)
    return found
