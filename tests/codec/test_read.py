from pathlib import Path

import numpy as np
import OpenEXR
import OpenImageIO as oiio
import pytest
from PIL import Image

from penumbra.codec import UnreadableError, read_header, read_headers, read_picture
from penumbra.errors import FileError
from penumbra.image import Window
from tests.pictures import deep_channels, with_window, write_exr_file, write_exr_parts

RNG = np.random.default_rng(1)


def noise(height=8, width=12, channels=3, dtype=np.float16):
    return (RNG.random((height, width, channels)) * 4 - 1).astype(dtype)


def write_with_oiio(path: Path, pixels: np.ndarray, kind: str, **attributes) -> Path:
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], pixels.shape[2], kind)
    for name, value in attributes.items():
        spec.attribute(name, value)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(pixels)
    assert output.close()
    return path


@pytest.mark.parametrize(("dtype", "name"), [(np.float16, "half"), (np.float32, "float")])
def test_when_an_exr_is_read_then_pixels_are_exact(tmp_path, dtype, name):
    pixels = noise(dtype=dtype)
    picture = read_picture(write_exr_file(tmp_path / "a.exr", {"RGB": pixels}))
    assert picture.pixels_HWC.dtype == np.float32
    np.testing.assert_array_equal(picture.pixels_HWC, pixels.astype(np.float32))
    assert picture.channels == picture.header.channels == ("R", "G", "B")
    assert picture.header.pixel_type == name
    assert picture.header.file_format == "openexr"
    assert picture.header.pixel_aspect == 1.0


def test_when_windows_differ_then_the_header_tells_both(tmp_path):
    path = write_exr_file(
        tmp_path / "a.exr",
        {"RGB": noise(9, 14)},
        data=(-3, -2, 14, 9),
        display=(0, 0, 10, 6),
        pixelAspectRatio=2.0,
    )
    header = read_header(path)
    assert header.data_window == Window(-3, -2, 14, 9)
    assert header.display_window == Window(0, 0, 10, 6)
    assert header.pixel_aspect == 2.0
    assert read_picture(path).pixels_HWC.shape == (9, 14, 3)


def test_when_channels_are_chosen_then_only_these_come_and_in_this_order(tmp_path):
    layers = {name: noise(channels=1)[..., 0] for name in ("R", "G", "B", "A", "hero.A", "depth.Z")}
    path = write_exr_file(tmp_path / "a.exr", layers)
    picture = read_picture(path, ["depth.Z", "A", "G"])
    assert picture.channels == ("depth.Z", "A", "G")
    assert set(picture.header.channels) == set(layers)
    for index, name in enumerate(picture.channels):
        np.testing.assert_array_equal(picture.pixels_HWC[..., index], layers[name].astype(np.float32))


def test_when_a_channel_is_not_there_then_the_message_lists_those_that_are(tmp_path):
    path = write_exr_file(tmp_path / "a.exr", {"RGB": noise()})
    with pytest.raises(UnreadableError, match="has no channel A, only R, G, B"):
        read_picture(path, ["R", "A"])


def test_when_pixels_are_not_finite_then_they_come_as_they_are(tmp_path):
    pixels = noise()
    pixels[0, 0] = np.nan, np.inf, -np.inf
    got = read_picture(write_exr_file(tmp_path / "a.exr", {"RGB": pixels})).pixels_HWC[0, 0]
    np.testing.assert_array_equal(got, [np.nan, np.inf, -np.inf])


@pytest.mark.parametrize(
    ("name", "kind", "expected", "most"),
    [
        ("a.png", "uint8", "uint8", 255),
        ("a.png", "uint16", "uint16", 65535),
        ("a.tif", "uint16", "uint16", 65535),
        ("a.tif", "float", "float", None),
        ("a.dpx", "uint16", "uint16", 65535),
        ("a.jpg", "uint8", "uint8", None),
    ],
)
def test_when_other_formats_are_read_then_integers_are_0_to_1(tmp_path, name, kind, expected, most):
    pixels = np.linspace(0, 1, 8 * 12 * 3, dtype=np.float32).reshape(8, 12, 3)
    picture = read_picture(write_with_oiio(tmp_path / name, pixels, kind))
    assert picture.header.pixel_type == expected
    assert picture.channels == ("R", "G", "B")
    if most:
        np.testing.assert_allclose(picture.pixels_HWC, np.round(pixels * most) / most, atol=1e-6)
    elif kind == "float":
        np.testing.assert_array_equal(picture.pixels_HWC, pixels)
    assert 0 <= picture.pixels_HWC.min() <= picture.pixels_HWC.max() <= 1


