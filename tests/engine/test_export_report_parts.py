from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swath.engine.chips import FORMATS, Chip, ChipSet
from swath.engine.chips._sizes import BoxSizes
from swath.engine.chips._stats import Accumulated, BandState
from swath.engine.classes import ClassInfo
from swath.engine.review.charts import AMBER, BLUE, chip_map
from swath.engine.review.export_report import median, warnings
from swath.engine.review.export_samples import choose_samples, shown_bands
from swath.engine.review.export_warnings import overlap_warning
from swath.engine.review.html import Page
from swath.engine.windows import Affine


@pytest.mark.parametrize(
    ("names", "count", "bands"),
    [
        ((), 3, (1, 2, 3)),
        (("Blue", "Green", "Red", "NIR"), 4, (3, 2, 1)),
        (("x", "y", "z", "w"), 4, (1, 2, 3)),
        (("a", "b"), 2, (1,)),
    ],
)
def test_bands_named_red_green_and_blue_are_shown_so(names, count, bands):
    assert shown_bands(count, names) == bands


def test_map_is_left_out_without_georeference_and_thinned_where_there_are_many(tmp_path):
    place = Affine(1, 0, 0, 0, -1, 0)
    chips = tuple(
        Chip(f"{index:09d}", tmp_path / "x.tif", transform=place.after(Affine(1, 0, index * 10, 0, 1, 0)))
        for index in range(10_000)
    )
    chip_set = ChipSet(tmp_path, "COCO", chips, (), (10, 10), 3, "uint8", ())
    svg, note = chip_map(chip_set, [(BLUE, chips)])
    outlines = ET.fromstring(svg).find("path").get("d").count("M")
    assert 2000 < outlines <= 3000
    assert "One of 4 chips is drawn" in note
    assert chip_map(chip_set, [(BLUE, [Chip("1", tmp_path / "x.tif")])]) == ("", "")


@pytest.mark.parametrize("height", [-1, 1])
def test_map_has_the_first_row_on_top_whether_map_units_grow_up_or_down(tmp_path, height):
    places = [Affine(1, 0, 0, 0, height, row * height) for row in (0, 10)]
    chips = [Chip(str(index), tmp_path / "x.tif", transform=place) for index, place in enumerate(places)]
    chip_set = ChipSet(tmp_path, "COCO", tuple(chips), (), (10, 10), 3, "uint8", ())
    svg, _ = chip_map(chip_set, [(BLUE, chips[:1]), (AMBER, chips[1:])])
    paths = [path.get("d") for path in ET.fromstring(svg).iter("path")][:2]
    first, second = (min(float(y) for y in re.findall(r" ([\d.]+)", path)) for path in paths)
    assert first == 2 < second


@settings(deadline=None)
@given(
    st.lists(st.dictionaries(st.integers(0, 6), st.integers(0, 50), max_size=3), min_size=1, max_size=80),
    st.integers(6, 12),
)
def test_samples_show_each_class_and_keep_their_order(counts, count):
    chips = [Chip(f"{index:09d}", None, counts=item) for index, item in enumerate(counts)]
    chosen = choose_samples(chips, count)
    stems = [chip.stem for chip in chosen]
    assert stems == sorted(set(stems))
    labelled = [chip for chip in chips if any(number for value, number in chip.counts.items() if value)] or chips
    assert len(chosen) == min(count, len(labelled))
    assert all(chip in labelled for chip in chosen)

    def classes(some):
        return {value for chip in some for value, number in chip.counts.items() if value and number}

    assert classes(chosen) == classes(chips)


def test_samples_are_spread_evenly():
    chips = [Chip(f"{index:09d}", None, counts={1: 5}) for index in range(1200)]
    places = [int(chip.stem) for chip in choose_samples(chips, 12)]
    assert max(np.diff([-1, *places, 1200])) <= 300
    assert min(np.diff(places)) >= 50


@given(st.lists(st.floats(1.5, 4000), min_size=1, max_size=60))
def test_median_of_bins_is_near_the_true_one(sides):
    sizes = BoxSizes()
    for side in sides:
        sizes.add(side, side)
    true = sorted(sides)
    low, high = true[(len(true) - 1) // 2], true[len(true) // 2]
    assert low / math.sqrt(2) - 1 <= median(sizes) <= high * math.sqrt(2) + 1
    assert median(BoxSizes()) is None


def counted(chips=100, **classes):
    """Return statistics of chips in which each class has so many objects of a size."""
    stats = Accumulated(True, [BandState()])
    for value, name in enumerate(classes, start=1):
        stats.add_class(ClassInfo(value, name, (0, 0, 0)))
    for index in range(chips):
        here = {
            value: number // chips + (index < number % chips) for value, (number, _) in enumerate(classes.values(), 1)
        }
        sizes = {value: size for value, (_, size) in enumerate(classes.values(), 1)}
        boxes = {value: [(sizes[value], sizes[value])] * number for value, number in here.items() if number}
        areas = {value: [1.0] * number for value, number in here.items() if number}
        stats.add_chip([BandState()], None, areas, boxes)
    return stats


@pytest.mark.parametrize(
    ("stats", "words"),
    [
        (counted(a=(200, 40), b=(300, 40)), []),
        (counted(a=(200, 40), b=(0, 40)), ["'b' (2) does not occur"]),
        (counted(a=(200, 40), b=(1, 40)), ["'b' (2) has only 1 object in", "200 times the objects of 'b'"]),
        (counted(a=(200, 40), b=(9, 40), c=(8, 40)), ["'b' (2) with 9 objects and 'c' (3) with 8 objects have few"]),
        (counted(a=(100, 24), b=(100, 40)), ["100 of 200 boxes (50 %) have a side under 25 pixels"]),
        (counted(a=(40, 40)), ["60 of 100 chips (60 %) hold no label"]),
        (counted(chips=19, a=(90, 40)), ["There are only 19 chips"]),
    ],
)
def test_warnings_say_what_and_what_to_do(stats, words):
    found = warnings(stats, FORMATS.get("PASCAL_VOC_RECTANGLES"))
    assert len(found) == len(words)
    for text, word in zip(found, words, strict=True):
        assert word in text
        assert not text[0].islower()
        assert text.endswith(".")


def test_formats_without_labels_warn_of_few_chips_only():
    assert warnings(counted(chips=5), FORMATS.get("CYCLEGAN")) == [
        "There are only 5 chips: a larger area, a smaller stride or smaller tiles give more."
    ]


@pytest.mark.parametrize(
    ("stride", "turns", "times"), [((128, 128), 1, ""), ((64, 64), 1, "16"), ((256, 256), 12, "12")]
)
def test_chips_that_show_the_same_are_told(stride, turns, times):
    text = overlap_warning((256, 256), stride, turns)
    assert (f"about {times} chips" in text) if times else not text


def test_drawings_may_hold_any_name_but_no_script():
    Page("t").svg("<svg><text>an onload=1 javascript:x</text></svg>")
    for bad in ("<svg onload='x'></svg>", "<svg><a href='javascript:x'/></svg>", "<svg><script/></svg>", "text"):
        with pytest.raises(ValueError, match="SVG"):
            Page("t").svg(bad)
