import numpy as np
import pytest
from PIL import Image

from penumbra.errors import FileError, InputError
from penumbra.image import Window
from penumbra.plates import PlateSource
from penumbra.shot import FrameRange
from tests.pictures import with_window, write_exr_file


def noise(height=8, width=16, channels=3):
    return np.random.default_rng(1).random((height, width, channels)).astype(np.float16)


def faults(pattern, frames=None):
    return [str(fault) for fault in PlateSource.open(pattern, frames).check()]


def test_when_all_is_well_then_there_is_no_fault_and_frames_are_read(tmp_path, plates):
    source = PlateSource.open(plates(range(1001, 1004), pixelAspectRatio=2.0, reelName="A1"))
    assert source.check() == []
    assert source.frames == FrameRange(1001, 1003)
    plate = source.read(1002)
    expected = np.random.default_rng(1002).random((8, 16, 3)).astype(np.float16)
    np.testing.assert_array_equal(plate.rgb_HW3, expected.astype(np.float32))
    assert plate.frame == 1002
    assert plate.pixel_aspect == 2.0
    assert plate.display_window == Window(0, 0, 16, 8)
    assert ("reelName", "A1") in [(entry.name, entry.value) for entry in plate.metadata]


def test_when_frames_are_missing_then_one_sentence_names_them_all(plates):
    pattern = plates([*range(1001, 1011), 1013, 1015])
    (said,) = faults(pattern)
    assert said.startswith("Frames 1011-1012, 1014 of plate.####.exr are missing in ")
    assert "On disk are 1001-1010, 1013, 1015" in said
    (said,) = faults(pattern, FrameRange(1010, 1011))
    assert said.startswith("Frame 1011 of plate.####.exr is missing")
    assert faults(pattern, FrameRange(1002, 1010)) == []


def test_when_500_frames_are_missing_then_it_is_one_sentence(plates):
    (fault,) = PlateSource.open(plates([1001, 1502])).check()
    assert "Frames 1002-1501 of" in str(fault)
    assert isinstance(fault, FileError)
    assert fault.frame == 1002


def test_when_files_cannot_be_read_then_those_with_one_reason_are_told_together(tmp_path, plates):
    pattern = plates(range(1001, 1008))
    for frame in (1002, 1004, 1005):
        (tmp_path / f"plate.{frame}.exr").write_bytes(b"")
    (tmp_path / "plate.1006.exr").write_text("not a picture")
    empty, text = faults(pattern)
    assert empty.startswith("Frames 1002, 1004-1005 of plate.####.exr cannot be read: the file is empty (0 bytes).")
    assert text.startswith("Frame 1006 of plate.####.exr cannot be read: it is no picture of a known kind")


def test_when_the_size_changes_then_the_odd_frames_are_named_with_both_sizes(plates):
    plates(range(1001, 1006))
    pattern = plates([1003], size=(8, 4))
    (said,) = faults(pattern)
    assert said == (
        "Frame 1003 of plate.####.exr is 8x4, the shot is 16x8. "
        "Check the proxy setting of the Read or the format of the render."
    )
    pattern = plates([1002], size=(8, 4))
    assert faults(pattern)[0].startswith("Frames 1002-1003 of plate.####.exr are 8x4, the shot is 16x8")


def test_when_the_first_frame_has_another_size_then_it_is_the_odd_one_and_another_speaks_for_the_shot(plates):
    plates(range(1001, 1006))
    source = PlateSource.open(plates([1001], size=(8, 4)))
    assert source.header.display_window == Window(0, 0, 16, 8)
    (said,) = source.check()
    assert str(said).startswith("Frame 1001 of plate.####.exr is 8x4, the shot is 16x8")
    with pytest.raises(FileError, match=r"Frame 1001 .*is 8x4, the shot is 16x8"):
        source.read(1001)


def test_when_the_pixel_aspect_changes_then_the_odd_frames_are_named_with_both(plates):
    plates(range(1001, 1006), pixelAspectRatio=2.0)
    plates([1002, 1004])
    source = PlateSource.open(plates([1003], size=(8, 4)))
    first, second = sorted(str(fault) for fault in source.check())
    assert first.startswith("Frame 1003 of plate.####.exr is 8x4, the shot is 16x8.")
    assert second == (
        "Frames 1002, 1004 of plate.####.exr have pixels of the aspect 1, the shot's have 2. "
        "Check the format of the render."
    )
    assert source.header.pixel_aspect == 2.0
    with pytest.raises(FileError, match=r"Frame 1004 of .* has pixels of the aspect 1, the shot's have 2\."):
        source.read(1004)


def test_when_pixel_aspects_differ_by_rounding_only_then_it_is_one_shot(plates):
    plates([1001], pixelAspectRatio=1.09402)
    assert faults(plates([1002], pixelAspectRatio=1.0940171)) == []


