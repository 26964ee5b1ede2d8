"""Paths in shot files: they start at the file's folder, and may hold environment variables and `~`."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path, PureWindowsPath

from penumbra.errors import InputError

# What tells a model's file from a model's name.
MODEL_FILES = (".pth", ".safetensors")
# What tells an OpenColorIO configuration's file from a built-in one's name.
CONFIG_FILES = (".ocio", ".ocioz")

# $F4 is Houdini's place for the frame number. %V_ and %0 begin places of view and frame: plate_%V_%04d.exr.
PLACE = r"\$F[0-9]*(?!\w)"
PERCENT = r"%(?![Vv](?:_|%)|[0-9])(?P<percent>\w+)%"
VARIABLE = re.compile(
    rf"(?P<kept>{PLACE})|\$(?P<itself>[$%~])|\$\{{(?P<braced>[^{{}}]*)\}}|\$(?P<plain>\w+)|{PERCENT}", re.ASCII
)
ESCAPED = re.compile(rf"(?P<kept>{PLACE})|\$|(?={PERCENT})%|^~", re.ASCII)


def located(text: str, folder: Path, suffixes: Collection[str] = ()) -> str:
    r"""The whole path that a text in a shot file means; `C:\shot` is whole on every machine.

    Args:
        text: What the file says.
        folder: Where the file is.
        suffixes: Where they are given, a text that ends with none of them is no path but a name.

    Raises:
        InputError: As `expanded`.
    """
    text = expanded(text)
    if _is_name(text, suffixes) or PureWindowsPath(text).drive:
        return text
    return str(folder / text)


def told(path: Path | str, folder: Path, suffixes: Collection[str] = ()) -> str:
    """The reverse of `located`: relative where the path lies in the folder."""
    text = str(path)
    is_elsewhere = PureWindowsPath(text).drive and not Path(path).is_absolute()
    if not _is_name(text, suffixes) and not is_elsewhere:
        whole = Path(path).absolute()
        text = str(whole.relative_to(folder) if whole.is_relative_to(folder) else whole)
        if PureWindowsPath(text).drive and not Path(text).is_absolute():
            text = f"./{text}"  # x:final.exr lies on no drive x
    return escaped(text)


def expanded(text: str, *, windows: bool = os.name == "nt") -> str:
    """The text with the values of `$SHOW` and `${SHOW}`, on Windows of `%SHOW%` too, and of `~` at its beginning.

    `$$`, `$%` and `$~` stand for the second character itself. Places stay: `$F4` and `%04d` of frames, `%V` of views.

    Raises:
        InputError: A variable is not set, or nobody is named so.
    """

    def value(found: re.Match[str]) -> str:
        if stays := found["kept"] or found["itself"]:
            return stays
        if percent := found["percent"]:
            # What is no variable is text, as Windows has it.
            return os.environ.get(percent, found[0]) if windows else found[0]
        name = found["braced"] or found["plain"] or ""
        if not os.environ.get(name):
            raise InputError(
                f"The environment variable {name or found[0]} is not set, or is empty.",
                "Set it, or write $$ for a dollar sign that is meant as one.",
            )
        return os.environ[name]

    home, rest = _home(text)
    return home + VARIABLE.sub(value, rest)


def escaped(text: str) -> str:
    """The reverse of `expanded`: a text that means this one on every machine."""
    return ESCAPED.sub(lambda found: found["kept"] or f"${found[0]}", text)


def _home(text: str) -> tuple[str, str]:
    """The folder of the `~` or `~person` that a text begins with, and the rest."""
    whose = re.match(r"~[^/\\]*", text)
    if whose is None:
        return "", text
    try:
        return str(Path(whose[0]).expanduser()), text[whose.end() :]
    except RuntimeError as fault:
        raise InputError(
            f"No one's home folder is {whose[0]} here.", f"If it is a file's name, write ./{text}."
        ) from fault


def _is_name(text: str, suffixes: Collection[str]) -> bool:
    return bool(suffixes) and Path(text).suffix.lower() not in suffixes
