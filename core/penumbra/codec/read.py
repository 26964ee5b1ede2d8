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
from penumbra.image import Attribute, Header, Picture, Window

EXR_MAGIC = b"\x76\x2f\x31\x01"
# 268 million pixels, 3 GB of float32 color: no plate is so large, and a damaged header easily is.
LARGEST_WINDOW = Window(0, 0, 16384, 16384)
# What the library says of a header that promises more than the file, or than anyone has.
CLAIMS = ("limits:", "header claims")

# Entries that are true of one part only. In a multi-part EXR the first part speaks for all in everything else.
OF_ONE_PART = {"compression", "multiview", "name", "view"}
OF_ONE_PART_GROUPS = ("cryptomatte/", "oiio:", "openexr:")


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
    if reason == DEEP:
        return "Flatten it first; in Nuke, DeepToImage does it."
    return "Render or copy it again."


MISSING = "there is no such file"
FORBIDDEN = "you have no right to read it"
EMPTY = "the file is empty (0 bytes)"
DEEP = "it is a deep picture, which has no plain pixels"


def read_headers(path: Path) -> tuple[Header, ...]:
    """What the file says of each of its parts, deep ones too, without reading any pixels.

    Raises:
        UnreadableError: It is missing, forbidden, empty, cut short, or no picture.
    """
    with opened_file(path) as source:
        headers: list[Header] = []
        while (header := _header(source, len(headers))) is not None:
            headers.append(header)
        return tuple(headers)


def read_header(path: Path) -> Header:
    """What the file's first part says of its pixels, without reading them.

    Raises:
        UnreadableError: It is missing, forbidden, empty, cut short, no picture, or `check_readable` refuses it.
    """
    with opened_file(path) as source:
        return readable_header(path, source, 0)


def check_readable(path: Path, header: Header) -> None:
    """Refuse a part whose pixels `read_picture` would not read: a deep one, and one that cannot be meant so.

    Raises:
        UnreadableError: It is one of these.
    """
    if header.deep:
        raise UnreadableError(path, DEEP)
    for name, window in (("data", header.data_window), ("display", header.display_window)):
        if window.area > LARGEST_WINDOW.area:
            raise UnreadableError(path, f"its {name} window is {window}, and at most {LARGEST_WINDOW} are read")


def read_picture(path: Path, channels: Sequence[str] | None = None, part: int = 0) -> Picture:
    """The pixels of one part of the file, the largest where it holds them in several sizes.

    Args:
        path: The file.
        channels: The channels wanted, in this order; None means all.
        part: Which part, counted from 0.

    Returns:
        float32; integers are 0..1, no color space is applied, alpha multiplies nothing.

    Raises:
        UnreadableError: It is missing, forbidden, empty, cut short, no picture, has not that part or one of the
            channels, or `check_readable` refuses it.
    """
    with opened_file(path) as source:
        header = readable_header(path, source, part)
        wanted = header.channels if channels is None else tuple(channels)
        indices = places_of(path, header, wanted)
        first = min(indices)
        pixels = source.read_image(part, 0, first, max(indices) + 1, "float")
        if (fault := source.geterror()) or pixels is None:
            raise UnreadableError(path, f"it is cut short or damaged ({in_words(fault, path)})")
    if indices != list(range(first, first + len(indices))):
        pixels = np.ascontiguousarray(pixels[..., [index - first for index in indices]])
    return Picture(header, wanted, pixels)


def places_of(path: Path, header: Header, channels: Sequence[str]) -> list[int]:
    """Where channels stand in the file."""
    if lacking := [name for name in channels if name not in header.channels]:
        has = ", ".join(header.channels)
        raise UnreadableError(path, f"it has no channel {', '.join(lacking)}, only {has}")
    return [header.channels.index(name) for name in channels]


def check_whole(path: Path) -> None:
    """Refuse a file that ends too early. Only the first and the last line of each plain part are read.

    Raises:
        UnreadableError: One of them is missing, or the file cannot be opened at all.
    """
    with opened_file(path) as source:
        part = 0
        while (header := _header(source, part)) is not None:
            if not header.deep:
                check_readable(path, header)
                _check_ends(path, source, part)
            part += 1


