"""The pictures of the house: as a file holds it, as a shot sees it, as a compositor keeps it."""

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
    """What a file says of the pixels of one of its parts. Most files have only one.

    Attributes:
        channels: Channel names as in the file (`R`, `matte.A`).
        data_window: Where the pixels lie.
        display_window: What the shot shows.
        pixel_aspect: Width of a pixel over its height.
        pixel_type: How the file stores a value: `half`, `float`, `uint8`, `uint10`, `uint16`, ...; the widest
            where channels differ.
        file_format: The codec's name of the format: `openexr`, `dpx`, `png`, ...
        metadata: The header's other entries, in the file's order.
        channel_types: How the file stores each of the channels.
        part: The part's name; empty where it has none.
        view: The view that the whole part is of, as `left`; None where the part names none.
        compression: The codec's name of it, as `zip`; empty where the format has none.
        tiled: Whether it is stored in tiles.
        deep: Whether it is a deep picture, which has no plain pixels.
    """

    channels: tuple[str, ...]
    data_window: Window
    display_window: Window
    pixel_aspect: float
    pixel_type: str
    file_format: str
    metadata: tuple[Attribute, ...] = field(repr=False, default=())
    channel_types: tuple[str, ...] = ()
    part: str = ""
    view: str | None = None
    compression: str = ""
    tiled: bool = False
    deep: bool = False

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
        rgb_HW3: float32 over `window`, in the plate's own encoding until the engine has made it scene-linear;
            unbounded; black where the file has no pixels.
        window: Where these pixels lie: the display window, or a larger one where overscan is wanted.
        display_window: What the shot shows.
        data_window: Where the file has pixels.
        pixel_aspect: Width of a pixel over its height.
        metadata: What travels on into the matte's header.
    """

    frame: int
    rgb_HW3: NDArray[np.float32] = field(repr=False)
    window: Window
    display_window: Window
    data_window: Window
    pixel_aspect: float = 1.0
    metadata: tuple[Attribute, ...] = field(repr=False, default=())


@dataclass(frozen=True)
class Layer:
    """One object's part of a matte.

    Attributes:
        name: The object's; None where there is only one and it has none.
        rgba_HW4: float32 over the plate's `window`, scene-linear, premultiplied; alpha 0..1, colors unbounded.
    """

    name: str | None
    rgba_HW4: NDArray[np.float32] = field(repr=False)

    @property
    def alpha_HW(self) -> NDArray[np.float32]:
        """The alpha alone, 0..1."""
        return self.rgba_HW4[..., 3]


@dataclass(frozen=True)
class Matte:
    """One frame of the result.

    Attributes:
        plate: The frame that it was made from, scene-linear.
        layers: One for each object, in the order of the shot.
    """

    plate: Plate
    layers: tuple[Layer, ...]
