"""Data windows, overscan and pixel aspects from plate to matte."""

from dataclasses import replace

import numpy as np
import pytest

from penumbra.engine.opened import open_shot
from penumbra.image import Window
from penumbra.shot import Delivery
from tests.engine.shots import alpha_of, light, make_shot, notices, run_all, write_mask
from tests.pictures import read_exr_file, write_exr_file

DISPLAY = (0, 0, 48, 32)
FRAMES = range(1001, 1005)


def plate(folder, windows, **header):
    """Frames whose data windows differ; a pixel's value depends only on its place in the plane."""
    for frame, (x, y, width, height) in zip(FRAMES, windows, strict=True):
        plane = light(frame, (128, 112))
        data = plane[y + 40 : y + 40 + height, x + 40 : x + 40 + width].copy()
        write_exr_file(
            folder / f"plate.{frame}.exr", {"RGB": data}, data=(x, y, width, height), display=DISPLAY, **header
        )


def written(folder, frame, out="out"):
    channels, header = read_exr_file(folder / out / f"matte.{frame}.exr")
    low, high = header["dataWindow"]
    window = Window.between(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1)
    low, high = header["displayWindow"]
    assert [*low, *high] == [0, 0, 47, 31], "the display window is the plate's"
    return channels, window


OVERSCAN = [(-8, -6, 64, 44)] * 4
CHANGING = [(-8, -6, 64, 44), (5, 3, 20, 12), (0, 0, 48, 32), (-30, 2, 60, 40)]
OUTSIDE = [(0, 0, 48, 32), (60, 0, 10, 10), (0, 0, 48, 32), (-40, -40, 8, 8)]


@pytest.fixture
def shot(tmp_path, tiny_file):
    made = make_shot(tmp_path, tiny_file, FRAMES)
    return replace(made, delivery=replace(made.delivery, pixel_type="float"))


def to(shot, window, out="out"):
    delivery = Delivery(shot.plate.parent / out / "matte.####.exr", pixel_type="float", window=window)
    return replace(shot, delivery=delivery)


@pytest.mark.parametrize("windows", [OVERSCAN, CHANGING, OUTSIDE])
def test_when_data_windows_differ_then_the_matte_fills_the_display_window(tmp_path, shot, windows):
    plate(tmp_path, windows)
    run_all(shot)
    for frame, (x, y, width, height) in zip(FRAMES, windows, strict=True):
        channels, window = written(tmp_path, frame)
        assert window == Window(*DISPLAY)
        plane = np.zeros((112, 128, 3), np.float32)
        inside = slice(y + 40, y + 40 + height), slice(x + 40, x + 40 + width)
        plane[inside] = light(frame, (128, 112))[inside]
        for index, letter in enumerate("RGB"):
            np.testing.assert_array_equal(channels[letter], plane[40:72, 40:88, index] * channels["A"])


@pytest.mark.parametrize("windows", [OVERSCAN, CHANGING, OUTSIDE])
def test_when_the_data_window_is_asked_for_then_each_matte_has_its_plate_s(tmp_path, shot, windows):
    plate(tmp_path, windows)
    run_all(to(shot, "data"))
    for frame, data in zip(FRAMES, windows, strict=True):
        channels, window = written(tmp_path, frame)
        assert window == Window(*data)
        x, y, width, height = data
        plane = light(frame, (128, 112)).astype(np.float32)
        for index, letter in enumerate("RGB"):
            source = plane[y + 40 : y + 40 + height, x + 40 : x + 40 + width, index]
            np.testing.assert_array_equal(channels[letter], source * channels["A"])


def test_when_a_frame_has_no_pixels_in_the_display_window_then_this_is_said(tmp_path, shot):
    plate(tmp_path, OUTSIDE)
    said = notices(run_all(shot))
    assert "Frame 1002: the plate has no pixels in its display window 48x32, only in 10x10+60+0;" in said
    assert "Frame 1004: " in said
    assert "Frame 1001: " not in said


def test_when_the_mask_reaches_into_the_overscan_then_the_matte_can_too(tmp_path, shot):
    plate(tmp_path, OVERSCAN)
    mask = np.zeros((44, 64), np.float32)
    mask[4:40, 0:30] = 1
    write_exr_file(shot.key_frames[0].path, {"A": mask}, data=(-8, -6, 64, 44), display=DISPLAY)
    opened = open_shot(to(shot, "data"), "cpu")
    assert opened.canvas == Window(-8, -6, 64, 44)
    np.testing.assert_array_equal(opened.masks.alpha_HW(shot.key_frames[0]), mask)
    assert open_shot(shot, "cpu").canvas == Window(*DISPLAY)


def test_when_the_box_around_the_matte_is_asked_for_then_nothing_of_it_is_lost(tmp_path, shot):
    run_all(to(shot, "display"))
    run_all(replace(to(shot, "auto", "auto"), finish=shot.finish))
    for frame in FRAMES:
        whole = alpha_of(tmp_path / "out" / f"matte.{frame}.exr")
        channels, window = written(tmp_path, frame, "auto")
        rows, columns = np.flatnonzero(whole.any(1)), np.flatnonzero(whole.any(0))
        assert window == Window.between(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        np.testing.assert_array_equal(channels["A"], whole[window.y : window.bottom, window.x : window.right])


def test_when_pixels_are_not_square_then_the_network_sees_the_picture_unsqueezed(tmp_path, shot):
    plate(tmp_path, [DISPLAY] * 4, pixelAspectRatio=2.0)
    write_exr_file(
        shot.key_frames[0].path, {"A": np.pad(np.ones((16, 20), np.float32), ((8, 8), (14, 14)))}, pixelAspectRatio=2.0
    )
    opened = open_shot(shot, "cpu")
    assert opened.region(opened.canvas).view == (32, 96)
    run_all(shot)
    channels, _ = written(tmp_path, 1003)
    assert channels["A"].shape == (32, 48)
    assert read_exr_file(tmp_path / "out" / "matte.1003.exr")[1]["pixelAspectRatio"] == 2.0


def test_when_the_mask_is_a_proxy_then_it_is_resampled_and_this_is_said(tmp_path, shot):
    write_mask(shot.key_frames[0].path, np.pad(np.ones((8, 12), np.float32), ((4, 4), (6, 6))))
    events = run_all(shot)
    assert "24x16" in notices(events)
    assert "resampled" in notices(events)
    assert alpha_of(tmp_path / "out" / "matte.1001.exr").shape == (32, 48)
