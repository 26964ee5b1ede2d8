"""The measures of a matte: values worked out by hand, and twins written another way."""

import math

import numpy as np
import pytest

from penumbra.evaluation import errors, temporal_error


def noise(height, width, seed=0):
    return np.random.default_rng(seed).random((height, width)).astype(np.float32)


def test_when_alphas_are_equal_then_every_error_is_0():
    alpha = noise(20, 31)
    found = errors(alpha, alpha.copy())
    assert (found.mad, found.mse, found.grad, found.conn) == (0, 0, 0, 0)
    assert temporal_error((alpha, alpha), (alpha + 1, alpha + 1)) == 0


def test_when_alphas_differ_by_a_constant_then_mad_and_mse_are_known_and_the_gradients_agree():
    true = noise(20, 30) * 0.5
    found = errors(true + np.float32(0.25), true)
    assert found.mad == pytest.approx(250, rel=1e-6)
    assert found.mse == pytest.approx(62.5, rel=1e-6)
    assert found.grad == pytest.approx(0, abs=1e-9)


def test_when_a_few_pixels_differ_then_mad_and_mse_are_means_over_all_pixels():
    true = np.zeros((4, 5), np.float32)
    predicted = true.copy()
    predicted[1, 2:4] = 0.5, 1.0
    found = errors(predicted, true)
    assert found.mad == pytest.approx(1e3 * 1.5 / 20)
    assert found.mse == pytest.approx(1e3 * 1.25 / 20)


def test_when_alphas_are_stored_in_half_precision_then_errors_are_computed_in_double():
    true, predicted = np.full((300, 300), 0.25, np.float16), np.full((300, 300), 0.5, np.float16)
    assert errors(predicted, true).mad == 250


# --- dtSSD


def test_when_a_matte_flickers_by_a_constant_then_dtssd_is_that_difference():
    before, now = noise(6, 7, 1), noise(6, 7, 2)
    assert temporal_error((before, before), (now + np.float32(0.1), now)) == pytest.approx(10, rel=1e-5)
    assert temporal_error((before + np.float32(0.1), before), (now, now)) == pytest.approx(10, rel=1e-5)


def test_when_a_matte_is_wrong_but_moves_as_the_truth_then_dtssd_is_0():
    before, now = noise(6, 7, 1), noise(6, 7, 2)
    assert temporal_error((before - np.float32(0.5), before), (now - np.float32(0.5), now)) < 1e-4


def test_when_one_pixel_of_many_flickers_then_dtssd_is_the_root_of_the_mean_square():
    still = np.zeros((5, 20), np.float32)
    flicker = still.copy()
    flicker[3, 3] = 1
    assert temporal_error((still, still), (flicker, still)) == pytest.approx(100 * math.sqrt(1 / 100))


# --- Grad


def published_kernel(sigma=1.4, cut=0.01):
    """As it is published: the 2-D filter, entry by entry, divided by the root of its energy."""
    half = math.ceil(sigma * math.sqrt(-2 * math.log(math.sqrt(2 * math.pi) * sigma * cut)))

    def gauss(x):
        return math.exp(-(x**2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))

    steps = range(-half, half + 1)
    kernel = np.array([[gauss(y) * -x * gauss(x) / sigma**2 for x in steps] for y in steps])
    return kernel / np.sqrt((kernel**2).sum())


