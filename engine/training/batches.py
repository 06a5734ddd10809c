"""Batches of pieces of chips, the same for a seed and an epoch, made ahead where that takes time."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from . import pieces
from .chipdata import ChipData
from .pieces import Piece, Size
from .sampling import Sampler, has_features, learns_background
from .teaching import Teaching

Batch = tuple[Tensor, Any, int]
_AHEAD = 2
_CROPS = 4  # keeps these numbers apart from others of the same seed


@dataclass(frozen=True)
class Share:
    """The part of one process among several that train together: every ``count``-th batch, from ``rank`` on."""

    rank: int = 0
    count: int = 1


ALONE = Share()


@dataclass(frozen=True)
class Cut:
    """What is cut out of the chips: pieces of ``size``, padded to multiples of what the network needs."""

    size: Size
    multiple: int = 1


class Batches:
    """Batches of (pictures in raw values, targets, number of the batch), complete and in order.

    Chips larger than the piece are covered by several, each pixel judged once. Sides are padded by mirroring;
    padded pixels incur no loss. Batches differ in size by one piece at most. A share takes its part of them.
    """

    def __init__(
        self, data: ChipData, indices: NDArray[np.int64], batch_size: int, cut: Cut, share: Share = ALONE
    ) -> None:
        self._data, self._cut, self.batch_size, self._share = data, cut, batch_size, share
        self._pieces = [
            piece for index in indices for piece in pieces.grid(int(index), data.size(int(index)), cut.size)
        ]
        self._latest: tuple[int, Any] | None = None

    @property
    def teaching(self) -> Teaching:
        """Return how the chips are learnt."""
        return self._data.teaching

    def __len__(self) -> int:
        """Return the number of batches of this share."""
        return len(range(self._share.rank, self._whole, self._share.count))

    @property
    def _whole(self) -> int:
        """Return the number of batches of all shares: none goes empty while there are pieces."""
        pieces = len(self._pieces)
        return max(math.ceil(pieces / self.batch_size), min(self._share.count, pieces))

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches."""
        yield from self._yield([partial(self._load, piece) for piece in self._pieces], self._whole)

    def collate(self, indices: Sequence[int] | NDArray[np.int64], number: int = 0) -> Batch:
        """Return the batch of the middles of some chips."""
        places = [pieces.middle(int(index), self._data.size(int(index)), self._cut.size) for index in indices]
        return self._stack([partial(self._load, place) for place in places], number)

    def _load(self, piece: Piece) -> Any:
        # Pieces of a chip follow each other: it is read once for all of them.
        latest = self._latest
        if latest is None or latest[0] != piece.chip:
            latest = self._latest = piece.chip, self._data.load(piece.chip)
        image, target = latest[1]
        return self._data.teaching.cut(image, target, piece, self._cut.size)

    def _yield(self, loads: Sequence[Callable[[], Any]], count: int) -> Iterator[Batch]:
        count = max(count, 1)
        edges = [len(loads) * number // count for number in range(count + 1)]
        parts = [loads[start:stop] for start, stop in zip(edges, edges[1:], strict=False)]
        numbered = list(enumerate(parts))[self._share.rank :: self._share.count]
        if self._data.images is not None and self._data.distances is None:
            yield from (self._stack(part, number) for number, part in numbered)
        else:
            yield from _ahead([partial(self._stack, part, number) for number, part in numbered])

    def _stack(self, loads: Sequence[Callable[[], Any]], number: int) -> Batch:
        loaded = [load() for load in loads]
        images: np.ndarray = np.stack([image for image, _ in loaded])
        pictures, targets = self._data.teaching.stack(images, [target for _, target in loaded], self._cut.multiple)
        return pictures, targets, number


class TrainingBatches(Batches):
    """The batches of an epoch: what the sampler draws, a random piece of each chip.

    Where chips are several times as large as the piece, as many pieces of each are drawn in an epoch.

    Lightning calls ``set_epoch`` before each epoch, so that all depends on seed and epoch alone and a
    resumed training sees what an unbroken one would. Each share has as many batches as the others, as the
    processes wait for each other after each; where pieces are too few for that, some come twice.
    """

    def __init__(
        self, data: ChipData, sampler: Sampler, batch_size: int, cut: Cut, seed: int = 0, share: Share = ALONE
    ) -> None:
        super().__init__(data, np.zeros(0, np.int64), batch_size, cut, share)
        self._sampler, self._seed, self._epoch = sampler, seed, 0
        background = learns_background(data.classes)
        self._featured, self._first_feature = has_features(data.counts, background), int(background)
        areas = [math.prod(data.size(index)) for index in range(len(data.chips))]
        self._parts = max(int(sum(areas) / max(len(areas), 1) / math.prod(cut.size)), 1)
        self.sampler, self.batch_sampler = self, None  # where Lightning looks for ``set_epoch``

    def set_epoch(self, epoch: int) -> None:
        """Choose what is drawn."""
        self._epoch = epoch

    def __len__(self) -> int:
        """Return the number of batches of this share, the same for all epochs."""
        return math.ceil(self.pieces / (self.batch_size * self._share.count))

    @property
    def pieces(self) -> int:
        """Return the number of pieces that are drawn in an epoch."""
        return len(self._sampler) * self._parts

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches of the epoch."""
        drawn = np.concatenate([self._sampler.draw(self._epoch, part, self._parts) for part in range(self._parts)])
        count = len(self) * self._share.count
        drawn = np.resize(drawn, max(count, len(drawn)))
        yield from self._yield(
            [partial(self._load_random, self._epoch, place, int(index)) for place, index in enumerate(drawn)], count
        )

    def _load_random(self, epoch: int, place: int, index: int) -> Any:
        """Return a piece of the chip that is drawn at a place of an epoch's order."""
        image, target = self._data.load(index, epoch)
        teaching, piece = self._data.teaching, Piece(index)
        size = teaching.size_of(target)
        if size != self._cut.size:
            rng = np.random.default_rng([self._seed, epoch, place, _CROPS])

            def shows(top: int, left: int) -> bool:
                return teaching.shows(target, top, left, self._cut.size, self._first_feature)

            piece = pieces.somewhere(index, size, self._cut.size, rng, shows if self._featured[index] else None)
        return teaching.cut(image, target, piece, self._cut.size)


def _ahead(makes: Sequence[Callable[[], Batch]]) -> Iterator[Batch]:
    """Make the next batches in a thread while the network works."""
    ready: queue.Queue[Batch | BaseException | None] = queue.Queue(_AHEAD)
    stop = threading.Event()

    def put(item: Batch | BaseException | None) -> None:
        while not stop.is_set():
            try:
                ready.put(item, timeout=0.1)
                break
            except queue.Full:
                continue

    def work() -> None:
        try:
            for make in makes:
                if stop.is_set():
                    return
                put(make())
            put(None)
        except BaseException as error:  # noqa: BLE001 - raised again in the other thread
            put(error)

    thread = threading.Thread(target=work, name="swath-read-ahead", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join(timeout=10)
