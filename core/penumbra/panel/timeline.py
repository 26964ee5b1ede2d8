"""What is known of every frame of a shot: from the order, from the worker, and from the job that runs. No Qt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from penumbra.desk import Job, Order


@dataclass(frozen=True)
class Frame:
    """A frame of the strip.

    Attributes:
        keys: The kind of the key frame (`guide`, `approved`) of each object; a nameless object is "".
        matte: `done`, `stale`, `missing`, or "" where that is not known.
        disagreement: The share of the frame, 0..1, over which its two passes disagree; None where one made it.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    matte: str = ""
    disagreement: float | None = None


@dataclass(frozen=True)
class Timeline:
    """The frames of a shot, first and last included; empty where nobody knows them yet."""

    frames: Mapping[int, Frame] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """The first frame's number."""
        return min(self.frames)

    @property
    def last(self) -> int:
        """The last frame's number."""
        return max(self.frames)

    @property
    def numbers(self) -> Sequence[int]:
        """Every frame's number, in order."""
        return range(self.first, self.last + 1) if self.frames else ()

    @property
    def key_frames(self) -> list[int]:
        """The numbers of the frames that have a key frame."""
        return [number for number in self.numbers if self.at(number).keys]

    @property
    def newest_matte(self) -> int | None:
        """The last frame whose matte is done."""
        return max((number for number, frame in self.frames.items() if frame.matte == "done"), default=None)

    def at(self, number: int) -> Frame:
        """A frame; one that nothing is known of where there is none."""
        return self.frames.get(number, Frame())

    @property
    def counts(self) -> Mapping[str, int]:
        """How many mattes are `done`, `stale` and `missing`; only what there is."""
        return Counter(frame.matte for frame in self.frames.values() if frame.matte)


def timeline(order: Order, job: Job | None, states: Sequence[Mapping[str, Any]] | None) -> Timeline:
    """What is known now.

    Args:
        order: The shot.
        job: The newest job of it: what it finished is done.
        states: The worker's answer to `states`, or None before it.
    """
    if states is not None:
        frames = {told["frame"]: Frame(told["keys"], told["matte"], told["disagreement"]) for told in states}
    else:
        frames = dict.fromkeys(_range(order, job), Frame())
        for number, keys in _keys(order.document.get("key_frames")):
            frames[number] = Frame(keys)
    if job is not None:
        for number in job.frames:
            known = frames.get(number, Frame())
            frames[number] = replace(known, matte="done", disagreement=job.disagreement.get(number))
    return Timeline(dict(sorted(frames.items())))


def _range(order: Order, job: Job | None) -> Sequence[int]:
    """The frames that the job, or else the order, says."""
    for told in (job.range if job else "", order.document.get("frames")):
        ends = re.fullmatch(r"\s*(-?\d+)(?:-(-?\d+))?\s*", str(told or ""))
        if ends:
            return range(int(ends[1]), int(ends[2] or ends[1]) + 1)
    return ()


def _keys(told: Any) -> Iterator[tuple[int, dict[str, str]]]:
    """The key frames of a document that a program wrote; a person's other ways to write them are left to the worker."""
    by_frame: dict[int, dict[str, str]] = {}
    for record in told if isinstance(told, list) else ():
        if isinstance(record, dict) and isinstance(record.get("frame"), int):
            name = record.get("object") or ""
            by_frame.setdefault(record["frame"], {})[name] = record.get("kind") or "guide"
    yield from by_frame.items()
