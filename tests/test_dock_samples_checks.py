"""Warnings of samples, found while nothing else is to do, and taken back when their reason is gone."""

from __future__ import annotations

import numpy as np
import pytest
from dock_cases import rectangle, spot


@pytest.fixture
def facts(store, image):
    """Return the facts of a store whose samples belong to the image."""
    from qgis.core import QgsProject

    from swath.plugin.labeling.image_layers import image_frames
    from swath.plugin.labeling.sample_facts import SampleFacts

    store.current_image = image
    project = QgsProject.instance()
    made = SampleFacts(store, project, lambda: image_frames(store, project))
    yield made
    made.stop()


def flags(facts, fid: int) -> int:
    facts.finish()
    return int(facts.flags[facts.slots_of([fid])[0]])


def test_plain_sample_has_no_warning(facts, store):
    assert flags(facts, store.add([rectangle(20, 20)], 1)[0]) == 0


def test_overlap_of_other_class_is_warned_of_on_both_and_taken_back(facts, store):
    from swath.plugin.labeling.sample_checks import OVERLAP

    (field,) = store.add([rectangle(20, 20)], 1)
    (roof,) = store.add([rectangle(25, 25)], 2)
    assert flags(facts, field) == flags(facts, roof) == OVERLAP
    store.change_class([roof], 1)
    assert flags(facts, field) == flags(facts, roof) == 0
    store.undo_stack.undo()
    assert flags(facts, field) == flags(facts, roof) == OVERLAP
    store.remove([roof])
    assert flags(facts, field) == 0
    store.undo_stack.undo()
    assert flags(facts, field) == flags(facts, roof) == OVERLAP
    store.change_geometry({roof: rectangle(50, 50)})
    assert flags(facts, field) == flags(facts, roof) == 0


def test_overlap_within_a_class_and_shared_borders_are_no_fault(facts, store):
    fids = store.add([rectangle(20, 20), rectangle(25, 25)], 1)
    fids += store.add([rectangle(35, 25)], 2)
    assert [flags(facts, fid) for fid in fids] == [0, 0, 0]


def test_third_sample_keeps_the_warning_when_one_of_two_overlaps_goes(facts, store):
    from swath.plugin.labeling.sample_checks import OVERLAP

    (field,) = store.add([rectangle(20, 20)], 1)
    one, other = store.add([rectangle(15, 15), rectangle(25, 25)], 2)
    assert flags(facts, field) == OVERLAP
    store.remove([one])
    assert flags(facts, field) == OVERLAP
    store.remove([other])
    assert flags(facts, field) == 0


def test_sample_below_25_pixels_is_small(facts, store):
    from swath.plugin.labeling.sample_checks import SMALL

    small, enough = store.add([rectangle(20, 20, 2.4), rectangle(40, 40, 2.5)], 1)  # 23 and 25 pixels
    assert flags(facts, small) == SMALL
    assert flags(facts, enough) == 0


def test_sliver_is_thinner_than_pixels_but_a_road_is_not(facts, store):
    from swath.plugin.labeling.sample_checks import SLIVER

    sliver, road = store.add([rectangle(10, 20, 60, 0.5), rectangle(10, 40, 80, 2)], 1)
    assert flags(facts, sliver) == SLIVER
    assert flags(facts, road) == 0


def test_sample_beyond_its_image_is_outside(facts, store):
    from swath.plugin.labeling.sample_checks import OUTSIDE

    half, hair, far = store.add([rectangle(95, 20), rectangle(90.05, 40), rectangle(300, 300)], 1)
    assert flags(facts, half) == flags(facts, far) == OUTSIDE
    assert flags(facts, hair) == 0


def test_image_that_comes_later_is_looked_at_anew(facts, store, image):
    from qgis.core import QgsProject

    from swath.plugin.labeling.sample_checks import OUTSIDE

    copy = image.clone()
    (fid,) = store.add([rectangle(95, 20)], 1)
    QgsProject.instance().removeMapLayer(image.id())
    facts.recheck()
    assert flags(facts, fid) == 0
    QgsProject.instance().addMapLayer(copy)
    facts.recheck()
    assert flags(facts, fid) == OUTSIDE


