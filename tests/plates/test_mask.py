import numpy as np
import OpenImageIO as oiio
import pytest
from PIL import Image

from penumbra.errors import FileError, InputError
from penumbra.image import Header, Window
from penumbra.plates import Mask, read_mask
from tests.pictures import deep_channels, with_window, write_exr_file, write_exr_parts

WINDOW = Window(0, 0, 16, 8)


def laid(path, channel=None, display=WINDOW, canvas=None, aspect=1.0, view=None) -> Mask:
    """On a plate of that format."""
    plate = Header(("R", "G", "B"), display, display, aspect, "half", "openexr")
    return read_mask(path, channel, plate, canvas or display, view)


def read(*mask, **plate):
    """The mask, where there is nothing to be said of it."""
    found = laid(*mask, **plate)
    assert found.said is None
    return found.alpha_HW


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
    mask = read(write_exr_file(tmp_path / "m.exr", {"A": soft()}))
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
    mask = read(write_exr_file(tmp_path / "m.exr", layers(*names)), asked)
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
        read(write_exr_file(tmp_path / "m.exr", layers(*names)), asked)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_when_a_mask_has_integers_then_they_are_0_to_1_as_they_are(tmp_path, dtype):
    most = np.iinfo(dtype).max
    Image.fromarray((soft() * most).astype(dtype)).save(tmp_path / "m.png")
    mask = read(tmp_path / "m.png")
    np.testing.assert_allclose(mask, (soft() * most).astype(dtype) / most, atol=1e-6)


def test_when_values_leave_0_to_1_then_they_are_clipped(tmp_path):
    mask = read(write_exr_file(tmp_path / "m.exr", {"A": soft() * 3 - 1}))
    np.testing.assert_array_equal(mask, np.clip(soft() * 3 - 1, 0, 1))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_when_values_are_no_numbers_then_it_is_said(tmp_path, value):
    pixels = soft()
    pixels[2, 3] = value
    with pytest.raises(FileError, match="has 1 pixels in A that are not numbers"):
        read(write_exr_file(tmp_path / "m.exr", {"A": pixels}))


def test_when_the_mask_is_cropped_to_its_box_then_it_lies_where_it_belongs(tmp_path):
    path = write_exr_file(tmp_path / "m.exr", {"A": soft(3, 4)}, data=(10, 2, 4, 3), display=(0, 0, 16, 8))
    mask = read(path)
    np.testing.assert_array_equal(mask[2:5, 10:14], soft(3, 4))
    assert mask.sum() == pytest.approx(soft(3, 4).sum())


def test_when_display_windows_begin_elsewhere_then_they_are_laid_on_each_other(tmp_path):
    path = write_exr_file(tmp_path / "m.exr", {"A": soft(3, 4)}, data=(110, 52, 4, 3), display=(100, 50, 16, 8))
    mask = read(path, display=Window(-5, -5, 16, 8))
    np.testing.assert_array_equal(mask[2:5, 10:14], soft(3, 4))


def test_when_the_mask_has_another_shape_then_both_sizes_are_told(tmp_path):
    with pytest.raises(InputError, match=r"m\.exr is 16x8, but the plate is 16x16. Render the mask in"):
        read(write_exr_file(tmp_path / "m.exr", {"A": soft()}), display=Window(0, 0, 16, 16))


def test_when_the_mask_is_empty_then_the_message_says_what_to_check(tmp_path):
    with pytest.raises(InputError, match=r"is empty: A is black.*frame.*channels are R, A.*:NAME"):
        read(write_exr_file(tmp_path / "m.exr", {"R": soft(), "A": soft() / 1000}))


def test_when_the_mask_is_full_then_the_message_lists_the_other_channels(tmp_path):
    pixels = np.full((8, 16, 4), 255, np.uint8)
    pixels[..., :3] = (soft() * 255).astype(np.uint8)[..., None]
    Image.fromarray(pixels).save(tmp_path / "m.png")
    with pytest.raises(InputError, match=r"is full: A is white.*channels are R, G, B, A"):
        read(tmp_path / "m.png")
    assert read(tmp_path / "m.png", "R").max() == 1


@pytest.mark.parametrize("content", [None, b"", b"text"])
def test_when_the_mask_cannot_be_read_then_it_is_a_file_error(tmp_path, content):
    if content is not None:
        (tmp_path / "m.exr").write_bytes(content)
    with pytest.raises(FileError, match=r"m\.exr cannot be read"):
        read(tmp_path / "m.exr")


def test_when_the_mask_is_a_tiled_file_then_it_is_read_as_well(tmp_path):
    spec = oiio.ImageSpec(16, 8, 1, "half")
    spec.channelnames = ("A",)
    spec.tile_width = spec.tile_height = 8
    output = oiio.ImageOutput.create("openexr")
    assert output.open(str(tmp_path / "m.exr"), spec)
    assert output.write_image(soft()[..., None])
    assert output.close()
    np.testing.assert_array_equal(read(tmp_path / "m.exr"), soft().astype(np.float16).astype(np.float32))


