"""Batches of chips in a fixed order for a seed and an epoch, read ahead where chips are not in memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..tasks.pixels import IGNORE_INDEX
from .chipdata import ChipData

Batch = tuple[Tensor, Tensor, int]
_AHEAD = 2


class Batches:
    """Batches of (pictures in raw values, targets, number of the batch).

    Sides are padded to ``multiple`` by mirroring; padded pixels incur no loss. Lightning calls
    ``set_epoch`` before each epoch, so that the order depends on seed and epoch alone and a resumed
    training sees what an unbroken one would.

    Args:
        shuffle: training order (a last short batch is left out); otherwise in order and complete.
    """

    def __init__(
        self,
        data: ChipData,
        indices: NDArray[np.int64],
        batch_size: int,
        multiple: int,
        *,
        shuffle: bool,
        seed: int = 0,
    ) -> None:
        self._data, self._indices, self._multiple = data, indices, multiple
        self.batch_size, self._shuffle, self._seed = batch_size, shuffle, seed
        self._epoch = 0
        self.sampler, self.batch_sampler = self, None  # where Lightning looks for ``set_epoch``

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of an epoch."""
        self._epoch = epoch

    def __len__(self) -> int:
        """Return the number of batches."""
        own = len(self._indices)
        return max(own // self.batch_size, 1) if self._shuffle else -(-own // self.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches of the epoch."""
        order = self._indices
        if self._shuffle:
            order = np.random.default_rng([self._seed, self._epoch]).permutation(order)
        parts = [order[start : start + self.batch_size] for start in range(0, len(order), self.batch_size)]
        batches = parts[: len(self)]
        if self._data.images is not None:
            yield from (self.collate(part, number) for number, part in enumerate(batches))
        else:
            yield from self._read_ahead(batches)

    def collate(self, indices: Sequence[int] | NDArray[np.int64], number: int = 0) -> Batch:
        """Return the batch of some chips."""
        loaded = [self._data.load(int(index)) for index in indices]
        images: np.ndarray = np.stack([image for image, _ in loaded])
        targets = np.stack([target for _, target in loaded])
        height, width = targets.shape[1:]
        bottom, right = -height % self._multiple, -width % self._multiple
        if bottom or right:
            around = ((0, 0), (0, 0), (0, bottom), (0, right))
            small = bottom >= height or right >= width
            images = np.pad(images, around, "edge") if small else np.pad(images, around, "reflect")
            targets = np.pad(targets, ((0, 0), (0, bottom), (0, right)), constant_values=IGNORE_INDEX)
        return torch.from_numpy(images), torch.from_numpy(targets), number

    def _read_ahead(self, parts: list[NDArray[np.int64]]) -> Iterator[Batch]:
        """Read the next batches in a thread while the network works."""
        ready: queue.Queue[Batch | BaseException | None] = queue.Queue(_AHEAD)
        stop = threading.Event()

        def put(item: Batch | BaseException | None) -> None:
            while not stop.is_set():
                try:
                    ready.put(item, timeout=0.1)
                    break
                except queue.Full:
                    continue

        def read() -> None:
            try:
                for number, part in enumerate(parts):
                    if stop.is_set():
                        return
                    put(self.collate(part, number))
                put(None)
            except BaseException as error:  # noqa: BLE001 - raised again in the other thread
                put(error)

        thread = threading.Thread(target=read, name="swath-read-ahead", daemon=True)
        thread.start()
        try:
            while (item := ready.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            stop.set()
            thread.join(timeout=10)
