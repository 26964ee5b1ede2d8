"""One frame: read memory, predict, remember. Functions of values, which inference and training both call.

`B` images, `N` objects: N = B in training (one object a clip), B = 1 in a shot. Views and alphas are at sizes that are
multiples of 16.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from penumbra.memory import MEMORY_EVERY, PIECE_BYTES, MemoryEntry, MemoryState, recall
from penumbra.network import Decoded, ImageFeatures, Network
from penumbra.propagation.thrift import PLENTY, Thrift


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


def read_memory(
    network: Network, state: MemoryState, image: ImageFeatures, piece_bytes: int = PIECE_BYTES
) -> tuple[Tensor, Tensor]:
    """What memory says of this frame: the bank's answer where the picture changed, the last value where it did not.

    Returns:
        The readout `[N,C,h,w]` and the logit of change `[N,1,h,w]`.
    """
    answer = recall(state.entries, image.key, image.selection, piece_bytes)
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


def alpha_and_sensory(
    network: Network, image: ImageFeatures, thrift: Thrift, *of_objects: Tensor
) -> tuple[Tensor, Tensor]:
    """The alpha of a frame, 0..1, and the new sensory memory: what outlives `predict` in a shot.

    `of_objects` are its readout, summaries, sensory memory and last alpha.
    """

    def made(*of_these: Tensor) -> tuple[Tensor, Tensor]:
        decoded = predict(network, image, *of_these).decoded
        return decoded.alpha.clamp(0, 1), decoded.sensory

    alpha, sensory = thrift.for_objects(made, *of_objects)
    return alpha, sensory


def value_of(network: Network, image: ImageFeatures, alpha: Tensor, thrift: Thrift) -> Tensor:
    """What is remembered of the objects in a frame, `[N,C,h,w]`; `alpha` `[N,1,H,W]`."""
    (value,) = thrift.for_objects(lambda of_these: (network.encode_mask(image, of_these),), alpha)
    return value


def remember(
    network: Network, image: ImageFeatures, alpha: Tensor, sensory: Tensor, thrift: Thrift = PLENTY
) -> Remembered:
    """A memory frame: `alpha` `[N,1,H,W]` and the image become an entry, and the sensory memory takes it in."""
    value = value_of(network, image, alpha, thrift)
    entry = MemoryEntry(image.key, image.shrinkage, value)
    return Remembered(entry, network.deep_update(value, sensory), network.summarize(value, alpha))


def propagate(
    network: Network, state: MemoryState, view: Tensor, thrift: Thrift = PLENTY
) -> tuple[MemoryState, Tensor]:
    """The next frame.

    Args:
        network: In evaluation mode.
        state: The past.
        view: `[1,3,H,W]`, 0..1 sRGB.
        thrift: How sparingly.

    Returns:
        The past of the frame after it, and the alpha `[N,1,H,W]`, 0..1.
    """
    image = network.encode_image(view)
    readout, _ = read_memory(network, state, image, thrift.piece_bytes)
    of_objects = readout, state.summaries, state.sensory, state.last_alpha
    alpha, sensory = alpha_and_sensory(network, image, thrift, *of_objects)
    entries, summaries = state.entries, state.summaries
    since = state.frames_since_memory + 1
    if since == MEMORY_EVERY:
        remembered = remember(network, image, alpha, sensory, thrift)
        entries, since = state.with_entry(remembered.entry), 0
        # The sums never lose a frame, also when the bank drops it.
        summaries, sensory = summaries + remembered.summaries, remembered.sensory
        value = remembered.entry.value
    else:
        value = value_of(network, image, alpha, thrift)
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
        permanent=state.permanent,
    )
    return following, alpha


def begin(
    network: Network,
    model: str,
    frame_size: tuple[int, int],
    view: Tensor,
    masks: Tensor,
    warmup: int,
    *,
    approved: bool = False,
    thrift: Thrift = PLENTY,
) -> tuple[MemoryState, Tensor]:
    """A key frame: the mask is remembered, and the frame predicted from it 1 + `warmup` times.

    Each prediction takes the place of what was remembered before it, so that the artist's rough edge settles into the
    picture's own. An approved matte takes that place itself each time: only the sensory memory settles.

    Args:
        network: In evaluation mode.
        model: Its digest.
        frame_size: Height and width before padding.
        view: `[1,3,H,W]`, 0..1 sRGB.
        masks: `[N,1,H,W]`, 0..1.
        warmup: How many times more.
        approved: The masks are finished mattes, to be remembered as they are.
        thrift: How sparingly.

    Returns:
        The past of the next frame, and the alpha `[N,1,H,W]`, 0..1.
    """
    image = network.encode_image(view)
    height, width = image.grid
    alpha, sensory = masks, view.new_zeros(masks.shape[0], network.config.sensory, height, width)
    remembered = remember(network, image, alpha, sensory, thrift)
    for _ in range(1 + warmup):
        of_objects = remembered.entry.value, remembered.summaries, remembered.sensory, alpha
        predicted, sensory = alpha_and_sensory(network, image, thrift, *of_objects)
        alpha = masks if approved else predicted
        remembered = remember(network, image, alpha, sensory, thrift)
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
