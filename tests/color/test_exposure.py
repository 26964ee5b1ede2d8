"""The exposure of a shot: a number that follows the light exactly, and little else."""

import math

import pytest
import torch

from penumbra.color import View, auto_exposure
from penumbra.color.exposure import LARGEST_EXPOSURE
from tests.color.configs import input_of


def plate(seed=0, size=(60, 80)):
    """Half values over ten stops, as a plate has them: `[3,H,W]`."""
    generator = torch.Generator().manual_seed(seed)
    levels = 2 ** (torch.rand(1, *size, generator=generator) * 10 - 8)
    return (levels * (0.5 + torch.rand(3, *size, generator=generator))).half().float()


@pytest.fixture(params=["lin_rec709", "ACEScg"])
def matrix(request, studio):
    return input_of(studio, request.param).matrix


@pytest.mark.parametrize(("gray", "stops"), [(0.18, 0.0), (0.09, 1.0), (0.36, -1.0), (0.25, -0.47), (18.0, -6.64)])
def test_when_all_is_one_gray_then_it_comes_to_middle_gray(matrix, gray, stops):
    assert auto_exposure(torch.full((3, 4, 5), gray), matrix) == stops


def test_when_half_of_the_picture_is_darker_then_the_middle_counts():
    ramp = torch.linspace(0.01, 1, 999).expand(3, 1, -1)
    assert auto_exposure(ramp) == round(math.log2(0.18 / 0.505), 2)


@pytest.mark.parametrize("seed", range(20))
def test_when_a_plate_is_some_stops_up_then_the_exposure_is_exactly_as_many_less_and_the_view_the_same(matrix, seed):
    light = plate(seed)
    stops = auto_exposure(light, matrix)
    for up in (1, 2, -3):
        brighter = light * 2.0**up
        assert auto_exposure(brighter, matrix) == pytest.approx(stops - up, abs=1e-12)
        assert torch.equal(View(matrix, auto_exposure(brighter, matrix))(brighter), View(matrix, stops)(light))


def test_when_the_exposure_is_measured_then_it_is_in_hundredths():
    for seed in range(20):
        stops = auto_exposure(plate(seed))
        assert stops == round(stops, 2)
        assert stops != round(stops)


def test_when_some_pixels_are_no_light_then_they_do_not_count():
    light = plate()
    stops = auto_exposure(light)
    bad = torch.tensor([0.0, -1.0, math.nan, math.inf, -math.inf]).repeat_interleave(80)
    wider = torch.cat((light, bad.expand(3, 60, -1)), dim=2)
    assert auto_exposure(wider) == stops
    one_channel = light.clone()
    one_channel[1, :3] = math.nan
    assert abs(auto_exposure(one_channel) - stops) < 0.2


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_when_there_is_no_light_at_all_then_it_is_0(value):
    assert auto_exposure(torch.full((3, 4, 4), value)) == 0


def test_when_the_picture_is_mostly_noise_in_black_then_the_lit_part_counts():
    light = plate() + 0.1
    black = torch.rand(3, 60, 400, generator=torch.Generator().manual_seed(1)) * 1e-5
    assert abs(auto_exposure(torch.cat((light, black), dim=2)) - auto_exposure(light)) < 0.01


def test_when_a_few_lamps_are_very_bright_then_they_hardly_count():
    light = plate()
    lamps = light.clone()
    lamps[:, :2, :10] = 5000
    assert abs(auto_exposure(lamps) - auto_exposure(light)) < 0.05


@pytest.mark.parametrize(("value", "stops"), [(1e-30, LARGEST_EXPOSURE), (1e30, -LARGEST_EXPOSURE)])
def test_when_light_is_far_from_any_picture_s_then_the_exposure_is_bounded(value, stops):
    assert auto_exposure(torch.full((3, 4, 4), value)) == stops


def test_when_there_are_more_threads_then_the_exposure_is_the_same(matrix):
    light = plate(3, (300, 401))
    before = torch.get_num_threads()
    try:
        found = set()
        for threads in (1, 2, 3, 7):
            torch.set_num_threads(threads)
            found.add(auto_exposure(light, matrix))
    finally:
        torch.set_num_threads(before)
    assert len(found) == 1


def test_when_memory_lies_in_another_order_then_the_exposure_is_the_same(matrix):
    light = plate()
    assert auto_exposure(light.permute(1, 2, 0).contiguous().permute(2, 0, 1), matrix) == auto_exposure(light, matrix)
