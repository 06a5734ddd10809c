"""The confusion matrix and the measures made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

# A square of class values small enough to be counted at once.
_SMALL = 1024


class PairCounter:
    """Count how often each pair of values occurs together; exact for any values and any number of pixels."""

    def __init__(self) -> None:
        self.pairs: dict[tuple[int, int], int] = {}

    def add(self, first: npt.NDArray[Any], second: npt.NDArray[Any]) -> None:
        """Count the pairs of two arrays of whole numbers of one shape."""
        a, b = first.ravel().astype(np.int64), second.ravel().astype(np.int64)
        if not a.size:
            return
        low, low_b = int(a.min()), int(b.min())
        size, size_b = int(a.max()) - low + 1, int(b.max()) - low_b + 1
        if size <= _SMALL and size_b <= _SMALL:
            counts = np.bincount((a - low) * size_b + (b - low_b), minlength=size * size_b)
            found = np.flatnonzero(counts)
            pairs = zip((found // size_b + low).tolist(), (found % size_b + low_b).tolist(), strict=True)
            self._take(dict(zip(pairs, counts[found].tolist(), strict=True)))
            return
        unique, counts = np.unique(np.stack([a, b]), axis=1, return_counts=True)
        self._take(dict(zip(zip(*unique.tolist(), strict=True), counts.tolist(), strict=True)))

    def _take(self, pairs: dict[tuple[int, int], int]) -> None:
        for pair, count in pairs.items():
            self.pairs[pair] = self.pairs.get(pair, 0) + count


@dataclass(frozen=True)
class ClassScore:
    """The measures of one class; None where they divide by nothing."""

    value: int
    precision: float | None
    recall: float | None
    f1: float | None
    iou: float | None
    classified: int
    reference: int


@dataclass(frozen=True)
class Confusion:
    """A confusion matrix: ``counts[i, j]`` pixels were classified as ``values[i]`` and are ``values[j]``.

    ``background_counts`` tells whether value 0 is a class; else it holds pixels that were left
    unclassified where the reference names a class.
    """

    values: tuple[int, ...]
    counts: npt.NDArray[np.int64]
    background_counts: bool = False

    @property
    def total(self) -> int:
        """Return the number of compared pixels."""
        return int(self.counts.sum())

    @property
    def overall_accuracy(self) -> float:
        """Return the part of pixels that agree (Congalton 1991, doi:10.1016/0034-4257(91)90048-B)."""
        return float(np.trace(self.counts)) / self.total

    @property
    def kappa(self) -> float:
        """Return Cohen's kappa (Cohen 1960, doi:10.1177/001316446002000104).

        (p_o - p_e) / (1 - p_e) with the agreement p_o and the agreement p_e expected of the totals alone.
        Where both hold one and the same class, it is not defined; then it is 0, as nothing was put to the test.
        """
        total = float(self.total)
        expected = float((self.counts.sum(axis=0) / total) @ (self.counts.sum(axis=1) / total))
        return (self.overall_accuracy - expected) / (1 - expected) if expected < 1 else 0.0

    @property
    def mean_iou(self) -> float:
        """Return the mean IoU over the classes that occur in either (Long et al. 2015, arXiv:1411.4038)."""
        ious = [score.iou for score in self.scores() if score.iou is not None]
        return float(np.mean(ious)) if ious else 0.0

    def scores(self) -> list[ClassScore]:
        """Return the measures of each class.

        Precision (user's accuracy) TP / (TP + FP), recall (producer's accuracy) TP / (TP + FN), F1 their
        harmonic mean, IoU TP / (TP + FP + FN) (Everingham et al. 2010, doi:10.1007/s11263-009-0275-4).
        """
        return [self._score(i) for i, value in enumerate(self.values) if value != 0 or self.background_counts]

    def _score(self, index: int) -> ClassScore:
        hit = int(self.counts[index, index])
        classified, reference = int(self.counts[index].sum()), int(self.counts[:, index].sum())
        return ClassScore(
            self.values[index],
            hit / classified if classified else None,
            hit / reference if reference else None,
            2 * hit / (classified + reference) if classified + reference else None,
            hit / (classified + reference - hit) if classified + reference else None,
            classified,
            reference,
        )


def confusion(pairs: dict[tuple[int, int], int], known: Sequence[int], *, background_counts: bool) -> Confusion:
    """Build the matrix of counted pairs (classified, reference).

    Values in ``known`` get a row and a column even without a pixel. ``background_counts`` takes 0 for a
    class; else pixels whose reference is 0 are left out.
    """
    taken = {pair: count for pair, count in pairs.items() if background_counts or pair[1] != 0}
    values = sorted({value for pair in taken for value in pair} | set(known))
    place = {value: index for index, value in enumerate(values)}
    counts = np.zeros((len(values), len(values)), np.int64)
    for (classified, reference), count in taken.items():
        counts[place[classified], place[reference]] = count
    return Confusion(tuple(values), counts, background_counts)
