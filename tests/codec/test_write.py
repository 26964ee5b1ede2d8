import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenEXR
import OpenImageIO as oiio
import pytest
from PIL import Image

from penumbra.codec import Channels, read_header, read_picture, write_exr
from penumbra.errors import MachineError
from penumbra.image import Attribute, Window
from tests.pictures import read_exr_file, write_exr_file

RGBA = ("R", "G", "B", "A")
RNG = np.random.default_rng(2)


def noise(height=8, width=12, channels=4):
    return (RNG.random((height, width, channels)) * 8 - 2).astype(np.float32)


def write(path: Path, pixels: np.ndarray, channels=RGBA, pixel_type="half", **how) -> Path:
    return write_groups(path, [Channels(channels, pixels, pixel_type)], **how)


def write_groups(path: Path, groups: list[Channels], **how) -> Path:
    height, width = groups[0].pixels_HWC.shape[:2]
    how = {"compression": "zip", "display_window": Window(0, 0, width, height)} | how
    write_exr(path, groups, **how)
    return path


@pytest.mark.parametrize(("pixel_type", "dtype"), [("half", np.float16), ("float", np.float32)])
def test_when_pixels_are_written_then_another_library_reads_the_same(tmp_path, pixel_type, dtype):
    pixels = noise()
    channels, _ = read_exr_file(write(tmp_path / "a.exr", pixels, pixel_type=pixel_type))
    assert set(channels) == set(RGBA)
    for index, name in enumerate(RGBA):
        assert channels[name].dtype == dtype
        np.testing.assert_array_equal(channels[name], pixels[..., index].astype(dtype))


@pytest.mark.parametrize(
    ("compression", "expected"),
    [
        ("none", OpenEXR.NO_COMPRESSION),
        ("zip", OpenEXR.ZIP_COMPRESSION),
        ("zips", OpenEXR.ZIPS_COMPRESSION),
        ("piz", OpenEXR.PIZ_COMPRESSION),
        ("dwaa", OpenEXR.DWAA_COMPRESSION),
        ("dwab", OpenEXR.DWAB_COMPRESSION),
    ],
)
def test_when_a_compression_is_asked_for_then_the_file_has_it_and_alpha_is_exact(tmp_path, compression, expected):
    pixels = np.abs(noise(64, 64))
    channels, header = read_exr_file(write(tmp_path / "a.exr", pixels, compression=compression))
    assert header["compression"] == expected
    np.testing.assert_array_equal(channels["A"], pixels[..., 3].astype(np.float16))
    assert (tmp_path / "a.exr").stat().st_size > 100


@pytest.mark.parametrize(("pixel_type", "largest"), [("half", 65504), ("float", np.finfo(np.float32).max)])
def test_when_pixels_are_too_large_or_no_numbers_then_only_finite_ones_are_written(tmp_path, pixel_type, largest):
    pixels = np.zeros((2, 3, 4), np.float32)
    pixels[0, :, 0] = np.nan, np.inf, -np.inf
    pixels[1, :, 0] = 1e30, -1e30, 7
    before = pixels.copy()
    channels, _ = read_exr_file(write(tmp_path / "a.exr", pixels, pixel_type=pixel_type))
    far = min(largest, 1e30)
    expected = np.array([[0, largest, -largest], [far, -far, 7]], np.float32)
    np.testing.assert_array_equal(channels["R"].astype(np.float32), expected)
    np.testing.assert_array_equal(pixels, before)


def test_when_channels_are_of_two_types_then_each_keeps_its_own_and_floats_keep_every_bit(tmp_path):
    bits = RNG.integers(0, 2**32, (8, 12, 4), np.uint32)
    bits[(bits >> 23 & 0xFF) == 0xFF] = 0x80000000  # no NaN and no infinity, but a negative zero
    bits[0, :3, 0] = 1, 0x807FFFFF, 0x7F7FFFFF  # the smallest number there is, a denormal one, the largest
    colors, ids = noise(), bits.view(np.float32)
    groups = [Channels(RGBA, colors, "half"), Channels([f"Id00.{name}" for name in RGBA], ids, "float")]
    channels, _ = read_exr_file(write_groups(tmp_path / "a.exr", groups))
    for index, name in enumerate(RGBA):
        np.testing.assert_array_equal(channels[name], colors[..., index].astype(np.float16))
        assert channels[f"Id00.{name}"].dtype == np.float32
        np.testing.assert_array_equal(channels[f"Id00.{name}"].view(np.uint32), bits[..., index])
    assert len(channels) == 8
    assert read_header(tmp_path / "a.exr").channels[:4] == RGBA


