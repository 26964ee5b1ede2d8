from pathlib import Path

import pytest

from penumbra.errors import InputError
from penumbra.shot import FramePattern, KeyFrame, with_view


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


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("s/%V/plate.####.exr", "s/right/plate.####.exr"),
        ("s/%v/plate_%V.%04d.exr", "s/r/plate_right.%04d.exr"),
        ("plate_%v.####.exr", "plate_r.####.exr"),
        ("plate.%04d.exr", "plate.%04d.exr"),
    ],
)
def test_when_a_path_has_places_for_the_view_then_they_are_filled(path, expected):
    assert with_view(path, "right") == Path(expected)


def test_when_a_path_has_no_place_for_the_view_then_none_is_needed():
    assert with_view("plate.####.exr", None) == Path("plate.####.exr")


@pytest.mark.parametrize("place", ["%V", "%v"])
def test_when_there_is_a_place_and_no_view_then_the_option_is_named(place):
    with pytest.raises(InputError, match=rf"has a place for the view \({place}\), and no view is given.*--view left"):
        with_view(f"{place}/plate.####.exr", None)


def test_when_a_mask_s_pattern_has_a_view_then_its_frame_is_filled_first():
    assert with_view(KeyFrame(1001, "roto_%V.####.exr").path, "left") == Path("roto_left.1001.exr")
    assert FramePattern.parse("%V/roto_%v.####.exr").path(7) == Path("%V/roto_%v.0007.exr")
