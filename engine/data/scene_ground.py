"""Colours of the ground: grass, fields, water, paved land (numpy; reflected light 0 to 255)."""

from __future__ import annotations

import numpy as np

from .scene_noise import grain, layered, smooth
from .scene_view import Patch, View

# Two colours of each crop: where it grows well and where it does not. Some are nearly grass, wood or gravel.
_CROPS = np.array(
    [
        [(88, 116, 74), (112, 124, 84)],
        [(66, 94, 54), (88, 104, 64)],
        [(142, 112, 86), (126, 98, 76)],
        [(112, 92, 76), (96, 80, 66)],
        [(172, 152, 108), (154, 138, 102)],
        [(160, 152, 72), (130, 134, 70)],
        [(122, 116, 84), (140, 126, 96)],
    ],
    np.float32,
)
_WATER = np.array([(42, 70, 84), (50, 80, 76), (78, 94, 82)], np.float32)
_PAVED = np.array([(112, 112, 113), (164, 160, 152), (156, 140, 116)], np.float32)


def blend(first: np.ndarray, second: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Return colours (..., 3) between two, ``part`` 0 to 1 of the second."""
    return np.asarray(first + (second - first) * part[..., None])


def grass(view: View) -> np.ndarray:
    """Return lawn and meadow for the whole view (rows, cols, 3): patches of lush, plain and dry grass."""
    wide = layered(view.x, view.y, 55.0, view.seed + 11)
    mottle = layered(view.x, view.y, 5.0, view.seed + 12)
    lush, dry = np.array((92, 126, 64), np.float32), np.array((144, 140, 92), np.float32)
    color = blend(lush, dry, np.clip(1.5 * wide - 0.42 + 0.5 * (mottle - 0.5), 0, 1))
    fine = grain(view.cols, view.rows, view.seed + 13) * 4.5 + (smooth(view.x, view.y, 0.8, view.seed + 14) - 0.5) * 14
    return np.asarray(color + fine[..., None], np.float32)


def paint_lawns(image: np.ndarray, lawns: Patch) -> None:
    """Give each block its own tone of grass."""
    tone = np.clip(lawns["tone"], -2, 2)[:, None]
    image[lawns.rows, lawns.cols] *= 1 + tone * np.array((0.05, 0.025, 0.035), np.float32)


def paint_fields(image: np.ndarray, view: View, fields: Patch) -> None:
    """Draw crops: rows, wheel tracks, patches where the soil differs."""
    if not len(fields):
        return
    along, across = fields.local()
    patches = layered(view.x, view.y, 24.0, view.seed + 21)
    part = np.clip(fields.pick(patches) * 1.8 - 0.4, 0, 1)
    crop = fields["crop"].astype(int)
    color = blend(_CROPS[crop, 0], _CROPS[crop, 1], part)
    wobble = fields.pick(smooth(view.x, view.y, 30.0, view.seed + 22)) * 1.5
    # Rows fade where the crop has closed or failed.
    strength = 0.07 + 0.13 * fields.pick(smooth(view.x, view.y, 16.0, view.seed + 23))
    rows = np.sin((across + wobble) * (2 * np.pi / fields["period"])) * strength
    track = np.abs((across + wobble + 400) % 15.0 - 7.5)
    tracks = np.where(np.abs(track - 0.9) < 0.3, -0.16, 0.0)
    speckle = fields.pick(grain(view.cols, view.rows, view.seed + 24)) * 0.035
    drift = np.sin(along * 0.02) * 0.02
    factor = 1 + rows + tracks + speckle + drift + fields["tone"] * 0.06
    image[fields.rows, fields.cols] = color * factor[:, None]


def paint_water(image: np.ndarray, view: View, water: Patch) -> None:
    """Draw still and running water: dark, tinted by depth and algae, with ripples and a little glint."""
    if not len(water):
        return
    depth = water.pick(layered(view.x, view.y, 28.0, view.seed + 31))
    place = np.clip(water["tone"] * 1.6 + depth * 0.8 - 0.3, 0, 1.999)
    lower = place.astype(int)
    color = blend(_WATER[lower], _WATER[lower + 1], place - lower)
    ripple = water.pick(smooth(view.x, view.y * 2.2, 1.5, view.seed + 32)) - 0.5
    sheen = np.clip(water.pick(smooth(view.x, view.y, 40.0, view.seed + 33)) * 2.2 - 1.2, 0, 1)
    spark = (water.pick(grain(view.cols, view.rows, view.seed + 34)) > 2.5) * sheen
    image[water.rows, water.cols] = color + (ripple * 7 + sheen * 20 + spark * 90)[:, None]


def paint_paved(image: np.ndarray, view: View, paved: Patch) -> None:
    """Draw driveways, yards and paths of asphalt, concrete slabs and gravel."""
    if not len(paved):
        return
    color = _PAVED[paved["kind"].astype(int)] * (1 + 0.11 * np.clip(paved["tone"], -2, 2))[:, None]
    stain = paved.pick(layered(view.x, view.y, 6.0, view.seed + 41)) - 0.5
    fine = paved.pick(grain(view.cols, view.rows, view.seed + 42))
    image[paved.rows, paved.cols] = color * (1 + 0.18 * stain + 0.03 * fine)[:, None]


def paint_roads(image: np.ndarray, view: View, roads: Patch, lighter: float) -> None:
    """Draw the roads' asphalt with repairs and worn lanes; pavements are ``lighter`` (grey levels)."""
    if not len(roads):
        return
    tone = roads["tone"] + lighter
    worn = roads.pick(layered(view.x, view.y, 9.0, view.seed + 51)) - 0.5
    repair = (roads.pick(smooth(view.x, view.y, 7.0, view.seed + 52)) > 0.8) * -9.0
    fine = roads.pick(grain(view.cols, view.rows, view.seed + 53))
    grey = tone + worn * 20 + repair + fine * 3.5
    image[roads.rows, roads.cols] = grey[:, None] * np.array((1.0, 0.99, 0.965), np.float32)
