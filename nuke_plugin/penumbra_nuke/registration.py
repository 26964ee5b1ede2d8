"""Penumbra's lines in the init.py of a person's `.nuke` folder: put in, kept up to date, and taken out again.

The file is treated as bytes, and our lines are ASCII, so whatever encoding and line ends it has are kept. Nuke runs
it in Python 3.7 to 3.11.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from penumbra.errors import FileError, InputError
from penumbra_nuke.environment import home

BEGIN, END = "# >>> Penumbra >>>", "# <<< Penumbra <<<"
BLOCK = (
    BEGIN
    + """ "install.py --nuke" wrote these lines, "install.py --nuke-remove" takes them out; do not edit.
def _penumbra_folder(root):
    import os, sys
    try:
        import nuke
        if not os.path.isfile(os.path.join(root, "init.py")):
            raise OSError("its folder is not there")
        nuke.pluginAddPath(root.replace(os.sep, "/"), addToSysPath=False)
    except Exception as fault:
        try:
            sys.stderr.write("Penumbra is not loaded: %s: %s\\n  Run  python3 install.py --nuke  in its folder, or "
                             "take Penumbra's lines out of your init.py.\\n" % (ascii(root), ascii(str(fault))))
        except Exception:
            pass
_penumbra_folder({root})
del _penumbra_folder
"""
    + END
)
CALL = re.compile(rb"_penumbra_folder\((['\"].*['\"])\)\s*")


def init_file(system: str, environ: Mapping[str, str]) -> str:
    """The init.py of the person's own `.nuke` folder.

    Raises:
        MachineError: The environment does not say where the person's home is.
    """
    on_windows = system == "win32"
    folder = home(system, environ, ("HOME", "USERPROFILE") if on_windows else ("HOME",))
    separator = "\\" if on_windows else "/"
    return separator.join((folder.rstrip(separator), ".nuke", "init.py"))


# --- the file's text -----------------------------------------------------------------------------


def with_block(text: bytes, root: str) -> bytes:
    """The text of an init.py with our lines: in the place of earlier ones, and otherwise at its end.

    Args:
        text: The file as it is.
        root: Penumbra's folder.

    Raises:
        InputError: The file is no text, or the end of our lines is missing in it.
    """
    before, found, after = _parts(text)
    end = _line_end(text)
    block = BLOCK.format(root=ascii(root)).encode("ascii").replace(b"\n", end)
    if found:
        return before + block + found[-1][len(found[-1].rstrip(b"\r\n")) :] + after
    # A file without a line end at its end gets none there, so that it can be told when our lines are taken out.
    return text + end + block if text and not text.endswith((b"\n", b"\r")) else text + block + end


def without_block(text: bytes) -> bytes:
    """The text of an init.py without our lines: byte for byte what it was before `with_block`.

    Raises:
        InputError: As `with_block`.
    """
    before, found, after = _parts(text)
    if found and not after and not found[-1].endswith((b"\n", b"\r")):
        before = re.sub(rb"(\r\n|\n|\r)\Z", b"", before)
    return before + after


def registered_root(text: bytes) -> str | None:
    """The folder of the Penumbra that an init.py loads; None where it loads none, "" where it cannot be told.

    Raises:
        InputError: As `with_block`.
    """
    found = _parts(text)[1]
    calls = [call for call in map(CALL.fullmatch, found) if call]
    with suppress(IndexError, ValueError, SyntaxError):
        return str(ast.literal_eval(calls[0].group(1).decode("ascii")))
    return "" if found else None


def _parts(text: bytes) -> tuple[bytes, list[bytes], bytes]:
    """What stands before our lines, they themselves, and what stands behind."""
    if b"\0" in text:
        raise InputError("Your .nuke/init.py is not text that Python reads: it holds null bytes.", "Save it as UTF-8.")
    lines = text.splitlines(keepends=True)
    begins = [number for number, line in enumerate(lines) if line.startswith(BEGIN.encode())]
    ends = [number for number, line in enumerate(lines) if line.startswith(END.encode())]
    if not begins and not ends:
        return text, [], b""
    if len(begins) != 1 or len(ends) != 1 or ends < begins:
        numbers = ", ".join(str(number + 1) for number in sorted(begins + ends))
        raise InputError(
            f"Penumbra's lines in your .nuke/init.py are damaged: only line {numbers} of their first and last is left.",
            "Take what is left of them out by hand, and run this again.",
        )
    first, last = begins[0], ends[0] + 1
    return b"".join(lines[:first]), lines[first:last], b"".join(lines[last:])


def _line_end(text: bytes) -> bytes:
    found = re.search(rb"\r\n|\n|\r", text)
    return found.group() if found else b"\n"


# --- the file on disk ----------------------------------------------------------------------------


def register(root: str, path: Path) -> str:
    """Have Nuke load Penumbra, and say in a sentence what was done.

    Args:
        root: Penumbra's folder, as Nuke shall look for it.
        path: The init.py; it may be a link, and need not be there.

    Raises:
        InputError: Its text cannot be added to.
        OSError: It cannot be read or written.
    """
    text = _read(path)
    wanted = with_block(text, root)
    if wanted == text:
        return f"Nuke loads Penumbra from {root} already: {path}"
    earlier = registered_root(text)
    path.parent.mkdir(parents=True, exist_ok=True)
    if earlier is None and path.exists():
        _write(backup_of(path), text, path)
    _write(path, wanted, path)
    if earlier is not None:
        return f"Nuke loads Penumbra from {root} (before, from {earlier or 'nowhere'}): {path}"
    kept = f"; the file as it was: {backup_of(path).name}" if backup_of(path).exists() else ""
    return f"Nuke loads Penumbra from {root}: {path}{kept}"


def unregister(path: Path) -> str:
    """Have Nuke load no Penumbra any more, and say in a sentence what was done; errors as `register`."""
    text = _read(path)
    wanted = without_block(text)
    if wanted == text:
        return f"Nuke does not load Penumbra: it is not in {path}"
    backup = backup_of(path)
    if not wanted and not backup.exists():
        path.unlink()
        return f"Nuke does not load Penumbra any more: removed {path}, which held nothing else"
    _write(path, wanted, path)
    # It says nothing that the file itself does not say.
    if backup.exists() and backup.read_bytes() == wanted:
        backup.unlink()
    return f"Nuke does not load Penumbra any more: taken out of {path}"


def loads(root: Path, path: Path) -> bool:
    """Whether an init.py loads the Penumbra of this folder; errors as `register`."""
    found = registered_root(_read(path))
    return bool(found) and os.path.realpath(str(found)) == os.path.realpath(str(root))


def backup_of(path: Path) -> Path:
    """Where the file is kept as it was before our lines came into it."""
    return path.with_name(path.name + ".before-penumbra")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _write(path: Path, text: bytes, like: Path) -> None:
    """Write a file aside and rename it, with the rights of another one; a link goes on leading to its file."""
    real = Path(os.path.realpath(path))
    try:
        # A rename would not ask.
        with suppress(FileNotFoundError):
            real.open("r+b").close()
    except PermissionError as fault:
        next_step = "Give yourself the right to write it, or ask who keeps it."
        raise FileError(f"{real} is write-protected.", next_step, path=real) from fault
    number, aside = tempfile.mkstemp(prefix=f".{real.name}.", suffix=".part", dir=real.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(like.stat().st_mode & 0o777 if like.exists() else 0o644)
        Path(aside).replace(real)
    finally:
        with suppress(FileNotFoundError):
            Path(aside).unlink()


# --- a studio's NUKE_PATH ------------------------------------------------------------------------


def nuke_path_lines(root: str, system: str) -> dict[str, str]:
    """What puts Penumbra's folder on NUKE_PATH, before what is there, by the name of the shell.

    Raises:
        InputError: The folder's path holds the sign that separates paths.
    """
    separator = ";" if system == "win32" else ":"
    if separator in root:
        raise InputError(f"NUKE_PATH cannot hold a path with {separator!r} in it: {root}", "Move Penumbra's folder.")
    if system == "win32":
        batch, power = root.replace("%", "%%"), root.replace("'", "''")
        return {
            "a .bat file": f'if defined NUKE_PATH set "NUKE_PATH=;%NUKE_PATH%"\nset "NUKE_PATH={batch}%NUKE_PATH%"',
            "PowerShell": f"$env:NUKE_PATH = '{power}' + $(if ($env:NUKE_PATH) {{ ';' + $env:NUKE_PATH }})",
        }
    # Even inside quotes, csh takes "!" for its history.
    plain, c_shell = shlex.quote(root), shlex.quote(root).replace("!", "\\!")
    return {
        "sh, bash, zsh": f'export NUKE_PATH={plain}"${{NUKE_PATH:+:$NUKE_PATH}}"',
        "csh, tcsh": f'if ($?NUKE_PATH) then\n  setenv NUKE_PATH {c_shell}":$NUKE_PATH"\n'
        f"else\n  setenv NUKE_PATH {c_shell}\nendif",
    }
