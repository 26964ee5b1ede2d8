"""The sRGB curve against the standard's own numbers."""

import math

import pytest
import torch

from penumbra.color.transfer import srgb_decoded, srgb_encoded


@pytest.mark.parametrize(
    ("linear", "encoded"),
    [
        (0.0, 0.0),
        (0.001, 0.01292),
        (0.0031308, 0.0031308 * 12.92),
        (0.18, 0.46135612950044164),
        (0.5, 0.7353569830524495),
        (1.0, 1.0),
        (2.0, 1.055 * 2 ** (1 / 2.4) - 0.055),
    ],
)
def test_when_a_value_is_known_then_both_ways_give_it(linear, encoded):
    given = torch.tensor([linear, encoded], dtype=torch.float64)
    assert srgb_encoded(given)[0].item() == pytest.approx(encoded, abs=1e-12)
    assert srgb_decoded(given)[1].item() == pytest.approx(linear, abs=1e-12)
    assert srgb_encoded(given.float())[0].item() == pytest.approx(encoded, abs=2e-7)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_when_light_is_encoded_and_decoded_then_it_comes_back(kind):
    light = torch.cat((torch.linspace(0, 0.01, 2000, dtype=kind), torch.linspace(0, 1, 5000, dtype=kind)))
    assert srgb_encoded(light).dtype == kind
    assert (srgb_decoded(srgb_encoded(light)) - light).abs().max() < 1e-6
    assert (srgb_encoded(srgb_decoded(light)) - light).abs().max() < 1e-6
    bright = torch.logspace(0, 4, 200, dtype=kind)
    torch.testing.assert_close(srgb_decoded(srgb_encoded(bright)), bright, rtol=1e-5, atol=0)


def test_when_light_is_negative_then_the_curve_is_mirrored():
    light = torch.tensor([-4.0, -0.5, -0.002, 0.002, 0.5, 4.0])
    assert torch.equal(srgb_encoded(light), -srgb_encoded(light).flip(0))
    assert torch.equal(srgb_decoded(light), -srgb_decoded(light).flip(0))
    assert srgb_encoded(torch.tensor(-0.0)).item() == 0


def test_when_the_curve_changes_its_formula_then_it_neither_jumps_nor_falls():
    for curve, end in ((srgb_encoded, 0.0031308), (srgb_decoded, 0.04045)):
        around = torch.linspace(end * 0.999, end * 1.001, 1001, dtype=torch.float64)
        steps = curve(around).diff()
        # IEC 61966-2-1 itself is rounded to a gap of a few 1e-8 here.
        assert steps.min() > -1e-7
        assert steps.max() < 1e-6


def test_when_values_are_no_numbers_then_they_stay_what_they_are():
    given = torch.tensor([math.nan, math.inf, -math.inf])
    for curve in (srgb_encoded, srgb_decoded):
        nan, most, least = curve(given).tolist()
        assert math.isnan(nan)
        assert (most, least) == (math.inf, -math.inf)
