"""Hard cuts, found in small glimpses of the frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

# Glimpses are compared by the ranks of their values, which no exposure and no encoding changes. What lies closer
# together than this, in a glimpse's own unit (a seventh of a stop of light), is nearly of one rank, so that grain and
# bare walls make none.
EQUAL = 0.1
# How far, in rows and columns of a glimpse, two are laid over each other to see whether the camera moved, and what
# each part that then does not lie on the other costs. Else any two would be alike in some corner.
SHIFTS, UNSHARED = tuple(product(range(-4, 5), range(-8, 9))), 0.3
# Where less than this part of two frames is known in both, as where data windows change, nothing can be said of them.
LEAST_KNOWN = 0.25
# Pairs of frames that are compared at a time: what stays in a processor's cache.
TOGETHER = 64

# The thresholds are round numbers in the middle of where figures hardly change (docs/decisions/0009-cuts.md).
# Two frames are of two scenes where they are unrelated, and less alike than the steps right beside by this factor;
UNRELATED, THAN_BESIDE = 0.42, 1.5
# or where a picture jumps that is calm otherwise, so far around that frames held for four hide no motion;
JUMP, THAN_AROUND, AROUND = 0.2, 2.0, 4
# or where one frame alone is unrelated to both sides, which are calmer than this share of that.
CALM = 0.5
# Grain makes steps so unlike.
GRAIN = 0.03
# It is no cut where a frame before it and one after it, so many frames apart at most, are so much more alike, ...
FLASH, ALIKE = 6, 0.6
# ... nor where all but this part of the picture was growing brighter already, or darker, by so much a frame. A pan to a
# window makes some of it brighter, and some darker.
UNLIT, FADE = 0.25, 0.05


def cut_places(glimpses: Sequence[NDArray[Any]]) -> tuple[int, ...]:
    """Where hard cuts lie: `i` stands for one between `glimpses[i]` and the next.

    A cut is where a frame is unlike the one before it, however the camera moved, and clearly more so than its
    neighbors are unlike each other. It is none where one of the next frames is like one of the last again, as after a
    flash or a dropped frame, nor at the end of a fade. A single frame between two scenes is a scene.

    Args:
        glimpses: From `PlateSource.glimpse`, `[h,w,3]`, in the order of frames; NaN where nothing is known. Half
            precision is enough: what it rounds is a twentieth of what counts as equal.
    """
    if len(glimpses) < 2:
        return ()
    steps = _Steps.of(np.stack(glimpses).astype(np.float32))
    return tuple(place for place in range(len(glimpses) - 1) if steps.is_cut(place))


@dataclass(frozen=True)
class _Steps:
    """What happens from each frame to the next.

    Attributes:
        ranks_Thw3: Every frame's ranks.
        unlike: How unlike the two are, 0..1, `[T-1]`.
        brighter: By how much the next is brighter all over, in a glimpse's unit, `[T-1]`; 0 where it is not so.
    """

    ranks_Thw3: Floats = field(repr=False)
    unlike: Floats
    brighter: Floats

    @classmethod
    def of(cls, glimpses_Thw3: Floats) -> _Steps:
        ranks_Thw3 = np.stack([_ranked(glimpse) for glimpse in glimpses_Thw3])
        first = np.arange(len(ranks_Thw3) - 1)
        changes = np.nan_to_num(np.diff(glimpses_Thw3, axis=0)).reshape(len(first), -1)
        low, high = np.quantile(changes, (UNLIT, 1 - UNLIT), axis=1)
        return cls(ranks_Thw3, _unlike(ranks_Thw3, first, first + 1), np.maximum(low, 0) + np.minimum(high, 0))

    def is_cut(self, place: int) -> bool:
        """Whether one lies after the frame."""
        if self.unlike[place] <= JUMP:
            return False
        is_new = self._stands_out(place) or self._is_single(place) or self._is_single(place + 1)
        return is_new and not self._returns(place)

    def _stands_out(self, place: int) -> bool:
        unlike, more = self.unlike[place], self.unlike[place] - GRAIN
        if len(self.unlike) == 1:
            return False  # two frames alone do not tell what is usual in them
        jumps = more > THAN_AROUND * _beside(self.unlike, place, AROUND).max(initial=0)
        differs = unlike > UNRELATED and more > THAN_BESIDE * _beside(self.unlike, place, 1).max(initial=0)
        fades = (_beside(self.brighter, place, 1) * np.sign(self.brighter[place])).max(initial=0) > FADE
        return bool((jumps or differs) and not fades)

    def _is_single(self, frame: int) -> bool:
        """Whether a frame is a scene of its own, between two others."""
        if not 0 < frame < len(self.unlike):
            return False
        across = _unlike(self.ranks_Thw3, np.array([frame - 1]), np.array([frame + 1]))
        least = min(self.unlike[frame - 1], self.unlike[frame], across[0])
        outside = np.concatenate([self.unlike[max(0, frame - 2) : frame - 1], self.unlike[frame + 1 : frame + 2]])
        return bool(least > UNRELATED and len(outside) and outside.max() < CALM * (least - GRAIN))

    def _returns(self, place: int) -> bool:
        """Whether one of the next frames is like one of the last again."""
        befores = range(max(0, place - FLASH + 1), place + 1)
        pairs = [(one, two) for one in befores for two in range(place + 1, min(len(self.unlike), one + FLASH) + 1)]
        before, after = np.array(pairs).T
        return bool(_unlike(self.ranks_Thw3, before, after).min() < ALIKE * self.unlike[place])


def _beside(steps: Floats, place: int, reach: int) -> Floats:
    """The steps next to one, without itself."""
    return np.concatenate([steps[max(0, place - reach) : place], steps[place + 1 : place + 1 + reach]])


def _ranked(glimpse_hw3: Floats) -> Floats:
    """How many of a glimpse's values each is above, less those that it is below, -1..1, all channels together."""
    values = glimpse_hw3.ravel()
    ranks, _ = _mean(np.clip((values[:, None] - values) / EQUAL, -1, 1))
    ranks[np.isnan(values)] = np.nan
    return ranks.reshape(glimpse_hw3.shape)


