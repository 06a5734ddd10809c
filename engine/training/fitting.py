"""How Lightning is set up for a training: the processor, checkpoints, early stopping, the log."""

from __future__ import annotations

from typing import Any

import lightning
import torch
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger
from lightning.pytorch.strategies import DDPStrategy

from .callbacks import MONITOR, AtomicCheckpoints, LateStopping, Recorder, Watch
from .lesson import Plan
from .runfolder import RunFolder

_PATIENCE = 5
# Early stopping counts from the middle on: most is won while the learning rate falls.
_COUNTING = 0.5
_CLIP = 1.0


def hardware_options(device: torch.device, processes: int = 1) -> dict[str, Any]:
    """Return Lightning's options for a processor; a GPU computes in half precision where that is safe.

    With several ``processes`` each of them has a GPU, from the first on, or a part of the CPU's cores.
    """
    if device.type == "cpu":
        # Twice as fast where the processor has instructions for it; emulated elsewhere, and slower then.
        precision = "bf16-mixed" if has_fast_bfloat16() else "32-true"
        return {"accelerator": "cpu", "devices": processes, "precision": precision, **_together(processes, "gloo")}
    if device.type != "cuda":
        return {"accelerator": device.type, "devices": 1}
    precision = "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"
    if processes > 1:
        # NCCL is not made for Windows.
        backend = "nccl" if torch.distributed.is_nccl_available() else "gloo"
        options = {"accelerator": "gpu", "devices": processes, "precision": precision, "sync_batchnorm": True}
        return {**options, **_together(processes, backend)}
    return {"accelerator": "gpu", "devices": [device.index or 0], "precision": precision}


def _together(processes: int, backend: str) -> dict[str, Any]:
    if processes == 1:
        return {}
    # Detectors leave parts of the network out where a batch shows no object.
    strategy = DDPStrategy(
        cluster_environment=LightningEnvironment(), process_group_backend=backend, find_unused_parameters=True
    )
    return {"strategy": strategy}


def has_fast_bfloat16() -> bool:
    """Tell whether this processor computes with bfloat16 natively (AVX512-BF16 or AMX)."""
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def make_trainer(
    folder: RunFolder, plan: Plan, watch: Watch, recorder: Recorder, options: dict[str, Any], *, early: bool
) -> lightning.Trainer:
    """Return the trainer of a plan.

    Args:
        folder: where checkpoints and the log go.
        plan: what to do.
        watch: looks for a wish to cancel.
        recorder: gives the number that decides which epoch is the best.
        options: of the hardware.
        early: stop where no epoch has been better for a while.
    """
    callbacks: list[lightning.Callback] = [
        watch,
        recorder,
        _checkpoint(folder, "best", "max"),
        _checkpoint(folder, "last", None),
    ]
    if early and plan.validated:
        callbacks.insert(2, LateStopping(round(plan.epochs * _COUNTING), _PATIENCE))
    return lightning.Trainer(
        max_epochs=plan.epochs,
        default_root_dir=folder.run,
        logger=TensorBoardLogger(folder.run, name="", version="tensorboard"),
        callbacks=callbacks,
        plugins=[AtomicCheckpoints()],
        gradient_clip_val=_CLIP,
        num_sanity_val_steps=0,
        log_every_n_steps=10**9,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        **options,
    )


def _checkpoint(folder: RunFolder, name: str, mode: str | None) -> ModelCheckpoint:
    """Keep the best epoch's weights (``mode``), or all that a resumed training needs."""
    return ModelCheckpoint(
        folder.checkpoints,
        filename=name,
        monitor=MONITOR if mode else None,
        mode=mode or "min",
        save_weights_only=mode is not None,
        save_top_k=1,
        every_n_epochs=1,
        save_on_train_epoch_end=True,
        enable_version_counter=False,
    )
