"""The three pictures of the house: as a file holds it, as a shot sees it, as a compositor keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from penumbra.image.window import Window


@dataclass(frozen=True)
class Attribute:
    """One entry of a file's header. `kind` is its type in the codec's words: a rational stays a rational."""

    name: str
    kind: str
    value: Any


@dataclass(frozen=True)
class Header:
    """What a file says of its pixels.

    Attributes:
        channels: Channel names as in the file (`R`, `matte.A`).
        data_window: Where the pixels lie.
        display_window: What the shot shows.
        pixel_aspect: Width of a pixel over its height.
        pixel_type: How the file stores a value: `half`, `float`, `uint8`, `uint10`, `uint16`, ...
        file_format: The codec's name of the format: `openexr`, `dpx`, `png`, ...
        metadata: The header's other entries, in the file's order.
    """

    channels: tuple[str, ...]
    data_window: Window
    display_window: Window
    pixel_aspect: float
    pixel_type: str
    file_format: str
    metadata: tuple[Attribute, ...] = field(repr=False, default=())

    def text(self, name: str) -> str | None:
        """The text of one entry, None where there is none. Upper and lower case are the same."""
        for entry in self.metadata:
            if entry.name.lower() == name.lower() and isinstance(entry.value, str):
                return entry.value
        return None


@dataclass(frozen=True)
class Picture:
    """A file's pixels, nothing interpreted.

    Attributes:
        header: What the file says of itself.
        channels: The names of the channels that were read, which may be fewer than the file has.
        pixels_HWC: float32 over the data window; integers arrive as 0..1.
    """

    header: Header
    channels: tuple[str, ...]
    pixels_HWC: NDArray[np.float32] = field(repr=False)


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
        rgba_HW4: float32, scene-linear, premultiplied; alpha 0..1, colors unbounded.
    """

    plate: Plate
    rgba_HW4: NDArray[np.float32] = field(repr=False)

    @property
    def alpha_HW(self) -> NDArray[np.float32]:
        """The alpha alone, 0..1."""
        return self.rgba_HW4[..., 3]
