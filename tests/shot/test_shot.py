import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from penumbra.errors import InputError, MachineError
from penumbra.shot import (
    APPROVED,
    COMPRESSIONS,
    Delivery,
    Finish,
    FrameRange,
    KeyFrame,
    Presence,
    Settings,
    Shot,
)


def a_shot(folder: Path = Path("/shots/010")) -> Shot:
    return Shot(
        plate=folder / "plate.####.exr",
        key_frames=(KeyFrame(1001, folder / "roto.1001.exr", "matte.A"),),
        delivery=Delivery(folder / "mattes" / "matte.####.exr", compression="dwaa", pixel_type="float"),
        frames=FrameRange(1001, 1048),
        settings=Settings(warmup=3, colorspace="linear", exposure=-1.5, roi="0,0,10,20", part="2", view="left"),
        finish=Finish(foreground="estimated", gamma=1.25, grow=-2, fill_holes=30),
    )


def a_long_shot(folder: Path) -> Shot:
    """Two objects of several key frames, one of which comes and goes."""
    keys = (
        KeyFrame(1010, folder / "dog.exr", object="dog"),
        KeyFrame(1001, folder / "hero.exr", "A", "hero"),
        KeyFrame(1048, folder / "final.exr", object="hero", kind=APPROVED),
    )
    presences = (Presence("dog", 1005, 1040), Presence("hero", None, None))
    settings = Settings(direction="backward", across_cuts=True)
    return replace(a_shot(folder), key_frames=keys, presences=presences, settings=settings)


@pytest.mark.parametrize("name", ["shot.yaml", "shot.json"])
def test_when_a_shot_is_saved_and_loaded_then_it_is_the_same(tmp_path, name):
    for shot in (
        a_shot(tmp_path),
        a_shot(Path("/elsewhere")),
        a_long_shot(tmp_path),
        replace(a_shot(tmp_path), frames=None, settings=Settings()),
        replace(a_shot(tmp_path), frames=FrameRange(1001, 1001)),
        replace(a_shot(tmp_path), frames=FrameRange(-9, 1001)),
        replace(a_shot(tmp_path), key_frames=[KeyFrame(1001, r"C:\x\roto.exr")]),
    ):
        shot.save(tmp_path / name)
        assert Shot.load(tmp_path / name) == shot
        assert Shot.load(tmp_path / name).digest == shot.digest


# What YAML, of one version or the other, may take for something else than text; and numbers that are written oddly.
TEXTS = ["08", "0x1F", "1e3", "1_000", "12:30", "no", "On", "true", "null", "~", ".5", "2001-01-01", "<<", "=", "'"]
TEXTS += ['"', "\\", "[a", "{a", "!a", "&a", "*a", "%a", "@a", "`a", "-a", "ü"]
TEXTS += ["- a", "| a", "a: b", "a #b", " a ", "a\tb", "a\nb", "a\rb", "a\x85b", "a\u2028b", "\ufeffa", "\udc80", "😀"]
NUMBERS = [0.0, 1e-05, 1e-300, 0.1 + 0.2, 30.0, -30.0, 1.5]


@pytest.mark.parametrize("name", ["shot.yaml", "shot.json"])
def test_when_text_looks_like_something_else_then_it_stays_text(tmp_path, name):
    for text in TEXTS:
        settings = Settings(text, colorspace=text, working_space=text, ocio=text, layer=text, part=text, view=text)
        shot = replace(a_shot(tmp_path), settings=settings)
        shot.save(tmp_path / name)
        assert Shot.load(tmp_path / name) == shot
    for number in NUMBERS:
        shot = replace(a_shot(tmp_path), settings=Settings(exposure=number), finish=Finish(grow=number))
        shot.save(tmp_path / name)
        assert Shot.load(tmp_path / name) == shot


