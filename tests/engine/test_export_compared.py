"""The proof of an export: objects that networks choose inside are matched before they are compared."""

from __future__ import annotations

import numpy as np
import pytest

from swath.engine.training.detection import graph


def objects(scores: list[float], shift: float = 0.0) -> dict[str, np.ndarray]:
    """Return objects in a row, the surest first."""
    left = 40.0 * np.arange(len(scores)) + shift
    boxes = np.stack([left, left * 0, left + 20, left * 0 + 20], axis=1)
    return {"boxes": boxes[None], "scores": np.array([scores]), "labels": np.zeros((1, len(scores)), int)}


SCORES = [0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.0502]


def test_object_at_the_least_score_may_be_missing() -> None:
    assert graph._of_selected(objects(SCORES), objects(SCORES[:-1])) < 1e-4
    assert graph._of_selected(objects(SCORES[:-1]), objects(SCORES)) < 1e-4
    assert graph._of_selected(objects([]), objects([0.0501])) < 1e-4


@pytest.mark.parametrize("other", [objects(SCORES[:4]), objects([0.9, 0.1]), objects([]), objects(SCORES, shift=3.0)])
def test_objects_that_are_lost_or_elsewhere_fail(other: dict[str, np.ndarray]) -> None:
    assert graph._of_selected(objects(SCORES), other) == float("inf")


def test_box_that_is_a_little_off_is_measured() -> None:
    assert graph._of_selected(objects(SCORES), objects(SCORES, shift=0.5)) > 1e-4
    assert graph._of_selected(objects(SCORES), objects(SCORES, shift=0.01)) < 1e-4
