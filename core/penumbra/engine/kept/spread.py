"""Which of a shot's snapshots is missed the least. Numbers only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

# A pass, and the frame of it after which there is a snapshot.
Place = tuple[str, int]


def least_missed_first(
    taken: Collection[Place], passes: Mapping[str, Sequence[int]], newest: Place | None
) -> Iterator[Place]:
    """All snapshots but the newest, each as if those before it were gone.

    The least missed is the one whose loss leaves the smallest hole: the frames from the snapshot before it, or the
    beginning of its pass, to the one after it, or the end. Of equal holes, the one nearest to its pass's beginning.

    Args:
        taken: Where there are snapshots.
        passes: All frames of each pass, in the order in which they are made.
        newest: Counts for the holes of the others.
    """
    left = {
        chain: [index for index, frame in enumerate(frames) if (chain, frame) in taken]
        for chain, frames in passes.items()
    }
    while holes := [
        (hole, index, chain)
        for chain, indexes in left.items()
        for hole, index in _holes(indexes, len(passes[chain]))
        if (chain, passes[chain][index]) != newest
    ]:
        _, index, chain = min(holes)
        left[chain].remove(index)
        yield chain, passes[chain][index]


def _holes(indexes: Sequence[int], count: int) -> list[tuple[int, int]]:
    """What the loss of each index leaves in a pass of `count` frames, and the index; ascending."""
    ends = [-1, *indexes, count]
    return [(after - before, index) for before, index, after in zip(ends, indexes, ends[2:], strict=False)]
