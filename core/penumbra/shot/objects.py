"""What a shot says of its objects, held against each other: their names, their key frames, when they are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from penumbra.errors import InputError
from penumbra.shot.frames import FrameRange
from penumbra.shot.key_frame import KeyFrame
from penumbra.shot.presence import Presence


def contradictions(
    keys: Sequence[KeyFrame], presences: Sequence[Presence], frames: FrameRange | None
) -> Iterator[InputError]:
    """What contradicts itself.

    Args:
        keys: The key frames of all objects.
        presences: The objects that enter or leave.
        frames: The shot's frames, where it says them.
    """
    if not keys:
        yield InputError(
            "key_frames has no mask.", "Give one, on the frame where the subject is seen best.", field=("key_frames",)
        )
    for index, problem, next_step in (*_of_names(keys), *_of_keys(keys, presences, frames)):
        yield InputError(problem, next_step, frame=keys[index].frame, field=("key_frames", index))
    for index, problem, next_step in _of_presences(presences, {key.object for key in keys}):
        yield InputError(problem, next_step, field=("presences", index))


# The number of the key frame or presence, what is wrong with it, and what to do.
Found = Iterator[tuple[int, str, str]]


def _of_names(keys: Sequence[KeyFrame]) -> Found:
    first_of: dict[str | None, int] = {}
    for index, key in enumerate(keys):
        first_of.setdefault(key.object, index)
    if None in first_of and len(first_of) > 1:
        yield (
            first_of[None],
            "Some masks have an object's name, and this one has none.",
            "With several objects, name every mask's.",
        )
    alike = set[str]()
    for name, index in first_of.items():
        if name is not None and name.lower() in alike:
            yield (
                index,
                f"{name} is the name of another object, too: upper and lower case make no difference.",
                "Give them different names.",
            )
        alike.add((name or "").lower())


def _of_keys(keys: Sequence[KeyFrame], presences: Sequence[Presence], frames: FrameRange | None) -> Found:
    presence_of = {presence.object: presence for presence in presences}
    before = set[tuple[int, str | None]]()
    for index, key in enumerate(keys):
        whose = f"The mask of {key.object}" if key.object else "The mask"
        if (key.frame, key.object) in before:
            yield index, f"{whose} on frame {key.frame} is given twice.", "Give one of the two."
        before.add((key.frame, key.object))
        if frames is not None and key.frame not in frames:
            yield (
                index,
                f"{whose} on frame {key.frame} is outside the frames {frames}.",
                "Give a mask on one of these frames, or widen the range.",
            )
        if key.object in presence_of and key.frame not in presence_of[key.object]:
            yield (
                index,
                f"{whose} is on frame {key.frame}, where {key.object} is not in the shot.",
                "Widen its in and out, or take the mask away.",
            )


def _of_presences(presences: Sequence[Presence], names: Set[str | None]) -> Found:
    before = set[str]()
    for index, presence in enumerate(presences):
        if presence.object not in names:
            yield index, f"The object {presence.object} has no mask.", "Give it one on a frame where it is seen."
        if presence.object in before:
            yield index, f"It is said twice when {presence.object} enters and leaves.", "Say it once."
        before.add(presence.object)
