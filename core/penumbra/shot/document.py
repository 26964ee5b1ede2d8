"""Shot files as text: YAML that a person writes, JSON that a program writes (which is YAML, too)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from penumbra.aside import written_aside
from penumbra.errors import FileError, InputError


def read(path: Path) -> Any:
    """The plain data of a YAML or JSON file.

    Raises:
        FileError: The file is missing or cannot be read.
        InputError: It is neither YAML nor JSON.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not a text file"
        raise FileError(f"{path} cannot be read: {reason}.", "Check the shot file's name.", path=path) from fault
    try:
        return json.loads(text, object_pairs_hook=_unrepeated)
    except json.JSONDecodeError as fault:
        if path.suffix.lower() == ".json":
            raise InputError(
                f"{path} is not JSON: {fault.msg} in line {fault.lineno}.", "Mend that line.", path=path
            ) from fault
        return _yaml(path, text)


def write(path: Path, data: dict[str, Any]) -> None:
    """Write plain data, as JSON where the name says so, else as YAML.

    Raises:
        MachineError: The file cannot be written.
    """
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    if path.suffix.lower() != ".json":
        import yaml

        text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")


def _yaml(path: Path, text: str) -> Any:
    try:
        import yaml  # not at the top: Nuke's Python has none, and needs none for the JSON it writes
    except ImportError as fault:
        raise InputError(
            f"{path} is YAML, which this Python cannot read.", "Save the shot as JSON.", path=path
        ) from fault

    class Plain(yaml.SafeLoader):
        """YAML as a person reads it: 0010 is ten, 12:30 is text, a name given twice is a fault."""

    Plain.yaml_implicit_resolvers = {}
    tag = "tag:yaml.org,2002:"
    Plain.add_implicit_resolver(f"{tag}null", re.compile(r"(?:~|null|)$"), ["~", "n", ""])
    Plain.add_implicit_resolver(f"{tag}int", re.compile(r"[-+]?[0-9]+$"), list("-+0123456789"))
    Plain.add_implicit_resolver(f"{tag}float", re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)$"), list("-+.0123456789"))
    Plain.add_constructor(f"{tag}int", lambda _, node: int(node.value))
    Plain.add_constructor(f"{tag}float", lambda _, node: float(node.value))
    Plain.add_constructor(f"{tag}map", lambda loader, node: _unrepeated(loader.construct_pairs(node, deep=True)))
    try:
        return yaml.load(text, Plain)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        problem = getattr(fault, "problem", None) or "unreadable"
        raise InputError(f"{path} is not YAML: {problem}{place}.", "Mend that line.", path=path) from fault


def _unrepeated(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """A mapping in which nothing was said twice: the first would be lost without a word."""
    result: dict[Any, Any] = {}
    for name, value in pairs:
        if name in result:
            raise InputError(f"{name} is given twice.", "Keep one of the two.")
        result[name] = value
    return result
