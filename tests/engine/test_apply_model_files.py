"""Finding and trusting model files."""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from apply_models import LAND, classify, info, random_pixels, write_model, write_raster
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swath.engine.errors import InputError
from swath.engine.model_files import describe_model, open_model
from swath.engine.model_problems import NotOnnxError
from swath.engine.onnx_metadata import read_onnx

DEEPNESS: dict[str, Any] = {
    "model_type": "Segmentor",
    "class_names": {"0": "_background", "1": "road", "2": "field"},
    "tile_size": 96,
    "tiles_overlap": 25,
    "resolution": 50,
    "standardization_mean": [0.4, 0.5, 0.6],
    "standardization_std": [0.2, 0.25, 0.3],
}
ARCGIS = {
    "Framework": "arcgis.learn.models._inferencing",
    "ModelConfiguration": "_unet",
    "ModelFile": "30e.pth",
    "ImageHeight": 400,
    "ExtractBands": [0, 1, 2],
    "Classes": [{"Value": 1, "Name": "roof", "Color": [1, 2, 3]}, {"Value": 2, "Name": "yard", "Color": [3, 2, 1]}],
}


def write_emd(path: Path, onnx: str = "tiny.onnx", **values: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**ARCGIS, "ModelFile": onnx, **values}), encoding="utf-8")
    return path


def write_package(path: Path, members: dict[str, bytes | Path]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.read_bytes() if isinstance(content, Path) else content)
    return path


def test_model_is_found_by_folder_emd_onnx_and_package(tmp_path: Path) -> None:
    onnx = write_model(tmp_path / "m" / "tiny.onnx", info())
    write_model(tmp_path / "m" / "tiny_last.onnx", info(LAND[:2]))
    emd = write_emd(tmp_path / "m" / "tiny.emd", ".\\tiny.onnx")
    package = write_package(tmp_path / "tiny.dlpk", {"a/b/tiny.onnx": onnx, "a/b/x.emd": emd, "a/run.py": b"evil"})
    for path in (tmp_path / "m", tmp_path, onnx, emd, package):
        assert describe_model(path).classes == LAND
    emd.unlink()
    assert describe_model(tmp_path / "m").classes == LAND
    assert len(describe_model(tmp_path / "m" / "tiny_last.onnx").classes) == 2


def test_package_unpacks_only_what_is_needed_and_cleans_up(tmp_path: Path) -> None:
    onnx = write_model(tmp_path / "m" / "tiny.onnx", info())
    package = write_package(tmp_path / "tiny.dlpk", {"tiny.onnx": onnx, "run.py": b"import os", "w.pth": b"pickle"})
    with open_model(package) as model:
        place = model.onnx.parent
        assert [path.name for path in place.iterdir()] == ["tiny.onnx"]
    assert not place.exists()


@pytest.mark.parametrize("name", ["../evil.onnx", "/evil.onnx", "a/../../evil.onnx", "..\\evil.onnx", "C:/evil.onnx"])
def test_package_with_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    package = write_package(tmp_path / "x.dlpk", {name: b"x"})
    with pytest.raises(InputError, match="leads out of the package"):
        describe_model(package)
    assert not list(tmp_path.rglob("evil.onnx"))


def test_hostile_packages_are_refused_with_one_sentence(tmp_path: Path) -> None:
    seven = tmp_path / "seven.dlpk"
    seven.write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(100))
    link = tmp_path / "link.dlpk"
    with zipfile.ZipFile(link, "w") as archive:
        member = zipfile.ZipInfo("x.onnx")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    bomb = tmp_path / "bomb.dlpk"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.onnx", bytes(100 * 2**20))
    cut = tmp_path / "cut.dlpk"
    cut.write_bytes(seven.read_bytes()[:3] + b"PK")
    torn = write_package(tmp_path / "torn.dlpk", {"x.onnx": b"12345" * 100})
    torn.write_bytes(torn.read_bytes()[:-30])
    empty = write_package(tmp_path / "empty.dlpk", {"readme.txt": b"x"})
    for path, words in (
        (seven, "unpack it with 7-Zip"),
        (link, "is a link"),
        (bomb, "suspiciously tightly"),
        (cut, "no ZIP archive"),
        (torn, "broken"),
        (empty, r"no \.emd and no \.onnx"),
    ):
        with pytest.raises(InputError, match=words) as error:
            describe_model(path)
        assert "\n" not in str(error.value)
        assert path.name in str(error.value)


