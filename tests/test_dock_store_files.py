"""Files that cannot be used are refused with a sentence, and stay as they are."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from dock_cases import make_store, rectangle, rows


@pytest.fixture
def closed(store):
    """Return the path of samples with one in them."""
    store.add([rectangle(0, 0)], 1)
    path = store.path
    store.close()
    return path


def change(path, sql, *values):
    """Change a file as another program would."""
    base = sqlite3.connect(path)
    base.execute(sql, values)
    base.commit()
    base.close()


def refusal(path):
    """Return the sentence with which a file is refused."""
    from swath.plugin.labeling.store import SampleStore, StoreError

    try:
        SampleStore.open(path)
    except StoreError as error:
        text = str(error)
    assert text.endswith(".")
    assert str(path) in text
    return text


def test_open_what_is_not_there_is_refused(tmp_path, qgis_new_project):
    assert "no file" in refusal(tmp_path / "missing.gpkg")
    assert "no file" in refusal(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_open_other_files_is_refused_and_leaves_them_as_they_are(tmp_path, qgis_new_project):
    from layer_cases import square, write_layer

    text, foreign, plain = (tmp_path / name for name in ("text.gpkg", "foreign.gpkg", "plain.gpkg"))
    text.write_text("hello")
    write_layer(foreign, [(square(0, 0), 1)])
    change(plain, "CREATE TABLE a (b)")
    before = {path: path.read_bytes() for path in (text, foreign, plain)}
    assert "missing: GeoPackage" in refusal(text)
    assert "missing: samples" in refusal(foreign)
    refusal(plain)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_open_of_damaged_samples_is_refused(closed):
    raw = bytearray(closed.read_bytes())
    closed.write_bytes(raw[:5000])
    assert "damaged" in refusal(closed)
    raw[100:20_000] = os.urandom(19_900)
    closed.write_bytes(raw)
    assert "damaged" in refusal(closed)
    assert not closed.with_name("samples.gpkg.lock").exists()


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [("version", "2", "later version"), ("schema", "[1", "damaged"), ("schema", '{"children": [{"a": 1}]}', "damaged")],
)
def test_open_of_what_cannot_be_read_is_refused(closed, key, value, word):
    change(closed, "UPDATE swath_meta SET value = ? WHERE key = ?", value, key)
    assert word in refusal(closed)
    assert not closed.with_name("samples.gpkg.lock").exists()


def test_open_without_a_field_names_it(closed):
    change(closed, "ALTER TABLE samples RENAME COLUMN Uid TO Name")
    assert "samples.Uid" in refusal(closed)


def test_create_over_a_file_without_folder_or_crs_is_refused(closed, tmp_path):
    from qgis.core import QgsCoordinateReferenceSystem

    from swath.plugin.labeling.store import SampleStore, StoreError

    before = closed.read_bytes()
    with pytest.raises(StoreError, match="already"):
        make_store(tmp_path)
    assert closed.read_bytes() == before
    with pytest.raises(StoreError, match="no folder"):
        make_store(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="coordinate reference system"):
        SampleStore.create(tmp_path / "new.gpkg", QgsCoordinateReferenceSystem())
    assert [item.name for item in tmp_path.iterdir()] == ["samples.gpkg"]


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="has no folder that even an administrator cannot write")
def test_create_where_nobody_may_write_is_refused(qgis_new_project):
    from swath.plugin.labeling.store import StoreError

    with pytest.raises(StoreError, match="may write"):
        make_store(Path("/proc/self"))


def test_open_of_a_read_only_file_or_folder_is_refused(closed, monkeypatch):
    real = os.access
    for locked in (closed, closed.parent):
        monkeypatch.setattr(os, "access", lambda path, mode, no=locked: path != no and real(path, mode))
        assert "cannot be written" in refusal(closed)


def test_open_twice_is_refused(store):
    assert "open already" in refusal(store.path)


def test_edit_while_another_program_writes_is_refused_and_changes_nothing(store):
    from swath.plugin.labeling.store import StoreError

    (fid,) = store.add([rectangle(0, 0)], 1)
    # In a process of its own: two SQLite libraries in one lose each other's locks.
    code = (
        "import sqlite3,sys; b=sqlite3.connect(sys.argv[1]); b.execute('BEGIN IMMEDIATE'); print(flush=True); input()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code, store.path], text=True, **pipes) as child:
        child.stdout.readline()
        with pytest.raises(StoreError, match="Another program"):
            store.add([rectangle(20, 0)], 1)
        assert list(store.samples) == [fid]
        assert store.undo_stack.count() == 1
        child.communicate("\n")
    store.add([rectangle(20, 0)], 1)
    assert len(rows(store.path)) == 2


def test_edit_after_the_file_was_deleted_is_refused(store, tmp_path):
    from swath.plugin.labeling.store import StoreError

    store.add([rectangle(0, 0)], 1)
    shutil.move(store.path, tmp_path / "elsewhere.gpkg")
    with pytest.raises(StoreError, match="deleted, moved"):
        store.add([rectangle(20, 0)], 1)
    shutil.move(tmp_path / "elsewhere.gpkg", store.path)
    store.add([rectangle(20, 0)], 1)
    assert len(store.samples) == 2
    store.path.unlink()
    store.close()


def test_layers_of_a_deleted_file_do_no_harm(store):
    from qgis.PyQt.QtTest import QTest

    store.add([rectangle(0, 0)], 1)
    assert store.layer.isValid()
    store.path.unlink()
    assert store.areas_layer is not None
    store._layers.show_changes("samples")
    QTest.qWait(600)  # until counts and extents are read again
    store.select([1])
    store.close()


def test_edit_after_close_is_refused(store):
    from swath.plugin.labeling.store import StoreError

    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.add([rectangle(0, 0)], 1)
    store.select([1])
    assert store.selected == []


def test_bad_edits_are_refused_and_change_nothing(store):
    from qgis.core import QgsGeometry

    from swath.plugin.labeling.schema import Schema
    from swath.plugin.labeling.store import StoreError

    (fid,) = store.add([rectangle(0, 0)], 1)
    tries = {
        "an area": lambda: store.add([QgsGeometry.fromWkt("LINESTRING(0 0, 1 1)")], 1),
        "cannot be a sample": lambda: store.add([rectangle(9, 9), QgsGeometry()], 1),
        "value 9": lambda: store.change_class([fid], 9),
        "99": lambda: store.remove([fid, 99]),
        "at least two": lambda: store.merge([fid]),
        "class values 1": lambda: store.set_schema(Schema(), ""),
    }
    for words, call in tries.items():
        with pytest.raises(StoreError, match=words):
            call()
    store.current_class = None
    with pytest.raises(StoreError, match="No class is chosen"):
        store.add([rectangle(0, 0)])
    assert store.undo_stack.count() == 1
    assert list(rows(store.path)) == [fid]
