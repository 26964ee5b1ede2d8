"""The published schema refuses what the records refuse, and accepts what they accept."""

import json
import runpy
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from penumbra.errors import Faults, InputError
from penumbra.shot import Delivery, KeyFrame, Presence, Settings, Shot
from penumbra.shot.decode import FIELDS, RECORDS
from penumbra.shot.fields import rules
from tests.shot.wrong import ALONE, TOGETHER

DOCS = Path(__file__).resolve().parents[2] / "docs"
SCHEMA = json.loads((DOCS / "shot.schema.json").read_text(encoding="utf-8"))
GOOD = {"plate": "p.#.exr", "key_frames": {"1001": "a.exr"}, "delivery": {"out": "m.#.exr"}}


@pytest.fixture(scope="module")
def maker():
    return runpy.run_path(str(DOCS / "make_schema.py"))


@pytest.fixture(scope="module")
def validator():
    Draft202012Validator.check_schema(SCHEMA)
    return Draft202012Validator(SCHEMA)


def as_json(data):
    """As a JSON file has it: names are text."""
    return json.loads(json.dumps(data))


@pytest.fixture
def is_taken(tmp_path):
    """Whether Penumbra loads a shot file of such data."""

    def load(data):
        (tmp_path / "shot.json").write_text(json.dumps(data))
        try:
            Shot.load(tmp_path / "shot.json")
        except (InputError, Faults):
            return False
        return True

    return load


def test_when_the_records_change_then_schema_and_page_are_made_anew(maker):
    assert (DOCS / "shot.schema.json").read_text(encoding="utf-8") == maker["published"]()
    page = (DOCS / "shot.md").read_text(encoding="utf-8")
    assert page == maker["page"](page), "run docs/make_schema.py"


def test_when_a_record_has_a_field_then_schema_and_page_tell_of_it():
    page = (DOCS / "shot.md").read_text(encoding="utf-8")
    assert list(SCHEMA["properties"]) == list(FIELDS)
    for name, record in RECORDS.items():
        properties = SCHEMA["properties"][name]["properties"]
        assert list(properties) == [*rules(record)]
        assert all(len(entry["description"]) > 10 for entry in properties.values())
        assert all(f"| `{field}` |" in page for field in properties)
    assert all(f"| `{field}` |" in page for field in rules(KeyFrame))
    assert all(entry["description"] for entry in SCHEMA["properties"].values())


def test_when_a_default_is_published_then_it_is_the_record_s(validator):
    shot = Shot("p", [KeyFrame(1, "a")], Delivery("m.#.exr"))
    for name in RECORDS:
        properties = SCHEMA["properties"][name]["properties"]
        usual = {field: entry["default"] for field, entry in properties.items() if "default" in entry}
        assert usual == {field: value for field, value in asdict(getattr(shot, name)).items() if field != "out"}
        assert validator.is_valid(GOOD | {name: usual | ({"out": "m.#.exr"} if name == "delivery" else {})})


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, value, *_ in ALONE])
def test_when_a_field_is_wrong_by_itself_then_the_schema_refuses_it_there_too(validator, field, value):
    faults = list(validator.iter_errors(as_json(GOOD | {field: yaml.safe_load(value)})))
    assert {next(iter(fault.absolute_path), None) for fault in faults} == {field}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, value, *_ in TOGETHER])
def test_when_fields_are_wrong_together_then_that_is_beyond_the_schema(validator, field, value):
    assert validator.is_valid(as_json(GOOD | {field: yaml.safe_load(value)}))


WAYS = [
    "{1001: a.exr}",
    "{'1001,1010-1020': a.#.exr}",
    "{-5--2: {path: a.#.exr, kind: approved, channel: matte.A}}",
    "{1001: {frame: 1001, path: a.exr, channel: null, object: null}}",
    "{1001: {frame: 1001.0, path: a.exr, object: hero}}",
    "[1001=a.exr, {frame: 1002, path: b.exr}, ' 1003 , 1005-1007 = a.#.exr:A ']",
    "{hero: {1001: a.exr}, dog_2: [1001=b.exr], Cat: [{frame: 1, path: c.exr}]}",
    "[]",
    "{}",
    "{hero: []}",
    "{hero: {}}",
    "{hero: a.exr}",
    "{hero: {dog: {1001: a.exr}}}",
    "{hero: {1001: {frame: '1001', path: a.exr}}}",
    "{rgba: {1001: a.exr}}",
    "{2hero: {1001: a.exr}}",
    "{'': a.exr}",
    "{1001.5: a.exr}",
    "{1001-1010x2: a.#.exr}",
    "{'1001,': a.#.exr}",
    "{12345678901: a.exr}",
    "{1001: ''}",
    "{1001: [a.exr]}",
    "{1001: 3}",
    "{1001: {channel: A}}",
    "{1001: {path: a.exr, channel: ''}}",
    "{1001: {path: a.exr, kind: null}}",
    "[{path: a.exr}]",
    "[{frame: '1001', path: a.exr}]",
    "[{frame: null, path: a.exr}]",
    "[{frame: 1.5, path: a.exr}]",
    "[a.exr]",
    "[1001=]",
    "[=a.exr]",
    "[null]",
    "[[]]",
    "3",
    "a.exr",
    "null",
]


