import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from penumbra.errors import FileError, InputError, MachineError
from penumbra.shot import COMPRESSIONS, DEFAULT_MODEL, Delivery, Finish, FrameRange, KeyFrame, Settings, Shot


def a_shot(folder: Path = Path("/shots/010")) -> Shot:
    return Shot(
        plate=folder / "plate.####.exr",
        key_frames=(KeyFrame(1001, folder / "roto.1001.exr", "matte.A"),),
        delivery=Delivery(folder / "mattes" / "matte.####.exr", compression="dwaa", pixel_type="float"),
        frames=FrameRange(1001, 1048),
        settings=Settings(warmup=3, colorspace="linear", exposure=-1.5, roi="0,0,10,20", part="2", view="left"),
        finish=Finish(foreground="estimated", gamma=1.25, grow=-2, fill_holes=30),
    )


WRITTEN_BY_HAND = """
version: 1
plate: plate.####.exr
frames: 1001-1048
key_frames: {1001: roto.1001.exr}
delivery: {out: matte.####.exr}
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["shot.yaml", "shot.json"])
def test_when_a_shot_is_saved_and_loaded_then_it_is_the_same(tmp_path, name):
    for shot in (
        a_shot(tmp_path),
        a_shot(Path("/elsewhere")),
        replace(a_shot(tmp_path), frames=None, settings=Settings()),
        replace(a_shot(tmp_path), frames=FrameRange(1001, 1001)),
        replace(a_shot(tmp_path), key_frames=[KeyFrame(1001, r"C:\x\roto.exr")]),
    ):
        shot.save(tmp_path / name)
        assert Shot.load(tmp_path / name) == shot
        assert Shot.load(tmp_path / name).digest == shot.digest


def test_when_a_shot_is_saved_then_files_beside_it_are_named_relative_and_nothing_is_left_over(tmp_path):
    a_shot(tmp_path).save(tmp_path / "shot.json")
    data = json.loads((tmp_path / "shot.json").read_text())
    assert data["version"] == 1
    assert data["plate"] == "plate.####.exr"
    assert [path.name for path in tmp_path.iterdir()] == ["shot.json"]


def test_when_a_shot_cannot_be_saved_then_it_is_the_machine_s_fault(tmp_path):
    write(tmp_path / "file", "")
    with pytest.raises(MachineError, match="cannot be written"):
        a_shot().save(tmp_path / "file" / "shot.yaml")


def test_when_a_person_writes_the_file_then_paths_start_at_its_folder(tmp_path):
    shot = Shot.load(write(tmp_path / "shot.yaml", WRITTEN_BY_HAND))
    assert shot == Shot(
        tmp_path / "plate.####.exr",
        (KeyFrame(1001, tmp_path / "roto.1001.exr"),),
        Delivery(tmp_path / "matte.####.exr"),
        FrameRange(1001, 1048),
    )
    assert shot.settings == Settings(model=DEFAULT_MODEL, warmup=None, process_size=1080, colorspace=None)


@pytest.mark.parametrize(
    "key_frames",
    [
        "{1001: 'roto.1001.exr:A'}",
        "{1001: {path: roto.1001.exr, channel: A}}",
        "[{frame: 1001, path: roto.1001.exr, channel: A}]",
        "['1001=roto.1001.exr:A']",
        "{'1001': 'roto.####.exr:A'}",
    ],
)
def test_when_key_frames_are_written_in_any_natural_way_then_they_mean_the_same(tmp_path, key_frames):
    text = WRITTEN_BY_HAND.replace("{1001: roto.1001.exr}", key_frames)
    shot = Shot.load(write(tmp_path / "shot.yaml", text))
    assert shot.key_frames == (KeyFrame(1001, tmp_path / "roto.1001.exr", "A"),)


def test_when_numbers_have_leading_zeros_then_they_are_decimal(tmp_path):
    text = WRITTEN_BY_HAND.replace("1001-1048", "0010").replace("{1001:", "{0010:")
    shot = Shot.load(write(tmp_path / "shot.yaml", text))
    assert shot.frames == FrameRange(10, 10)
    assert shot.key_frames[0].frame == 10


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version: 1", "version: 2", "version must be 1, not 2"),
        ("version: 1", "colour: blue", "has no field colour"),
        ("plate: plate.####.exr", "", "lacks the field plate"),
        ("plate: plate.####.exr", "plate: 7", "plate must be the name of a file, not 7"),
        ("plate: plate.####.exr", "plate:", "plate must be the name of a file, not None"),
        ("1001-1048", "1001-1048x2", "leaves frames out"),
        ("1001-1048", "[1, 2]", "is not a frame range"),
        ("1001-1048", "1002-1048", "mask's frame 1001 is outside the frames 1002-1048"),
        ("{1001: roto.1001.exr}", "{1001: a.exr, 1002: b.exr}", "has 2 masks"),
        ("{1001: roto.1001.exr}", "{1001: a.exr, 1001: b.exr}", "1001 is given twice"),
        ("{1001: roto.1001.exr}", "[]", "has 0 masks"),
        ("{1001: roto.1001.exr}", "roto.exr", "key_frames must be like"),
        ("{1001: roto.1001.exr}", "[{frame: a, path: b.exr}]", "frame must be a whole number, not 'a'"),
        ("{1001: roto.1001.exr}", "[{frame: 1001}]", "key_frames lacks the field path"),
        ("{1001: roto.1001.exr}", "{a: b.exr}", "key_frames must be like {1001: roto.1001.exr}, not 'b.exr'"),
        ("{1001: roto.1001.exr}", "{1a: {1001: b.exr}}", "'1a' cannot be an object's name"),
        ("{1001: roto.1001.exr}", "{a: {1001: b.exr}, A: {1001: c.exr}}", "The object A has a second mask"),
        ("{1001: roto.1001.exr}", "{a: {1001: b.exr}, c: {1002: d.exr}}", "The masks are on frames 1001, 1002"),
        ("{out: matte.####.exr}", "matte.####.exr", "delivery must have the fields out"),
        ("{out: matte.####.exr}", "{out: matte.####.exr, depth: 8}", "delivery has no field depth"),
        ("{out: matte.####.exr}", "{out: m.##.exr, compression: dwaa, channels: packed}", "alphas of packed mattes"),
        ("{out: matte.####.exr}", "{out: m.##.exr, compression: 'dwab:0'}", "only dwaa and dwab have a level, from 1"),
        ("{out: matte.####.exr}", "{out: m.##.exr, window: all}", "delivery.window must be one of display, data, auto"),
        ("version: 1", "finish: {gamma: .01}", "finish.gamma must be a number from 0.05 to 20, not 0.01"),
        ("version: 1", "finish: {foreground: none}", "finish.foreground must be one of source, estimated"),
        ("version: 1", "settings: {roi: '1,2,3,4,5'}", "settings.roi must be none, mask, or x0,y0,x1,y1"),
        ("version: 1", "settings: {exposure: dark}", "settings.exposure must be a number from -30 to 30, or auto"),
        ("{out: matte.####.exr}", "{out: matte.exr}", "every frame would have the same name"),
        ("{out: matte.####.exr}", "{out: matte.####.png}", "mattes are EXR files"),
        (
            "{out: matte.####.exr}",
            "{out: m.####.exr, compression: zip9}",
            "delivery.compression must be one of none",
        ),
        (
            "{out: matte.####.exr}",
            "{out: m.####.exr, channels: rgb}",
            "delivery.channels must be one of rgba",
        ),
        (
            "{out: matte.####.exr}",
            "{out: m.####.exr, pixel_type: 8}",
            "delivery.pixel_type must be one of half",
        ),
        (
            "version: 1",
            "settings: {warmup: ten}",
            "settings.warmup must be a whole number from 0 to 100, not 'ten'",
        ),
        (
            "version: 1",
            "settings: {warmup: 1.5}",
            "settings.warmup must be a whole number from 0 to 100, not 1.5",
        ),
        (
            "version: 1",
            "settings: {warmup: -1}",
            "settings.warmup must be a whole number from 0 to 100, not -1",
        ),
        ("version: 1", "settings: {process_size: 4}", "settings.process_size must be a whole number from 16"),
        ("version: 1", "settings: {model: ''}", "settings.model must be a name"),
        ("version: 1", "settings: [1]", "settings must have the fields model"),
        ("version: 1", "settings: {colorspace: 1}", "settings.colorspace must be a name, not 1"),
    ],
)
def test_when_a_field_is_wrong_then_the_message_names_the_file_and_the_field(tmp_path, old, new, message):
    assert old in WRITTEN_BY_HAND
    path = write(tmp_path / "shot.yaml", WRITTEN_BY_HAND.replace(old, new))
    with pytest.raises(InputError) as caught:
        Shot.load(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert caught.value.path == path


def test_when_a_number_is_a_yes_or_no_then_it_is_refused():
    with pytest.raises(InputError, match=r"settings\.warmup"):
        Settings(warmup=True)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("shot.yaml", "plate: [1\nframes: 3", "is not YAML.*in line"),
        ("shot.json", '{"plate": 1,}', "is not JSON.*in line 1"),
        ("shot.yaml", "just words", "A shot must have the fields plate"),
        ("shot.yaml", "", "A shot must have the fields plate"),
        ("shot.json", '{"plate": "a", "plate": "b"}', "plate is given twice"),
        ("shot.yaml", "a: !!python/object:os.system {}", "is not YAML"),
    ],
)
def test_when_the_text_is_broken_then_the_message_says_where(tmp_path, name, text, message):
    with pytest.raises(InputError, match=f"(?s)^{tmp_path / name}.*{message}"):
        Shot.load(write(tmp_path / name, text))


def test_when_the_file_is_missing_or_no_text_then_it_is_a_file_error(tmp_path):
    with pytest.raises(FileError, match="No such file"):
        Shot.load(tmp_path / "shot.yaml")
    (tmp_path / "shot.yaml").write_bytes(b"\x76\x2f\x31\x01\xff")
    with pytest.raises(FileError, match="not a text file"):
        Shot.load(tmp_path / "shot.yaml")


def test_when_only_names_and_ranges_differ_then_the_digest_is_the_same():
    shot = a_shot()
    moved = replace(a_shot(Path("/elsewhere")), frames=None, delivery=replace(shot.delivery, out="other.####.exr"))
    assert moved.digest == shot.digest
    assert len(shot.digest) == 64


# A value for every field that is another one than `a_shot`'s.
OTHERS = {
    "settings": {
        **{
            "model": "other",
            "warmup": 4,
            "process_size": 720,
            "roi": "mask",
            "edges": "bilinear",
            "colorspace": "srgb",
        },
        **{"colorspace_reason": "so", "working_space": "ACEScg", "ocio": "a.ocio", "exposure": 1.0, "layer": "beauty"},
        **{"part": "3", "view": "right"},
    },
    "finish": {
        **{"foreground": "source", "black_point": 0.1, "white_point": 0.9, "gamma": 2.0, "grow": 1.0, "soften": 1.0},
        **{"fill_holes": 5, "drop_specks": 5},
    },
    "delivery": {
        **{"out": Path("m.####.exr"), "channels": "alpha", "pixel_type": "half", "compression": "zip"},
        **{"window": "auto"},
    },
}
# These count by their content or not at all.
NAMES_ONLY = {"model", "ocio", "colorspace_reason", "out"}


@pytest.mark.parametrize(("record", "name"), [(record, name) for record, names in OTHERS.items() for name in names])
def test_when_a_field_changes_then_the_digest_does_if_pixels_depend_on_it(record, name):
    shot = a_shot()
    changed = replace(shot, **{record: replace(getattr(shot, record), **{name: OTHERS[record][name]})})
    assert (changed.digest == shot.digest) == (name in NAMES_ONLY)


def test_when_a_field_is_added_then_it_is_thought_of_above():
    for record, names in OTHERS.items():
        assert {entry.name for entry in fields(getattr(a_shot(), record))} == names.keys()


@pytest.mark.parametrize(
    "key",
    [
        KeyFrame(1002, "/shots/010/roto.1001.exr", "matte.A"),
        KeyFrame(1001, "/shots/010/roto.1001.exr", "A"),
        KeyFrame(1001, "/shots/010/roto.1001.exr", "matte.A", "hero"),
    ],
)
def test_when_the_key_frame_differs_then_the_digest_differs(key):
    assert replace(a_shot(), key_frames=(key,)).digest != a_shot().digest


def test_when_masks_are_of_several_objects_then_they_can_be_written_by_name(tmp_path):
    text = WRITTEN_BY_HAND.replace("{1001: roto.1001.exr}", "{hero: {1001: a.exr}, dog: {1001: 'b.####.exr:matte.A'}}")
    shot = Shot.load(write(tmp_path / "shot.yaml", text))
    assert shot.key_frames == (
        KeyFrame(1001, tmp_path / "a.exr", object="hero"),
        KeyFrame(1001, tmp_path / "b.1001.exr", "matte.A", "dog"),
    )
    for name in ("again.yaml", "again.json"):
        shot.save(tmp_path / name)
        assert Shot.load(tmp_path / name) == shot


@pytest.mark.parametrize("second", ["hero", "Hero"])
def test_when_two_masks_are_of_one_object_then_the_message_names_it(second):
    keys = (KeyFrame(1001, "a.exr", object="hero"), KeyFrame(1001, "b.exr", object=second))
    with pytest.raises(InputError, match=f"object {second} has a second mask"):
        Shot("plate.####.exr", keys, Delivery("matte.####.exr"))


def test_when_numbers_are_written_by_hand_then_fractions_and_words_are_both_understood(tmp_path):
    more = "settings: {exposure: -1.5, part: 2, roi: '0,0,10,20'}\nfinish: {gamma: 2, grow: .5}\n"
    shot = Shot.load(write(tmp_path / "shot.yaml", WRITTEN_BY_HAND + more))
    assert (shot.settings.exposure, shot.settings.part, shot.settings.roi_box) == (-1.5, "2", (0, 0, 10, 20))
    assert (shot.finish.gamma, shot.finish.grow) == (2.0, 0.5)
    auto = Shot.load(write(tmp_path / "shot.yaml", WRITTEN_BY_HAND + "settings: {exposure: auto}\n"))
    assert auto.settings.exposure == "auto"


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_when_a_compression_is_known_then_it_is_taken(compression):
    assert Delivery("m.####.exr", compression=compression).path(3) == Path("m.0003.exr")


def test_when_the_room_is_imported_then_only_the_standard_library_is():
    heavy = "{'numpy', 'yaml', 'torch', 'OpenImageIO'}"
    code = f"import sys, penumbra.shot; print([name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
