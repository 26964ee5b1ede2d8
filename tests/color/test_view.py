"""What the network is shown: highlights that keep their order and hue, and nothing that is no number."""

import math

import numpy as np
import pytest
import torch

from penumbra.color import View, roll_off
from penumbra.color.transfer import srgb_encoded
from penumbra.color.view import PART, ROLL_OFF_START, within_gamut
from tests.color.configs import converted, input_of


def grey(values):
    """`[3,1,W]`."""
    return torch.as_tensor(values)[None, None].expand(3, 1, -1)


def pixel(red, green, blue):
    return torch.tensor([red, green, blue])[:, None, None]


def noise(*shape, seed=0):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def acescg(studio):
    """The matrix from ACEScg to linear Rec.709."""
    return input_of(studio, "ACEScg").matrix


# --- the plain way: NumPy, float64, pixel by pixel


def plainly(rgb_N3, matrix, exposure, is_display_referred=False):
    """What the view's description says, once more and without haste."""
    shown = []
    for color in rgb_N3.astype(np.float64):
        light = np.array(matrix) @ color * 2**exposure
        if light.min() < 0:
            gray = max(0.0, light @ (0.2126, 0.7152, 0.0722))
            light = gray + (light - gray) * gray / (gray - light.min()) if gray > 0 else np.zeros(3)
        peak = light.max()
        if peak > 0.6 and not (is_display_referred and exposure == 0):
            over = (peak - 0.6) / 0.4
            light = light * (0.6 + 0.4 * over / (1 + over)) / peak
        curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
        shown.append(np.clip(curve, 0, 1))
    return np.array(shown)


@pytest.mark.parametrize("exposure", [0.0, -1.37, 2.0])
@pytest.mark.parametrize("is_display_referred", [False, True])
def test_when_colors_are_wild_then_the_view_is_the_plain_one(acescg, exposure, is_display_referred):
    colors = np.random.default_rng(0).normal(0.2, 1, (2000, 3)) * 10 ** np.random.default_rng(1).uniform(
        -3, 1, (2000, 1)
    )
    colors = colors.astype(np.float32)
    view = View(acescg, exposure, is_display_referred)
    shown = view(torch.from_numpy(colors.T.copy())[:, None])[:, 0].T.numpy()
    expected = plainly(colors, acescg, exposure, is_display_referred)
    np.testing.assert_allclose(shown, expected, atol=3e-5)
    assert (expected > 0).mean() > 0.3


# --- the roll-off


def test_when_light_is_below_the_roll_off_then_it_is_untouched():
    light = noise(3, 400) * ROLL_OFF_START
    assert torch.equal(roll_off(light), light)
    ends = torch.tensor([0.0, ROLL_OFF_START]).expand(3, 2)
    assert torch.equal(roll_off(ends), ends)


def test_when_the_roll_off_begins_then_the_slope_goes_on():
    step = 1e-6
    around = (torch.tensor([-step, 0, step], dtype=torch.float64) + ROLL_OFF_START).expand(3, 3)
    before, after = roll_off(around)[0].diff().tolist()
    assert before == pytest.approx(step, rel=1e-6)
    assert after == pytest.approx(step, rel=1e-5)


def test_when_light_rises_to_a_thousand_then_it_is_still_told_apart_and_below_1():
    light = torch.logspace(math.log10(ROLL_OFF_START), 3, 3000, dtype=torch.float64)
    shown = roll_off(light.expand(3, -1))[0]
    assert shown.diff().min() > 0
    assert shown.max() < 1
    assert shown[-1] > 0.99


@pytest.mark.parametrize("color", [(1, 1, 1), (1, 0.3, 0.05), (0.02, 0.4, 1)])
@pytest.mark.parametrize("exposure", [0.0, 1.0, -2.5])
def test_when_a_ramp_reaches_32_times_white_then_its_order_is_kept_in_the_view(acescg, color, exposure):
    ramp = torch.linspace(0, 32, 2000)
    for matrix in (View().matrix, acescg):
        shown = View(matrix, exposure)(ramp * torch.tensor(color)[:, None, None]).amax(0)[0]
        assert shown.diff().min() > 0
        assert shown[-1] < 1


def test_when_a_value_is_known_then_the_formula_gives_it():
    # t = (1 - 0.6) / (1 - 0.6) = 1: half of the way from 0.6 to 1.
    assert roll_off(pixel(1.0, 1.0, 1.0)[..., 0])[0].item() == pytest.approx(0.8, abs=1e-6)
    assert View()(pixel(1.0, 1.0, 1.0))[0].item() == pytest.approx(
        srgb_encoded(torch.tensor(0.8, dtype=torch.float64)).item(), abs=1e-6
    )


