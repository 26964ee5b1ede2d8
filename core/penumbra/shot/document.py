"""Shot files as text: YAML that a person writes, JSON that a program writes (which is YAML, too)."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from penumbra.aside import written_aside
from penumbra.errors import FileError, InputError, PenumbraError
from penumbra.shot import plain_json
from penumbra.shot.frames import in_ranges

# Names of fields from the outermost inward, and numbers of a list's entries from 0.
Place = tuple[str | int, ...]

# Lines that are told one by one.
FEW = 5
# Lists in lists in lists, numbers of thousands of digits.
TOO_MUCH = "this nests too deeply, or holds a number that is none"


@dataclass(frozen=True)
class Document:
    """The plain data of a file, and where in the file each of them stands.

    Attributes:
        path: The file.
        data: Mappings, lists, text, numbers, true, false and None.
        line_of: The line, from 1, of an entry: the n-th of the root, the n-th of that one, and so on.
    """

    path: Path
    data: Any
    line_of: Callable[[Sequence[int]], int]

    def line(self, place: Place) -> int:
        """The line of a place, from 1. What is missing counts as being where that is which lacks it."""
        ways = [(step, [*_names(data)]) for step, data in self._way(place)]
        return self.line_of([names.index(step) for step, names in ways if step in names])

    def told(self, fault: PenumbraError, place: Place, *others: Place) -> InputError:
        """A fault of this file, in words that name the line and the field, and the lines of others that have it too."""
        field = ""
        for step, data in self._way(place):
            field += f", entry {int(step) + 1}" if isinstance(data, list) else f"{'.' if field else ''}{step}"
        named = f", {field}" if field and not fault.problem.startswith(field) else ""
        line = self.line(place)
        too = _too({self.line(other) for other in others} - {line})
        problem = f"{self.path}, line {line}{named}{too}: {fault.problem}"
        return InputError(problem, fault.next_step, frame=fault.frame, path=self.path, field=place)

    def _way(self, place: Place) -> Iterator[tuple[str | int, Any]]:
        """Every step of a place, and what it is a step into; None where the file has no such thing."""
        data = self.data
        for step in place:
            yield step, data
            data = data[step] if step in _names(data) else None


def read(path: Path) -> Document:
    """The plain data of a YAML or JSON file.

    Raises:
        FileError: The file is missing or cannot be read.
        InputError: It is neither YAML nor JSON, or gives a name twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not a text file"
        raise FileError(f"{path} cannot be read: {reason}.", "Check the shot file's name.", path=path) from fault
    try:
        return _parsed(path, text)
    except plain_json.Unreadable as fault:
        raise _unreadable(path, fault.line, fault.problem) from fault
    except (RecursionError, ValueError) as fault:
        raise _unreadable(path, 1, TOO_MUCH) from fault


def write(path: Path, data: dict[str, Any]) -> None:
    """Write plain data, as JSON where the name says so, else as YAML.

    Raises:
        MachineError: The file cannot be written.
        InputError: It would be YAML, which this Python does not write.
    """
    if path.suffix.lower() == ".json":
        text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    else:
        try:
            from penumbra.shot import plain_yaml
        except ImportError as fault:
            raise _without_yaml(path) from fault
        text = plain_yaml.written(data)
    with written_aside(path) as aside:
        # Names of files need not be text; JSON and YAML both write such bytes as \udc80.
        aside.write_text(text, encoding="utf-8", errors="backslashreplace")


def _parsed(path: Path, text: str) -> Document:
    try:
        return Document(path, plain_json.read(text), plain_json.lines(text))
    except json.JSONDecodeError as fault:
        if path.suffix.lower() == ".json":
            raise plain_json.Unreadable(fault.lineno, f"this is not JSON: {fault.msg}") from fault
    try:
        from penumbra.shot import plain_yaml
    except ImportError as fault:
        raise _without_yaml(path) from fault
    data, node = plain_yaml.read(text)
    return Document(path, data, partial(plain_yaml.line_of, node))


def _without_yaml(path: Path) -> InputError:
    return InputError(f"{path} is YAML, which this Python neither reads nor writes.", "Use a .json file.", path=path)


def _unreadable(path: Path, line: int, problem: str) -> InputError:
    return InputError(f"{path}, line {line}: {problem}.", "Mend that line.", path=path)


def _too(lines: Collection[int]) -> str:
    if len(lines) > FEW:
        return f" (and {len(lines)} lines more)"
    return f" (and line{'s' if len(lines) > 1 else ''} {in_ranges(lines)})" if lines else ""


def _names(data: Any) -> Collection[Any]:
    if isinstance(data, list):
        return range(len(data))
    return data if isinstance(data, dict) else ()
