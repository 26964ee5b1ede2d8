"""How Nuke starts the programs of Penumbra's own Python, and what of Nuke's environment they are spared.

Nothing here asks the machine what it is: the system (as `sys.platform` calls it) and the environment are handed in.
"""

from __future__ import annotations

import ntpath
import os
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType

from penumbra.errors import MachineError

# Names the Python that has Penumbra, where that is not the one of .venv.
PYTHON = "PENUMBRA_PYTHON"
# Set to anything: programs get Nuke's environment as it is.
KEEP = "PENUMBRA_KEEP_ENVIRONMENT"
# The folder of added models and of logs, where it is not the system's usual one; the registry of models reads it too.
DATA = "PENUMBRA_DATA"

# Alone (-I: no PYTHON* variables, no user site, no current folder), unbuffered, in UTF-8 on every system.
ALONE = ("-I", "-u", "-X", "utf8", "-m", "penumbra.cli.main")

# What would make our Python, or a program that it starts, take the modules of another one: Nuke's, or a pipeline's.
_FOREIGN_BEGINNINGS = ("PYTHON", "CONDA_", "UV_")
# The last four make our Qt load the plugins of Nuke's Qt, which is another version, and abort.
_FOREIGN = {
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
    "QT_PLUGIN_PATH",
    "QT_QPA_PLATFORM_PLUGIN_PATH",
    "QML_IMPORT_PATH",
    "QML2_IMPORT_PATH",
}
# Nuke brings its own libstdc++, CUDA, cuDNN and OpenSSL, which must not come before torch's. Entries outside of Nuke's
# folder stay: drivers and studios' tools are found through them. OCIO stays likewise, so that a color space is looked
# up where the command line looks it up.
_SEARCHED = {
    "PATH",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "DYLD_FRAMEWORK_PATH",
    "DYLD_FALLBACK_FRAMEWORK_PATH",
    "DYLD_INSERT_LIBRARIES",
    "OCIO",
}
# Where a Nuke would lie that somebody started through a link: their other contents are not Nuke's.
_NOBODYS = {"", "/", "/bin", "/usr", "/usr/bin", "/usr/local", "/usr/local/bin", "/opt", "/Applications"}


def worker_command(
    root: str, system: str, environ: Mapping[str, str], exists: Callable[[str], bool] = os.path.isfile
) -> list[str]:
    """The command that starts Penumbra's worker.

    Args:
        root: Penumbra's folder.
        system: As `sys.platform` calls it.
        environ: The environment; `PENUMBRA_PYTHON` in it names another Python than that of `.venv`.
        exists: Tells whether a file is there.

    Raises:
        MachineError: That Python is not there.
    """
    return [python_of(root, system, environ, exists), *ALONE, "worker"]


def python_of(
    root: str, system: str, environ: Mapping[str, str], exists: Callable[[str], bool] = os.path.isfile
) -> str:
    """The Python that has Penumbra; arguments and errors as `worker_command`."""
    chosen = environ.get(PYTHON, "")
    if chosen:
        if exists(chosen):
            return chosen
        raise MachineError(
            f"There is no file {chosen}, which ${PYTHON} names as the Python that has Penumbra.",
            f"Mend or unset ${PYTHON}, and start Nuke again.",
            path=chosen,
        )
    own = _paths(system).join(root, ".venv", *(("Scripts", "python.exe") if system == "win32" else ("bin", "python")))
    if exists(own):
        return str(own)
    problem = f"Penumbra is not installed yet: there is no {own}."
    if os.path.lexists(own):
        problem = f"{own} leads to a Python that this machine does not have."
    program = "py" if system == "win32" else "python3"
    next_step = f"Run  {program} install.py  in {root}, or name a Python that has Penumbra in ${PYTHON}."
    raise MachineError(problem, next_step, path=own)


def worker_environment(environ: Mapping[str, str], system: str, nuke_folder: str) -> dict[str, str]:
    """Nuke's environment without what breaks another Python, another Qt, or torch.

    Args:
        environ: Nuke's environment; with `PENUMBRA_KEEP_ENVIRONMENT` set in it, it is given as it is.
        system: As `sys.platform` calls it.
        nuke_folder: What `nuke_folder` gives; "" where there is no Nuke.
    """
    if environ.get(KEEP):
        return dict(environ)
    kept = {}
    for name, value in environ.items():
        # Windows does not tell "Path" from "PATH".
        plain = name.upper() if system == "win32" else name
        if plain in _FOREIGN or plain.startswith(_FOREIGN_BEGINNINGS):
            continue
        left = _without_nuke(plain, value, system, nuke_folder) if plain in _SEARCHED else value
        if left or not value:
            kept[name] = left
    # Ours is started with -I and reads neither; a Python that it starts does.
    return dict(kept, PYTHONNOUSERSITE="1", PYTHONUTF8="1")


def nuke_folder(executable: str, system: str) -> str:
    """The folder of the Nuke whose program is `executable` (`nuke.EXE_PATH`): on macOS its whole bundle."""
    folder = _paths(system).dirname(executable)
    bundle = re.match(r"(.+?\.app)/Contents/", executable) if system == "darwin" else None
    return bundle.group(1) if bundle else folder


def user_folder(system: str, environ: Mapping[str, str]) -> str:
    """The person's own folder for what Penumbra keeps: logs, and the models that were added.

    Raises:
        MachineError: The environment does not say where the person's home is.
    """
    chosen = environ.get(DATA, "")
    if chosen:
        return chosen
    paths = _paths(system)
    if system == "win32":
        local = environ.get("LOCALAPPDATA", "") or paths.join(home(system, environ), "AppData", "Local")
        return str(paths.join(local, "penumbra", "penumbra"))
    if system == "darwin":
        return str(paths.join(home(system, environ), "Library", "Application Support", "penumbra"))
    shared = environ.get("XDG_DATA_HOME", "").strip() or paths.join(home(system, environ), ".local", "share")
    return str(paths.join(shared, "penumbra"))


def home(system: str, environ: Mapping[str, str], names: Sequence[str] = ()) -> str:
    """The person's home folder.

    Args:
        system: As `sys.platform` calls it.
        environ: The environment.
        names: The variables that may say it, the first that does counts; by default the system's own.

    Raises:
        MachineError: None of them does.
    """
    names = names or (("USERPROFILE",) if system == "win32" else ("HOME",))
    for name in names:
        if environ.get(name):
            return environ[name]
    asked = " and no $".join(names)
    raise MachineError(f"Your home folder is not known: there is no ${asked}.", f"Set ${names[-1]} to it.")


def _without_nuke(name: str, value: str, system: str, folder: str) -> str:
    """A list of paths without those inside Nuke's folder; the others, and their order, stay as they are."""
    if name == "OCIO":
        return "" if _inside(value, folder, system) else value
    separator = ";" if system == "win32" else ":"
    entries = re.split("[: ]", value) if name == "LD_PRELOAD" else value.split(separator)
    left = [entry for entry in entries if not _inside(entry, folder, system)]
    # An empty entry would stand for the current folder.
    return value if left == entries else separator.join(entry for entry in left if entry)


def _inside(path: str, folder: str, system: str) -> bool:
    paths = _paths(system)
    plain = [paths.normcase(paths.normpath(text.strip('"'))) if text else "" for text in (path, folder)]
    if plain[1] in _NOBODYS or plain[1] == paths.splitdrive(plain[1])[0] + paths.sep:
        return False
    return bool(plain[0] == plain[1] or plain[0].startswith(plain[1] + paths.sep))


def _paths(system: str) -> ModuleType:
    return ntpath if system == "win32" else posixpath
