"""The plate of a shot: its files, what is wrong with them, and its frames one by one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from penumbra.codec import LARGEST_WINDOW, UnreadableError, read_headers, read_picture, read_rows
from penumbra.errors import FileError, InputError, PenumbraError
from penumbra.image import Header, Plate, Window, placed
from penumbra.plates.channels import Unclear
from penumbra.plates.faults import faults_of, misfit, unclear
from penumbra.plates.glimpse import bands, seen
from penumbra.plates.look import Format, Look, header_of, usual
from penumbra.plates.selection import Color, Selection
from penumbra.plates.sequence import ImageSequence
from penumbra.shot import FrameRange, with_view

# Headers on network storage are slow to come and cost nothing to wait for.
HEADER_THREADS = 16

ANYTHING = Selection()


@dataclass(frozen=True)
class PlateSource:
    """A sequence and the frames of it that are wanted. Their headers are read once, when first asked for.

    Attributes:
        sequence: The files.
        frames: The frames wanted.
        selection: The layer, part and view wanted of every file.
    """

    sequence: ImageSequence
    frames: FrameRange
    selection: Selection = ANYTHING

    @classmethod
    def open(cls, plate: Path, frames: FrameRange | None = None, selection: Selection = ANYTHING) -> PlateSource:
        """Find the files of a plate.

        Args:
            plate: A pattern, a folder or one file of the sequence; `%V` and `%v` in it stand for the view.
            frames: The frames wanted; None means from the first to the last on disk.
            selection: The layer, part and view wanted of every file.

        Raises:
            FileError: There are none.
            InputError: It is not clear which are meant, or there is a `%V` and no view.
        """
        of_view = with_view(plate, selection.view)
        sequence = ImageSequence.find(of_view)
        is_named = selection.view_is_named or of_view != plate
        return cls(sequence, frames or sequence.extent, replace(selection, view_is_named=is_named))

    def path(self, frame: int) -> Path:
        """The file of one frame."""
        return self.sequence.path(frame)

    @cached_property
    def header(self) -> Header:
        """The header that speaks for the shot: of the first frame of the size that most frames have.

        Raises:
            FileError: None can be read.
        """
        frame, look = self._speaker
        return header_of(read_headers(self.path(frame)), look.color)

    @property
    def choice(self) -> str | None:
        """A line that says what is read from the files; None where it is their plain color.

        Raises:
            FileError: None can be read.
        """
        color = self._speaker[1].color
        if isinstance(color, Unclear):
            return None
        said = [f"layer {color.layer}"] if color.layer else []
        said += [f"view {color.view}"] if color.view else []
        said += [f"part {color.part} ({self.header.part})"] if color.part else []
        return f"Read from: {', '.join(said)}" if said else None

    def kinds_of_color(self) -> list[tuple[Header, list[int]]]:
        """The wanted frames by what their headers say of color: for each kind a header with nothing else, and frames.

        Raises:
            FileError: None can be read.
        """
        kinds: dict[str, tuple[Header, list[int]]] = {}
        for frame, look in self._wanted.items():
            if isinstance(look, Look):
                says = look.of_color
                kind = repr((says.file_format, says.pixel_type, says.metadata))
                kinds.setdefault(kind, (says, []))[1].append(frame)
        return list(kinds.values())

    def check(self) -> list[PenumbraError]:
        """All that the files' headers show before the first frame, each fault once for all its frames."""
        return faults_of(self.sequence, self.sequence.missing(self.frames), self._wanted)

    def canvas(self, overscan: bool) -> Window:
        """Where the plates' pixels are wanted: in the display window, or wherever any frame has some as well.

        Raises:
            FileError: No frame can be read.
            InputError: Frames lie too far apart.
        """
        canvas = display = self.header.display_window
        if not overscan:
            return display
        for look in self._wanted.values():
            if isinstance(look, Look):
                canvas |= look.data_window
        if canvas.area > LARGEST_WINDOW.area:
            raise InputError(
                f"The windows of {self.sequence.pattern.name} cover {canvas} together, and at most {LARGEST_WINDOW} "
                "are worked on.",
                "Use --window display, or crop the plate's data windows.",
                path=self.sequence.pattern.folder,
            )
        return canvas

    def read(self, frame: int, canvas: Window | None = None) -> Plate:
        """One frame in the file's own encoding. Safe to call from many threads.

        Args:
            frame: Its number.
            canvas: Where pixels are wanted, black where the file has none; None means in the display window.

        Raises:
            FileError: The file cannot be read, is cut short, has not the color that is wanted, or is not of the
                shot's format.
        """
        with self._told(frame):
            color = self._color(frame)
            picture = read_picture(self.path(frame), color.channels, color.part)
        header = picture.header
        self._check_format(frame, header)
        canvas = canvas or header.display_window
        rgb_HW3 = placed(picture.pixels_HWC, header.data_window, canvas)
        if len(color.channels) == 1:
            rgb_HW3 = np.repeat(rgb_HW3, 3, axis=2)
        return Plate(
            frame=frame,
            rgb_HW3=rgb_HW3,
            window=canvas,
            display_window=header.display_window,
            data_window=header.data_window,
            pixel_aspect=header.pixel_aspect,
            metadata=header.metadata,
        )

    def glimpse(self, frame: int) -> NDArray[np.float32]:
        """A small picture of one frame, `[9,16,3]`, from a few of its rows: what cuts are found in.

        Its unit is arcsinh(x / 0.05) of the file's own encoding; NaN where the file has no pixels. Half precision is
        enough to keep it. Safe to call from many threads.

        Raises:
            FileError: As `read` raises it, but for damage elsewhere in the file.
        """
        rows = bands(self._speaker[1].format.display_window)
        with self._told(frame):
            color = self._color(frame)
            header, bands_hWC = read_rows(self.path(frame), color.channels, color.part, rows)
        self._check_format(frame, header)
        return np.stack([seen(band_hWC, header.data_window, header.display_window) for band_hWC in bands_hWC])

    def _check_format(self, frame: int, header: Header) -> None:
        theirs, shot = Format.of(header), self._speaker[1].format
        if theirs != shot:
            raise misfit(self.sequence, [frame], theirs, shot)

    def _color(self, frame: int) -> Color:
        look = self._looks.get(frame)
        color = (look if isinstance(look, Look) else Look.at(self.path(frame), self.selection)).color
        if isinstance(color, Unclear):
            raise unclear(self.sequence, [frame], color, FileError)
        return color

    @contextmanager
    def _told(self, frame: int) -> Iterator[None]:
        """In it a file that cannot be read is told with its frame."""
        try:
            yield
        except UnreadableError as fault:
            path = self.path(frame)
            raise FileError(f"Frame {frame}: {fault.problem}", fault.next_step, frame=frame, path=path) from fault

    @property
    def _wanted(self) -> dict[int, Look | UnreadableError]:
        return {frame: look for frame, look in self._looks.items() if frame in self.frames}

    @cached_property
    def _looks(self) -> dict[int, Look | UnreadableError]:
        """At all wanted files that there are; where there are none, at the others, which are of the same plate."""
        frames = self.sequence.frames
        there = [frame for frame in frames if frame in self.frames] or frames
        with ThreadPoolExecutor(HEADER_THREADS) as pool:
            return dict(zip(there, pool.map(self._look, there), strict=True))

    def _look(self, frame: int) -> Look | UnreadableError:
        try:
            return Look.at(self.path(frame), self.selection)
        except UnreadableError as fault:
            return fault

    @cached_property
    def _speaker(self) -> tuple[int, Look]:
        looks = {frame: look for frame, look in self._looks.items() if isinstance(look, Look)}
        if not looks:
            raise next(look for look in self._looks.values() if isinstance(look, UnreadableError))
        most = usual(looks.values())
        alike = {frame: look for frame, look in looks.items() if look.format == most}
        clear = (frame for frame, look in alike.items() if isinstance(look.color, Color))
        frame = next(clear, next(iter(alike)))
        return frame, alike[frame]
