"""What may spoil training with exported chips: a sentence each, with what to do about it."""

from __future__ import annotations

from ..chips import VALUES, ChipFormat
from ..chips._sizes import SMALL_PX
from ..chips._stats import Accumulated
from ..chips._targets import BOXES, CLASSES, INSTANCES, PANOPTIC

# Below these a class is hardly learnt; rules of thumb, said as such in the report.
_FEW_SAMPLES = 30
_FEW_CHIPS = 20
_FEW_PIXELS = 5000
_IMBALANCE = 50
_MANY_EMPTY = 0.5
_MANY_SMALL = 0.1
# The default, a stride of half a tile, has each place in four chips.
_OFTEN = 4
_NAMED = 8


def warnings(stats: Accumulated, chip_format: ChipFormat) -> list[str]:
    """Return what may spoil training with these chips, a sentence each; the gravest first."""
    found = []
    if chip_format.needs:
        found += [*_missing(stats, chip_format), *_few(stats, chip_format), *_imbalance(stats, chip_format)]
        found += [*(_small(stats) if chip_format.target != CLASSES else []), *_empty(stats)]
    if stats.tiles < _FEW_CHIPS:
        chips = "is only 1 chip" if stats.tiles == 1 else f"are only {stats.tiles} chips"
        found.append(f"There {chips}: a larger area, a smaller stride or smaller tiles give more.")
    return found


def overlap_warning(tile: tuple[int, int], stride: tuple[int, int], turns: int) -> str:
    """Return a sentence where chips show much the same, "" where they do not.

    ``turns`` are the chips of each place, one for each angle.
    """
    times = tile[0] * tile[1] / max(stride[0] * stride[1], 1) * turns
    if times <= _OFTEN:
        return ""
    why = f"tiles of {tile[0]} x {tile[1]} every {stride[0]} x {stride[1]} pixels" + (
        f", each in {turns} angles" if turns > 1 else ""
    )
    return (
        f"Each place lies in about {times:.0f} chips ({why}): they take longer to learn from, and teach hardly more. "
        "A larger stride (STRIDE_X, STRIDE_Y) or angle (ROTATION_ANGLE) gives fewer."
    )


def samples_of(stats: Accumulated, value: int, chip_format: ChipFormat) -> int | None:
    """Return how many samples a class has: objects, features, or chips where these have one class or more.

    None where labels are rasters of class values: pixels are counted there.
    """
    tally = stats.tallies[value]
    if chip_format.target in (BOXES, INSTANCES):
        return tally.boxes.count
    if chip_format.target == CLASSES:
        return tally.images
    return tally.count if stats.from_features else None


def what_is_counted(stats: Accumulated, chip_format: ChipFormat) -> str:
    """Return the word for ``samples_of``, "" where that is None."""
    if chip_format.target in (BOXES, INSTANCES, PANOPTIC):
        return "Objects" if chip_format.target != PANOPTIC or stats.from_features else ""
    if chip_format.target == CLASSES:
        return "Chips"
    return "Features" if stats.from_features else ""


def _missing(stats: Accumulated, chip_format: ChipFormat) -> list[str]:
    names = []
    for value, info in stats.classes.items():
        samples = samples_of(stats, value, chip_format)
        if not (stats.tallies[value].pixels if samples is None else samples):
            names.append(f"'{info.name}' ({value})")
    if len(names) == 1:
        return [f"The class {names[0]} does not occur in these chips: label some of it, or leave it out."]
    return [f"{_listed(names)} do not occur in these chips: label some of them, or leave them out."] if names else []


def _few(stats: Accumulated, chip_format: ChipFormat) -> list[str]:
    found = []
    word = what_is_counted(stats, chip_format).lower()
    by_pixels = VALUES in chip_format.needs and stats.pixels_known
    for value, info in stats.classes.items():
        samples, pixels = samples_of(stats, value, chip_format), stats.tallies[value].pixels
        if samples is not None and 0 < samples < _FEW_SAMPLES:
            many = f"{samples} {word if samples > 1 else word[:-1]}"
        elif by_pixels and 0 < pixels < _FEW_PIXELS:
            many = f"{pixels} pixels"
        else:
            continue
        found.append((f"'{info.name}' ({value})", many))
    if len(found) == 1:
        return [f"The class {found[0][0]} has only {found[0][1]} in these chips: label more of it."]
    names = [f"{name} with {many}" for name, many in found]
    return [f"{_listed(names)} have few samples in these chips: label more of them."] if found else []


def _listed(names: list[str]) -> str:
    """Return a list for the beginning of a sentence, the longest ones cut."""
    if len(names) > _NAMED:
        return f"The classes {', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
    return f"The classes {', '.join(names[:-1])} and {names[-1]}"


def _imbalance(stats: Accumulated, chip_format: ChipFormat) -> list[str]:
    word = what_is_counted(stats, chip_format).lower()
    by_pixels = VALUES in chip_format.needs and stats.pixels_known
    counts = {}
    for value in stats.classes:
        samples = samples_of(stats, value, chip_format)
        counts[value] = stats.tallies[value].pixels if by_pixels else (samples or 0)
    counts = {value: count for value, count in counts.items() if count}
    if len(counts) < 2 or max(counts.values()) <= _IMBALANCE * min(counts.values()):
        return []
    rare, common = min(counts, key=lambda value: counts[value]), max(counts, key=lambda value: counts[value])
    times = counts[common] / counts[rare]
    return [
        f"The class '{stats.classes[common].name}' has {times:.0f} times the {'pixels' if by_pixels else word} of "
        f"'{stats.classes[rare].name}': label more of the rare one, or switch class balancing on when training."
    ]


def _small(stats: Accumulated) -> list[str]:
    sizes = stats.box_sizes()
    if not sizes.count or sizes.small < _MANY_SMALL * sizes.count:
        return []
    share = 100 * sizes.small / sizes.count
    return [
        f"{sizes.small} of {sizes.count} boxes ({share:.0f} %) have a side under {SMALL_PX} pixels, which networks "
        "hardly find: use a smaller cell size (CELL_SIZE) if the imagery has it, or leave small features out. ENVI "
        f"pads such boxes to {SMALL_PX} pixels."
    ]


def _empty(stats: Accumulated) -> list[str]:
    if not stats.tiles or stats.empty <= _MANY_EMPTY * stats.tiles:
        return []
    share = 100 * stats.empty / stats.tiles
    return [
        f"{stats.empty} of {stats.tiles} chips ({share:.0f} %) hold no label: fine if there is nothing to find in "
        "them, but if they were only not labelled, leave them out (ALL_TILES off)."
    ]
