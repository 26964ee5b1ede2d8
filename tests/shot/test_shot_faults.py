"""Shot files that are wrong: the message names the file, the line and the field."""

import json
import subprocess
import sys

import pytest
import yaml

from penumbra.errors import Faults, InputError
from penumbra.shot import Delivery, KeyFrame, Shot
from tests.shot.wrong import ALONE, TOGETHER

# Every line is one field, so that a test can tell by the field which line has to be told.
BY_HAND = """version: 2
plate: plate.####.exr
frames: 1001-1048
key_frames: {1001: roto.1001.exr}
objects: {}
settings: {}
finish: {}
delivery: {out: matte.####.exr}
"""
FIELDS = yaml.safe_load(BY_HAND)


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def in_yaml(folder, field, value):
    """The file with another text for one field, and that field's line."""
    lines = BY_HAND.splitlines()
    line = [*FIELDS].index(field)
    lines[line] = f"{field}: {value}"
    return write(folder / "shot.yaml", "\n".join(lines)), line + 1


def in_json(folder, field, value):
    data = json.loads(json.dumps(FIELDS | {field: yaml.safe_load(value)}))
    lines = [f"  {json.dumps(name)} :\t{json.dumps(each)}" for name, each in data.items()]
    return write(folder / "shot.json", "{\n" + ",\n".join(lines) + "\n}"), [*data].index(field) + 2


@pytest.mark.parametrize("written", [in_yaml, in_json])
@pytest.mark.parametrize(("field", "value", "told", "message"), ALONE + TOGETHER)
def test_when_a_field_is_wrong_then_file_line_and_field_are_named(tmp_path, written, field, value, told, message):
    path, line = written(tmp_path, field, value)
    if field == "frames" and told.startswith("key_frames"):
        line += 1  # two fields contradict each other: told of the key frame's
    with pytest.raises(InputError) as caught:
        Shot.load(path)
    said = str(caught.value)
    assert said.startswith((f"{path}, line {line}: {told}", f"{path}, line {line}, {told}: "))
    assert message in said
    assert caught.value.path == path
    assert str(caught.value.field[0]) == told.split(".")[0].split(",")[0]


@pytest.mark.parametrize("written", [in_yaml, in_json])
def test_when_fields_are_unknown_or_missing_then_they_are_named(tmp_path, written):
    path, _ = written(tmp_path, "settings", "{}")
    text = path.read_text().replace("plate", "plaet", 1).replace("delivery", "1x")
    with pytest.raises(Faults) as caught:
        Shot.load(write(path, text))
    first = 1 + (path.suffix == ".json")
    assert [str(fault) for fault in caught.value.faults] == [
        f"{path}, line 1: A shot lacks the field plate, delivery. Add it.",
        f"{path}, line {first + 1}, plaet: A shot has no field plaet. Did you mean plate?",
        f"{path}, line {first + 7}, 1x: A shot has no field 1x. Its fields are {', '.join(FIELDS)}.",
    ]


MANY = """# my shot

plate: $NOT_SET/plate.####.exr
frames: 1-x
key_frames:
  hero:
    1001: roto.exr
    1002:
      path: $NOT_SET/a.exr
      kind: aproved
  dog: [{frame: 3}, 5=x.exr,
    {frame: a, path: 3}]
settings: {warmup: many,
  process_size: 4}
delivery:
  out: matte.exr
"""


def test_when_several_fields_are_wrong_then_all_are_told_from_the_first_line_down(tmp_path):
    path = write(tmp_path / "shot.yaml", MANY)
    with pytest.raises(Faults) as caught:
        Shot.load(path)
    assert [fault.problem.removeprefix(f"{path}, ") for fault in caught.value.faults] == [
        "line 3, plate (and line 9): The environment variable NOT_SET is not set, or is empty.",
        "line 4, frames: '1-x' is not a frame range.",
        "line 11, key_frames.dog, entry 1: A key frame lacks the field path.",
        "line 12, key_frames.dog, entry 3.frame: The frame of a key frame must be a whole number, not 'a'.",
        "line 12, key_frames.dog, entry 3.path: The path of a key frame must be the name of a file, not 3.",
        "line 13: settings.warmup must be a whole number from 0 to 100, not 'many'.",
        "line 14: settings.process_size must be a whole number from 16 to 8192, not 4.",
        f"line 16: delivery.out is {tmp_path / 'matte.exr'}, in which every frame would have the same name.",
    ]
    assert {fault.exit_code for fault in caught.value.faults} == {caught.value.exit_code} == {2}


def test_when_one_line_has_the_same_fault_twice_then_it_is_told_once(tmp_path):
    text = "plate: p\nkey_frames: {1: $NOT_SET/a, 2: $NOT_SET/b}\ndelivery: {out: m.#.exr}\n"
    with pytest.raises(InputError, match=r"line 2, key_frames\.1: The environment variable NOT_SET is not set"):
        Shot.load(write(tmp_path / "a.yaml", text))


def test_when_many_lines_have_the_same_fault_then_it_is_told_once(tmp_path):
    keys = "".join(f"  {frame}: $NOT_SET/a.exr\n" for frame in range(1, 30))
    with pytest.raises(
        InputError, match=r"line 2, key_frames\.1 \(and 28 lines more\): The environment variable NOT_S"
    ):
        Shot.load(write(tmp_path / "a.yaml", f"key_frames:\n{keys}plate: p\ndelivery: {{out: m.#.exr}}\n"))


