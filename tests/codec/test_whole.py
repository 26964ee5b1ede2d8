"""Whether a file ends too early, told without reading all of it."""

import numpy as np
import OpenEXR
import OpenImageIO as oiio
import pytest

from penumbra.codec import UnreadableError, check_whole, read_headers
from tests.pictures import deep_channels, with_window, write_exr_file, write_exr_parts

RNG = np.random.default_rng(3)


def write(path, tile=0):
    """400 x 300, noise, as each format holds it."""
    spec = oiio.ImageSpec(400, 300, 3, {".jpg": "uint8", ".exr": "half"}.get(path.suffix, "uint16"))
    spec.tile_width = spec.tile_height = tile
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(RNG.random((300, 400, 3), np.float32))
    assert output.close()
    return path


@pytest.mark.parametrize(
    ("name", "tile"),
    [("a.exr", 0), ("a.exr", 64), ("a.dpx", 0), ("a.tif", 0), ("a.tif", 64), ("a.png", 0), ("a.jpg", 0)],
)
def test_when_a_file_is_cut_short_then_it_is_refused_and_whole_it_is_not(tmp_path, name, tile):
    path = write(tmp_path / name, tile)
    check_whole(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 9 // 10])
    assert read_headers(path), "the header alone does not tell"
    with pytest.raises(UnreadableError, match="it is cut short or damaged"):
        check_whole(path)


def test_when_the_windows_are_unusual_then_the_ends_are_found(tmp_path):
    check_whole(write_exr_file(tmp_path / "a.exr", {"Y": np.ones((1, 1), np.float16)}, data=(-7, -9, 1, 1)))
    check_whole(write_exr_file(tmp_path / "b.exr", {"Y": np.ones((50, 1), np.float16)}, display=(0, 0, 9, 9)))


def test_when_the_file_was_written_from_below_then_its_first_line_counts(tmp_path):
    noise = RNG.random((300, 400, 3)).astype(np.float16)
    path = write_exr_file(tmp_path / "a.exr", {"RGB": noise}, lineOrder=OpenEXR.DECREASING_Y)
    check_whole(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 9 // 10])
    with pytest.raises(UnreadableError, match="it is cut short or damaged"):
        check_whole(path)


def test_when_only_the_last_part_is_cut_short_then_it_is_refused_and_deep_parts_are_passed_over(tmp_path):
    noise = {"RGB": RNG.random((40, 60, 3)).astype(np.float16)}
    deep = ("deep", deep_channels(40, 60), {})
    path = write_exr_parts(tmp_path / "a.exr", ("one", noise, {}), deep, ("two", noise, {}))
    check_whole(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UnreadableError, match="it is cut short or damaged"):
        check_whole(path)


def test_when_the_header_claims_too_much_then_it_is_refused_before_anything_is_read(tmp_path):
    path = write_exr_file(tmp_path / "a.exr", {"Y": np.ones((4, 4), np.float16)})
    with_window(path, "displayWindow", 0, 0, 99999, 99999)
    with pytest.raises(UnreadableError):
        check_whole(path)
