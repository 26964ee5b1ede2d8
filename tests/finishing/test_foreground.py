"""The estimated foreground. Errors are mean absolute differences of premultiplied color, where alpha is mixed."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.ndimage import zoom

from penumbra.finishing import estimated_foreground
from tests.pictures import read_exr_file
from tests.reference.foreground_pymatting import FILE, Scene, disk, hairy, mixed, scenes

SAMPLE = Path(__file__).resolve().parents[2] / "sample"
SCENES = scenes()


def bundled(frame):
    """Plate, alpha and true premultiplied color of the bundled shot."""
    plate, _ = read_exr_file(SAMPLE / "plate" / f"plate.{frame}.exr")
    truth, _ = read_exr_file(SAMPLE / "truth" / f"truth.{frame}.exr")
    rgb, true = (np.stack([file[c] for c in "RGB"], -1).astype(np.float32) for file in (plate, truth))
    return rgb, truth["A"].astype(np.float32), true


def edge(alpha):
    return (alpha > 0.02) & (alpha < 0.98)


def error(color, alpha, true_premultiplied):
    return np.abs(color * alpha[..., None] - true_premultiplied)[edge(alpha)].mean()


def premultiplied(scene):
    return scene.foreground * scene.alpha[..., None]


@pytest.mark.parametrize("name", SCENES)
def test_when_the_true_foreground_is_known_then_it_is_found(name):
    scene = SCENES[name]
    found = error(estimated_foreground(scene.plate, scene.alpha), scene.alpha, premultiplied(scene))
    assert found < 0.0015 * scene.foreground.max()
    assert found < 0.03 * error(scene.plate, scene.alpha, premultiplied(scene))


@pytest.mark.parametrize("name", SCENES)
def test_when_pymatting_estimates_the_same_then_both_agree_and_ours_is_not_further_from_the_truth(name):
    scene, peak = SCENES[name], SCENES[name].foreground.max()
    with np.load(FILE) as file:
        theirs = file[name].astype(np.float32)
    ours = estimated_foreground(scene.plate, scene.alpha)
    assert error(ours, scene.alpha, theirs * scene.alpha[..., None]) < 0.006 * peak
    assert error(ours, scene.alpha, premultiplied(scene)) < (
        error(theirs, scene.alpha, premultiplied(scene)) + 0.001 * peak
    )


@pytest.mark.parametrize("frame", [1002, 1015, 1030])
def test_when_the_bundled_shot_is_comped_again_then_the_fringe_error_is_less_than_half(frame):
    rgb, alpha, true = bundled(frame)
    estimate, rest = estimated_foreground(rgb, alpha), 1 - alpha[..., None]
    behind = rgb - true  # the backdrop x (1 - alpha), as it is in the plate
    source = np.abs(rgb * alpha[..., None] + behind - rgb)[edge(alpha)].mean()
    assert np.abs(estimate * alpha[..., None] + behind - rgb)[edge(alpha)].mean() < 0.5 * source
    for new in ([0.01, 0.01, 0.01], [0.1, 0.6, 1.1], [2.0, 2.0, 2.0]):  # dark, colored, bright: as they are shown
        fringe = [
            np.abs(shown(color * alpha[..., None] + new * rest) - shown(true + new * rest))[edge(alpha)].mean()
            for color in (estimate, rgb)
        ]
        assert fringe[0] < 0.5 * fringe[1]


def shown(rgb):
    return (np.clip(rgb, 0, None) / (1 + 0.4 * np.clip(rgb, 0, None))) ** (1 / 2.2)


@pytest.mark.parametrize("name", ["hair", "bright", "bundled"])
def test_when_the_alpha_comes_from_half_the_size_then_the_fringe_is_still_better_than_the_plates(name):
    scene = SCENES.get(name)
    rgb, alpha, true = bundled(1020) if scene is None else (scene.plate, scene.alpha, premultiplied(scene))
    half = alpha.reshape(alpha.shape[0] // 2, 2, -1, 2).mean((1, 3))
    wrong = np.clip(zoom(half, 2, order=1, grid_mode=True, mode="nearest"), 0, 1).astype(np.float32)
    assert np.abs(wrong - alpha).max() > 0.2
    assert error(estimated_foreground(rgb, wrong), wrong, true) < 0.8 * error(rgb, wrong, true)


def test_when_alpha_is_0_or_1_then_the_color_is_exactly_the_plates():
    scene = SCENES["bright"]
    plate = scene.plate - 0.3  # some of it below black
    plate[48, 64], plate[0, 0] = np.nan, np.inf
    estimate = estimated_foreground(plate, scene.alpha)
    whole = (scene.alpha == 0) | (scene.alpha == 1)
    np.testing.assert_array_equal(estimate[whole], plate[whole])
    assert (estimate[~whole] != plate[~whole]).mean() > 0.9


def test_when_nothing_is_mixed_then_the_plate_comes_back_and_another_array():
    plate = SCENES["hair"].plate
    for alpha in (0, 1):
        estimate = estimated_foreground(plate, np.full(plate.shape[:2], alpha, np.float32))
        np.testing.assert_array_equal(estimate, plate)
        assert not np.shares_memory(estimate, plate)


def test_when_the_plate_may_only_be_read_then_it_is_only_read():
    scene = SCENES["flat"]
    plate, alpha = scene.plate.copy(), scene.alpha.copy()
    plate.flags.writeable = alpha.flags.writeable = False
    estimated_foreground(plate, alpha)
    np.testing.assert_array_equal(plate, scene.plate)


@pytest.mark.parametrize("alpha", [disk(14.0), hairy(5)], ids=["soft", "hair"])
@pytest.mark.parametrize(("light", "bound"), [(20, 0.02), (200, 0.05), (60000, 0.4)])
def test_when_a_light_is_behind_the_edge_then_it_does_not_get_into_the_foreground(alpha, light, bound):
    scene = mixed(alpha, 1.5 * SCENES["shaded"].foreground, light * np.array([1, 0.9, 0.7]))
    estimate = estimated_foreground(scene.plate, scene.alpha)
    assert error(scene.plate, scene.alpha, premultiplied(scene)) > light / 10
    assert error(estimate, scene.alpha, premultiplied(scene)) < bound
    assert estimate[edge(scene.alpha)].max() < 2.001 * scene.plate[scene.alpha >= 0.95].max()


@pytest.mark.parametrize("grown", [1.0, 1.2, 0.8])
def test_when_a_lamp_is_seen_only_through_hair_and_the_alpha_is_wrong_then_it_is_held_to_twice_the_solid_color(grown):
    y, x = np.mgrid[0:96, 0:128]
    lamp = 200 * np.exp(-((x - 64) ** 2 + (y - 14) ** 2) / 18)[..., None]
    true = mixed(np.maximum(disk(4), 0.5 * (np.hypot(x - 64, y - 14) < 12)), SCENES["shaded"].foreground, 0.1 + lamp)
    alpha = np.clip(np.where(true.alpha < 1, grown * true.alpha, 1), 0, 1).astype(np.float32)
    estimate = estimated_foreground(true.plate, alpha)[edge(alpha)]
    solid = true.plate[alpha >= 0.95]
    assert true.plate[edge(alpha)].max() > 50
    assert (estimate <= 2.001 * solid.max(0)).all()
    assert estimate.min() >= 0


def test_when_nothing_solid_is_near_then_the_nearest_solid_color_is_the_limit():
    y, x = np.mgrid[0:96, 0:512]
    lamp = 200 * np.exp(-((x - 480) ** 2 + (y - 48) ** 2) / 18)[..., None]
    strand = 0.5 * (abs(y - 48) < 8) * (x > 20) + 1.0 * (x <= 20)
    plate = mixed(strand, 0.4, 0.1 + lamp).plate
    estimate = estimated_foreground(plate, (strand * 0.9 + 0.1 * (strand == 1)).astype(np.float32))
    assert plate[edge(strand)].max() > 50
    assert estimate[edge(strand)].max() < 0.81


def test_when_lights_of_one_color_make_squares_behind_hair_then_the_foreground_is_still_found():
    y, x = np.mgrid[0:96, 0:128]
    squares = 0.3 + 200.0 * ((x // 12 + y // 12) % 3 == 0)[..., None]
    scene = mixed(hairy(5), SCENES["shaded"].foreground, squares)
    estimate = estimated_foreground(scene.plate, scene.alpha)
    assert error(estimate, scene.alpha, premultiplied(scene)) < 0.03


def test_when_the_soft_edge_is_as_wide_as_the_box_around_it_then_the_colors_beside_it_are_still_known():
    ramp = np.broadcast_to(np.clip((127.5 - np.arange(192)) / 64, 0, 1), (96, 192))
    scene = mixed(ramp, [0.8, 0.3, 0.1], [0.05, 0.2, 0.6])
    assert list(np.flatnonzero(edge(ramp[0]))[[0, -1]]) == [65, 126]
    estimate = estimated_foreground(scene.plate, scene.alpha)
    assert error(estimate, scene.alpha, premultiplied(scene)) < 0.003


def test_when_the_alpha_is_too_large_before_a_bright_backdrop_then_nothing_becomes_darker_than_black():
    scene = mixed(hairy(6), 0.02, 3.0)
    alpha = np.where(scene.alpha > 0, 0.8 * scene.alpha, 0).astype(np.float32)
    alpha[scene.alpha == 1] = 1
    estimate = estimated_foreground(np.full_like(scene.plate, 0.5) * (scene.alpha[..., None] < 1) + 0.01, alpha)
    assert estimate.min() >= 0


def test_when_the_foreground_is_below_black_then_it_stays_so():
    scene = mixed(disk(10.0), -0.05, 0.4)
    estimate = estimated_foreground(scene.plate, scene.alpha)[edge(scene.alpha)]
    np.testing.assert_allclose(estimate, -0.05, atol=0.01)


def test_when_the_plate_is_eight_times_as_bright_then_so_is_the_foreground():
    scene = SCENES["hair"]
    once, eight = (estimated_foreground(times * scene.plate, scene.alpha) for times in (np.float32(1), np.float32(8)))
    assert eight[edge(scene.alpha)].max() > 4
    np.testing.assert_allclose(eight, 8 * once, rtol=1e-3, atol=1e-4)


def test_when_all_light_is_raised_then_so_is_the_foreground():
    scene = SCENES["hair"]
    raised = estimated_foreground(scene.plate + 0.5, scene.alpha) - 0.5
    assert error(raised, scene.alpha, premultiplied(scene)) < 0.003


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf, 3e38])
def test_when_pixels_are_no_numbers_then_their_neighbors_hardly_change(broken):
    scene = SCENES["hair"]
    mixed_y, mixed_x = (axis[::40] for axis in edge(scene.alpha).nonzero())
    holes = np.zeros(scene.alpha.shape, bool)
    holes[mixed_y, mixed_x] = holes[48, 64] = holes[2, 2] = True
    plate = scene.plate.copy()
    plate[holes, 1] = broken
    clean, estimate = (estimated_foreground(rgb, scene.alpha) for rgb in (scene.plate, plate))
    assert np.isfinite(estimate[edge(scene.alpha)]).all()
    difference = np.abs(estimate - clean)[edge(scene.alpha)] * scene.alpha[edge(scene.alpha)][:, None]
    assert difference[~holes[edge(scene.alpha)]].max() < 0.05
    assert difference.mean() < 0.003


def test_when_the_whole_plate_is_no_number_then_the_mixed_foreground_is_one():
    scene = SCENES["hair"]
    estimate = estimated_foreground(np.full_like(scene.plate, np.nan), scene.alpha)
    np.testing.assert_array_equal(np.isfinite(estimate).all(-1), (scene.alpha > 0) & (scene.alpha < 1))


@pytest.mark.parametrize("alpha", [1e-6, 0.3, 0.9])
def test_when_nothing_is_solid_then_the_estimate_stays_within_what_the_plate_holds(alpha):
    smoke = (alpha * disk(30.0)).astype(np.float32)
    scene = mixed(smoke, 0.6, SCENES["shaded"].background)
    estimate = estimated_foreground(scene.plate, smoke)
    assert np.isfinite(estimate).all()
    assert (estimate * smoke[..., None]).max() <= 1.5 * premultiplied(scene).max() + 0.05


def test_when_the_frame_around_is_larger_then_the_foreground_is_the_same():
    rgb, alpha, _ = bundled(1010)
    wide = np.pad(rgb, ((0, 192), (64, 256), (0, 0)), "wrap"), np.pad(alpha, ((0, 192), (64, 256)))
    estimate = estimated_foreground(*wide)[:270, 64:544]
    apart = np.abs(estimate - estimated_foreground(rgb, alpha)) * alpha[..., None]
    upper = slice(0, 150)  # below, the narrow frame ends where the wide one goes on
    assert apart[upper].mean() < 1e-4
    assert apart[upper].max() < 0.05


def test_when_a_speck_is_far_away_then_the_foreground_here_hardly_changes():
    rgb, alpha, _ = bundled(1010)
    speck = np.pad(alpha, ((0, 300), (0, 300)))
    rgb = np.pad(rgb, ((0, 300), (0, 300), (0, 0)), "wrap")
    alone = estimated_foreground(rgb, speck)[:270, :480]
    speck[-1, -1] = 0.5
    apart = np.abs(estimated_foreground(rgb, speck)[:270, :480] - alone) * alpha[..., None]
    assert apart.mean() < 1e-4
    assert apart.max() < 0.05


def test_when_the_number_of_threads_changes_then_not_one_bit_does():
    rgb, alpha, _ = bundled(1020)
    before = torch.get_num_threads()
    try:
        results = []
        for threads in (1, 2, 5):
            torch.set_num_threads(threads)
            results.append(estimated_foreground(rgb, alpha).tobytes())
    finally:
        torch.set_num_threads(before)
    assert len(set(results)) == 1


def test_when_the_bundled_shot_plays_then_the_fringe_flickers_less_than_the_plates():
    before, changes = None, []
    for frame in range(1016, 1021):
        rgb, alpha, true = bundled(frame)
        errors = [color * alpha[..., None] - true for color in (estimated_foreground(rgb, alpha), rgb)]
        if before is not None:
            seen = edge(alpha) | before[0]
            changes.append([np.abs(now - then)[seen].mean() for now, then in zip(errors, before[1], strict=True)])
        before = edge(alpha), errors
    estimated, source = np.mean(changes, 0)
    assert estimated < 0.5 * source


def test_when_only_grain_changes_then_the_foreground_moves_no_more_than_the_plate():
    scene: Scene = SCENES["hair"]
    grains = np.random.default_rng(7).normal(0, 0.01, (6, *scene.plate.shape)).astype(np.float32)
    frames = [
        estimated_foreground(scene.plate + grain, scene.alpha)[edge(scene.alpha)]
        * scene.alpha[edge(scene.alpha)][:, None]
        for grain in grains
    ]
    assert np.std(frames, 0).mean() < grains.std(0)[edge(scene.alpha)].mean()
