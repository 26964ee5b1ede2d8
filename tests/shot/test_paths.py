"""Paths in shot files: where they start, variables, homes, and names of all sorts."""

import json
import os
import random
from pathlib import Path

import pytest

from penumbra.errors import InputError
from penumbra.shot import Delivery, KeyFrame, Settings, Shot
from penumbra.shot.paths import escaped, expanded, located, told


@pytest.fixture(autouse=True)
def studio(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHOW", "/mnt/show")
    monkeypatch.setenv("SHOT", "sh 010")
    monkeypatch.setenv("FILM", "/mnt/film")
    monkeypatch.setenv("F4K", "4k")
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.setenv("RAW", "$SHOW/~")
    monkeypatch.delenv("NOT_SET", raising=False)


def load(folder, plate="p.####.exr", mask="roto.exr", out="m.####.exr", name="shot.yaml", **settings):
    data = {"plate": plate, "key_frames": [{"frame": 1, "path": mask}], "delivery": {"out": out}, "settings": settings}
    (folder / name).write_text(json.dumps(data))
    return Shot.load(folder / name)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("$SHOW/p.####.exr", "/mnt/show/p.####.exr"),
        ("${SHOW}/${SHOT}x/p.####.exr", "/mnt/show/sh 010x/p.####.exr"),
        ("plates/$SHOT/p.####.exr", "{here}/plates/sh 010/p.####.exr"),
        ("p_$SHOT.####.exr", "{here}/p_sh 010.####.exr"),
        ("~/p.####.exr", "{here}/home/p.####.exr"),
        ("./~/p.####.exr", "{here}/~/p.####.exr"),
        ("a~/p.####.exr", "{here}/a~/p.####.exr"),
        ("$RAW/p.####.exr", "{here}/$SHOW/~/p.####.exr"),
        ("../p.####.exr", "{here}/../p.####.exr"),
        ("/p.####.exr", "/p.####.exr"),
        (r"C:\show\p.####.exr", r"C:\show\p.####.exr"),
        # Places for frames and views are no variables.
        ("p.$F4.exr", "{here}/p.$F4.exr"),
        ("p.$F.exr", "{here}/p.$F.exr"),
        ("$SHOW/%V/p_%v_%V.%04d.exr", "/mnt/show/%V/p_%v_%V.%04d.exr"),
        ("$SHOW/$F4/p.%d.exr", "/mnt/show/$F4/p.%d.exr"),
        ("$FILM/${F4K}/p.$F4.exr", "/mnt/film/4k/p.$F4.exr"),
        ("$F4K.$F.exr", "{here}/4k.$F.exr"),
        # What is no variable either.
        ("$$SHOW/p.####.exr", "{here}/$SHOW/p.####.exr"),
        ("$~/p$.####.exr", "{here}/~/p$.####.exr"),
        ("50$%/a$-b/p.####.exr", "{here}/50%/a$-b/p.####.exr"),
    ],
)
def test_when_a_path_has_variables_or_a_home_then_they_are_expanded_and_places_stay(tmp_path, text, path):
    meant = Path(path.format(here=tmp_path))
    shot = load(tmp_path, plate=text, mask=text, out=text)
    assert (shot.plate, shot.delivery.out) == (meant, meant)
    assert shot.key_frames == (KeyFrame(1, meant),)
    (tmp_path / "by_hand.yaml").write_text(
        f"plate: {text}\nkey_frames: {{1: '{text}', hero: ['2={text}:A']}}\ndelivery: {{out: '{text}'}}\n"
    )
    with pytest.raises(InputError, match="this one has none"):
        Shot.load(tmp_path / "by_hand.yaml")
    (tmp_path / "by_hand.yaml").write_text(
        f"plate: {text}\nkey_frames: {{hero: {{1: '{text}'}}, dog: ['2={text}:A']}}\ndelivery: {{out: '{text}'}}\n"
    )
    by_hand = Shot.load(tmp_path / "by_hand.yaml")
    assert by_hand.key_frames == (KeyFrame(1, meant, None, "hero"), KeyFrame(2, meant, "A", "dog"))


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("net.pth", "{here}/net.pth"),
        ("$SHOW/net.safetensors", "/mnt/show/net.safetensors"),
        ("penumbra-seed", "penumbra-seed"),
        ("$SHOT", "sh 010"),
        ("~/net.PTH", "{here}/home/net.PTH"),
    ],
)
def test_when_a_model_is_a_file_then_it_is_a_path_and_otherwise_a_name(tmp_path, given, meant):
    assert load(tmp_path, model=given).settings.model == meant.format(here=tmp_path)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("studio.ocio", "{here}/studio.ocio"),
        ("${SHOW}/c.ocioz", "/mnt/show/c.ocioz"),
        ("ocio://default", "ocio://default"),
        ("cg-config-v4.0.0_aces-v2.0_ocio-v2.5", "cg-config-v4.0.0_aces-v2.0_ocio-v2.5"),
    ],
)
def test_when_a_configuration_is_a_file_then_it_is_a_path_and_otherwise_a_name(tmp_path, given, meant):
    assert load(tmp_path, ocio=given).settings.ocio == meant.format(here=tmp_path)


