from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy import ndimage

from penumbra.finishing import controlled
from penumbra.shot import Finish

CENTER = 60.3, 59.6


def a_disc(radius, size=120, softness=0.0, pixel_aspect=1.0):
    """How much of each pixel a disc covers, counted on a grid of 8 x 8 in each; `softness` is a ramp's width."""
    y, x = (np.mgrid[: size * 8, : round(size / pixel_aspect) * 8] + 0.5) / 8
    distance = radius - np.hypot(y - CENTER[0], x * pixel_aspect - CENTER[1])
    fine = np.clip(distance / softness + 0.5, 0, 1) if softness else distance > 0
    height, width = (side // 8 for side in fine.shape)
    return fine.reshape(height, 8, width, 8).mean((1, 3)).astype(np.float32)


def some_hair(size=96, seed=0):
    """Blurred noise, dense at the left and sparse at the right: holes, specks, and edges of all kinds."""
    noise = np.random.default_rng(seed).random((size, size))
    density = np.linspace(0.5, -0.6, size)
    return np.clip(ndimage.gaussian_filter(noise, 1.2) * 6 - 2.5 + density, 0, 1).astype(np.float32)


def edge_width(alpha, radius):
    """Of a ramp around a disc: its integral of 4 a (1 - a) is two thirds of its width."""
    return 1.5 * (4 * alpha * (1 - alpha)).sum(dtype=float) / (2 * np.pi * radius)


ALL = Finish(black_point=0.1, white_point=0.8, gamma=1.3, grow=1.2, soften=0.7, fill_holes=12, drop_specks=12)


def test_when_nothing_is_asked_for_then_the_same_alpha_comes_back():
    alpha = some_hair()
    assert controlled(alpha, Finish()) is alpha


def test_when_all_is_asked_for_then_alpha_stays_float32_in_0_to_1_and_the_input_as_it_was():
    alpha = some_hair()
    before = alpha.copy()
    result = controlled(alpha, ALL, 2.0)
    np.testing.assert_array_equal(alpha, before)
    assert result.dtype == np.float32
    assert result.shape == alpha.shape
    assert not np.signbit(result).any()
    assert result.max() <= 1
    assert len(np.unique(result)) > 2000


def test_when_threads_work_at_once_then_each_gets_the_bits_of_one_alone():
    alphas = [some_hair(seed=seed) for seed in range(6)]
    alone = [controlled(alpha, ALL) for alpha in alphas]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda alpha: controlled(alpha, ALL), alphas))
    np.testing.assert_array_equal(alone, together)


def test_when_several_are_asked_for_then_it_is_levels_then_holes_then_specks_then_grow_then_soften():
    alpha = step = some_hair()
    for finish in (
        Finish(black_point=ALL.black_point, white_point=ALL.white_point, gamma=ALL.gamma),
        Finish(fill_holes=ALL.fill_holes),
        Finish(drop_specks=ALL.drop_specks),
        Finish(grow=ALL.grow),
        Finish(soften=ALL.soften),
    ):
        before, step = step, controlled(step, finish)
        assert (before != step).any()
    np.testing.assert_array_equal(controlled(alpha, ALL), step)


# Levels


def test_when_levels_are_set_then_the_known_values_come_out():
    alpha = np.array([[0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1]], np.float32)
    result = controlled(alpha, Finish(black_point=0.2, white_point=0.8))
    np.testing.assert_allclose(result, [[0, 0, 0, 1 / 3, 2 / 3, 1, 1, 1]], atol=1e-7)
    np.testing.assert_array_equal(result[0, [0, 1, 2, 5, 6, 7]], [0, 0, 0, 1, 1, 1])


@pytest.mark.parametrize("black", [0, 0.01, 0.1, 0.123, 0.3])
def test_when_alpha_is_at_the_white_point_then_it_is_1_exactly(black):
    for white in np.linspace(0.35, 0.99, 65):
        leveled = controlled(np.array([[black, white]], np.float32), Finish(black_point=black, white_point=white))
        np.testing.assert_array_equal(leveled, [[0, 1]])