def test_crossed_outline_is_invalid():
    from qgis.core import QgsGeometry

    from swath.plugin.labeling.sample_checks import INVALID, shape_flags

    west, north = spot(10, 10)
    east, south = west + 20, north - 20
    bow = f"MULTIPOLYGON((({west} {north},{east} {south},{east} {north},{west} {south},{west} {north})))"
    assert shape_flags(QgsGeometry.fromWkt(bow), 400, None) & INVALID


def test_every_warning_has_a_sentence(store):
    from swath.plugin.labeling.sample_checks import FLAGS, warning_text, warning_title

    texts = [warning_text(flag) for flag in FLAGS]
    assert len(set(texts)) == 5
    assert all(text.endswith(".") for text in texts)
    assert warning_text(sum(FLAGS)).count("\n") == 4
    assert all(warning_title(flag) for flag in FLAGS)
    assert warning_text(0) == ""


def test_measuring_goes_on_in_slices_while_events_run(facts, store):
    from qgis.PyQt.QtTest import QSignalSpy

    settled = QSignalSpy(facts.settled)
    store.add([rectangle(place % 40 * 2, place // 40 * 2, 3) for place in range(400)], 1)
    assert facts.busy
    assert settled.wait(5000)
    assert not facts.busy


def test_area_is_measured_on_the_ellipsoid(tmp_path, qgis_new_project):
    from dock_cases import make_store
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject

    from swath.plugin.labeling.sample_facts import SampleFacts

    # Web Mercator stretches by the cosine of the latitude, squared for areas.
    transform = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:32633"), QgsCoordinateReferenceSystem("EPSG:3857"), QgsProject.instance()
    )
    square = rectangle(0, 0, 100)
    square.translate(0, 6_000_000)
    square.transform(transform)
    store = make_store(tmp_path, crs="EPSG:3857")
    store.add([square], 1)
    facts = SampleFacts(store, QgsProject.instance())
    facts.finish()
    assert square.area() > 20_000
    assert facts.area[facts.slots()[0]] == pytest.approx(10_000, rel=2e-3)
    facts.stop()
    store.close()


@pytest.mark.parametrize("seed", range(3))
def test_facts_after_many_edits_are_those_made_anew(facts, store, seed):
    from qgis.core import QgsProject

    from swath.plugin.labeling.image_layers import image_frames
    from swath.plugin.labeling.sample_facts import SampleFacts

    draw = np.random.default_rng(seed)

    def some() -> list[int]:
        return [int(fid) for fid in draw.choice(sorted(store.samples), 2, replace=False)]

    def shape():
        x, y, side = draw.uniform(0, 95, 3)
        return rectangle(x, y, 1 + side / 5)

    edits = (
        lambda: store.add([shape(), shape()], int(draw.integers(1, 3))),
        lambda: store.remove(some()[:1]),
        lambda: store.change_class(some(), int(draw.integers(1, 3))),
        lambda: store.change_geometry({some()[0]: shape()}),
        lambda: store.merge(some()),
        lambda: store.split(some()),
        store.undo_stack.undo,
        store.undo_stack.redo,
    )
    store.add([shape() for _ in range(8)], 1)
    for _ in range(60):
        edits[int(draw.integers(len(edits)))]() if len(store.samples) > 3 else edits[0]()
        if draw.random() < 0.5:
            facts._slice()
    project = QgsProject.instance()
    anew = SampleFacts(store, project, lambda: image_frames(store, project))
    for some_facts in (facts, anew):
        some_facts.finish()
    fids = sorted(store.samples)
    assert sorted(facts.fid[facts.slots()].tolist()) == fids
    mine, other = facts.slots_of(fids), anew.slots_of(fids)
    for column in ("value", "count", "time", "flags"):
        assert getattr(facts, column)[mine].tolist() == getattr(anew, column)[other].tolist(), column
    assert np.allclose(facts.area[mine], anew.area[other])
    assert len(set(anew.flags[other].tolist())) > 1
    anew.stop()
