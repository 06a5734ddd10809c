"""Which processor is used, and what is said about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnxruntime
import pytest
from apply_models import Collector, classify, info, random_pixels, write_model, write_raster

from swath.engine.applying.session import ModelSession, Processor
from swath.engine.errors import EnvironmentProblem


class Session:
    """Stands for onnxruntime's, on a machine with a GPU that works or not."""

    works = True
    seen: list[Any] = []  # noqa: RUF012 - cleared by the fixture

    def __init__(self, path: str, options: Any, providers: list[Any]) -> None:
        self._first = providers[0] if isinstance(providers[0], str) else providers[0][0]
        self.seen.append(providers[0])
        if self._first != "CPUExecutionProvider" and not self.works:
            raise RuntimeError("no driver")

    def get_providers(self) -> list[str]:
        return [self._first]

    def get_inputs(self) -> list[Any]:
        return [type("Input", (), {"name": "image", "shape": ["batch", 3, 64, "width"]})]

    get_outputs = get_inputs


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> type[Session]:
    names = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: names)
    monkeypatch.setattr(onnxruntime, "preload_dlls", lambda: None, raising=False)
    monkeypatch.setattr(onnxruntime, "InferenceSession", Session)
    Session.works, Session.seen = True, []
    return Session


def test_auto_and_gpu_take_the_gpu_of_the_number_given(gpu: type[Session]) -> None:
    for kind in ("AUTO", "GPU"):
        session = ModelSession(Path("x.onnx"), Processor(kind, gpu_id=1))
        assert session.used == "CUDA, GPU 1"
        assert session.note == ""
        assert gpu.seen[-1][1]["device_id"] == 1
    assert session.input_shape == (None, 3, 64, None)


def test_cpu_asks_for_no_gpu(gpu: type[Session]) -> None:
    assert ModelSession(Path("x.onnx"), Processor("CPU")).used == "CPU"
    assert gpu.seen == ["CPUExecutionProvider"]


def test_auto_with_a_broken_gpu_falls_back_and_says_why(gpu: type[Session]) -> None:
    gpu.works = False
    session = ModelSession(Path("x.onnx"), Processor("AUTO"))
    assert session.used == "CPU"
    assert "no driver" in session.note


def test_gpu_that_is_broken_is_refused(gpu: type[Session]) -> None:
    gpu.works = False
    with pytest.raises(EnvironmentProblem, match=r"CUDA failed: .*no driver"):
        ModelSession(Path("x.onnx"), Processor("GPU"))


def test_processor_used_is_told(tmp_path: Path) -> None:
    write_model(tmp_path / "tiny.onnx", info())
    write_raster(tmp_path / "raster.tif", random_pixels(40, 40))
    reporter = Collector()
    result, _ = classify(tmp_path, reporter=reporter, processor="CPU")
    assert result["processor"] == "CPU"
    assert "The model runs on: CPU." in reporter.messages
    # Reading and writing overlap with the network, which is what counts.
    assert 0 < result["busy"] <= 1