def hue(rgb_N3):
    """In degrees, and chroma over lightness, in Oklab (Ottosson 2020)."""
    lms = np.cbrt(
        rgb_N3
        @ np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                    [0.0883024619, 0.2817188376, 0.6299787005]]).T
    )  # fmt: skip
    lightness, a, b = (
        lms
        @ np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                    [0.0259040371, 0.7827717662, -0.8086757660]]).T
    ).T  # fmt: skip
    return np.degrees(np.arctan2(b, a)), np.hypot(a, b) / np.maximum(lightness, 1e-9)


def turned(one, other):
    return np.abs((hue(one)[0] - hue(other)[0] + 180) % 360 - 180)


def saturated(count, strength):
    """Colors of every hue, 1 at their brightest, `[N,3]`."""
    colors = np.random.default_rng(0).random((count, 3))
    colors = (colors - colors.min(1, keepdims=True)) / np.ptp(colors, axis=1)[:, None]
    return 1 - strength + strength * colors


def decoded(shown):
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("stops", [0, 1, 3, 5])
def test_when_highlights_are_colored_then_hue_and_saturation_are_kept(stops):
    light = (saturated(3000, 0.98) * 2**stops).astype(np.float32)
    shown = decoded(View()(torch.from_numpy(light.T.copy())[:, None])[:, 0].T.numpy().astype(np.float64))
    assert turned(shown, light).max() < 0.05
    np.testing.assert_allclose(hue(shown)[1], hue(light)[1], rtol=1e-3)
    # Channel by channel the same curve would turn them so much that it matters.
    by_channel = np.where(light > 0.6, 0.6 + 0.4 * (light - 0.6) / (light - 0.2), light)
    if stops == 5:
        assert turned(by_channel, light).max() > 20


def test_when_one_pixel_is_bright_then_its_neighbors_are_untouched():
    light = torch.full((3, 9), 0.3)
    light[:, 4] = 50
    shown = roll_off(light)
    shown[:, 4] = 0.3
    assert torch.equal(shown, torch.full((3, 9), 0.3))


# --- colors that Rec.709 does not hold


def test_when_no_channel_is_negative_then_a_color_is_untouched():
    light = noise(3, 500) * 10
    assert torch.equal(within_gamut(light), light)
    light[:, 7] = torch.tensor([-0.5, 1.0, 0.2])  # and where one is, the others are so all the same
    got = within_gamut(light)
    got[:, 7] = light[:, 7]
    assert torch.equal(got, light)


@pytest.mark.parametrize(("strength", "most", "mean"), [(0.6, 0.1, 0.1), (0.9, 6.0, 1.2)])
def test_when_acescg_colors_are_outside_then_their_hue_turns_less_than_by_a_cut(acescg, strength, most, mean):
    light = saturated(5000, strength) @ np.array(acescg).T
    light = light[light.min(1) < 0]
    assert len(light) > 100
    kept = within_gamut(torch.from_numpy(light.T.copy())).T.numpy()
    assert kept.min() > -1e-12
    turns, by_a_cut = turned(kept, light), turned(light.clip(0), light)
    assert turns.max() < most
    assert turns.mean() < mean
    assert turns.mean() < 0.5 * by_a_cut.mean()
    np.testing.assert_allclose(kept @ (0.2126, 0.7152, 0.0722), light @ (0.2126, 0.7152, 0.0722), rtol=1e-9)


def test_when_a_color_has_no_light_then_it_is_black():
    light = torch.tensor([[-1.0, 0.1, -0.5], [0.0, 0.0, 0.0], [-0.1, -0.1, -0.1]]).T
    assert torch.equal(within_gamut(light), torch.zeros(3, 3))


def test_when_the_same_light_comes_in_another_working_space_then_the_view_is_the_same(studio, acescg):
    light = np.abs(np.random.default_rng(0).normal(0.3, 1, (1, 500, 3))).astype(np.float32)
    as_acescg = input_of(studio, "ACES2065-1", "ACEScg").to_working(light)
    as_rec709 = input_of(studio, "ACES2065-1", "lin_rec709").to_working(light)
    assert as_rec709.min() < -0.01
    one, other = (torch.from_numpy(way).permute(2, 0, 1) for way in (as_acescg, as_rec709))
    assert (View(acescg)(one) - View()(other)).abs().max() < 2e-4


# --- the view


def wild(seed=0):
    generator = torch.Generator().manual_seed(seed)
    light = torch.randn(2, 3, 17, 19, generator=generator) * 10 ** torch.randint(
        -6, 38, (2, 3, 17, 19), generator=generator
    )
    for index, value in enumerate((math.nan, math.inf, -math.inf, 3.4e38, -3.4e38, 1e-45, -0.0)):
        light.view(-1)[index * 31 : index * 31 + 5] = value
    return light


