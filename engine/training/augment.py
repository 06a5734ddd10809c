"""Random changes of training chips, a whole batch at once, on any number of bands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional

Range = tuple[float, float]


class Movable(Protocol):
    """Targets of a batch that are cut and moved as their pictures are.

    ``padding`` says what lies beyond a picture: "reflection", or "zeros" (the mean), where nothing may be seen twice.
    """

    padding: str

    def crop(self, tops: Sequence[int], lefts: Sequence[int], height: int, width: int) -> Movable:
        """Return what windows of one size show, one a picture."""

    def move(self, theta: Tensor, grid: Tensor) -> Movable:
        """Return the targets after affine changes.

        Args:
            theta: (batch, 2, 3) from places in the result to places in the source, both from -1 to 1.
            grid: (batch, h, w, 2) those places for every pixel.
        """


@dataclass(frozen=True)
class PixelLabels:
    """Whole numbers for each pixel, (batch, height, width)."""

    values: Tensor
    padding = "reflection"

    def crop(self, tops: Sequence[int], lefts: Sequence[int], height: int, width: int) -> PixelLabels:
        """Return windows."""
        places = zip(self.values, tops, lefts, strict=True)
        return PixelLabels(torch.stack([each[top : top + height, left : left + width] for each, top, left in places]))

    def move(self, theta: Tensor, grid: Tensor) -> PixelLabels:
        """Return the nearest pixels' numbers."""
        each = self.values[:, None].float()
        moved = functional.grid_sample(each, grid, mode="nearest", padding_mode=self.padding, align_corners=False)
        return PixelLabels(moved[:, 0].to(self.values.dtype))