def test_when_a_shot_is_saved_then_files_beside_it_are_named_relative_and_nothing_is_left_over(tmp_path):
    a_long_shot(tmp_path).save(tmp_path / "shot.json")
    data = json.loads((tmp_path / "shot.json").read_text())
    assert data["version"] == 2
    assert data["plate"] == "plate.####.exr"
    assert data["objects"] == {"dog": {"in": 1005, "out": 1040}, "hero": {}}
    assert [key.get("kind") for key in data["key_frames"]] == ["guide", "guide", "approved"]
    replace(a_shot(tmp_path), frames=None).save(tmp_path / "shot.json")
    data = json.loads((tmp_path / "shot.json").read_text())
    assert list(data) == ["version", "plate", "key_frames", "settings", "finish", "delivery"]
    assert [path.name for path in tmp_path.iterdir()] == ["shot.json"]


def test_when_a_shot_cannot_be_saved_then_it_is_the_machine_s_fault(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match="cannot be written"):
        a_shot().save(tmp_path / "file" / "shot.yaml")


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
        **{"direction": "forward", "across_cuts": True},
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
# These count by their content, or not at all, or only for the frames between some key frames.
NOT_COUNTED = {"model", "ocio", "colorspace_reason", "out", "direction", "across_cuts"}


@pytest.mark.parametrize(("record", "name"), [(record, name) for record, names in OTHERS.items() for name in names])
def test_when_a_field_changes_then_the_digest_does_if_every_frame_depends_on_it(record, name):
    shot = a_shot()
    changed = replace(shot, **{record: replace(getattr(shot, record), **{name: OTHERS[record][name]})})
    assert (changed.digest == shot.digest) == (name in NOT_COUNTED)


def test_when_a_field_is_added_then_it_is_thought_of_above():
    for record, names in OTHERS.items():
        assert {entry.name for entry in fields(getattr(a_shot(), record))} == names.keys()


def test_when_key_frames_and_presences_differ_then_the_digest_does_not_as_they_concern_some_frames_only():
    shot = a_shot()
    for keys in ([KeyFrame(1002, "b.exr", "A")], [KeyFrame(1001, "b.exr", kind=APPROVED), KeyFrame(1002, "c.exr")]):
        assert replace(shot, key_frames=keys).digest == shot.digest
    long = a_long_shot(Path("/shots/010"))
    assert replace(long, presences=()).digest == long.digest


def test_when_the_objects_differ_then_the_digest_does_as_every_matte_has_their_layers():
    shot, long = a_shot(), a_long_shot(Path("/shots/010"))
    named = replace(shot, key_frames=[KeyFrame(1001, "roto.exr", object="hero")])
    turned = replace(long, key_frames=long.key_frames[::-1])
    assert len({shot.digest, named.digest, turned.digest, long.digest}) == 4


@pytest.mark.parametrize("compression", [*COMPRESSIONS, "dwaa:45", "dwab:9999"])
def test_when_a_compression_is_known_then_it_is_taken(compression):
    delivery = Delivery("m.####.exr", compression=compression)
    assert delivery.path(3) == Path("m.0003.exr")
    assert delivery.compression_method in COMPRESSIONS


def test_when_a_number_is_a_yes_or_no_then_it_is_refused():
    with pytest.raises(InputError, match=r"settings\.warmup"):
        Settings(warmup=True)
    with pytest.raises(InputError, match=r"settings\.part"):
        Settings(part=True)


def test_when_a_number_is_whole_then_it_may_be_written_with_a_point():
    assert repr(Settings(warmup=3.0, part=2.0)) == repr(Settings(warmup=3, part="2"))
    assert repr(Finish(gamma=2)) == repr(Finish(gamma=2.0))
    with pytest.raises(InputError, match=r"a whole number from 0 to 100, not 1\.5"):
        Settings(warmup=1.5)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 10**400])
def test_when_a_number_is_beyond_all_numbers_then_it_is_refused(number):
    with pytest.raises(InputError, match="exposure must be a number from -30 to 30, or auto, not"):
        Settings(exposure=number)
    with pytest.raises(InputError, match="warmup must be a whole number"):
        Settings(warmup=number)


def test_when_the_room_is_imported_then_only_the_standard_library_is():
    heavy = "{'numpy', 'yaml', 'torch', 'OpenImageIO'}"
    code = f"import sys, penumbra.shot; print([name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
