"""Parts of networks that the libraries lack, or have in a form that ONNX or a single chip does not allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from segmentation_models_pytorch.base.modules import Conv2dReLU
from segmentation_models_pytorch.decoders.unet.decoder import UnetDecoder
from timm.layers.norm_act import BatchNormAct2d
from torch import Tensor, nn
from torch.nn import functional


def resize(image: Tensor, like: Tensor) -> Tensor:
    """Bring (batch, channels, height, width) to the height and width of ``like``, bilinearly."""
    return functional.interpolate(image, size=like.shape[-2:], mode="bilinear", align_corners=False)


class Segmenter(nn.Module):
    """A backbone, what joins its features, and a head; the output has the size of the input.

    Args:
        encoder: image to a list of features, the image first, from fine to coarse.
        decoder: that list to what the head takes.
        head: to (batch, outputs, height, width) of any size.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.encoder, self.decoder, self.head = encoder, decoder, head

    def forward(self, image: Tensor) -> Tensor:
        """Return (batch, outputs, height, width) for (batch, bands, height, width)."""
        return resize(self.head(self.decoder(self.encoder(image))), image)


class Coarsest(nn.Module):
    """Take the coarsest features alone."""

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Return the last features."""
        return features[-1]


class Named(nn.Module):
    """Give some of the features names, as heads of torchvision want them; ``places`` is name to place."""

    def __init__(self, places: Mapping[str, int]) -> None:
        super().__init__()
        self.places = dict(places)

    def forward(self, features: Sequence[Tensor]) -> dict[str, Tensor]:
        """Return the features by name."""
        return {name: features[place] for name, place in self.places.items()}


class Joined(nn.Module):
    """Bring features of several scales to the size of the finest, and put them side by side.

    Args:
        count: how many of the features are taken, from the coarsest on.
    """

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Return (batch, sum of the channels, height, width)."""
        taken = list(features[-self.count :])
        return torch.cat([taken[0], *(resize(item, taken[0]) for item in taken[1:])], dim=1)


class Pyramid(nn.Module):
    """Pyramid pooling: features beside their averages over grids of several sizes.

    Zhao et al. 2017, https://arxiv.org/abs/1612.01105

    Attributes:
        channels: of the output.
    """

    def __init__(self, channels: int, sizes: Sequence[int]) -> None:
        super().__init__()
        each = max(channels // len(sizes), 1)
        # A single average has no variance to be normalised by.
        norms = ["identity" if size == 1 else "batchnorm" for size in sizes]
        self.levels = nn.ModuleList(
            nn.Sequential(nn.AdaptiveAvgPool2d(size), Conv2dReLU(channels, each, 1, use_norm=norm))
            for size, norm in zip(sizes, norms, strict=True)
        )
        self.channels = channels + each * len(sizes)

    def forward(self, feature: Tensor) -> Tensor:
        """Return (batch, channels, height, width) of the height and width of ``feature``."""
        return torch.cat([feature, *(resize(level(feature), feature) for level in self.levels)], dim=1)


class PyramidDecoder(nn.Sequential):
    """The decoder of a plain PSPNet: the coarsest features through pyramid pooling to ``out`` channels."""

    def __init__(self, channels: int, sizes: Sequence[int], out: int = 512) -> None:
        pyramid = Pyramid(channels, sizes)
        super().__init__(Coarsest(), pyramid, Conv2dReLU(pyramid.channels, out, 1), nn.Dropout2d(0.2))


class PyramidUnetDecoder(nn.Module):
    """Pyramid pooling at the bottom of a U-Net's decoder."""

    def __init__(self, channels: Sequence[int], sizes: Sequence[int], out: Sequence[int]) -> None:
        super().__init__()
        pyramid = Pyramid(channels[-1], sizes)
        self.bottom = nn.Sequential(pyramid, Conv2dReLU(pyramid.channels, channels[-1], 1))
        self.unet = UnetDecoder(list(channels), list(out), n_blocks=len(out))

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Return (batch, last of ``out``, height, width) of the input's size."""
        return self.unet([*features[:-1], self.bottom(features[-1])])  # type: ignore[no-any-return]


class AdaptivePool(nn.Module):
    """Average over ``rows`` x ``columns`` bins that cover the input, as torch's adaptive average pooling does.

    ONNX has that for inputs of one size only; in a file the averages are two products of matrices that are
    made for the input's size, and give the same numbers for every size.
    """

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.size = (rows, columns)

    def forward(self, feature: Tensor) -> Tensor:
        """Return (batch, channels, rows, columns)."""
        if not torch.onnx.is_in_onnx_export():
            return functional.adaptive_avg_pool2d(feature, self.size)
        rows, columns = (_shares(feature.shape[axis], self.size[axis - 2], feature) for axis in (2, 3))
        return rows @ feature @ columns.transpose(0, 1)


def _shares(length: int, bins: int, like: Tensor) -> Tensor:
    """Return (bins, length): what share each place has in the average of each bin; bins may overlap."""
    number = torch.arange(bins, device=like.device)[:, None]
    place = torch.arange(length, device=like.device)[None]
    start = torch.div(number * length, bins, rounding_mode="floor")
    stop = torch.div((number + 1) * length + bins - 1, bins, rounding_mode="floor")
    inside = ((place >= start) & (place < stop)).to(like.dtype)
    return inside / (stop - start).to(like.dtype)


class _Patient:
    """Batch normalisation that goes on with what it knows where a batch has one value a channel.

    That is so behind global pooling with a single chip, and in the coarsest features of small chips; torch
    refuses it, because one value has no variance.
    """

    def forward(self: Any, values: Tensor) -> Tensor:
        if not self.training or values.numel() > values.shape[1]:
            return super().forward(values)  # type: ignore[misc, no-any-return]
        self.training = False
        try:
            return super().forward(values)  # type: ignore[misc, no-any-return]
        finally:
            self.training = True


class PatientBatchNorm(_Patient, nn.BatchNorm2d):
    """torch's, for a single value a channel, too."""


class PatientBatchNormAct(_Patient, BatchNormAct2d):
    """timm's with its activation, for a single value a channel, too."""


_PATIENT: dict[type, type] = {nn.BatchNorm2d: PatientBatchNorm, BatchNormAct2d: PatientBatchNormAct}


def make_robust(network: nn.Module) -> nn.Module:
    """Let a network take single chips in training, and its pooling be written as ONNX for any size.

    Weights and the names of tensors stay as they are.
    """
    for module in list(network.modules()):
        if type(module) in _PATIENT:
            # The same object with all it holds (devices, dtypes, hooks), with another forward.
            module.__class__ = _PATIENT[type(module)]
        for name, child in module.named_children():
            if isinstance(child, nn.AdaptiveAvgPool2d):
                size = child.output_size
                rows, columns = size if isinstance(size, tuple) else (size, size)
                # Exporters know the average over everything.
                if rows is not None and columns is not None and (rows, columns) != (1, 1):
                    setattr(module, name, AdaptivePool(rows, columns))
    return network