def test_when_gamma_is_above_1_then_it_brightens_as_in_a_grade_and_0_and_1_stay():
    alpha = np.array([[0, 0.25, 0.5, 1]], np.float32)
    np.testing.assert_allclose(controlled(alpha, Finish(gamma=2)), [[0, 0.5, 0.5**0.5, 1]], atol=1e-7)
    np.testing.assert_allclose(controlled(alpha, Finish(gamma=0.5)), [[0, 0.0625, 0.25, 1]], atol=1e-7)


def test_when_levels_and_gamma_are_set_then_gamma_comes_after_the_points():
    result = controlled(np.full((1, 1), 0.45, np.float32), Finish(black_point=0.4, white_point=0.6, gamma=2))
    np.testing.assert_allclose(result, 0.5, atol=1e-6)


@pytest.mark.parametrize("step", [2e-9, 6e-8])
def test_when_the_points_are_one_to_a_float_then_alpha_becomes_a_step_without_broken_numbers(step):
    alpha = np.array([[0, 0.499, 0.5, 0.501, 1]], np.float32)
    result = controlled(alpha, Finish(black_point=0.5, white_point=0.5 + step))
    np.testing.assert_array_equal(result, [[0, 0, 0, 1, 1]])


def test_when_alpha_has_very_many_steps_then_levels_keep_them():
    alpha = np.linspace(0, 1, 4096, dtype=np.float32)[None]
    assert len(np.unique(controlled(alpha, Finish(white_point=0.999, gamma=1.5)))) > 4085


# Grow


@pytest.mark.parametrize("grow", [0.25, 0.5, 1, 1.5, 2.75, 7.3, 20, -0.5, -1.5, -7.3])
def test_when_a_disc_is_grown_then_its_radius_has_grown_by_so_much(grow):
    grown = controlled(a_disc(30), Finish(grow=grow))
    assert np.sqrt(grown.sum(dtype=float) / np.pi) == pytest.approx(30 + grow, abs=0.08)


@pytest.mark.parametrize("softness", [4, 12])
@pytest.mark.parametrize("grow", [0.4, 1.5, 6, -1.5, -6])
def test_when_a_soft_disc_is_grown_then_its_edge_is_the_edge_of_a_larger_one(softness, grow):
    grown = controlled(a_disc(30, softness=softness), Finish(grow=grow))
    assert abs(grown - a_disc(30 + grow, softness=softness)).max() < 0.25 / softness
    assert edge_width(grown, 30 + grow) == pytest.approx(softness, abs=0.45)


@pytest.mark.parametrize("grow", [1.5, 6.5, -1.5, -6.5])
def test_when_a_hard_disc_is_grown_then_its_edge_widens_by_less_than_a_pixel(grow):
    grown = controlled(a_disc(30), Finish(grow=grow))
    assert edge_width(grown, 30 + grow) < edge_width(a_disc(30 + grow), 30 + grow) + 0.8


def test_when_grown_then_it_is_round_and_not_square():
    y, x = np.mgrid[:120, :120]
    angle = np.arctan2(y + 0.5 - CENTER[0], x + 0.5 - CENTER[1])
    for grow in (0.5, 1.5, 10):
        grown, larger = controlled(a_disc(30), Finish(grow=grow)), a_disc(30 + grow)
        for sector in np.arange(-8, 8) * np.pi / 8:
            inside = (angle >= sector) & (angle < sector + np.pi / 8)
            missing = (larger - grown)[inside].sum(dtype=float) / ((30 + grow) * np.pi / 8)
            assert abs(missing) < 0.1


@pytest.mark.parametrize("pixel_aspect", [1.0, 2.0, 0.7])
@pytest.mark.parametrize("grow", [0.6, 1.5, 4.2])
def test_when_grown_then_each_pixel_has_the_greatest_alpha_of_the_true_disc(grow, pixel_aspect):
    """The plain twin: look everywhere."""
    alpha = np.random.default_rng(1).random((30, 34), np.float32)
    y, x = np.mgrid[:30, :34].astype(float)
    greatest, least = np.zeros(alpha.shape), np.ones(alpha.shape)
    for dy in np.arange(-50, 51) / 50 * grow:
        for dx in np.arange(-50, 51) / 50 * grow:
            if np.hypot(dx, dy) <= grow:
                seen = ndimage.map_coordinates(alpha, [y + dy, x + dx / pixel_aspect], order=1, mode="nearest")
                greatest, least = np.maximum(greatest, seen), np.minimum(least, seen)
    assert abs(controlled(alpha, Finish(grow=grow), pixel_aspect) - greatest).max() < 0.06
    assert abs(controlled(alpha, Finish(grow=-grow), pixel_aspect) - least).max() < 0.06


