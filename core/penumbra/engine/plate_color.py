"""The color of a plate: which space it is in, and the ways from there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from penumbra.color import Chosen, Config, InputTransform, View, auto_exposure, choose_space, open_config, open_input
from penumbra.errors import PenumbraError, raise_faults
from penumbra.image import Header, Plate
from penumbra.plates import PlateSource
from penumbra.plates.faults import fault_of
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


def color_of(settings: Settings, header: Header, path: Path) -> PlateColor:
    """The color of one file.

    Raises:
        PenumbraError: A space or the configuration is not what it should be.
    """
    config = open_config(settings.ocio)
    chosen = choose_space(config, settings.colorspace, header, path)
    return PlateColor(config, chosen, open_input(config, chosen, settings.working_space))


def open_color(settings: Settings, source: PlateSource) -> PlateColor:
    """Decide on a plate's color, by the order and by its first readable file.

    Raises:
        PenumbraError: A space or the configuration is not what it should be, or frames say that they are in others.
    """
    path = source.path(source.frames.first)
    color = color_of(settings, source.header, path)
    if settings.colorspace is None:
        kinds = ((choose_space(color.config, None, header, path), frames) for header, frames in source.kinds_of_color())
        shot = color.chosen
        raise_faults([_odd(source, frames, its, shot) for its, frames in kinds if its.space != shot.space])
    return color


def _odd(source: PlateSource, frames: list[int], its: Chosen, shot: Chosen) -> PenumbraError:
    """The fault of frames that would be taken for the shot's color space, and say that they are in another."""
    return fault_of(
        source.sequence,
        frames,
        f"{'is' if len(frames) == 1 else 'are'} in {its.space} ({its.reason}), the shot in {shot.space} "
        f"({shot.reason})",
        "Render them alike, or say with --colorspace what all of them are.",
    )
