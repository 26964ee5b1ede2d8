"""Penumbra itself, its Python, and what the environment does to both."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path

from penumbra import __version__
from penumbra.doctor.finding import Finding, Findings

PACKAGE = Path(__file__).resolve().parents[1]
OLDEST, NEWEST = (3, 11), (3, 13)
# What all our libraries' files for Linux are built for.
GLIBC = (2, 28)
# They decide where a Python takes its own modules from; another one's break every Python that is started with them.
OF_ANOTHER_PYTHON = ("PYTHONHOME", "PYTHONPLATLIBDIR", "PYTHONSTARTUP", "PYTHONEXECUTABLE")


def program(environment: Mapping[str, str] = os.environ) -> Findings:
    """What runs here."""
    yield Finding("fine", "Penumbra", f"{__version__}, in {PACKAGE}.")
    yield _python()
    if sys.platform == "linux":
        yield glibc(*platform.libc_ver())
    yield encoding(sys.getfilesystemencoding())
    for name in OF_ANOTHER_PYTHON:
        if value := environment.get(name):
            text = f"{name} is {value}. It is meant for one Python, and holds for all that are started from here."
            yield Finding("note", "environment", text, f"Unset {name} before Penumbra is started.")


def _python() -> Finding:
    text = f"{platform.python_version()} ({platform.machine()}), {sys.executable}."
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return Finding("fine", "Python", text)
    return Finding(
        "fault",
        "Python",
        f"{text} Penumbra needs 3.11 to 3.13.",
        "Run install.py with one of these: python3.12 install.py",
    )


def glibc(name: str, version: str) -> Finding:
    """The system's own C library, as `platform.libc_ver` tells it."""
    told = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
    needed = ".".join(map(str, GLIBC))
    if name != "glibc":
        text = f"This Linux has no glibc, and the libraries' files are built for glibc {needed} or newer."
        return Finding("fault", "system", text, "Use a Linux with glibc, as Rocky 8 or 9, Debian or Ubuntu.")
    if told < GLIBC:
        text = f"glibc {version}; the libraries' files need {needed} or newer."
        return Finding("fault", "system", text, "Use a newer Linux, as Rocky 8 or 9, Debian 10, Ubuntu 20.04 or later.")
    return Finding("fine", "system", f"{platform.system()} {platform.release()}, glibc {version}.")


def encoding(name: str) -> Finding:
    """How this Python spells file names, as `sys.getfilesystemencoding` tells it."""
    if name.lower().replace("_", "-") == "utf-8":
        return Finding("fine", "file names", "Read and written as UTF-8.")
    text = f"Read and written as {name}, so that files with other letters in their names cannot be opened."
    return Finding("fault", "file names", text, "Set LC_ALL=C.UTF-8, or PYTHONUTF8=1, before Penumbra is started.")
