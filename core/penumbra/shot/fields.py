"""What a field may hold: said once, beside its type, for its check, its message, and the published schema.

    gamma: Annotated[float, Within(0.05, 20)] = 1.0

`check` holds a whole record to it.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import fields as fields_of
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from penumbra.errors import InputError, raise_faults


@dataclass(frozen=True)
class Within:
    """A number's bounds, which are both allowed."""

    least: float
    most: float


@dataclass(frozen=True)
class OneOf:
    """A few words, of which it must be one."""

    allowed: tuple[str, ...]


@dataclass(frozen=True)
class Like:
    """A way to write it.

    Attributes:
        pattern: A regular expression that all of it fits, in the part of the language that JavaScript shares.
        words: The same for people.
    """

    pattern: str
    words: str


# Whole paths, but not all of what someone pasted.
SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = 200
SHORT.maxlevel = 2

NOUNS = {Path: "the name of a file", str: "a name", bool: "true or false", int: "a whole number", float: "a number"}


@dataclass(frozen=True)
class Rule:
    """What one field may hold.

    Attributes:
        kind: Path, str, bool, int or float. A path's text is a path, and a whole number is a number.
        limit: What else is asked of it.
        others: What would do as well: words, or None.
    """

    kind: type
    limit: Within | OneOf | Like | None = None
    others: tuple[str | None, ...] = ()

    @property
    def words(self) -> str:
        """What is allowed, for the sentence `it must be ...`."""
        match self.limit:
            case OneOf(allowed):
                text = f"one of {', '.join(allowed)}"
            case Like(_, words):
                text = words
            case Within(least, most):
                text = f"{NOUNS[self.kind]} from {least} to {most}"
            case None:
                text = NOUNS[self.kind]
        return ", or ".join([text, *filter(None, self.others)])

    def allows(self, value: object) -> bool:
        """Whether it may be this."""
        if value in self.others:
            return True
        if self.kind in (int, float):
            return isinstance(value, int | float) and self._holds(value)
        if self.kind is bool:
            return isinstance(value, bool)
        if isinstance(value, Path):
            return self.kind is Path
        return isinstance(value, str) and bool(value.strip()) and self._fits(value)

    def checked(self, called: str, value: object) -> Any:
        """The value as the record keeps it: a path's text as a path, 2 as 2.0.

        Args:
            called: What a person is told that it is.
            value: What was given.

        Raises:
            InputError: It is not allowed.
        """
        if not self.allows(value):
            raise InputError(f"{called} must be {self.words}, not {shown(value)}.")
        return value if value in self.others else self.kind(value)

    def _holds(self, value: float) -> bool:
        # True is no number here, though Python says so, and 2.0 is a whole one, as in JSON.
        is_whole = isinstance(value, int) or value.is_integer()
        is_number = not isinstance(value, bool) and (is_whole or self.kind is float)
        return is_number and (not isinstance(self.limit, Within) or self.limit.least <= value <= self.limit.most)

    def _fits(self, value: str) -> bool:
        match self.limit:
            case OneOf(allowed):
                return value in allowed
            case Like(pattern):
                return re.fullmatch(pattern, value, re.ASCII) is not None
        return True


@cache
def rules(record: type) -> dict[str, Rule]:
    """The rules of a record's plain fields, by name. Fields that are records themselves have none."""
    hints = get_type_hints(record, include_extras=True)
    found = {entry.name: _rule(hints[entry.name]) for entry in fields_of(record)}
    return {name: rule for name, rule in found.items() if rule is not None}


def check(record: Any, called: str) -> None:
    """Check a frozen record's plain fields, and give each its form.

    Args:
        record: The record, while it is being made.
        called: What a person is told that a field is, `{}` being its name: `settings.{}`.

    Raises:
        InputError: A field is not allowed what it holds; `Faults` where several are not.
    """
    faults = []
    for name, rule in rules(record.__class__).items():
        try:
            with of_field(name):
                object.__setattr__(record, name, rule.checked(called.format(name), getattr(record, name)))
        except InputError as fault:
            faults.append(fault)
    raise_faults(faults)


def shown(value: object) -> str:
    """What was given, as a message shows it."""
    return SHORT.repr(value)


@contextmanager
def of_field(name: str | int) -> Iterator[None]:
    """What is refused in here is refused for this field's sake."""
    try:
        yield
    except InputError as fault:
        fault.field = (name, *fault.field)
        raise


def _rule(hint: Any) -> Rule | None:
    members = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    words = [word for member in members if get_origin(member) is Literal for word in get_args(member)]
    others = (*words, None) if NoneType in members else tuple(words)
    (plain, *_) = (member for member in members if member is not NoneType and get_origin(member) is not Literal)
    kind, limit = get_args(plain) if get_origin(plain) is Annotated else (plain, None)
    return Rule(kind, limit, others) if kind in NOUNS else None
