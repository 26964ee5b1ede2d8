"""The contact sheet: for some frames of a shot, plate, mask, alpha, and the matte over a checkerboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from penumbra.aside import written_aside

GROUND = (24, 24, 26)
INK = (222, 222, 224)
GAP = 8
HEAD = 26
TILE_WIDTH = 300
CHECKER_PX = 12
CHECKER = (0.16, 0.34)


@dataclass(frozen=True)
class Row:
    """One frame.

    Attributes:
        title: What stands at its left.
        tiles: Pictures of one size, display sRGB in 0..1: `[H,W,3]`, or `[H,W]` for grey. None leaves a place empty.
    """

    title: str
    tiles: tuple[NDArray[np.float32] | None, ...]


def over_checkerboard(premultiplied_HW4: NDArray[np.float32]) -> NDArray[np.float32]:
    """The matte over grey squares, `[H,W,3]`, scene-linear like the matte: `rgb + (1 - alpha) * ground`."""
    height, width = premultiplied_HW4.shape[:2]
    y, x = np.mgrid[:height, :width] // CHECKER_PX
    ground = np.where((x + y) % 2, *CHECKER).astype(np.float32)[..., None]
    return premultiplied_HW4[..., :3] + (1 - premultiplied_HW4[..., 3:]) * ground


def draw_sheet(path: Path, title: str, heads: Sequence[str], rows: Sequence[Row]) -> None:
    """Write the sheet as PNG.

    Args:
        path: The file.
        title: One line at the top.
        heads: The columns' names.
        rows: The frames, from top to bottom.

    Raises:
        MachineError: It cannot be written there.
    """
    height, width = next(tile for row in rows for tile in row.tiles if tile is not None).shape[:2]
    tile = (TILE_WIDTH, max(1, round(TILE_WIDTH * height / width)))
    font, large = ImageFont.load_default(13), ImageFont.load_default(16)
    left = 16 + int(max(font.getlength(row.title) for row in rows))
    size = (left + len(heads) * (tile[0] + GAP), 2 * HEAD + len(rows) * (tile[1] + GAP))
    sheet = Image.new("RGB", size, GROUND)
    draw = ImageDraw.Draw(sheet)
    draw.text((GAP, 5), title, INK, large)
    for column, head in enumerate(heads):
        draw.text((left + column * (tile[0] + GAP), HEAD + 5), head, INK, font)
    for index, row in enumerate(rows):
        top = 2 * HEAD + index * (tile[1] + GAP)
        draw.text((GAP, top + tile[1] // 2 - 8), row.title, INK, font)
        for column, picture in enumerate(row.tiles):
            if picture is not None:
                sheet.paste(_tile(picture, tile), (left + column * (tile[0] + GAP), top))
    with written_aside(path) as aside:
        sheet.save(aside, "PNG")


def _tile(picture: NDArray[np.float32], size: tuple[int, int]) -> Image.Image:
    codes = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return Image.fromarray(codes).convert("RGB").resize(size, Image.Resampling.LANCZOS)