def gradient_length(alpha):
    """The plain twin: both filters laid over every pixel of the picture with its border repeated."""
    kernel = published_kernel()
    half = kernel.shape[0] // 2
    padded = np.pad(alpha.astype(np.float64), half, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    across, down = (windows * kernel).sum((2, 3)), (windows * kernel.T).sum((2, 3))
    return np.sqrt(across**2 + down**2)


def test_when_the_published_filter_is_built_then_it_reaches_4_pixels_and_has_unit_energy():
    assert published_kernel().shape == (9, 9)
    assert (published_kernel() ** 2).sum() == pytest.approx(1)


@pytest.mark.parametrize(("height", "width"), [(24, 37), (3, 5), (1, 9)])
def test_when_gradients_are_compared_then_grad_equals_the_plain_twin(height, width):
    predicted, true = noise(height, width, 3), noise(height, width, 4)
    expected = ((gradient_length(predicted) - gradient_length(true)) ** 2).sum() / 1e3
    assert expected > 1e-4
    assert errors(predicted, true).grad == pytest.approx(expected, rel=1e-9)


def test_when_a_hard_edge_is_predicted_as_nothing_then_grad_is_the_energy_of_the_edge():
    rows, columns = 20, 40
    edge = np.zeros((rows, columns), np.float32)
    edge[:, columns // 2 :] = 1
    kernel = published_kernel()
    # At distance k from the edge the filter sees 1 in its columns from k on; beyond 4 pixels its sum is 0.
    energy = sum(kernel[:, k:].sum() ** 2 for k in range(1, kernel.shape[1]))
    assert errors(np.zeros_like(edge), edge).grad == pytest.approx(rows * energy / 1e3, rel=1e-9)


def test_when_an_edge_is_turned_or_mirrored_then_grad_is_the_same():
    predicted, true = noise(15, 15, 5), noise(15, 15, 6)
    upright = errors(predicted, true).grad
    assert errors(predicted.T, true.T).grad == pytest.approx(upright)
    assert errors(predicted[:, ::-1], true[:, ::-1]).grad == pytest.approx(upright)


# --- Conn


def flooded(mask):
    """The largest part whose pixels touch by their sides, found by flooding."""
    seen, largest = set(), []
    for start in zip(*np.nonzero(mask), strict=True):
        if start in seen:
            continue
        part, open_ = [], [start]
        seen.add(start)
        while open_:
            y, x = open_.pop()
            part.append((y, x))
            for place in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                inside = 0 <= place[0] < mask.shape[0] and 0 <= place[1] < mask.shape[1]
                if inside and mask[place] and place not in seen:
                    seen.add(place)
                    open_.append(place)
        largest = part if len(part) > len(largest) else largest
    return set(largest)


def connectivity(predicted, true):
    """The plain twin, pixel by pixel: the last level at which it hangs together with the part solid in both."""
    levels = np.arange(0, 1.1, 0.1)  # as the published code has them, to the last bit
    parts = [flooded(np.minimum(predicted, true).astype(np.float64) >= level) for level in levels]
    total = 0.0
    for place in np.ndindex(true.shape):
        below = next((index for index in range(1, 11) if place not in parts[index]), None)
        level = 1.0 if below is None else levels[below - 1]
        phi = [1 - d if d >= 0.15 else 1.0 for d in (float(alpha[place]) - level for alpha in (predicted, true))]
        total += abs(phi[0] - phi[1])
    return total / 1e3


def body(height=20, width=20):
    alpha = np.zeros((height, width), np.float32)
    alpha[4:14, 3:12] = 1
    return alpha


def test_when_an_island_is_solid_in_the_prediction_only_then_each_of_its_pixels_counts_1():
    predicted = body()
    predicted[16:19, 15:17] = 1
    assert errors(predicted, body()).conn == pytest.approx(6 / 1e3)
    assert errors(body(), predicted).conn == pytest.approx(6 / 1e3)


def test_when_an_island_is_solid_in_both_then_it_is_no_error():
    alpha = body()
    alpha[16:19, 15:17] = 1
    assert errors(alpha, alpha.copy()).conn == 0


def test_when_a_pixel_touches_the_body_by_a_corner_only_then_it_is_not_connected():
    true, predicted = body(), body()
    true[14, 12], predicted[14, 12] = 1, 0.59
    # Its level is 0: phi is 1 - 1 and 1 - 0.59. With a neighbor that is solid it is 0.5: phi is 1 - 0.5 and 1.
    assert errors(predicted, true).conn == pytest.approx((1 - 0.59) / 1e3)
    true[14, 11] = predicted[14, 11] = 1
    assert errors(predicted, true).conn == pytest.approx(0.5 / 1e3)


def test_when_the_body_is_thinner_in_the_prediction_then_its_level_is_the_one_below():
    predicted = body()
    predicted[5, 5] = 0.55
    # Solid in both up to 0.5; the truth is 0.5 above that level, the prediction within the tolerance.
    assert errors(predicted, body()).conn == pytest.approx(0.5 / 1e3)


@pytest.mark.parametrize(("alpha", "expected"), [(0.14, 0.0), (0.16, 0.16)])
def test_when_the_prediction_is_faintly_wrong_then_the_tolerance_decides(alpha, expected):
    predicted = body()
    predicted[17, 17] = alpha
    assert errors(predicted, body()).conn == pytest.approx(expected / 1e3, abs=1e-9)


def test_when_alphas_lie_on_the_tolerance_itself_then_conn_still_equals_the_twin():
    steps = np.arange(21) / 20
    predicted, true = (np.random.default_rng(seed).choice(steps, (15, 15)) for seed in (1, 2))
    predicted[3:12, 2:13], true[3:12, 2:13] = np.maximum(predicted, 0.5)[3:12, 2:13], 1
    assert errors(predicted, true).conn == pytest.approx(connectivity(predicted, true), rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_when_alphas_are_broken_up_then_conn_equals_the_flooding_twin(seed):
    smooth = np.cumsum(np.cumsum(noise(18, 22, seed) - 0.5, 0), 1)
    true = np.clip(smooth / np.ptp(smooth) * 2 + 0.4, 0, 1)
    predicted = np.clip(true + (noise(18, 22, seed + 10) - 0.5) * 0.6, 0, 1)
    expected = connectivity(predicted, true)
    assert expected > 1e-3
    assert errors(predicted, true).conn == pytest.approx(expected, rel=1e-9)


def test_when_nothing_is_solid_then_errors_are_numbers():
    empty = np.zeros((5, 5), np.float32)
    found = errors(empty, empty)
    assert (found.mad, found.conn) == (0, 0)
    assert errors(np.full((5, 5), 0.5, np.float32), empty).conn == pytest.approx(25 * 0.5 / 1e3)
