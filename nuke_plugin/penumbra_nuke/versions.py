"""Versions of a node's mattes.

A matte that Nuke may have open is never written over: Windows forbids it, and the viewer would show what it has cached.
Every order that could replace one gets a folder of its own, `v001`, `v002`, in which everything that there was before
lies as a hard link. So a version is never changed by a later one, undo finds the old one as it was, and what is up to
date is neither made nor stored twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Sequence

from penumbra.aside import written_aside
from penumbra.errors import MachineError

# What belongs to the run that is at work in a folder, and to no other.
LOCKS = ("run.lock", "run.json", "door.lock")
# Behind a shot file's name: see `note`.
DONE, REFUSED = ".done", ".refused"
# Holds the highest number that any version had when some were deleted.
HIGHEST = "highest-version"
# Where frames are counted in a name.
DIGITS = re.compile(r"%0?[0-9]*d|#+")


@dataclass(frozen=True)
class Wanted:
    """An order, to be compared with those that versions were made of.

    Attributes:
        shot: The shot file's name within a version.
        document: The order, with or without where its mattes go.
        inputs: What tells the files that it names from others under the same names.
    """

    shot: str
    document: dict[str, Any]
    inputs: str

    def was_of(self, version: Path) -> bool:
        """Whether a version was made of this very order, and of these very files."""
        before, noted = document_of(version / self.shot), self._noted(version)
        same = before is not None and _without_out(before) == _without_out(self.document)
        return same and noted.is_file() and noted.read_text(encoding="utf-8") == self.inputs

    def is_unmade_in(self, version: Path) -> bool:
        """Whether nothing was ever made of it there, nor handed out to be made: then a refusal makes room."""
        return has_note(version, self.shot, REFUSED) or not self.was_of(version)

    def is_new_to(self, version: Path) -> bool:
        """Whether a version has no order of this view yet."""
        return not (version / self.shot).is_file()

    def save(self, version: Path, document: dict[str, Any]) -> None:
        """Write the shot file, and note what it was made of.

        Raises:
            MachineError: They cannot be written.
        """
        for what in (REFUSED, *(() if self.was_of(version) else (DONE,))):
            with suppress(FileNotFoundError):
                (version / f"{self.shot}{what}").unlink()
        with written_aside(version / self.shot) as aside:
            aside.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        with written_aside(self._noted(version)) as aside:
            aside.write_text(self.inputs, encoding="utf-8")

    def _noted(self, version: Path) -> Path:
        return version / f"{self.shot}.inputs"


def version_for(folder: Path, wanted: Wanted, shown: Path | None) -> Path:
    """The version that an order is made in: one that was made of it, or whose own was refused; else a new one.

    Args:
        folder: The node's folder.
        wanted: The order.
        shown: The folder of the version that the node shows, its own or, in a pasted copy, another node's.

    Returns:
        Its folder, which is there. A new one holds what the shown one holds.

    Raises:
        MachineError: It cannot be made.
    """
    if shown is not None and not shown.is_dir():
        shown = None
    there = [folder / name for name in reversed(versions(folder))]
    for version in there:
        if wanted.was_of(version):
            return version
    if shown in there and (wanted.is_new_to(shown) or (shown == there[0] and has_note(shown, wanted.shot, REFUSED))):
        return shown
    new = folder / f"v{1 + _highest(folder):03d}"
    make_folder(new)
    if shown is not None:
        try:
            _carry_over(shown, new)
        except OSError as fault:
            raise _not_writable(folder, fault) from fault
    return new


def stamps(patterns: Iterable[str]) -> str:
    """What tells files from others under the same names: how large they are, and when they were written.

    Args:
        patterns: Files, or sequences with `%04d` or `####` in their names; what is not there counts as that.
    """
    told = hashlib.sha256()
    for pattern in patterns:
        folder, name = Path(pattern).parent, Path(pattern).name
        fits = re.compile("-?[0-9]+".join(map(re.escape, DIGITS.split(name))) + "$")
        for entry in sorted(folder.iterdir()) if folder.is_dir() else []:
            if fits.match(entry.name):
                stat = entry.stat()
                told.update(f"{entry} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return told.hexdigest()


def make_folder(folder: Path) -> None:
    """Make a folder in the cache, and those above it, where they are missing.

    Raises:
        MachineError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise _not_writable(folder, fault) from fault


def versions(folder: Path) -> list[str]:
    """The versions that lie in a node's folder, oldest first."""
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    return sorted((name for name in names if re.match(r"v[0-9]{3,}$", name)), key=lambda name: int(name[1:]))


def document_of(shot: Path) -> dict[str, Any] | None:
    """A shot file of a version's; None where there is none that can be read."""
    try:
        document = json.loads(shot.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def note(version: Path, shot: str, what: str) -> None:
    """Note what became of an order: `DONE`, all of its mattes are there; `REFUSED`, nothing was made of it."""
    with suppress(OSError):
        (version / f"{shot}{what}").touch()


def has_note(version: Path, shot: str, what: str) -> bool:
    """Whether that became of it."""
    return (version / f"{shot}{what}").is_file()


def remove(folder: Path, old: Sequence[str]) -> int:
    """Delete versions, as far as the system lets us: another Nuke may show them. Gives how many are gone.

    Their numbers are not given again: an older script that names one must not find something else there.
    """
    with written_aside(folder / HIGHEST) as aside:
        aside.write_text(str(_highest(folder)), encoding="ascii")
    for name in old:
        shutil.rmtree(str(folder / name), ignore_errors=True)
    return sum(not (folder / name).is_dir() for name in old)


def next_mask(folder: Path, name: str) -> str:
    """The name of a mask that is not there yet, `1043.2.exr`: undo must find the older one as it was."""
    number = 1
    while (folder / f"{name}.{number}.exr").exists():
        number += 1
    return f"{name}.{number}.exr"


def _carry_over(old: Path, new: Path) -> None:
    for source in old.rglob("*"):
        target = new / source.relative_to(old)
        if source.is_dir():
            target.mkdir(exist_ok=True)
        elif source.name not in LOCKS and source.suffix != ".part":
            target.parent.mkdir(parents=True, exist_ok=True)
            _linked(source, target)


def _linked(source: Path, target: Path) -> None:
    try:
        os.link(str(source), str(target))
    except OSError:
        # A file system without hard links. A memory or matte that cannot be copied either is made again.
        try:
            shutil.copy2(str(source), str(target))
        except FileNotFoundError:
            return


def _highest(folder: Path) -> int:
    """The highest number that a version has, or had."""
    noted = folder / HIGHEST
    text = noted.read_text(encoding="ascii").strip() if noted.is_file() else ""
    return max([int(text) if text.isdigit() else 0, *(int(name[1:]) for name in versions(folder))])


def _without_out(document: dict[str, Any]) -> dict[str, Any]:
    delivery = {name: value for name, value in document.get("delivery", {}).items() if name != "out"}
    return dict(document, delivery=delivery)


def _not_writable(path: Path, fault: OSError) -> MachineError:
    return MachineError(
        f"The cache folder cannot be written to ({fault.strerror or fault}): {path}",
        "Choose another cache folder on the node.",
        path=path,
    )
