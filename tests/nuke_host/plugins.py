"""The plugin path, and the init.py and menu.py that Nuke runs on it (facts 1.1 to 1.3)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.nuke_host.session import session


def add_path(args: Any, addToSysPath: bool = True) -> None:
    """`nuke.pluginAddPath`: in front; relative to the file that is run; its own init.py and menu.py are run too."""
    host = session()
    host.assert_main("nuke.pluginAddPath")
    paths = [args] if isinstance(args, str) else args
    if not isinstance(paths, (list, tuple)) or not all(isinstance(path, str) for path in paths):
        raise TypeError(f"pluginAddPath: expected a str, or a list or tuple of them, not {args!r}")
    for path in paths:
        base = Path(host.code_folders[-1]) if host.code_folders else Path.cwd()
        folder = str(base / path.rstrip("/"))
        new = folder not in host.plugin_path
        if not new:
            host.plugin_path.remove(folder)
        host.plugin_path.insert(0, folder)
        if new and addToSysPath:
            sys.path.insert(0, folder)
        if new and host.loads_plugins:
            run_file(Path(folder) / f"{host.loads_plugins}.py")


def run_file(path: Path) -> None:
    """A folder's init.py or menu.py, if it is there; an exception ends Nuke's start, as it would."""
    host = session()
    if not path.is_file():
        return
    import nuke  # the fake

    host.code_folders.append(str(path.parent))
    try:
        code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
        exec(code, {"nuke": nuke, "__file__": str(path), "__name__": path.stem})
    finally:
        host.code_folders.pop()


def start(folders: list[Path]) -> None:
    """Nuke's start with these on NUKE_PATH: all init.py, then, with a GUI, all menu.py; the last folder first."""
    host = session()
    host.plugin_path[:] = [str(folder) for folder in folders]
    for phase in ("init", "menu") if host.gui else ("init",):
        host.loads_plugins = phase
        for folder in reversed(list(host.plugin_path)):
            run_file(Path(folder) / f"{phase}.py")
    host.loads_plugins = ""
