"""Axes of a chart: bounds, round numbers to mark, places of values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Axis:
    """A range of values, and the numbers that are marked on it.

    ``log`` axes hold positive values only.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False

    def place(self, value: float) -> float:
        """Return where a value lies, 0 at the low end and 1 at the high one."""
        low, high = self.low, self.high
        if self.log:
            value, low, high = math.log10(max(value, 1e-300)), math.log10(low), math.log10(high)
        return (value - low) / (high - low)

    def places(self, values: np.ndarray) -> np.ndarray:
        """Return where many values lie."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return np.asarray((np.log10(values) - low) / (high - low))
        return np.asarray((values - self.low) / (self.high - self.low))

    def value(self, place: float) -> float:
        """Return the value at a place."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return float(10 ** (low + place * (high - low)))
        return self.low + place * (self.high - self.low)

    def text(self, tick: float) -> str:
        """Return a marked number as it is written."""
        step = abs(self.ticks[1] - self.ticks[0]) if len(self.ticks) > 1 and not self.log else 0.0
        return short_number(tick, step)


def short_number(value: float, step: float = 0.0) -> str:
    """Return a number in few signs; with a step, with as many decimals as tell neighbours apart."""
    if value == 0:
        return "0"
    if step >= 1e-4 and abs(value) < 1e5:
        decimals = next((number for number in range(7) if abs(round(step, number) - step) < step * 1e-6), 7)
        return f"{value:.{decimals}f}"
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.4g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def known(values: Iterable[float | None]) -> list[float]:
    """Return the numbers among values."""
    numbers = np.array([np.nan if value is None else value for value in values], float)
    return list(numbers[np.isfinite(numbers)].tolist())


def linear_axis(values: Iterable[float | None], wanted: int = 5, *, whole: bool = False, tight: bool = False) -> Axis:
    """Return an axis that holds all values.

    Args:
        values: None and what is not finite does not count.
        wanted: about how many numbers are marked.
        whole: only whole numbers are marked.
        tight: the axis ends with the values instead of with marked numbers.
    """
    numbers = known(values) or [0.0, 1.0]
    low, high = min(numbers), max(numbers)
    if low == high:
        room = abs(low) * 0.5 or 1.0
        low, high = low - room, high + room
        if whole:
            low, high = math.floor(low), math.ceil(high)
    step = _round_step((high - low) / max(wanted, 1))
    if whole:
        step = max(1.0, round(step))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = [number * step for number in range(first, last + 1)]
    if tight:
        return Axis(low, high, tuple(tick for tick in ticks if low - 1e-12 <= tick <= high + 1e-12))
    return Axis(ticks[0], ticks[-1], tuple(ticks))


def log_axis(values: Iterable[float | None], wanted: int = 6) -> Axis:
    """Return a logarithmic axis that holds all positive values."""
    numbers = [value for value in known(values) if value > 0] or [0.1, 1.0]
    low, high = min(numbers), max(numbers)
    if low == high:
        low, high = low / 2, high * 2
    room = (high / low) ** 0.03
    low, high = low / room, high * room
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for parts in ((1, 2, 5), (1, 3), (1,)):
        ticks = [part * 10.0**decade for decade in decades for part in parts if low <= part * 10.0**decade <= high]
        if len(ticks) <= wanted:
            break
    while len(ticks) > wanted:
        ticks = ticks[::2]
    return Axis(low, high, tuple(ticks) or (low, high), log=True)


def _round_step(step: float) -> float:
    """Return the next of 1, 2, 2.5 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= step * (1 - 1e-9))
