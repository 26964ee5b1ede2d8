"""Shots of two subjects that look the same and cross."""

import pytest
import torch

from penumbra.codec import read_header, read_picture
from penumbra.training import crossing
from penumbra.training.crossing import generate_crossings
from penumbra.training.files import write_shot

BATCH, FRAMES, HEIGHT, WIDTH = 8, 7, 40, 64


@pytest.fixture(scope="module")
def drawn():
    """The clips, and the layers that they were drawn of: alpha and colors of each, the farthest first."""
    layers, laid = [], crossing.laid

    def seen(alpha, colors, scene):
        layers.append((alpha, colors))
        return laid(alpha, colors, scene)

    crossing.laid = seen
    try:
        return generate_crossings(3, BATCH, FRAMES, HEIGHT, WIDTH), layers
    finally:
        crossing.laid = laid


@pytest.fixture(scope="module")
def clips(drawn):
    return drawn[0]


def overlap(mask, alpha):
    """The intersection over the union of each clip."""
    mask, alpha = mask.flatten(1) > 0.5, alpha.flatten(1) > 0.5
    return (mask & alpha).sum(1) / (mask | alpha).sum(1).clamp(min=1)


def place(alpha):
    """The middle `[B,T]` of what is covered, from 0 at the left border to 1 at the right one."""
    columns = alpha[:, :, 0].sum(2)
    return (columns * torch.linspace(0, 1, WIDTH)).sum(2) / columns.sum(2)


def test_when_clips_are_made_then_shapes_and_ranges_are_those_of_the_network(clips):
    assert clips.view.shape == clips.plate.shape == (BATCH, FRAMES, 3, HEIGHT, WIDTH)
    assert clips.alpha.shape == (BATCH, FRAMES, 1, HEIGHT, WIDTH)
    assert clips.mask.shape == clips.last_mask.shape == (BATCH, 1, HEIGHT, WIDTH)
    for tensor in (clips.view, clips.alpha, clips.mask, clips.last_mask):
        assert tensor.dtype == torch.float32
        assert tensor.min() >= 0
        assert tensor.max() <= 1
    assert clips.plate.max() > 1, "lights are above white in the plate"


def test_when_the_seed_is_the_same_then_the_clips_are_bit_for_bit():
    first, again, other = (generate_crossings(seed, 1, 3, 32, 48) for seed in (5, 5, 6))
    for name in ("view", "alpha", "mask", "plate", "last_mask"):
        assert torch.equal(getattr(first, name), getattr(again, name))
        assert not torch.equal(getattr(first, name), getattr(other, name))


def test_when_the_shot_goes_on_then_the_subject_changes_sides_and_is_in_the_middle_in_the_middle(clips):
    places = place(clips.alpha)
    steps = places.diff(dim=1)
    assert ((places[:, 0] - 0.5) * (places[:, -1] - 0.5) < 0).all()
    assert (steps.sign() == steps[:, :1].sign()).all(), "never back"
    assert (places[:, FRAMES // 2] - 0.5).abs().max() < 0.2
    assert {float(side) for side in steps[:, 0].sign()} == {-1.0, 1.0}, "some begin at the left, some at the right"


def test_when_both_are_drawn_then_they_look_the_same_and_go_opposite_ways(drawn):
    _, ((far, colors), (own, own_colors), (near, _)) = drawn
    other = far + near
    assert (torch.minimum(far, near) == 0).all(), "the other is behind or before the subject, not both"
    for clip in range(BATCH):
        for time in (1, -2):
            assert not (own[clip, time] * other[clip, time]).any(), "apart, at both ends"
            area, other_area = own[clip, time].sum(), other[clip, time].sum()
            assert (area / other_area).log().abs() < 0.3, "as large"
            mean = (own[clip, time] * own_colors[clip, time].log()).sum((1, 2)) / area
            other_mean = (other[clip, time] * colors[clip, time].log()).sum((1, 2)) / other_area
            assert (mean - other_mean).abs().max() < 0.3, "of the same colors"
    assert (own - other).abs().mean((1, 2, 3)).min() > 0.01


def test_when_they_meet_then_one_hides_the_other_and_the_alpha_is_what_is_left_to_see(drawn):
    clips, ((_, _), (own, _), (near, _)) = drawn
    hidden = near.amax((1, 2, 3)) > 0
    assert {bool(each) for each in hidden} == {False, True}
    area = clips.alpha.sum((2, 3, 4)) / own.unflatten(1, (FRAMES, 3)).mean(2).sum((2, 3))
    assert (area[~hidden] == 1).all()
    assert (area[hidden, FRAMES // 2] < 0.8).all()
    assert area[:, [0, -1]].min() > 0.99


def test_when_masks_are_made_then_they_are_rough_and_of_the_ends(clips):
    for mask, at, away in ((clips.mask, 0, -1), (clips.last_mask, -1, 0)):
        assert overlap(mask, clips.alpha[:, at]).median() > 0.5
        assert (overlap(mask, clips.alpha[:, at]) < 1).all()
        assert overlap(mask, clips.alpha[:, away]).max() < 0.05


def test_when_a_clip_is_written_then_its_files_are_a_shot(clips, tmp_path):
    write_shot(tmp_path, clips, 2)
    names = {f"{name}.{1001 + frame}.exr" for name in ("plate", "true") for frame in range(FRAMES)}
    assert {path.name for path in tmp_path.iterdir()} == names | {"roto.1001.exr", "roto.1007.exr"}
    for name, picture in (
        ("plate.1004", clips.plate[2, 3]),
        ("true.1004", clips.alpha[2, 3]),
        ("roto.1001", clips.mask[2]),
        ("roto.1007", clips.last_mask[2]),
    ):
        read = torch.from_numpy(read_picture(tmp_path / f"{name}.exr").pixels_HWC).permute(2, 0, 1)
        torch.testing.assert_close(read, picture.half().float(), rtol=0, atol=0)
    window = read_header(tmp_path / "plate.1001.exr").display_window
    assert (window.x, window.y, window.width, window.height) == (0, 0, WIDTH, HEIGHT)
