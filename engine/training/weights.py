"""Weights for a backbone: from the library's hub, a file or a folder, and for any number of bands."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from ..models import NetworkSpec
from .problems import BadWeightsError, NoLibraryWeightsError, WeightsUnavailableError

# Loaded weights are made for red, green and blue.
_COLOURS = 3
_LEAST_MATCH = 0.8
_SUFFIXES = (".safetensors", ".pth", ".pt", ".bin")
_SECONDS = 10
_FILE = "model.safetensors"


def load_weights(encoder: nn.Module, name: str, spec: NetworkSpec) -> None:
    """Put the weights that ``spec`` asks for into its backbone; the first layer is made to fit its bands.

    Args:
        encoder: the backbone, built for the spec's bands with random weights.
        name: of the backbone in segmentation_models_pytorch.
        spec: what is built.

    Raises:
        BadWeightsError: where the file is missing, unreadable, no plain tensors, or of another network.
        WeightsUnavailableError, NoLibraryWeightsError: where the library's weights cannot be had.
    """
    path = library_file(name, spec.backbone) if spec.weights == "DEFAULT" else find_file(spec.weights, spec.backbone)
    state = encoder.state_dict()
    first = first_layer(state, spec.bands)
    loaded = matching(read_tensors(path, spec.backbone), state, first)
    parameters = [name for name, value in state.items() if value.ndim > 0]
    share = sum(name in loaded for name in parameters) / max(len(parameters), 1)
    if share < _LEAST_MATCH:
        detail = f"only {share:.0%} of its {len(parameters)} tensors are in the file with the right shape"
        raise BadWeightsError(path=path, backbone=spec.backbone, detail=detail)
    if first not in loaded:
        raise BadWeightsError(path=path, backbone=spec.backbone, detail="its first layer is not for 3 bands")
    loaded[first] = _first_weights(loaded[first], state[first], spec)
    # The encoders' own load_state_dict drop classifier keys and insist on them; the plain one is what we need.
    nn.Module.load_state_dict(encoder, state | loaded)


def first_layer(state: Mapping[str, Tensor], bands: int) -> str:
    """Return the name of the weights that take in the bands: the first that convolve so many."""
    return next(name for name, value in state.items() if value.ndim == 4 and value.shape[1] == bands)


def _first_weights(loaded: Tensor, new: Tensor, spec: NetworkSpec) -> Tensor:
    """Return the first layer's weights (filters, bands, rows, columns) for the bands of the spec."""
    if spec.weight_init == "ALL_RANDOM":
        return new
    if loaded.shape == new.shape:
        return loaded
    if spec.bands < _COLOURS:
        # What the filters would give for a picture whose missing colours are like the ones there.
        return loaded[:, : spec.bands] * (_COLOURS / 2) if spec.bands > 1 else loaded.sum(1, keepdim=True)
    weights = new.clone()
    weights[:, :_COLOURS] = loaded
    if spec.weight_init == "RED_BAND":
        weights[:, _COLOURS:] = loaded[:, :1]
    return weights


def find_file(text: str, backbone: str) -> Path:
    """Return the file of weights that a path names; raise BadWeightsError where there is none or a choice.

    In a folder ``model.safetensors`` comes first, then the best epoch of one of our trainings, a file with
    the backbone's name, or the only one; safetensors before PyTorch's own files.
    """
    path = Path(text)
    if path.is_file():
        return path
    if not path.is_dir():
        raise BadWeightsError(path=path, backbone=backbone, detail="there is no such file")
    for suffix in _SUFFIXES:
        files = sorted(item for item in path.glob(f"*{suffix}") if item.is_file())
        for fits in (
            [item for item in files if item.stem == "model"],
            [item for item in files if item.stem.endswith("_best")],
            [item for item in files if _bare(backbone) in item.stem],
            files,
        ):
            if len(fits) == 1:
                return fits[0]
        if files:
            detail = f"the folder holds {len(files)} files of weights, name one of them"
            raise BadWeightsError(path=path, backbone=backbone, detail=detail)
    raise BadWeightsError(path=path, backbone=backbone, detail="the folder holds no .safetensors and no .pth file")