def test_when_shrunk_then_it_is_the_ground_that_grows():
    alpha = np.random.default_rng(2).integers(0, 257, (64, 64)).astype(np.float32) / 256
    inverse = 1 - controlled(1 - alpha, Finish(grow=2))
    np.testing.assert_allclose(controlled(alpha, Finish(grow=-2)), inverse, atol=1e-6)


def test_when_grown_and_shrunk_again_then_the_disc_is_back():
    for softness, tolerance in ((0, 0.3), (6, 0.04)):
        alpha = a_disc(30, softness=softness)
        back = controlled(controlled(alpha, Finish(grow=3.4)), Finish(grow=-3.4))
        assert abs(back - alpha).max() < tolerance
        assert back.sum(dtype=float) == pytest.approx(alpha.sum(dtype=float), rel=0.003)


def test_when_the_distance_changes_a_little_then_so_does_the_alpha():
    alpha = np.random.default_rng(3).random((48, 48), np.float32)
    for distance in (0, 1, 2**0.5, 2, 5**0.5, 8**0.5, 5):
        below = alpha if distance == 0 else controlled(alpha, Finish(grow=distance - 1e-4))
        assert abs(controlled(alpha, Finish(grow=distance + 1e-4)) - below).max() < 1e-3


def test_when_hair_finer_than_the_distance_is_grown_then_it_does_not_split():
    alpha = np.zeros((41, 41), np.float32)
    alpha[20] = 0.8
    np.testing.assert_array_equal(controlled(alpha, Finish(grow=6))[14:27], np.full((13, 41), np.float32(0.8)))


def test_when_the_subject_leaves_the_frame_then_growing_and_shrinking_do_nothing_there():
    height = np.arange(60)[:, None] * np.ones((1, 60), np.float32)
    below = {start: (height >= start).astype(np.float32) for start in (17, 20, 23)}
    np.testing.assert_array_equal(controlled(below[20], Finish(grow=3)), below[17])
    np.testing.assert_array_equal(controlled(below[20], Finish(grow=-3)), below[23])


@pytest.mark.parametrize("finish", [Finish(grow=2.5), Finish(grow=-2.5), Finish(soften=2.5)])
def test_when_the_frame_is_larger_than_a_tile_then_no_seam_is_seen(finish):
    alpha = np.tile(some_hair(), (4, 4))[:300, :310]
    alpha[40:290, 30:280] = 0
    around = np.pad(alpha, 12, mode="edge")
    whole = controlled(alpha, finish)
    for top, left in ((0, 0), (200, 0), (150, 190), (200, 210)):
        piece = controlled(around[top : top + 124, left : left + 124], finish)
        np.testing.assert_array_equal(whole[top : top + 100, left : left + 100], piece[12:-12, 12:-12])


@pytest.mark.parametrize("finish", [Finish(grow=5.5), Finish(grow=-5.5), Finish(soften=3)])
def test_when_the_plate_is_anamorphic_then_the_edge_moves_alike_on_the_screen(finish):
    squeezed = controlled(a_disc(30, softness=4, pixel_aspect=2), finish, 2)
    square = controlled(a_disc(30, softness=4), finish)
    assert abs(square.reshape(120, 60, 2).mean(2) - squeezed).max() < 0.06


@pytest.mark.parametrize("finish", [Finish(grow=-1.5), Finish(grow=1.5), Finish(drop_specks=9)])
def test_when_alpha_is_0_then_it_is_0_without_a_sign(finish):
    assert not np.signbit(controlled(np.pad(some_hair(40), 20), finish)).any()


# Soften


