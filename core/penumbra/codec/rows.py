"""Reading some rows of a file, without the rest of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
from numpy.typing import NDArray

from penumbra.codec.read import UnreadableError, in_words, opened_file, places_of, readable_header
from penumbra.image import Header


def read_rows(
    path: Path, channels: Sequence[str], part: int, bands: Iterable[range]
) -> tuple[Header, list[NDArray[np.float32]]]:
    """Some rows of one part of the file, decoding no more of it than its compression forces.

    A file that is cut short or damaged elsewhere is not noticed.

    Args:
        path: The file.
        channels: The channels wanted, in this order.
        part: Which part, counted from 0.
        bands: Rows of the shot's plane, each band one run of them.

    Returns:
        The header, and for each band those of its rows that lie in the data window, `[h,W,C]`; none where none do.

    Raises:
        UnreadableError: As `read_picture` raises it.
    """
    with opened_file(path) as source:
        header = readable_header(path, source, part)
        data, indices = header.data_window, places_of(path, header, channels)
        found = []
        for band in bands:
            top, bottom = max(band.start, data.y), min(band.stop, data.bottom)
            if bottom <= top:
                found.append(np.zeros((0, data.width, len(indices)), np.float32))
                continue
            pixels = _rows(source, part, top, bottom, min(indices), max(indices) + 1)
            if (fault := source.geterror()) or pixels is None:
                raise UnreadableError(path, f"it is cut short or damaged ({in_words(fault, path)})")
            found.append(pixels[..., [index - min(indices) for index in indices]])
    return header, found


def _rows(
    source: oiio.ImageInput, part: int, top: int, bottom: int, first: int, last: int
) -> NDArray[np.float32] | None:
    spec = source.spec(part, 0)
    if not spec.tile_width:
        pixels: NDArray[np.float32] | None = source.read_scanlines(part, 0, top, bottom, 0, first, last, "float")
        return pixels
    high = spec.tile_height
    above = top - (top - spec.y) % high
    below = min(spec.y + spec.height, bottom + (spec.y - bottom) % high)
    tiles = source.read_tiles(part, 0, spec.x, spec.x + spec.width, above, below, 0, 1, first, last, "float")
    return None if tiles is None else tiles.reshape(below - above, spec.width, -1)[top - above : bottom - above]
