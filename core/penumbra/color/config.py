"""The OpenColorIO configuration: which one, what it names, and what the library says no to, in words."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import PyOpenColorIO as ocio  # type: ignore[import-untyped]

from penumbra.color.conversion import Conversion
from penumbra.errors import FileError, InputError

# Pinned: what the library calls its default changes with its version, and a shot must not. It holds all that the CG
# configuration of the same version does, and the cameras' log spaces.
BUILT_IN = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"
SHORT_NAMES = {"studio": BUILT_IN, "cg": "ocio://cg-config-v4.0.0_aces-v2.0_ocio-v2.5"}
BUILT_IN_PREFIX = "ocio://"

MEND = "Mend the configuration, or give another one with --ocio."

# Linear Rec.709 has this name in the built-in configurations of every version.
LINEAR_REC709 = "lin_rec709"


@dataclass(frozen=True)
class Config:
    """A configuration that could be read.

    Attributes:
        name: `ocio://...` for one that comes with the library, and otherwise the file.
        is_own: Whether it is the person's or the studio's own, and not one that comes with the library.
        spaces: The names of its color spaces.
        aliases: Their other names.
    """

    name: str
    is_own: bool
    spaces: tuple[str, ...] = field(repr=False)
    aliases: tuple[str, ...] = field(repr=False)
    _library: ocio.Config = field(repr=False, compare=False)

    def canonical(self, name: str) -> str | None:
        """The color space of this name, alias or role, whatever its case; None where there is none."""
        found = str(self._library.getCanonicalName(name))
        return found if found in self.spaces else None

    def interop_id(self, space: str) -> str:
        """The name that files carry for it, `lin_ap1_scene`; empty where the configuration gives none."""
        return str(self._library.getColorSpace(space).getInteropID())

    def is_data(self, space: str) -> bool:
        """Whether its numbers are no color at all."""
        return bool(self._library.getColorSpace(space).isData())

    def is_linear(self, space: str) -> bool:
        """Whether its numbers are proportional to light in the scene, or no color at all.

        Raises:
            FileError: A file that it needs is missing or damaged.
        """
        with _in_words(self.name):
            scene = ocio.REFERENCE_SPACE_SCENE
            return bool(self.is_data(space) or self._library.isColorSpaceLinear(space, scene))

    def conversion(self, source: str, target: str) -> Conversion:
        """From one color space of it to another.

        Raises:
            FileError: A file that it needs is missing or damaged, which shows only here.
        """
        with _in_words(self.name):
            return Conversion(self._library.getProcessor(source, target))

    def to_builtin_rec709(self, space: str) -> Conversion | None:
        """From one of its color spaces to the built-in linear Rec.709; None where it does not say how they relate."""
        with _in_words(self.name):
            try:
                built_in = ocio.Config.CreateFromFile(BUILT_IN)
                processor = ocio.Config.GetProcessorFromConfigs(self._library, space, built_in, LINEAR_REC709)
            except ocio.Exception:
                return None
            return Conversion(processor)

    def file_rule(self, path: Path) -> tuple[str, str] | None:
        """The color space that a file rule of its author's gives this file, and the rule's name.

        Rules that are no word on this file do not count: the one for what no other fits; all of the built-in
        configurations'; and what is found in copies of these, that any EXR is ACES2065-1.
        """
        with _in_words(self.name):
            if not self.is_own or self._library.filepathOnlyMatchesDefaultRule(str(path)):
                return None
            name, index = self._library.getColorSpaceFromFilepath(str(path))
            rules = self._library.getFileRules()
            is_any_exr = rules.getPattern(index) == "*" and rules.getExtension(index) == "exr"
            rule = str(rules.getName(index))
        space = self.canonical(name)
        if space is None or (is_any_exr and space == self.canonical("aces_interchange")):
            return None
        return space, rule


def open_config(asked: str | None = None) -> Config:
    """The configuration that holds: the one asked for, else `$OCIO`'s, else a built-in one that never changes.

    Args:
        asked: A file (`.ocio`, `.ocioz`), `ocio://` and the name of a built-in one, or `studio` or `cg`.

    Raises:
        InputError: There is no built-in one of that name.
        FileError: The file is missing, is no configuration, or wants a newer library.
    """
    environment = os.environ.get("OCIO", "")
    name = asked or environment or BUILT_IN
    name = SHORT_NAMES.get(name.lower(), name)
    origin = "" if asked else ", which $OCIO names"
    if name.startswith(BUILT_IN_PREFIX):
        return _read(_built_in(name, origin), is_own=False)
    if not Path(name).is_file():
        raise FileError(f"There is no OCIO configuration {name}{origin}.", _next_step(asked), path=name)
    with _in_words(name, MEND if asked else _next_step(asked)):
        return _read(name, is_own=True)


def _read(name: str, *, is_own: bool) -> Config:
    library = ocio.Config.CreateFromFile(name)
    every = (ocio.SEARCH_REFERENCE_SPACE_ALL, ocio.COLORSPACE_ALL)
    spaces = tuple(library.getColorSpaces(*every))
    aliases = tuple(str(alias) for space in spaces for alias in space.getAliases())
    return Config(name, is_own, tuple(str(space.getName()) for space in spaces), aliases, library)


def _built_in(name: str, origin: str) -> str:
    """The name of one that is there; `ocio://default` and its kind become the version that they stand for now."""
    name = str(ocio.ResolveConfigPath(name))
    known = [BUILT_IN_PREFIX + entry[0] for entry in ocio.BuiltinConfigRegistry().getBuiltinConfigs()]
    if name in known:
        return name
    close = difflib.get_close_matches(name, known, n=2, cutoff=0.5) or list(SHORT_NAMES.values())
    raise InputError(f"There is no built-in OCIO configuration {name}{origin}.", f"Did you mean {' or '.join(close)}?")


def _next_step(asked: str | None) -> str:
    return "Check the name of the file." if asked else "Mend or unset $OCIO, or give another configuration with --ocio."


@contextmanager
def _in_words(name: str, next_step: str = MEND) -> Iterator[None]:
    """Make the library's faults, and names in it that are no UTF-8, a `FileError`."""
    try:
        yield
    except (ocio.Exception, ocio.ExceptionMissingFile, UnicodeDecodeError) as fault:
        said = " ".join(str(fault).split()).removeprefix("Error: ")
        said = said.removeprefix(f"Loading the OCIO profile '{name}' failed. ").rstrip(". ")
        raise FileError(f"The OCIO configuration {name} cannot be used: {said}.", next_step, path=name) from fault
