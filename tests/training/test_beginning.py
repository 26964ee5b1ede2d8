"""How a network is before it has learned anything."""

import random
from dataclasses import replace

import torch

from penumbra.network import Network
from penumbra.training.generator import generate
from penumbra.training.loop import initialize
from penumbra.training.rollout import roll_out
from tests.models import TINY

NARROWING = replace(TINY, decoder=(16, 8, 8, 6, 4))


def beginning(config):
    torch.manual_seed(3)
    network = Network(config)
    initialize(network)
    return network.eval()


def test_when_the_decoder_sees_the_last_alpha_then_it_begins_with_a_copy_of_the_mask():
    clips = generate(5, batch=2, frames=3, size=48)
    with torch.no_grad():
        alpha = roll_out(beginning(NARROWING), clips, random.Random(0)).alpha
    torch.testing.assert_close(alpha, clips.mask[:, None].expand_as(alpha), rtol=0, atol=1e-6)


def test_when_it_begins_with_a_copy_then_what_changes_the_alpha_has_a_gradient():
    clips = generate(5, batch=2, frames=3, size=48)
    network = beginning(NARROWING)
    (roll_out(network, clips, random.Random(0)).alpha - clips.alpha).square().mean().backward()
    head = network.mask_decoder.pred_mat.weight.grad
    assert (head.abs().sum((0, 2, 3)) > 0).sum() > 1, "channels beside the copied one can join"


def test_when_the_decoder_does_not_see_the_last_alpha_then_its_head_is_left_to_chance():
    network = beginning(replace(NARROWING, detail_sees_alpha=False))
    assert (network.mask_decoder.pred_mat.weight != 0).all()


def test_when_training_begins_then_every_place_is_remembered_alike():
    image = beginning(TINY).encode_image(torch.rand(1, 3, 48, 48))
    assert torch.equal(image.shrinkage, torch.full_like(image.shrinkage, image.shrinkage[0, 0, 0, 0].item()))
