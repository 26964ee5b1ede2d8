"""A clip through the network as training runs it: the same step as in a shot, but every frame's memory is a draw."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from penumbra.memory import MemoryEntry, MemoryState, similarity
from penumbra.network import ImageFeatures, Network, averaged
from penumbra.propagation.step import Predicted, Remembered, predict, read_memory, remember
from penumbra.training.generator import Clips

# From the paper's recipe: how many earlier frames a frame may read, and how often one is taken in as a memory frame.
MOST_REFERENCES = 3
DEEP_UPDATE_PROBABILITY = 0.2
# The first frame is predicted this often more, at most. The model's card asks for as many in a shot.
MOST_WARMUP = 1
# What a place of the opposite alpha still counts in the match: far less than any attention that can be mended.
AGREE_AT_LEAST = 1e-20
# Of the squared keys and of the sharpness, so that both stay near 1.
KEY_COST = 0.02


@dataclass(frozen=True)
class Rollout:
    """What the losses need. `T` frames, `L` blocks of the query transformer.

    Attributes:
        alpha: `[B,T,1,H,W]`, not clamped: a network that starts from nothing would be stuck at 0, where a clamp has no
            gradient. Memory gets the clamped one, as in a shot.
        change: `[B,T-1,1,h,w]`, logits.
        coarse: `[B,T,L+2,1,h,w]`, logits of the auxiliary heads.
        match: A scalar: how badly the attention of every frame but the first finds places of its own alpha.
    """

    alpha: Tensor
    change: Tensor
    coarse: Tensor
    match: Tensor


def roll_out(network: Network, clips: Clips, draw: random.Random) -> Rollout:
    """Run a batch of clips from their masks.

    Args:
        network: Gradients flow through all frames.
        clips: One object each.
        draw: Decides what is remembered and read.
    """
    count, frames = clips.view.shape[:2]
    features = network.encode_image(clips.view.flatten(0, 1))

    image = _frame(features, count, frames, 0)
    sensory = clips.view.new_zeros(count, network.config.sensory, *image.grid)
    remembered, alpha = remember(network, image, clips.mask, sensory), clips.mask
    for _ in range(1 + draw.randint(0, MOST_WARMUP)):
        value, summaries, felt = remembered.entry.value, remembered.summaries, remembered.sensory
        predicted = predict(network, image, value, summaries, felt, alpha.detach())
        alpha = predicted.decoded.alpha.clamp(0, 1)
        remembered = remember(network, image, alpha, predicted.decoded.sensory)
    alphas, coarse, change = [predicted.decoded.alpha], [_auxiliary(network, image, predicted)], []
    truth = averaged(clips.alpha.flatten(0, 1), image.grid).unflatten(0, (count, frames))
    match = []
    bank, read = [remembered], [0]
    state = _state(bank, remembered.sensory, alpha, image, remembered.entry.value)
    for index in range(1, frames):
        image = _frame(features, count, frames, index)
        readout, logit = read_memory(network, state, image)
        match.append(match_loss(state.entries, image, truth[:, read], truth[:, index]))
        predicted = predict(network, image, readout, state.summaries, state.sensory, state.last_alpha)
        alphas.append(predicted.decoded.alpha)
        change.append(logit)
        coarse.append(_auxiliary(network, image, predicted))
        if index == frames - 1:
            break
        alpha = predicted.decoded.alpha.clamp(0, 1)
        remembered = remember(network, image, alpha, predicted.decoded.sensory)
        deep = draw.random() < DEEP_UPDATE_PROBABILITY
        sensory = remembered.sensory if deep else predicted.decoded.sensory
        bank.append(remembered)
        read = draw.sample(range(len(bank)), min(len(bank), draw.randint(1, MOST_REFERENCES)))
        state = _state([bank[place] for place in read], sensory, alpha, image, remembered.entry.value)
    return Rollout(
        torch.stack(alphas, 1).float(),
        torch.stack(change, 1).float(),
        torch.stack(coarse, 1).float(),
        torch.stack(match).mean(),
    )


def match_loss(entries: tuple[MemoryEntry, ...], image: ImageFeatures, known: Tensor, true: Tensor) -> Tensor:
    """How badly the attention finds places of the same alpha: the negative logarithm of the share of it that does.

    It tells the keys what a good match is long before the rest of the network can make use of one. Unlike an error of
    what is read, it has a gradient also where the attention is hard and wrong; and keys that grow without end, until
    the attention is hard everywhere, cost something.

    Args:
        entries: The frames that are read.
        image: The frame that reads.
        known: `[B,E,1,h,w]`, the true alphas of those frames.
        true: `[B,1,h,w]`, of this one.
    """
    keys = torch.cat([entry.key.flatten(2) for entry in entries], 2).float()
    shrinkage = torch.cat([entry.shrinkage.flatten(1) for entry in entries], 1).float()
    with torch.autocast(keys.device.type, enabled=False):
        scores_Bpn = similarity(keys, shrinkage, image.key.flatten(2).float(), image.selection.flatten(2).float())
    agree_Bpn = 1 - (true.flatten(1)[:, :, None] - known.flatten(1)[:, None, :]).abs()
    found_Bp = (scores_Bpn.log_softmax(-1) + agree_Bpn.clamp(min=AGREE_AT_LEAST).log()).logsumexp(-1)
    return (-found_Bp).log1p().mean() + KEY_COST * (keys.square().mean() + (shrinkage - 1).mean())


def _frame(features: ImageFeatures, count: int, frames: int, index: int) -> ImageFeatures:
    """One frame of features that were made of all frames at once."""
    return ImageFeatures(
        *(getattr(features, item.name).unflatten(0, (count, frames))[:, index] for item in fields(features))
    )


def _state(bank: list[Remembered], sensory: Tensor, alpha: Tensor, image: ImageFeatures, value: Tensor) -> MemoryState:
    entries: tuple[MemoryEntry, ...] = tuple(remembered.entry for remembered in bank)
    return MemoryState(
        model="",
        frame_size=(alpha.shape[-2], alpha.shape[-1]),
        entries=entries,
        sensory=sensory,
        summaries=torch.stack([remembered.summaries for remembered in bank]).sum(0),
        last_alpha=alpha,
        last_pixel=image.pixel,
        last_value=value,
    )


def _auxiliary(network: Network, image: ImageFeatures, predicted: Predicted) -> Tensor:
    """All guesses of the alpha at stride 16, `[B,L+2,1,h,w]`: each query level's, and the sensory memory's."""
    sensory = network.aux_computer.sensory_aux(image.pixel, predicted.decoded.sensory)
    levels = (*predicted.logits, network.object_transformer.last_logits(predicted.pixels))
    return torch.stack((*levels, sensory), 1)
