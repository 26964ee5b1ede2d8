"""YAML as a person reads it: 0010 is ten, 12:30 and `no` are words, a name given twice is a fault.

Imported where YAML is met only: Nuke's Python has no PyYAML, and needs none for the JSON that it writes.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import Any

import yaml

from penumbra.shot.plain_json import Unreadable

NO_YAML = "this is not YAML: "
# Long paths stay on one line.
WIDTH = 100_000
TAG = "tag:yaml.org,2002:"
# A tag, what is of it, and how that can begin.
WORDS = (
    ("null", r"~|null|Null|NULL|", [*"~nN", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", r"[-+]?[0-9]+", [*"-+0123456789"]),
    ("float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", [*"-+.0123456789"]),
)


class Reader(yaml.SafeLoader):
    """Makes nothing but plain data."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - so PyYAML keeps them
    yaml_constructors = {}  # noqa: RUF012


class Writer(yaml.SafeDumper):
    """Puts quotes around all text that would be something else, here or by the rules of YAML 1.1."""


def read(text: str) -> tuple[Any, yaml.Node | None]:
    """The data, and the node that knows its lines.

    Raises:
        Unreadable: It is not YAML, or gives a name twice.
        ValueError: A number is none.
        RecursionError: It nests too deeply.
    """
    try:
        reader = Reader(text)
        node = reader.get_single_node()
        return (None if node is None else reader.construct_document(node)), node
    except yaml.MarkedYAMLError as fault:
        raise Unreadable(
            fault.problem_mark.line + 1 if fault.problem_mark else 1, f"{NO_YAML}{fault.problem}"
        ) from fault
    except yaml.reader.ReaderError as fault:
        raise Unreadable(text.count("\n", 0, fault.position) + 1, f"{NO_YAML}{fault.reason}") from fault


def line_of(node: yaml.Node | None, steps: Sequence[int]) -> int:
    """The line, from 1, on which an entry begins: the n-th of the root, the n-th of that one, and so on."""
    begin = node
    for step in steps:
        assert isinstance(node, yaml.CollectionNode)
        entry = node.value[step]
        begin, node = entry if isinstance(entry, tuple) else (entry, entry)
    return 1 if begin is None else _line(begin)


def written(data: dict[str, Any]) -> str:
    """The data as YAML."""
    return yaml.dump(data, Dumper=Writer, sort_keys=False, allow_unicode=True, width=WIDTH)


def _mapping(reader: Reader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    made: dict[Hashable, Any] = {}
    for name_node, value_node in node.value:
        name = reader.construct_object(name_node, deep=True)
        if not isinstance(name, Hashable):
            raise Unreadable(_line(name_node), f"{NO_YAML}a list or a mapping is no name")
        if name in made:
            raise Unreadable(_line(name_node), f"{name} is given twice")
        made[name] = reader.construct_object(value_node, deep=True)
    return made


def _sequence(reader: Reader, node: yaml.SequenceNode) -> list[Any]:
    return [reader.construct_object(entry, deep=True) for entry in node.value]


def _unknown(_: Reader, node: yaml.Node) -> Any:
    raise Unreadable(_line(node), f"{NO_YAML}{node.tag} is not known here")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _text(writer: Writer, text: str) -> yaml.ScalarNode:
    # PyYAML folds lines at letters that are none to people, unless they are escaped.
    return writer.represent_scalar(f"{TAG}str", text, style=None if text.isprintable() else '"')


for word, pattern, begins in WORDS:
    for kind in (Reader, Writer):
        kind.add_implicit_resolver(f"{TAG}{word}", re.compile(f"(?:{pattern})$"), begins)
Writer.add_representer(str, _text)
Reader.add_constructor(f"{TAG}null", lambda *_: None)
Reader.add_constructor(f"{TAG}bool", lambda _, node: node.value.lower() == "true")
Reader.add_constructor(f"{TAG}int", lambda _, node: int(node.value))
Reader.add_constructor(f"{TAG}float", lambda _, node: float(node.value))
Reader.add_constructor(f"{TAG}str", lambda _, node: node.value)
Reader.add_constructor(f"{TAG}map", _mapping)
Reader.add_constructor(f"{TAG}seq", _sequence)
Reader.add_constructor(None, _unknown)