@pytest.mark.parametrize("compression", ["none", "zip", "dwab"])
@pytest.mark.parametrize("height", [255, 256, 257, 600])
def test_when_a_picture_is_tall_then_every_row_is_in_its_place(tmp_path, compression, height):
    pixels = np.abs(noise(height, 5))
    window = Window(-3, -300, 5, height)
    path = write(tmp_path / "a.exr", pixels, compression=compression, data_window=window)
    channels, header = read_exr_file(path)
    np.testing.assert_array_equal(channels["A"], pixels[..., 3].astype(np.float16))
    assert list(header["dataWindow"][0]) == [-3, -300]


@pytest.mark.parametrize("window", [Window(0, 0, 12, 9), Window(0, 0, 13, 8)])
def test_when_there_are_fewer_pixels_than_the_window_holds_then_no_file_is_left(tmp_path, window):
    with pytest.raises(MachineError):
        write(tmp_path / "a.exr", noise(8, 12), display_window=window)
    assert list(tmp_path.iterdir()) == []


def test_when_a_level_is_given_then_the_file_says_so_and_its_size_follows(tmp_path):
    pixels = np.abs(noise(128, 128))

    def written(compression):
        path = write(tmp_path / "a.exr", pixels, compression=compression)
        return path.stat().st_size, read_exr_file(path)[1].get("dwaCompressionLevel")

    for method in ("dwaa", "dwab"):
        (fine, at_10), (coarse, at_200) = written(f"{method}:10"), written(f"{method}:200")
        assert (at_10, at_200) == (10, 200)
        assert fine > 1.2 * coarse
        # As documented: without a level it is 45.
        assert abs(written(method)[0] - written(f"{method}:45")[0]) < 100


def test_when_windows_and_aspect_are_given_then_the_header_has_them(tmp_path):
    path = write(
        tmp_path / "a.exr",
        noise(4, 6),
        display_window=Window(0, 0, 20, 10),
        data_window=Window(-2, 3, 6, 4),
        pixel_aspect=2.0,
    )
    _, header = read_exr_file(path)
    assert [list(corner) for corner in header["dataWindow"]] == [[-2, 3], [3, 6]]
    assert [list(corner) for corner in header["displayWindow"]] == [[0, 0], [19, 9]]
    assert header["pixelAspectRatio"] == 2.0


def test_when_only_alpha_is_written_then_the_file_has_only_alpha(tmp_path):
    view = noise()[..., 3:]
    channels, _ = read_exr_file(write(tmp_path / "a.exr", view, ("A",)))
    assert list(channels) == ["A"]
    np.testing.assert_array_equal(channels["A"], view[..., 0].astype(np.float16))


def test_when_a_plate_s_header_travels_then_every_entry_is_the_same(tmp_path):
    flags, user_bits = [False, True, False, False, False, False], range(1, 9)
    timecode = OpenEXR.TimeCode(1, 2, 3, 4, *flags, *user_bits)
    entries = {
        "timeCode": timecode,
        "keyCode": OpenEXR.KeyCode(1, 2, 3, 4, 5, 6, 64),
        "framesPerSecond": Fraction(24000, 1001),
        "chromaticities": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767),
        "colorInteropID": "lin_ap1_scene",
        "reelName": "A001",
        "owner": "a studio",
        "comments": "graded",
        "capDate": "2024:05:06 07:08:09",
        "expTime": 0.02,
        "nuke/node_hash": "abc",
        "camera/lens": "50 mm",
        "int": 3,
        "float": 1.5,
        "v2i": np.array([1, 2], np.int32),
        "v3i": np.array([1, 2, 3], np.int32),
        "v2f": np.array([1, 2], np.float32),
        "v3f": np.array([1, 2, 3], np.float32),
        "box2i": (np.array([-1, 2], np.int32), np.array([3, 4], np.int32)),
        "box2f": (np.array([-1, 2], np.float32), np.array([3, 4], np.float32)),
        "floats": [1.0, 2.0, 3.0, 4.0, 5.0],
        "adoptedNeutral": np.array([0.3127, 0.329], np.float32),
        "unicode": "Ä 漢",
        "m33": np.arange(9, dtype=np.float32).reshape(3, 3),
        "m44": np.arange(16, dtype=np.float32).reshape(4, 4),
        "strings": ["left", "right"],
    }
    source = write_exr_file(tmp_path / "plate.exr", {"RGB": noise(channels=3)}, **entries)
    _, before = read_exr_file(source)
    _, after = read_exr_file(write(tmp_path / "a.exr", noise(), metadata=read_header(source).metadata))
    assert set(entries) <= set(before)
    assert set(before) - set(after) == set()
    for name in entries:
        assert type(after[name]) is type(before[name]), name
        assert told(after[name]) == told(before[name]), name
    assert set(after) - set(before) == set()


