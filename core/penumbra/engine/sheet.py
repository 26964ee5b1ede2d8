"""The contact sheet of a shot: its frames, and close-ups of the edge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from penumbra.codec import read_header, read_picture
from penumbra.engine.evaluate import read_alpha
from penumbra.engine.plate_color import PlateColor, open_color
from penumbra.evaluation import Block, Row, busiest_edge, draw_sheet, over_checkerboard
from penumbra.finishing import bilinear, estimated_foreground, guided, premultiplied
from penumbra.image import Plate, placed
from penumbra.plates import ImageSequence, PlateSource, read_mask
from penumbra.propagation import Region
from penumbra.shot import KeyFrame, Settings

FRAMES = 6
CLOSE_UPS = 3
# A close-up's size in plate pixels, and how much larger they are shown.
CROP = (150, 100)
ZOOM = 2
# Something new behind the subject, so that what was behind it before is seen: bright, and of another color than most
# plates. Scene-linear.
NEW_BACKGROUND = np.array([0.10, 0.32, 0.85], np.float32)

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class _Shown:
    """One frame with all that is shown of it."""

    frame: int
    plate: Plate
    rgba_HW4: Floats
    color: PlateColor

    def seen(self, linear_HW3: Floats) -> Floats:
        """As the network's view shows it, `[H,W,3]`, 0..1 sRGB."""
        shown: Floats = self.color.view()(_channels_first(linear_HW3)).permute(1, 2, 0).numpy()
        return shown


def contact_sheet(path: Path, mattes: Path, plate: Path, key: KeyFrame, title: str, settings: Settings) -> None:
    """Draw plate, mask, alpha and matte for some frames of a shot, and its edges at 200 percent.

    The close-ups show what the edges would be if the network had seen the plate at half its size, brought back plainly
    and guided by the plate; and the subject before a new background, with the plate's color and with the estimated one.

    Args:
        path: The PNG to write.
        mattes: A pattern, a folder, or one file.
        plate: What they were made from, likewise.
        key: The mask that they were made from.
        title: One line at the top.
        settings: How the plate is read.

    Raises:
        PenumbraError: Something cannot be read or written.
    """
    sequence = ImageSequence.find(mattes)
    source = PlateSource.open(plate, sequence.extent)
    color = open_color(settings, source)
    canvas = source.header.display_window
    mask = read_mask(key.path, key.channel, source.header, canvas).alpha_HW

    def shown(frame: int) -> _Shown:
        linear = color.linear(source.read(frame, canvas))
        return _Shown(frame, linear, _matte(sequence.path(frame), linear), color)

    chosen = _chosen(sequence.frames, FRAMES, key.frame)
    close = _chosen(sequence.frames, CLOSE_UPS, key.frame)
    whole = tuple(_whole(shown(frame), mask if frame == key.frame else None) for frame in chosen)
    heads = ("plate at 200 %", "half size: bilinear", "half size: guided", "source", "estimated")
    blocks = [
        Block(("plate", "mask", "alpha", "matte"), whole),
        Block(heads, tuple(_close_up(shown(frame)) for frame in close), ZOOM),
    ]
    draw_sheet(path, title, blocks)


def _matte(path: Path, plate: Plate) -> Floats:
    """A matte `[H,W,4]` over its display window; one of the alpha alone is given the plate's color."""
    header = read_header(path)
    if not set("RGBA") <= set(header.channels):
        return premultiplied(plate, read_alpha(path, plate.display_window))
    picture = read_picture(path, ["R", "G", "B", "A"])
    return placed(picture.pixels_HWC, header.data_window, header.display_window)


def _chosen(frames: tuple[int, ...], count: int, key: int) -> list[int]:
    """Some frames, evenly spread, the key frame among them."""
    places = np.linspace(0, len(frames) - 1, min(count, len(frames)))
    chosen = [frames[round(place)] for place in places]
    if key in frames:
        nearest = min(chosen, key=lambda frame: abs(frame - key))
        chosen[chosen.index(nearest)] = key
    return chosen


def _whole(shown: _Shown, mask: Floats | None) -> Row:
    matte = shown.seen(over_checkerboard(shown.rgba_HW4))
    return Row(str(shown.frame), (shown.seen(shown.plate.rgb_HW3), mask, shown.rgba_HW4[..., 3], matte))


def _close_up(shown: _Shown) -> Row:
    alpha = shown.rgba_HW4[..., 3]
    crop = busiest_edge(alpha, *CROP)
    plate = shown.plate
    estimated = replace(plate, rgb_HW3=estimated_foreground(plate.rgb_HW3, alpha))
    return Row(
        str(shown.frame),
        (
            shown.seen(plate.rgb_HW3)[crop],
            _from_half(shown, lambda small, view, full: bilinear(small, full.shape[-2:]))[crop],
            _from_half(shown, guided)[crop],
            *(shown.seen(_over_new(premultiplied(color, alpha)))[crop] for color in (plate, estimated)),
        ),
    )


def _from_half(shown: _Shown, grown: Callable[..., torch.Tensor]) -> Floats:
    """The alpha shrunk to half its size, and back."""
    window = shown.plate.window
    region = Region.of(window, window, max(1, min(window.size) // 2))
    view_3HW = shown.color.view()(_channels_first(shown.plate.rgb_HW3))
    alpha_1HW = torch.from_numpy(np.ascontiguousarray(shown.rgba_HW4[..., 3]))[None]
    back: Floats = grown(region.shrunk(alpha_1HW), region.shrunk(view_3HW), view_3HW)[0].numpy()
    return back


def _over_new(rgba_HW4: Floats) -> Floats:
    return rgba_HW4[..., :3] + (1 - rgba_HW4[..., 3:]) * NEW_BACKGROUND


def _channels_first(picture_HWC: Floats) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture_HWC)).permute(2, 0, 1)
