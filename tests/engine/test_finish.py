"""What is done to the alpha after the network: each step is that of the finishing room, on the plate itself."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from penumbra import Propagator, load_model
from penumbra.color import View
from penumbra.finishing import bilinear, controlled, estimated_foreground, guided
from penumbra.shot import Finish
from tests.engine.shots import a_mask, alpha_of, files, make_shot, pixels, run_all, write_frame

SIZE = (96, 64)
FRAMES = range(1001, 1004)


@pytest.fixture
def shot(tmp_path, tiny_file):
    made = make_shot(tmp_path, tiny_file, FRAMES, size=SIZE)
    return replace(made, delivery=replace(made.delivery, pixel_type="float"))


def run_to(shot, folder, **changes):
    settings = {name: value for name, value in changes.items() if name in ("edges", "process_size")}
    finish = {name: value for name, value in changes.items() if name not in settings}
    order = replace(
        shot,
        settings=replace(shot.settings, **settings),
        finish=Finish(**finish),
        delivery=replace(shot.delivery, out=folder / "matte.####.exr"),
    )
    run_all(order)
    return [folder / f"matte.{frame}.exr" for frame in FRAMES]


def plate(shot, frame):
    return pixels(shot.plate.parent / f"plate.{frame}.exr").astype(np.float32)


def shrunk(picture_CHW, size):
    return functional.interpolate(picture_CHW[None], size, mode="bilinear", antialias=True)[0].clamp(0, 1)


def test_when_the_network_sees_less_then_its_alpha_is_guided_by_the_full_size_plate(tmp_path, shot):
    small_size = (32, 48)
    plain = run_to(shot, tmp_path / "plain", process_size=32, edges="bilinear")
    found = run_to(shot, tmp_path / "guided", process_size=32)
    propagator = Propagator(load_model(shot.settings.model), warmup=1)
    for frame, before, after in zip(FRAMES, plain, found, strict=True):
        full = View()(torch.from_numpy(plate(shot, frame)).permute(2, 0, 1))
        small, mask = (shrunk(picture, small_size) for picture in (full, torch.from_numpy(a_mask(SIZE))[None]))
        alpha = propagator.start(small, mask) if frame == FRAMES[0] else propagator.step(small)
        np.testing.assert_array_equal(alpha_of(after), guided(alpha, small, full)[0].numpy())
        np.testing.assert_array_equal(alpha_of(before), bilinear(alpha, SIZE[::-1])[0].numpy())
        assert np.abs(alpha_of(after) - alpha_of(before)).max() > 0.01


def test_when_the_network_sees_all_then_edges_need_no_guide(tmp_path, shot):
    for before, after in zip(run_to(shot, tmp_path / "a", edges="bilinear"), run_to(shot, tmp_path / "b"), strict=True):
        np.testing.assert_array_equal(pixels(before), pixels(after))


@pytest.mark.parametrize(
    "controls",
    [
        {"black_point": 0.2, "white_point": 0.7},
        {"gamma": 1.7},
        {"grow": 2.5},
        {"grow": -1.5},
        {"soften": 2.0},
        {"fill_holes": 40, "drop_specks": 40},
    ],
)
def test_when_controls_are_given_then_the_alpha_is_shaped_and_the_color_goes_with_it(tmp_path, shot, controls):
    plain, shaped = run_to(shot, tmp_path / "plain"), run_to(shot, tmp_path / "shaped", **controls)
    for frame, before, after in zip(FRAMES, plain, shaped, strict=True):
        expected = controlled(alpha_of(before), Finish(**controls))
        np.testing.assert_array_equal(alpha_of(after), expected)
        np.testing.assert_array_equal(pixels(after)[..., :3], plate(shot, frame) * expected[..., None])


def test_when_the_foreground_is_estimated_then_the_alpha_stays_and_the_color_is_the_subject_s(tmp_path, shot):
    plain, estimated = run_to(shot, tmp_path / "plain"), run_to(shot, tmp_path / "est", foreground="estimated")
    for frame, before, after in zip(FRAMES, plain, estimated, strict=True):
        alpha = alpha_of(before)
        np.testing.assert_array_equal(alpha_of(after), alpha)
        color = estimated_foreground(plate(shot, frame), alpha)
        np.testing.assert_allclose(pixels(after)[..., :3], color * alpha[..., None], rtol=1e-5, atol=1e-6)
        assert np.abs(pixels(after) - pixels(before)).max() > 1e-3


def test_when_a_run_is_repeated_then_the_bytes_are_the_same(tmp_path, shot):
    for folder in ("a", "b"):
        run_to(shot, tmp_path / folder, process_size=32, foreground="estimated", grow=1.5, soften=1)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_when_the_plate_is_anamorphic_then_the_controls_are_the_same_distance_on_the_screen(tmp_path, tiny_file):
    folder = tmp_path / "wide"
    folder.mkdir()
    shot = make_shot(folder, tiny_file, FRAMES, size=SIZE)
    for frame in FRAMES:
        write_frame(folder, frame, SIZE, pixelAspectRatio=2.0)
    shot = replace(shot, delivery=replace(shot.delivery, pixel_type="float"))
    (before, *_), (after, *_) = run_to(shot, tmp_path / "plain"), run_to(shot, tmp_path / "grown", grow=4.0)
    np.testing.assert_array_equal(alpha_of(after), controlled(alpha_of(before), Finish(grow=4.0), 2.0))
    assert np.abs(alpha_of(after) - controlled(alpha_of(before), Finish(grow=4.0))).max() > 0.01
