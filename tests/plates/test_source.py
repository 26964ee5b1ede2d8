import numpy as np
import pytest
from PIL import Image

from penumbra.errors import FileError
from penumbra.image import Window
from penumbra.plates import PlateSource
from penumbra.shot import FrameRange
from tests.pictures import write_exr_file


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
    assert empty.startswith(
        "Frames 1002, 1004-1005 of plate.####.exr cannot be read: the file is empty (0 bytes)."
    )
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


def test_when_the_first_frame_has_another_size_then_it_is_the_odd_one(plates):
    plates(range(1001, 1006))
    assert faults(plates([1001], size=(8, 4)))[0].startswith("Frame 1001 of plate.####.exr is 8x4")


def test_when_the_first_frames_are_missing_or_broken_then_another_header_speaks_for_the_shot(
    tmp_path, plates
):
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


def test_when_pixels_lie_in_another_window_then_they_come_in_the_display_window(tmp_path):
    pixels = noise(6, 10)
    write_exr_file(tmp_path / "p.1001.exr", {"RGB": pixels}, data=(-2, 3, 10, 6), display=(0, 0, 16, 8))
    rgb = PlateSource.open(tmp_path / "p.####.exr").read(1001).rgb_HW3
    assert rgb.shape == (8, 16, 3)
    np.testing.assert_array_equal(rgb[3:, :8], pixels[:5, 2:].astype(np.float32))
    assert not rgb[:3].any()
    assert not rgb[:, 8:].any()


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
    write_exr_file(
        tmp_path / "p.1001.exr", plain | {f"spec.{letter}": pixels[..., 0] * 0 for letter in "RGB"}
    )
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