def test_when_the_first_frames_are_missing_or_broken_then_another_header_speaks_for_the_shot(tmp_path, plates):
    plates(range(1002, 1006))
    (tmp_path / "plate.1002.exr").write_bytes(b"")
    assert PlateSource.open(tmp_path / "plate.####.exr", FrameRange(1001, 1005)).header.channels == (
        "R",
        "G",
        "B",
    )
    assert PlateSource.open(tmp_path / "plate.####.exr", FrameRange(2001, 2005)).header.channels == (
        "R",
        "G",
        "B",
    )
    for frame in range(1002, 1006):
        (tmp_path / f"plate.{frame}.exr").write_bytes(b"")
    with pytest.raises(FileError, match=r"plate\.1002\.exr cannot be read: the file is empty"):
        _ = PlateSource.open(tmp_path / "plate.####.exr").header


def test_when_none_of_the_frames_is_there_then_nothing_is_said_of_the_others(tmp_path, plates):
    plates(range(1001, 1004))
    (tmp_path / "plate.1002.exr").write_bytes(b"")
    (said,) = faults(tmp_path / "plate.####.exr", FrameRange(2001, 2005))
    assert said.startswith("Frames 2001-2005 of plate.####.exr are missing")


def test_when_only_data_windows_differ_then_it_is_one_shot(tmp_path):
    write_exr_file(tmp_path / "p.1001.exr", {"RGB": noise()}, display=(0, 0, 20, 10))
    write_exr_file(tmp_path / "p.1002.exr", {"RGB": noise(4, 4)}, data=(5, 5, 4, 4), display=(0, 0, 20, 10))
    assert faults(tmp_path / "p.####.exr") == []


def test_when_faults_are_of_several_kinds_then_all_are_told_at_once(tmp_path, plates):
    plates([1001, 1002, 1003, 1005, 1006])
    write_exr_file(tmp_path / "plate.1003.exr", {"A": noise()[..., 0]})
    (tmp_path / "plate.1005.exr").write_bytes(b"")
    pattern = plates([1006], size=(4, 4))
    said = faults(pattern)
    assert len(said) == 4
    for part in (
        "1004 of plate.####.exr is missing",
        "1005 of plate.####.exr cannot",
        "1006 of plate.####.exr is 4x4",
    ):
        assert any(part in line for line in said)
    assert any("1003 of plate.####.exr has no color; the channels are A." in line for line in said)


WINDOWS = [(0, 0, 16, 8), (-2, 3, 10, 6), (-5, -4, 30, 20), (4, 2, 3, 3), (40, 40, 4, 4)]


def overscan_plate(folder):
    """One frame for each data window, over one display window; gives the pattern."""
    for frame, (x, y, w, h) in enumerate(WINDOWS, 1001):
        path = folder / f"p.{frame}.exr"
        write_exr_file(path, {"RGB": noise(h, w) + 1}, data=(x, y, w, h), display=(0, 0, 16, 8))
    return folder / "p.####.exr"


def there(plate, x, y):
    """The pixel of a plate at a place of the shot's plane."""
    return plate.rgb_HW3[y - plate.window.y, x - plate.window.x]


@pytest.mark.parametrize("overscan", [False, True])
@pytest.mark.parametrize("frame", range(1001, 1006))
def test_when_data_windows_lie_anywhere_then_each_pixel_has_its_place_and_black_is_where_none_are(
    tmp_path, frame, overscan
):
    source = PlateSource.open(overscan_plate(tmp_path))
    assert source.check() == []
    canvas = source.canvas(overscan)
    assert canvas == (Window(-5, -4, 49, 48) if overscan else Window(0, 0, 16, 8))
    plate = source.read(frame, canvas)
    x, y, w, h = WINDOWS[frame - 1001]
    assert plate.window == canvas
    assert plate.rgb_HW3.shape == (canvas.height, canvas.width, 3)
    assert plate.display_window == Window(0, 0, 16, 8)
    assert plate.data_window == Window(x, y, w, h)
    pixels = (noise(h, w) + 1).astype(np.float32)
    for down in range(canvas.y, canvas.bottom):
        for right in range(canvas.x, canvas.right):
            inside = 0 <= right - x < w and 0 <= down - y < h
            expected = pixels[down - y, right - x] if inside else 0
            assert (there(plate, right, down) == expected).all()


def test_when_no_canvas_is_given_then_the_display_window_is_read(tmp_path):
    source = PlateSource.open(overscan_plate(tmp_path))
    plate = source.read(1002)
    np.testing.assert_array_equal(plate.rgb_HW3, source.read(1002, Window(0, 0, 16, 8)).rgb_HW3)
    assert plate.window == Window(0, 0, 16, 8)


def test_when_headers_have_been_checked_then_the_canvas_needs_no_file_but_one(tmp_path):
    source = PlateSource.open(overscan_plate(tmp_path))
    assert source.check() == []
    for frame in range(1002, 1006):
        (tmp_path / f"p.{frame}.exr").unlink()
    assert source.canvas(overscan=True) == Window(-5, -4, 49, 48)