@pytest.mark.parametrize("text", ["$NOT_SET/p.#.exr", "a/${NOT_SET}.#.exr", "p_$NOT_SET_2.#.exr", "$EMPTY/p.#.exr"])
@pytest.mark.parametrize(
    ("field", "line"), [("plate", 1), ("key_frames, entry 1.path", 3), ("settings.ocio", 4), ("delivery.out", 5)]
)
def test_when_a_variable_is_not_set_then_it_its_field_and_its_line_are_named(tmp_path, text, field, line):
    name = next(name for name in ("NOT_SET_2", "NOT_SET", "EMPTY") if name in text)
    values = {"plate": "p", "key_frames, entry 1.path": "a", "settings.ocio": "b", "delivery.out": "m.#.exr"}
    plate, mask, ocio, out = (values | {field: text}).values()
    path = tmp_path / "shot.yaml"
    path.write_text(
        f"plate: {plate}\nkey_frames:\n- {{frame: 1, path: '{mask}'}}\n"
        f"settings: {{ocio: '{ocio}'}}\ndelivery: {{out: '{out}'}}\n"
    )
    with pytest.raises(InputError) as caught:
        Shot.load(path)
    assert str(caught.value) == (
        f"{path}, line {line}, {field}: The environment variable {name} is not set, or is empty. "
        "Set it, or write $$ for a dollar sign that is meant as one."
    )


def test_when_a_file_is_of_version_1_then_its_paths_are_taken_as_they_are_for_it_knew_no_variables(tmp_path):
    text = "version: 1\nplate: $SHOW/p\nkey_frames: {1: ~/$$a%SHOW%.exr}\ndelivery: {out: $F/m.$F4.exr}\n"
    shot = Shot.load((tmp_path / "shot.yaml").write_text(text) and tmp_path / "shot.yaml")
    assert (shot.plate, shot.delivery.out) == (tmp_path / "$SHOW" / "p", tmp_path / "$F" / "m.$F4.exr")
    assert shot.key_frames == (KeyFrame(1, tmp_path / "~" / "$$a%SHOW%.exr"),)


@pytest.mark.parametrize("text", ["${}/p", "${a-b}/p"])
def test_when_braces_hold_no_variable_s_name_then_it_is_told(tmp_path, text):
    with pytest.raises(InputError, match=r"line 1, plate: The environment variable .* is not set"):
        load(tmp_path, plate=text)


def test_when_a_home_is_no_one_s_then_it_is_told(tmp_path):
    with pytest.raises(InputError, match=r"No one's home folder is ~no\.one here\. If it is .*, write \./~no\.one/p\."):
        load(tmp_path, plate="~no.one/p")


def test_when_the_machine_is_windows_then_its_own_variables_are_expanded_too(monkeypatch):
    monkeypatch.setenv("V_", "wrong")
    for text, meant in [
        (r"%SHOW%\p.####.exr", r"/mnt/show\p.####.exr"),
        (r"$SHOW\%SHOT%\p.####.exr", r"/mnt/show\sh 010\p.####.exr"),
        ("%NOT_SET%/p.####.exr", "%NOT_SET%/p.####.exr"),
        ("$%SHOW%/p.####.exr", "%SHOW%/p.####.exr"),
        ("plate_%V_%04d.exr", "plate_%V_%04d.exr"),
        ("%V%v/100%/p.%04d.exr", "%V%v/100%/p.%04d.exr"),
    ]:
        assert expanded(text, windows=True) == meant
    assert expanded("%SHOW%/p.####.exr", windows=False) == "%SHOW%/p.####.exr"


def test_when_a_name_is_saved_then_nothing_is_escaped_that_need_not_be():
    for name in ("plate_%V_%04d.exr", "%V/a_%v.####.exr", "p.$F4.exr", "p.$F.exr", "50%.exr", "a~b", "é (1).exr"):
        assert escaped(name) == name


