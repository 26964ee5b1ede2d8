"""What is wrong with the files of a plate, in sentences: each fault once, with all its frames."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

from penumbra.codec import UnreadableError
from penumbra.errors import FileError, InputError, PenumbraError
from penumbra.plates.channels import Unclear
from penumbra.plates.look import Format, Look, usual
from penumbra.plates.selection import Color
from penumbra.plates.sequence import ImageSequence
from penumbra.shot import in_ranges, named

T = TypeVar("T")


def faults_of(
    sequence: ImageSequence, missing: list[int], looks: Mapping[int, Look | UnreadableError]
) -> list[PenumbraError]:
    """All that a look at every frame's file shows.

    Args:
        sequence: The files.
        missing: The wanted frames that have none.
        looks: What came of looking at the others.
    """
    unreadable = {frame: look for frame, look in looks.items() if isinstance(look, UnreadableError)}
    readable = {frame: look for frame, look in looks.items() if isinstance(look, Look)}
    faults: list[PenumbraError] = [_missing(sequence, missing)] if missing else []
    for (reason, step), frames in _grouped((n, (fault.reason, fault.next_step)) for n, fault in unreadable.items()):
        faults.append(fault_of(sequence, frames, f"cannot be read: {reason}", step))
    if readable:
        faults += _odd(sequence, readable)
        faults += _unclear(sequence, readable)
    return faults


def fault_of(
    sequence: ImageSequence, frames: list[int], problem: str, next_step: str, kind: type[PenumbraError] = FileError
) -> PenumbraError:
    """`Frames 1003-1004 of plate.####.exr` and their problem."""
    path = sequence.path(frames[0]) if len(frames) == 1 else sequence.pattern.folder
    return kind(f"{named(frames)} of {sequence.pattern.name} {problem}.", next_step, frame=frames[0], path=path)


def misfit(sequence: ImageSequence, frames: list[int], theirs: Format, usual: Format) -> PenumbraError:
    """The fault of frames that have another format than the shot."""
    one = len(frames) == 1
    if theirs.display_window != usual.display_window:
        problem = f"{'is' if one else 'are'} {theirs.display_window}, the shot is {usual.display_window}"
        return fault_of(sequence, frames, problem, "Check the proxy setting of the Read or the format of the render.")
    aspects = f"pixels of the aspect {theirs.pixel_aspect:g}, the shot's have {usual.pixel_aspect:g}"
    return fault_of(sequence, frames, f"{'has' if one else 'have'} {aspects}", "Check the format of the render.")


def unclear(sequence: ImageSequence, frames: list[int], why: Unclear, kind: type[PenumbraError]) -> PenumbraError:
    """The fault of frames that do not have what is wanted, or more than one thing that fits."""
    return fault_of(sequence, frames, f"{'has' if len(frames) == 1 else 'have'} {why.has}", why.next_step, kind)


def _missing(sequence: ImageSequence, frames: list[int]) -> PenumbraError:
    be = "is" if len(frames) == 1 else "are"
    return fault_of(
        sequence,
        frames,
        f"{be} missing in {sequence.pattern.folder}",
        f"On disk are {in_ranges(sequence.frames)}: render what is missing, or give another range.",
    )


def _odd(sequence: ImageSequence, looks: Mapping[int, Look]) -> list[PenumbraError]:
    most = usual(looks.values())
    odd = ((frame, look.format) for frame, look in looks.items() if look.format != most)
    return [misfit(sequence, frames, theirs, most) for theirs, frames in _grouped(odd)]


def _unclear(sequence: ImageSequence, looks: Mapping[int, Look]) -> list[PenumbraError]:
    """Where no frame at all has what was asked for, it is the order that has to change, and not some files."""
    some = any(isinstance(look.color, Color) for look in looks.values())
    lacking = ((frame, look.color) for frame, look in looks.items() if isinstance(look.color, Unclear))
    return [
        unclear(sequence, frames, why, InputError if why.asked and not some else FileError)
        for why, frames in _grouped(lacking)
    ]


def _grouped(pairs: Iterable[tuple[int, T]]) -> Iterable[tuple[T, list[int]]]:
    """Frames that share something."""
    frames: defaultdict[T, list[int]] = defaultdict(list)
    for frame, shared in pairs:
        frames[shared].append(frame)
    return frames.items()