def test_when_only_some_frames_are_wanted_then_the_others_do_not_widen_the_canvas(tmp_path):
    source = PlateSource.open(overscan_plate(tmp_path), FrameRange(1001, 1002))
    assert source.canvas(overscan=True) == Window(-2, 0, 18, 9)


def test_when_a_data_window_is_absurd_then_the_frame_is_named_and_no_memory_is_asked_for(tmp_path):
    for frame in (1001, 1002, 1003):
        write_exr_file(tmp_path / f"p.{frame}.exr", {"Y": noise()[..., 0]})
    with_window(tmp_path / "p.1002.exr", "dataWindow", 0, 0, 16_999, 16_999)
    source = PlateSource.open(tmp_path / "p.####.exr")
    (said,) = map(str, source.check())
    assert said.startswith("Frame 1002 of p.####.exr cannot be read: its data window is 17000x17000, and at most")
    with pytest.raises(FileError, match=r"Frame 1002: .*data window is 17000x17000"):
        source.read(1002, source.canvas(overscan=True))


def test_when_data_windows_lie_absurdly_far_apart_then_it_is_a_sentence(tmp_path):
    for frame, x in ((1001, 0), (1002, 900_000), (1003, -900_000)):
        path = tmp_path / f"p.{frame}.exr"
        write_exr_file(path, {"RGB": noise()}, data=(x, x, 16, 8), display=(0, 0, 16, 8))
    source = PlateSource.open(tmp_path / "p.####.exr")
    assert source.check() == []
    assert source.canvas(overscan=False) == Window(0, 0, 16, 8)
    assert not source.read(1002).rgb_HW3.any()
    with pytest.raises(
        InputError, match=r"p\.####\.exr cover 1800016x1800008-900000-900000 together.*--window display"
    ):
        source.canvas(overscan=True)


@pytest.mark.parametrize("prefix", ["", "beauty.", "ViewLayer.Combined."])
def test_when_there_is_one_layer_of_color_then_it_is_taken(tmp_path, prefix):
    pixels = noise()
    layers = {f"{prefix}{letter}": pixels[..., i] for i, letter in enumerate("RGB")}
    more = {"A": pixels[..., 0], "depth.Z": pixels[..., 0], "crypto00.r": pixels[..., 1]}
    write_exr_file(tmp_path / "p.1001.exr", layers | more)
    source = PlateSource.open(tmp_path / "p.####.exr")
    assert source.check() == []
    np.testing.assert_array_equal(source.read(1001).rgb_HW3, pixels.astype(np.float32))


def test_when_there_is_a_plain_layer_beside_others_then_the_plain_one_is_taken(tmp_path):
    pixels = noise()
    plain = {letter: pixels[..., i] for i, letter in enumerate("RGB")}
    write_exr_file(tmp_path / "p.1001.exr", plain | {f"spec.{letter}": pixels[..., 0] * 0 for letter in "RGB"})
    rgb = PlateSource.open(tmp_path / "p.####.exr").read(1001).rgb_HW3
    np.testing.assert_array_equal(rgb, pixels.astype(np.float32))


def test_when_there_are_several_layers_then_none_is_guessed(tmp_path):
    one = noise()[..., 0]
    write_exr_file(
        tmp_path / "p.1001.exr",
        {f"{layer}.{letter}": one for layer in ("beauty", "spec") for letter in "RGB"},
    )
    (said,) = faults(tmp_path / "p.####.exr")
    assert "has several layers and none is the plain one: beauty, spec." in said
    with pytest.raises(FileError, match="several layers"):
        PlateSource.open(tmp_path / "p.####.exr").read(1001)


def test_when_the_plate_is_gray_then_all_three_are_the_same(tmp_path):
    gray = np.random.default_rng(0).integers(0, 255, (8, 16), np.uint8)
    Image.fromarray(gray).save(tmp_path / "p.1001.png")
    rgb = PlateSource.open(tmp_path).read(1001).rgb_HW3
    for channel in range(3):
        np.testing.assert_allclose(rgb[..., channel], gray / 255, atol=1e-6)


def test_when_a_frame_is_cut_short_then_the_fault_has_its_frame_and_path(tmp_path, plates):
    pattern = plates(range(1001, 1004), size=(64, 64))
    path = tmp_path / "plate.1002.exr"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = PlateSource.open(pattern)
    assert source.check() == []  # a header tells nothing of it
    with pytest.raises(FileError, match=r"^Frame 1002: .*cut short or damaged") as caught:
        source.read(1002)
    assert (caught.value.frame, caught.value.path) == (1002, path)


def test_when_a_frame_s_size_changes_after_the_check_then_it_is_not_read(plates):
    source = PlateSource.open(plates(range(1001, 1004)))
    assert source.check() == []
    source.read(1001)
    plates([1002], size=(4, 4))
    with pytest.raises(FileError, match=r"Frame 1002 .*is 4x4, the shot is 16x8"):
        source.read(1002)
