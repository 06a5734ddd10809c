"""What a model file says about itself: read and written as JSON under one key of the ONNX metadata."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from .classes import ClassInfo, classes_from_dicts

METADATA_KEY = "swath"


@dataclass(frozen=True)
class GraphInput:
    """One named input of a graph: which bands of which picture it takes (1-based)."""

    name: str
    bands: tuple[int, ...]
    band_names: tuple[str, ...] = ()
    role: str = "image"
    time: int | None = None


@dataclass(frozen=True)
class GraphInfo:
    """One ONNX graph of a model: its file, its inputs, its outputs' names."""

    file: str
    inputs: tuple[GraphInput, ...]
    outputs: tuple[str, ...] = ("output",)


@dataclass(frozen=True)
class ModelInfo:
    """All that applying needs to know of a model.

    Attributes:
        classes: in the order of the output channels; value 0 is the background where it is learnt.
        tile_size: side of the training chips in pixels; ``tile_multiple``: sides must divide by it;
            ``fixed_tile``: no other size works.
        cell_size: pixel size of the training chips in map units (empty without georeference).
        resize: factor of lengths in pixels between rasters and what the network saw of them (RESIZE_TO); 1: none.
        padding: default overlap on each side, in pixels.
        dtype: pixel type of the training chips.
        threshold: of a class or an object to count, 0 where the model names none; of detection models the one with
            the best F1 score in the validation.
        overlap: of detection models, the IoU above which one of two objects in a tile goes.
        training: summary for people (epochs, seed, versions, metrics ...).
    """

    task: str
    model_type: str
    backbone: str
    graphs: tuple[GraphInfo, ...]
    classes: tuple[ClassInfo, ...]
    tile_size: int
    padding: int
    tile_multiple: int = 32
    fixed_tile: bool = False
    cell_size: tuple[float, ...] = ()
    resize: float = 1.0
    dtype: str = "uint8"
    threshold: float = 0.0
    overlap: float = 0.0
    activation: str = "softmax"
    version: str = ""
    training: dict[str, Any] = field(default_factory=dict)

    @property
    def bands(self) -> tuple[int, ...]:
        """Return the bands of the first input of the first graph (1-based)."""
        return self.graphs[0].inputs[0].bands

    def to_json(self) -> str:
        """Return one JSON document."""
        values = asdict(self)
        values["classes"] = [item.to_dict() for item in self.classes]
        return json.dumps(values)

    @classmethod
    def from_json(cls, text: str) -> ModelInfo:
        """Read the document; unknown keys of later versions are left out.

        Raises:
            ValueError, KeyError, TypeError: where it is not such a document.
        """
        values = dict(json.loads(text))
        graphs = []
        for graph in values["graphs"]:
            inputs = tuple(
                GraphInput(
                    str(item["name"]),
                    tuple(int(band) for band in item["bands"]),
                    tuple(str(name) for name in item.get("band_names", ())),
                    str(item.get("role", "image")),
                    item.get("time"),
                )
                for item in graph["inputs"]
            )
            graphs.append(GraphInfo(str(graph["file"]), inputs, tuple(graph.get("outputs", ("output",)))))
        values["graphs"] = tuple(graphs)
        values["classes"] = classes_from_dicts(values["classes"])
        values["resize"] = float(values.get("resize", 1.0))
        values["cell_size"] = tuple(float(size) for size in values.get("cell_size", ()))
        names = set(cls.__dataclass_fields__)
        return cls(**{name: value for name, value in values.items() if name in names})