@pytest.mark.parametrize(
    ("parts", "asked", "expected"),
    [
        ([("rgba", "RGB"), ("roto", "A")], None, ("roto", "A")),
        ([("depth", "Z"), ("rgba", "RA")], None, ("rgba", "A")),
        ([("hero", "A"), ("villain", "A")], "villain", ("villain", "A")),
        ([("hero", "A"), ("villain", "A")], "Hero.a", ("hero", "A")),
        ([("rgba", "RGBA"), ("hero", ["hero.A"])], "hero", ("hero", "hero.A")),
        ([("rgba", "RGB"), ("other", ["mask"])], "mask", ("other", "mask")),
        ([("", "R"), ("1", "R")], "1", ("1", "R")),
        ([("rgba", "A"), ("rgb", "A")], None, ("rgba", "A")),
        ([("hero", "A"), ("other", "A")], None, ("other", "A")),
    ],
)
def test_when_the_mask_s_file_has_parts_then_their_names_count_as_layers(tmp_path, parts, asked, expected):
    """Each channel is told by the value of its last pixel."""
    names = [(part, name) for part, channels in parts for name in channels]
    values = {name: soft() * np.float32((index + 1) / 10) for index, name in enumerate(names)}
    made = [(part, {name: values[part, name] for name in channels}, {}) for part, channels in parts]
    assert chosen(read(write_exr_parts(tmp_path / "m.exr", *made), asked), names) == expected


def test_when_parts_hold_several_masks_then_none_is_guessed(tmp_path):
    path = write_exr_parts(tmp_path / "m.exr", ("hero", {"A": soft()}, {}), ("villain", {"A": soft()}, {}))
    with pytest.raises(
        InputError, match=r"not clear which channel of .*: it has hero\.A, villain\.A\. .*m\.exr:hero\.A"
    ):
        read(path)


def test_when_a_mask_has_views_then_the_plate_s_is_taken_and_else_the_default(tmp_path):
    views = {"A": soft(), "right.A": soft()[::-1]}
    path = write_exr_file(tmp_path / "m.exr", views, multiView=["left", "right"])
    for asked, view, expected in ((None, None, "A"), (None, "right", "right.A"), ("A", "right", "right.A")):
        np.testing.assert_array_equal(read(path, asked, view=view), views[expected])
    np.testing.assert_array_equal(read(path, "right.A"), views["right.A"])
    path = write_exr_parts(
        tmp_path / "n.exr", ("l", {"A": soft()}, {"view": "left"}), ("r", {"A": soft()[::-1]}, {"view": "right"})
    )
    np.testing.assert_array_equal(read(path, view="right"), soft()[::-1])
    with pytest.raises(InputError, match=r"n\.exr has several views: left, right\. Choose one with --view"):
        read(path)
    np.testing.assert_array_equal(read(write_exr_file(tmp_path / "o.exr", {"A": soft()}), view="right"), soft())


def test_when_a_mask_is_deep_or_absurd_then_it_is_a_file_error(tmp_path):
    deep = deep_channels(8, 16)
    with pytest.raises(FileError, match="deep picture"):
        read(write_exr_parts(tmp_path / "m.exr", ("a", deep, {}), ("b", deep, {})))
    half = write_exr_file(tmp_path / "n.exr", {"A": soft().astype(np.float16)})
    path = with_window(half, "dataWindow", 0, 0, 16_999, 16_999)
    with pytest.raises(FileError, match="data window is 17000x17000"):
        read(path)


def test_when_the_canvas_has_overscan_then_the_mask_s_own_overscan_fills_it(tmp_path):
    pixels = soft(10, 20)
    path = write_exr_file(tmp_path / "m.exr", {"A": pixels}, data=(-3, 1, 20, 10), display=(0, 0, 16, 8))
    mask = read(path, canvas=Window(-4, -2, 24, 14))
    assert mask.shape == (14, 24)
    np.testing.assert_array_equal(mask[3:13, 1:21], pixels)
    assert mask.sum() == pytest.approx(pixels.sum())


def test_when_the_mask_lies_outside_the_canvas_then_it_is_empty(tmp_path):
    path = write_exr_file(tmp_path / "m.exr", {"A": soft(4, 4) + 1}, data=(20, 0, 4, 4), display=(0, 0, 16, 8))
    with pytest.raises(InputError, match="is empty: A lies outside the plate"):
        read(path)
    assert read(path, canvas=Window(0, 0, 24, 8)).max() == 1


def test_when_the_mask_is_white_over_the_plate_then_it_is_full_though_overscan_is_black(tmp_path):
    path = write_exr_file(tmp_path / "m.exr", {"A": np.ones((8, 16), np.float32)})
    with pytest.raises(InputError, match="is full: A is white"):
        read(path, canvas=Window(-2, -2, 20, 12))
