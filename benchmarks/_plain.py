"""The plain script that trainings are compared with: a U-Net (ResNet-18, random weights), a loop, nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

IGNORED = 255


def train_plain(
    image: np.ndarray,
    truth: np.ndarray,
    test: np.ndarray,
    classes: int,
    seed: int,
    seconds: float,
    crop: int = 256,
    clock: Callable[[], float] = time.perf_counter,
) -> np.ndarray:
    """Train for ``seconds`` and return the channel of each pixel of ``test`` (height, width).

    Args:
        image: (bands, height, width); crops with a labelled pixel are drawn from it.
        truth: channel numbers (height, width), ``IGNORED`` where unlabelled.
        test: (bands, height, width).
        classes: number of channels.
        seed: of crops and weights.
        seconds: of training.
        crop: side in pixels.
        clock: tells the seconds.
    """
    import segmentation_models_pytorch as smp
    import torch

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    bands = image.shape[0]
    mean = image.reshape(bands, -1).mean(1)[:, None, None]
    std = image.reshape(bands, -1).std(1)[:, None, None] + 1e-6
    net = smp.Unet("resnet18", encoder_weights=None, in_channels=bands, classes=classes)
    optimizer = torch.optim.AdamW(net.parameters(), 1e-3)
    dice = smp.losses.DiceLoss("multiclass", ignore_index=IGNORED)
    start = clock()
    while clock() - start < seconds:
        crops, masks = [], []
        while len(crops) < 8:
            row = rng.integers(image.shape[1] - crop + 1)
            col = rng.integers(image.shape[2] - crop + 1)
            turns, flip = int(rng.integers(4)), bool(rng.integers(2))
            part, mask = image[:, row : row + crop, col : col + crop], truth[row : row + crop, col : col + crop]
            if (mask == IGNORED).all():
                continue
            part, mask = np.rot90(part, turns, (1, 2)), np.rot90(mask, turns)
            crops.append(((part[:, :, ::-1] if flip else part) - mean) / std)
            masks.append(mask[:, ::-1] if flip else mask)
        x = torch.from_numpy(np.ascontiguousarray(np.stack(crops), np.float32))
        y = torch.from_numpy(np.ascontiguousarray(np.stack(masks)).astype(np.int64))
        optimizer.zero_grad()
        raw = net(x)
        entropy = torch.nn.functional.cross_entropy(raw, y, ignore_index=IGNORED)
        (entropy + dice(raw, y)).backward()
        optimizer.step()
    net.eval()
    height, width = test.shape[1:]
    pad = ((0, 0), (0, -height % 32), (0, -width % 32))
    with torch.inference_mode():
        x = np.pad((test - mean) / std, pad, "reflect")[None].astype(np.float32)
        return net(torch.from_numpy(x))[0, :, :height, :width].argmax(0).numpy()
