"""Which chips a training sees in each epoch, and in what order: all of it from seed and epoch alone.

Names are those of ENVI: a feature chip shows a class other than the background, a background chip shows the
background (or nothing) only. Where the background is not learnt, every chip in use is a feature chip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..classes import ClassInfo
from ..jobs import TrainJob
from .split import Split

Indices = NDArray[np.int64]
# Keep the numbers of one purpose apart from those of another with the same seed.
_BACKGROUND, _SHARE = 1, 2


@dataclass(frozen=True)
class Drawing:
    """How chips are drawn.

    Attributes:
        seed: decides everything that is left to chance.
        epochs: over which the class weight goes from its greatest to its least.
        shuffle: draw in random order; else in the order of the folder.
        background_ratio: background chips for each feature chip; -1 takes all as they are.
        weight_min, weight_max: of the sampling of rare classes; 0 draws all chips alike.
    """

    seed: int = 0
    epochs: int = 1
    shuffle: bool = True
    background_ratio: float = -1.0
    weight_min: float = 0.0
    weight_max: float = 0.0

    @classmethod
    def of(cls, job: TrainJob) -> Drawing:
        """Return what a job asks for."""
        return cls(
            job.seed,
            job.max_epochs,
            job.shuffle,
            job.background_patch_ratio,
            job.class_weight_min,
            job.class_weight_max,
        )


class Sampler:
    """Draw the training chips of an epoch; a resumed training draws what an unbroken one would.

    Args:
        indices: training chips, as indices into ``counts``.
        counts: labelled pixels of each learnt class (chips, classes), of all chips.
        background: whether the first class is the background.
        drawing: how.

    Attributes:
        features, backgrounds: the training chips of both kinds, in order.
        drawn_backgrounds: how many of the latter are drawn in an epoch.
    """

    def __init__(self, indices: Indices, counts: NDArray[np.int64], background: bool, drawing: Drawing) -> None:
        indices = np.sort(indices)
        featured = has_features(counts[indices], background)
        self.features, self.backgrounds = indices[featured], indices[~featured]
        self._drawing, self._background = drawing, background
        # Without any feature there is nothing to relate the background to.
        self._all = drawing.background_ratio < 0 or not len(self.features)
        self.drawn_backgrounds = len(self.backgrounds)
        if not self._all:
            wanted = int(drawing.background_ratio * len(self.features) + 0.5)
            least = 1 if drawing.background_ratio > 0 else 0
            self.drawn_backgrounds = min(max(wanted, least), len(self.backgrounds))
        self._pool = indices if self._all else self.features
        self._rarity = rarity(counts[indices])[np.isin(indices, self._pool)]

    def __len__(self) -> int:
        """Return how many chips are drawn in each epoch."""
        return len(self.features) + self.drawn_backgrounds

    def weight(self, epoch: int) -> float:
        """Return the class weight of an epoch (from 0): linear from the greatest to the least."""
        drawing = self._drawing
        progress = min(epoch / max(drawing.epochs - 1, 1), 1.0)
        return drawing.weight_max + (drawing.weight_min - drawing.weight_max) * progress

    def draw(self, epoch: int, part: int = 0, parts: int = 1) -> Indices:
        """Return the chips of an epoch (from 0), as indices into ``counts``, in the order they are seen.

        An epoch may have several ``parts``, each of which draws anew.

        With a class weight of 0 each feature chip comes once. With a weight w as many are drawn as there
        are, with replacement, with chances in proportion to ``rarity ** w``; background chips are among
        them where BACKGROUND_PATCH_RATIO is -1. Else they come on top: other ones in each epoch, none a
        second time before all were shown.
        """
        rng = np.random.default_rng([self._drawing.seed, epoch] + [part] * (part > 0))
        drawn, weight = self._pool, self.weight(epoch)
        if weight > 0:
            drawn = rng.choice(drawn, len(drawn), p=self._chances(weight))
        if not self._all:
            drawn = np.concatenate([drawn, self._backgrounds_of(epoch * parts + part)])
        order: Indices = rng.permutation(drawn) if self._drawing.shuffle else np.sort(drawn)
        return order

    def seen_pixels(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the labelled pixels of each class that an epoch shows on average, without class weights."""
        share = self.drawn_backgrounds / max(len(self.backgrounds), 1)
        seen = counts[self.features].sum(0) + share * counts[self.backgrounds].sum(0)
        pixels: NDArray[np.int64] = np.rint(seen).astype(np.int64)
        return pixels

    def facts(self) -> dict[str, Any]:
        """Return plain numbers for the record of a run."""
        return {
            "feature_chips": len(self.features),
            "background_chips": len(self.backgrounds),
            "background_chips_per_epoch": self.drawn_backgrounds,
            "chips_per_epoch": len(self),
        }

    def _chances(self, weight: float) -> NDArray[np.float64]:
        # In logarithms, as a sixth power of a large number is a very large one.
        powers = weight * np.log(np.maximum(self._rarity, 1e-12))
        chances = np.exp(powers - powers.max())
        normed: NDArray[np.float64] = chances / chances.sum()
        return normed

    def _backgrounds_of(self, draw: int) -> Indices:
        number, wanted = len(self.backgrounds), self.drawn_backgrounds
        if not wanted:
            return self.backgrounds[:0]
        # Each cycle of epochs deals out all chips; what its last epoch lacks comes from the cycle's beginning.
        cycle, place = divmod(draw, -(-number // wanted))
        order = np.arange(number)
        if self._drawing.shuffle:
            order = np.random.default_rng([self._drawing.seed, cycle, _BACKGROUND]).permutation(number)
        return self.backgrounds[order[(place * wanted + np.arange(wanted)) % number]]


def has_features(counts: NDArray[np.int64], background: bool) -> NDArray[np.bool_]:
    """Tell which chips show a class other than the background; ``counts`` are (chips, classes)."""
    shown: NDArray[np.bool_] = np.count_nonzero(counts[:, int(background) :], axis=1) > 0
    return shown


def learns_background(classes: Sequence[ClassInfo]) -> bool:
    """Tell whether the background is learnt; it is the first class then."""
    return bool(classes) and classes[0].value == 0


def rarity(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how rare what each chip shows is, (chips,); 1 for a chip that shows nothing.

    The frequency of a class, the background included, is the part of the chips that show it. A chip is as
    rare as the rarest of its classes: ``max(median frequency of all classes / frequency of the class)``.
    So with weight 1 all classes are drawn about equally often; with 2 and more, rare ones more often.
    """
    shown = counts > 0
    frequency = shown.mean(0) if len(counts) else np.zeros(counts.shape[1])
    known = frequency > 0
    middle = float(np.median(frequency[known])) if known.any() else 0.0
    factors = np.where(known, middle / np.where(known, frequency, 1), 0.0)
    found: NDArray[np.float64] = np.where(shown, factors, 0.0).max(1, initial=0.0)
    # Chips without any object are as rare as the middle class: they are drawn at any weight.
    return np.where(shown.any(1), found, 1.0)


def reduced(split: Split, counts: NDArray[np.int64], background: bool, share: float, seed: int) -> Split:
    """Return the split with a share (0 to 1) of its feature chips on both sides; the rest is ``unused``.

    Chips are chosen by chance within groups of the same rarest class, so that each class keeps about its
    share, and at least one chip where it had any. Background chips stay.
    """
    if share >= 1:
        return split
    sides = [_reduced(side, counts, background, share, [seed, number, _SHARE])
             for number, side in enumerate((split.train, split.valid))]  # fmt: skip
    unused = np.setdiff1d(np.concatenate([split.train, split.valid]), np.concatenate(sides))
    return replace(split, train=sides[0], valid=sides[1], unused=unused)


def _reduced(indices: Indices, counts: NDArray[np.int64], background: bool, share: float, seed: list[int]) -> Indices:
    featured = has_features(counts[indices], background)
    features = indices[featured]
    if not len(features):
        return indices
    shown = counts[features] > 0
    shown[:, : int(background)] = False
    often = shown.sum(0)
    rarest = np.where(shown, often, len(features) + 1).argmin(1)
    # Sorted by class and by chance within it; a step of 1 / share through that takes the share of each class.
    order = np.lexsort([np.random.default_rng(seed).permutation(len(features)), rarest])
    steps = np.floor(np.arange(len(features) + 1) * share + 0.5)
    kept = np.zeros(len(features), bool)
    kept[order[np.diff(steps) > 0]] = True
    for group in np.flatnonzero(often):
        if not (shown[:, group] & kept).any():
            kept[next(index for index in order if shown[index, group])] = True
    return np.sort(np.concatenate([features[kept], indices[~featured]]))
