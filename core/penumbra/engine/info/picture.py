"""A picture of a picture file: its color as the network's view shows it, its alpha, and it over a checkerboard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from penumbra.codec import check_readable, read_headers, read_picture
from penumbra.delivery.provenance import PREFIX
from penumbra.engine.plate_color import color_of
from penumbra.errors import InputError
from penumbra.evaluation import Block, Row, draw_sheet, over_checkerboard
from penumbra.image import Header, placed
from penumbra.plates import Color, Selection, Unclear, channels_of, chosen
from penumbra.plates.selection import is_cryptomatte
from penumbra.shot import Settings

# A tile fits into so many screen pixels; small pictures are enlarged up to it, by whole numbers.
TILE_WIDTH, TILE_HEIGHT = 640, 480
HEADS = ("color", "alpha", "over checkerboard")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class _Layer:
    """What is drawn in one row: of one part, the names of three color channels, or one, or none, and of the alpha."""

    title: str
    part: int
    color: tuple[str, ...]
    alpha: str | None


def draw_info(path: Path, png: Path, settings: Settings) -> None:
    """Draw the plate of a file, and every other layer that has an alpha. A Cryptomatte's numbers are no such layer.

    Args:
        path: The file, one frame of its sequence.
        png: The picture to write.
        settings: How it is read: color space, OCIO, layer, part, view.

    Raises:
        FileError: It cannot be read.
        InputError: It has neither color nor alpha, or its color space is not known.
        MachineError: The picture cannot be written.
    """
    headers = read_headers(path)
    # A view in the file's name need not be in the file; `look_at` refuses what is in neither.
    plate = chosen(headers, Selection(settings.layer, settings.part, settings.view, view_is_named=True))
    layers = _layers(headers, plate)
    if isinstance(plate, Unclear) and not layers:
        check_readable(path, headers[0])
        raise InputError(f"{path} has {plate.has}.", plate.next_step, path=path)
    tiles = [_tiles(path, headers[layer.part], layer, settings) for layer in layers]
    heads = [head for head in range(len(HEADS)) if any(row[head] is not None for row in tiles)]
    names = ("plate",) if heads == [0] else tuple(HEADS[head] for head in heads)
    rows = [Row(layer.title, tuple(row[head] for head in heads)) for layer, row in zip(layers, tiles, strict=True)]
    draw_sheet(png, path.name, [Block(names, tuple(alike), zoom=1) for _, alike in groupby(rows, _size)])


def _layers(headers: Sequence[Header], plate: Color | Unclear) -> list[_Layer]:
    """The plate first, then all else that has an alpha; of packed alphas, each for itself."""
    groups: defaultdict[tuple[int, str, str | None], dict[str, str]] = defaultdict(dict)
    for channel in channels_of(headers):
        groups[channel.part, channel.layer, channel.view][channel.short] = channel.name
    if packed := headers[0].text(f"{PREFIX}packed"):
        return [_Layer(name, 0, (), channel) for channel, _, name in (word.partition("=") for word in packed.split())]
    colors = {(plate.part, plate.layer, plate.view): plate.channels} if isinstance(plate, Color) else {}
    for place, names in groups.items():
        if "a" in names and not is_cryptomatte(place[1]):
            colors.setdefault(place, tuple(names[short] for short in "rgb") if {*"rgb"} <= names.keys() else ())
    return [
        _Layer(" ".join(filter(None, place[1:])), place[0], color, groups[place].get("a"))
        for place, color in colors.items()
    ]


def _tiles(path: Path, header: Header, layer: _Layer, settings: Settings) -> tuple[Floats | None, ...]:
    """Color, alpha, and both over a checkerboard; None for what the layer does not have."""
    alphas = [layer.alpha] if layer.alpha else []
    pixels_HWC = read_picture(path, [*layer.color, *alphas], layer.part).pixels_HWC
    pixels_HWC = np.nan_to_num(placed(pixels_HWC, header.data_window, header.display_window))
    alpha_HW1 = pixels_HWC[..., -1:] if alphas else np.ones_like(pixels_HWC[..., :1])
    if not layer.color:
        return None, _tile(alpha_HW1, header)[..., 0], None
    color = color_of(settings, header, path)
    coded_HW3 = np.broadcast_to(pixels_HWC[..., : len(layer.color)], (*pixels_HWC.shape[:2], 3))
    linear_HW3 = color.transform.to_working(np.ascontiguousarray(coded_HW3))
    if _is_unassociated(header):
        linear_HW3 = linear_HW3 * alpha_HW1
    rgba_HW4 = _tile(np.concatenate([linear_HW3, alpha_HW1], axis=2), header)

    def seen(shown_HW3: Floats) -> Floats:
        view: Floats = color.view()(torch.from_numpy(shown_HW3).permute(2, 0, 1)).permute(1, 2, 0).numpy()
        return view

    plain = seen(rgba_HW4[..., :3])
    return (plain, rgba_HW4[..., 3], seen(over_checkerboard(rgba_HW4))) if alphas else (plain, None, None)


def _tile(pixels_HWC: Floats, header: Header) -> Floats:
    """In a tile's size, every pixel counted, as wide as an audience sees it."""
    height, width = pixels_HWC.shape[0], pixels_HWC.shape[1] * header.pixel_aspect
    scale = min(TILE_WIDTH / width, TILE_HEIGHT / height)
    scale = int(scale) if scale > 1 else scale
    size = max(1, round(height * scale)), max(1, round(width * scale))
    channels_first = torch.from_numpy(pixels_HWC).permute(2, 0, 1)[None]
    if scale > 1:
        tile = F.interpolate(channels_first, size, mode="nearest-exact")
    else:
        tile = F.interpolate(channels_first, size, mode="bilinear", antialias=True)
    return np.ascontiguousarray(tile[0].permute(1, 2, 0).numpy())


def _is_unassociated(header: Header) -> bool:
    """Whether the color is not multiplied by the alpha, as in PNG."""
    return any(entry.name.lower() == "oiio:unassociatedalpha" and entry.value for entry in header.metadata)


def _size(row: Row) -> tuple[int, ...]:
    return next(tile.shape[:2] for tile in row.tiles if tile is not None)
