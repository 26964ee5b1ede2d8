"""Where the passes from two key frames disagree, said in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate

from penumbra.engine.events import Notice
from penumbra.shot import FrameRange, in_ranges

# The share of the frame from which on it is worth a word: at HD a box of 64 pixels.
WORTH_SAYING = 0.002


def said_of_disagreement(by_frame: Mapping[int, float]) -> Iterator[Notice]:
    """A notice for every stretch of frames on which the passes disagree.

    Args:
        by_frame: The share of each frame, 0..1.
    """
    strong = sorted(frame for frame, share in by_frame.items() if share >= WORTH_SAYING)
    for text in in_ranges(strong).split(", ") if strong else ():
        stretch = FrameRange.parse(text)
        most = max(by_frame[frame] for frame in stretch)
        yield Notice(
            f"{text}: the two passes disagree over {_percent(most)} of the frame; "
            f"a key frame near {_middle(stretch, by_frame)} would settle it."
        )


def _middle(stretch: FrameRange, by_frame: Mapping[int, float]) -> int:
    """The frame that leaves as much disagreement before it as after it: so the key frame parts it best."""
    half = sum(by_frame[frame] for frame in stretch) / 2
    before = accumulate(by_frame[frame] for frame in stretch)
    return next(frame for frame, so_far in zip(stretch, before, strict=True) if so_far >= half)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} percent" if share >= 0.1 else f"{100 * share:.2g} percent"
