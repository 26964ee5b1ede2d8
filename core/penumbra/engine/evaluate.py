"""Mattes on disk against their truth, and the contact sheet of a shot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from penumbra.codec import read_header, read_picture
from penumbra.color import check_colorspace, network_view, scene_linear
from penumbra.errors import InputError
from penumbra.evaluation import Errors, Row, draw_sheet, errors, over_checkerboard, temporal_error
from penumbra.image import Window, placed
from penumbra.plates import ImageSequence, PlateSource, default_colorspace, read_mask
from penumbra.shot import FrameRange, KeyFrame, in_ranges

SHEET_FRAMES = 6


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


def evaluate(
    predicted: Path, true: Path, frames: FrameRange | None = None, key: KeyFrame | None = None
) -> Evaluation:
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
        window = read_header(theirs).display_window
        now = (read_alpha(ours, window), read_alpha(theirs, window))
        if key is not None:
            mask = read_mask(key.path, key.channel, window) if mask is None else mask
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


def contact_sheet(
    path: Path, mattes: Path, plate: Path, key: KeyFrame, title: str, colorspace: str | None = None
) -> None:
    """Draw plate, mask, alpha and matte over a checkerboard, for some frames of a shot.

    Args:
        path: The PNG to write.
        mattes: RGBA mattes: a pattern, a folder, or one file.
        plate: What they were made from, likewise.
        key: The mask that they were made from.
        title: One line at the top.
        colorspace: The plate's; None lets the file's type decide.

    Raises:
        PenumbraError: Something cannot be read or written.
    """
    sequence = ImageSequence.find(mattes)
    source = PlateSource.open(plate, sequence.extent)
    space = check_colorspace(colorspace or default_colorspace(source.header)[0])
    places = np.linspace(0, len(sequence.frames) - 1, min(SHEET_FRAMES, len(sequence.frames)))
    chosen = [sequence.frames[round(place)] for place in places]
    mask = read_mask(key.path, key.channel, source.header.display_window)
    if key.frame in sequence.frames:
        nearest = min(chosen, key=lambda frame: abs(frame - key.frame))
        chosen[chosen.index(nearest)] = key.frame
    row = partial(_row, sequence, source, space, {key.frame: mask})
    draw_sheet(path, title, ("plate", "mask", "alpha", "matte"), [row(frame) for frame in chosen])


def _row(
    sequence: ImageSequence, source: PlateSource, space: str, masks: dict[int, NDArray[np.float32]], frame: int
) -> Row:
    header = read_header(sequence.path(frame))
    picture = read_picture(sequence.path(frame), ["R", "G", "B", "A"])
    rgba_HW4 = placed(picture.pixels_HWC, header.data_window, header.display_window)
    linear_3HW = scene_linear(_channels_first(source.read(frame).rgb_HW3), space)
    matte_3HW = _channels_first(over_checkerboard(rgba_HW4))
    shown = (_shown(linear_3HW, space), masks.get(frame), rgba_HW4[..., 3], _shown(matte_3HW, space))
    return Row(str(frame), shown)


def _channels_first(picture_HWC: NDArray[np.float32]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture_HWC)).permute(2, 0, 1)


def _shown(linear_3HW: torch.Tensor, space: str) -> NDArray[np.float32]:
    shown: NDArray[np.float32] = network_view(linear_3HW, space).permute(1, 2, 0).numpy()
    return shown


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
