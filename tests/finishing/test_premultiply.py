import numpy as np

from penumbra.finishing import premultiplied
from penumbra.image import Plate, Window


def a_plate(rgb):
    rgb = np.asarray(rgb, np.float32)
    window = Window(0, 0, rgb.shape[1], rgb.shape[0])
    return Plate(1001, rgb, window, window, window)


def test_when_a_plate_is_premultiplied_then_it_is_plate_times_alpha_and_keeps_what_is_above_1():
    rng = np.random.default_rng(0)
    rgb = rng.random((5, 7, 3), np.float32) * 40 - 2
    alpha = rng.random((5, 7), np.float32)
    rgba = premultiplied(a_plate(rgb), alpha)
    assert rgba.shape == (5, 7, 4)
    assert rgba.dtype == np.float32
    np.testing.assert_array_equal(rgba[..., :3], rgb * alpha[..., None])
    np.testing.assert_array_equal(rgba[..., 3], alpha)
    assert rgba.max() > 10
    assert rgba.min() < 0


def test_when_alpha_is_1_then_the_plate_comes_through_exactly():
    rgb = np.array([[[65504.0, 1e-7, -0.5], [3e38, 3e38, 3e38]]], np.float32)
    np.testing.assert_array_equal(premultiplied(a_plate(rgb), np.ones((1, 2), np.float32))[..., :3], rgb)


def test_when_alpha_is_0_then_the_color_is_exactly_0_without_a_sign():
    rgb = np.array([[[-3.0, 1e30, np.nan], [np.inf, -np.inf, 5]]], np.float32)
    rgba = premultiplied(a_plate(rgb), np.zeros((1, 2), np.float32))
    assert rgba.tobytes() == bytes(rgba.nbytes)


def test_when_the_plate_has_values_that_are_no_numbers_then_they_become_0_and_their_neighbors_stay():
    rgb = np.full((3, 3, 3), 2, np.float32)
    rgb[1, 1] = np.nan, np.inf, 7
    rgba = premultiplied(a_plate(rgb), np.full((3, 3), 0.5, np.float32))
    np.testing.assert_array_equal(rgba[1, 1], [0, 0, 3.5, 0.5])
    rgba[1, 1, :3] = 1
    np.testing.assert_array_equal(rgba[..., :3], np.ones((3, 3, 3)))


def test_when_it_is_done_then_the_plate_is_unchanged():
    rgb = np.full((2, 2, 3), np.nan, np.float32)
    premultiplied(a_plate(rgb), np.ones((2, 2), np.float32))
    assert np.isnan(rgb).all()
