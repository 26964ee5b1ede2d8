"""What is done otherwise when the device's memory is short: first what costs time, at last what costs precision.

The published network with seeded weights and two objects (`python -m benchmarks.thrift`); the most memory and the bank
in MiB at 960x540, and the difference of alpha from the first level over the reference clip:

    level                  most  bank  largest  mean
    plenty                 1253   9.0
    objects one by one      787   9.0  1.2e-6   1.2e-7
    smallest pieces         787   9.0  1.2e-6   1.2e-7
    bank in half precision  787   5.0  1.5e-5   1.4e-6

A step of a half float EXR is 5e-4 near 1. The most is the decoder's, at full size: the read and the bank decide only
where there are many key frames, or other decoders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from penumbra.memory import PIECE_BYTES, MemoryState


@dataclass(frozen=True)
class Thrift:
    """How sparing a frame is.

    Attributes:
        words: What it does, in words; empty where it spares nothing.
        piece_bytes: What the attention read takes at once.
        one_by_one: Whether objects go through the decoder one after the other.
        storage: In which precision the bank keeps its values. Keys, and what the sensory memory adds up, stay float32.
    """

    words: str
    piece_bytes: int
    one_by_one: bool
    storage: torch.dtype

    def stored(self, state: MemoryState) -> MemoryState:
        """The state with its bank in this precision, or as it is where that is coarser already."""
        if self.storage == torch.float32:
            return state
        return replace(state, entries=tuple(entry.stored(self.storage) for entry in state.entries))

    def for_objects(self, make: Callable[..., tuple[Tensor, ...]], *of_objects: Tensor) -> tuple[Tensor, ...]:
        """What `make` gives for tensors `[N,...]`, asked for all objects at once, or for each and put together."""
        if not self.one_by_one:
            return make(*of_objects)
        made = [make(*of_one) for of_one in zip(*(tensor.split(1) for tensor in of_objects), strict=True)]
        return tuple(torch.cat(parts) for parts in zip(*made, strict=True))


MIB = 1024 * 1024
PLENTY = Thrift("", PIECE_BYTES, one_by_one=False, storage=torch.float32)
# Each spares what the one before it does, and more.
LEVELS = (
    PLENTY,
    Thrift("objects go one after the other, and memory is read in smaller pieces", 32 * MIB, True, torch.float32),
    Thrift("memory is read in the smallest pieces", 8 * MIB, True, torch.float32),
    Thrift("the memory bank is kept in half precision", 8 * MIB, True, torch.float16),
)
