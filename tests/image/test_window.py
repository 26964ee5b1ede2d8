import numpy as np
import pytest

from penumbra.image import Window, placed


def test_when_windows_are_equal_then_the_same_pixels_come_back():
    pixels = np.ones((4, 6))
    assert placed(pixels, Window(1, 2, 6, 4), Window(1, 2, 6, 4)) is pixels


@pytest.mark.parametrize(
    "source", [Window(-3, -2, 6, 5), Window(2, 1, 3, 2), Window(6, 4, 9, 9), Window(0, 0, 20, 20)]
)
def test_when_windows_differ_then_every_pixel_keeps_its_place(source):
    target = Window(0, 0, 8, 6)
    pixels = np.arange(1, source.width * source.height + 1).reshape(source.height, source.width, 1)
    result = placed(pixels, source, target)
    for y in range(target.height):
        for x in range(target.width):
            inside = 0 <= x - source.x < source.width and 0 <= y - source.y < source.height
            assert result[y, x, 0] == (pixels[y - source.y, x - source.x, 0] if inside else 0)


def test_when_windows_do_not_meet_then_all_is_0():
    assert not placed(np.ones((2, 2)), Window(50, 50, 2, 2), Window(0, 0, 4, 4)).any()


def test_when_a_window_is_told_then_its_origin_is_only_where_it_matters():
    assert str(Window(0, 0, 2048, 1152)) == "2048x1152"
    assert str(Window(-4, 0, 20, 10)) == "20x10-4+0"