def _check_ends(path: Path, source: oiio.ImageInput, part: int) -> None:
    spec = source.spec(part, 0)
    right, bottom = spec.x + spec.width, spec.y + spec.height
    if spec.tile_width:
        wide, high = spec.tile_width, spec.tile_height
        last = right - 1 - (spec.width - 1) % wide, bottom - 1 - (spec.height - 1) % high
        boxes = [(x, min(x + wide, right), y, min(y + high, bottom)) for x, y in ((spec.x, spec.y), last)]
        ends = [source.read_tiles(part, 0, *box, 0, 1, 0, 1, "float") for box in boxes]
    else:
        ends = [source.read_scanlines(part, 0, y, y + 1, 0, 0, 1, "float") for y in (spec.y, bottom - 1)]
    if (fault := source.geterror()) or any(end is None for end in ends):
        raise UnreadableError(path, f"it is cut short or damaged ({in_words(fault, path)})")


@contextmanager
def opened_file(path: Path) -> Iterator[oiio.ImageInput]:
    """The file, open in this context; UnreadableError where it is none."""
    start = _start(path)
    as_it_is = oiio.ImageSpec()
    as_it_is.attribute("oiio:UnassociatedAlpha", 1)  # else a PNG's colors come back multiplied by its alpha
    source = oiio.ImageInput.open(str(path), as_it_is)
    if source is None:
        raise UnreadableError(path, _refusal(oiio.geterror(), path, start))
    try:
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


def _refusal(fault: str, path: Path, start: bytes) -> str:
    if any(word in fault for word in CLAIMS):
        # Its first sentence; the second advises to raise the library's limit.
        claim = re.split(r"\.\s|\n|; ", fault, maxsplit=1)[0]
        return f"its header claims more than the file can hold ({in_words(claim, path)})"
    what = "it is cut short or damaged" if start == EXR_MAGIC else "it is no picture of a known kind"
    return f"{what} ({in_words(fault, path)})"


def in_words(fault: str, path: Path) -> str:
    """A library's text in one line, without the path that is said already."""
    text = re.sub(rf"""["']?{re.escape(str(path))}["']?""", "it", " ".join(fault.split()))
    return text.rstrip(". ") or "no reason given"


def readable_header(path: Path, source: oiio.ImageInput, part: int) -> Header:
    """One part's header; UnreadableError where its pixels would not be read."""
    header = _header(source, part)
    if header is None:
        raise UnreadableError(path, f"it has no part {part}")
    check_readable(path, header)
    return header


def _header(source: oiio.ImageInput, part: int) -> Header | None:
    """What one part says of itself; None where there is no such part."""
    spec = source.spec(part, 0)
    if not spec.nchannels:
        return None
    metadata = read_attributes(spec)
    if part:
        metadata += _shared(read_attributes(source.spec(0, 0)), metadata)
    count = spec.nchannels
    stored = [_stored(spec, kind) for kind in (spec.channelformats or [spec.format] * count)]
    aspect = spec.get_float_attribute("PixelAspectRatio", 1.0)
    return Header(
        channels=tuple(spec.channelnames),
        data_window=Window(spec.x, spec.y, spec.width, spec.height),
        display_window=Window(spec.full_x, spec.full_y, spec.full_width, spec.full_height),
        pixel_aspect=aspect if 0 < aspect < float("inf") else 1.0,
        pixel_type=_stored(spec, spec.format),
        file_format=source.format_name(),
        metadata=metadata,
        channel_types=tuple(stored),
        part=spec.get_string_attribute("oiio:subimagename"),
        view=spec.get_string_attribute("view") or None,
        compression=spec.get_string_attribute("compression"),
        tiled=spec.tile_width > 0,
        deep=spec.deep,
    )


def _stored(spec: oiio.ImageSpec, kind: oiio.TypeDesc) -> str:
    """The name of a type; a DPX of 10 bits is given as 16, and says how many it has."""
    name, bits = str(kind), spec.get_int_attribute("oiio:BitsPerSample", 0)
    return f"uint{bits}" if bits and name.startswith("uint") else name


def _shared(first: tuple[Attribute, ...], own: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """What the first part says for all, and the part itself does not."""
    known = OF_ONE_PART | {entry.name.lower() for entry in own}
    return tuple(
        entry
        for entry in first
        if entry.name.lower() not in known and not entry.name.lower().startswith(OF_ONE_PART_GROUPS)
    )
