from pathlib import Path

import pytest

from penumbra.errors import InputError
from penumbra.shot import APPROVED, GUIDE, KeyFrame, parse_key_frames


@pytest.mark.parametrize(
    ("text", "frame", "path", "channel"),
    [
        ("1001=roto.1001.exr", 1001, "roto.1001.exr", None),
        ("1001=roto.1001.exr:A", 1001, "roto.1001.exr", "A"),
        ("1001=roto.1001.exr:matte.A", 1001, "roto.1001.exr", "matte.A"),
        ("1001 = /shots/a b/roto.exr", 1001, "/shots/a b/roto.exr", None),
        ("1001=a=b.exr", 1001, "a=b.exr", None),
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


def test_when_a_name_is_longer_than_any_file_s_then_it_is_still_a_name():
    assert KeyFrame.parse(f"1={'x' * 400}:A").channel == "A"


@pytest.mark.parametrize("text", ["roto.exr", "a=roto.exr", "1001=", "1001= ", "1001", "", "=roto.exr"])
def test_when_it_is_not_frame_and_file_then_the_message_shows_how_to_write_it(text):
    with pytest.raises(InputError, match=r"Write it as 1001=roto\.1001\.exr"):
        KeyFrame.parse(text)


def test_when_several_frames_are_written_with_a_pattern_then_each_has_its_file():
    keys = parse_key_frames("1001, 1020-1022,1001=roto.####.exr:A", "hero", APPROVED)
    assert keys == tuple(
        KeyFrame(frame, f"roto.{frame}.exr", "A", "hero", APPROVED) for frame in (1001, 1020, 1021, 1022)
    )
    assert parse_key_frames("1=a.exr") == (KeyFrame(1, "a.exr", kind=GUIDE),)


def test_when_several_frames_would_have_one_mask_then_a_pattern_is_asked_for():
    with pytest.raises(InputError, match=r"a\.exr would be the mask of 3 frames\. Write a pattern"):
        parse_key_frames("1-3=a.exr")


def test_when_one_key_frame_is_wanted_and_several_are_written_then_it_is_told():
    with pytest.raises(InputError, match="is of 2 frames"):
        KeyFrame.parse("1-2=a.#.exr")


def test_when_the_channel_is_empty_then_it_is_refused():
    with pytest.raises(InputError, match="names no channel"):
        KeyFrame.parse("1001=roto.exr:")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("frame", "a", "The frame of a key frame must be a whole number, not 'a'"),
        ("path", "", "The path of key frame 1001 must be the name of a file, not ''"),
        ("path", "a.##.##.exr", "more than one place for the frame number"),
        ("channel", 3, "The channel of key frame 1001 must be a name, not 3"),
        ("object", "1a", "The object of key frame 1001 must be a letter, then letters, digits and _"),
        ("object", "ALPHA", "none of rgba, rgb, alpha, .*, not 'ALPHA'"),
        ("object", "x" * 251, "250 in all at most"),
        ("kind", "final", "The kind of key frame 1001 must be one of guide, approved, not 'final'"),
    ],
)
def test_when_a_field_is_wrong_then_it_is_named_in_words_and_for_programs(field, value, message):
    with pytest.raises(InputError, match=message) as caught:
        KeyFrame(**{"frame": 1001, "path": "roto.exr"} | {field: value})
    assert caught.value.field == (field,)


@pytest.mark.parametrize("name", ["x" * 250, "a", "hero_2", "alphas", "rgbaX"])
def test_when_an_object_s_name_can_be_a_layer_s_then_it_is_taken(name):
    assert KeyFrame(1001, "roto.exr", object=name).object == name
