"""Reading any picture that OpenImageIO knows, with every way in which that can fail made into words.

OpenImageIO raises nothing: it answers None or False, and a truncated JPEG only leaves a text in `geterror()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import OpenImageIO as oiio

from penumbra.codec.attributes import read_attributes
from penumbra.errors import FileError
from penumbra.image import Header, Picture, Window

EXR_MAGIC = b"\x76\x2f\x31\x01"


class UnreadableError(FileError):
    """A file whose pixels cannot be had.

    Attributes:
        reason: Why, without the file's name, so that many files can be told of in one sentence.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{path} cannot be read: {reason}.", next_step_for(reason), path=path)


def next_step_for(reason: str) -> str:
    """What to do about a file that cannot be read."""
    if reason == MISSING:
        return "Check the name and the folder."
    if reason == FORBIDDEN:
        return "Ask for the right to read it."
    return "Render or copy it again."


MISSING = "there is no such file"
FORBIDDEN = "you have no right to read it"
EMPTY = "the file is empty (0 bytes)"


def read_header(path: Path) -> Header:
    """What the file's first part says of its pixels, without reading them.

    Raises:
        UnreadableError: It is missing, forbidden, empty, cut short, or no picture.
    """
    with _opened(path) as source:
        return _header(source)


def read_picture(path: Path, channels: Sequence[str] | None = None) -> Picture:
    """The pixels of the file's first part.

    Args:
        path: The file.
        channels: The channels wanted, in this order; None means all.

    Returns:
        float32; integers are 0..1, no color space is applied, alpha multiplies nothing.

    Raises:
        UnreadableError: It is missing, forbidden, empty, cut short, no picture, or lacks one of the channels.
    """
    with _opened(path) as source:
        header = _header(source)
        wanted = header.channels if channels is None else tuple(channels)
        if lacking := [name for name in wanted if name not in header.channels]:
            has = ", ".join(header.channels)
            raise UnreadableError(path, f"it has no channel {', '.join(lacking)}, only {has}")
        indices = [header.channels.index(name) for name in wanted]
        first = min(indices)
        pixels = source.read_image(0, 0, first, max(indices) + 1, "float")
        if (fault := source.geterror()) or pixels is None:
            raise UnreadableError(path, f"it is cut short or damaged ({_words(fault, path)})")
    if indices != list(range(first, first + len(indices))):
        pixels = np.ascontiguousarray(pixels[..., [index - first for index in indices]])
    return Picture(header, wanted, pixels)


@contextmanager
def _opened(path: Path) -> Iterator[oiio.ImageInput]:
    start = _start(path)
    as_it_is = oiio.ImageSpec()
    as_it_is.attribute("oiio:UnassociatedAlpha", 1)  # else a PNG's colors come back multiplied by its alpha
    source = oiio.ImageInput.open(str(path), as_it_is)
    if source is None:
        what = "it is cut short or damaged" if start == EXR_MAGIC else "it is no picture of a known kind"
        raise UnreadableError(path, f"{what} ({_words(oiio.geterror(), path)})")
    try:
        if source.spec().deep:
            raise UnreadableError(path, "it is a deep picture, which has no plain pixels")
        yield source
    finally:
        source.close()


def _start(path: Path) -> bytes:
    """The first bytes: the operating system knows best why a file cannot be opened."""
    try:
        with path.open("rb") as file:
            start = file.read(len(EXR_MAGIC))
    except FileNotFoundError as fault:
        raise UnreadableError(path, MISSING) from fault
    except PermissionError as fault:
        raise UnreadableError(path, FORBIDDEN) from fault
    except OSError as fault:
        raise UnreadableError(path, (fault.strerror or str(fault)).lower()) from fault
    if not start:
        raise UnreadableError(path, EMPTY)
    return start


def _words(fault: str, path: Path) -> str:
    """A library's text in one line, without the path that is said already."""
    text = re.sub(rf"""["']?{re.escape(str(path))}["']?""", "it", " ".join(fault.split()))
    return text.rstrip(". ") or "no reason given"


def _header(source: oiio.ImageInput) -> Header:
    spec = source.spec()
    bits = spec.get_int_attribute("oiio:BitsPerSample", 0)
    stored = str(spec.format)
    aspect = spec.get_float_attribute("PixelAspectRatio", 1.0)
    return Header(
        channels=tuple(spec.channelnames),
        data_window=Window(spec.x, spec.y, spec.width, spec.height),
        display_window=Window(spec.full_x, spec.full_y, spec.full_width, spec.full_height),
        pixel_aspect=aspect if 0 < aspect < float("inf") else 1.0,
        pixel_type=f"uint{bits}" if bits and stored.startswith("uint") else stored,
        file_format=source.format_name(),
        metadata=read_attributes(spec),
    )
