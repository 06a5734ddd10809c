"""Sun, shadow and camera: from colours and heights to the photograph (numpy)."""

from __future__ import annotations

import numpy as np

from .scene_noise import grain, layered, smooth
from .scene_view import View

AZIMUTH, ELEVATION = np.deg2rad(146.0), np.deg2rad(43.0)
HIGHEST = 16.0  # metres; nothing in the scene is higher
_SUN = np.array([np.sin(AZIMUTH), -np.cos(AZIMUTH)])  # towards the sun; x to the east, y to the south
_DIRECT = np.array((0.74, 0.71, 0.66), np.float32)
_SKY = np.array((0.33, 0.355, 0.40), np.float32)


def shadow_reach(cell: float) -> int:
    """Return how many pixels the longest shadow may have."""
    return int(np.ceil(HIGHEST / np.tan(ELEVATION) / cell)) + 2


def shadows(heights: np.ndarray, cell: float) -> np.ndarray:
    """Return the part of the sun that is hidden (rows, cols), 0 to 1, by marching towards the sun."""
    horizon = np.full_like(heights, -100.0)
    rows, cols = heights.shape
    fall = np.float32(np.tan(ELEVATION) * cell)
    for step in range(1, shadow_reach(cell)):
        dx, dy = round(_SUN[0] * step), round(_SUN[1] * step)
        if dx >= cols or dy >= rows:
            break
        # The sun stands in the south-east: what may hide it has a larger row and column.
        raised = heights[dy:, dx:] - np.float32(step) * fall
        np.maximum(horizon[: rows - dy, : cols - dx], raised, out=horizon[: rows - dy, : cols - dx])
    return np.asarray(np.clip((horizon - heights) * 2.0, 0, 1), np.float32)


def facing(heights: np.ndarray, cell: float) -> np.ndarray:
    """Return how much sun falls on each pixel against level ground (rows, cols): Lambert's law."""
    dy, dx = np.gradient(heights, np.float32(cell))
    # Walls would give one-pixel lines of black and white.
    dx, dy = np.clip(dx, -1.3, 1.3), np.clip(dy, -1.3, 1.3)
    towards = np.float32(np.sin(ELEVATION)) - np.float32(np.cos(ELEVATION)) * (dx * _SUN[0] + dy * _SUN[1])
    level = np.sqrt(1 + dx * dx + dy * dy) * np.sin(ELEVATION)
    return np.asarray(np.clip(towards / level, 0.0, 1.45), np.float32)


def expose(view: View, color: np.ndarray, heights: np.ndarray, side: float) -> np.ndarray:
    """Return the photograph (rows, cols, 3) float32 of lit colours: light, haze, flight lines, lens."""
    sun = facing(heights, view.cell) * (1 - shadows(heights, view.cell))
    # Thin cloud and the angle of view change the light slowly over the scene.
    cloud = 0.9 + 0.2 * layered(view.x, view.y, 260.0, view.seed + 81)
    fall = 1 + 0.07 * (view.y / side - 0.5)
    light = (sun[..., None] * _DIRECT + _SKY) * (cloud * fall[:, None]).astype(np.float32)[..., None]
    image = color * light
    image = _flight_lines(view, image, side)
    return _blur(image)


def _flight_lines(view: View, image: np.ndarray, side: float) -> np.ndarray:
    """Give the eastern flight line another colour balance, along an uneven seam in the middle."""
    seam = side / 2 + (smooth(np.zeros(1), view.y, side / 9, view.seed + 82)[:, 0] - 0.5) * side * 0.03
    part = np.clip((view.x[None, :] - seam[:, None]) / 5.0 + 0.5, 0, 1).astype(np.float32)[..., None]
    other = image * np.array((0.94, 0.97, 1.02), np.float32) + np.array((4.0, 3.5, 6.0), np.float32)
    return np.asarray(image + (other - image) * part, np.float32)


def _blur(image: np.ndarray) -> np.ndarray:
    """Blur with a small kernel (0.2, 0.6, 0.2) in both directions, as a lens does."""
    for axis in (0, 1):
        image = 0.6 * image + 0.2 * (np.roll(image, 1, axis) + np.roll(image, -1, axis))
    return np.asarray(image, np.float32)


def develop(view: View, image: np.ndarray) -> np.ndarray:
    """Return uint8 (rows, cols, 3): sensor noise, then the traces of JPEG; sides are multiples of 8."""
    speck = grain(view.cols, view.rows, view.seed + 83) * 2.2
    image = image + speck[..., None]
    for band in range(3):
        image[..., band] += grain(view.cols, view.rows, view.seed + 84 + band) * np.float32(1.4)
    return np.asarray(np.clip(np.rint(_jpeg(image)), 0, 255), np.uint8)


_TURN = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], np.float32)


def _jpeg(image: np.ndarray) -> np.ndarray:
    """Round the cosine coefficients of 8 x 8 blocks, as JPEG at a high quality does (ITU-T T.81, A.3.3)."""
    k, n = np.meshgrid(np.arange(8), np.arange(8), indexing="ij")
    basis = (np.cos((2 * n + 1) * k * np.pi / 16) * np.where(k == 0, np.sqrt(1 / 8), 0.5)).astype(np.float32)
    luma, chroma = (3 + (k + n) * 1.6).astype(np.float32), (5 + (k + n) * 3.0).astype(np.float32)
    rows, cols, _ = image.shape
    tones = image @ _TURN.T
    for band, table in enumerate((luma, chroma, chroma)):
        blocks = tones[..., band].reshape(rows // 8, 8, cols // 8, 8).transpose(0, 2, 1, 3)
        coded = np.rint(basis @ blocks @ basis.T / table) * table
        tones[..., band] = (basis.T @ coded @ basis).transpose(0, 2, 1, 3).reshape(rows, cols)
    return np.asarray(tones @ np.linalg.inv(_TURN).T.astype(np.float32), np.float32)