def _unlike(ranks_Thw3: Floats, before: Places, after: Places) -> Floats:
    """How unlike pairs of frames are, 0..1: the mean difference of ranks, however they are best laid on each other.

    Ranks of unrelated pictures differ by two thirds, and by 0.4 or more wherever they are laid. 0 where too little is
    known of both.
    """
    parts = [slice(first, first + TOGETHER) for first in range(0, len(before), TOGETHER)]
    return np.concatenate([_laid(ranks_Thw3[before[part]], ranks_Thw3[after[part]]) for part in parts])


def _laid(one_Phw3: Floats, two_Phw3: Floats) -> Floats:
    pairs, height, width, _ = one_Phw3.shape
    best = np.full(pairs, np.inf, np.float32)
    for down, right in SHIFTS:
        one = one_Phw3[:, max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)]
        two = two_Phw3[:, max(0, -down) : height + min(0, -down), max(0, -right) : width + min(0, -right)]
        apart = (one - two).reshape(pairs, -1)
        middle, known = _mean(apart)
        difference, _ = _mean(np.abs(apart - middle[:, None]))
        difference += UNSHARED * (1 - apart.shape[1] / one_Phw3[0].size)
        difference[known < LEAST_KNOWN * one_Phw3[0].size] = np.inf
        np.minimum(best, difference, out=best)
    best[np.isinf(best)] = 0
    return best


def _mean(values_PN: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The mean of each row's known values, 0 where there are none, and how many there are."""
    is_known = ~np.isnan(values_PN)
    known = np.count_nonzero(is_known, axis=1)
    sums = np.sum(values_PN, axis=1, where=is_known)
    means: Floats = (sums / np.maximum(known, 1)).astype(np.float32)
    return means, known
