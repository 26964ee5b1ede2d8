"""Tcl as Nuke writes and evaluates it: quoting by Nuke's habits (facts 2.3), evaluation by a real interpreter."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import pytest

from tests.nuke_host.session import HostError

try:
    from tkinter import Tcl, TclError
except ImportError:
    Tcl, TclError = None, HostError  # type: ignore[assignment]

_ESCAPED = re.compile(r'([\[\]${}"\\])')
_BARE = re.compile(r"[^\s\[\]${}\"\\;#]+\Z")


def quoted(text: str) -> str:
    """One word of a script: bare where it can be, else in double quotes, escaped as Nuke escapes."""
    if _BARE.match(text):
        return text
    return '"' + _ESCAPED.sub(lambda hit: "]" if hit[0] == "]" else "\\" + hit[0], text).replace("\n", "\\n") + '"'


def split(text: str, what: str) -> list[str]:
    """A Tcl list's items.

    Raises:
        HostError: it is none: a brace or a quote is missing.
    """
    try:
        return [str(item) for item in _shared().tk.splitlist(text)]
    except TclError as error:
        raise HostError(f"{what}: not a Tcl list ({error}): {text[:120]!r}") from None


def _plain() -> Any:
    if Tcl is None:
        pytest.skip("this Python has no tkinter (python3-tk), and scripts of Nuke are read by a real Tcl")
    tcl = Tcl()
    tcl.tk.wantobjects(False)
    return tcl


_shared = functools.cache(_plain)


class Safe:
    """A safe interpreter that knows only `kept` of its own commands and `given` ones of ours."""

    def __init__(self, kept: tuple[str, ...], given: dict[str, Callable[..., str]]) -> None:
        self._tcl = _plain()
        self._raised: Exception | None = None
        self._tcl.tk.eval("interp create -safe child")
        for name in self._tcl.tk.splitlist(self._tcl.tk.eval("interp eval child {info commands}")):
            if name not in kept:
                self._tcl.tk.call("interp", "hide", "child", name)
        for name, call in given.items():
            self._tcl.createcommand(f"python_{name}", self._caught(call))
            self._tcl.tk.eval(f"interp alias child {name} {{}} python_{name}")

    def _caught(self, call: Callable[..., str]) -> Callable[..., str]:
        def command(*words: str) -> str:
            try:
                return call(*words)
            except Exception as error:  # Tcl would replace it by an empty message
                self._raised = error
                raise

        return command

    def set(self, name: str, value: str) -> None:
        self._tcl.tk.call("interp", "eval", "child", f"set {name} {quoted(value)}")

    def eval(self, *words: str) -> str:
        """One word is a script; more are one command.

        Raises:
            HostError: Tcl refused it.
        """
        self._raised = None
        try:
            script = words[0] if len(words) == 1 else self._tcl.tk.call("list", *words)
            return str(self._tcl.tk.call("interp", "eval", "child", script))
        except TclError as error:
            if self._raised is not None:
                raise self._raised from None
            raise HostError(f"Tcl: {error}") from None


def file_command(verb: str, *paths: str) -> str:
    """Tcl's `file`, which safe interpreters hide: the verbs that take a name apart."""
    path = PurePosixPath(paths[0])
    verbs = {
        "join": lambda: str(PurePosixPath(*paths)),
        "dirname": lambda: str(path.parent),
        "tail": lambda: path.name,
        "rootname": lambda: paths[0].removesuffix(path.suffix),
        "extension": lambda: path.suffix,
    }
    if verb not in verbs:
        raise HostError(f"Tcl: file {verb} is not in the white list")
    return verbs[verb]()
