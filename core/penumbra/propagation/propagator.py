"""The propagator: a network that is given one frame after the other. Its whole memory is `state`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Protocol, TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from penumbra.errors import InputError
from penumbra.memory import MemoryEntry, MemoryState
from penumbra.network import PUBLISHED_WARMUP, STRIDE, Model
from penumbra.propagation.fitting import Burden, no_memory, release
from penumbra.propagation.step import begin, propagate
from penumbra.propagation.thrift import LEVELS, Thrift

Array = TypeVar("Array", NDArray[np.float32], Tensor)
# Makes a frame as sparingly as it is told: the past of the next one, and the alpha [N,1,H,W].
Make = Callable[[Thrift], tuple[MemoryState, Tensor]]
# A pass between two of them keeps both for good.
KEY_FRAMES = 2


class Propagates(Protocol):
    """What the engine asks of a memory network, whichever it is."""

    @property
    def state(self) -> MemoryState:
        """The past, as a value."""

    @property
    def thrift(self) -> str:
        """What it has done since the device's memory was short, as a clause; empty while there is enough."""

    def start(self, view: Array, masks: Array, *, approved: bool = False) -> Array:
        """Begin at a key frame."""

    def step(self, view: Array) -> Array:
        """The next frame."""

    def restore(self, state: MemoryState) -> None:
        """Go on from there."""


class Propagator:
    """MatAnyone's network behind `Propagates`.

    Views are `[3,H,W]`, masks and alphas `[O,H,W]`, all float32 in 0..1, views in sRGB. numpy arrays and torch tensors
    are both taken; the alpha comes back as what the view was, tensors on the model's device.

    Where a GPU runs out of memory the frame is made again more sparingly, and so are all that follow: see `LEVELS` of
    `penumbra.propagation.thrift`, and what it costs.

    Args:
        model: From `load_model`.
        warmup: How many times more than once the first frame is predicted.

    Raises:
        InputError: A negative warm-up; and from its methods, arrays of another shape or size, or values that are not
            finite.
        MachineError: From `start` and `step`: the GPU has too little memory even so. It says which size fits; the state
            is that before the frame, its bank kept as sparingly as was tried.
    """

    def __init__(self, model: Model, warmup: int = PUBLISHED_WARMUP) -> None:
        if warmup < 0:
            raise InputError(f"The warm-up is {warmup}, and must be 0 or more.", "The published setting is 10.")
        self._model = model
        self._warmup = warmup
        self._state: MemoryState | None = None
        self._levels: tuple[Thrift, ...] = LEVELS

    @property
    def state(self) -> MemoryState:
        """All that the next step depends on, besides its view.

        Raises:
            InputError: Before `start` or `restore`.
        """
        if self._state is None:
            raise InputError("There is no memory yet.", "Call start with a view and its masks, or restore a state.")
        return self._state

    @property
    def thrift(self) -> str:
        """What it has done since the GPU's memory was short, as a clause; empty while there is enough."""
        return self._levels[0].words

    def start(self, view: Array, masks: Array, *, approved: bool = False) -> Array:
        """Begin at a key frame with its masks; what was before is forgotten. Returns that frame's alpha.

        Approved masks are finished mattes: they are remembered, and come back, as they are.
        """
        size = _size_of(view)
        if masks.ndim not in (3, 4) or tuple(masks.shape[-2:]) != size or not len(masks):
            raise InputError(
                f"The masks are {list(masks.shape)} and the view is {list(view.shape)}: "
                "expected [O,H,W] and [3,H,W] of one size, and at least one object."
            )

        def make(thrift: Thrift) -> tuple[MemoryState, Tensor]:
            view_3HW, masks_OHW = self._taken("view", view), self._taken("mask", masks)
            masks_O1HW = masks_OHW[:, None] if masks_OHW.ndim == 3 else masks_OHW
            padded = padded_to_stride(view_3HW[None]), padded_to_stride(masks_O1HW)
            network, model = self._model.network, self._model.digest
            return begin(network, model, size, *padded, self._warmup, approved=approved, thrift=thrift)

        return self._frame(make, Burden(size, len(masks), KEY_FRAMES), view)

    def step(self, view: Array) -> Array:
        """The alpha of the next frame."""
        if _size_of(view) != self.state.frame_size:
            height, width = self.state.frame_size
            raise InputError(
                f"The view is {view.shape[-1]}x{view.shape[-2]}, and the memory is of {width}x{height}.",
                "All frames of a pass have one size.",
            )

        def make(thrift: Thrift) -> tuple[MemoryState, Tensor]:
            view_13HW = padded_to_stride(self._taken("view", view)[None])
            return propagate(self._model.network, self.state, view_13HW, thrift)

        burden = Burden(self.state.frame_size, self.state.objects, max(KEY_FRAMES, self.state.permanent))
        return self._frame(make, burden, view)

    def restore(self, state: MemoryState) -> None:
        """Go on from `state`: the next step gives the same bits as if nothing had happened.

        Raises:
            InputError: The state was made with another model.
        """
        if state.model != self._model.digest:
            raise InputError(
                f"The memory was made with model {state.model[:12]}, and this is {self._model.digest[:12]}.",
                "Use the model that it was made with, or start from the key frame.",
            )
        self._state = _moved(state, self._model.device)

    def _frame(self, make: Make, burden: Burden, like: Array) -> Array:
        """The alpha of a frame, made again and more sparingly while the device has no memory for it."""
        while True:
            try:
                self._state, alpha = self._made(make, burden.size, like)
                return cast(Array, alpha)
            except torch.OutOfMemoryError:
                # Nothing is done here: while the error is at hand, so is all that the frame had made.
                pass
            release(self._model.device)
            if len(self._levels) == 1:
                raise no_memory(self._model, burden, self._levels[0])
            self._levels = self._levels[1:]

    @torch.inference_mode()
    def _made(
        self, make: Make, size: tuple[int, int], like: NDArray[np.float32] | Tensor
    ) -> tuple[MemoryState, NDArray[np.float32] | Tensor]:
        thrift = self._levels[0]
        if self._state is not None:
            # In place of the finer one, whose memory is wanted.
            self._state = thrift.stored(self._state)
        state, alpha_O1HW = make(thrift)
        return state, _cropped(alpha_O1HW, size, like)

    def _taken(self, what: str, array: NDArray[np.float32] | Tensor) -> Tensor:
        """The array on the model's device."""
        tensor = array if isinstance(array, Tensor) else torch.from_numpy(np.ascontiguousarray(array))
        if not tensor.is_floating_point():
            raise InputError(f"The {what} is {tensor.dtype}: expected float values in 0..1.", "Divide integers first.")
        tensor = tensor.to(self._model.device, torch.float32)
        if not bool(torch.isfinite(tensor).all()):
            raise InputError(f"The {what} holds values that are not finite.", "Replace NaN and Inf first.")
        return tensor


