"""Training rolls a clip out with the very step that a shot is run with."""

import math
import random

import pytest
import torch

from penumbra import Propagator
from penumbra.memory import MEMORY_EVERY, MemoryEntry
from penumbra.network import ImageFeatures, Network
from penumbra.training.generator import Clips, generate
from penumbra.training.rollout import AGREE_AT_LEAST, KEY_COST, match_loss, roll_out
from tests.models import TINY


class AsInAShot(random.Random):
    """Chance that falls as the rules of a shot: a memory frame every few, and all memory frames are read."""

    def __init__(self, warmup):
        super().__init__(0)
        self._warmup, self._frame = warmup, 0

    def randint(self, low, high):
        return self._warmup if self._frame == 0 else high

    def random(self):
        self._frame += 1
        return 0.0 if self._frame % MEMORY_EVERY == 0 else 1.0

    def sample(self, population, k):
        return [place for place in population if place % MEMORY_EVERY == 0]


def noisy_clips(count, frames, height=32, width=48):
    generator = torch.Generator().manual_seed(3)
    view = torch.rand(count, frames, 3, height, width, generator=generator)
    mask = torch.zeros(count, 1, height, width)
    for clip in range(count):
        mask[clip, :, 8:24, 10 + 4 * clip : 30] = 1
    alpha = torch.rand(count, frames, 1, height, width, generator=generator)
    return Clips(view, alpha, mask)


@pytest.fixture
def fresh():
    torch.manual_seed(0)
    return Network(TINY)


@pytest.mark.parametrize("warmup", [0, 2])
def test_when_chance_falls_as_in_a_shot_then_training_gives_the_alphas_of_the_propagator(tiny_model, warmup):
    frames = MEMORY_EVERY + 4
    clips = noisy_clips(2, frames)
    with torch.no_grad():
        rolled = roll_out(tiny_model.network, clips, AsInAShot(warmup)).alpha
    assert rolled.min() < 0, "the alpha must reach beyond 0 and 1 for the clamp to mean anything"
    rolled = rolled.clamp(0, 1)
    for clip in range(2):
        propagator = Propagator(tiny_model, warmup=warmup)
        alphas = [propagator.start(clips.view[clip, 0], clips.mask[clip])]
        alphas += [propagator.step(view) for view in clips.view[clip, 1:]]
        # Frames that are encoded together differ from single ones by rounding, which the tiny network makes louder.
        torch.testing.assert_close(rolled[clip], torch.stack(alphas), rtol=0, atol=1e-4)
    assert (rolled[:, -1] - rolled[:, 0]).abs().max() > 1e-3, "the frames must differ for this to mean anything"


def test_when_one_rule_of_a_shot_is_broken_then_the_alphas_differ(tiny_model):
    """What the test above would overlook if the tiny network did not care."""

    class NeverDeep(AsInAShot):
        def random(self):
            return max(super().random(), 0.5)

    class FirstFrameOnly(AsInAShot):
        def sample(self, population, k):
            return [0]

    clips = noisy_clips(1, MEMORY_EVERY + 4)
    with torch.no_grad():
        right, never_deep, first_only, longer = (
            roll_out(tiny_model.network, clips, draw).alpha.clamp(0, 1)
            for draw in (AsInAShot(1), NeverDeep(1), FirstFrameOnly(1), AsInAShot(2))
        )
    for wrong, since in ((never_deep, MEMORY_EVERY + 1), (first_only, MEMORY_EVERY + 1), (longer, 0)):
        assert torch.equal(right[:, :since], wrong[:, :since])
        assert (right - wrong)[:, since].abs().max() > 1e-2


def test_when_a_clip_is_rolled_out_then_the_shapes_are_those_of_the_losses(fresh):
    rolled = roll_out(fresh, noisy_clips(2, 3), random.Random(0))
    levels = TINY.transformer_blocks + 2
    assert rolled.alpha.shape == (2, 3, 1, 32, 48)
    assert rolled.change.shape == (2, 2, 1, 2, 3)
    assert rolled.coarse.shape == (2, 3, levels, 1, 2, 3)
    assert rolled.match.shape == ()
    for tensor in (rolled.alpha, rolled.change, rolled.coarse, rolled.match):
        assert tensor.dtype == torch.float32
        assert tensor.isfinite().all()


def test_when_the_draw_is_the_same_then_the_rollout_is_bit_for_bit(fresh):
    clips = noisy_clips(1, 4)
    first, again = (roll_out(fresh.eval(), clips, random.Random(2)).alpha for _ in range(2))
    assert torch.equal(first, again)
    others = [roll_out(fresh, clips, random.Random(seed)).alpha for seed in range(4)]
    assert any((other - first).abs().max() > 1e-6 for other in others)


def test_when_clips_run_together_then_each_is_as_alone(fresh):
    fresh.eval()
    clips = noisy_clips(3, 3)
    together = roll_out(fresh, clips, random.Random(1))
    alone = roll_out(fresh, Clips(clips.view[1:2], clips.alpha[1:2], clips.mask[1:2]), random.Random(1))
    torch.testing.assert_close(together.alpha[1:2], alone.alpha, rtol=0, atol=1e-5)


# --- whether attention finds places of the same alpha


def cost(share):
    """What it costs that only this share of the attention finds the same alpha; keys cost beside it."""
    return math.log1p(-math.log(share + AGREE_AT_LEAST))


