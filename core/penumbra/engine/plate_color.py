"""The color of a plate: which space it is in, and the ways from there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from penumbra.color import Chosen, Config, InputTransform, View, auto_exposure, choose_space, open_config, open_input
from penumbra.image import Plate
from penumbra.plates import PlateSource
from penumbra.shot import Settings


@dataclass(frozen=True)
class PlateColor:
    """What was decided about a plate's color.

    Attributes:
        config: Names the spaces.
        chosen: The plate's space, and why.
        transform: From there to the working space.
    """

    config: Config
    chosen: Chosen
    transform: InputTransform

    def linear(self, plate: Plate) -> Plate:
        """The plate scene-linear in the working space, with header entries that are true of it."""
        rgb_HW3 = self.transform.to_working(plate.rgb_HW3)
        return replace(plate, rgb_HW3=rgb_HW3, metadata=self.transform.header_entries(plate.metadata))

    def view(self, exposure: float = 0.0) -> View:
        """From the working space to what the network sees."""
        return View(self.transform.matrix, exposure, self.transform.is_display_referred)

    def auto_exposure(self, linear: Plate) -> float:
        """The exposure that suits a scene-linear plate, in stops."""
        return auto_exposure(torch.from_numpy(linear.rgb_HW3).permute(2, 0, 1), self.transform.matrix)


def open_color(settings: Settings, source: PlateSource) -> PlateColor:
    """Decide on a plate's color, by the order and by its first readable file.

    Raises:
        PenumbraError: A space or the configuration is not what it should be.
    """
    config = open_config(settings.ocio)
    chosen = choose_space(config, settings.colorspace, source.header, source.path(source.frames.first))
    return PlateColor(config, chosen, open_input(config, chosen, settings.working_space))
