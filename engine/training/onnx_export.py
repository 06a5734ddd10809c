"""Write a trained network as ONNX, and prove that onnxruntime computes what torch does."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from .network import Graph
from .problems import ExportFailedError

OPSET = 17
# The file version that onnxruntime 1.17 reads at most.
_IR_VERSION = 9
_TOLERANCE = 1e-4
_AXES = {0: "batch", 2: "height", 3: "width"}


def export_onnx(
    graph: Graph, sample: torch.Tensor, multiple: int, path: Path, metadata: Mapping[str, str], *, fixed: bool = False
) -> float:
    """Write ``path`` and return the largest difference between onnxruntime and torch.

    Args:
        graph: raw pixel values to results; input ``image``, outputs as the graph names them.
        sample: real chips (batch, bands, height, width) in raw values, float32.
        path: of the ONNX file.
        multiple: sides are multiples of it; the second shape of the check is one higher and two wider.
        metadata: of the file, text to text.
        fixed: height and width stay as in the sample.

    Raises:
        ExportFailedError: where neither exporter gives a graph that agrees within 1e-4; no file is left.
    """
    graph = copy.deepcopy(graph).cpu().eval().to(memory_format=torch.contiguous_format)
    sample = sample.float().cpu()
    partial = path.with_name(path.name + ".partial")
    problems = []
    try:
        # The older exporter writes more networks rightly; the newer one those with adaptive pooling.
        for dynamo in (False, True):
            try:
                _write(graph, sample[:2], partial, dynamo=dynamo, fixed=fixed)
                _finish(partial, metadata)
                difference = _compare(graph, sample, multiple, partial, fixed=fixed)
            except OSError:  # a full disk is not the exporter's fault
                raise
            except Exception as error:  # noqa: BLE001 - exporters raise anything; the next one is tried, then it is told
                problems.append(" ".join(str(error).split())[:160] or type(error).__name__)
                continue
            if difference <= _TOLERANCE:
                partial.replace(path)
                return difference
            problems.append(f"onnxruntime and torch differ by {difference:.2g}")
    finally:
        partial.unlink(missing_ok=True)
    raise ExportFailedError(detail="; ".join(problems), folder=path.parent)


def _write(graph: Graph, sample: torch.Tensor, path: Path, *, dynamo: bool, fixed: bool) -> None:
    if not graph.batched:
        sample = sample[:1]
    elif len(sample) == 1:
        # The newer exporter takes a batch of one for a constant.
        sample = sample.repeat(2, 1, 1, 1)
    given = {0: "batch"} if fixed else _AXES
    axes = {axis: name for axis, name in given.items() if axis or graph.batched}
    named = {name: dict(free) for name, free in graph.outputs.items()}
    if fixed:
        named = {name: {axis: word for axis, word in free.items() if axis < 2} for name, free in named.items()}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if dynamo:
            torch.onnx.export(
                graph, (sample,), str(path), input_names=["image"], output_names=list(named), opset_version=OPSET,
                dynamo=True, external_data=False, verbose=False,
                dynamic_shapes={"image": dict.fromkeys(axes, torch.export.Dim.DYNAMIC)},
            )  # fmt: skip
        else:
            torch.onnx.export(
                graph, (sample,), str(path), input_names=["image"], output_names=list(named), opset_version=OPSET,
                dynamo=False, dynamic_axes={"image": axes, **named},
            )  # fmt: skip


def _finish(path: Path, metadata: Mapping[str, str]) -> None:
    model = onnx.load(path)
    model.ir_version = min(model.ir_version, _IR_VERSION)
    model.producer_name = "Swath"
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, dict(metadata))
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _compare(graph: Graph, sample: torch.Tensor, multiple: int, path: Path, *, fixed: bool) -> float:
    """Return the largest difference on the sample, on one chip, and on another shape and batch."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    trials = [sample[: 2 if graph.batched else 1], sample[:1]]
    if not fixed:
        # Mirrored at the edges, so that the values stay those of real chips.
        larger = torch.nn.functional.pad(sample[:1], (0, 2 * multiple, 0, multiple), "replicate")
        trials[1] = larger.repeat(3, 1, 1, 1) if graph.batched else larger
    worst = 0.0
    with torch.inference_mode():
        for trial in trials:
            expected = [value.numpy() for value in graph.results(trial)]
            found = session.run(list(graph.outputs), {"image": trial.numpy()})
            worst = max(worst, graph.difference(expected, found))
    return worst if np.isfinite(worst) else float("inf")
