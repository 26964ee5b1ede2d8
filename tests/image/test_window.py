import numpy as np
import pytest

from penumbra.image import Window, around, placed


def test_when_windows_are_equal_then_the_same_pixels_come_back():
    pixels = np.ones((4, 6))
    assert placed(pixels, Window(1, 2, 6, 4), Window(1, 2, 6, 4)) is pixels


@pytest.mark.parametrize("source", [Window(-3, -2, 6, 5), Window(2, 1, 3, 2), Window(6, 4, 9, 9), Window(0, 0, 20, 20)])
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


def pixels(window):
    """All that a window holds, one by one."""
    return {(x, y) for x in range(window.x, window.right) for y in range(window.y, window.bottom)}


BOXES = [Window(0, 0, 8, 6), Window(-3, -2, 6, 5), Window(6, 4, 9, 9), Window(8, 0, 2, 2), Window(50, 50, 1, 2)]


@pytest.mark.parametrize("one", BOXES)
@pytest.mark.parametrize("other", BOXES)
def test_when_windows_meet_then_and_holds_what_both_do_and_or_all_that_either_does(one, other):
    shared, whole = one & other, one | other
    assert pixels(shared) == pixels(one) & pixels(other)
    assert bool(shared) == bool(pixels(one) & pixels(other))
    assert pixels(whole) >= pixels(one) | pixels(other)
    columns, rows = ({place[axis] for place in pixels(one) | pixels(other)} for axis in (0, 1))
    assert whole == Window.between(min(columns), min(rows), max(columns) + 1, max(rows) + 1)
    assert whole.area == len(pixels(whole))


def test_when_a_window_has_no_pixels_then_it_adds_none():
    empty = Window.between(9, 9, 2, 20)
    assert not empty
    assert (empty.area, empty.size) == (0, (0, 11))
    for order in ((empty, BOXES[1]), (BOXES[1], empty)):
        assert order[0] | order[1] == BOXES[1]
        assert not order[0] & order[1]
    assert not placed(np.ones((5, 6)), BOXES[1], empty).size


def test_when_places_are_set_then_the_window_around_them_holds_just_these():
    flags = np.zeros((6, 9), bool)
    flags[2, 3] = flags[4, 7] = True
    assert around(flags, Window(-10, 20, 9, 6)) == Window.between(-7, 22, -2, 25)
    assert not around(np.zeros((6, 9), bool), Window(-10, 20, 9, 6))


def test_when_places_stand_for_a_larger_window_then_nothing_of_them_is_left_out():
    flags = np.zeros((3, 4), bool)
    flags[1, 2] = True
    # A place is 2.5 x 3.67 pixels: both of its borders are rounded outward.
    assert around(flags, Window(0, 0, 10, 11)) == Window.between(5, 3, 8, 8)
