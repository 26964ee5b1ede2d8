"""Plates with pixels that are no numbers."""

import numpy as np
import pytest

from tests.engine.shots import FRAMES, light, make_shot, notices, pixels, run_all
from tests.pictures import write_exr_file


@pytest.mark.parametrize("key", [1001, 1003])
def test_when_plates_hold_nan_and_infinity_then_mattes_are_finite_and_the_frames_are_told(tmp_path, tiny_file, key):
    shot = make_shot(tmp_path, tiny_file, key=key)
    broken = light(1003)
    broken[10, 20] = np.nan  # inside the mask
    broken[12, 24, 1] = np.inf
    broken[0, 0] = -np.inf, np.nan, 1
    write_exr_file(tmp_path / "plate.1003.exr", {"RGB": broken})
    one = light(1005)
    one[11, 20, 2] = np.nan
    write_exr_file(tmp_path / "plate.1005.exr", {"RGB": one})
    said = notices(run_all(shot))
    assert "Frame 1003: 3 pixels are NaN or infinite in the plate" in said
    assert "Frame 1005: 1 pixel is NaN or infinite in the plate" in said
    assert said.count("NaN") == 2
    for frame in FRAMES:
        assert np.isfinite(pixels(tmp_path / "out" / f"matte.{frame}.exr")).all()
    matte = pixels(tmp_path / "out" / "matte.1003.exr")
    assert not matte[10, 20, :3].any()
    assert matte[12, 24, 1] == 0


def test_when_one_pixel_is_broken_then_its_neighbors_keep_their_color(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file)
    broken = light(1003)
    broken[10, 20] = np.nan
    write_exr_file(tmp_path / "plate.1003.exr", {"RGB": broken})
    run_all(shot)
    rgba = pixels(tmp_path / "out" / "matte.1003.exr").astype(np.float32)
    expected = np.nan_to_num(light(1003).astype(np.float32)) * rgba[..., 3:]
    expected[10, 20] = 0
    np.testing.assert_allclose(rgba[..., :3], expected, rtol=2**-10, atol=2**-13)


def test_when_light_is_brighter_than_half_can_hold_then_the_matte_has_half_s_largest_value(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file)
    bright = light(1001).astype(np.float32)
    bright[8:24, 16:40] = 1e9
    write_exr_file(tmp_path / "plate.1001.exr", {"RGB": bright})
    assert "NaN" not in notices(run_all(shot))
    assert pixels(tmp_path / "out" / "matte.1001.exr").max() == np.finfo(np.float16).max