def told(value):
    """A value that can be compared: OpenEXR's own types print what they hold, and numpy's are arrays."""
    if isinstance(value, OpenEXR.TimeCode):
        return repr(value), value.userData
    return repr(value) if isinstance(value, OpenEXR.KeyCode) else np.asarray(value).tolist()


def test_when_the_plate_is_flagged_as_an_aces_container_then_it_can_be_written_still(tmp_path):
    source = write_exr_file(tmp_path / "plate.exr", {"RGB": noise(channels=3)}, acesImageContainerFlag=1)
    _, header = read_exr_file(write(tmp_path / "a.exr", noise(), metadata=read_header(source).metadata))
    assert "acesImageContainerFlag" not in header


def test_when_the_plate_is_one_part_of_several_then_the_matte_does_not_say_so(tmp_path):
    header = {"type": OpenEXR.scanlineimage, "compression": OpenEXR.ZIP_COMPRESSION}
    parts = {"beauty": {"RGB": noise(channels=3)}, "roto": {"A": noise(channels=1)[..., 0]}}
    source = tmp_path / "plate.exr"
    OpenEXR.File([OpenEXR.Part(dict(header), part, name) for name, part in parts.items()]).write(str(source))
    _, after = read_exr_file(write(tmp_path / "a.exr", noise(), metadata=read_header(source).metadata))
    assert read_header(source).channels == ("R", "G", "B")
    assert set(after) == set(read_exr_file(write(tmp_path / "b.exr", noise()))[1])


def test_when_the_plate_is_all_around_then_the_matte_is_so_as_well(tmp_path):
    source = write_exr_file(tmp_path / "plate.exr", {"RGB": noise(channels=3)}, envmap=OpenEXR.ENVMAP_LATLONG)
    _, header = read_exr_file(write(tmp_path / "a.exr", noise(), metadata=read_header(source).metadata))
    assert header["envmap"] == OpenEXR.ENVMAP_LATLONG


def tiled_file(path):
    spec = oiio.ImageSpec(96, 64, 3, "half")
    spec.tile_width = spec.tile_height = 32
    output = oiio.ImageOutput.create("openexr")
    assert output.open(str(path), spec)
    assert output.write_image(noise(64, 96, 3))
    assert output.close()
    assert read_exr_file(path)[1]["type"] == OpenEXR.tiledimage


def texture_file(path):
    assert oiio.ImageBufAlgo.make_texture(oiio.MakeTxTexture, oiio.ImageBuf(noise(64, 96, 3)), str(path))


def upside_down_file(path):
    write_exr_file(path, {"RGB": noise(channels=3)}, lineOrder=OpenEXR.DECREASING_Y)


