from pathlib import Path

import pytest

from penumbra.errors import InputError
from penumbra.shot import KeyFrame


@pytest.mark.parametrize(
    ("text", "frame", "path", "channel"),
    [
        ("1001=roto.1001.exr", 1001, "roto.1001.exr", None),
        ("1001=roto.1001.exr:A", 1001, "roto.1001.exr", "A"),
        ("1001=roto.1001.exr:matte.A", 1001, "roto.1001.exr", "matte.A"),
        ("1001 = /shots/a b/roto.exr", 1001, "/shots/a b/roto.exr", None),
        ("-3=roto.exr", -3, "roto.exr", None),
        (r"1001=C:\x\roto.exr", 1001, r"C:\x\roto.exr", None),
        (r"1001=C:\x\roto.exr:A", 1001, r"C:\x\roto.exr", "A"),
        ("1001=C:/x/roto.exr:matte.A", 1001, "C:/x/roto.exr", "matte.A"),
        ("1001=C:roto.exr", 1001, "C:roto.exr", None),
        ("1001=roto.####.exr:A", 1001, "roto.1001.exr", "A"),
        ("7=roto.%04d.exr", 7, "roto.0007.exr", None),
    ],
)
def test_when_a_mask_is_given_on_the_command_line_then_frame_file_and_channel_come_apart(text, frame, path, channel):
    assert KeyFrame.parse(text) == KeyFrame(frame, Path(path), channel)
    assert str(KeyFrame.parse(text).path) == path


def test_when_a_file_has_a_colon_in_its_name_then_the_file_is_meant(tmp_path):
    file = tmp_path / "roto:final.exr"
    file.touch()
    assert KeyFrame.parse(f"1001={file}") == KeyFrame(1001, file)
    assert KeyFrame.parse(f"1001={file}:A") == KeyFrame(1001, file, "A")


@pytest.mark.parametrize("text", ["roto.exr", "a=roto.exr", "1001=", "1001", ""])
def test_when_it_is_not_frame_and_file_then_the_message_shows_how_to_write_it(text):
    with pytest.raises(InputError, match=r"Write it as 1001=roto\.1001\.exr"):
        KeyFrame.parse(text)


def test_when_the_channel_is_empty_then_it_is_refused():
    with pytest.raises(InputError, match="names no channel"):
        KeyFrame.parse("1001=roto.exr:")


def test_when_an_object_s_name_is_too_long_for_a_channel_s_then_it_is_refused():
    assert KeyFrame(1001, "roto.exr", object="x" * 250).object == "x" * 250
    with pytest.raises(InputError, match="cannot be an object's name"):
        KeyFrame(1001, "roto.exr", object="x" * 251)
