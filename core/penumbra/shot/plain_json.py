"""JSON with the lines of its entries, which the standard library's reader does not tell."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

DECODER = json.JSONDecoder()
SPACE = re.compile(r"[ \t\n\r]*")
CLOSING = {"{": "}", "[": "]"}


class Unreadable(Exception):  # noqa: N818 - what a person sees is the error that `document` makes of it
    """A text that is not what it should be.

    Attributes:
        line: Where, from 1.
        problem: Why.
    """

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


def read(text: str) -> Any:
    """The data.

    Raises:
        json.JSONDecodeError: It is not JSON.
        Unreadable: A name is given twice.
        ValueError: A number is none.
        RecursionError: It nests too deeply.
    """
    data = json.loads(text)
    _check_repeated(text, 0)
    return data


def lines(text: str) -> Callable[[Sequence[int]], int]:
    """Tells the line, from 1, on which an entry begins: the n-th of the root, the n-th of that one, and so on."""
    entries = cache(lambda at: [*_entries(text, at)])

    def line_of(steps: Sequence[int]) -> int:
        begin = value = _after_space(text, 0)
        for step in steps:
            _, begin, value = entries(value)[step]
        return text.count("\n", 0, begin) + 1

    return line_of


def _check_repeated(text: str, at: int) -> None:
    names = set[str]()
    at = _after_space(text, at)
    for name, begin, value in _entries(text, at):
        if text[at] == "{" and name in names:
            raise Unreadable(text.count("\n", 0, begin) + 1, f"{name} is given twice")
        names.add(name)
        _check_repeated(text, value)


def _entries(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """Of what the object or list at a place holds: the name, where it begins, and where its value does.

    A list's entries have no names; what is neither holds nothing. The text has been read before, and is JSON.
    """
    closing = CLOSING.get(text[at])
    at = _after_space(text, at + 1)
    while closing and text[at] != closing:
        begin, name = at, ""
        if closing == "}":
            name, end = DECODER.raw_decode(text, at)
            at = _after_space(text, _after_space(text, end) + 1)  # the colon
        yield name, begin, at
        at = _after_space(text, DECODER.raw_decode(text, at)[1])
        if text[at] == ",":
            at = _after_space(text, at + 1)


def _after_space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    assert found
    return found.end()
