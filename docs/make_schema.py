"""Makes shot.schema.json and the tables of shot.md from the records themselves.

.venv/bin/python docs/make_schema.py

Types, bounds, words and defaults are those that the records check; the descriptions are their docstrings'.
"""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import MISSING, Field
from dataclasses import fields as fields_of
from pathlib import Path
from typing import Any

from penumbra.shot import Delivery, Finish, FrameRange, KeyFrame, Presence, Settings, Shot
from penumbra.shot.decode import FIELDS, VERSION
from penumbra.shot.fields import Like, OneOf, Rule, Within, rules
from penumbra.shot.frames import NUMBER
from penumbra.shot.key_frame import OBJECT

DOCS = Path(__file__).resolve().parent
SCHEMA, PAGE = DOCS / "shot.schema.json", DOCS / "shot.md"
# The records that have a table on the page.
TABLES = {"key_frames": KeyFrame, "settings": Settings, "finish": Finish, "delivery": Delivery}

TYPES = {Path: "string", str: "string", bool: "boolean", int: "integer", float: "number"}
RANGE = rf"\s*{NUMBER}(-{NUMBER})?\s*"
RANGES = f"{RANGE}(,{RANGE})*"

Json = dict[str, Any]


def schema() -> Json:
    """The JSON schema of shot files, draft 2020-12."""
    told = descriptions(Shot)
    properties: Json = {
        "version": of_rule(Rule(int, Within(1, VERSION))) | {"default": VERSION, "description": "The file's layout."},
        "plate": of_rule(rules(Shot)["plate"]),
        "frames": {
            "anyOf": [{"type": "string", "pattern": whole(RANGE)}, or_null(of_rule(rules(FrameRange)["first"]))]
        },
        "key_frames": {"$ref": "#/$defs/key_frames"},
        "objects": or_null({"type": "object", **objects(), "description": told["presences"]}),
        "settings": or_null(of_record(Settings)),
        "finish": or_null(of_record(Finish)),
        "delivery": of_record(Delivery),
    }
    # A part's number is its name, too.
    properties["settings"]["properties"]["part"]["type"] = ["string", "integer", "null"]
    for name, text in told.items():
        properties.get(name, {})["description"] = text
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A shot of Penumbra",
        **mapping(properties, [name for name, needed in FIELDS.items() if needed]),
        "$defs": key_frames(),
    }


def objects() -> Json:
    """When objects enter and leave, by their names."""
    told = descriptions(Presence)
    frame = or_null({"type": "integer"})
    ends = {"in": frame | {"description": told["first"]}, "out": frame | {"description": told["last"]}}
    return {"propertyNames": {"pattern": whole(OBJECT.pattern)}, "additionalProperties": mapping(ends)}


def key_frames() -> Json:
    """Every way of writing them: by frames, as a list, and either of these by the objects' names."""
    frames, names = whole(RANGES), whole(OBJECT.pattern)
    listed = of_record(KeyFrame)
    named = {"$ref": "#/$defs/of_frames"}
    of_one = {"anyOf": [{"$ref": "#/$defs/by_frames"}, {"$ref": "#/$defs/list"}]}
    by_names = {"type": "object", "minProperties": 1, "additionalProperties": False}
    text = {"type": "string", "pattern": rf"^\s*{RANGES}\s*=\s*\S", "description": "As 1001=roto.exr, or :A after it."}
    file = {"type": "string", "pattern": r"\S", "description": "The mask's file, as roto.exr, or roto.exr:A."}
    return {
        "key_frames": {"anyOf": [{"$ref": "#/$defs/by_frames_or_objects"}, {"$ref": "#/$defs/list"}]},
        "by_frames_or_objects": by_names | {"patternProperties": {frames: named, names: of_one}},
        "by_frames": by_names | {"patternProperties": {frames: named}},
        "of_frames": {"anyOf": [file, listed | {"required": ["path"]}]},
        "list": {"type": "array", "minItems": 1, "items": {"anyOf": [text, listed]}},
    }


def of_record(record: type) -> Json:
    """An object with a record's fields."""
    told = descriptions(record)
    properties: Json = {}
    for entry in fields_of(record):
        default = {} if is_needed(entry) else {"default": entry.default}
        properties[entry.name] = of_rule(rules(record)[entry.name]) | default | {"description": told[entry.name]}
    return mapping(properties, [entry.name for entry in fields_of(record) if is_needed(entry)])


def of_rule(rule: Rule) -> Json:
    """What one field may hold."""
    made: Json = {"type": TYPES[rule.kind]}
    match rule.limit:
        case Within(least, most):
            made |= {"minimum": least, "maximum": most}
        case OneOf(allowed):
            made |= {"enum": list(allowed)}
        case Like(pattern):
            made |= {"pattern": whole(pattern)}
        case None if made["type"] == "string":
            made |= {"pattern": r"\S"}
    if words := [word for word in rule.others if word is not None]:
        made = {"anyOf": [made, {"enum": words}]}
    return or_null(made) if None in rule.others else made


def or_null(made: Json) -> Json:
    """The same, or nothing."""
    return made | {"type": [made["type"], "null"]}


def mapping(properties: Json, required: list[str] | None = None) -> Json:
    """An object that has no other properties."""
    made = {"type": "object", "properties": properties, "additionalProperties": False}
    return made | ({"required": required} if required else {})


def whole(pattern: str) -> str:
    """A pattern that all of a text has to fit."""
    return f"^({pattern})$"


def is_needed(entry: Field[Any]) -> bool:
    """Whether a field has no default."""
    return entry.default is MISSING and entry.default_factory is MISSING


def descriptions(record: type) -> dict[str, str]:
    """What a record's docstring says of its fields under `Attributes:`."""
    text = (inspect.getdoc(record) or "").partition("Attributes:\n")[2]
    found = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", text, re.MULTILINE)
    # Files have null where Python has None.
    return {name: re.sub(r"\bNone\b", "null", " ".join(words.split())) for name, words in found}


def table(record: type) -> str:
    """A record's fields for people."""
    told = descriptions(record)
    rows = ["| field | what it holds | without it | what it does |", "|---|---|---|---|"]
    for entry in fields_of(record):
        rule = rules(record)[entry.name]
        usual = "needed" if is_needed(entry) else "" if entry.default is None else f"`{said(entry.default)}`"
        rows.append(f"| `{entry.name}` | {rule.words} | {usual} | {told[entry.name]} |")
    return "\n".join(rows)


def said(default: object) -> str:
    """A default as a file has it."""
    return f"{default:g}" if isinstance(default, float) else str(default).replace("False", "false")


def page(text: str) -> str:
    """The page with its tables made anew. Each stands between two remarks."""
    for name, record in TABLES.items():
        begin, end = f"<!-- {name}: by make_schema.py -->\n", "<!-- end -->\n"
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}{table(record)}\n{end}{rest.partition(end)[2]}"
    return text


def published() -> str:
    """The schema's text."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(published(), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
