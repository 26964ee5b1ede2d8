from pathlib import Path

import numpy as np
import OpenEXR
import pytest
import torch
from torch.nn import functional as F

from penumbra.color import View
from penumbra.errors import InputError
from penumbra.evaluation import errors
from penumbra.finishing import bilinear, guided
from penumbra.finishing.edges import LEAST_EDGE, LEAST_VARIANCE

SAMPLE = Path(__file__).parents[2] / "sample"
# Network's size, plate's size: whole and broken ratios, squeezed ones, odd ones, one side equal or smaller.
SIZES = [
    ((24, 32), (48, 64)), ((24, 32), (96, 128)), ((24, 32), (57, 75)), ((25, 33), (64, 101)), ((24, 32), (24, 90)),
    ((24, 32), (60, 32)), ((24, 64), (60, 41)), ((24, 64), (24, 41)), ((24, 32), (23, 31)), ((24, 32), (25, 33)),
    ((7, 5), (64, 9)), ((5, 1), (9, 9)), ((1, 1), (5, 7)),
]  # fmt: skip


def noise(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def shrunk(picture, size):
    return F.interpolate(picture[None], size, mode="bilinear", antialias=True)[0].clamp(0, 1)


def averaged(alpha_OHW, ratio):
    return F.avg_pool2d(alpha_OHW, ratio)


def owners(small, large):
    """The small pixel in which each of the large ones has its middle."""
    return ((torch.arange(large) + 0.5) * small / large).long()


def hull(alpha_Ohw, size):
    """The least and the greatest alpha of the 3x3 small pixels around each large pixel's own."""
    height, width = alpha_Ohw.shape[-2:]
    places = owners(height, size[0])[:, None], owners(width, size[1])
    greatest = F.max_pool2d(alpha_Ohw, 3, 1, 1)[(..., *places)]
    least = -F.max_pool2d(-alpha_Ohw, 3, 1, 1)[(..., *places)]
    return least, greatest


def scene(size=256):
    """A disk with strands standing out of it, exact coverage, before a background that is brighter on one side."""
    fine = 4
    line = (torch.arange(size * fine) + 0.5) / (size * fine) * 2 - 1
    y, x = torch.meshgrid(line, line, indexing="ij")
    angle, radius = torch.atan2(y, x), torch.hypot(x, y)
    strands = (radius < 0.85) & (torch.cos(angle * 40 + radius * 9) > 0.75 + 0.25 * radius)
    alpha = averaged(((radius < 0.5) | strands).float()[None], fine)
    light = averaged((0.5 + 0.3 * x)[None], fine)
    front, back = torch.tensor([0.75, 0.5, 0.3])[:, None, None] * light, torch.tensor([0.3, 0.4, 0.8])[:, None, None]
    return alpha * front + (1 - alpha) * back * (1.1 - light), alpha


def bundled(frame, height=268):
    """View and true alpha of the bundled shot, cut to whole quarters."""
    plate = OpenEXR.File(str(SAMPLE / f"plate/plate.{frame}.exr")).channels()["RGB"].pixels[:height]
    truth = OpenEXR.File(str(SAMPLE / f"truth/truth.{frame}.exr")).channels()["RGBA"].pixels[:height, :, 3]
    plate_3HW = torch.from_numpy(plate.astype(np.float32)).permute(2, 0, 1)
    return View()(plate_3HW).contiguous(), torch.from_numpy(truth.astype(np.float32))[None].clamp(0, 1)


def share_of_bilinear(view_3HW, alpha_1HW, ratio):
    """MAD and Grad of the guided alpha over those of the bilinear one, from the true alpha averaged."""
    small = averaged(alpha_1HW, ratio)
    found = guided(small, shrunk(view_3HW, small.shape[-2:]), view_3HW)
    ours, plain = (
        errors(alpha[0].numpy(), alpha_1HW[0].numpy()) for alpha in (found, bilinear(small, alpha_1HW.shape[-2:]))
    )
    return ours.mad / plain.mad, ours.grad / plain.grad


def slope_edge(width, grain, size=256):
    """A slanted edge of that many pixels, its view with grain and without, and the true alpha."""
    line = torch.arange(size) + 0.5 - size / 2
    away = (line[None] + 0.3 * line[:, None]) / (1 + 0.3**2) ** 0.5
    x = (0.5 - away / width).clamp(0, 1)
    alpha = (x * x * (3 - 2 * x))[None]
    front, back = torch.tensor([0.8, 0.65, 0.5])[:, None, None], torch.tensor([0.35, 0.3, 0.25])[:, None, None]
    clean = alpha * front + (1 - alpha) * back
    grains = torch.randn(3, size, size, generator=torch.Generator().manual_seed(1))
    return (clean + grain * grains).clamp(0, 1), clean, alpha


def found_at(ratio, view_3HW, alpha_OHW):
    small = averaged(alpha_OHW, ratio)
    return guided(small, shrunk(view_3HW, small.shape[-2:]), view_3HW)


def test_when_the_sizes_are_equal_then_the_alpha_is_the_same_object():
    alpha, view = noise(2, 9, 7), noise(3, 9, 7)
    assert guided(alpha, view, view) is alpha
    assert bilinear(alpha, (9, 7)) is alpha


@pytest.mark.parametrize(("ratio", "mad", "grad"), [(2, 0.3, 0.25), (4, 0.4, 0.45)])
def test_when_a_made_up_scene_is_seen_smaller_then_guided_is_far_nearer_than_bilinear(ratio, mad, grad):
    shares = share_of_bilinear(*scene(), ratio)
    assert shares[0] < mad
    assert shares[1] < grad


@pytest.mark.parametrize("ratio", [2, 4])
def test_when_a_subject_is_faint_then_its_edges_are_found_as_well(ratio):
    view, alpha = scene()
    mad, grad = share_of_bilinear(0.12 * view + 0.88 * 0.3, 0.12 * alpha, ratio)
    assert mad < 0.5
    assert grad < 0.45


@pytest.mark.parametrize("frame", [1004, 1030])
@pytest.mark.parametrize(("ratio", "mad", "grad"), [(2, 0.85, 0.65), (4, 0.75, 0.6)])
def test_when_fur_of_the_bundled_shot_is_seen_smaller_then_guided_is_nearer_than_bilinear(frame, ratio, mad, grad):
    shares = share_of_bilinear(*bundled(frame), ratio)
    assert shares[0] < mad
    assert shares[1] < grad


@pytest.mark.parametrize(("small", "large"), SIZES)
def test_when_sizes_are_of_any_ratio_then_the_size_is_the_plates_and_there_are_no_halos(small, large):
    alpha = noise(2, *small).round(decimals=1)
    found = guided(alpha, noise(3, *small, seed=1), noise(3, *large, seed=2))
    assert found.shape == (2, *large)
    # Where the plate is the smaller one, the neighborhood is that of the alpha brought to its size.
    seen = bilinear(alpha, tuple(map(min, small, large)))
    least, greatest = hull(seen, large)
    assert (found >= least - 1e-6).all()
    assert (found <= greatest + 1e-6).all()


def test_when_the_plate_is_smaller_than_what_the_network_saw_then_it_is_bilinear():
    alpha = noise(2, 24, 64)
    assert torch.equal(guided(alpha, noise(3, 24, 64, seed=1), noise(3, 24, 41, seed=2)), bilinear(alpha, (24, 41)))


def test_when_fur_is_brought_to_the_plates_size_then_there_are_no_halos_and_what_is_flat_stays_exact():
    view, alpha = bundled(1018)
    small = averaged(alpha, 4)
    found = guided(small, shrunk(view, small.shape[-2:]), view)
    least, greatest = hull(small, alpha.shape[-2:])
    assert (found - bilinear(small, alpha.shape[-2:])).abs().max() > 0.3
    assert (found >= least - 1e-6).all()
    assert (found <= greatest + 1e-6).all()
    assert (found[greatest == 0] == 0).all()
    assert (found[least == 1] == 1).all()
    assert (greatest == 0).any()
    assert (least == 1).any()


@pytest.mark.parametrize("ratio", [2, 4])
def test_when_a_soft_edge_has_grain_then_the_grain_is_not_printed_into_the_alpha(ratio):
    grainy, clean, alpha = slope_edge(width=40, grain=0.03)
    soft = (alpha > 0.01) & (alpha < 0.99)
    printed = (found_at(ratio, grainy, alpha) - found_at(ratio, clean, alpha))[soft]
    # Divided by the contrast of about 0.5, the grain itself would be 0.06.
    assert printed.std() < 0.006
    assert (found_at(ratio, grainy, alpha) - alpha)[soft].abs().mean() < 0.005


@pytest.mark.parametrize("ratio", [2, 4])
def test_when_a_sharp_edge_has_grain_then_it_is_found_all_the_same(ratio):
    grainy, _, alpha = slope_edge(width=1.5, grain=0.03)
    plain = bilinear(averaged(alpha, ratio), alpha.shape[-2:])
    assert (found_at(ratio, grainy, alpha) - alpha).abs().mean() < 0.3 * (plain - alpha).abs().mean()


@pytest.mark.parametrize("ratio", [2, 4])
@pytest.mark.parametrize("contrast", [0.0, 0.05, 0.3])
def test_when_subject_and_background_look_alike_then_it_is_no_worse_than_bilinear(ratio, contrast):
    _, alpha = scene()
    # One pattern through both, which knows nothing of the alpha, and grain.
    pattern = F.interpolate(noise(1, 3, 32, 32, seed=3), (256, 256), mode="bicubic")[0]
    view = (0.4 + contrast * (pattern - 0.5) + 0.01 * (noise(3, 256, 256, seed=4) - 0.5)).clamp(0, 1)
    plain = bilinear(averaged(alpha, ratio), alpha.shape[-2:])
    assert (found_at(ratio, view, alpha) - alpha).abs().mean() < 1.03 * (plain - alpha).abs().mean()


def test_when_there_are_several_objects_then_each_comes_out_as_if_alone_and_two_that_share_an_edge_add_up_to_1():
    view, alpha = scene()
    objects = torch.cat((alpha, 1 - alpha, torch.zeros_like(alpha)))
    found = found_at(4, view, objects)
    for index in range(3):
        assert torch.equal(found[index : index + 1], found_at(4, view, objects[index : index + 1]))
    torch.testing.assert_close(found[0] + found[1], torch.ones(256, 256), rtol=0, atol=1e-4)


def test_when_the_number_of_threads_changes_then_not_one_bit_does():
    view, alpha = bundled(1030)
    small = shrunk(alpha, (101, 173)) * torch.tensor([1, 0.9, 0.5])[:, None, None]
    before, results = torch.get_num_threads(), []
    try:
        for threads in (1, 2, 3, 7):
            torch.set_num_threads(threads)
            results.append(guided(small, shrunk(view, (101, 173)), view).numpy().tobytes())
    finally:
        torch.set_num_threads(before)
    assert len(set(results)) == 1


def test_when_the_plate_is_cut_out_of_a_larger_one_then_nothing_changes_and_nothing_is_written_to():
    view, alpha = scene()
    small, seen = averaged(alpha, 4), shrunk(view, (64, 64))
    around = F.pad(view, (9, 5, 3, 8), value=0.5)
    kept = around.clone(), small.clone(), seen.clone()
    cut = around[:, 3 : 3 + 256, 9 : 9 + 256]
    assert torch.equal(guided(small, seen, cut), guided(small, seen, view))
    assert all(map(torch.equal, kept, (around, small, seen)))


def test_when_the_alpha_is_not_of_the_small_views_size_then_the_error_names_both():
    with pytest.raises(InputError, match=r"8x6.*9x6"):
        guided(noise(1, 6, 8), noise(3, 6, 9), noise(3, 12, 18))


@pytest.mark.parametrize(("small", "large"), [((9, 12), (18, 24)), ((9, 12), (22, 31)), ((8, 10), (8, 37))])
def test_when_it_is_done_cell_by_cell_in_plain_numpy_then_the_result_is_the_same(small, large):
    view = F.interpolate(noise(1, 3, 6, 8, seed=5), large, mode="bicubic")[0].clamp(0, 1)
    view = (view + 0.03 * noise(3, *large, seed=6)).clamp(0, 1)
    alpha = shrunk((view[:1] - 0.4) * 6, small)
    seen = shrunk(view, small)
    expected = plain_twin(*(picture.double().numpy() for picture in (alpha[0], seen, view)))
    assert np.abs(expected - bilinear(alpha, large)[0].numpy()).max() > 0.1
    np.testing.assert_allclose(guided(alpha, seen, view)[0].numpy(), expected, atol=2e-4)


def plain_twin(alpha_hw, view_3hw, view_3HW):
    """The definition, one cell after the other."""
    (h, w), (height, width) = alpha_hw.shape, view_3HW.shape[1:]
    cells = [(y, x) for y in range(h) for x in range(w)]
    rows, columns = owners(h, height).numpy(), owners(w, width).numpy()

    def around(y, x):
        return [(min(max(y + i, 0), h - 1), min(max(x + j, 0), w - 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)]

    def up(picture, row, column):
        y, x = np.clip((row + 0.5) * h / height - 0.5, 0, h - 1), np.clip((column + 0.5) * w / width - 0.5, 0, w - 1)
        y0, x0 = min(int(y), max(h - 2, 0)), min(int(x), max(w - 2, 0))
        y1, x1 = min(y0 + 1, h - 1), min(x0 + 1, w - 1)
        top = (1 - x + x0) * picture[..., y0, x0] + (x - x0) * picture[..., y0, x1]
        bottom = (1 - x + x0) * picture[..., y1, x0] + (x - x0) * picture[..., y1, x1]
        return (1 - y + y0) * top + (y - y0) * bottom

    def detail(row, column):
        return view_3HW[:, row, column] - up(view_3hw, row, column)

    def pixels(y, x):
        """A cell's own, the last row and column repeated up to the most that a cell has."""

        def along(owned, cell, most):
            mine = np.flatnonzero(owned == cell)
            return [*mine, *[mine[-1]] * (most - len(mine))]

        down = along(rows, y, np.bincount(rows).max())
        return [(row, column) for row in down for column in along(columns, x, np.bincount(columns).max())]

    alphas = {cell: np.array([alpha_hw[near] for near in around(*cell)]) for cell in cells}
    edges = [cell for cell in cells if np.ptp(alphas[cell]) > LEAST_EDGE]
    grain, bend, slopes = np.full((h, w), np.inf), np.zeros((h, w)), np.zeros((3, h, w))
    for cell in edges:
        grain[cell] = np.mean([np.square(detail(*pixel)).mean() for pixel in pixels(*cell)])
        bend[cell] = alpha_hw[cell] - alphas[cell].mean()
    for cell in edges:
        colors = np.array([view_3hw[:, y, x] for y, x in around(*cell)])
        least = min(grain[near] for near in around(*cell))
        both = np.cov(np.c_[colors, alphas[cell]], rowvar=False, bias=True)
        matrix, right = both[:3, :3] + (least + LEAST_VARIANCE) * np.eye(3), both[:3, 3]
        # Two steps of conjugate gradients give the best of all combinations of these two.
        basis = np.stack((right, matrix @ right), 1)
        slope = basis @ np.linalg.lstsq(basis.T @ matrix @ basis, basis.T @ right, rcond=1e-15)[0]
        bends = np.mean([bend[near] ** 2 for near in around(*cell)])
        explained = slope @ right / both[3, 3]
        slopes[(slice(None), *cell)] = slope * explained * bends / (bends + slope @ slope * least)
    found = np.array([[up(alpha_hw, row, column) for column in range(width)] for row in range(height)])
    for cell in edges:
        for pixel in pixels(*cell):
            value = up(alpha_hw, *pixel) + up(slopes, *pixel) @ detail(*pixel)
            found[pixel] = np.clip(value, alphas[cell].min(), alphas[cell].max())
    return found
