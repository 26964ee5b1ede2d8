"""The published network: every stage and both clips against its own outputs."""

import numpy as np
import pytest
import torch

from penumbra.memory import MemoryEntry, MemoryState, attention, recall
from penumbra.propagation import Propagator
from penumbra.propagation.step import predict, read_memory, remember
from tests.published import CLIP_TOLERANCE, STAGE_TOLERANCE, reference, seeded_clip, view


@pytest.fixture(scope="module")
def stages(seeded_model):
    """Our tensors under the names of the reference file, made in the order that it describes."""
    network = seeded_model(1).network
    frames, mask = seeded_clip(1, 2, 96, 128)
    ours = {}
    with torch.inference_mode():
        images = [network.encode_image(torch.from_numpy(view(frame))[None]) for frame in frames]
        for index, image in enumerate(images):
            named = ("f16", "f8", "f4", "f2", "key", "shrinkage", "selection")
            ours |= {f"frame{index}.{name}": getattr(image, name) for name in named}
            ours[f"frame{index}.pix_feat"] = image.pixel
        alpha = torch.from_numpy(mask).float()[None, None]
        empty = torch.zeros(1, network.config.sensory, *images[0].grid)
        memorized = remember(network, images[0], alpha, empty)
        value = memorized.entry.value
        ours |= {"memorise.value": value, "memorise.sensory": memorized.sensory}
        ours["memorise.summaries"] = memorized.summaries
        ours["first.fused"] = network.fuse(images[0], value, memorized.sensory, alpha)
        first = predict(network, images[0], value, memorized.summaries, memorized.sensory, alpha)
        ours |= named_prediction("first", first)
        state = MemoryState(
            model="", frame_size=(96, 128), entries=(memorized.entry,), sensory=first.decoded.sensory,
            summaries=memorized.summaries, last_alpha=ours["first.alpha"], last_pixel=images[0].pixel, last_value=value,
        )  # fmt: skip
        ours |= next_frame(network, state, images[1])
    return ours


def named_prediction(prefix, predicted):
    decoded = predicted.decoded
    return {
        f"{prefix}.readout": predicted.pixels,
        f"{prefix}.sensory": decoded.sensory,
        f"{prefix}.alpha": decoded.alpha.clamp(0, 1),
    }


def next_frame(network, state, image):
    entry: MemoryEntry = state.entries[0]
    memory = attention.asked_of(entry.key.flatten(2), entry.shrinkage.flatten(1))
    scores = attention.asking(image.key.flatten(2), image.selection.flatten(2)) @ memory
    readout, change = read_memory(network, state, image)
    predicted = predict(network, image, readout, state.summaries, state.sensory, state.last_alpha)
    return named_prediction("next", predicted) | {
        "next.similarity": scores.transpose(1, 2),
        "next.attention_readout": recall(state.entries, image.key, image.selection),
        "next.change_probability": change.sigmoid(),
        "next.blended_readout": readout,
        "next.fused": network.fuse(image, readout, state.sensory, state.last_alpha),
        "next.query_logits_last": network.object_transformer.last_logits(predicted.pixels),
    }


STAGES = sorted(set(reference("stages_seed1_96x128")) - {"seed", "size"})


@pytest.mark.parametrize("name", STAGES)
def test_when_a_stage_runs_then_it_agrees_with_the_published_network(stages, name):
    theirs = reference("stages_seed1_96x128")[name]
    np.testing.assert_allclose(stages[name].numpy().reshape(theirs.shape), theirs, atol=STAGE_TOLERANCE, rtol=1e-4)


@pytest.mark.parametrize("clip", ["clip_seed1_96x128", "clip_seed4_107x150"])
def test_when_a_clip_runs_then_every_alpha_agrees_with_the_published_network(seeded_model, clip):
    given = reference(clip)
    frames, mask = seeded_clip(int(given["seed"]), int(given["frames"]), *map(int, given["size"]))
    propagator = Propagator(seeded_model(int(given["seed"])), warmup=int(given["warmup"]))
    alphas = [propagator.start(view(frames[0]), mask[None].astype(np.float32))]
    alphas += [propagator.step(view(frame)) for frame in frames[1:]]
    np.testing.assert_allclose(np.stack(alphas)[:, 0], given["alpha"], atol=CLIP_TOLERANCE, rtol=0)
