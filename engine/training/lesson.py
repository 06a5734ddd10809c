"""What Lightning runs: one step of training, one of validation, the optimizer and its learning rate."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import lightning
import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torchmetrics import MeanMetric

from .augment import Augmentation, mix
from .batches import Batch
from .network import Scaling
from .problems import DivergedError
from .teaching import Grading

_WARM_UP = 0.15
_FIRST_RATE = 1 / 10
_LAST_RATE = 1e-3
_WEIGHT_DECAY = 1e-2
_SLOWER = 0.1


@dataclass(frozen=True)
class Plan:
    """How a lesson goes: ``steps`` is the number of batches in an epoch."""

    epochs: int
    steps: int
    seed: int
    learning_rate: float = 1e-3
    mixup: bool = False
    validated: bool = True


def one_cycle(progress: float) -> float:
    """Return the factor of the learning rate at 0 to 1 of the training: up, then down along cosines.

    Smith and Topin 2018, https://arxiv.org/abs/1708.07120. It depends on nothing but the progress, so
    a resumed training goes on where an unbroken one would be.
    """
    if progress < _WARM_UP:
        return _FIRST_RATE + (1 - _FIRST_RATE) * (1 - math.cos(math.pi * progress / _WARM_UP)) / 2
    rest = min((progress - _WARM_UP) / (1 - _WARM_UP), 1.0)
    return _LAST_RATE + (1 - _LAST_RATE) * (1 + math.cos(math.pi * rest)) / 2


def averaging(steps: int) -> Callable[[Any, Any, Any], None]:
    """Return the update of the averaged weights: exponential, over about a fifteenth of ``steps``.

    At first the average is over few steps only, so that it does not drag the random start along.
    """
    longest = 1 - 1 / min(max(steps / 15, 10), 1000)

    @torch.no_grad()
    def update(average: Any, current: Any, count: Any) -> None:
        number = float(count)
        decay = min(longest, (1 + number) / (10 + number))
        if torch.is_floating_point(average[0]):
            torch._foreach_lerp_(average, current, 1 - decay)
        else:
            torch._foreach_copy_(average, current)

    return update


class Lesson(lightning.LightningModule):
    """A network, its average over the last steps (which is judged and exported), and its loss.

    ``loaded`` tells that the backbone has weights already: what a network calls ``slow`` learns at a tenth then.
    Batches are raw pixel values (batch, bands, h, w), targets in the form of the teaching, and the batch's number.
    """

    def __init__(
        self,
        network: nn.Module,
        scaling: Scaling,
        grading: Grading,
        plan: Plan,
        augmentation: Augmentation | None,
        *,
        loaded: bool = False,
    ) -> None:
        super().__init__()
        self.network = network.to(memory_format=torch.channels_last)
        self.average = AveragedModel(
            self.network, multi_avg_fn=averaging(plan.epochs * plan.steps), use_buffers=True
        ).requires_grad_(False)
        self.scaling, self.grading = scaling, grading
        self.train_loss, self.valid_loss = MeanMetric(), MeanMetric()
        self.plan, self.augmentation = plan, augmentation
        self.frozen: nn.Module | None = None
        self.scheduled, self.loaded = True, loaded

    def on_train_epoch_start(self) -> None:
        """Make all chance depend on seed and epoch alone."""
        torch.manual_seed(_seed(self.plan.seed, self.current_epoch))
        self.average.eval()
        if self.frozen is not None:
            # Batch statistics of the new chips would spoil the loaded ones.
            self.frozen.eval()

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Set the learning rate of this step."""
        if self.scheduled:
            factor = one_cycle((self.current_epoch + batch_idx / self.plan.steps) / self.plan.epochs)
            for group in self.trainer.optimizers[0].param_groups:
                group["lr"] = self.plan.learning_rate * factor * group["factor"]

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Return the loss of a batch, changed by chance."""
        raw_image, target, number = batch
        generator = torch.Generator().manual_seed(_seed(self.plan.seed, self.current_epoch, number))
        image = self._scaled(raw_image)
        if self.augmentation is not None:
            image, target = self.augmentation(image, target, generator)
        mixing = None
        if self.plan.mixup:
            image, partners, share = mix(image, generator)
            mixing = partners, share
        loss, said = self.grading.learn(self.network, _channels_last(image), target, mixing)
        if self.scheduled and not bool(torch.isfinite(loss.detach())):
            raise DivergedError(epoch=self.current_epoch + 1, rate=f"{self.plan.learning_rate:.3g}")
        self.train_loss.update(loss.detach())
        if not self.plan.validated:
            self.grading.update(said, target)
        return loss

    def on_train_batch_end(self, outputs: Any, batch: Batch, batch_idx: int) -> None:
        """Take the step into the average."""
        self.average.update_parameters(self.network)

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Judge the averaged network."""
        image, target, _ = batch
        loss, said = self.grading.judge(self.average.module, _channels_last(self._scaled(image)), target)
        self.valid_loss.update(loss, weight=len(target))
        self.grading.update(said, target)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return AdamW; weights that only shift or scale (biases, norms) do not decay."""
        slow = tuple(getattr(self.network, "slow", ())) if self.loaded else ()
        groups: dict[tuple[float, float], list[nn.Parameter]] = {}
        for name, item in self.network.named_parameters():
            if item.requires_grad:
                key = _SLOWER if name.startswith(slow) else 1.0, _WEIGHT_DECAY if item.ndim > 1 else 0.0
                groups.setdefault(key, []).append(item)
        options = [
            {"params": params, "factor": factor, "weight_decay": decay} for (factor, decay), params in groups.items()
        ]
        return torch.optim.AdamW(options, lr=self.plan.learning_rate)

    def take_values(self) -> dict[str, Any]:
        """Return the epoch's losses and measures, and start anew."""
        values: dict[str, Any] = {"train_loss": float(self.train_loss.compute())}
        if self.plan.validated:
            values["valid_loss"] = float(self.valid_loss.compute())
        values |= self.grading.compute()
        self.train_loss.reset()
        self.valid_loss.reset()
        self.grading.reset()
        return values

    def _scaled(self, image: Tensor) -> Tensor:
        return self.scaling(image.float())  # type: ignore[no-any-return]


def _channels_last(image: Tensor) -> Tensor:
    return image.contiguous(memory_format=torch.channels_last)


def _seed(*parts: int) -> int:
    """Return one number for several, far apart for near ones."""
    return int(np.random.SeedSequence([int(part) for part in parts]).generate_state(1, np.uint64)[0] >> 1)