@pytest.mark.parametrize("way", WAYS)
def test_when_key_frames_are_written_in_some_way_then_both_understand_it_or_neither_does(validator, is_taken, way):
    data = as_json(GOOD | {"key_frames": yaml.safe_load(way)})
    assert validator.is_valid(data) == is_taken(data)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("version", [0, 1, 2, 3, 1.0, 1.5, "2", True, None, []]),
        ("plate", ["p", "", " ", None, 3, ["p"], {}]),
        (
            "frames",
            [
                "7",
                "7-10",
                " -5-9 ",
                7,
                7.0,
                None,
                "",
                "a",
                "1-",
                "1,2",
                1.5,
                True,
                [1, 2],
                "1" * 10,
                "--5",
                "7-9x2",
                10**9,
            ],
        ),
        ("objects", [None, {}, [], "hero", {"hero": {}}, {"hero": {"in": 1, "out": None}}, {"hero": None}]),
        (
            "objects",
            [{"hero": {"in": "1"}}, {"hero": {"in": 1.5}}, {"hero": {"frm": 1}}, {"all": {}}, {"hero": [1, 2]}],
        ),
        ("settings", [None, {}, [], "a", 3, False]),
        ("finish", [None, {}, [], 0]),
        ("delivery", [None, {}, [], "m.#.exr", {"out": "m.#.exr"}, {"out": ""}, {"out": 3}, {"out": None}]),
        ("colour", ["blue", None]),
    ],
)
def test_when_a_field_has_some_value_then_both_take_it_or_neither_does(validator, is_taken, field, values):
    for value in values:
        data = GOOD | {"key_frames": {"hero": {"7": "a.exr"}}, field: value}
        assert validator.is_valid(data) == is_taken(data), value


PROBES = [None, True, False, 0, 1, -1, 2.0, 0.04, 0.05, 15, 16, 20, 20.5, 100, 101, -30, 31, 200, -201, 8192, 8193]
PROBES += [
    10**8,
    10**8 + 1,
    "",
    "\t",
    "1",
    "nONE",
    "none",
    "mask",
    "auto",
    " -1 , 2,3, 4",
    "1,2,3",
    "guided",
    "estimated",
]
PROBES += ["half", "data", "rgba", "packed", "zip", "dwaa:45", "dwab:0", "zip:1", "dwaa:10000", "both", [], {"a": 1}]
# With the other's default these contradict each other.
TOGETHER_WITH_DEFAULTS = [("white_point", 0), ("black_point", 1)]


@pytest.mark.parametrize(
    ("record", "field"),
    [(name, field) for name, record in RECORDS.items() for field in rules(record) if field != "out"],
)
def test_when_any_field_has_any_value_then_both_take_it_or_neither_does(validator, is_taken, record, field):
    taken = []
    for value in PROBES:
        data = GOOD | {record: GOOD.get(record, {}) | {field: value}}
        taken.append(validator.is_valid(data))
        contradicts = not isinstance(value, bool) and (field, value) in TOGETHER_WITH_DEFAULTS
        assert is_taken(data) == (taken[-1] and not contradicts), value
    assert any(taken)
    assert not all(taken)


@pytest.mark.parametrize("name", ["shot.yaml", "shot.json"])
def test_when_a_shot_is_saved_then_it_fits_the_schema(validator, tmp_path, name):
    keys = [KeyFrame(1, tmp_path / "$a.exr", "A", "hero"), KeyFrame(5, "b.exr", object="dog", kind="approved")]
    plain = Shot(tmp_path / "p.#.exr", [KeyFrame(7, "a.exr")], Delivery("m.#.exr"))
    settings = Settings(part=2, exposure="auto")
    full = replace(plain, key_frames=keys, presences=[Presence("dog", 2), Presence("hero")], settings=settings)
    for shot in (plain, full):
        shot.save(tmp_path / name)
        data = as_json(yaml.safe_load((tmp_path / name).read_text()))
        assert [fault.message for fault in validator.iter_errors(data)] == []


def test_when_the_page_shows_shot_files_then_they_are_right(validator, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOW", "/mnt/show")
    page = (DOCS / "shot.md").read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in page.split("```yaml\n")[1:]]
    whole = [block for block in blocks if "plate:" in block]
    ways = [line for block in blocks if block not in whole for line in block.splitlines() if "key_frames" in line]
    assert (len(whole), len(ways)) == (2, 3)
    for text in (*whole, *(f"plate: p\ndelivery: {{out: m.#.exr}}\n{way}\n" for way in ways)):
        (tmp_path / "shot.yaml").write_text(text)
        Shot.load(tmp_path / "shot.yaml")
        assert validator.is_valid(as_json(yaml.safe_load(text))), text