def test_arcgis_package_is_read_and_says_what_to_do(tmp_path: Path) -> None:
    emd = write_emd(tmp_path / "m" / "30e.emd", "30e.pth")
    package = write_package(
        tmp_path / "30e.dlpk", {"30e.emd": emd, "30e.pth": b"pickle", "ArcGISImageClassifier.py": b""}
    )
    for path in (emd, tmp_path / "m", package):
        with pytest.raises(InputError, match=r"2 classes: roof, yard; tiles of 400 pixels\).*ONNX.*train it again"):
            describe_model(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{broken", "no JSON"),
        ("[1, 2]", "no JSON object"),
        ("[" * 100000, "no JSON"),
        ("{}", "lacks the key ModelFile"),
        ('{"ModelFile": "e.g. model.pth", "Framework": "e.g. PyTorch"}', "describes training chips"),
        ('{"ModelFile": "x.pth"}', "lacks the keys Classes"),
        ('{"ModelFile": "../x.onnx"}', "outside of its folder"),
        ('{"ModelFile": "C:\\\\x.onnx"}', "outside of its folder"),
        ('{"ModelFile": "missing.onnx"}', "is not there"),
    ],
)
def test_broken_emd_is_refused(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "x.emd"
    path.write_text(content)
    with pytest.raises(InputError, match=words):
        describe_model(path)


def test_paths_without_a_model_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.onnx"):
        with pytest.raises(InputError, match="No model was found"):
            describe_model(path)
    write_model(tmp_path / "a.onnx", info())
    write_model(tmp_path / "b.onnx", info())
    with pytest.raises(InputError, match=r"several models: a\.onnx, b\.onnx"):
        describe_model(tmp_path)


def test_file_that_is_no_onnx_is_refused(tmp_path: Path) -> None:
    write_raster(tmp_path / "image.onnx", random_pixels(20, 20))
    (tmp_path / "text.onnx").write_text("This is a text that somebody has renamed.")
    (tmp_path / "empty.onnx").write_bytes(b"")
    for name in ("image.onnx", "text.onnx", "empty.onnx"):
        with pytest.raises(NotOnnxError, match=name):
            describe_model(tmp_path / name)


def test_onnx_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    data = write_model(tmp_path / "tiny.onnx", info()).read_bytes()
    for length in range(0, len(data) - 1, 97):
        (tmp_path / "cut.onnx").write_bytes(data[:length])
        with pytest.raises(InputError):
            describe_model(tmp_path / "cut.onnx")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300), places=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=5))
def test_reader_survives_any_bytes(tmp_path: Path, data: bytes, places: list[tuple[int, int]]) -> None:
    good = bytearray(write_model(tmp_path / "tiny.onnx", info()).read_bytes())
    for place, value in places:
        good[place % len(good)] = value
    for content in (data, bytes(good)):
        (tmp_path / "x.onnx").write_bytes(content)
        try:
            read_onnx(tmp_path / "x.onnx")
        except NotOnnxError:
            continue


def test_onnx_of_unknown_purpose_is_refused(tmp_path: Path) -> None:
    plain = write_model(tmp_path / "plain.onnx", None)
    with pytest.raises(InputError, match="does not say what it predicts"):
        describe_model(plain)
    detector = write_model(tmp_path / "detector.onnx", None, metadata={**DEEPNESS, "model_type": "Regressor"})
    with pytest.raises(InputError, match="model_type is Regressor"):
        describe_model(detector)


@pytest.mark.parametrize(
    "wrong", [{"class_names": "x"}, {"class_names": {"a": "b"}}, {"tile_size": "x"}, {"standardization_std": [0, 0, 0]}]
)
def test_broken_deepness_metadata_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    path = write_model(tmp_path / "tiny.onnx", None, metadata={**DEEPNESS, **wrong})
    with pytest.raises(InputError, match=next(iter(wrong)).split("_")[0]):
        describe_model(path)


