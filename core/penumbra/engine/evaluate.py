"""Mattes on disk against their truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from penumbra.codec import read_header, read_picture
from penumbra.errors import InputError
from penumbra.evaluation import Errors, errors, temporal_error
from penumbra.image import Window, placed
from penumbra.plates import ImageSequence, read_mask
from penumbra.shot import FrameRange, KeyFrame, in_ranges


@dataclass(frozen=True)
class FrameErrors:
    """One frame's errors; `dtssd` is None for the first, which has none before it."""

    frame: int
    errors: Errors
    dtssd: float | None


@dataclass(frozen=True)
class Evaluation:
    """A sequence of mattes against its truth.

    Attributes:
        frames: Frame by frame.
        repeated_mask_mad: The mean absolute difference x 1e3 of the key frame's mask, repeated over the same frames:
            what one would have without following the subject. None without a mask.
    """

    frames: tuple[FrameErrors, ...]
    repeated_mask_mad: float | None

    def means(self) -> dict[str, float]:
        """The mean of every measure over the frames."""
        rows = [frame.errors for frame in self.frames]
        mean = {item.name: float(np.mean([getattr(row, item.name) for row in rows])) for item in fields(Errors)}
        steps = [frame.dtssd for frame in self.frames if frame.dtssd is not None]
        return mean | ({"dtssd": float(np.mean(steps))} if steps else {})

    def table(self) -> list[dict[str, float | int | None]]:
        """A row for each frame, for a CSV file."""
        return [{"frame": row.frame, **asdict(row.errors), "dtssd": row.dtssd} for row in self.frames]


def evaluate(predicted: Path, true: Path, frames: FrameRange | None = None, key: KeyFrame | None = None) -> Evaluation:
    """Compare the alphas of two sequences, frame by frame.

    Args:
        predicted: The mattes: a pattern, a folder, or one file.
        true: The truth, likewise.
        frames: The frames to compare; None means all of `predicted`.
        key: The mask that the mattes were made from, for comparison.

    Raises:
        PenumbraError: A frame is missing, unreadable, or of another size than its counterpart.
    """
    pairs = list(_pairs(predicted, true, frames))
    mask = None
    rows, repeated = [], []
    before = None
    for frame, ours, theirs in pairs:
        header = read_header(theirs)
        window = header.display_window
        now = (read_alpha(ours, window), read_alpha(theirs, window))
        if key is not None:
            mask = read_mask(key.path, key.channel, header, window).alpha_HW if mask is None else mask
            repeated.append(float(np.abs(mask - now[1]).mean()) * 1e3)
        rows.append(FrameErrors(frame, errors(*now), None if before is None else temporal_error(before, now)))
        before = now
    return Evaluation(tuple(rows), float(np.mean(repeated)) if repeated else None)


def read_alpha(path: Path, window: Window) -> NDArray[np.float32]:
    """A matte's alpha `[H,W]`, 0..1, over a display window: the channel A, or the only one.

    Raises:
        InputError: It has no alpha, or its display window is of another size.
        FileError: It cannot be read.
    """
    header = read_header(path)
    name = "A" if "A" in header.channels else header.channels[0]
    if name != "A" and len(header.channels) > 1:
        raise InputError(f"{path} has no alpha, only {', '.join(header.channels)}.", "Give mattes.", path=path)
    if header.display_window.size != window.size:
        raise InputError(
            f"{path} is {header.display_window}, and what it is compared with is {window}.",
            "Compare sequences of one size.",
            path=path,
        )
    picture = read_picture(path, [name])
    return placed(picture.pixels_HWC[..., 0], header.data_window, header.display_window)


def _pairs(predicted: Path, true: Path, frames: FrameRange | None) -> Iterator[tuple[int, Path, Path]]:
    ours, theirs = ImageSequence.find(predicted), ImageSequence.find(true)
    wanted = tuple(frames) if frames is not None else ours.frames
    for sequence in (ours, theirs):
        if missing := sorted(set(wanted) - set(sequence.frames)):
            raise InputError(
                f"{sequence.pattern} lacks the frames {in_ranges(missing)}.",
                f"It has {in_ranges(sequence.frames)}: give a range that both have, with --frames.",
            )
    for frame in wanted:
        yield frame, ours.path(frame), theirs.path(frame)