@pytest.mark.parametrize("soften", [0.2, 0.5, 1, 2.5, 6])
def test_when_softened_then_a_dot_becomes_a_gaussian_of_that_deviation_and_keeps_its_sum(soften):
    alpha = np.zeros((91, 91), np.float32)
    alpha[45, 45] = 1
    blurred = controlled(alpha, Finish(soften=soften)).astype(float)
    assert blurred.sum() == pytest.approx(1, abs=1e-5)
    y, x = np.mgrid[-45:46, -45:46]
    assert np.sqrt((blurred * y**2).sum()) == pytest.approx(soften, rel=0.01)
    assert np.sqrt((blurred * x**2).sum()) == pytest.approx(soften, rel=0.01)


def test_when_softened_then_it_is_the_gaussian_that_others_make():
    alpha = a_disc(30)
    blurred = controlled(alpha, Finish(soften=3))
    assert abs(blurred - ndimage.gaussian_filter(alpha, 3, mode="nearest")).max() < 0.005
    assert blurred.sum(dtype=float) == pytest.approx(alpha.sum(dtype=float), rel=1e-5)


def test_when_softened_then_solid_and_empty_stay_exactly_so_and_the_frames_edge_too():
    alpha = np.zeros((80, 80), np.float32)
    alpha[40:] = 1
    blurred = controlled(alpha, Finish(soften=2))
    assert (blurred[:30] == 0).all()
    assert (blurred[50:] == 1).all()
    np.testing.assert_array_equal(blurred, np.tile(blurred[:, 40:41], 80))


def test_when_the_deviation_is_very_small_then_next_to_nothing_changes():
    alpha = some_hair()
    assert abs(controlled(alpha, Finish(soften=0.01)) - alpha).max() < 1e-3


# Holes and specks


def solid_with(rows, columns, value, rim=None):
    """A square of matte with one opening, which may have a soft rim of one pixel."""
    alpha = np.zeros((80, 80), np.float32)
    alpha[10:70, 10:70] = 1
    if rim is not None:
        alpha[29 : 31 + rows, 29 : 31 + columns] = rim
    alpha[30 : 30 + rows, 30 : 30 + columns] = value
    return alpha


def test_when_a_hole_has_the_area_then_it_is_filled_and_when_it_has_one_pixel_more_it_stays():
    alpha = solid_with(3, 4, 0.2)
    np.testing.assert_array_equal(controlled(alpha, Finish(fill_holes=12)), solid_with(0, 0, 1))
    np.testing.assert_array_equal(controlled(alpha, Finish(fill_holes=11)), alpha)


def test_when_a_hole_is_filled_then_its_soft_rim_is_solid_too():
    alpha = solid_with(3, 4, 0.1, rim=0.6)
    np.testing.assert_array_equal(controlled(alpha, Finish(fill_holes=12)), solid_with(0, 0, 1))


def test_when_alpha_is_half_then_it_is_no_hole():
    alpha = solid_with(3, 4, 0.5)
    np.testing.assert_array_equal(controlled(alpha, Finish(fill_holes=100)), alpha)


def test_when_the_wall_around_a_hole_is_thin_then_the_hole_is_filled_to_where_it_would_run_over():
    alpha = solid_with(3, 4, 0.1)
    alpha[10:30, 31] = 0.7
    expected = solid_with(3, 4, 0.7)
    expected[10:30, 31] = 0.7
    np.testing.assert_array_equal(controlled(alpha, Finish(fill_holes=12)), expected)


def test_when_an_opening_leads_out_then_it_is_no_hole_and_at_a_mere_corner_it_is_one():
    alpha = solid_with(3, 4, 0.1)
    alpha[10:30, 31] = 0.1
    np.testing.assert_array_equal(controlled(alpha, Finish(fill_holes=100)), alpha)
    alpha = np.ones((40, 40), np.float32)
    alpha[[20, 21, 22], [20, 21, 22]] = 0
    np.testing.assert_array_equal(controlled(alpha, Finish(fill_holes=1)), np.ones((40, 40), np.float32))


def test_when_a_hole_touches_the_frames_edge_then_it_may_go_on_outside_and_stays():
    alpha = np.ones((40, 40), np.float32)
    alpha[:2, 18:20] = [[0.4], [0.1]]
    alpha[-1, 5] = 0
    np.testing.assert_array_equal(controlled(alpha, Finish(fill_holes=100)), alpha)
    np.testing.assert_array_equal(controlled(1 - alpha, Finish(drop_specks=100)), 1 - alpha)