@pytest.mark.parametrize(
    ("name", "text", "line", "problem"),
    [
        ("shot.yaml", "plate: a\nkey_frames: [1\nframes: 3", 3, "this is not YAML: expected"),
        ("shot.yaml", "plate: a\n\tframes: 3", 2, "this is not YAML: found character '\\t'"),
        ("shot.yaml", "plate: a\n---\nplate: b", 2, "this is not YAML: but found another document"),
        ("shot.yaml", "plate: a\na: \x01", 2, "this is not YAML: special characters are not allowed"),
        ("shot.yaml", "plate: a\nb: !!python/object:os.system {}", 2, "this is not YAML: tag:yaml.org,2002:python/obj"),
        ("shot.yaml", "plate: a\nb: !!set {c}", 2, "this is not YAML: tag:yaml.org,2002:set is not known here"),
        ("shot.yaml", "plate: a\nb: &c [*c]", 2, "this is not YAML: found unconstructable recursive node"),
        ("shot.yaml", "plate: a\n{[1, 2]: 3}", 2, "this is not YAML"),
        ("shot.yaml", "? [1, 2]\n: 3", 1, "this is not YAML: a list or a mapping is no name"),
        ("shot.yaml", "key_frames:\n  1: a\n  2: b\n  1: c", 4, "1 is given twice"),
        ("shot.yaml", "a: !!int b", 1, "this nests too deeply, or holds a number that is none"),
        ("shot.yaml", f"a: {'1' * 5000}", 1, "this nests too deeply, or holds a number that is none"),
        ("shot.yaml", "[" * 9000, 1, "this nests too deeply, or holds a number that is none"),
        ("shot.json", "[" * 200_000, 1, "this nests too deeply, or holds a number that is none"),
        ("shot.json", f'{{"plate": {"1" * 5000}}}', 1, "this nests too deeply, or holds a number that is none"),
        ("shot.json", '{\n"plate" 1\n}', 2, "this is not JSON: "),
        ("shot.json", 'plate: a', 1, "this is not JSON: "),
        ("shot.json", '{"plate": "a",\n\n "plate": "b"}', 3, "plate is given twice"),
        ("shot.json", '{"a": [1, "{", {"b": {},\n\t"c": [ ],\n "b": 3}]}', 3, "b is given twice"),
        ("shot.yaml", '{"a": 1,\n"a": 2}', 2, "a is given twice"),
        ("shot.yaml", "just words", 1, "A shot must have the fields version, plate"),
        ("shot.yaml", "", 1, "A shot must have the fields version, plate"),
        ("shot.yaml", "# nothing\n", 1, "A shot must have the fields version, plate"),
        ("shot.json", "[1]", 1, "A shot must have the fields version, plate"),
    ],
)  # fmt: skip
def test_when_the_text_is_broken_then_the_line_is_named(tmp_path, name, text, line, problem):
    with pytest.raises(InputError) as caught:
        Shot.load(write(tmp_path / name, text))
    assert str(caught.value).startswith(f"{tmp_path / name}, line {line}: {problem}")


def test_when_a_shot_file_is_a_bomb_of_aliases_then_it_is_refused_at_once(tmp_path):
    bomb = "x0: &x0 [1, 2]\n" + "".join(f"x{n + 1}: &x{n + 1} [*x{n}, *x{n}]\n" for n in range(60))
    text = f"{bomb}plate: *x60\nframes: *x60\nkey_frames: {{1: *x60}}\ndelivery: *x60\n"
    with pytest.raises(Faults, match=r"line 62: plate must be the name of a file, not \[\[\[\.\.\.\]"):
        Shot.load(write(tmp_path / "shot.yaml", text))


WITHOUT_YAML = """
import sys
sys.modules["yaml"] = None
from penumbra.errors import PenumbraError
from penumbra.shot import Shot
try:
    shot = Shot.load(sys.argv[1])
    shot.save(sys.argv[2])
except PenumbraError as fault:
    print(fault)
"""


def without_yaml(*paths):
    """What is said where there is no PyYAML, as in Nuke."""
    ran = subprocess.run([sys.executable, "-c", WITHOUT_YAML, *paths], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_when_there_is_no_pyyaml_then_json_does_with_lines_and_fields(tmp_path):
    shot = Shot(tmp_path / "p.#.exr", [KeyFrame(1, tmp_path / "a.exr")], Delivery(tmp_path / "m.#.exr"))
    shot.save(tmp_path / "a.json")
    assert without_yaml(tmp_path / "a.json", tmp_path / "b.json") == ""
    assert Shot.load(tmp_path / "b.json") == shot
    assert "b.yaml is YAML, which this Python neither reads nor writes. Use a .json file." in without_yaml(
        tmp_path / "a.json", tmp_path / "b.yaml"
    )
    assert not (tmp_path / "b.yaml").exists()
    write(tmp_path / "c.yaml", BY_HAND)
    assert "c.yaml is YAML, which this Python neither" in without_yaml(tmp_path / "c.yaml", tmp_path / "d.json")
    path, line = in_json(tmp_path, "settings", "{warmup: many}")
    assert without_yaml(path, tmp_path / "d.json").startswith(f"{path}, line {line}: settings.warmup must be a whole")
