"""The contact sheet: frames of a shot, and close-ups of their edges."""

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
# An alpha nearer to 0 or 1 than this is no edge.
SOFT = 0.05
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


@dataclass(frozen=True)
class Block:
    """Rows under one line of heads.

    Attributes:
        heads: The columns' names.
        rows: From top to bottom; all their pictures have one size.
        zoom: Screen pixels to one of the picture's; None makes every picture as wide as a column.
    """

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    zoom: int | None = None


def over_checkerboard(premultiplied_HW4: NDArray[np.float32]) -> NDArray[np.float32]:
    """The matte over grey squares, `[H,W,3]`, scene-linear like the matte: `rgb + (1 - alpha) * ground`."""
    height, width = premultiplied_HW4.shape[:2]
    y, x = np.mgrid[:height, :width] // CHECKER_PX
    ground = np.where((x + y) % 2, *CHECKER).astype(np.float32)[..., None]
    return premultiplied_HW4[..., :3] + (1 - premultiplied_HW4[..., 3:]) * ground


def busiest_edge(alpha_HW: NDArray[np.float32], width: int, height: int) -> tuple[slice, slice]:
    """Rows and columns of the crop of this size in which the most pixels are neither empty nor solid."""
    height, width = min(height, alpha_HW.shape[0]), min(width, alpha_HW.shape[1])
    soft = ((alpha_HW > SOFT) & (alpha_HW < 1 - SOFT)).astype(np.int32)
    # Every crop's count by differences of running sums.
    sums = np.pad(soft.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    counts = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    top, left = np.unravel_index(int(np.argmax(counts)), counts.shape)
    return slice(int(top), int(top) + height), slice(int(left), int(left) + width)


def draw_sheet(path: Path, title: str, blocks: Sequence[Block]) -> None:
    """Write the sheet as PNG.

    Args:
        path: The file.
        title: One line at the top.
        blocks: From top to bottom.

    Raises:
        MachineError: It cannot be written there.
    """
    font, large = ImageFont.load_default(13), ImageFont.load_default(16)
    left = 16 + int(max(font.getlength(row.title) for block in blocks for row in block.rows))
    tiles = [_tile_size(block) for block in blocks]
    width = max(left + len(block.heads) * (tile[0] + GAP) for block, tile in zip(blocks, tiles, strict=True))
    height = HEAD + sum(HEAD + len(block.rows) * (tile[1] + GAP) for block, tile in zip(blocks, tiles, strict=True))
    sheet = Image.new("RGB", (max(width, GAP + int(large.getlength(title)) + GAP), height), GROUND)
    draw = ImageDraw.Draw(sheet)
    draw.text((GAP, 5), title, INK, large)
    top = HEAD
    for block, tile in zip(blocks, tiles, strict=True):
        for column, head in enumerate(block.heads):
            draw.text((left + column * (tile[0] + GAP), top + 5), head, INK, font)
        top += HEAD
        for row in block.rows:
            draw.text((GAP, top + tile[1] // 2 - 8), row.title, INK, font)
            for column, picture in enumerate(row.tiles):
                if picture is not None:
                    sheet.paste(_tile(picture, tile, block.zoom), (left + column * (tile[0] + GAP), top))
            top += tile[1] + GAP
    with written_aside(path) as aside:
        sheet.save(aside, "PNG")


def _tile_size(block: Block) -> tuple[int, int]:
    height, width = next(tile for row in block.rows for tile in row.tiles if tile is not None).shape[:2]
    if block.zoom is not None:
        return width * block.zoom, height * block.zoom
    return TILE_WIDTH, max(1, round(TILE_WIDTH * height / width))


def _tile(picture: NDArray[np.float32], size: tuple[int, int], zoom: int | None) -> Image.Image:
    codes = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    # A close-up shows the pixels that there are.
    how = Image.Resampling.LANCZOS if zoom is None else Image.Resampling.NEAREST
    return Image.fromarray(codes).convert("RGB").resize(size, how)
