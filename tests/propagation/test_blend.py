"""Two passes over one gap, blended."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from penumbra.propagation import blend, ramp

SHARES = [0.0, 0.03, 0.25, 0.4999, 0.5, 0.5001, 0.75, 0.97, 1.0]
# Where the weight of a pass changes from pixel to pixel, it does by so much at most.
STEEPEST = 0.1


def disc(height, width, y, x, radius, edge=1.0):
    """`[1,H,W]`, with an edge so many pixels wide."""
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    distance = torch.hypot(rows.float() - y, columns.float() - x) - radius
    return (0.5 - distance / edge).clamp(0, 1)[None]


def clouds(seed, objects=2, height=61, width=83):
    """Alphas with solid, empty and soft parts everywhere."""
    coarse = torch.randn(objects, 1, 9, 13, generator=torch.Generator().manual_seed(seed))
    return (0.5 + F.interpolate(coarse, (height, width), mode="bicubic")[:, 0]).clamp(0, 1)


def steepest(alpha):
    return max(alpha.diff(dim=1).abs().max().item(), alpha.diff(dim=2).abs().max().item())


# --- the ramp


def test_when_a_gap_is_walked_then_the_ramp_rises_from_0_to_1_and_is_level_at_both_ends():
    places = np.linspace(0, 1, 201)
    shares = [ramp(place) for place in places]
    assert (shares[0], ramp(0.5), shares[-1]) == (0.0, 0.5, 1.0)
    assert np.all(np.diff(shares) > 0)
    assert shares[1] < 0.1 * places[1]
    assert 1 - shares[-2] < 0.1 * places[1]
    for place in places:
        assert ramp(1 - place) == pytest.approx(1 - ramp(place))


# --- where the passes agree


@pytest.mark.parametrize("seed", range(4))
def test_when_the_frame_is_a_key_frame_then_its_own_pass_wins_bit_for_bit(seed):
    left, right = clouds(seed), clouds(seed + 100)
    assert torch.equal(blend(left, right, 0.0).alpha_OHW, left)
    assert torch.equal(blend(left, right, 1.0).alpha_OHW, right)


@pytest.mark.parametrize("share", SHARES)
def test_when_the_passes_agree_roughly_then_they_are_mixed_linearly(share):
    left = clouds(1)
    right = (left + torch.linspace(-0.4, 0.4, left.shape[-1])).clamp(0, 1)
    blended = blend(left, right, share)
    assert blended.disagreement == 0
    torch.testing.assert_close(blended.alpha_OHW, (1 - share) * left + share * right)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("offset", [1, 2])
def test_when_an_edge_lies_a_little_apart_then_it_is_mixed_and_counts_as_no_disagreement(share, offset):
    left, right = disc(48, 64, 24, 30, 12), disc(48, 64, 24, 30 + offset, 12)
    assert ((left - right).abs() > 0.5).any(), "pixel for pixel they do disagree"
    blended = blend(left, right, share)
    assert blended.disagreement == 0
    torch.testing.assert_close(blended.alpha_OHW, (1 - share) * left + share * right)


# --- where they do not


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("edge", [1.0, 6.0])
def test_when_the_passes_follow_different_subjects_then_neither_is_a_ghost(share, edge):
    left, right = disc(64, 96, 32, 24, 14, edge), disc(64, 96, 32, 70, 14, edge)
    alpha = blend(left, right, share).alpha_OHW
    inside = (left == 1) | (right == 1)
    assert ((alpha[inside] < 0.1) | (alpha[inside] > 0.9)).all()
    # One of both, and that one whole, with its own edge: nothing of the other is left.
    torch.testing.assert_close(alpha, left if share < 0.5 else right, rtol=0, atol=1e-6)


@pytest.mark.parametrize("share", [0.2, 0.8])
def test_when_the_passes_differ_over_one_part_then_that_part_is_chosen_and_the_rest_is_mixed(share):
    arm = disc(64, 96, 20, 20, 10)
    body = disc(64, 96, 40, 70, 16)
    left, right = torch.maximum(arm, body), 0.8 * body
    alpha = blend(left, right, share).alpha_OHW[0]
    assert alpha[20, 20] == (1 if share < 0.5 else 0)
    assert alpha[40, 70].item() == pytest.approx(1 - 0.2 * share)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", SHARES)
def test_when_passes_are_blended_then_no_value_leaves_what_they_say(seed, share):
    left, right = clouds(seed), clouds(seed + 50)
    alpha = blend(left, right, share).alpha_OHW
    assert (alpha >= torch.minimum(left, right)).all()
    assert (alpha <= torch.maximum(left, right)).all()


@pytest.mark.parametrize("seed", range(4))
def test_when_the_share_grows_then_every_pixel_moves_from_left_to_right_and_never_back(seed):
    left, right = clouds(seed), clouds(seed + 50)
    way = torch.stack([blend(left, right, share).alpha_OHW for share in np.linspace(0, 1, 41)])
    moved = (way.diff(dim=0)) * (right - left).sign()
    assert moved.min() >= -1e-6
    # A region that is chosen changes hands at once, and at that step alone.
    jumps = (moved > 0.5).sum(0)
    assert jumps.max() == 1
    assert (moved > 0.5).any(3).any(2).any(1).nonzero().tolist() == [[19]], "between 0.475 and 0.5"


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("share", SHARES)
def test_when_part_is_chosen_and_part_mixed_then_no_seam_shows(seed, share):
    left, right = clouds(seed, height=120, width=160), clouds(seed + 50, height=120, width=160)
    assert 0.05 < blend(left, right, share).disagreement < 0.9
    alpha = blend(left, right, share).alpha_OHW
    assert steepest(alpha) <= max(steepest(left), steepest(right)) + STEEPEST


def test_when_the_passes_drift_apart_across_the_frame_then_the_choice_fades_into_the_mixture():
    left, right = torch.ones(1, 40, 160), torch.linspace(1, 0, 160).expand(1, 40, 160)
    alpha = blend(left, right, 0.49).alpha_OHW
    assert alpha[0, 20, 159] == 1, "chosen at the right end, where nothing else could be"
    assert alpha[0, 20, 40].item() == pytest.approx(0.51 + 0.49 * right[0, 20, 40].item()), "mixed at the left"
    assert steepest(alpha) <= STEEPEST / 2


# --- the number


@pytest.mark.parametrize(("apart", "disputed"), [(0.48, 0), (0.52, 1)])
def test_when_the_passes_are_more_than_half_apart_then_they_disagree(apart, disputed):
    left = torch.full((1, 20, 30), 0.2)
    assert blend(left, left + apart, 0.3).disagreement == disputed
    assert blend(left + apart, left, 0.3).disagreement == disputed


def test_when_a_square_is_in_dispute_then_the_number_is_its_share_of_the_frame():
    left, right = torch.zeros(1, 40, 50), torch.zeros(1, 40, 50)
    left[:, 5:15, 0:20] = 1
    assert blend(left, right, 0.3).disagreement == 200 / 2000
    assert blend(right, left, 0.9).disagreement == 200 / 2000
    left[:, 30:32, 5:45] = 1
    assert blend(left, right, 0.3).disagreement == 200 / 2000, "a line of two pixels is an edge"


def test_when_objects_are_in_dispute_at_one_place_then_it_counts_once():
    left, right = torch.zeros(3, 40, 50), torch.zeros(3, 40, 50)
    left[0, 5:15, 10:20] = 1
    right[1, 5:15, 10:20] = 1
    left[2, 20:30, 10:20] = 1
    assert blend(left, right, 0.3).disagreement == 200 / 2000


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 9), (3, 2), (7, 5)])
def test_when_a_frame_is_tiny_then_it_is_in_dispute_as_a_whole(height, width):
    left, right = torch.ones(1, height, width), torch.zeros(1, height, width)
    blended = blend(left, right, 0.25)
    assert torch.equal(blended.alpha_OHW, left)
    assert blended.disagreement == 1


def test_when_threads_are_one_or_three_then_the_bits_are_the_same():
    left, right = clouds(7, height=371, width=533), clouds(57, height=371, width=533)
    before = torch.get_num_threads()
    found = []
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            found.append(blend(left, right, 0.37))
    finally:
        torch.set_num_threads(before)
    assert torch.equal(found[0].alpha_OHW, found[1].alpha_OHW)
    assert found[0].disagreement == found[1].disagreement > 0
