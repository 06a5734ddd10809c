"""What the installer chooses and which commands it would run; nothing is run here."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from swath.engine.installer import machine, uv_tool
from swath.engine.installer.choices import BUILDS, LOCKS, Choice, make_choice
from swath.engine.installer.errors import UnsupportedChoiceError
from swath.engine.installer.places import python_in
from swath.engine.installer.plan import plan

ALL = [
    (platform, tier, build)
    for platform, builds in BUILDS.items()
    for build in builds
    for tier in ("apply", "train")
    if (tier, build) != ("train", "directml")
]
FOLDER = Path("/somewhere/engine.partial")


def commands(choice: Choice, uv: str = "/tools/uv") -> list[str]:
    return [" ".join(step.argv) for step in plan(choice, FOLDER, "/py/python3.12", uv)]


@pytest.mark.parametrize(("platform", "tier", "build"), ALL)
def test_locks_of_every_choice_hold_exact_versions_with_hashes(platform: str, tier: str, build: str) -> None:
    choice = make_choice(platform, tier, build)
    for lock in [choice.lock, choice.torch_lock] if tier == "train" else [choice.lock]:
        entries = re.findall(r"^[a-z].*\n(?:[ \t]+.*\n)*", lock.read_text(), re.MULTILINE)
        assert entries
        for entry in entries:
            assert re.match(r"[a-z0-9._-]+==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", entry), entry


def test_locks_name_no_place_where_packages_come_from() -> None:
    for lock in LOCKS.iterdir():
        assert not re.search(r"://|--(extra-)?index-url|--find-links|simple/", lock.read_text()), lock.name


@pytest.mark.parametrize("source", sorted(LOCKS.glob("*.in")), ids=lambda path: path.name)
def test_sources_of_locks_give_a_reason_beside_each_bound(source: Path) -> None:
    for line in source.read_text().splitlines():
        if not line.startswith("#"):
            assert re.match(r"\S+\s+# .{15,}", line), line


def test_locks_of_both_tiers_agree_on_what_they_share() -> None:
    apply, train = (make_choice("linux", tier, "cpu").locked_versions() for tier in ("apply", "train"))
    assert {name: train[name] for name in apply} == apply
    assert train["torch"] == "2.14.1"
    assert "torch" not in apply


def test_plan_on_linux_without_gpu_takes_own_builds_and_falls_back_to_the_hashed_pair() -> None:
    steps = plan(make_choice("linux", "train", "cpu"), FOLDER, "/py", "/tools/uv")
    assert "--torch-backend=cpu" in steps[-1].argv
    assert {"torch==2.14.1", "torchvision==0.29.1"} <= set(steps[-1].argv)
    assert steps[-1].fallback is not None
    assert "--require-hashes" in steps[-1].fallback.argv
    assert steps[-1].fallback.argv[-1].endswith("linux-train-cpu-torch.txt")
    assert steps[-1].fallback_message


def test_plan_with_the_registrys_pair_asks_no_other_index() -> None:
    for command in commands(make_choice("linux", "train", "cpu", "registry"))[1:]:
        assert "--require-hashes" in command
        assert "--torch-backend" not in command


def test_plan_on_windows_with_nvidia_lets_uv_choose_the_cuda_of_the_driver() -> None:
    assert "--torch-backend=auto" in commands(make_choice("windows", "train", "cuda"))[-1]


@pytest.mark.parametrize(("platform", "tier", "build"), ALL)
def test_plan_of_every_choice_names_no_host_and_checks_hashes(platform: str, tier: str, build: str) -> None:
    venv, *installs = commands(make_choice(platform, tier, build))
    assert "--relocatable" in venv
    assert "--require-hashes" in installs[0]
    for command in installs:
        assert "://" not in command
        assert f"--python {python_in(FOLDER)}" in command


@pytest.mark.parametrize("tier", ["apply", "train"])
def test_plan_without_uv_uses_venv_and_pip_with_hashes(tier: str) -> None:
    venv, *installs = commands(make_choice("linux", tier, "cpu"), uv="")
    assert venv == f"/py/python3.12 -m venv {FOLDER}"
    for command in installs:
        assert command.startswith(f"{python_in(FOLDER)} -m pip install")
        assert "--require-hashes" in command


def test_directml_for_training_is_refused_with_the_remedy() -> None:
    with pytest.raises(UnsupportedChoiceError, match=r"only apply models.*'cpu' or 'cuda'"):
        make_choice("windows", "train", "directml")


@pytest.mark.parametrize(("platform", "build"), [("linux", "apple"), ("macos", "cuda"), ("../x", "cpu")])
def test_builds_of_other_systems_are_refused(platform: str, build: str) -> None:
    with pytest.raises(UnsupportedChoiceError, match="choose a tier"):
        make_choice(platform, "apply", build)


@pytest.mark.parametrize(
    ("system", "driver", "tier", "expected"),
    [
        ("linux", "", "train", "cpu"),
        ("linux", "580.1", "train", "cuda"),
        ("win32", "580.1", "apply", "cuda"),
        ("win32", "", "apply", "directml"),
        ("win32", "", "train", "cpu"),
        ("darwin", "", "train", "apple"),
    ],
)
def test_best_build_follows_what_the_machine_has(
    monkeypatch: pytest.MonkeyPatch, system: str, driver: str, tier: str, expected: str
) -> None:
    monkeypatch.setattr(machine.sys, "platform", system)
    monkeypatch.setattr(machine.platform, "machine", lambda: "arm64")
    monkeypatch.setattr(machine, "nvidia_driver", lambda: driver)
    assert machine.best_build(tier) == expected


def test_intel_mac_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.sys, "platform", "darwin")
    monkeypatch.setattr(machine.platform, "machine", lambda: "x86_64")
    with pytest.raises(UnsupportedChoiceError, match="Intel"):
        machine.platform_key()


def test_running_python_is_never_the_program_that_embeds_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "qgis-bin"))
    found = machine.running_python()
    assert Path(found).name.startswith("python")
    assert machine.ask_version(found) == sys.version_info[:2]


def test_running_python_where_none_is_beside_the_library_is_empty(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("base_prefix", "base_exec_prefix"):
        monkeypatch.setattr(sys, name, str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "qgis-bin.exe"))
    assert machine.running_python() == ""


def test_clean_environment_drops_what_qgis_sets_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONHOME", "PYTHONPATH", "PROJ_LIB", "GDAL_DATA"):
        monkeypatch.setenv(name, "/qgis")
    monkeypatch.setenv("HTTPS_PROXY", "kept")
    environment = machine.clean_environment()
    assert environment["HTTPS_PROXY"] == "kept"
    assert not {"PYTHONHOME", "PYTHONPATH", "PROJ_LIB", "GDAL_DATA"} & set(environment)


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def test_find_uv_prefers_path_and_passes_over_one_that_is_too_old(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    on_path = script(tmp_path / "path" / "uv", "echo 'uv 0.13.8 (x)'\n")
    own = script(tmp_path / "tools" / "bin" / "uv", "echo 'uv 0.13.8'\n")
    monkeypatch.setenv("PATH", f"{on_path.parent}:/usr/bin:/bin")
    assert uv_tool.find_uv(tmp_path / "tools") == str(on_path)
    script(on_path, "echo 'uv 0.1.0'\n")
    assert uv_tool.find_uv(tmp_path / "tools") == str(own)
    script(own, "exit 1\n")
    assert uv_tool.find_uv(tmp_path / "tools") == ""


def test_fetch_command_installs_beside_and_checks_hashes(tmp_path: Path) -> None:
    command = uv_tool.fetch_command("/usr/bin/python3", tmp_path)
    assert command[:4] == ["/usr/bin/python3", "-m", "pip", "install"]
    assert command[command.index("--target") + 1] == str(tmp_path)
    assert "--require-hashes" in command
    assert Path(command[-1]).is_file()