@dataclass(frozen=True)
class Augmentation:
    """How far chips are changed; every strength is drawn anew for each chip.

    Attributes:
        dihedral: quarter turns and mirror images, all eight alike, with chance ``dihedral_chance``.
        rotate: degrees to either side at most, with chance ``warp_chance``.
        zoom: least and greatest factor by which things get larger, with chance ``zoom_chance``; -1: where
            the chip is turned, too.
        brightness: least and greatest shift in standard deviations, with chance ``brightness_chance``.
        contrast: least and greatest factor around the chip's mean, with chance ``contrast_chance``.
        tint: shift of single bands, in standard deviations.
        saturation: how far bands are pulled to their mean (1: to grey) or pushed away from it, with
            chance ``color_chance``; gain: contrast of single bands, as a factor's logarithm. Roofs and
            cars come in more colours than a few chips show. With more than ``color_bands`` bands the
            spectrum itself tells the class, and is left alone.
        crop: sides of the piece that is cut out (0: none), at a random place with chance ``crop_chance``,
            else from the middle; ``crop_rows`` and ``crop_columns`` bound the place: 0 is the first row that
            goes, 1 the last.
    """

    dihedral: bool = True
    dihedral_chance: float = 1.0
    warp_chance: float = 0.75
    rotate: float = 45.0
    zoom: Range = (0.8, 1.25)
    zoom_chance: float = -1.0
    brightness: Range = (-0.2, 0.2)
    brightness_chance: float = 1.0
    contrast: Range = (1 / 1.22, 1.22)
    contrast_chance: float = 1.0
    tint: float = 0.1
    saturation: float = 0.8
    gain: float = 0.3
    color_chance: float = 0.8
    color_bands: int = 4
    crop: int = 0
    crop_chance: float = 1.0
    crop_rows: Range = (0.0, 1.0)
    crop_columns: Range = (0.0, 1.0)

    def __call__(self, image: Tensor, target: Any, generator: torch.Generator) -> tuple[Tensor, Any]:
        """Return changed copies; values of ``target`` stay what they are.

        Args:
            image: (batch, bands, height, width), standardised.
            target: (batch, height, width) whole numbers, or anything else that is ``Movable``.
            generator: on the CPU; its state decides everything.
        """
        movable: Movable = PixelLabels(target) if isinstance(target, Tensor) else target
        # In half precision, pixels of a picture of 512 would come from up to half a pixel beside their place.
        with torch.autocast(image.device.type, enabled=False):
            image = image.float()
            if self.crop:
                image, movable = self._cut(image, movable, generator)
            image, movable = self._move(image, movable, generator)
            moved = movable.values if isinstance(movable, PixelLabels) else movable
            return self._shade(self._color(image, generator), generator), moved

    def _cut(self, image: Tensor, target: Movable, generator: torch.Generator) -> tuple[Tensor, Movable]:
        """Cut a piece out of each chip; all pieces are as large."""
        height, width = (min(self.crop, side) for side in image.shape[2:])
        draw = torch.rand(len(image), 3, generator=generator).tolist()
        images, tops, lefts = [], [], []
        for number, (chance, row, column) in enumerate(draw):
            moved = chance < self.crop_chance
            down, right = image.shape[2] - height, image.shape[3] - width
            tops.append(_place(row, self.crop_rows, down) if moved else down // 2)
            lefts.append(_place(column, self.crop_columns, right) if moved else right // 2)
            images.append(image[number, :, tops[-1] : tops[-1] + height, lefts[-1] : lefts[-1] + width])
        return torch.stack(images), target.crop(tops, lefts, height, width)

    def _move(self, image: Tensor, target: Movable, generator: torch.Generator) -> tuple[Tensor, Movable]:
        count, _, height, width = image.shape
        matrices = self._matrices(count, generator)
        if not (self.dihedral or self.rotate or self.zoom != (1.0, 1.0)):
            return image, target
        # Turns are in pixels, not in the grid's -1 to 1, where chips are not square.
        aspect = torch.tensor([[1.0, height / width, 1.0], [width / height, 1.0, 1.0]], device=image.device)
        theta = matrices.to(image.device) * aspect
        grid = functional.affine_grid(theta, [count, 1, height, width], align_corners=False)
        moved = functional.grid_sample(image, grid, mode="bilinear", padding_mode=target.padding, align_corners=False)
        return moved, target.move(theta, grid)

    def _matrices(self, count: int, generator: torch.Generator) -> Tensor:
        """Return one affine matrix a chip (count, 2, 3): mirror, turn, zoom, and a shift that zooming in allows."""
        draw = torch.rand(count, 9, generator=generator)
        flipped = (draw[:, 8] < self.dihedral_chance) & self.dihedral
        turns = torch.floor(draw[:, 0] * 4) * (math.pi / 2) * flipped
        mirror = torch.where((draw[:, 1] < 0.5) & flipped, -1.0, 1.0)
        warped = draw[:, 2] < self.warp_chance
        zoomed = warped if self.zoom_chance < 0 else draw[:, 7] < self.zoom_chance
        angle = turns + (draw[:, 3] * 2 - 1) * math.radians(self.rotate) * warped
        # The matrix leads from the result to the source: things twice as large come from half as far.
        scale = torch.where(zoomed, 1 / _between_factors(draw[:, 4], self.zoom), 1.0)
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
        draw = torch.rand(count, bands + 4, generator=generator)
        harder, lifted = draw[:, 2] < self.contrast_chance, draw[:, 3] < self.brightness_chance
        factor = torch.where(harder, _between_factors(draw[:, 0], self.contrast), 1.0)[:, None, None, None]
        low, high = self.brightness
        shift = torch.where(lifted, low + (high - low) * draw[:, 1], 0.0)
        lift = (shift[:, None] + (draw[:, 4:] * 2 - 1) * self.tint).to(image.device)
        factor = factor.to(image.device)
        middle = image.mean(dim=(2, 3), keepdim=True)
        return (image - middle) * factor + middle + lift[:, :, None, None]


def _between_factors(draw: Tensor, bounds: Range) -> Tensor:
    """Return factors for draws from 0 to 1: even in their logarithm, so that doubling is as likely as halving."""
    low, high = (math.log(value) for value in bounds)
    return torch.exp(low + (high - low) * draw)


def _place(draw: float, bounds: Range, room: int) -> int:
    """Return a first row or column for a draw from 0 to 1."""
    return round((bounds[0] + (bounds[1] - bounds[0]) * draw) * room)


USUAL = Augmentation()
# Nothing changes; what is asked for is switched on.
STILL = Augmentation(
    dihedral=False, warp_chance=0.0, rotate=0.0, zoom=(1.0, 1.0), zoom_chance=0.0, brightness=(0.0, 0.0),
    contrast=(1.0, 1.0), tint=0.0, saturation=0.0, gain=0.0, color_chance=0.0,
)  # fmt: skip


def mix(image: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, float]:
    """Blend each chip with another of the batch (mixup): return the blend, the partners, the first's share.

    Zhang et al. 2018, https://arxiv.org/abs/1710.09412; the share is at least a half.
    """
    partners = torch.randperm(len(image), generator=generator)
    draw = float(torch.rand(1, generator=generator))
    # Beta(0.4, 0.4) has its mass near 0 and 1; this arcsine law is near to it and needs one draw.
    share = 0.5 + 0.5 * math.sin(math.pi / 2 * draw)
    return share * image + (1 - share) * image[partners.to(image.device)], partners, share
