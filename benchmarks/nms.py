"""Measure suppression: seconds for 10^4, 10^5 and 10^6 boxes, beside torchvision's on the same boxes.

    python benchmarks/nms.py [--most 1000000] [--ratio 0.1]

Times are of the processor, so that they hold on a busy machine. torchvision compares every box with all later
ones, so it is asked up to 10^5 boxes only. Crowds: eight boxes around each object, as a network gives them;
then all boxes at one place, and huge boxes among tiny ones.
"""

from __future__ import annotations

import argparse
import time

import _swath  # noqa: F401 - makes the checkout a package
import numpy as np
import torch
import torchvision

from swath.engine.nms import suppress

MOST_FOR_TORCHVISION = 100_000


def boxes_of(kind: str, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return boxes (n, 4), scores and channels of three classes."""
    random = np.random.default_rng(0)
    side = 40 * np.sqrt(count / 8)
    if kind == "crowds":
        crowds = random.uniform(0, side, (max(count // 8, 1), 2))
        centres = crowds[random.integers(0, len(crowds), count)] + random.normal(0, 3, (count, 2))
        sides = random.uniform(10, 40, (count, 2))
    elif kind == "one place":
        centres, sides = random.normal(100, 4, (count, 2)), random.uniform(10, 40, (count, 2))
    else:
        centres = random.uniform(0, side, (count, 2))
        sides = np.where(random.random((count, 1)) < 0.5, 4, side / 3) * random.uniform(0.9, 1.1, (count, 2))
    boxes = np.concatenate([centres - sides / 2, centres + sides / 2], axis=1).astype(np.float32)
    return boxes, random.permutation(count) / count, random.integers(0, 3, count)


def measure(kind: str, count: int, ratio: float) -> None:
    """Print one line."""
    boxes, scores, channels = boxes_of(kind, count)
    start = time.process_time()
    kept = suppress(boxes, scores, channels, ratio)
    ours = time.process_time() - start
    text = f"{kind:16} {count:9,} boxes: {len(kept):9,} stay, {ours:8.3f} s"
    if count <= MOST_FOR_TORCHVISION:
        tensors = torch.from_numpy(boxes).double(), torch.from_numpy(scores), torch.from_numpy(channels)
        start = time.process_time()
        expected = torchvision.ops.batched_nms(*tensors, ratio)
        theirs = time.process_time() - start
        same = "the same boxes" if expected.tolist() == kept.tolist() else "OTHER BOXES"
        text += f"; torchvision {theirs:8.3f} s ({theirs / ours:.2f} times ours; {same})"
    print(text, flush=True)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000)
    parser.add_argument("--ratio", type=float, default=0.1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    for kind in ("crowds", "one place", "huge among tiny"):
        count = 10_000
        while count <= options.most:
            measure(kind, count, options.ratio)
            count *= 10


if __name__ == "__main__":
    main()
