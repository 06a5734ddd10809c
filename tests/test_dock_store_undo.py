"""Many mixed edits: the file after each, taken back and done again, equals the file in between."""

from __future__ import annotations

import random

import pytest
from dock_cases import make_schema, rectangle, rows


def state(store):
    """Return what GDAL reads from the file, and what the store says, which must agree."""
    read = rows(store.path)
    held = {
        fid: (item.uid, item.value, item.image, item.time, item.count, item.geometry.asWkt(6))
        for fid, item in store.samples.items()
    }
    from qgis.core import QgsGeometry

    told = {
        fid: (
            *(row["Uid"], row["Classvalue"], row["Image"], row["Time"], row["Count"]),
            QgsGeometry.fromWkt(row["wkt"]).asWkt(6),
        )
        for fid, row in read.items()
    }
    assert told == held
    for row in read.values():
        entry = store.schema.find(row["Classvalue"])
        assert row["Classname"] == entry.name
        assert "#{Red:02x}{Green:02x}{Blue:02x}".format(**row) == entry.color
    areas = rows(store.path, "areas")
    assert {fid: row["Uid"] for fid, row in areas.items()} == {fid: item.uid for fid, item in store.areas.items()}
    return read, areas, store.schema, dict(store.deleted)


def edit(store, rng, number):
    """Do one edit of any kind."""
    from swath.plugin.labeling.schema import ClassEntry

    fids, values = list(store.samples), [entry.value for entry in store.schema.classes()]

    def some(least):
        return rng.sample(fids, min(len(fids), rng.randint(least, 4)))

    def place():
        return rectangle(rng.randint(0, 80), rng.randint(0, 80), rng.randint(2, 15), rng.randint(2, 15))

    def recode():
        gone, kept = rng.sample(values, 2)
        store.set_schema(store.schema.remove(gone), "", {gone: rng.choice([kept, None])})

    def rename():
        value = rng.choice(values)
        changed = ClassEntry(f"class {number}", value, store.schema.next_color())
        store.set_schema(store.schema.replace(value, changed), "rename")

    def grow():
        name = f"it's new {number}"
        store.set_schema(store.schema.add(ClassEntry(name, store.schema.next_value(), store.schema.next_color())), "")

    kinds = [
        lambda: store.add([place() for _ in range(rng.randint(1, 3))], rng.choice(values)),
        lambda: store.add([place()], rng.choice(values)),
        grow,
        lambda: store.add_area(place()),
    ]
    if len(fids) > 6:
        kinds += [
            lambda: store.remove(some(1)),
            lambda: store.change_class(some(1), rng.choice(values)),
            lambda: store.change_geometry({fid: place() for fid in some(1)}),
            lambda: store.merge(some(2)),
            lambda: store.split(some(3)),
            rename,
        ]
    if len(values) > 2:
        kinds.append(recode)
    if store.areas:
        kinds.append(lambda: store.remove_areas([rng.choice(list(store.areas))]))
    rng.choice(kinds)()


def test_undo_all_and_redo_all_after_sixty_mixed_edits_give_the_states_between(store):
    rng = random.Random(6)
    states = [state(store)]
    marks = [0]
    for number in range(60):
        edit(store, rng, number)
        if store.undo_stack.count() > marks[-1]:  # an edit may change nothing
            marks.append(store.undo_stack.count())
            states.append(state(store))
    assert len(states) > 50
    for expected in states[-2::-1]:
        store.undo_stack.undo()
        assert state(store) == expected
    assert not store.undo_stack.canUndo()
    for expected in states[1:]:
        store.undo_stack.redo()
        assert state(store) == expected
    path = store.path
    store.close()
    from swath.plugin.labeling.store import SampleStore

    again = SampleStore.open(path)
    assert state(again) == states[-1]
    again.close()


def test_undo_of_edits_says_which_fids_changed(store):
    from swath.plugin.labeling.store import Changes

    told = []
    first, second = store.add([rectangle(0, 0), rectangle(20, 0)], 1)
    store.samplesChanged.connect(told.append)
    store.merge([first, second])
    store.undo_stack.undo()
    store.undo_stack.redo()
    merged, back = Changes((), (first,), (second,)), Changes((second,), (first,), ())
    assert told == [merged, back, merged]


def test_undo_when_the_disk_is_full_keeps_the_edit_and_says_so(store):
    from qgis.core import QgsGeometry, QgsPoint
    from qgis.PyQt.QtWidgets import QApplication

    from swath.plugin.labeling.store import StoreError

    said = []
    store.failed.connect(lambda error: said.append(str(error)))
    large = QgsGeometry(QgsPoint(500050, 29950)).buffer(20, 5000)
    (fid,) = store.add([large], 1)
    store.remove([fid])
    store._package.execute("PRAGMA max_page_count=1")  # SQLite takes what the file has
    fill = "INSERT INTO swath_meta SELECT hex(randomblob(16)), hex(randomblob(500))"
    with pytest.raises(StoreError, match="disk is full"):
        any(store._package.execute(fill) for _ in range(10_000))
    with pytest.raises(StoreError, match="disk is full"):
        store.add([large], 1)
    assert not store.samples
    store.undo_stack.undo()
    QApplication.processEvents()
    assert "disk is full" in said[0]
    assert store.undo_stack.index() == 2
    assert not store.samples
    assert not rows(store.path)
    store._package.execute("PRAGMA max_page_count=100000")
    store.undo_stack.undo()
    assert store.undo_stack.index() == 1
    assert list(rows(store.path)) == list(store.samples) == [fid]
    assert len(said) == 1


def test_schema_is_kept_with_the_file(store):
    schema = make_schema()
    grouped = schema.add_group("built").move(2, ("built",), 0)
    store.set_schema(grouped, "group")
    path = store.path
    store.close()
    from swath.plugin.labeling.store import SampleStore

    again = SampleStore.open(path)
    assert again.schema == grouped
    again.close()
