"""Between reading and the alpha in the file there is no 8-bit and no half step: a fine ramp comes through.

The network is replaced by one that gives the mask back, so that what is left is everything else.
"""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from penumbra import Propagator
from penumbra.shot import Finish
from tests.engine.shots import alpha_of, make_shot, pixels, run_all, write_mask

STEPS = 4096
SIZE = (STEPS, 16)
FRAMES = range(1001, 1004)


class GivesTheMaskBack(Propagator):
    """Remembers as the real one does, so that snapshots are real."""

    def start(self, view, masks, *, approved=False):
        super().start(view, masks, approved=approved)
        self.masks = masks
        return masks

    def step(self, view):
        super().step(view)
        return self.masks


@pytest.fixture
def ramp(tmp_path, tiny_file, monkeypatch):
    """A shot whose mask is a ramp of 4096 steps from 0 to 1."""
    monkeypatch.setattr(import_module("penumbra.engine.run"), "Propagator", GivesTheMaskBack)
    shot = make_shot(tmp_path, tiny_file, FRAMES, size=SIZE)
    values = np.linspace(0, 1, STEPS, dtype=np.float32)
    write_mask(shot.key_frames[0].path, np.tile(values, (SIZE[1], 1)))
    return shot


def alphas_of(shot, folder, **delivery):
    run_all(replace(shot, delivery=replace(shot.delivery, **delivery)))
    return [alpha_of(folder / "out" / f"matte.{frame}.exr") for frame in FRAMES]


@pytest.mark.parametrize("channels", ["rgba", "alpha"])
def test_when_float_is_written_then_every_step_of_the_ramp_is_there_as_it_was(tmp_path, ramp, channels):
    expected = np.tile(np.linspace(0, 1, STEPS, dtype=np.float32), (SIZE[1], 1))
    for alpha in alphas_of(ramp, tmp_path, pixel_type="float", channels=channels):
        np.testing.assert_array_equal(alpha, expected)


def test_when_half_is_written_then_only_the_file_s_own_steps_are_lost(tmp_path, ramp):
    expected = np.linspace(0, 1, STEPS, dtype=np.float32).astype(np.float16)
    assert len(np.unique(expected)) > 2000
    for alpha in alphas_of(ramp, tmp_path):
        assert len(np.unique(alpha)) >= 2000
        np.testing.assert_array_equal(alpha[7], expected)


def test_when_the_alpha_is_shaped_then_its_steps_are_still_there(tmp_path, ramp):
    shaped = replace(ramp, finish=Finish(gamma=0.5, black_point=0.1, white_point=0.9))
    for alpha in alphas_of(shaped, tmp_path, pixel_type="float"):
        # A fifth of the ramp is cut off, and the square lets neighbors meet nowhere else.
        assert len(np.unique(alpha[0])) > 0.79 * STEPS


def test_when_the_color_is_multiplied_then_it_is_the_plate_s_own_in_float(tmp_path, ramp):
    alphas = alphas_of(ramp, tmp_path, pixel_type="float")
    for frame, alpha in zip(FRAMES, alphas, strict=True):
        plate = pixels(tmp_path / f"plate.{frame}.exr").astype(np.float32)
        matte = pixels(tmp_path / "out" / f"matte.{frame}.exr")
        np.testing.assert_array_equal(matte[..., :3], plate * alpha[..., None])