@pytest.fixture
def even(fresh):
    """A network whose attention is the same everywhere, and whose keys cost nothing."""
    with torch.no_grad():
        for weight in (*fresh.key_proj.key_proj.parameters(), *fresh.key_proj.d_proj.parameters()):
            weight.zero_()
    return fresh


def match(network, alphas, draw=None):
    """The match of one clip of noise whose frames have these true alphas, each `[H,W]` or a number."""
    clips = noisy_clips(1, len(alphas))
    alpha = torch.stack([torch.as_tensor(alpha).float().expand(1, 32, 48) for alpha in alphas])[None]
    return roll_out(network, Clips(clips.view, alpha, clips.mask), draw or random.Random(0)).match.item()


def test_when_attention_is_even_then_the_match_costs_by_the_share_that_agrees(even):
    third = (torch.arange(48) < 16).expand(32, 48)
    for value in (0.0, 0.7, 1.0):
        assert match(even, [value] * 3) == pytest.approx(0, abs=1e-5)
    assert match(even, [third, 1.0]) == pytest.approx(cost(1 / 3), rel=1e-4)
    assert match(even, [third, 0.0]) == pytest.approx(cost(2 / 3), rel=1e-4)
    assert match(even, [third, 0.5]) == pytest.approx(cost(1 / 2), rel=1e-4)
    assert match(even, [0.0, 1.0]) == pytest.approx(cost(0), rel=1e-4)


def test_when_attention_reads_several_frames_then_the_match_is_to_the_truth_of_those(even):
    class Reads(AsInAShot):
        def __init__(self, *places):
            super().__init__(0)
            self._places = places

        def sample(self, population, k):
            return list(self._places)

    # Frame 1 reads frame 0 and agrees with nothing; frame 2 reads what the draw says.
    alphas = [0.0, 1.0, 1.0]
    assert match(even, alphas, Reads(0, 1)) == pytest.approx((cost(0) + cost(1 / 2)) / 2, rel=1e-4)
    assert match(even, alphas, Reads(1, 0)) == pytest.approx((cost(0) + cost(1 / 2)) / 2, rel=1e-4)
    assert match(even, alphas, Reads(0)) == pytest.approx(cost(0), rel=1e-4)
    assert match(even, alphas, Reads(1)) == pytest.approx(cost(0) / 2, rel=1e-4)


@pytest.mark.parametrize("distance", [0.0, 1.0, 2.2, 6.0])
def test_when_attention_prefers_a_wrong_place_then_the_match_is_known_and_pulls_it_away(distance):
    """Two remembered places with keys of one number: the wrong one where the question is, the right one farther off."""
    entry = MemoryEntry(torch.tensor([[[[0.0, distance]]]]), torch.ones(1, 1, 1, 2), torch.zeros(1, 1, 1, 2))
    asked = torch.zeros(1, 1, 1, 1, requires_grad=True)
    nothing = torch.zeros(1, 1, 1, 1)
    image = ImageFeatures(*[nothing] * 6, key=asked, shrinkage=nothing, selection=nothing + 1)
    loss = match_loss((entry,), image, torch.tensor([[[[[0.0, 1.0]]]]]), torch.ones(1, 1, 1, 1))
    keys = KEY_COST * distance**2 / 2
    assert loss.item() == pytest.approx(cost(1 / (1 + math.exp(distance**2))) + keys, rel=1e-4)
    loss.backward()
    if distance:
        assert asked.grad.item() < -0.3, "a step against the gradient brings the question nearer to the right place"


# --- gradients


def test_when_the_alpha_is_outside_0_to_1_then_its_gradient_is_alive(fresh):
    with torch.no_grad():
        fresh.mask_decoder.pred_mat.weight.zero_()
        fresh.mask_decoder.pred_mat.bias.fill_(-3.0)
    alpha = roll_out(fresh, noisy_clips(1, 2), random.Random(0)).alpha
    assert torch.equal(alpha, torch.full_like(alpha, -3.0))
    alpha.sum().backward()
    assert fresh.mask_decoder.pred_mat.bias.grad.item() == alpha.numel()


def test_when_a_clip_is_learned_then_every_part_but_the_segmentation_head_gets_a_gradient(fresh):
    with torch.no_grad():  # the alpha within 0..1, where memory's clamp lets gradients through
        fresh.mask_decoder.pred_mat.weight.mul_(0.1)
        fresh.mask_decoder.pred_mat.bias.fill_(0.5)
    rolled = roll_out(fresh.train(), generate(1, 2, 4, 64), random.Random(0))
    sum(tensor.square().mean() for tensor in (rolled.alpha, rolled.change, rolled.coarse, rolled.match)).backward()
    without = {name for name, weight in fresh.named_parameters() if weight.grad is None or not weight.grad.any()}
    assert without == {"mask_decoder.pred_seg.weight", "mask_decoder.pred_seg.bias"}


def test_when_a_later_frame_is_wrong_then_the_first_frames_memory_learns_of_it(fresh):
    clips = generate(1, 1, 3, 32)
    clips.mask.requires_grad_()
    alpha = roll_out(fresh.eval(), clips, random.Random(0)).alpha
    gradient = torch.autograd.grad(alpha[:, 1].square().sum(), list(fresh.mask_encoder.parameters()))
    assert all(part.isfinite().all() for part in gradient)
    assert sum(part.abs().sum() for part in gradient) > 0