@pytest.mark.parametrize("make", [tiled_file, texture_file, upside_down_file])
def test_when_the_plate_is_not_in_plain_scanlines_then_the_matte_is_and_does_not_speak_of_it(tmp_path, make):
    make(tmp_path / "plate.exr")
    _, header = read_exr_file(write(tmp_path / "a.exr", noise(), metadata=read_header(tmp_path / "plate.exr").metadata))
    assert header["type"] == OpenEXR.scanlineimage
    assert header["lineOrder"] == OpenEXR.INCREASING_Y
    untouched = set(read_exr_file(write(tmp_path / "b.exr", noise()))[1])
    # What the maker of textures says of a lens is untrue of nothing.
    assert set(header) - untouched <= {"capDate", "fovcot"}


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_when_the_plate_is_made_for_the_screen_then_the_linear_file_does_not_say_srgb(tmp_path, name):
    Image.fromarray(RNG.integers(0, 255, (8, 12, 3), np.uint8)).save(tmp_path / name, dpi=(72, 72))
    metadata = read_header(tmp_path / name).metadata
    _, header = read_exr_file(write(tmp_path / "a.exr", noise(), metadata=metadata))
    assert "srgb" not in repr(header).lower()
    assert set(header) <= {
        *("channels", "compression", "dataWindow", "displayWindow", "lineOrder", "pixelAspectRatio"),
        *("screenWindowCenter", "screenWindowWidth", "type", "comments", "software", "Software"),
    }


@pytest.mark.parametrize(("tag", "kept"), [("srgb_rec709_scene", False), ("lin_rec709_scene", True)])
def test_when_an_exr_names_its_color_space_then_only_a_linear_one_travels(tmp_path, tag, kept):
    source = write_exr_file(tmp_path / "plate.exr", {"RGB": noise(channels=3)}, colorInteropID=tag)
    _, header = read_exr_file(write(tmp_path / "a.exr", noise(), metadata=read_header(source).metadata))
    assert header.get("colorInteropID") == (tag if kept else None)


def test_when_the_same_is_written_a_second_later_then_the_bytes_are_the_same(tmp_path):
    pixels = noise()
    first = write(tmp_path / "a.exr", pixels).read_bytes()
    time.sleep(1.1)
    assert write(tmp_path / "b.exr", pixels).read_bytes() == first
    assert "capDate" not in read_exr_file(tmp_path / "a.exr")[1]


def test_when_a_file_is_there_already_then_it_is_replaced_and_nothing_is_left_over(tmp_path):
    path = write(tmp_path / "mattes" / "a.exr", noise())
    pixels = noise()
    write(path, pixels, pixel_type="float")
    np.testing.assert_array_equal(read_picture(path).pixels_HWC, pixels)
    assert [entry.name for entry in path.parent.iterdir()] == ["a.exr"]


def test_when_an_entry_is_given_then_it_is_in_the_header(tmp_path):
    _, header = read_exr_file(write(tmp_path / "a.exr", noise(), metadata=[Attribute("penumbra/x", "string", "y")]))
    assert header["penumbra/x"] == "y"


LIMITED = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from penumbra.codec import Channels, write_exr
from penumbra.errors import MachineError
from penumbra.image import Window
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
pixels = np.random.default_rng(0).random((256, 256, 4)).astype(np.float32)
for compression in ("none", "zip", "piz", "dwaa"):
    try:
        write_exr(Path(sys.argv[1]), [Channels("RGBA", pixels, "float")], compression=compression,
                  display_window=Window(0, 0, 256, 256))
        print("written")
    except MachineError as fault:
        print(fault)
"""


def test_when_the_disk_takes_no_more_then_it_is_said_and_nothing_is_left(tmp_path):
    path = tmp_path / "a.exr"
    path.write_bytes(b"the old one")
    ran = subprocess.run([sys.executable, "-c", LIMITED, path], capture_output=True, text=True, check=True)
    said = ran.stdout.splitlines()
    assert len(said) == 4
    for line in said:
        assert line.startswith(f"{path} cannot be written: ")
        assert "MB left" in line
        assert ".part" not in line
    assert path.read_bytes() == b"the old one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.exr"]


def test_when_the_folder_is_read_only_then_it_is_said_and_nothing_is_left(tmp_path, ordinary_user):
    folder = tmp_path / "mattes"
    folder.mkdir(mode=0o555)
    with (
        ordinary_user(),
        pytest.raises(MachineError, match=r"a\.exr cannot be written.*ermission denied") as caught,
    ):
        write(folder / "a.exr", noise())
    assert caught.value.path == folder / "a.exr"
    assert list(folder.iterdir()) == []


def test_when_the_folder_is_a_file_then_it_is_said(tmp_path):
    (tmp_path / "mattes").write_text("")
    with pytest.raises(MachineError, match="cannot be written"):
        write(tmp_path / "mattes" / "a.exr", noise())
