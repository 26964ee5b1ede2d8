"""The plate of a shot: its files, what is wrong with them, and its frames one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from penumbra.codec import UnreadableError, read_header, read_picture
from penumbra.errors import FileError, PenumbraError
from penumbra.image import Header, Plate, Window, placed
from penumbra.plates.sequence import ImageSequence
from penumbra.shot import FrameRange, in_ranges, named

# Headers on network storage are slow to come and cost nothing to wait for.
HEADER_THREADS = 16

CHECK_SIZE = "Check the proxy setting of the Read or the format of the render."
CHECK_COLOR = "Give a plate with R, G, B, or with one layer."

T = TypeVar("T")


@dataclass(frozen=True)
class PlateSource:
    """A sequence and the frames of it that are wanted.

    Attributes:
        sequence: The files.
        frames: The frames wanted.
    """

    sequence: ImageSequence
    frames: FrameRange

    @classmethod
    def open(cls, plate: Path, frames: FrameRange | None = None) -> PlateSource:
        """Find the files of a plate.

        Args:
            plate: A pattern, a folder or one file of the sequence.
            frames: The frames wanted; None means from the first to the last on disk.

        Raises:
            FileError: There are none.
            InputError: It is not clear which are meant.
        """
        sequence = ImageSequence.find(plate)
        return cls(sequence, frames or sequence.extent)

    def path(self, frame: int) -> Path:
        """The file of one frame."""
        return self.sequence.path(frame)

    @cached_property
    def header(self) -> Header:
        """The first header that can be read, which speaks for the shot.

        Raises:
            FileError: None can be read.
        """
        there = [frame for frame in self.sequence.frames if frame in self.frames] or self.sequence.frames
        answers = (self._header_or_fault(frame) for frame in there)
        found = next((answer for answer in answers if isinstance(answer, Header)), None)
        return found or read_header(self.path(there[0]))

    def check(self) -> list[PenumbraError]:
        """All that the files' headers show before the first frame, each fault once for all its frames."""
        missing = self.sequence.missing(self.frames)
        faults: list[PenumbraError] = [self._missing(missing)] if missing else []
        gone = set(missing)
        there = [frame for frame in self.frames if frame not in gone]
        with ThreadPoolExecutor(HEADER_THREADS) as pool:
            answers = dict(zip(there, pool.map(self._header_or_fault, there), strict=True))
        headers = {frame: answer for frame, answer in answers.items() if isinstance(answer, Header)}
        unreadable = {
            frame: answer for frame, answer in answers.items() if isinstance(answer, UnreadableError)
        }
        return faults + self._unreadable(unreadable) + self._resized(headers) + self._colorless(headers)

    def read(self, frame: int) -> Plate:
        """One frame, over its display window, in the file's own encoding. Safe to call from many threads.

        Raises:
            FileError: The file cannot be read, is cut short, has no color, or is not of the shot's size.
        """
        try:
            header = read_header(self.path(frame))
            channels = color_channels(header.channels)
            display = header.display_window
            if display != self.header.display_window:
                raise self._fault([frame], _other_size(display, self.header.display_window), CHECK_SIZE)
            if not channels:
                raise self._fault([frame], _no_color(header.channels), CHECK_COLOR)
            picture = read_picture(self.path(frame), channels)
        except UnreadableError as fault:
            raise FileError(
                f"Frame {frame}: {fault.problem}", fault.next_step, frame=frame, path=fault.path
            ) from fault
        rgb_HW3 = placed(picture.pixels_HWC, header.data_window, display)
        if len(channels) == 1:
            rgb_HW3 = np.repeat(rgb_HW3, 3, axis=2)
        return Plate(frame, rgb_HW3, display, header.pixel_aspect, header.metadata)

    def _header_or_fault(self, frame: int) -> Header | UnreadableError:
        try:
            return read_header(self.path(frame))
        except UnreadableError as fault:
            return fault

    def _fault(self, frames: list[int], problem: str, next_step: str) -> FileError:
        path = self.path(frames[0]) if len(frames) == 1 else self.sequence.pattern.folder
        sentence = f"{named(frames)} of {self.sequence.pattern.name} {problem}."
        return FileError(sentence, next_step, frame=frames[0], path=path)

    def _missing(self, frames: list[int]) -> FileError:
        be = "is" if len(frames) == 1 else "are"
        return self._fault(
            frames,
            f"{be} missing in {self.sequence.pattern.folder}",
            f"On disk are {in_ranges(self.sequence.frames)}: render what is missing, or give another range.",
        )

    def _unreadable(self, faults: dict[int, UnreadableError]) -> list[PenumbraError]:
        alike = _grouped((frame, (fault.reason, fault.next_step)) for frame, fault in faults.items())
        return [
            self._fault(frames, f"cannot be read: {reason}", step) for (reason, step), frames in alike.items()
        ]

    def _resized(self, headers: dict[int, Header]) -> list[PenumbraError]:
        windows = {frame: header.display_window for frame, header in headers.items()}
        if not windows:
            return []
        usual = max(windows.values(), key=Counter(windows.values()).__getitem__)
        alike = _grouped((frame, window) for frame, window in windows.items() if window != usual)
        return [
            self._fault(frames, _other_size(window, usual, len(frames)), CHECK_SIZE)
            for window, frames in alike.items()
        ]

    def _colorless(self, headers: dict[int, Header]) -> list[PenumbraError]:
        channels = ((frame, header.channels) for frame, header in headers.items())
        alike = _grouped((frame, names) for frame, names in channels if not color_channels(names))
        return [
            self._fault(frames, _no_color(names, len(frames)), CHECK_COLOR) for names, frames in alike.items()
        ]


def color_channels(names: tuple[str, ...]) -> tuple[str, ...]:
    """The channels of the plate's color: R, G, B, else Y, else the only layer's; none where unclear."""
    layers = _layers(names)
    if "" in layers:
        return layers[""]
    if "Y" in names:
        return ("Y",)
    return next(iter(layers.values())) if len(layers) == 1 else ()


def _layers(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The layers that have a whole R, G, B, by name; the layer without a name is ''."""
    prefixes = [name[:-1] for name in names if name.endswith("R")]
    triples = {prefix: tuple(f"{prefix}{letter}" for letter in "RGB") for prefix in prefixes}
    return {
        prefix.rstrip("."): triple
        for prefix, triple in triples.items()
        if set(triple) <= set(names) and (not prefix or prefix.endswith("."))
    }


def _no_color(names: tuple[str, ...], count: int = 1) -> str:
    have = "has" if count == 1 else "have"
    if layers := _layers(names):
        return f"{have} several layers and none is the plain one: {', '.join(layers)}"
    return f"{have} no color; the channels are {', '.join(names)}"


def _other_size(window: Window, usual: Window, count: int = 1) -> str:
    return f"{'is' if count == 1 else 'are'} {window}, the shot is {usual}"


def _grouped(pairs: Iterable[tuple[int, T]]) -> dict[T, list[int]]:
    """Frames that share something."""
    frames: defaultdict[T, list[int]] = defaultdict(list)
    for frame, shared in pairs:
        frames[shared].append(frame)
    return frames
