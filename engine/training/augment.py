"""Random changes of training chips, a whole batch at once, on any number of bands."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Augmentation:
    """How far chips are changed; every strength is a maximum, drawn anew for each chip.

    Attributes:
        dihedral: quarter turns and mirror images, all eight alike.
        rotate: degrees to either side, with chance ``warp_chance``.
        zoom: factor of scale, from ``1 / zoom`` to ``zoom``, with the same chance.
        brightness, contrast: in standard deviations, and as a factor's logarithm.
        tint: brightness of single bands, in standard deviations.
        saturation: how far bands are pulled to their mean (1: to grey) or pushed away from it, with
            chance ``color_chance``; gain: contrast of single bands, as a factor's logarithm. Roofs and
            cars come in more colours than a few chips show. With more than ``color_bands`` bands the
            spectrum itself tells the class, and is left alone.
    """

    dihedral: bool = True
    warp_chance: float = 0.75
    rotate: float = 45.0
    zoom: float = 1.25
    brightness: float = 0.2
    contrast: float = 0.2
    tint: float = 0.1
    saturation: float = 0.8
    gain: float = 0.3
    color_chance: float = 0.8
    color_bands: int = 4

    def __call__(self, image: Tensor, target: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return changed copies; values of ``target`` stay what they are.

        Args:
            image: (batch, bands, height, width), standardised.
            target: (batch, height, width), whole numbers.
            generator: on the CPU; its state decides everything.
        """
        image, target = self._move(image, target, generator)
        return self._shade(self._color(image, generator), generator), target

    def _move(self, image: Tensor, target: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        count, _, height, width = image.shape
        theta = self._matrices(count, generator).to(image.device)
        # Turns are in pixels, not in the grid's -1 to 1, where chips are not square.
        aspect = torch.tensor([[1.0, height / width, 1.0], [width / height, 1.0, 1.0]], device=image.device)
        grid = functional.affine_grid(theta * aspect, [count, 1, height, width], align_corners=False)
        moved = functional.grid_sample(image, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
        labels = functional.grid_sample(
            target[:, None].float(), grid, mode="nearest", padding_mode="reflection", align_corners=False
        )
        return moved, labels[:, 0].to(target.dtype)

    def _matrices(self, count: int, generator: torch.Generator) -> Tensor:
        """Return one affine matrix a chip (count, 2, 3): mirror, turn, zoom, and a shift that zooming in allows."""
        draw = torch.rand(count, 7, generator=generator)
        turns = torch.floor(draw[:, 0] * 4) * (math.pi / 2) * self.dihedral
        mirror = torch.where((draw[:, 1] < 0.5) & self.dihedral, -1.0, 1.0)
        warped = (draw[:, 2] < self.warp_chance).float()
        angle = turns + (draw[:, 3] * 2 - 1) * math.radians(self.rotate) * warped
        scale = torch.exp((draw[:, 4] * 2 - 1) * math.log(self.zoom) * warped)
        cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
        room = (1 - scale).clamp(min=0)
        shift = (draw[:, 5:7] * 2 - 1) * room[:, None]
        first = torch.stack([cos * mirror, -sin, shift[:, 0]], dim=1)
        second = torch.stack([sin * mirror, cos, shift[:, 1]], dim=1)
        return torch.stack([first, second], dim=1)

    def _color(self, image: Tensor, generator: torch.Generator) -> Tensor:
        count, bands = image.shape[:2]
        if not 1 < bands <= self.color_bands:
            return image
        draw = torch.rand(count, bands + 2, generator=generator)
        changed = (draw[:, :1] < self.color_chance).float()
        factor = 1 + (draw[:, 1:2] * 2 - 1) * self.saturation * changed
        gain = torch.exp((draw[:, 2:] * 2 - 1) * self.gain * changed)
        factor, gain = factor[:, :, None, None].to(image.device), gain[:, :, None, None].to(image.device)
        grey = image.mean(dim=1, keepdim=True)
        return (grey + (image - grey) * factor) * gain

    def _shade(self, image: Tensor, generator: torch.Generator) -> Tensor:
        count, bands = image.shape[:2]
        draw = torch.rand(count, bands + 2, generator=generator).mul(2).sub(1).to(image.device)
        factor = torch.exp(draw[:, 0] * self.contrast)[:, None, None, None]
        lift = draw[:, 1:2] * self.brightness + draw[:, 2:] * self.tint
        middle = image.mean(dim=(2, 3), keepdim=True)
        return (image - middle) * factor + middle + lift[:, :, None, None]


def mix(image: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, float]:
    """Blend each chip with another of the batch (mixup): return the blend, the partners, the first's share.

    Zhang et al. 2018, https://arxiv.org/abs/1710.09412; the share is at least a half.
    """
    partners = torch.randperm(len(image), generator=generator)
    draw = float(torch.rand(1, generator=generator))
    # Beta(0.4, 0.4) has its mass near 0 and 1; this arcsine law is near to it and needs one draw.
    share = 0.5 + 0.5 * math.sin(math.pi / 2 * draw)
    return share * image + (1 - share) * image[partners.to(image.device)], partners, share


AUGMENTATIONS: dict[str, Augmentation | None] = {"DEFAULT": Augmentation(), "NONE": None}
