"""The generated shots: seeded, composited exactly, moving, and with a mask as rough as an artist's first one."""

import pytest
import torch

from penumbra.training import generator, layers
from penumbra.training.generator import generate
from penumbra.training.layers import coverage

SIZE = 48


@pytest.fixture(scope="module")
def clips():
    return generate(7, batch=24, frames=3, size=SIZE)


def test_when_clips_are_made_then_shapes_and_ranges_are_those_of_the_network(clips):
    assert clips.view.shape == (24, 3, 3, SIZE, SIZE)
    assert clips.alpha.shape == (24, 3, 1, SIZE, SIZE)
    assert clips.mask.shape == (24, 1, SIZE, SIZE)
    for tensor in (clips.view, clips.alpha, clips.mask):
        assert tensor.dtype == torch.float32
        assert tensor.min() >= 0
        assert tensor.max() <= 1


def test_when_the_seed_is_the_same_then_the_clips_are_bit_for_bit():
    first, again, other = (generate(seed, 2, 2, 32) for seed in (5, 5, 6))
    for name in ("view", "alpha", "mask"):
        assert torch.equal(getattr(first, name), getattr(again, name))
        assert not torch.equal(getattr(first, name), getattr(other, name))


def test_when_clips_are_made_then_the_random_numbers_of_others_are_not_touched():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    generate(5, 1, 2, 16)
    assert torch.equal(torch.rand(3), expected)


def test_when_a_batch_is_made_then_its_clips_differ(clips):
    for tensor in (clips.view[:, 0], clips.alpha[:, 0], clips.mask):
        assert (tensor[1:] - tensor[:-1]).abs().mean((1, 2, 3)).min() > 1e-3


# --- the composite


def lit_as(monkeypatch, light, seed=11):
    """The same clips with a subject of one even light, and something behind and before it in every one of them.

    Gives what was drawn as well, by its channels, the times of the shutter still apart.
    """
    calls, drawn = [], []
    lit, shuttered, with_other = generator.lit, generator.shuttered, generator._with_other

    def first_is_the_subject(*arguments):
        calls.append(lit(*arguments))
        return torch.full_like(calls[-1], light) if len(calls) == 1 else calls[-1]

    def seen(picture, frames):
        drawn.append(picture)
        return shuttered(picture, frames)

    def always(dice, batch, grid, scene, probability):
        return with_other(dice, batch, grid, scene, 1.0)

    monkeypatch.setattr(generator, "lit", first_is_the_subject)
    monkeypatch.setattr(generator, "_with_other", always)
    monkeypatch.setattr(generator, "shuttered", seen)
    clips = generate(seed, 6, 3, SIZE)
    monkeypatch.undo()
    return clips, {picture.shape[2]: picture for picture in drawn}


def test_when_only_the_subjects_light_changes_then_the_picture_changes_by_alpha_times_it(monkeypatch):
    dark, of_dark = lit_as(monkeypatch, 0.0)
    bright, of_bright = lit_as(monkeypatch, 2.0)
    alpha = of_dark[1]
    assert torch.equal(dark.alpha, bright.alpha)
    assert ((alpha > 0) & (alpha < 1)).any()
    torch.testing.assert_close(of_bright[3] - of_dark[3], (2 * alpha).expand_as(of_dark[3]), rtol=0, atol=1e-5)
    torch.testing.assert_close(dark.alpha, alpha.unflatten(1, (3, -1)).mean(2))


def test_when_alpha_is_0_then_the_view_knows_nothing_of_the_subject(monkeypatch):
    dark, bright = (lit_as(monkeypatch, light)[0] for light in (0.01, 3.0))
    outside = (dark.alpha == 0).expand_as(dark.view)
    assert outside.float().mean() > 0.2
    assert torch.equal(dark.view[outside], bright.view[outside])
    inside = (dark.alpha > 0.5).expand_as(dark.view)
    assert (bright.view - dark.view)[inside].min() > 0


def test_when_scenes_are_drawn_then_some_lights_are_far_above_white(monkeypatch):
    several = [lit_as(monkeypatch, 0.2, seed) for seed in range(11, 15)]
    assert max(drawn[3].max() for _, drawn in several) > 4
    assert min(drawn[3].min() for _, drawn in several) > 0
    assert max(clips.view.max() for clips, _ in several) > 0.95


# --- the alpha


def test_when_alphas_are_exact_then_edges_are_soft_and_the_rest_is_sure(clips):
    soft = ((clips.alpha > 0) & (clips.alpha < 1)).float().mean((1, 2, 3, 4))
    assert soft.min() > 0.01
    assert soft.max() < 0.5
    assert (clips.alpha == 0).any(), "a sure outside"
    assert (clips.alpha == 1).any(), "a sure inside"


def test_when_an_edge_has_a_width_then_coverage_goes_from_1_to_0_over_it():
    distance = torch.tensor([-9.0, -1.0, -0.5, 0.0, 0.5, 1.0, 9.0])
    covered = coverage(distance, 2.0)
    assert covered.tolist() == pytest.approx([1, 1, 0.84375, 0.5, 0.15625, 0, 0])
    assert torch.equal(coverage(distance, torch.tensor(2.0)), covered)


def test_when_time_passes_then_every_subject_moves(clips):
    moved = (clips.alpha[:, 1:] - clips.alpha[:, :-1]).abs().mean((2, 3, 4))
    assert moved.max(1).values.min() > 1e-3
    assert moved.mean() > 0.01
    assert (clips.view[:, 1:] - clips.view[:, :-1]).abs().mean((1, 2, 3, 4)).min() > 1e-3


def test_when_the_shutter_is_open_then_moving_edges_are_wider(monkeypatch):
    softness = {}
    for shutter in (0.0, 1.0):
        monkeypatch.setattr(layers, "SHUTTER", shutter)
        alpha = generate(13, 12, 3, SIZE).alpha
        softness[shutter] = ((alpha > 0.02) & (alpha < 0.98)).float().mean()
    assert softness[1.0] > 1.15 * softness[0.0]


def test_when_the_shutter_is_open_then_the_frame_is_the_mean_over_it(monkeypatch):
    _, drawn = lit_as(monkeypatch, 0.2)
    alpha = drawn[1].unflatten(1, (3, layers.SHUTTER_TIMES))
    assert (alpha[:, :, 0] - alpha[:, :, -1]).abs().mean() > 1e-3, "the subject moves while it is open"
    between = (alpha[:, 1:, 0] - alpha[:, :-1, -1]).abs().mean()
    assert between > 1e-3, "and while it is closed"


# --- the mask


def overlap(mask, alpha):
    """The intersection over the union of each clip."""
    mask, alpha = mask.flatten(1) > 0.5, alpha.flatten(1) > 0.5
    return (mask & alpha).sum(1) / (mask | alpha).sum(1).clamp(min=1)


def test_when_a_mask_is_made_then_it_is_rough_but_of_the_first_frame(clips):
    first = overlap(clips.mask, clips.alpha[:, 0])
    assert (first > 0.5).float().mean() > 0.8
    assert 0.6 < first.median() < 0.95
    assert (first == 1).sum() == 0
    assert first.mean() > overlap(clips.mask, clips.alpha[:, 2]).mean() + 0.05


def test_when_masks_are_made_then_some_are_hard_some_soft_and_none_is_empty(clips):
    soft = ((clips.mask > 0) & (clips.mask < 1)).float().mean((1, 2, 3))
    assert soft.min() < 0.05 < soft.max()
    assert (clips.mask > 0.5).float().mean((1, 2, 3)).min() > 0