def read_tensors(path: Path, backbone: str) -> dict[str, Tensor]:
    """Return the tensors of a file by name; raise BadWeightsError where it holds anything else."""
    try:
        if path.suffix == ".safetensors":
            state: Any = load_file(path)
        else:
            # Only plain tensors: a pickle from elsewhere may run code.
            state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        reason = " ".join(str(error).split())[:120].rstrip(" .:;,") or type(error).__name__
        if path.suffix != ".safetensors" and "weights_only" in str(error).lower():
            reason = "it is a pickle with more than plain tensors, which may run code"
        raise BadWeightsError(path=path, backbone=backbone, detail=f"it cannot be read ({reason})") from error
    for key in ("state_dict", "model", "model_state_dict"):
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            state = state[key]
    if not isinstance(state, dict):
        raise BadWeightsError(path=path, backbone=backbone, detail="it holds no names")
    return {name: value for name, value in state.items() if isinstance(name, str) and isinstance(value, Tensor)}


def matching(state: Mapping[str, Tensor], wanted: Mapping[str, Tensor], first: str) -> dict[str, Tensor]:
    """Return the tensors that a network wants, under its names; ``first`` may be for three bands.

    Names may have a prefix (``encoder.``, ``model.`` ...), and "." and "_" count as one, because timm
    joins the names of a backbone in another way than those of the whole network.
    """
    names = {name.replace(".", "_"): name for name in wanted}
    shapes = {name: {tuple(value.shape)} for name, value in wanted.items()}
    filters, _, *kernel = wanted[first].shape
    shapes[first].add((filters, _COLOURS, *kernel))
    best: dict[str, Tensor] = {}
    for cut in ("", "encoder.", "network.encoder.", "backbone.", "module.", "model."):
        for add in ("", "model_"):
            found = {}
            for key, value in state.items():
                name = names.get(add + key[len(cut) :].replace(".", "_")) if key.startswith(cut) else None
                if name is not None and tuple(value.shape) in shapes[name]:
                    found[name] = value
            best = max(best, found, key=len)
    return best


def own_folder() -> Path:
    """Return where weights may be put by hand, as ``BACKBONE.safetensors``, for machines without a network."""
    return Path(torch.hub.get_dir()) / "checkpoints"


def library_file(name: str, backbone: str) -> Path:
    """Return the file of the library's weights: put there by hand, downloaded before, or now.

    Raises:
        NoLibraryWeightsError: where the library has none.
        WeightsUnavailableError: where they cannot be downloaded.
    """
    by_hand = [own_folder() / (_bare(backbone) + suffix) for suffix in _SUFFIXES]
    for path in by_hand:
        if path.is_file():
            return path
    repository, revision = _source(name, backbone)
    try:
        return Path(_download(repository, revision))
    except Exception as error:
        reason = " ".join(str(error).split())[:80].rstrip(" .:;,") or type(error).__name__
        raise WeightsUnavailableError(
            backbone=backbone, detail=reason, source=f"{_FILE} of {repository}", path=by_hand[0]
        ) from error


def _source(name: str, backbone: str) -> tuple[str, str | None]:
    """Return the repository and revision at which the hub keeps the weights of a backbone."""
    import segmentation_models_pytorch as smp  # noqa: PLC0415
    import timm  # noqa: PLC0415

    if name.startswith("tu-"):
        settings = timm.models.get_pretrained_cfg(name.removeprefix("tu-"), allow_unregistered=True)
        repository, revision = getattr(settings, "hf_hub_id", None), None
        if repository and "@" in repository:
            repository, revision = repository.split("@", 1)
    else:
        found = smp.encoders.encoders[name]["pretrained_settings"].get("imagenet", {})
        repository, revision = found.get("repo_id"), found.get("revision")
    if not repository:
        raise NoLibraryWeightsError(backbone=backbone)
    return repository, revision


def _download(repository: str, revision: str | None) -> str:
    """Return the file from the library's cache or its hub; one quick question first, whether there is a network."""
    import huggingface_hub as hub  # noqa: PLC0415
    from huggingface_hub.utils.tqdm import disable_progress_bars  # noqa: PLC0415

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    with disable_progress_bars():
        try:
            return hub.hf_hub_download(repository, _FILE, revision=revision, local_files_only=True)
        except hub.errors.LocalEntryNotFoundError:
            # The library tries five times over half a minute before it says that there is no network.
            hub.get_session().head(hub.constants.ENDPOINT, timeout=_SECONDS)
            return hub.hf_hub_download(repository, _FILE, revision=revision)


def _bare(backbone: str) -> str:
    return backbone.removeprefix("timm:")
