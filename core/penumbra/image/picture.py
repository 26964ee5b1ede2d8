"""The three pictures of the house: as a file holds it, as a shot sees it, as a compositor keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from penumbra.image.window import Window


@dataclass(frozen=True)
class Attribute:
    """One entry of a file's header. `kind` is its type in the codec's words, so that a rational stays a rational."""

    name: str
    kind: str
    value: Any


@dataclass(frozen=True)
class Picture:
    """A file's pixels and header, nothing interpreted.

    Attributes:
        pixels_HWC: float32, the data window's pixels, one channel per name; integers arrive as 0..1.
        channels: Channel names as in the file (`R`, `matte.A`).
        data_window: Where the pixels lie.
        display_window: What the shot shows.
        pixel_aspect: Width of a pixel over its height.
        pixel_type: How the file stores a value: `half`, `float`, `uint8`, `uint10`, `uint16`, ...
        file_format: The codec's name of the format: `openexr`, `dpx`, `png`, ...
        metadata: The header's other entries, in the file's order.
    """

    pixels_HWC: NDArray[np.float32] = field(repr=False)
    channels: tuple[str, ...]
    data_window: Window
    display_window: Window
    pixel_aspect: float
    pixel_type: str
    file_format: str
    metadata: tuple[Attribute, ...] = field(repr=False, default=())


@dataclass(frozen=True)
class Plate:
    """One frame of a shot.

    Attributes:
        frame: Its number.
        rgb_HW3: float32 over the display window, in the plate's own encoding until the engine has made it
            scene-linear; unbounded; black where the file has no pixels.
        display_window: What the shot shows.
        pixel_aspect: Width of a pixel over its height.
        metadata: What travels on into the matte's header.
    """

    frame: int
    rgb_HW3: NDArray[np.float32] = field(repr=False)
    display_window: Window
    pixel_aspect: float = 1.0
    metadata: tuple[Attribute, ...] = field(repr=False, default=())


@dataclass(frozen=True)
class Matte:
    """One frame of the result, over the plate's display window.

    Attributes:
        plate: The frame that it was made from, scene-linear.
        alpha_HW: float32, 0..1.
    """

    plate: Plate
    alpha_HW: NDArray[np.float32] = field(repr=False)
