"""Masks of another size than the plate's, beside a plain twin: the triangle filter, written down a second time."""

import numpy as np
import pytest

from penumbra.errors import InputError
from penumbra.image import Header, Window
from penumbra.plates import read_mask
from tests.pictures import write_exr_file


def laid(path, display, canvas=None, aspect=1.0):
    plate = Header(("R", "G", "B"), display, display, aspect, "half", "openexr")
    return read_mask(path, None, plate, canvas or display)


def weights(size, target):
    """[target, size]: triangles around the target's pixels, one source or one target pixel wide, whichever is wider."""
    step = size / target
    width = max(1.0, step)
    centers = (np.arange(target) + 0.5) * step
    distance = np.abs(np.arange(size)[None, :] + 0.5 - centers[:, None])
    triangles = np.maximum(0, 1 - distance / width)
    return triangles / triangles.sum(axis=1, keepdims=True)


def twin(mask, width, height):
    return weights(mask.shape[0], height) @ mask.astype(np.float64) @ weights(mask.shape[1], width).T


def blob(width, height):
    """A soft ellipse that touches the right side."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    distance = np.hypot((x / width - 0.8) * 1.6, y / height - 0.5)
    return np.clip(2.5 - 6 * distance, 0, 1).astype(np.float32)


@pytest.mark.parametrize("size", [(96, 54), (48, 27), (32, 18), (16, 9), (80, 45)])
@pytest.mark.parametrize("plate", [(48, 27), (80, 45)])
def test_when_sizes_differ_then_the_mask_is_as_the_plain_filter_makes_it(tmp_path, size, plate):
    path = write_exr_file(tmp_path / "m.exr", {"A": blob(*size)})
    mask = laid(path, Window(0, 0, *plate))
    assert mask.alpha_HW.shape == plate[::-1]
    assert mask.alpha_HW.dtype == np.float32
    np.testing.assert_allclose(mask.alpha_HW, twin(blob(*size), *plate), atol=2e-6)
    if size == plate:
        assert mask.said is None
        np.testing.assert_array_equal(mask.alpha_HW, blob(*size))
    else:
        sizes = f"{size[0]}x{size[1]} and was resampled to the plate's {plate[0]}x{plate[1]}"
        assert mask.said == f"The mask {path} is {sizes}."


def test_when_a_mask_is_resampled_then_solid_stays_solid_and_soft_stays_soft(tmp_path):
    hard = np.zeros((20, 20), np.float32)
    hard[5:15, 10:] = 1
    large = laid(write_exr_file(tmp_path / "m.exr", {"A": hard}), Window(0, 0, 80, 80)).alpha_HW
    assert (large.min(), large.max()) == (0, 1)
    assert (large[30:50, 50:] == 1).all()  # to the very edge of the plate
    assert large.mean() == pytest.approx(hard.mean(), abs=2e-3)
    small = laid(write_exr_file(tmp_path / "m.exr", {"A": large}), Window(0, 0, 20, 20)).alpha_HW
    assert small.mean() == pytest.approx(hard.mean(), abs=2e-3)
    np.testing.assert_allclose(small[7:13, 13:], 1)


def test_when_the_mask_is_cropped_to_its_box_then_what_is_around_it_is_black(tmp_path):
    whole = blob(48, 27)
    whole[:, :30] = 0
    box = write_exr_file(tmp_path / "box.exr", {"A": whole[4:20, 30:]}, data=(30, 4, 18, 16), display=(0, 0, 48, 27))
    whole[:4] = whole[20:] = 0
    full = write_exr_file(tmp_path / "full.exr", {"A": whole})
    np.testing.assert_array_equal(*(laid(path, Window(0, 0, 96, 54)).alpha_HW for path in (box, full)))


def test_when_display_windows_begin_elsewhere_then_they_are_laid_on_each_other(tmp_path):
    here = write_exr_file(tmp_path / "here.exr", {"A": blob(24, 14)})
    there = write_exr_file(
        tmp_path / "there.exr", {"A": blob(24, 14)}, data=(100, -50, 24, 14), display=(100, -50, 24, 14)
    )
    first = laid(here, Window(0, 0, 48, 28)).alpha_HW
    np.testing.assert_array_equal(laid(there, Window(-7, 9, 48, 28)).alpha_HW, first)


@pytest.mark.parametrize("scale", [0.5, 1.5, 2])
def test_when_both_have_overscan_then_the_mask_s_is_scaled_with_it(tmp_path, scale):
    """A ramp across display window and overscan stays the same ramp: x in shares of the display window's width."""
    ramp = np.tile((np.arange(-8, 56, dtype=np.float32) + 0.5) / 48 / 2 + 0.25, (26, 1))
    path = write_exr_file(tmp_path / "m.exr", {"A": ramp}, data=(-8, -4, 64, 26), display=(0, 0, 48, 18))
    width, height, margin = int(48 * scale), int(18 * scale), int(6 * scale)
    canvas = Window(-margin, 0, width + 2 * margin, height)
    mask = laid(path, Window(0, 0, width, height), canvas).alpha_HW
    expected = (np.arange(-margin, width + margin) + 0.5) / width / 2 + 0.25
    np.testing.assert_allclose(mask[height // 2, 2:-2], expected[2:-2], atol=1e-5)


def test_when_only_the_canvas_has_overscan_then_the_mask_is_black_there(tmp_path):
    path = write_exr_file(tmp_path / "m.exr", {"A": np.clip(blob(24, 14), 0.1, 1)})
    mask = laid(path, Window(0, 0, 48, 28), Window(-5, -3, 58, 34)).alpha_HW
    assert mask[3:31, 5:53].min() >= 0.1
    assert mask.sum() == pytest.approx(mask[3:31, 5:53].sum())


def test_when_the_mask_has_pixels_very_far_away_then_they_cost_nothing(tmp_path):
    pixels = blob(24, 14)
    path = write_exr_file(tmp_path / "m.exr", {"A": pixels}, data=(500_000, 500_000, 24, 14), display=(0, 0, 24, 14))
    with pytest.raises(InputError, match="is empty: A lies outside the plate"):
        laid(path, Window(0, 0, 48, 28))


@pytest.mark.parametrize(
    ("mask", "aspect_of_mask", "plate", "aspect_of_plate"),
    [
        ((366, 312), 1.0, (183, 156), 2.0),  # a squeezed proxy of a format that cannot tell its aspect
        ((366, 156), 1.0, (183, 156), 2.0),  # painted on the unsqueezed plate
        ((183, 156), 2.0, (366, 156), 1.0),
        ((128, 72), 1.0, (512, 289), 1.0),
    ],
)
def test_when_the_mask_shows_the_same_picture_then_its_pixels_may_be_of_another_shape(
    tmp_path, mask, aspect_of_mask, plate, aspect_of_plate
):
    path = write_exr_file(tmp_path / "m.exr", {"A": blob(*mask)}, pixelAspectRatio=aspect_of_mask)
    found = laid(path, Window(0, 0, *plate), aspect=aspect_of_plate).alpha_HW
    np.testing.assert_allclose(found, twin(blob(*mask), *plate), atol=2e-5)


@pytest.mark.parametrize("plate", [(48, 26), (47, 27), (96, 27)])
def test_when_shapes_differ_by_more_than_rounding_then_it_is_refused(tmp_path, plate):
    path = write_exr_file(tmp_path / "m.exr", {"A": blob(48, 27)})
    with pytest.raises(InputError, match=f"is 48x27, but the plate is {plate[0]}x{plate[1]}"):
        laid(path, Window(0, 0, *plate))
