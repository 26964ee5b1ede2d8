"""The sRGB curve against the standard's own numbers."""

import math

import pytest
import torch

from penumbra.color.transfer import srgb_encoded


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
def test_when_a_value_is_known_then_the_curve_gives_it(linear, encoded):
    given = torch.tensor(linear, dtype=torch.float64)
    assert srgb_encoded(given).item() == pytest.approx(encoded, abs=5e-8)  # the standard's own gap at its joint
    assert srgb_encoded(given.float()).item() == pytest.approx(encoded, abs=2e-7)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_when_light_is_encoded_then_the_standard_s_inverse_brings_it_back(kind):
    light = torch.cat((torch.linspace(0, 0.01, 2000, dtype=kind), torch.linspace(0, 1, 5000, dtype=kind)))
    encoded = srgb_encoded(light)
    assert encoded.dtype == kind
    decoded = torch.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    assert (decoded - light).abs().max() < 1e-6


def test_when_light_is_negative_then_the_curve_is_mirrored():
    light = torch.tensor([-4.0, -0.5, -0.002, 0.002, 0.5, 4.0])
    before = light.clone()
    assert torch.equal(srgb_encoded(light), -srgb_encoded(light).flip(0))
    assert torch.equal(light, before)
    assert srgb_encoded(torch.tensor(-0.0)).item() == 0


def test_when_the_curve_changes_its_formula_then_it_neither_jumps_nor_falls():
    around = torch.linspace(0.0031308 * 0.999, 0.0031308 * 1.001, 1001, dtype=torch.float64)
    steps = srgb_encoded(around).diff()
    # IEC 61966-2-1 itself is rounded to a gap of a few 1e-8 here.
    assert steps.min() > -1e-7
    assert steps.max() < 1e-6


def test_when_values_are_no_numbers_then_they_stay_what_they_are():
    nan, most, least = srgb_encoded(torch.tensor([math.nan, math.inf, -math.inf])).tolist()
    assert math.isnan(nan)
    assert (most, least) == (math.inf, -math.inf)
