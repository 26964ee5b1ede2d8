"""Cuts in the plate, which are never followed without the person's word."""

from __future__ import annotations

import base64
from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import NDArray

from penumbra.engine.clock import Clock
from penumbra.engine.events import Event, Notice
from penumbra.engine.fingerprints import hash_of
from penumbra.engine.groups import Group
from penumbra.engine.kept.plate_facts import PlateFacts
from penumbra.engine.opened import OpenedShot
from penumbra.engine.plan import gaps, scenes
from penumbra.errors import InputError, PenumbraError, raise_faults
from penumbra.plates import ReadAhead, cut_places
from penumbra.shot import FrameRange

# Raised when glimpses change.
GLIMPSE = 1


def cuts_of(opened: OpenedShot, facts: PlateFacts) -> Generator[Event, None, tuple[int, ...]]:
    """The frames that a cut follows; none where the person wants to go across them."""
    frames = opened.source.frames
    if opened.shot.settings.across_cuts or len(frames) == 1:
        return ()
    # What a file's glimpse shows depends on what is chosen of it, too.
    source = opened.source
    name = f"glimpse {hash_of(GLIMPSE, source.selection, source.header.display_window)[:8]}"
    clock = Clock(len(frames), "cuts")
    yield clock.told()
    glimpses = []
    with ReadAhead(frames, lambda frame: facts.fact(frame, name, lambda: _written(opened, frame))) as ahead:
        for text in ahead:
            glimpses.append(_read(text))
            yield clock.tick()
    cuts = tuple(frames.first + place for place in cut_places(glimpses))
    for cut in cuts:
        yield Notice(f"There is a cut between {cut} and {cut + 1}: the subject is not followed across it.")
    return cuts


def check_reached(groups: Sequence[Group], cuts: Sequence[int], wanted: FrameRange) -> None:
    """Refuse frames that no key frame leads to without crossing a cut.

    Args:
        groups: The objects.
        cuts: The frames that a cut follows.
        wanted: The frames that are to be made.

    Raises:
        InputError: There are some.
    """
    lost = ((group, scene) for group in groups for scene in scenes(group.frames, cuts) if not gaps(group.keys, scene))
    raise_faults([_unreached(group, scene) for group, scene in lost if set(scene) & set(wanted)])


def _unreached(group: Group, scene: FrameRange) -> PenumbraError:
    of = f" of {', '.join(filter(None, group.names))}" if any(group.names) else ""
    where = f"Frames {scene} lie" if len(scene) > 1 else f"Frame {scene} lies"
    return InputError(
        f"{where} beyond a cut in the plate, and no key frame{of} is among them.",
        "Give a mask there, leave these frames out, or, if it is no cut, add --across-cuts.",
        frame=scene.first,
    )


def _written(opened: OpenedShot, frame: int) -> str:
    """As text, which half precision is enough for."""
    glimpse_hw3 = opened.source.glimpse(frame).astype(np.float16)
    return f"{glimpse_hw3.shape[0]}x{glimpse_hw3.shape[1]}:{base64.b64encode(glimpse_hw3.tobytes()).decode()}"


def _read(text: str) -> NDArray[np.float32]:
    size, _, pixels = text.partition(":")
    height, width = map(int, size.split("x"))
    return np.frombuffer(base64.b64decode(pixels), np.float16).reshape(height, width, 3).astype(np.float32)
