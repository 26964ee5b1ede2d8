"""The workbench: a plate becomes what the network sees, and the network's alpha gets the plate's size."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from penumbra.engine.fingerprints import Hashes
from penumbra.engine.groups import Group
from penumbra.engine.opened import OpenedShot
from penumbra.finishing import bilinear, guided
from penumbra.image import Plate
from penumbra.propagation import Region


@dataclass(frozen=True)
class Loaded:
    """A plate that is ready.

    Attributes:
        plate: Scene-linear, in the working space.
        region: What the network sees of it.
        view_3HW: The network's picture of the region at the plate's size, 0..1 sRGB.
        view_3hw: The same at the network's size.
    """

    plate: Plate
    region: Region
    view_3HW: Tensor = field(repr=False)
    view_3hw: Tensor = field(repr=False)

    @property
    def frame(self) -> int:
        """Its number."""
        return self.plate.frame


@dataclass(frozen=True)
class Bench:
    """What is done to every frame of a gap outside the network, for one group of objects."""

    opened: OpenedShot
    group: Group
    region: Region
    hashes: Hashes

    def masks_Ohw(self, key: int) -> Tensor:
        """A key frame's masks as the network sees them."""
        masks_OHW = torch.from_numpy(self.opened.masks.alpha_OHW(self.group.keys[key]))
        return self.region.shrunk(self.region.cut(masks_OHW)).contiguous()

    def load(self, frame: int) -> Loaded:
        """Read a plate, make it scene-linear, and make the network's view of it. Called from threads."""
        # Kept for the fingerprint while the file is in the system's cache.
        self.hashes.of(frame)
        return self._seen(self.opened.linear_plate(frame))

    def loaded(self, frame: Loaded | Plate) -> Loaded:
        """A plate with this bench's view of it, which another bench may have loaded."""
        if isinstance(frame, Loaded) and frame.region == self.region:
            return frame
        return self._seen(frame.plate if isinstance(frame, Loaded) else frame)

    def _seen(self, plate: Plate) -> Loaded:
        linear_3HW = torch.from_numpy(plate.rgb_HW3).permute(2, 0, 1)
        view_3HW = self.opened.view(self.region.cut(linear_3HW))
        return Loaded(plate, self.region, view_3HW, self.region.shrunk(view_3HW).contiguous())

    def enlarged(self, loaded: Loaded, alpha_Ohw: Tensor) -> NDArray[np.float32]:
        """The network's alpha at the plate's size, `[O,H,W]` over the canvas."""
        if self.opened.shot.settings.edges == "guided":
            views = loaded.view_3hw.to(alpha_Ohw.device), loaded.view_3HW.to(alpha_Ohw.device)
            alpha_OHW = guided(alpha_Ohw, *views)
        else:
            alpha_OHW = bilinear(alpha_Ohw, self.region.size)
        alphas: NDArray[np.float32] = self.region.laid(alpha_OHW).cpu().numpy()
        return alphas
