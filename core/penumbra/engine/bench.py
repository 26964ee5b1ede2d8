"""The workbench: a plate becomes what the network sees, and the network's alpha becomes a matte of the plate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from penumbra.engine.fingerprints import PlateHashes
from penumbra.engine.opened import OpenedShot
from penumbra.finishing import bilinear, controlled, estimated_foreground, guided, premultiplied
from penumbra.image import Layer, Matte, Plate
from penumbra.propagation import Region


@dataclass(frozen=True)
class Loaded:
    """A plate that is ready.

    Attributes:
        plate: Scene-linear, in the working space.
        view_3HW: The network's picture of the region at the plate's size, 0..1 sRGB.
        view_3hw: The same at the network's size.
        broken_pixels: How many pixels of the plate are no numbers.
    """

    plate: Plate
    view_3HW: Tensor = field(repr=False)
    view_3hw: Tensor = field(repr=False)
    broken_pixels: int

    @property
    def frame(self) -> int:
        """Its number."""
        return self.plate.frame


@dataclass(frozen=True)
class Bench:
    """What is done to every frame of a pass outside the network."""

    opened: OpenedShot
    region: Region
    hashes: PlateHashes

    @cached_property
    def masks_Ohw(self) -> Tensor:
        """The key frame's masks as the network sees them."""
        return self.region.shrunk(self.region.cut(torch.from_numpy(self.opened.masks_OHW))).contiguous()

    def load(self, frame: int) -> Loaded:
        """Read a plate, make it scene-linear, and make the network's view of it. Called from threads."""
        # Kept for the fingerprint while the file is in the system's cache.
        self.hashes.of(frame)
        plate = self.opened.linear_plate(frame)
        linear_3HW = torch.from_numpy(plate.rgb_HW3).permute(2, 0, 1)
        view_3HW = self.opened.view(self.region.cut(linear_3HW))
        broken = int((~np.isfinite(plate.rgb_HW3).all(axis=2)).sum())
        return Loaded(plate, view_3HW, self.region.shrunk(view_3HW).contiguous(), broken)

    def finished(self, loaded: Loaded, alpha_Ohw: Tensor) -> Matte:
        """The matte, made from the plate itself."""
        if self.opened.shot.settings.edges == "guided":
            views = loaded.view_3hw.to(alpha_Ohw.device), loaded.view_3HW.to(alpha_Ohw.device)
            alpha_OHW = guided(alpha_Ohw, *views)
        else:
            alpha_OHW = bilinear(alpha_Ohw, self.region.size)
        alphas = self.region.laid(alpha_OHW).cpu().numpy()
        names = self.opened.objects
        layers = (Layer(name, self._rgba(loaded.plate, alpha)) for name, alpha in zip(names, alphas, strict=True))
        return Matte(loaded.plate, tuple(layers))

    def _rgba(self, plate: Plate, alpha_HW: NDArray[np.float32]) -> NDArray[np.float32]:
        finish = self.opened.shot.finish
        alpha_HW = controlled(alpha_HW, finish, plate.pixel_aspect)
        if finish.foreground == "estimated":
            plate = replace(plate, rgb_HW3=estimated_foreground(plate.rgb_HW3, alpha_HW, self.opened.model.device))
        return premultiplied(plate, alpha_HW)