@pytest.mark.parametrize("exposure", [0.0, 0.37, 30.0, -30.0])
@pytest.mark.parametrize("is_display_referred", [False, True])
@pytest.mark.parametrize("has_matrix", [False, True])
def test_when_a_plate_holds_anything_then_the_view_is_float32_between_0_and_1(
    acescg, exposure, is_display_referred, has_matrix
):
    light = wild()
    before = light.clone()
    shown = View(acescg if has_matrix else View().matrix, exposure, is_display_referred)(light)
    assert shown.shape == light.shape
    assert shown.dtype == torch.float32
    assert shown.is_contiguous()
    assert 0 <= shown.min() < 0.1
    assert 0.9 < shown.max() <= 1
    assert torch.equal(light.nan_to_num(), before.nan_to_num()), "the plate itself must stay as it is"


@pytest.mark.parametrize("is_display_referred", [False, True])
def test_when_pixels_are_no_numbers_then_nan_is_black_and_inf_is_bright(is_display_referred):
    light = grey([math.nan, -math.inf, -3.0, 0.0, math.inf])
    shown = View(is_display_referred=is_display_referred)(light)[:, 0]
    assert torch.equal(shown[:, :4], torch.zeros(3, 4))
    assert shown[:, 4].min() > 0.999


def test_when_one_channel_is_inf_then_the_pixel_is_that_color():
    shown = View()(pixel(0.5, math.inf, math.nan)).flatten().tolist()
    assert shown[1] > 0.999
    assert max(shown[0], shown[2]) < 1e-6


def test_when_one_channel_is_infinitely_dark_then_the_others_are_shown():
    shown = View()(pixel(-math.inf, 0.5, 0.25)).flatten().tolist()
    assert shown == pytest.approx([0, 0.7353570, 0.5370988], abs=1e-6)


def test_when_a_picture_came_for_the_screen_then_the_view_is_its_codes(studio):
    codes = np.arange(256, dtype=np.float32) / 255
    picture_HW3 = np.stack((codes, codes[::-1], np.roll(codes, 100)), axis=1)[None]
    for working in (None, "ACEScg"):
        way = input_of(studio, "srgb", working)
        linear = torch.from_numpy(way.to_working(picture_HW3)).permute(2, 0, 1)
        shown = View(way.matrix, 0.0, way.is_display_referred)(linear).permute(1, 2, 0).numpy()
        assert np.abs(shown - picture_HW3).max() < 5e-5
    brighter = View(way.matrix, 1.0, True)(linear)
    assert brighter.max() < 1, "an exposure brings the roll-off with it"
    assert (brighter[:, 0].numpy() >= shown[0].T - 0.2).all()


def test_when_the_exposure_is_one_stop_then_the_plate_is_shown_twice_as_bright(acescg):
    light = noise(3, 20, 30) * 4
    for matrix in (View().matrix, acescg):
        assert torch.equal(View(matrix, 1.0)(light), View(matrix)(2 * light))
        assert torch.equal(View(matrix, -0.63)(2 * light), View(matrix, 0.37)(light))
        assert torch.equal(View(matrix, 1.37 - 1)(4 * light), View(matrix, 2.37)(light))


@pytest.mark.parametrize("has_matrix", [False, True])
def test_when_there_are_more_threads_then_the_bits_are_the_same(acescg, has_matrix):
    view = View(acescg if has_matrix else View().matrix, 0.3)
    light = torch.randn(3, 97, 1013, generator=torch.Generator().manual_seed(0)) * 2
    assert light.numel() > 2 * PART
    before = torch.get_num_threads()
    try:
        shown = []
        for threads in (1, 2, 3, 7):
            torch.set_num_threads(threads)
            shown.append(view(light))
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(one, shown[0]) for one in shown)


def test_when_memory_lies_in_another_order_then_the_bits_are_the_same(acescg):
    picture_HW3 = noise(60, 301, 3)
    view = View(acescg, 0.3)
    as_read = view(picture_HW3.permute(2, 0, 1))
    assert torch.equal(as_read, view(picture_HW3.permute(2, 0, 1).contiguous()))
    tile = picture_HW3[10:20, 30:50].permute(2, 0, 1)
    assert (view(tile) - as_read[:, 10:20, 30:50]).abs().max() < 1e-6
    clips = noise(2, 4, 3, 16, 16)
    assert (view(clips)[1, 2] - view(clips[1, 2])).abs().max() < 1e-6


@pytest.mark.parametrize("shape", [(3, 0, 5), (3, 1, 1), (0, 3, 4, 4)])
def test_when_a_tile_is_tiny_or_empty_then_it_is_shown(shape):
    assert View()(torch.ones(shape)).shape == shape


def test_when_a_camera_s_ramp_is_shown_then_4096_codes_stay_apart(studio):
    way = input_of(studio, "LogC3")
    linear = torch.from_numpy(converted(way, *np.linspace(0.15, 1, 4096))).T[:, None]
    shown = View(way.matrix)(linear.contiguous())
    assert shown.diff().min() > 0
