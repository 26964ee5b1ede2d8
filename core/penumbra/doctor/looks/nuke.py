"""Nuke: where it is, and whether it loads this Penumbra."""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from penumbra.doctor.finding import Finding, Findings
from penumbra.errors import PenumbraError

ROOT = Path(__file__).resolve().parents[4]
# Where Nuke is installed where nobody says otherwise.
PLACES = {
    "linux": ("/usr/local", "/opt"),
    "darwin": ("/Applications",),
    "win32": ("C:\\Program Files",),
}
INSTALLED = re.compile(r"Nuke(?P<version>(?P<major>\d+)\.\d+v\d+)(?:\.app)?", re.IGNORECASE)
OLDEST = 13
REGISTER = "Run: python3 install.py --nuke"


def look() -> Findings:
    """Of the person who runs this, on this machine."""
    places = map(Path, PLACES.get(sys.platform, ()))
    yield from nuke(sys.platform, os.environ, places, ROOT)


def nuke(system: str, environment: Mapping[str, str], places: Iterable[Path], root: Path) -> Findings:
    """What is installed, and which Penumbra it loads.

    Args:
        system: As `sys.platform` calls it.
        environment: Says where the person's `.nuke` is, and `NUKE_PATH`.
        places: Folders that Nuke may be installed in.
        root: This Penumbra's folder.
    """
    installed = _installed(places)
    told = ", ".join(f"{version} ({folder})" for version, folder in installed) or "none in the usual places"
    if not (root / "nuke_plugin").is_dir():
        step = "Get the whole of Penumbra, to have it in Nuke."
        yield Finding("note", "Nuke", f"Installed: {told}. Penumbra's plugin is not beside this Penumbra.", step)
        return
    for version, _ in installed:
        if int(version.partition(".")[0]) < OLDEST:
            yield Finding(
                "note", "Nuke", f"Nuke {version} is too old for Penumbra's node.", f"Use Nuke {OLDEST} or later."
            )
    by_path = _on_nuke_path(environment, ";" if system == "win32" else ":", root)
    yield from _loaded(_registered(system, environment), by_path, told, bool(installed), root)


def _installed(places: Iterable[Path]) -> list[tuple[str, Path]]:
    """Version and folder of each Nuke, the oldest first."""
    found = []
    for place in places:
        for folder in place.glob("Nuke*"):
            if named := INSTALLED.fullmatch(folder.name):
                found.append((named["version"], folder))
    return sorted(found, key=lambda nuke: [int(number) for number in re.findall(r"\d+", nuke[0])])


def _on_nuke_path(environment: Mapping[str, str], separator: str, root: Path) -> bool:
    entries = filter(None, environment.get("NUKE_PATH", "").split(separator))
    return any(Path(entry).expanduser().resolve() == root for entry in entries)


def _registered(system: str, environment: Mapping[str, str]) -> tuple[Path | None, str | None, PenumbraError | None]:
    """The person's init.py, the Penumbra that it loads, or why that cannot be told.

    Only the plugin knows how its lines look; it is no part of this package, and is loaded here by its place.
    """
    if (plugin := str(ROOT / "nuke_plugin")) not in sys.path:
        sys.path.append(plugin)
    registration: Any = importlib.import_module("penumbra_nuke.registration")
    try:
        path = Path(registration.init_file(system, environment))
    except PenumbraError as fault:
        return None, None, fault
    try:
        return path, registration.registered_root(path.read_bytes()), None
    except FileNotFoundError:
        return path, None, None
    except OSError as fault:
        return path, None, PenumbraError(f"{path} cannot be read: {fault.strerror or fault}.")
    except PenumbraError as fault:
        return path, None, fault


def _loaded(
    registered: tuple[Path | None, str | None, PenumbraError | None],
    by_path: bool,
    told: str,
    is_installed: bool,
    root: Path,
) -> Findings:
    path, loads, fault = registered
    if fault is not None:
        yield Finding("fault" if is_installed else "note", "Nuke", fault.problem, fault.next_step)
    elif loads is not None and not (loads and (Path(loads) / "init.py").is_file()):
        text = f"{path} loads Penumbra from {loads or 'nowhere'}, where it is not."
        yield Finding("fault" if is_installed else "note", "Nuke", text, REGISTER)
    elif loads is not None and Path(loads).resolve() != root:
        text = f"Installed: {told}. {path} loads another Penumbra: {loads}."
        yield Finding("note", "Nuke", text, f"{REGISTER} to have this one, in {root}.")
    elif loads is not None or by_path:
        ways = " and ".join([*([str(path)] if loads else []), *(["NUKE_PATH"] if by_path else [])])
        yield Finding("fine", "Nuke", f"Installed: {told}. It loads this Penumbra, by {ways}.")
    elif is_installed:
        yield Finding("note", "Nuke", f"Installed: {told}. It does not load Penumbra yet.", REGISTER)
    else:
        yield Finding("fine", "Nuke", f"Installed: {told}. Penumbra's node can be had: python3 install.py --nuke")
