"""What training minimizes: known values, plain twins, and gradients."""

import math

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch.nn import functional as F

from penumbra.training.losses import (
    BLUR,
    CHANGE_THRESHOLD,
    change_loss,
    coarse_loss,
    laplacian_loss,
    matting_loss,
)


def draw(*shape, seed=0):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_when_prediction_and_truth_are_equal_then_the_losses_are_0():
    alpha = draw(2, 3, 1, 32, 32)
    assert matting_loss(alpha, alpha, 5.0) == 0
    assert torch.equal(laplacian_loss(alpha, alpha), torch.zeros(3, dtype=torch.float64))


# --- the Laplacian pyramid


# A constant has no bands; it is in what the pyramid is left with, at the last level that is large enough to blur.
@pytest.mark.parametrize(
    ("size", "last_level"), [(1, 0), (4, 0), (8, 0), (9, 1), (16, 1), (32, 2), (64, 3), (80, 4), (96, 4), (256, 4)]
)
def test_when_alphas_differ_by_a_constant_then_only_the_last_level_sees_it(size, last_level):
    true = draw(2, 2, 1, size, size)
    loss = laplacian_loss(true + 0.25, true)
    torch.testing.assert_close(loss, torch.full((2,), 0.25 * 2**last_level / 5, dtype=torch.float64))


def pyramid(picture, levels):
    """The plain twin: of one picture `[H,W]`, with another library's blur."""
    bands = []
    for _ in range(levels - 1):
        blurred = ndimage.convolve1d(ndimage.convolve1d(picture, BLUR, 0, mode="nearest"), BLUR, 1, mode="nearest")
        coarse = blurred[::2, ::2]
        smooth = F.interpolate(torch.from_numpy(coarse.copy())[None, None], picture.shape, mode="bilinear")
        bands.append(picture - smooth[0, 0].numpy())
        picture = coarse
    return [*bands, picture]


@pytest.mark.parametrize(("height", "width", "levels"), [(96, 96, 5), (48, 80, 4), (10, 10, 2)])
def test_when_pyramids_are_compared_then_the_loss_equals_the_plain_twin(height, width, levels):
    predicted, true = draw(2, 3, 1, height, width, seed=1), draw(2, 3, 1, height, width, seed=2)
    expected = np.zeros(3)
    for clip in range(2):
        for frame in range(3):
            ours, theirs = (pyramid(alpha[clip, frame, 0].numpy(), levels) for alpha in (predicted, true))
            bands = enumerate(zip(ours, theirs, strict=True))
            expected[frame] += sum(2**level / 5 * np.abs(p - t).mean() for level, (p, t) in bands) / 2
    np.testing.assert_allclose(laplacian_loss(predicted, true).numpy(), expected, rtol=1e-10)


# --- the matting loss


def test_when_frames_are_off_by_constants_then_the_matting_loss_is_known():
    true = draw(2, 4, 1, 16, 16) * 0.5
    steady = matting_loss(true + 0.25, true, 1.0)
    # L1 and, at 16 pixels, the pyramid's second level; the difference between frames is right.
    assert steady.item() == pytest.approx(0.25 * (1 + 2 / 5))
    jumping = true.clone()
    jumping[:, 2] += 0.25
    # One frame of four; two of the three differences between frames are wrong.
    assert matting_loss(jumping, true, 1.0).item() == pytest.approx(0.25 * (1 + 2 / 5) / 4 + 0.25**2 * 2 / 3)


def test_when_the_first_frame_is_wrong_then_it_costs_as_much_more_as_its_weight():
    true = draw(2, 3, 1, 16, 16)
    costs = []
    for frame in (0, 2):
        predicted = true.clone()
        predicted[:, frame] += 0.2
        costs.append(matting_loss(predicted, true, 5.0).item() - 0.2**2 / 2)
    assert costs[0] == pytest.approx(5 * costs[1])


def test_when_a_clip_has_one_frame_then_there_is_no_difference_to_judge():
    true = draw(1, 1, 1, 16, 16)
    assert matting_loss(true + 0.5, true, 1.0).item() == pytest.approx(0.5 * 1.4)


# --- at stride 16


def test_when_logits_say_nothing_then_cross_entropies_are_ln_2():
    alpha = (draw(2, 3, 1, 32, 32) > 0.5).double()
    assert coarse_loss(torch.zeros(2, 3, 1, 2, 2, dtype=torch.float64), alpha).item() == pytest.approx(math.log(2))
    assert change_loss(torch.zeros(2, 2, 1, 2, 2, dtype=torch.float64), alpha).item() == pytest.approx(math.log(2))


@pytest.mark.parametrize(("mean", "changed"), [(CHANGE_THRESHOLD * 0.9, False), (CHANGE_THRESHOLD * 1.1, True)])
@pytest.mark.parametrize("sign", [1, -1])
def test_when_one_block_moves_by_more_than_the_threshold_then_it_alone_has_changed(mean, changed, sign):
    alpha = torch.full((1, 3, 1, 32, 48), 0.5)
    alpha[0, 1, 0, 20, 40] += sign * mean * 16 * 16
    alpha[0, 2] = alpha[0, 1]
    logits = torch.full((1, 2, 1, 2, 3), -30.0)
    logits[0, 0, 0, 1, 2] = 30.0 if changed else -30.0
    assert change_loss(logits, alpha) < 1e-6
    assert change_loss(-logits, alpha) > 29


def test_when_blocks_are_half_covered_then_half_is_the_best_guess():
    alpha = torch.zeros(1, 2, 1, 32, 32)
    alpha[..., ::2] = 1
    alpha[:, :, :, :, :16] = 1
    best = torch.tensor([[30.0, 0.0], [30.0, 0.0]]).expand(1, 2, 1, 2, 2)
    least = coarse_loss(best, alpha)
    assert least.item() == pytest.approx(math.log(2) / 2, abs=1e-4)
    for other in (best.flip(-1), best + 1, best - 1):
        assert coarse_loss(other, alpha) > least


@pytest.mark.parametrize(
    ("loss", "given", "true"),
    [
        (lambda predicted, true: matting_loss(predicted, true, 5.0), (1, 2, 1, 10, 10), (1, 2, 1, 10, 10)),
        (lambda predicted, true: laplacian_loss(predicted, true), (1, 1, 1, 11, 9), (1, 1, 1, 11, 9)),
        (change_loss, (2, 2, 1, 2, 2), (2, 3, 1, 8, 8)),
        (coarse_loss, (2, 2, 1, 2, 2), (2, 2, 1, 8, 8)),
    ],
    ids=["matting", "laplacian", "change", "coarse"],
)
def test_when_gradients_are_taken_then_they_are_those_of_small_steps(loss, given, true):
    predicted = (draw(*given, seed=3) * 2 - 0.5).requires_grad_()
    truth = draw(*true, seed=4)
    assert torch.autograd.gradcheck(lambda values: loss(values, truth), predicted)
    assert torch.autograd.grad(loss(predicted, truth).sum(), predicted)[0].abs().min() > 0