# Pieces of names that mean something, somewhere: to shells, Nuke, Houdini, Windows, YAML, printf, or to us.
PIECES = [
    "$",
    "$$",
    "${",
    "}",
    "$F4",
    "$F",
    "F4",
    "~",
    "%",
    "%V",
    "%04d",
    "%SHOW%",
    "$SHOW",
    "${SHOW}",
    "SHOW",
    "NOT_SET",
]
PIECES += [
    " ",
    "ü",
    "日本",
    "é",
    "e\u0301",
    ":",
    "C:",
    "x:",
    "\\",
    "/",
    "..",
    ".",
    "'",
    '"',
    "#",
    ": ",
    " #",
    "- ",
    "&",
    "*",
    "!",
]
PIECES += [
    "[",
    "{",
    ",",
    "?",
    "|",
    ">",
    "`",
    "@",
    "=",
    "1001",
    "0x1",
    "no",
    "null",
    "\t",
    "\n",
    "\x7f",
    "\udcff",
    "\u2028",
    "😀",
]


def odd_names(count, seed):
    rng = random.Random(seed)
    for _ in range(count):
        name = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 6)))
        if name.strip("/. \n\t\u2028"):
            yield name


@pytest.mark.parametrize("windows", [False, True])
def test_when_any_name_is_escaped_then_expanding_gives_it_back_on_every_machine(windows):
    for name in odd_names(8000, seed=1):
        assert expanded(escaped(name), windows=windows) == name


def test_when_any_path_is_told_relative_to_a_folder_then_locating_gives_it_back():
    names = odd_names(8000, seed=2)
    for folder in (Path("/shots/010"), Path("/shots/$SHOW ü"), Path("/"), Path("/elsewhere")):
        for name in (next(names) for _ in range(1500)):
            for path in (Path("/shots/010") / name, Path("/") / name):
                assert Path(located(told(path, folder), folder)) == path


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_when_names_are_odd_then_a_saved_shot_is_still_the_same(tmp_path, suffix):
    folder = tmp_path / "$SHOW ü: {a}"
    folder.mkdir()
    names = list(odd_names(80, seed=3))
    for index, name in enumerate(names):
        path = (folder, tmp_path, Path("/"))[index % 3] / name
        shot = Shot(
            path,
            # A mask's and a matte's pattern is one of its file's name.
            [KeyFrame(1, path / "roto.exr"), KeyFrame(2, folder / f"a{index}:{index % 7}.exr", "$A:~")],
            Delivery(path / "m.####.exr"),
            settings=Settings(model=f"{path}.pth" if index % 2 else name.strip(), ocio=f"{path}.ocio", layer="$SHOW"),
        )
        shot.save(folder / f"shot{suffix}")
        assert Shot.load(folder / f"shot{suffix}") == shot


def test_when_a_shot_is_loaded_from_another_folder_then_its_relative_paths_still_start_at_the_file(
    tmp_path, monkeypatch
):
    (tmp_path / "a").mkdir()
    first = load(tmp_path / "a", plate="p.####.exr")
    monkeypatch.chdir(tmp_path)
    assert Shot.load("a/shot.yaml") == first
    assert Shot.load(os.path.relpath(tmp_path / "a" / "shot.yaml")).plate == tmp_path / "a" / "p.####.exr"


def test_when_a_shot_s_folder_is_moved_then_what_lies_in_it_moves_with_it(tmp_path):
    (tmp_path / "a").mkdir()
    shot = Shot(tmp_path / "a" / "p.#.exr", [KeyFrame(1, tmp_path / "b.exr")], Delivery(tmp_path / "a" / "m.#.exr"))
    shot.save(tmp_path / "a" / "shot.yaml")
    (tmp_path / "a").rename(tmp_path / "c")
    moved = Shot.load(tmp_path / "c" / "shot.yaml")
    assert (moved.plate, moved.delivery.out) == (tmp_path / "c" / "p.#.exr", tmp_path / "c" / "m.#.exr")
    assert moved.key_frames == shot.key_frames


def test_when_a_mask_s_file_has_a_colon_then_it_is_looked_for_beside_the_shot_file(tmp_path):
    (tmp_path / "roto:final.exr").touch()
    (tmp_path / "shot.yaml").write_text("plate: p\nkey_frames: {1: 'roto:final.exr'}\ndelivery: {out: m.#.exr}\n")
    assert Shot.load(tmp_path / "shot.yaml").key_frames == (KeyFrame(1, tmp_path / "roto:final.exr"),)
