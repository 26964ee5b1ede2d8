"""One frame: read memory, predict, remember. Functions of values, which inference and training both call.

`B` images, `N` objects: N = B in training (one object a clip), B = 1 in a shot. Views and alphas are at sizes that are
multiples of 16.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from penumbra.memory import MEMORY_EVERY, MemoryEntry, MemoryState, recall
from penumbra.network import Decoded, ImageFeatures, Network


@dataclass(frozen=True)
class Remembered:
    """What a frame leaves behind: `value` `[N,C,h,w]`, `sensory` `[N,C,h,w]`, `summaries` `[N,Q,C+1]` of this frame."""

    entry: MemoryEntry
    sensory: Tensor
    summaries: Tensor


@dataclass(frozen=True)
class Predicted:
    """A frame's prediction: the decoder's output, the pixels `[N,C,h,w]` it came from, and each block's logits."""

    decoded: Decoded
    pixels: Tensor
    logits: tuple[Tensor, ...]


def read_memory(network: Network, state: MemoryState, image: ImageFeatures) -> tuple[Tensor, Tensor]:
    """What memory says of this frame: the bank's answer where the picture changed, the last value where it did not.

    Returns:
        The readout `[N,C,h,w]` and the logit of change `[N,1,h,w]`.
    """
    answer = recall(state.entries, image.key, image.selection)
    logit = network.change_logit(state.last_pixel, image.pixel, state.last_alpha, answer - state.last_value)
    change = torch.sigmoid(logit)
    return change * answer + (1 - change) * state.last_value, logit


def predict(
    network: Network, image: ImageFeatures, readout: Tensor, summaries: Tensor, sensory: Tensor, last_alpha: Tensor
) -> Predicted:
    """The alpha of a frame from what memory says of it. All per object, as in `MemoryState`."""
    fused = network.fuse(image, readout, sensory, last_alpha)
    pixels, logits = network.read_queries(fused, summaries)
    return Predicted(network.decode(image, pixels, sensory, last_alpha), pixels, logits)


def remember(network: Network, image: ImageFeatures, alpha: Tensor, sensory: Tensor) -> Remembered:
    """A memory frame: `alpha` `[N,1,H,W]` and the image become an entry, and the sensory memory takes it in."""
    value = network.encode_mask(image, alpha)
    entry = MemoryEntry(image.key, image.shrinkage, value)
    return Remembered(entry, network.deep_update(value, sensory), network.summarize(value, alpha))


def propagate(network: Network, state: MemoryState, view: Tensor) -> tuple[MemoryState, Tensor]:
    """The next frame.

    Args:
        network: In evaluation mode.
        state: The past.
        view: `[1,3,H,W]`, 0..1 sRGB.

    Returns:
        The past of the frame after it, and the alpha `[N,1,H,W]`, 0..1.
    """
    image = network.encode_image(view)
    readout, _ = read_memory(network, state, image)
    decoded = predict(network, image, readout, state.summaries, state.sensory, state.last_alpha).decoded
    alpha = decoded.alpha.clamp(0, 1)
    entries, summaries, sensory = state.entries, state.summaries, decoded.sensory
    since = state.frames_since_memory + 1
    if since == MEMORY_EVERY:
        remembered = remember(network, image, alpha, sensory)
        entries, since = state.with_entry(remembered.entry), 0
        # The sums never lose a frame, also when the bank drops it.
        summaries, sensory = summaries + remembered.summaries, remembered.sensory
        value = remembered.entry.value
    else:
        value = network.encode_mask(image, alpha)
    following = MemoryState(
        model=state.model,
        frame_size=state.frame_size,
        entries=entries,
        sensory=sensory,
        summaries=summaries,
        last_alpha=alpha,
        last_pixel=image.pixel,
        last_value=value,
        frames_since_memory=since,
    )
    return following, alpha


def begin(
    network: Network, model: str, frame_size: tuple[int, int], view: Tensor, masks: Tensor, warmup: int
) -> tuple[MemoryState, Tensor]:
    """The first frame: the mask is remembered, and the frame predicted from it 1 + `warmup` times.

    Each prediction takes the place of what was remembered before it, so that the artist's rough edge settles into the
    picture's own.

    Args:
        network: In evaluation mode.
        model: Its digest.
        frame_size: Height and width before padding.
        view: `[1,3,H,W]`, 0..1 sRGB.
        masks: `[N,1,H,W]`, 0..1.
        warmup: How many times more.

    Returns:
        The past of the next frame, and the alpha `[N,1,H,W]`, 0..1.
    """
    image = network.encode_image(view)
    height, width = image.grid
    alpha, sensory = masks, view.new_zeros(masks.shape[0], network.config.sensory, height, width)
    remembered = remember(network, image, alpha, sensory)
    for _ in range(1 + warmup):
        decoded = predict(
            network, image, remembered.entry.value, remembered.summaries, remembered.sensory, alpha
        ).decoded
        alpha = decoded.alpha.clamp(0, 1)
        remembered = remember(network, image, alpha, decoded.sensory)
    state = MemoryState(
        model=model,
        frame_size=frame_size,
        entries=(remembered.entry,),
        sensory=remembered.sensory,
        summaries=remembered.summaries,
        last_alpha=alpha,
        last_pixel=image.pixel,
        last_value=remembered.entry.value,
    )
    return state, alpha
