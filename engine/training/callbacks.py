"""What happens beside the training: records, pictures, wishes of the user, checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightning
import psutil
import torch
from lightning.fabric.plugins import TorchCheckpointIO
from lightning.pytorch.callbacks import EarlyStopping
from torch import nn

from ..progress import Reporter, check
from .lesson import Lesson, Plan
from .runfolder import RunFolder

MONITOR = "monitor"
_CHECK_SECONDS = 0.2


class AtomicCheckpoints(TorchCheckpointIO):
    """Write checkpoints beside their name and rename them; Lightning goes through the system's own
    temporary folder, which may be another disk.
    """

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Write a checkpoint; the earlier one stays until the new one is complete."""
        path = Path(path)
        partial = path.with_name(path.name + ".partial")
        try:
            with partial.open("wb") as file:
                torch.save(checkpoint, file)
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise

    def load_checkpoint(self, path: Any, map_location: Any = None, weights_only: bool | None = None) -> dict[str, Any]:
        """Read a checkpoint of our own; plain tensors and values only."""
        return torch.load(path, map_location=map_location, weights_only=True)  # type: ignore[no-any-return]


class LateStopping(EarlyStopping):
    """Early stopping that counts from ``first_epoch`` on.

    While the learning rate is high the validation loss swings; stopping then would throw away the part
    of the training in which it falls for good.
    """

    def __init__(self, first_epoch: int, patience: int) -> None:
        super().__init__(MONITOR, mode="max", patience=patience, check_on_train_epoch_end=True, check_finite=False)
        self._first_epoch = first_epoch

    def on_train_epoch_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Count this epoch if it is late enough."""
        if trainer.current_epoch >= self._first_epoch:
            super().on_train_epoch_end(trainer, pl_module)


class Watch(lightning.Callback):
    """Look for a wish to cancel while a step runs, several times a second."""

    def __init__(self, reporter: Reporter, folder: RunFolder) -> None:
        self._reporter, self._folder = reporter, folder
        self._handles: list[Any] = []
        self._next = 0.0
        self.paused = False

    def look(self) -> None:
        """Raise CancelledError where the user asked for it; cheap."""
        now = time.monotonic()
        if now >= self._next and not self.paused:
            self._next = now + _CHECK_SECONDS
            check(self._reporter, "the training")
            self._folder.check_cancel()

    def on_train_epoch_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Look again."""
        self.paused = False

    def on_train_epoch_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Look away until the epoch is saved: it would be lost a moment before."""
        self.paused = True

    def setup(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, stage: str) -> None:
        """Watch every convolution, forward and backward: a step of a large batch takes many seconds."""
        self._handles = [
            module.register_forward_hook(self._on_forward)
            for module in pl_module.modules()
            if isinstance(module, nn.Conv2d)
        ]

    def teardown(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, stage: str) -> None:
        """Leave the network as it was."""
        self.paused = False
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def _on_forward(self, module: nn.Module, inputs: Any, output: torch.Tensor) -> None:
        self.look()
        if output.requires_grad:
            output.register_hook(lambda _: self.look())  # type: ignore[no-untyped-call]


class Recorder(lightning.Callback):
    """Write each epoch to the run folder, tell it, and pass on the number that decides which is best."""

    def __init__(
        self,
        reporter: Reporter,
        folder: RunFolder,
        monitor: Callable[[dict[str, Any]], float],
        draw: Callable[[Lesson, dict[str, Any]], None],
    ) -> None:
        self._reporter, self._folder, self._monitor, self._draw = reporter, folder, monitor, draw
        self._started = self._epoch_started = time.monotonic()
        self._first = 0
        self.stopped = False

    def on_train_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Remember where this part of the training begins."""
        self._started, self._first = time.monotonic(), trainer.current_epoch

    def on_train_epoch_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Start the clock of the epoch."""
        self._epoch_started = time.monotonic()

    def on_train_batch_end(
        self, trainer: lightning.Trainer, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Tell the progress and obey 'stop'."""
        plan = pl_module.plan
        done = (trainer.current_epoch + (batch_idx + 1) / plan.steps) / plan.epochs
        text = f"Epoch {trainer.current_epoch + 1} of {plan.epochs}, batch {batch_idx + 1} of {plan.steps}"
        self._reporter.progress(done, text)
        self._beat("learning", trainer, plan, batch_idx + 1)
        # All processes stop after the same step, or the others would wait for ever.
        if not self.stopped and trainer.strategy.reduce_boolean_decision(self._folder.wishes_stop(), all=False):
            self.stopped = True
            trainer.should_stop = True
            self._reporter.message("Stopping as asked: the best epoch so far becomes the model.")

    def on_validation_batch_end(self, trainer: lightning.Trainer, pl_module: Any, *_: Any, **__: Any) -> None:
        """Show that it is alive."""
        self._beat("judging", trainer, pl_module.plan, pl_module.plan.steps)

    def _beat(self, phase: str, trainer: lightning.Trainer, plan: Plan, step: int) -> None:
        """Tell where the run is; the time left is what the epochs so far took, and this one's part."""
        if not trainer.is_global_zero:
            return
        whole = trainer.current_epoch + step / plan.steps
        each = (time.monotonic() - self._started) / max(whole - self._first, 1e-9)
        self._folder.beat(
            phase, epoch=trainer.current_epoch + 1, epochs=plan.epochs, step=step, steps=plan.steps,
            seconds_left=round(each * (plan.epochs - whole)), memory_mb=_memory_mb(),
        )  # fmt: skip

    def on_train_epoch_end(self, trainer: lightning.Trainer, pl_module: Any) -> None:
        """Record the epoch; checkpoints and early stopping follow after this."""
        values = pl_module.take_values()
        number = trainer.current_epoch + 1
        pl_module.log(MONITOR, self._monitor(values))
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        now = time.monotonic()
        each = (now - self._started) / (number - self._first)
        record = {
            "epoch": number,
            "epochs": pl_module.plan.epochs,
            **values,
            "learning_rate": rate,
            "seconds": round(now - self._epoch_started, 2),
            "memory_mb": _memory_mb(),
            "seconds_left": round(each * (pl_module.plan.epochs - number)),
        }
        if torch.cuda.is_available():
            record["gpu_memory_mb"] = round(torch.cuda.max_memory_allocated() / 2**20)
        if not trainer.is_global_zero:
            return
        self._reporter.metrics(self._folder.log("epoch", **record))
        self._log_scalars(trainer, record)
        self._draw(pl_module, record)

    def _log_scalars(self, trainer: lightning.Trainer, record: dict[str, Any]) -> None:
        numbers = {name: value for name, value in record.items() if isinstance(value, float)}
        if trainer.logger is not None:
            trainer.logger.log_metrics(numbers, step=record["epoch"])


def _memory_mb() -> int:
    return int(psutil.Process().memory_info().rss // 2**20)
