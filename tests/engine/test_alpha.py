"""The alphas of a run are those that a person gets who calls the propagator by hand, bit for bit."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from penumbra import Propagator, load_model
from penumbra.color import View
from penumbra.network import save_weights
from penumbra.shot import Shot
from tests.engine.shots import a_mask, alpha_of, make_shot, pixels, run_all, write_mask

FRAMES = range(1001, 1009)


def view(folder: Path, frame: int) -> torch.Tensor:
    linear_3HW = torch.from_numpy(pixels(folder / f"plate.{frame}.exr").astype(np.float32).transpose(2, 0, 1).copy())
    return View()(linear_3HW)


def by_hand(
    folder: Path, model: Path, mask_HW: np.ndarray, key: int, short: int | None = None, warmup: int = 1
) -> dict[int, np.ndarray]:
    """All frames, from the key frame to the end and then back to the beginning."""

    def small(picture_CHW: torch.Tensor) -> torch.Tensor:
        if short is None:
            return picture_CHW
        size = (short, short * picture_CHW.shape[2] // picture_CHW.shape[1])
        return F.interpolate(picture_CHW[None], size, mode="bilinear", antialias=True)[0].clamp(0, 1)

    propagator = Propagator(load_model(model), warmup=warmup)
    alphas = {key: propagator.start(small(view(folder, key)), small(torch.from_numpy(mask_HW)[None]))}
    after_key = propagator.state
    for frame in range(key + 1, FRAMES[-1] + 1):
        alphas[frame] = propagator.step(small(view(folder, frame)))
    propagator.restore(after_key)
    for frame in range(key - 1, FRAMES[0] - 1, -1):
        alphas[frame] = propagator.step(small(view(folder, frame)))
    if short is None:
        return {frame: alpha[0].numpy() for frame, alpha in alphas.items()}
    size = mask_HW.shape
    return {
        frame: F.interpolate(alpha[None], size, mode="bilinear", align_corners=False)[0, 0].numpy()
        for frame, alpha in alphas.items()
    }


def run_in_float(shot: Shot, folder: Path) -> dict[int, np.ndarray]:
    run_all(replace(shot, delivery=replace(shot.delivery, pixel_type="float")))
    return {frame: alpha_of(folder / "out" / f"matte.{frame}.exr") for frame in FRAMES}


def assert_same_bits(got: dict[int, np.ndarray], expected: dict[int, np.ndarray]) -> None:
    assert got.keys() == expected.keys()
    for frame, alpha in got.items():
        np.testing.assert_array_equal(alpha, expected[frame], err_msg=f"frame {frame}")


def test_when_the_mask_is_on_the_first_frame_then_alphas_are_those_made_by_hand(tmp_path, tiny_file):
    alphas = run_in_float(make_shot(tmp_path, tiny_file, FRAMES), tmp_path)
    assert_same_bits(alphas, by_hand(tmp_path, tiny_file, a_mask(), 1001))
    assert not np.array_equal(alphas[1001], alphas[1008])


def test_when_the_mask_is_in_the_middle_then_the_frames_before_it_are_made_backward(tmp_path, tiny_file):
    alphas = run_in_float(make_shot(tmp_path, tiny_file, FRAMES, key=1004), tmp_path)
    assert_same_bits(alphas, by_hand(tmp_path, tiny_file, a_mask(), 1004))


def test_when_the_mask_is_on_the_last_frame_then_all_is_made_backward(tmp_path, tiny_file):
    alphas = run_in_float(make_shot(tmp_path, tiny_file, FRAMES, key=1008), tmp_path)
    assert_same_bits(alphas, by_hand(tmp_path, tiny_file, a_mask(), 1008))


def test_when_the_mask_is_soft_then_its_edge_is_used_as_it_is(tmp_path, tiny_file):
    soft = np.minimum(a_mask(), np.linspace(0, 1, 48, dtype=np.float32)[None])
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    write_mask(tmp_path / "roto.1001.exr", soft)
    alphas = run_in_float(shot, tmp_path)
    assert_same_bits(alphas, by_hand(tmp_path, tiny_file, soft, 1001))
    hard = by_hand(tmp_path, tiny_file, (soft > 0.5).astype(np.float32), 1001)
    assert max(np.abs(alphas[frame] - hard[frame]).max() for frame in FRAMES) > 0.01


def test_when_the_network_sees_less_than_the_plate_then_alpha_has_the_plate_s_size(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES, key=1004, size=(96, 64))
    alphas = run_in_float(replace(shot, settings=replace(shot.settings, process_size=32, edges="bilinear")), tmp_path)
    assert alphas[1001].shape == (64, 96)
    assert_same_bits(alphas, by_hand(tmp_path, tiny_file, a_mask((96, 64)), 1004, short=32))


def test_when_the_plate_is_smaller_than_what_the_network_may_see_then_it_is_not_enlarged(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    alphas = run_in_float(replace(shot, settings=replace(shot.settings, process_size=64)), tmp_path)
    assert_same_bits(alphas, by_hand(tmp_path, tiny_file, a_mask(), 1001))


@pytest.mark.parametrize("asked", [None, 1])
def test_when_no_warm_up_is_asked_for_then_it_is_what_the_model_wants(tmp_path, tiny_model, asked):
    model = tmp_path / "model.safetensors"
    save_weights(model, tiny_model.network.state_dict(), replace(tiny_model.card, warmup=4))
    shot = make_shot(tmp_path, model, FRAMES)
    alphas = run_in_float(replace(shot, settings=replace(shot.settings, warmup=asked)), tmp_path)
    assert_same_bits(alphas, by_hand(tmp_path, model, a_mask(), 1001, warmup=4 if asked is None else asked))
