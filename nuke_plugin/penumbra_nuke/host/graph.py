"""Nuke's timeline, its undo, its questions."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Iterator

import nuke

# The panel needs Qt 6, which Nuke has from this version on.
PANEL_FROM = 16


def frame() -> int:
    """The frame that the artist looks at."""
    return int(nuke.frame())


def go_to(number: int) -> None:
    """Look at another one."""
    nuke.frame(number)


def ask(question: str) -> bool:
    """Yes or no."""
    return bool(nuke.ask(question))


def has_windows() -> bool:
    """Whether an artist sits before this Nuke: not in `-t` and `-x`, nor in the children that it renders in."""
    return bool(nuke.GUI)


def has_panel() -> bool:
    """Whether this Nuke has the Qt that the panel needs, and windows at all."""
    return has_windows() and nuke.NUKE_VERSION_MAJOR >= PANEL_FROM


@contextmanager
def unrecorded() -> Iterator[None]:
    """What is done within is not the artist's doing, and stays where she undoes hers."""
    nuke.Undo.disable()
    try:
        yield
    finally:
        nuke.Undo.enable()


@contextmanager
def one_undo(name: str) -> Iterator[None]:
    """What is done within is undone at once."""
    with nuke.Undo(name):
        yield
