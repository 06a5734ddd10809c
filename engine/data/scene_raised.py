"""What rises above the ground: roofs, tree crowns, cars; heights in metres and colours (numpy)."""

from __future__ import annotations

import numpy as np

from .scene_ground import blend
from .scene_noise import grain, layered, smooth
from .scene_plan import BROWN, FLAT, HIP, TILE
from .scene_view import Patch, View

_ROOFS = np.array(
    [(166, 92, 70), (118, 92, 76), (86, 88, 93), (152, 150, 144), (212, 212, 208), (102, 130, 104), (116, 110, 104)],
    np.float32,
)
_PAINTS = np.array(
    [
        (214, 214, 212),
        (40, 41, 44),
        (150, 152, 156),
        (92, 94, 98),
        (148, 44, 38),
        (46, 68, 112),
        (196, 192, 180),
        (70, 84, 74),
    ],
    np.float32,
)


def roof_heights(roofs: Patch) -> np.ndarray:
    """Return the height of each roof pixel above the ground."""
    along, across = (np.abs(part) for part in roofs.local())
    inward = roofs["width"] / 2 - across
    hip = np.where(roofs["form"] == HIP, roofs["length"] / 2 - along, np.inf)
    slope = np.where(roofs["form"] == FLAT, 0.0, roofs["rise"])
    return np.asarray(roofs["eaves"] + slope * np.clip(np.minimum(inward, hip), 0, None) + 0.2, np.float32)


def roof_colors(view: View, roofs: Patch) -> np.ndarray:
    """Return the colour (n, 3) of each roof pixel: material, courses, age, panels, vents."""
    along, across = roofs.local()
    material, tone = roofs["material"].astype(int), np.clip(roofs["tone"], -2, 2)
    color = _ROOFS[material] * (1 + 0.1 * tone)[:, None]
    age = roofs.pick(layered(view.x, view.y, 4.0, view.seed + 61)) - 0.5
    fine = roofs.pick(grain(view.cols, view.rows, view.seed + 62))
    tiled = (material == TILE) | (material == BROWN)
    courses = np.sin(across * (2 * np.pi / 0.95)) * np.where(tiled, 0.045, 0.015)
    color = color * (1 + 0.16 * age + 0.028 * fine + courses)[:, None]
    flat, extra = roofs["form"] == FLAT, roofs["extra"]
    return _fittings(roofs, color, along, across, flat, extra)


def _fittings(
    roofs: Patch, color: np.ndarray, along: np.ndarray, across: np.ndarray, flat: np.ndarray, extra: np.ndarray
) -> np.ndarray:
    """Add parapets, skylights and vents on flat roofs, ridges and solar panels on others."""
    inward = np.minimum(roofs["width"] / 2 - np.abs(across), roofs["length"] / 2 - np.abs(along))
    color = np.where((flat & (inward < 0.5))[:, None], color * 1.16 + 8, color)
    color = np.where((~flat & (np.abs(across) < 0.25))[:, None], color * 1.12, color)
    big = roofs["width"] > 9.0
    row, col = np.abs(across + 100) % 7.0, np.abs(along + 100 + 3 * extra) % 9.0
    light = flat & big & (extra > 0.35) & (inward > 1.5) & (row < 1.6) & (col < 3.2)
    color = np.where(light[:, None], np.float32(0.35) * color + np.array((122, 132, 140), np.float32), color)
    vent = flat & (inward > 1.0) & (np.abs(across - 1.5) % 5.3 < 0.9) & (np.abs(along + extra * 9) % 6.1 < 0.9)
    color = np.where(vent[:, None], color * 0.62, color)
    half = roofs["width"] / 2
    panel = ~flat & (extra < 0.2) & (across > 0.22 * half) & (across < 0.82 * half)
    panel &= np.abs(along) < roofs["length"] * (0.2 + extra)
    seam = (np.abs(along + 50) % 1.7 < 0.22) | (np.abs(across + 50) % 1.1 < 0.16)
    solar = np.where(seam[:, None], np.array((92, 98, 108), np.float32), np.array((42, 50, 72), np.float32))
    return np.where(panel[:, None], solar, color)


def crown_heights(view: View, crowns: Patch) -> np.ndarray:
    """Return the height of each crown pixel: a dome with boughs and gaps."""
    dx, dy = crowns.local()
    radius = crowns["radius"]
    part = np.clip((dx * dx + dy * dy) / (radius * radius), 0, 1.2)
    boughs = crowns.pick(smooth(view.x, view.y, 1.3, view.seed + 71)) - 0.5
    twigs = crowns.pick(smooth(view.x, view.y, 0.55, view.seed + 72)) - 0.5
    dome = crowns["height"] * (0.45 + 0.55 * np.sqrt(np.clip(1.25 - part, 0, 1)))
    rough = np.minimum(np.minimum(radius, 2.5), 0.5 * crowns["height"])
    return np.asarray(np.clip(dome + rough * (0.8 * boughs + 0.5 * twigs), 0.8, None), np.float32)


def crown_colors(view: View, crowns: Patch) -> np.ndarray:
    """Return the colour (n, 3) of each crown pixel, from dark fir to light willow, a few coppery."""
    hue = np.clip(crowns["hue"], 0, 1)
    color = blend(np.array((58, 80, 50), np.float32), np.array((114, 132, 70), np.float32), hue)
    rare = crowns["rare"]
    color = np.where((rare < 0.012)[:, None], np.array((110, 72, 62), np.float32), color)
    color = np.where((rare > 0.985)[:, None], np.array((146, 140, 70), np.float32), color)
    leaf = crowns.pick(grain(view.cols, view.rows, view.seed + 73))
    tuft = crowns.pick(smooth(view.x, view.y, 0.9, view.seed + 74)) - 0.5
    return np.asarray(color * (1 + 0.07 * leaf + 0.3 * tuft)[:, None], np.float32)


def car_colors(cars: Patch) -> np.ndarray:
    """Return the colour (n, 3) of each car pixel: paint, and darker windows."""
    along, _ = cars.local()
    color = _PAINTS[cars["paint"].astype(int)]
    part = along / cars["length"]
    glass = ((part > 0.12) & (part < 0.24)) | ((part < -0.2) & (part > -0.3))
    return np.where((glass & (cars["length"] < 6))[:, None], np.array((44, 50, 56), np.float32), color)
