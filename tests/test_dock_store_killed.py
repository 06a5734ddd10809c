"""kill -9 at any moment: all that was done is in the file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from dock_cases import rectangle, rows

CHILD = Path(__file__).with_name("killed_store.py")


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes in another way")
def test_add_samples_until_killed_keeps_every_one(tmp_path, qgis_new_project):
    from swath.plugin.labeling.store import SampleStore, StoreError

    path, after = tmp_path / "samples.gpkg", 333
    folder = {**os.environ, "PYTHONPATH": str(CHILD.parent), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, CHILD, tmp_path], stdout=subprocess.PIPE, text=True, env=folder, cwd=tmp_path.parent
    ) as child:
        told = [child.stdout.readline().strip() for _ in range(after)]
        with pytest.raises(StoreError, match=f"open in another QGIS .process {child.pid}"):
            SampleStore.open(path)
        os.kill(child.pid, signal.SIGKILL)
        told += child.stdout.read().split("\n")
    told = [uid for uid in told if len(uid) == 32]
    assert len(told) >= after
    assert Path(f"{path}.lock").exists()  # of the killed one: taken over
    store = SampleStore.open(path)
    assert [sample.uid for sample in store.samples.values()][: len(told)] == told
    assert len(store.samples) <= len(told) + 1
    store.add([rectangle(0, 0)], 2)
    held = len(store.samples)
    store.close()
    assert len(rows(path)) == held
    assert sorted(item.name for item in tmp_path.iterdir()) == ["samples.gpkg"]