def test_when_a_hole_is_filled_then_shading_of_the_core_and_larger_holes_beside_it_stay():
    alpha = solid_with(2, 2, 0.0)
    alpha[30:34, 40:44] = 0.0
    alpha[40:44, 30:34] = 0.8
    expected = alpha.copy()
    expected[30:32, 30:32] = 1
    np.testing.assert_array_equal(controlled(alpha, Finish(fill_holes=4)), expected)
    alpha[30, 32:40] = 0.6
    expected[30:32, 30:32] = expected[30, 32:40] = 0.6
    np.testing.assert_array_equal(controlled(alpha, Finish(fill_holes=4)), expected)


def test_when_a_speck_has_the_area_then_it_is_dropped_and_when_it_has_one_pixel_more_it_stays():
    alpha = 1 - solid_with(3, 4, 0.2)
    alpha[:10] = alpha[70:] = 0
    alpha[:, :10] = alpha[:, 70:] = 0
    np.testing.assert_array_equal(controlled(alpha, Finish(drop_specks=12)), np.zeros((80, 80), np.float32))
    np.testing.assert_array_equal(controlled(alpha, Finish(drop_specks=11)), alpha)


def test_when_a_speck_is_dropped_then_its_faint_skirt_goes_with_it():
    alpha = np.zeros((80, 80), np.float32)
    alpha[40, 40] = 1
    alpha = ndimage.gaussian_filter(alpha, 2.5)
    assert (alpha > 0.001).sum() > 100
    alpha *= 1 / alpha.max()
    area = int((alpha > 0.05).sum())
    np.testing.assert_array_equal(controlled(alpha, Finish(drop_specks=area)), np.zeros((80, 80), np.float32))


def test_when_a_speck_lies_in_haze_then_it_sinks_to_the_haze():
    alpha = np.full((60, 60), 0.03, np.float32)
    alpha[30:32, 30:32] = 0.7
    np.testing.assert_array_equal(controlled(alpha, Finish(drop_specks=4)), np.full((60, 60), np.float32(0.03)))


def test_when_hair_hangs_on_by_faint_or_slanting_pixels_then_it_is_no_speck():
    alpha = solid_with(0, 0, 1)
    for step in range(8):
        alpha[9 - step, 40 + step] = 0.1 + 0.5 * (step % 2)
    np.testing.assert_array_equal(controlled(alpha, Finish(drop_specks=20)), alpha)


@pytest.mark.parametrize("area", [3, 12])
@pytest.mark.parametrize("what", ["fill_holes", "drop_specks"])
def test_when_there_are_many_then_each_is_evened_as_if_water_had_been_poured_in(what, area):
    """The plain twin: for every pixel, the lowest level at which it is connected with the outside."""
    alpha = np.round(np.maximum(some_hair(60) - (0 if what == "fill_holes" else 0.4), 0), 1)
    sign, basins, corners = (1, alpha < 0.5, None) if what == "fill_holes" else (-1, alpha > 0.05, np.ones((3, 3)))
    height = sign * alpha
    label, count = ndimage.label(basins, corners)
    outside = np.zeros(alpha.shape, bool)
    outside[[0, -1]] = outside[:, [0, -1]] = True
    regions = [label == index for index in range(1, count + 1)]
    small = [region for region in regions if region.sum() <= area and not (region & outside).any()]
    outside |= basins & ~np.any(small, axis=0)
    level = np.full(alpha.shape, np.inf)
    for value in sorted(np.unique(height), reverse=True):
        connected = ndimage.label(height <= value)[0]
        reached = np.isin(connected, connected[outside & (height <= value)]) & (height <= value)
        level[reached] = value
    pools = ndimage.label(level > height)[0]
    expected = np.where(np.isin(pools, pools[np.any(small, axis=0)]), level, height).astype(np.float32)
    assert len(small) > 3
    assert (expected != height).sum() > 8
    np.testing.assert_array_equal(controlled(alpha, Finish(**{what: area})), sign * expected)
