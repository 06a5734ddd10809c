"""Figures of samples as people read them."""

from __future__ import annotations

import math
from datetime import datetime
from functools import lru_cache

import numpy as np
from qgis.PyQt.QtCore import QLocale

from ...i18n import translate

_HECTARE = 10_000.0


def number_text(number: float, decimals: int = 0) -> str:
    """Return a number as the user's language writes it."""
    return QLocale().toString(float(number), "f", decimals)


def counted(count: int, one: str, many: str, **facts: str) -> str:
    """Return the text for one thing, or that for ``{count}`` of them, with its facts filled in."""
    return (one if count == 1 else many).format(count=number_text(count), **facts)


def area_text(square_metres: float) -> str:
    """Return an area in square metres, or hectares where it is large; "…" while it is not measured."""
    if math.isnan(square_metres):
        return "…"
    if square_metres >= _HECTARE:
        return translate("Swath", "{number} ha").format(number=_rounded(square_metres / _HECTARE))
    return translate("Swath", "{number} m²").format(number=_rounded(square_metres))


def _rounded(number: float) -> str:
    """Keep about three figures."""
    decimals = 0 if number >= 100 or number == 0 else min(max(2 - math.floor(math.log10(number)), 0), 4)
    return number_text(number, decimals)


def share_text(part: int, whole: int) -> str:
    """Return a share in percent; "–" where it is unknown."""
    if not part or not whole:
        return "–"
    percent = 100 * part / whole
    if percent < 0.1:
        return translate("Swath", "< {number} %").format(number=number_text(0.1, 1))
    return translate("Swath", "{number} %").format(number=number_text(percent, 1 if percent < 10 else 0))


@lru_cache(maxsize=4096)
def image_text(key: str) -> str:
    """Return the short name of an image by its key: the file's name, or what stands for a web layer."""
    if not key:
        return translate("Swath", "(no image)")
    if "://" in key or "url=" in key:
        address = key.split("url=", 1)[-1].split("&", 1)[0]
        return address.split("://", 1)[-1].split("/", 1)[0].split("%", 1)[0] or key
    return key.replace("\\", "/").rsplit("/", 1)[-1]


def moment_of(iso: str) -> int:
    """Return a time (ISO 8601, UTC) in milliseconds since 1970, which sort much faster; 0 for what is no time."""
    try:
        return int(np.datetime64(iso.rstrip("Z"), "ms").astype(np.int64))
    except ValueError:
        return 0


@lru_cache(maxsize=65536)
def time_text(moment: int) -> str:
    """Return a time (milliseconds since 1970, UTC) as the clock on the wall shows it; "" where it is unknown."""
    return datetime.fromtimestamp(moment / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else ""
