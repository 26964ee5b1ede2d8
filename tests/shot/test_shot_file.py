"""Shot files that a person writes: every natural way means the same."""

import json

import pytest
import yaml

from penumbra.errors import FileError
from penumbra.shot import APPROVED, DEFAULT_MODEL, Delivery, FrameRange, KeyFrame, Presence, Settings, Shot

BY_HAND = """
version: 2
plate: plate.####.exr
frames: 1001-1048
key_frames: {1001: roto.1001.exr}
delivery: {out: matte.####.exr}
"""


@pytest.fixture
def load(tmp_path):
    """Reads a text as a shot file of this name."""

    def read(text, name="shot.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return Shot.load(tmp_path / name)

    return read


@pytest.mark.parametrize("name", ["shot.yaml", "shot.json"])
def test_when_a_person_writes_the_file_then_paths_start_at_its_folder(load, tmp_path, name):
    shot = load(BY_HAND if name == "shot.yaml" else json.dumps(yaml.safe_load(BY_HAND)), name)
    assert shot == Shot(
        tmp_path / "plate.####.exr",
        (KeyFrame(1001, tmp_path / "roto.1001.exr"),),
        Delivery(tmp_path / "matte.####.exr"),
        FrameRange(1001, 1048),
    )
    assert shot.settings == Settings(model=DEFAULT_MODEL, warmup=None, process_size=1080, colorspace=None)


@pytest.mark.parametrize("version", ["version: 1", "version: 2", "version: 2.0", ""])
def test_when_a_file_is_of_an_older_version_or_says_none_then_it_is_read(load, version):
    assert load(BY_HAND.replace("version: 2", version)) == load(BY_HAND)


def test_when_a_file_was_saved_by_version_1_then_it_still_loads(load, tmp_path):
    shot = load(
        "version: 1\nplate: plate.####.exr\nframes: 1001-1048\n"
        "key_frames:\n- {frame: 1001, path: roto.1001.exr, channel: A, object: hero}\n"
        "delivery: {out: m.####.exr, channels: rgba, pixel_type: half, compression: zip, window: display}\n"
        "settings: {model: penumbra-seed, warmup: null, process_size: 1080, roi: none, edges: guided, exposure: 0.0}\n"
        "finish: {foreground: source, black_point: 0.0, fill_holes: 0}\n"
    )
    assert shot.key_frames == (KeyFrame(1001, tmp_path / "roto.1001.exr", "A", "hero"),)
    assert (shot.settings, shot.presences) == (Settings(), ())


@pytest.mark.parametrize(
    "key_frames",
    [
        "{1001: 'roto.1001.exr:A'}",
        "{1001: {path: roto.1001.exr, channel: A}}",
        "{1001: {frame: 1001, path: roto.1001.exr, channel: A, kind: guide}}",
        "[{frame: 1001, path: roto.1001.exr, channel: A}]",
        "['1001=roto.1001.exr:A']",
        "['1001 = roto.1001.exr:A']",
        "{'1001': 'roto.####.exr:A'}",
        "{1001-1001: 'roto.####.exr:A'}",
        "\n  1001: roto.1001.exr:A",
        "\n- frame: 1001\n  path: roto.1001.exr\n  channel: A",
    ],
)
def test_when_key_frames_are_written_in_any_natural_way_then_they_mean_the_same(load, tmp_path, key_frames):
    shot = load(BY_HAND.replace("{1001: roto.1001.exr}", key_frames))
    assert shot.key_frames == (KeyFrame(1001, tmp_path / "roto.1001.exr", "A"),)


@pytest.mark.parametrize(
    "key_frames",
    [
        "{1001: a.exr, '1010,1020-1021': {path: b.####.exr, kind: approved}}",
        "[1001=a.exr, {frame: 1010, path: b.####.exr, kind: approved}, {frame: 1020, path: b.1020.exr, kind: approved},"
        " {frame: 1021, path: b.1021.exr, kind: approved}]",
        "\n  1001: a.exr\n  1010: &b {path: b.####.exr, kind: approved}\n  1020-1021: *b",
    ],
)
@pytest.mark.parametrize("name", [None, "hero"])
def test_when_there_are_several_key_frames_then_ranges_and_kinds_are_understood(load, tmp_path, key_frames, name):
    if name and key_frames.startswith("\n"):
        key_frames = f"\n  {name}:{key_frames}".replace("\n  1", "\n    1")
    elif name:
        key_frames = f"{{{name}: {key_frames}}}"
    shot = load(BY_HAND.replace("{1001: roto.1001.exr}", key_frames))
    approved = [KeyFrame(frame, tmp_path / f"b.{frame}.exr", None, name, APPROVED) for frame in (1010, 1020, 1021)]
    assert shot.key_frames == (KeyFrame(1001, tmp_path / "a.exr", object=name), *approved)


def test_when_masks_are_of_several_objects_then_they_can_be_written_by_name(load, tmp_path):
    shot = load(
        BY_HAND.replace("{1001: roto.1001.exr}", "{hero: {1001: a.exr}, dog: ['1010=b.####.exr:matte.A']}")
        + "objects: {dog: {in: 1005, out: 1040}, hero: {out: 1048}}"
    )
    assert shot.key_frames == (
        KeyFrame(1001, tmp_path / "a.exr", object="hero"),
        KeyFrame(1010, tmp_path / "b.1010.exr", "matte.A", "dog"),
    )
    assert shot.presences == (Presence("dog", 1005, 1040), Presence("hero", None, 1048))
    for name in ("again.yaml", "again.json"):
        shot.save(tmp_path / name)
        assert Shot.load(tmp_path / name) == shot


def test_when_numbers_have_leading_zeros_then_they_are_decimal(load):
    shot = load(BY_HAND.replace("1001-1048", "0010").replace("{1001:", "{0010:"))
    assert shot.frames == FrameRange(10, 10)
    assert shot.key_frames[0].frame == 10


@pytest.mark.parametrize(
    ("text", "frames"),
    [("1001", FrameRange(1001, 1001)), ("990-1010", FrameRange(990, 1010)), ("-5--2", FrameRange(-5, -2)), ("", None)],
)
def test_when_frames_are_one_number_or_a_range_or_nothing_then_they_are_understood(load, text, frames):
    key = frames.first if frames else 7
    assert load(BY_HAND.replace("1001-1048", text).replace("{1001:", f"{{{key}:")).frames == frames


def test_when_records_are_left_empty_then_they_are_as_always(load):
    assert load(BY_HAND + "settings:\nfinish: {}\nobjects:\n") == load(BY_HAND)


def test_when_numbers_are_written_by_hand_then_fractions_and_words_are_both_understood(load):
    more = "settings: {exposure: -1.5, part: 2, roi: '0,0,10,20', across_cuts: True}\nfinish: {gamma: 2, grow: .5}\n"
    shot = load(BY_HAND + more)
    assert (shot.settings.exposure, shot.settings.part, shot.settings.roi_box) == (-1.5, "2", (0, 0, 10, 20))
    assert (shot.finish.gamma, shot.finish.grow) == (2.0, 0.5)
    assert shot.settings.across_cuts is True
    assert load(BY_HAND + "settings: {exposure: auto}\n").settings.exposure == "auto"


def test_when_an_editor_wrote_a_mark_at_the_beginning_then_the_file_is_still_read(load):
    for name, text in (("shot.yaml", BY_HAND), ("shot.json", json.dumps(yaml.safe_load(BY_HAND)))):
        assert load("\ufeff" + text, name).frames == FrameRange(1001, 1048)


def test_when_a_yaml_file_holds_json_then_it_is_read(load):
    assert load(json.dumps(yaml.safe_load(BY_HAND), indent="\t")) == load(BY_HAND)


def test_when_the_file_is_missing_or_no_text_then_it_is_a_file_error(tmp_path):
    with pytest.raises(FileError, match="No such file"):
        Shot.load(tmp_path / "shot.yaml")
    (tmp_path / "shot.yaml").write_bytes(b"\x76\x2f\x31\x01\xff")
    with pytest.raises(FileError, match="not a text file"):
        Shot.load(tmp_path / "shot.yaml")
