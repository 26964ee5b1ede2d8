"""When nothing helps: which size of picture does fit the device's memory, found by trying."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import torch

from penumbra.errors import MachineError
from penumbra.memory import MEMORY_EVERY, RECENT, MemoryState
from penumbra.network import STRIDE, Model
from penumbra.propagation.step import begin, propagate
from penumbra.propagation.thrift import Thrift

# From one size that is tried to the next: about three tenths fewer pixels.
SMALLER = 0.84
# Below it no matte is worth having.
LEAST = 128
GIB = 1024**3


@dataclass(frozen=True)
class Burden:
    """What a frame asks of the device: the view's height and width, how many objects, how many frames kept for good."""

    size: tuple[int, int]
    objects: int
    permanent: int

    @property
    def smaller(self) -> Iterator[tuple[int, Burden]]:
        """What may be tried instead, the largest first, each with its short side, a multiple of the stride."""
        short = min(self.size)
        side = short
        while (side := int(side * SMALLER) // STRIDE * STRIDE) >= LEAST:
            height, width = (round(length * side / short) for length in self.size)
            yield side, replace(self, size=(height, width))


def release(device: torch.device) -> None:
    """Give back what torch keeps for later: it may be in pieces of the wrong size."""
    if device.type == "cuda":
        torch.cuda.empty_cache()


def no_memory(model: Model, burden: Burden, thrift: Thrift) -> MachineError:
    """The error that says which size fits.

    Args:
        model: It is run on black pictures, smaller and smaller, until they pass.
        burden: What did not fit.
        thrift: How sparingly it was tried.
    """
    height, width = burden.size
    objects = f" with {burden.objects} objects" if burden.objects > 1 else ""
    problem = f"{_named(model.device)} has no memory left for {width}x{height}{objects}, however sparingly it is used."
    side = next((side for side, smaller in burden.smaller if fits(model, smaller, thrift)), None)
    if side is not None:
        return MachineError(problem, f"Use --process-size {side}: it fits.")
    return MachineError(
        f"{problem} Nothing smaller fits either.", "Close the programs that hold its memory, or use --device cpu."
    )


def fits(model: Model, burden: Burden, thrift: Thrift) -> bool:
    """Whether a key frame and a frame with a full memory pass, the one that is remembered included."""
    height, width = (math.ceil(length / STRIDE) * STRIDE for length in burden.size)
    view, masks = (1, 3, height, width), (burden.objects, 1, height, width)
    zeros = partial(torch.zeros, device=model.device)
    release(model.device)
    try:
        with torch.inference_mode():
            state, _ = begin(model.network, "", burden.size, zeros(view), zeros(masks), warmup=0, thrift=thrift)
            propagate(model.network, _full(thrift.stored(state), burden.permanent), zeros(view), thrift)
    except torch.OutOfMemoryError:
        return False
    return True


def _full(state: MemoryState, permanent: int) -> MemoryState:
    """As if many frames had gone by. Every entry is a copy: it is their memory that is tried."""
    (entry,) = state.entries
    copies = (
        replace(entry, key=entry.key.clone(), shrinkage=entry.shrinkage.clone(), value=entry.value.clone())
        for _ in range(permanent + RECENT - 1)
    )
    return replace(state, entries=(entry, *copies), permanent=permanent, frames_since_memory=MEMORY_EVERY - 1)


def _named(device: torch.device) -> str:
    if device.type != "cuda":
        return f"The device {device}"
    free, total = torch.cuda.mem_get_info(device)
    name = torch.cuda.get_device_name(device)
    return f"The GPU ({name}, {free / GIB:.1f} of {total / GIB:.1f} GiB free)"
