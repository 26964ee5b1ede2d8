"""Objects that share their key frames: they go through the network together."""

from __future__ import annotations

from dataclasses import dataclass

from penumbra.shot import FrameRange, KeyFrame, Shot


@dataclass(frozen=True)
class Group:
    """Objects whose key frames are on the same frames and of the same kinds, and that come and go together.

    Attributes:
        names: Their names, in the shot's order.
        keys: Their key frames by frame; each frame's in the order of `names`.
        frames: Where they are in the shot.
    """

    names: tuple[str | None, ...]
    keys: dict[int, tuple[KeyFrame, ...]]
    frames: FrameRange

    def is_approved(self, frame: int) -> bool:
        """Whether their mattes of this frame are finished."""
        return frame in self.keys and self.keys[frame][0].is_approved


def groups_of(shot: Shot, frames: FrameRange) -> tuple[Group, ...]:
    """The groups of a shot, in the order of their first objects.

    Args:
        shot: The order.
        frames: The shot's frames.
    """
    alike: dict[object, list[str | None]] = {}
    for name in shot.objects:
        times = tuple((key.frame, key.kind) for key in shot.keys_of(name))
        alike.setdefault((times, _stay(shot, name, frames)), []).append(name)
    return tuple(_group(shot, tuple(names), frames) for names in alike.values())


def _group(shot: Shot, names: tuple[str | None, ...], frames: FrameRange) -> Group:
    by_frame = zip(*(shot.keys_of(name) for name in names), strict=True)
    return Group(names, {keys[0].frame: keys for keys in by_frame}, _stay(shot, names[0], frames))


def _stay(shot: Shot, name: str | None, frames: FrameRange) -> FrameRange:
    """Where an object is in the shot. Its key frames are there, so that this is never nothing."""
    presence = shot.presence_of(name)
    if presence is None:
        return frames
    first = frames.first if presence.first is None else max(presence.first, frames.first)
    return FrameRange(first, frames.last if presence.last is None else min(presence.last, frames.last))
