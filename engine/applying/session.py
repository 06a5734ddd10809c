"""One small interface over onnxruntime, so that another runtime or number format can take its place."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from ..errors import CancelledError, OutOfMemoryError
from .problems import ModelFailedError, NoProcessorError

Floats = npt.NDArray[np.float32]
Shape = tuple[int | None, ...]

# In the order of preference; the names are onnxruntime's.
_GPU_PROVIDERS = {
    "CUDAExecutionProvider": "CUDA",
    "DmlExecutionProvider": "DirectML",
    "CoreMLExecutionProvider": "CoreML",
}
_CPU = "CPUExecutionProvider"
_ERRORS_ONLY = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Processor:
    """What to compute on: ``kind`` is AUTO, CPU or GPU; 0 threads takes all cores."""

    kind: str = "AUTO"
    gpu_id: int = 0
    threads: int = 0


class ModelSession:
    """A model ready to run.

    Attributes:
        path: the ONNX file.
        used: what it runs on, for people ("CPU", "CUDA, GPU 0" ...).
        note: why it is not what was asked for, or "".
        input_shape: (batch, bands, height, width), None where free.
        output_shapes: the same of each output by its name, in the order of the graph.

    Raises:
        ModelFailedError: onnxruntime cannot load the file.
        NoProcessorError: a GPU was asked for and cannot be used.
    """

    def __init__(self, onnx: Path, processor: Processor) -> None:
        self.path = onnx
        self._run_options = ort.RunOptions()
        self._run_options.log_severity_level = _ERRORS_ONLY
        self._stopped = False
        self.note = ""
        self._session = self._open(processor)
        first = self._session.get_providers()[0]
        self.used = f"{_GPU_PROVIDERS[first]}, GPU {processor.gpu_id}" if first in _GPU_PROVIDERS else "CPU"
        image = self._session.get_inputs()[0]
        self._input, self.input_shape = image.name, _shape(image.shape)
        self.output_shapes = {item.name: _shape(item.shape) for item in self._session.get_outputs()}

    @property
    def output_shape(self) -> Shape:
        """Return the shape of the first output: (batch, classes, height, width), None where free."""
        return next(iter(self.output_shapes.values()))

    def _open(self, processor: Processor) -> Any:
        wanted = _gpu_provider() if processor.kind != "CPU" else None
        if wanted is None and processor.kind == "GPU":
            raise NoProcessorError(detail="its onnxruntime is built for the CPU only")
        if wanted is not None:
            try:
                session = self._load([(wanted, _provider_options(wanted, processor.gpu_id)), _CPU], wanted, processor)
            except ModelFailedError as error:
                session, problem = None, str(error)
            else:
                problem = "onnxruntime could not start it"
            if session is not None and session.get_providers()[0] == wanted:
                return session
            if processor.kind == "GPU":
                raise NoProcessorError(detail=f"{_GPU_PROVIDERS[wanted]} failed: {problem}")
            self.note = f"The GPU ({_GPU_PROVIDERS[wanted]}) cannot be used, so the CPU is: {problem}"
        return self._load([_CPU], _CPU, processor)

    def _load(self, providers: list[Any], first: str, processor: Processor) -> Any:
        options = ort.SessionOptions()
        options.log_severity_level = _ERRORS_ONLY
        options.intra_op_num_threads = processor.threads
        # Idle threads must not keep cores busy that reading and writing need.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        if first == "DmlExecutionProvider":
            # DirectML asks for both.
            options.enable_mem_pattern = False
            options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        try:
            return ort.InferenceSession(str(self.path), options, providers=providers)
        except Exception as error:  # onnxruntime's errors have no common class
            raise ModelFailedError(path=self.path, detail=_short(error)) from error

    def run(self, batch: Floats) -> Floats:
        """Compute (batch, bands, height, width) to the first output, (batch, classes, height, width); both float32.

        Raises:
            CancelledError: :meth:`stop` was called.
            OutOfMemoryError: the batch is too large for the memory.
            ModelFailedError: the graph cannot take this shape or fails.
        """
        return np.asarray(self._compute([next(iter(self.output_shapes))], batch)[0], np.float32)

    def run_all(self, batch: Floats) -> dict[str, npt.NDArray[Any]]:
        """Compute all outputs, by name; raises as :meth:`run` does."""
        names = list(self.output_shapes)
        return dict(zip(names, self._compute(names, batch), strict=True))

    def _compute(self, names: list[str], batch: Floats) -> list[npt.NDArray[Any]]:
        try:
            found: list[npt.NDArray[Any]] = self._session.run(names, {self._input: batch}, self._run_options)
        except Exception as error:  # onnxruntime's errors have no common class
            if self._stopped:
                raise CancelledError(what="the work of the network") from error
            text = _short(error)
            if "alloc" in text.lower() or "out of memory" in text.lower():
                how = f"tiles of {batch.shape[3]} x {batch.shape[2]} pixels, {batch.shape[0]} at once"
                raise OutOfMemoryError(how=how, log="none") from error
            raise ModelFailedError(path=self.path, detail=text) from error
        return found

    def stop(self) -> None:
        """Make a running :meth:`run` end soon; from any thread."""
        self._stopped = True
        self._run_options.terminate = True


def _gpu_provider() -> str | None:
    if hasattr(ort, "preload_dlls") and "CUDAExecutionProvider" in ort.get_available_providers():
        # Finds the CUDA libraries that were installed as Python packages.
        ort.preload_dlls()
    return next((name for name in _GPU_PROVIDERS if name in ort.get_available_providers()), None)


def _provider_options(provider: str, gpu_id: int) -> dict[str, Any]:
    if provider == "CUDAExecutionProvider":
        # An exhaustive search for each new shape would cost more than it gains; memory grows as needed.
        return {
            "device_id": gpu_id,
            "cudnn_conv_algo_search": "HEURISTIC",
            "arena_extend_strategy": "kSameAsRequested",
        }
    return {"device_id": gpu_id} if provider == "DmlExecutionProvider" else {}


def _shape(shape: list[Any]) -> Shape:
    return tuple(side if isinstance(side, int) and side > 0 else None for side in shape)


def _short(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    _log.warning("onnxruntime: %s", text)
    return text[:200].rstrip(" .:;,")