def _size_of(view: NDArray[np.float32] | Tensor) -> tuple[int, int]:
    if view.ndim != 3 or view.shape[0] != 3 or 0 in view.shape:
        raise InputError(f"The view is {list(view.shape)}: expected [3,H,W].")
    return view.shape[1], view.shape[2]


def margins(length: int) -> tuple[int, int]:
    """What is added before and after to reach a multiple of the stride: half each, the smaller half first."""
    missing = -length % STRIDE
    return missing // 2, missing - missing // 2


def padded_to_stride(picture_NCHW: Tensor) -> Tensor:
    """The picture with a margin of zeros."""
    height, width = picture_NCHW.shape[-2:]
    return F.pad(picture_NCHW, (*margins(width), *margins(height)))


def _cropped(
    alpha_O1HW: Tensor, size: tuple[int, int], like: NDArray[np.float32] | Tensor
) -> NDArray[np.float32] | Tensor:
    """The alpha `[O,H,W]` without its margin, as what `like` is."""
    height, width = size
    top, left = margins(height)[0], margins(width)[0]
    alpha = alpha_O1HW[:, 0, top : top + height, left : left + width].clone()
    return alpha if isinstance(like, Tensor) else alpha.cpu().numpy()


def _moved(state: MemoryState, device: torch.device) -> MemoryState:
    entries = tuple(
        MemoryEntry(*(getattr(entry, item.name).to(device) for item in fields(entry))) for entry in state.entries
    )
    tensors = {
        item.name: getattr(state, item.name).to(device)
        for item in fields(state)
        if isinstance(getattr(state, item.name), Tensor)
    }
    return replace(state, entries=entries, **tensors)