def test_deepness_model_applies_with_its_standardization(tmp_path: Path) -> None:
    import onnxruntime

    path = write_model(tmp_path / "tiny.onnx", None, metadata=DEEPNESS, scale=1.0)
    pixels = random_pixels(80, 64)
    write_raster(tmp_path / "raster.tif", pixels)
    found = describe_model(path)
    assert (found.tile_size, found.padding, found.cell_size, found.bands) == (96, 12, (0.5, 0.5), (1, 2, 3))
    _, values = classify(tmp_path)
    image = pixels / 255 - np.array(DEEPNESS["standardization_mean"])[:, None, None]
    image = (image / np.array(DEEPNESS["standardization_std"])[:, None, None]).astype(np.float32)
    padded = np.pad(image, ((0, 0), (0, 16), (0, 0)), "symmetric")
    expected = onnxruntime.InferenceSession(str(path)).run(None, {"image": padded[None]})[0][0, :, :80]
    assert (values == expected.argmax(axis=0)).mean() > 0.999
    assert len(np.unique(values)) > 1


def test_deepness_model_with_one_sigmoid_channel_gives_two_classes(tmp_path: Path) -> None:
    names = {"class_names": {"0": "other", "1": "building"}}
    write_model(tmp_path / "tiny.onnx", None, metadata={**DEEPNESS, **names}, channels=1, activation="sigmoid")
    write_raster(tmp_path / "raster.tif", random_pixels(100, 100))
    _, values = classify(tmp_path)
    assert set(np.unique(values)) == {0, 1}


def test_graph_that_does_not_fit_its_words_is_refused(tmp_path: Path) -> None:
    write_raster(tmp_path / "raster.tif", random_pixels(100, 100))
    write_model(tmp_path / "tiny.onnx", info(), channels=5)
    with pytest.raises(InputError, match="5 channels for 3 classes"):
        classify(tmp_path)
    write_model(tmp_path / "tiny.onnx", info(), shape=(None, 2, None, None))
    with pytest.raises(InputError, match="2 bands instead of 3"):
        classify(tmp_path)
    write_model(tmp_path / "tiny.onnx", info(task="OBJECTS"))
    with pytest.raises(InputError, match=r"OBJECTS.*use 'Detect Objects Using Deep Learning'"):
        classify(tmp_path)


def test_summary_says_inputs_and_outputs(tmp_path: Path) -> None:
    summary = read_onnx(write_model(tmp_path / "tiny.onnx", info(), shape=(None, 3, 64, 64)))
    assert summary.inputs == {"image": (None, 3, 64, 64)}
    assert summary.outputs == {"output": (None, 3, 64, 64)}
    assert summary.ir_version == 8


def test_graph_that_onnxruntime_cannot_load_is_refused(tmp_path: Path) -> None:
    write_raster(tmp_path / "raster.tif", random_pixels(100, 100))
    path = write_model(tmp_path / "tiny.onnx", info())
    path.write_bytes(path.read_bytes().replace(b"AveragePool", b"UnknownPool"))
    assert describe_model(path).classes == LAND
    with pytest.raises(InputError, match=r"tiny.onnx cannot be run \(.*UnknownPool"):
        classify(tmp_path)
    assert not (tmp_path / "out.tif.partial").exists()


def test_graph_that_cannot_take_the_tile_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    # Halving and doubling an odd side does not give it back.
    write_raster(tmp_path / "raster.tif", random_pixels(95, 99))
    write_model(tmp_path / "tiny.onnx", info(tile_multiple=1))
    with pytest.raises(InputError, match=r"cannot be run"):
        classify(tmp_path)
    assert not (tmp_path / "out.tif.partial").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"classes": []},
        {"tile_size": 0},
        {"tile_size": "64"},
        {"padding": 1.5},
        {"tile_multiple": -3},
        {"cell_size": [float("inf"), 1.0]},
        {"graphs": []},
        {"threshold": "0.5"},
        {"overlap": 45},
        {"classes": [{"value": -4, "name": "x", "color": [1, 2, 3]}]},
    ],
)
def test_impossible_values_in_a_model_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    values = {**json.loads(info().to_json()), **wrong}
    path = write_model(tmp_path / "tiny.onnx", None, metadata={"swath": values})
    with pytest.raises(InputError, match=r"its key 'swath' (is broken|holds impossible values)"):
        describe_model(path)
