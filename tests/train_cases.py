"""Folders of chips for the tests of training on the QGIS side."""

from __future__ import annotations

import json
from pathlib import Path

CLASSES = [{"Value": 1, "Name": "Dirt road"}, {"Value": 2, "Name": "Path"}, {"Value": 7, "Name": "2"}]


def chip_folder(folder: Path, mode: str = "Classified_Tiles", classes=CLASSES) -> Path:
    """Make a folder that says it holds chips."""
    folder.mkdir()
    (folder / "map.txt").write_text("")
    definition = {"MetaDataMode": mode, "Classes": classes}
    (folder / "esri_model_definition.emd").write_text(json.dumps(definition))
    return folder
