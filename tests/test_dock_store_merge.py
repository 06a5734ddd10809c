"""Several people label copies of one file, and the copies become one again."""

from __future__ import annotations

import shutil

import pytest
from dock_cases import make_image, make_schema, make_store, rectangle, rows


@pytest.fixture
def twins(store, tmp_path, monkeypatch):
    """Return two copies with three samples and an area each; time goes on by a second with each edit."""
    from swath.plugin.labeling import edits
    from swath.plugin.labeling.store import SampleStore

    ticks = iter(f"2026-01-01T00:{number // 60:02d}:{number % 60:02d}.000Z" for number in range(3000))
    monkeypatch.setattr(edits, "now", lambda: next(ticks))
    store.add([rectangle(0, 0), rectangle(20, 0), rectangle(40, 0)], 1)
    store.add_area(rectangle(0, 0, 90))
    mine = store.path
    store.close()
    other = tmp_path / "anna"
    other.mkdir()
    shutil.copy(mine, other / "samples.gpkg")
    both = SampleStore.open(mine), SampleStore.open(other / "samples.gpkg")
    yield both
    for item in both:
        item.close()


def held(store):
    return {
        sample.uid: (store.schema.find(sample.value).name, sample.time, sample.geometry.asWkt(2))
        for sample in store.samples.values()
    }


def test_merge_takes_what_is_newer_on_either_side_and_both_end_alike(twins):
    mine, copy = twins
    mine.change_class([1], 2)
    copy.change_class([1], 2)
    copy.change_geometry({2: rectangle(50, 50)})
    mine.remove([3])
    copy.add([rectangle(70, 70)], 2)
    mine.add([rectangle(80, 70)], 2)  # the same fid in both
    copy.remove_areas([1])
    assert copy.samples[4].uid != mine.samples[4].uid
    before = held(mine), rows(mine.path)
    summary = mine.merge_copy(copy.path)
    assert (summary.added, summary.changed, summary.removed, summary.areas) == (1, 2, 0, 1)
    assert not mine.areas
    assert {fid: row["Uid"] for fid, row in rows(mine.path).items()} == {
        fid: sample.uid for fid, sample in mine.samples.items()
    }
    back = copy.merge_copy(mine.path)
    assert (back.added, back.changed, back.removed) == (1, 0, 1)
    assert held(mine) == held(copy)
    assert len(held(mine)) == 4
    again = mine.merge_copy(copy.path)
    assert (again.added, again.changed, again.removed, again.areas) == (0, 0, 0, 0)
    mine.undo_stack.undo()
    assert (held(mine), rows(mine.path)) == before
    assert len(mine.areas) == 1


def test_merge_of_a_deletion_and_a_later_change_keeps_the_change(twins):
    mine, copy = twins
    mine.remove([1, 2])
    copy.change_class([1], 2)
    mine.merge_copy(copy.path)
    assert {sample.value for sample in mine.samples.values()} == {1, 2}
    assert len(mine.samples) == 2
    assert copy.samples[1].uid not in mine.deleted
    copy.merge_copy(mine.path)
    assert held(mine) == held(copy)


def test_merge_joins_classes_by_name_and_tells_of_values_that_mean_two_things(twins):
    from swath.plugin.labeling.schema import ClassEntry

    mine, copy = twins
    mine.set_schema(mine.schema.add(ClassEntry("tree", 3, "#004000")), "")
    grown = copy.schema.add_group("water").add(ClassEntry("pond", 3, "#0000ff"), ("water",))
    copy.set_schema(grown.add(ClassEntry("Tree", 4, "#004000")), "")
    copy.add([rectangle(0, 50)], 3)
    copy.add([rectangle(0, 70)], 4)
    mine.merge_copy(copy.path)
    names = [mine.schema.find(sample.value).name for sample in mine.samples.values()]
    assert names == ["field", "field", "field", "pond", "tree"]
    assert mine.schema.find_name("pond").value == 4
    assert mine.schema.group_of(4) == ("water",)
    assert mine.notes == ("The class 'pond' has the value 4 now, for 3 is 'tree' here.",)


def test_merge_knows_a_renamed_class_by_the_samples_that_both_have(twins):
    from swath.plugin.labeling.schema import ClassEntry

    mine, copy = twins
    mine.set_schema(make_schema().replace(1, ClassEntry("meadow", 1, "#30a040")), "")
    copy.add([rectangle(0, 50)], 1)
    mine.merge_copy(copy.path)
    assert {sample.value for sample in mine.samples.values()} == {1}
    assert [entry.name for entry in mine.schema.classes()] == ["meadow", "roof"]
    assert "that name is kept" in mine.notes[0]


def test_merge_finds_images_from_another_folder(twins, tmp_path):
    mine, copy = twins
    copy.current_image = make_image(tmp_path, add=False)
    assert copy.current_image_key == "../image.tif"
    copy.add([rectangle(0, 50)], 1)
    mine.merge_copy(copy.path)
    assert mine.images() == {"": 3, "image.tif": 1}


def test_merge_of_a_copy_in_another_crs_transforms(store, tmp_path):
    other = make_store(tmp_path, "other.gpkg", crs="EPSG:4326")
    from qgis.core import QgsCoordinateTransform, QgsProject

    shape = rectangle(10, 10)
    shape.transform(QgsCoordinateTransform(store.crs, other.crs, QgsProject.instance()))
    other.add([shape], 1)
    other.close()
    store.merge_copy(other.path)
    assert store.samples[1].geometry.hausdorffDistance(rectangle(10, 10)) < 0.001


def test_merge_of_what_is_no_copy_is_refused(store, tmp_path):
    from swath.plugin.labeling.store import StoreError

    (tmp_path / "text.gpkg").write_text("hello")
    for path, words in ((store.path, "open here"), (tmp_path / "text.gpkg", "GeoPackage"), (tmp_path, "no file")):
        with pytest.raises(StoreError, match=words):
            store.merge_copy(path)
    assert store.undo_stack.count() == 0
