"""What the network is shown: highlights that keep their order and hue, and nothing that is no number."""

import math

import pytest
import torch

from penumbra.color import check_colorspace, network_view, scene_linear
from penumbra.color.transfer import srgb_encoded
from penumbra.color.view import SHOULDER_START, shoulder
from penumbra.errors import InputError


def grey(values):
    """`[3,1,W]`."""
    return torch.as_tensor(values)[None, None].expand(3, 1, -1)


def pixel(red, green, blue):
    return torch.tensor([red, green, blue])[:, None, None]


# --- the shoulder


def test_when_light_is_below_the_shoulder_then_it_is_untouched():
    light = torch.rand(3, 20, 20, generator=torch.Generator().manual_seed(0)) * SHOULDER_START
    assert torch.equal(shoulder(light), light)
    assert torch.equal(shoulder(grey([0.0, SHOULDER_START])), grey([0.0, SHOULDER_START]))


def test_when_the_shoulder_begins_then_the_slope_goes_on():
    step = 1e-6
    around = grey(torch.tensor([-step, 0, step], dtype=torch.float64) + SHOULDER_START)
    before, after = shoulder(around)[0, 0].diff().tolist()
    assert before == pytest.approx(step, rel=1e-6)
    assert after == pytest.approx(step, rel=1e-5)


def test_when_light_rises_to_a_thousand_then_it_is_still_told_apart_and_below_1():
    light = torch.logspace(math.log10(SHOULDER_START), 3, 3000, dtype=torch.float64)
    shown = shoulder(grey(light))[0, 0]
    assert shown.diff().min() > 0
    assert shown.max() < 1
    assert shown[-1] > 0.99


def test_when_a_ramp_reaches_32_times_white_then_its_order_is_kept_in_the_view():
    ramp = torch.linspace(0, 32, 2000)
    shown = network_view(grey(ramp))[0, 0]
    assert shown.diff().min() > 0
    assert shown[-1] < 1


def test_when_a_value_is_known_then_the_formula_gives_it():
    # t = (1 - 0.6) / (1 - 0.6) = 1: half of the way from 0.6 to 1.
    assert shoulder(pixel(1.0, 1.0, 1.0))[0].item() == pytest.approx(0.8, abs=1e-6)
    assert network_view(pixel(1.0, 1.0, 1.0))[0].item() == pytest.approx(
        srgb_encoded(torch.tensor(0.8, dtype=torch.float64)).item(), abs=1e-6
    )


def test_when_a_highlight_is_colored_then_its_hue_is_kept():
    light = pixel(40.0, 10.0, 2.5)
    shown = shoulder(light).flatten().tolist()
    assert shown[0] / shown[1] == pytest.approx(4, rel=1e-5)
    assert shown[1] / shown[2] == pytest.approx(4, rel=1e-5)
    assert shown[0] == pytest.approx(shoulder(pixel(40.0, 40.0, 40.0))[0].item(), rel=1e-6)


def test_when_one_pixel_is_bright_then_its_neighbors_are_untouched():
    light = torch.full((3, 3, 3), 0.3)
    light[:, 1, 1] = 50
    shown = shoulder(light)
    shown[:, 1, 1] = 0.3
    assert torch.equal(shown, torch.full((3, 3, 3), 0.3))


# --- the view


def wild(seed=0):
    generator = torch.Generator().manual_seed(seed)
    light = torch.randn(2, 3, 17, 19, generator=generator) * 10 ** torch.randint(
        -6, 38, (2, 3, 17, 19), generator=generator
    )
    for index, value in enumerate((math.nan, math.inf, -math.inf, 3.4e38, -3.4e38, 1e-45, -0.0)):
        light.view(-1)[index * 31 : index * 31 + 5] = value
    return light


@pytest.mark.parametrize("colorspace", ["linear", "srgb"])
def test_when_a_plate_holds_anything_then_the_view_is_float32_between_0_and_1(colorspace):
    light = wild()
    before = light.clone()
    shown = network_view(light, colorspace)
    assert shown.shape == light.shape
    assert shown.dtype == torch.float32
    assert 0 <= shown.min() < 0.1
    assert 0.9 < shown.max() <= 1
    assert torch.equal(light.nan_to_num(), before.nan_to_num()), "the plate itself must stay as it is"


@pytest.mark.parametrize("colorspace", ["linear", "srgb"])
def test_when_pixels_are_no_numbers_then_nan_is_black_and_inf_is_bright(colorspace):
    shown = network_view(grey([math.nan, -math.inf, -3.0, 0.0, math.inf]), colorspace)[:, 0]
    assert torch.equal(shown[:, :4], torch.zeros(3, 4))
    assert shown[:, 4].min() > 0.999


def test_when_one_channel_is_inf_then_the_pixel_is_that_color():
    shown = network_view(pixel(0.5, math.inf, math.nan)).flatten().tolist()
    assert shown[1] > 0.999
    assert max(shown[0], shown[2]) < 1e-6


def test_when_a_picture_came_as_8_bit_srgb_then_the_view_is_its_codes():
    codes = torch.arange(256).float() / 255
    picture = torch.stack((codes, codes.flip(0), codes.roll(100)))[:, None]
    shown = network_view(scene_linear(picture, "srgb"), "srgb")
    assert (shown - picture).abs().max() < 1e-6


def test_when_a_plate_is_linear_already_then_it_is_the_same_object():
    plate = torch.rand(3, 4, 4)
    assert scene_linear(plate, "linear") is plate
    assert not torch.equal(scene_linear(plate, "srgb"), plate)


@pytest.mark.parametrize("name", ["ACEScg", "", "sRGB"])
def test_when_the_color_space_is_unknown_then_the_known_ones_are_said(name):
    with pytest.raises(InputError, match="linear, srgb") as caught:
        check_colorspace(name)
    assert repr(name) in str(caught.value)
    with pytest.raises(InputError):
        scene_linear(torch.zeros(3, 1, 1), name)
