"""The propagator: a network that is given one frame after the other. Its whole memory is `state`."""

from __future__ import annotations

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
from penumbra.propagation.step import begin, propagate

Array = TypeVar("Array", NDArray[np.float32], Tensor)


class Propagates(Protocol):
    """What the engine asks of a memory network, whichever it is."""

    @property
    def state(self) -> MemoryState:
        """The past, as a value."""

    def start(self, view: Array, masks: Array) -> Array:
        """Begin at a key frame."""

    def step(self, view: Array) -> Array:
        """The next frame."""

    def restore(self, state: MemoryState) -> None:
        """Go on from there."""


class Propagator:
    """MatAnyone's network behind `Propagates`.

    Views are `[3,H,W]`, masks and alphas `[O,H,W]`, all float32 in 0..1, views in sRGB. numpy arrays and torch tensors
    are both taken; the alpha comes back as what the view was, tensors on the model's device.

    Args:
        model: From `load_model`.
        warmup: How many times more than once the first frame is predicted.

    Raises:
        InputError: A negative warm-up; and from its methods, arrays of another shape or size, or values that are not
            finite.
    """

    def __init__(self, model: Model, warmup: int = PUBLISHED_WARMUP) -> None:
        if warmup < 0:
            raise InputError(f"The warm-up is {warmup}, and must be 0 or more.", "The published setting is 10.")
        self._model = model
        self._warmup = warmup
        self._state: MemoryState | None = None

    @property
    def state(self) -> MemoryState:
        """All that the next step depends on, besides its view.

        Raises:
            InputError: Before `start` or `restore`.
        """
        if self._state is None:
            raise InputError("There is no memory yet.", "Call start with a view and its masks, or restore a state.")
        return self._state

    def start(self, view: Array, masks: Array) -> Array:
        """Begin at a key frame with its masks; what was before is forgotten. Returns that frame's alpha."""
        view_13HW = self._view(view)
        masks_O1HW = self._tensor(masks)[:, None] if masks.ndim == 3 else self._tensor(masks)
        if masks_O1HW.ndim != 4 or masks_O1HW.shape[-2:] != view_13HW.shape[-2:] or not len(masks_O1HW):
            raise InputError(
                f"The masks are {list(masks.shape)} and the view is {list(view.shape)}: "
                "expected [O,H,W] and [3,H,W] of one size, and at least one object."
            )
        _check_finite("mask", masks_O1HW)
        size = (view_13HW.shape[-2], view_13HW.shape[-1])
        with torch.inference_mode():
            padded = padded_to_stride(view_13HW), padded_to_stride(masks_O1HW)
            network, model = self._model.network, self._model.digest
            self._state, alpha = begin(network, model, size, *padded, self._warmup)
            return cast(Array, self._alpha(alpha, view))

    def step(self, view: Array) -> Array:
        """The alpha of the next frame."""
        view_13HW = self._view(view)
        if tuple(view_13HW.shape[-2:]) != self.state.frame_size:
            height, width = self.state.frame_size
            raise InputError(
                f"The view is {view.shape[-1]}x{view.shape[-2]}, and the memory is of {width}x{height}.",
                "All frames of a pass have one size.",
            )
        with torch.inference_mode():
            self._state, alpha = propagate(self._model.network, self.state, padded_to_stride(view_13HW))
            return cast(Array, self._alpha(alpha, view))

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

    def _view(self, view: NDArray[np.float32] | Tensor) -> Tensor:
        tensor = self._tensor(view)
        if tensor.ndim != 3 or tensor.shape[0] != 3 or 0 in tensor.shape:
            raise InputError(f"The view is {list(view.shape)}: expected [3,H,W].")
        _check_finite("view", tensor)
        return tensor[None]

    def _tensor(self, array: NDArray[np.float32] | Tensor) -> Tensor:
        tensor = array if isinstance(array, Tensor) else torch.from_numpy(np.ascontiguousarray(array))
        if not tensor.is_floating_point():
            raise InputError(f"The array is {tensor.dtype}: expected float values in 0..1.", "Divide integers first.")
        return tensor.to(self._model.device, torch.float32)

    def _alpha(self, alpha_O1HW: Tensor, like: NDArray[np.float32] | Tensor) -> NDArray[np.float32] | Tensor:
        height, width = self.state.frame_size
        top, left = margins(height)[0], margins(width)[0]
        alpha = alpha_O1HW[:, 0, top : top + height, left : left + width].clone()
        return alpha if isinstance(like, Tensor) else alpha.cpu().numpy()


def margins(length: int) -> tuple[int, int]:
    """What is added before and after to reach a multiple of the stride: half each, the smaller half first."""
    missing = -length % STRIDE
    return missing // 2, missing - missing // 2


def padded_to_stride(picture_NCHW: Tensor) -> Tensor:
    """The picture with a margin of zeros."""
    height, width = picture_NCHW.shape[-2:]
    return F.pad(picture_NCHW, (*margins(width), *margins(height)))


def _check_finite(what: str, tensor: Tensor) -> None:
    if not bool(torch.isfinite(tensor).all()):
        raise InputError(f"The {what} holds values that are not finite.", "Replace NaN and Inf first.")


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
