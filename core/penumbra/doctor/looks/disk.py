"""The folders that Penumbra writes to beside the mattes': temporary files, and the person's own models."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import platformdirs

from penumbra.doctor.finding import Finding, Findings, gigabytes

# Bytes. Reports of faults, and what libraries leave there for a moment; a plate never.
TEMPORARY = 100e6
# The published model.
MODEL = 150e6


def look() -> Findings:
    """Whether there is room, and the right to write."""
    yield from _temporary()
    data = os.environ.get("PENUMBRA_DATA")
    yield user_folder(Path(data) if data else Path(platformdirs.user_data_dir("penumbra")))


def _temporary() -> Findings:
    try:
        folder = Path(tempfile.gettempdir())
    except FileNotFoundError as fault:
        text = f"There is no folder for temporary files: {fault.strerror or fault}."
        yield Finding("fault", "temporary files", text, "Make one that you may write to, and name it in TMPDIR.")
        return
    for name in ("TMPDIR", "TEMP", "TMP"):
        if (named := os.environ.get(name)) and not _is_writable(Path(named)):
            text = f"{name} names {named}, which cannot be written to; {folder} is used."
            yield Finding("note", "temporary files", text, f"Make that folder, or correct {name}.")
            break
    yield _room("temporary files", folder, TEMPORARY)


def user_folder(folder: Path) -> Finding:
    """The folder where added models are kept; it is made when it is first needed."""
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not existing.is_dir():
        text = f"Models are to be kept in {folder}, but {existing} is a file."
        return Finding("note", "user folder", text, "Move that file away, or name another folder in PENUMBRA_DATA.")
    if not _is_writable(existing):
        text = f"Models cannot be added to {folder}: you have no right to write in {existing}."
        return Finding("note", "user folder", text, "Name a folder of your own in PENUMBRA_DATA.")
    return _room("user folder", existing, MODEL, folder)


def _room(topic: str, existing: Path, needed: float, folder: Path | None = None) -> Finding:
    free = shutil.disk_usage(existing).free
    text = f"{folder or existing}, {gigabytes(free)} free."
    if free < needed:
        return Finding("note", topic, text, "Make room there.")
    return Finding("fine", topic, text)


def _is_writable(folder: Path) -> bool:
    """Rights alone do not tell: the whole disk may be read-only."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
