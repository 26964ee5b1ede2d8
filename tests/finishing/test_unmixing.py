"""The closed form and the pyramid against plain ones."""

import numpy as np
import pytest
import torch

from penumbra.finishing.pyramid import between, doubled, halved
from penumbra.finishing.unmixing import ALPHA_ERROR, DAMPING, LEAST_SPREAD, Colors, unmixed


def some_colors(rng, count):
    """Means `[N,3]` and covariances `[N,3,3]`, and the same as the code takes them."""
    means, roots = rng.uniform(0, 4, (count, 3)), rng.normal(0, 1, (count, 3, 3))
    covariances = roots @ roots.transpose(0, 2, 1)
    six = covariances[:, [0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]]
    return means, covariances, Colors(*(torch.from_numpy(values.T.astype(np.float32)) for values in (means, six)))


def test_when_many_pixels_are_unmixed_at_once_then_each_is_as_if_solved_alone():
    rng = np.random.default_rng(0)
    light, alphas = rng.uniform(0, 4, (50, 3)), rng.uniform(0.05, 0.95, 50)
    mean_f, cov_f, front = some_colors(rng, 50)
    mean_b, cov_b, back = some_colors(rng, 50)
    pair = unmixed(
        torch.from_numpy(light.T.astype(np.float32)), torch.from_numpy(alphas.astype(np.float32)), front, back
    )
    for n, alpha in enumerate(alphas):
        floored_f = cov_f[n] + np.diag((LEAST_SPREAD * mean_f[n]) ** 2)
        floored_b = cov_b[n] + np.diag((LEAST_SPREAD * mean_b[n]) ** 2)
        apart = mean_f[n] - mean_b[n]
        total = alpha**2 * floored_f + (1 - alpha) ** 2 * floored_b
        total += ALPHA_ERROR**2 * alpha * (1 - alpha) * np.outer(apart, apart)
        total += DAMPING * np.trace(total) * np.eye(3)
        x = np.linalg.solve(total, light[n] - alpha * mean_f[n] - (1 - alpha) * mean_b[n])
        np.testing.assert_allclose(pair[0][:, n], mean_f[n] + alpha * floored_f @ x, rtol=1e-3, atol=1e-3)
        np.testing.assert_allclose(pair[1][:, n], mean_b[n] + (1 - alpha) * floored_b @ x, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("size", [(8, 6), (7, 5), (1, 4), (1, 1)])
def test_when_a_picture_is_halved_then_each_pixel_is_the_weighted_mean_of_sixteen(size):
    picture = np.random.default_rng(1).random((2, *size)).astype(np.float32)
    height, width = (side + side % 2 for side in size)
    padded = np.pad(picture, ((0, 0), (1, 1 + height - size[0]), (1, 1 + width - size[1])), "edge")
    weights = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64
    plain = [
        [(padded[:, y : y + 4, x : x + 4] * weights).sum((1, 2)) for x in range(0, width, 2)]
        for y in range(0, height, 2)
    ]
    np.testing.assert_allclose(halved(torch.from_numpy(picture)), np.array(plain).transpose(2, 0, 1), rtol=1e-6)


def test_when_a_picture_is_read_between_its_pixels_then_it_is_what_doubling_it_gives():
    picture = torch.rand(3, 5, 7, generator=torch.Generator().manual_seed(2))
    y, x = (axis.flatten() for axis in torch.meshgrid(torch.arange(9), torch.arange(14), indexing="ij"))
    torch.testing.assert_close(between(picture, y, x, 2), doubled(picture, (9, 14)).flatten(1))
