import numpy as np
import OpenImageIO as oiio
import pytest
from PIL import Image

from penumbra.errors import FileError, InputError
from penumbra.image import Window
from penumbra.plates import read_mask
from tests.pictures import write_exr_file

WINDOW = Window(0, 0, 16, 8)


def soft(height=8, width=16):
    return np.linspace(0, 1, height * width, dtype=np.float32).reshape(height, width)


def layers(*names):
    """Each channel is told by the value of its last pixel."""
    channels = {}
    for index, name in enumerate(names):
        channels[name] = soft() * np.float32((index + 1) / 10)
    return channels


def chosen(mask, names):
    return names[round(float(mask[-1, -1]) * 10) - 1]


def test_when_a_mask_is_soft_then_it_stays_soft(tmp_path):
    mask = read_mask(write_exr_file(tmp_path / "m.exr", {"A": soft()}), None, WINDOW)
    assert mask.dtype == np.float32
    np.testing.assert_array_equal(mask, soft())


@pytest.mark.parametrize(
    ("names", "asked", "expected"),
    [
        (("R", "G", "B", "A"), None, "A"),
        (("R", "G", "B", "matte.A"), None, "matte.A"),
        (("mask.Y",), None, "mask.Y"),
        (("R", "G", "B"), None, "R"),
        (("roto.R", "roto.G"), None, "roto.R"),
        (("R", "G", "B", "A"), "R", "R"),
        (("R", "G", "B", "A"), "rgba.alpha", "A"),
        (("R", "G", "B", "A"), "red", "R"),
        (("R", "A", "matte.A", "hero.A"), "A", "A"),
        (("R", "A", "matte.A", "hero.A"), "matte.A", "matte.A"),
        (("R", "A", "matte.A", "hero.A"), "hero", "hero.A"),
        (("R", "G", "hero.A"), "A", "hero.A"),
        (("R", "matte.red"), "matte.R", "matte.red"),
        (("R", "Matte.A"), "matte.a", "Matte.A"),
    ],
)
def test_when_channels_are_many_then_the_right_one_is_read(tmp_path, names, asked, expected):
    mask = read_mask(write_exr_file(tmp_path / "m.exr", layers(*names)), asked, WINDOW)
    assert chosen(mask, names) == expected


@pytest.mark.parametrize(
    ("names", "asked", "message"),
    [
        (("R", "matte.A", "hero.A"), "A", r"fits several channels: (matte|hero)\.A, (matte|hero)\.A"),
        (("R", "matte.A", "hero.A"), None, "not clear which channel.*it has R, "),
        (("R", "A"), "matte", "matte, which is none of its channels. It has R, A"),
        (("x", "y"), None, "not clear which channel"),
        (("roto.R", "roto.G"), "roto", "fits several channels: roto.R, roto.G"),
    ],
)
def test_when_the_channel_is_not_clear_then_the_message_lists_what_there_is(tmp_path, names, asked, message):
    with pytest.raises(InputError, match=message):
        read_mask(write_exr_file(tmp_path / "m.exr", layers(*names)), asked, WINDOW)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_when_a_mask_has_integers_then_they_are_0_to_1_as_they_are(tmp_path, dtype):
    most = np.iinfo(dtype).max
    Image.fromarray((soft() * most).astype(dtype)).save(tmp_path / "m.png")
    mask = read_mask(tmp_path / "m.png", None, WINDOW)
    np.testing.assert_allclose(mask, (soft() * most).astype(dtype) / most, atol=1e-6)


def test_when_values_leave_0_to_1_then_they_are_clipped(tmp_path):
    mask = read_mask(write_exr_file(tmp_path / "m.exr", {"A": soft() * 3 - 1}), None, WINDOW)
    np.testing.assert_array_equal(mask, np.clip(soft() * 3 - 1, 0, 1))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_when_values_are_no_numbers_then_it_is_said(tmp_path, value):
    pixels = soft()
    pixels[2, 3] = value
    with pytest.raises(FileError, match="has 1 pixels in A that are not numbers"):
        read_mask(write_exr_file(tmp_path / "m.exr", {"A": pixels}), None, WINDOW)


def test_when_the_mask_is_cropped_to_its_box_then_it_lies_where_it_belongs(tmp_path):
    path = write_exr_file(tmp_path / "m.exr", {"A": soft(3, 4)}, data=(10, 2, 4, 3), display=(0, 0, 16, 8))
    mask = read_mask(path, None, WINDOW)
    np.testing.assert_array_equal(mask[2:5, 10:14], soft(3, 4))
    assert mask.sum() == pytest.approx(soft(3, 4).sum())


def test_when_display_windows_begin_elsewhere_then_they_are_laid_on_each_other(tmp_path):
    path = write_exr_file(
        tmp_path / "m.exr", {"A": soft(3, 4)}, data=(110, 52, 4, 3), display=(100, 50, 16, 8)
    )
    mask = read_mask(path, None, Window(-5, -5, 16, 8))
    np.testing.assert_array_equal(mask[2:5, 10:14], soft(3, 4))


def test_when_the_mask_has_another_size_then_both_sizes_are_told(tmp_path):
    with pytest.raises(InputError, match=r"m\.exr is 16x8, but the plate is 32x16"):
        read_mask(write_exr_file(tmp_path / "m.exr", {"A": soft()}), None, Window(0, 0, 32, 16))


def test_when_the_mask_is_empty_then_the_message_says_what_to_check(tmp_path):
    with pytest.raises(InputError, match=r"is empty: A is black.*frame.*channels are R, A.*:NAME"):
        read_mask(write_exr_file(tmp_path / "m.exr", {"R": soft(), "A": soft() / 1000}), None, WINDOW)


def test_when_the_mask_is_full_then_the_message_lists_the_other_channels(tmp_path):
    pixels = np.full((8, 16, 4), 255, np.uint8)
    pixels[..., :3] = (soft() * 255).astype(np.uint8)[..., None]
    Image.fromarray(pixels).save(tmp_path / "m.png")
    with pytest.raises(InputError, match=r"is full: A is white.*channels are R, G, B, A"):
        read_mask(tmp_path / "m.png", None, WINDOW)
    assert read_mask(tmp_path / "m.png", "R", WINDOW).max() == 1


@pytest.mark.parametrize("content", [None, b"", b"text"])
def test_when_the_mask_cannot_be_read_then_it_is_a_file_error(tmp_path, content):
    if content is not None:
        (tmp_path / "m.exr").write_bytes(content)
    with pytest.raises(FileError, match=r"m\.exr cannot be read"):
        read_mask(tmp_path / "m.exr", None, WINDOW)


def test_when_the_mask_is_a_tiled_file_then_it_is_read_as_well(tmp_path):
    spec = oiio.ImageSpec(16, 8, 1, "half")
    spec.channelnames = ("A",)
    spec.tile_width = spec.tile_height = 8
    output = oiio.ImageOutput.create("openexr")
    assert output.open(str(tmp_path / "m.exr"), spec)
    assert output.write_image(soft()[..., None])
    assert output.close()
    np.testing.assert_array_equal(
        read_mask(tmp_path / "m.exr", None, WINDOW), soft().astype(np.float16).astype(np.float32)
    )
