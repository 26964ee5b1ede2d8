from pathlib import Path

import pytest

from penumbra.errors import InputError
from penumbra.shot import FramePattern


@pytest.mark.parametrize("text", ["a/plate.####.exr", "a/plate.%04d.exr", "a/plate.$F4.exr"])
def test_when_a_pattern_is_four_wide_then_all_ways_to_write_it_are_the_same(text):
    pattern = FramePattern.parse(text)
    assert pattern.path(7) == Path("a/plate.0007.exr")
    assert pattern.path(12345) == Path("a/plate.12345.exr")
    assert str(pattern) == str(Path("a/plate.####.exr"))


@pytest.mark.parametrize("text", ["plate.<frame>.exr", "plate.%d.exr", "plate.$F.exr", "plate.#.exr"])
def test_when_a_pattern_has_no_width_then_numbers_are_not_filled(text):
    assert FramePattern.parse(text).path(7) == Path("plate.7.exr")


def test_when_a_name_has_no_place_then_it_is_no_pattern():
    assert not FramePattern.fits("plate.1001.exr")
    with pytest.raises(InputError, match=r"no place for the frame number.*name\.####\.exr"):
        FramePattern.parse("plate.1001.exr")


def test_when_a_name_has_two_places_then_it_is_refused():
    with pytest.raises(InputError, match="more than one place"):
        FramePattern.parse("plate.####.####.exr")
