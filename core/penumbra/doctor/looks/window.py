"""Qt: whether `penumbra ui` can open its window. The command line and Nuke do not need it."""

from __future__ import annotations

import ctypes
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

from penumbra.doctor.finding import Finding, Findings, Level

SECONDS = 30.0
ONLY = "Only `penumbra ui` needs it."
OPEN = "from PySide6.QtWidgets import QApplication; QApplication([]).screens()"
# System libraries that Qt needs, and who brings them: on Debian and Ubuntu, and on Rocky, Alma and Red Hat.
PACKAGES = {
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libX11.so.6": ("libx11-6", "libX11"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
}


def look() -> Findings:
    """Load it, load what it needs to show a window, and open one where there is a screen."""
    screen = has_screen()
    try:
        importlib.import_module("PySide6.QtWidgets")
        core = importlib.import_module("PySide6.QtCore")
        if sys.platform == "linux":
            _load_screen_plugin(Path(core.QLibraryInfo.path(core.QLibraryInfo.LibraryPath.PluginsPath)))
    except (ImportError, OSError) as fault:
        yield lacking(str(fault), has_screen=screen)
        return
    version = f"Qt {core.qVersion()}"
    if not screen:
        text = f"{version} is complete. There is no screen here, so that `penumbra ui` cannot be opened."
        yield Finding("fine", "window", text)
        return
    refusal = why_no_window()
    if refusal is None:
        yield Finding("fine", "window", f"{version} opens windows.")
    else:
        text = f"{version} cannot open a window: {refusal}. {ONLY}"
        yield Finding("note", "window", text, "Check DISPLAY, and your right to that screen.")


def lacking(fault: str, *, has_screen: bool) -> Finding:
    """What a loader's words mean, and the package that mends it."""
    level: Level = "fault" if has_screen else "note"
    named = re.match(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object", fault)
    if named is None:
        text = f"Qt cannot be loaded: {fault.rstrip('.')}. {ONLY}"
        return Finding(level, "window", text, "Run install.py again.")
    # The loader names the first that it lacks; nobody wants to be sent for one after the other.
    missing = list(dict.fromkeys([named[1], *filter(_is_missing, PACKAGES)]))
    text = f"Qt needs system libraries that are not installed: {', '.join(missing)}. {ONLY}"
    if named[1] not in PACKAGES:
        return Finding(level, "window", text, "Install your system's packages that hold them.")
    debian, red_hat = (" ".join(sorted(set(names))) for names in zip(*map(PACKAGES.__getitem__, missing), strict=True))
    return Finding(level, "window", text, f"sudo apt install {debian}; on Rocky: sudo dnf install {red_hat}")


def _is_missing(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return True
    return False


def _load_screen_plugin(plugins: Path) -> None:
    """What shows windows under X; its libraries are looked for only when the first window opens, and then it aborts."""
    plugin = plugins / "platforms" / "libqxcb.so"
    if plugin.is_file():
        ctypes.CDLL(str(plugin))


def has_screen() -> bool:
    """Whether there is anything that a window could be shown on."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def why_no_window() -> str | None:
    """Why no window can be opened; None where one can. In a process of its own, as Qt ends the one that it is in."""
    command = [sys.executable, "-P", "-c", OPEN]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"the screen did not answer within {SECONDS:.0f} seconds"
    if done.returncode == 0:
        return None
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return lines[0].removeprefix("qt.qpa.xcb: ").rstrip(".") if lines else "it gives no reason"
