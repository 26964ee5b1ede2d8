"""Checks of single fields. Each says the field's name, what was received and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from penumbra.errors import InputError


def path(field: str, value: object) -> Path:
    """A path from a path or its text.

    Raises:
        InputError: It is neither, or empty.
    """
    if isinstance(value, Path) or (isinstance(value, str) and value.strip()):
        return Path(value)
    raise InputError(f"{field} must be the name of a file, not {value!r}.")


def whole_number(field: str, value: object, least: int | None = None, most: int | None = None) -> None:
    """A whole number between two bounds, which are both allowed.

    Raises:
        InputError: It is not one. True is no number here.
    """
    allowed = "a whole number" if least is None else f"a whole number from {least} to {most}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{field} must be {allowed}, not {value!r}.")
    if (least is not None and value < least) or (most is not None and value > most):
        raise InputError(f"{field} must be {allowed}, not {value}.")


def number(field: str, value: object, least: float, most: float, *, or_else: str | None = None) -> None:
    """A number between two bounds, which are both allowed.

    Raises:
        InputError: It is not one; `or_else` is the word that would do as well.
    """
    allowed = f"a number from {least:g} to {most:g}" + (f", or {or_else}" if or_else else "")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{field} must be {allowed}, not {value!r}.")
    if not least <= value <= most:
        raise InputError(f"{field} must be {allowed}, not {value:g}.")


def text(field: str, value: object) -> None:
    """Text that is not empty.

    Raises:
        InputError: It is none.
    """
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{field} must be a name, not {value!r}.")


def one_of(field: str, value: object, allowed: Iterable[str]) -> None:
    """One of a few words.

    Raises:
        InputError: It is another.
    """
    if value not in (words := tuple(allowed)):
        raise InputError(f"{field} must be one of {', '.join(words)}, not {value!r}.")
