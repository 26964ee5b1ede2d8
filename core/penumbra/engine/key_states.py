"""The memory after a key frame: what every pass beside it begins with."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from torch import Tensor

from penumbra.engine.bench import Bench
from penumbra.memory import MemoryState
from penumbra.propagation import Propagates, Region

# Those of the two key frames beside a gap.
KEPT = 2


@dataclass(frozen=True)
class Begun:
    """A key frame that went through the network: the memory after it, and its alpha `[O,h,w]`."""

    state: MemoryState
    alpha_Ohw: Tensor


class KeyStates:
    """Key frames as the network sees them, each put through it once for both its gaps where they see one region."""

    def __init__(self, propagator: Propagates) -> None:
        self._propagator = propagator
        self._kept: OrderedDict[tuple[tuple[str | None, ...], Region, int], Begun] = OrderedDict()

    def at(self, bench: Bench, key: int) -> Begun:
        """One key frame.

        Raises:
            FileError: Its plate or its mask cannot be read any more.
        """
        name = (bench.group.names, bench.region, key)
        if name not in self._kept:
            view_3hw = bench.load(key).view_3hw
            alpha_Ohw = self._propagator.start(view_3hw, bench.masks_Ohw(key), approved=bench.group.is_approved(key))
            self._kept[name] = Begun(self._propagator.state, alpha_Ohw)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(name)
        return self._kept[name]