def test_when_a_dpx_has_10_bits_then_the_header_says_so(tmp_path):
    path = write_with_oiio(
        tmp_path / "a.dpx", np.full((8, 12, 3), 0.5, np.float32), "uint16", **{"oiio:BitsPerSample": 10}
    )
    picture = read_picture(path)
    assert picture.header.pixel_type == "uint10"
    np.testing.assert_allclose(picture.pixels_HWC, 0.5, atol=1 / 1023)


def test_when_a_png_has_alpha_then_its_colors_are_not_multiplied(tmp_path):
    pixels = np.full((4, 4, 4), 200, np.uint8)
    pixels[..., 3] = 0
    Image.fromarray(pixels).save(tmp_path / "a.png")
    np.testing.assert_allclose(read_picture(tmp_path / "a.png").pixels_HWC[0, 0], [200 / 255] * 3 + [0])


def test_when_the_extension_lies_then_the_content_is_read(tmp_path):
    path = write_exr_file(tmp_path / "a.exr", {"RGB": noise()}).rename(tmp_path / "a.png")
    assert read_header(path).file_format == "openexr"


def damaged(tmp_path: Path, what: str) -> Path:
    path = tmp_path / "plate.1003.exr"
    if what == "missing":
        return path
    if what == "folder":
        path.mkdir()
        return path
    write_exr_file(path, {"RGB": noise(64, 96)}, compression=OpenEXR.ZIPS_COMPRESSION)
    whole = path.read_bytes()
    contents = {
        "empty": b"",
        "header": whole[:100],
        "half": whole[: len(whole) // 2],
        "text": b"not a picture",
    }
    path.write_bytes(contents[what])
    return path


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("missing", "there is no such file"),
        ("folder", "is a directory"),
        ("empty", r"the file is empty \(0 bytes\)"),
        ("header", "it is cut short or damaged"),
        ("half", "it is cut short or damaged"),
        ("text", "it is no picture of a known kind"),
    ],
)
def test_when_a_file_is_bad_then_the_message_says_how_and_what_to_do(tmp_path, what, reason):
    path = damaged(tmp_path, what)
    with pytest.raises(FileError, match=rf"cannot be read: {reason}[^\n]*\. [A-Z]") as caught:
        read_picture(path)
    assert caught.value.path == path
    assert str(caught.value).count(str(path)) == 1
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("name", "save"), [("a.jpg", {"quality": 95}), ("a.png", {}), ("a.tif", {"compression": "tiff_lzw"})]
)
def test_when_another_format_is_cut_short_then_it_is_never_read_in_part(tmp_path, name, save):
    path = tmp_path / name
    Image.fromarray(RNG.integers(0, 255, (200, 200, 3), np.uint8)).save(path, **save)
    read_picture(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with pytest.raises(UnreadableError, match=r"cut short or damaged|no picture"):
        read_picture(path)


def test_when_the_person_has_no_right_to_read_then_the_message_says_so(tmp_path, ordinary_user):
    path = write_exr_file(tmp_path / "a.exr", {"RGB": noise()})
    path.chmod(0)
    with ordinary_user(), pytest.raises(UnreadableError, match="you have no right to read it"):
        read_picture(path)


def test_when_a_header_is_read_then_entries_keep_their_types(tmp_path):
    path = write_exr_file(tmp_path / "a.exr", {"RGB": noise()}, reelName="A001", custom=3)
    header = read_header(path)
    kinds = {entry.name: (entry.kind, entry.value) for entry in header.metadata}
    assert kinds["custom"] == ("int", 3)
    assert header.text("reelname") == "A001"
    assert header.text("custom") is None
    assert header.text("nothing") is None


def one(seed, dtype=np.float16, height=8, width=12):
    return np.random.default_rng(seed).random((height, width)).astype(dtype)


def test_when_a_file_has_parts_then_each_has_its_header_and_its_pixels(tmp_path):
    path = write_exr_parts(
        tmp_path / "a.exr",
        ("rgba.left", {"R": one(1), "G": one(2), "B": one(3)}, {"view": "left"}),
        ("depth", {"Z": one(4, np.float32, 4, 5)}, {"data": (-2, 3, 5, 4), "display": (0, 0, 12, 8)}),
        ("rgba.right", {"R": one(5)}, {"view": "right", "compression": OpenEXR.PIZ_COMPRESSION}),
    )
    left, depth, right = read_headers(path)
    assert [(header.part, header.view) for header in (left, depth, right)] == [
        ("rgba.left", "left"),
        ("depth", None),
        ("rgba.right", "right"),
    ]
    assert (left.channels, depth.channels, right.channels) == (("R", "G", "B"), ("Z",), ("R",))
    assert (left.pixel_type, depth.pixel_type) == ("half", "float")
    assert (left.compression, right.compression) == ("zip", "piz")
    assert depth.data_window == Window(-2, 3, 5, 4)
    assert depth.display_window == Window(0, 0, 12, 8)
    assert read_header(path) == left
    picture = read_picture(path, part=1)
    assert picture.header == depth
    np.testing.assert_array_equal(picture.pixels_HWC[..., 0], one(4, np.float32, 4, 5))
    np.testing.assert_array_equal(read_picture(path, ["B", "R"]).pixels_HWC[..., 0], one(3).astype(np.float32))
    np.testing.assert_array_equal(read_picture(path, ["R"], 2).pixels_HWC[..., 0], one(5).astype(np.float32))
    with pytest.raises(UnreadableError, match="it has no part 3"):
        read_picture(path, part=3)


def test_when_the_first_part_speaks_for_all_then_the_others_know_it_except_what_is_its_own(tmp_path):
    color = {"R": one(1), "G": one(2), "B": one(3)}
    path = write_exr_parts(
        tmp_path / "a.exr",
        ("rgba", color, {"view": "left", "camera": "A", "slate": "one", "cryptomatte/1234567/name": "hero"}),
        ("spec", color, {"slate": "two"}),
    )
    first, second = read_headers(path)
    assert (first.text("camera"), second.text("camera")) == ("A", "A")
    assert (first.text("slate"), second.text("slate")) == ("one", "two")
    assert (second.view, second.text("view"), second.text("cryptomatte/1234567/name")) == (None, None, None)
    assert read_picture(path, part=1).header == second


def test_when_channels_are_of_several_types_then_each_is_told_and_read(tmp_path):
    channels = {"R": one(1), "Z": one(2, np.float32) * 1000, "G": one(3)}
    picture = read_picture(write_exr_file(tmp_path / "a.exr", channels))
    types = dict(zip(picture.header.channels, picture.header.channel_types, strict=True))
    assert types == {"R": "half", "G": "half", "Z": "float"}
    assert picture.header.pixel_type == "float"
    for index, name in enumerate(picture.channels):
        np.testing.assert_array_equal(picture.pixels_HWC[..., index], channels[name].astype(np.float32))


def test_when_a_part_is_deep_then_the_flat_ones_beside_it_are_read(tmp_path):
    path = write_exr_parts(tmp_path / "a.exr", ("deep", deep_channels(8, 12), {}), ("flat", {"R": one(1)}, {}))
    assert [header.deep for header in read_headers(path)] == [True, False]
    np.testing.assert_array_equal(read_picture(path, part=1).pixels_HWC[..., 0], one(1).astype(np.float32))
    for read in (read_picture, read_header):
        with pytest.raises(UnreadableError, match=r"it is a deep picture.*Flatten it first"):
            read(path)


def test_when_a_file_is_tiled_and_has_smaller_sizes_then_the_largest_is_read(tmp_path):
    pixels = noise(40, 48)
    buffer = oiio.ImageBuf(pixels.astype(np.float32))
    assert oiio.ImageBufAlgo.make_texture(oiio.MakeTxTexture, buffer, str(tmp_path / "a.exr"))
    picture = read_picture(tmp_path / "a.exr")
    assert picture.header.tiled
    assert not read_header(write_exr_file(tmp_path / "b.exr", {"RGB": pixels})).tiled
    np.testing.assert_array_equal(picture.pixels_HWC, pixels.astype(np.float32))


@pytest.mark.parametrize(
    ("name", "corners", "reason"),
    [
        ("dataWindow", (0, 0, 99_999, 99_999), "its header claims more than the file can hold"),
        ("dataWindow", (0, 0, 29_999, 29_999), "its header claims more than the file can hold"),
        ("dataWindow", (0, 0, 16_999, 16_999), "its data window is 17000x17000, and at most 16384x16384 are read"),
        ("displayWindow", (0, 0, 1_100_000, 9), "its header claims more than the file can hold"),
        (
            "displayWindow",
            (-9, 0, 99_990, 99_999),
            r"its display window is 100000x100000-9\+0, and at most 16384x16384",
        ),
        ("dataWindow", (5, 5, 2, 2), "it is cut short or damaged"),
    ],
)
def test_when_a_window_is_absurd_then_it_is_said_and_no_memory_is_asked_for(tmp_path, name, corners, reason):
    path = with_window(write_exr_file(tmp_path / "a.exr", {"A": one(1)}), name, *corners)
    with pytest.raises(UnreadableError, match=reason) as caught:
        read_picture(path)
    assert "raise the" not in str(caught.value)
