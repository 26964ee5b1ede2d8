from __future__ import annotations

import ast
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from penumbra.errors import FileError, InputError, MachineError
from penumbra_nuke.registration import (
    BEGIN,
    backup_of,
    init_file,
    nuke_path_lines,
    register,
    registered_root,
    unregister,
    with_block,
    without_block,
)

TEXTS = [
    b"",
    b"import nuke\n",
    b"import nuke",
    b"import nuke\r\nnuke.tprint('hers')\r\n",
    b"import nuke\r\nnuke.tprint('hers')",
    b"import nuke\rx = 1\r",
    b"\xef\xbb\xbfname = '\xc3\xa4'\n",
    b"\xef\xbb\xbf",
    b"# -*- coding: latin-1 -*-\nname = 'Sch\xf6n'\n",
    b"if True:\n\tx = 1\n\n\n",
    b"if True:\n    x = 1 # no end",
]
ROOTS = [
    "/opt/penumbra",
    "/opt/my tools/ä b/プレート",
    '/opt/it\'s "quoted" {braced} %s $HOME [x]',
    "C:\\Studio\\new\\Penumbra",
    "\\\\server\\share\\Penumbra",
    "/opt/line\nbreak",
]


# --- the text ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("root", ROOTS)
def test_when_the_lines_are_put_in_and_taken_out_then_every_byte_is_as_before(text, root):
    written = with_block(text, root)
    assert text in written
    assert registered_root(written) == root
    assert without_block(written) == text
    ast.parse(written)


@pytest.mark.parametrize("text", TEXTS)
def test_when_the_lines_are_there_then_an_update_replaces_them_where_they_stand(text):
    once = with_block(text, "/opt/one")
    assert with_block(once, "/opt/one") == once
    hers = once + b"\nlast = 1\n"
    twice = with_block(hers, "/opt/two")
    assert twice == hers.replace(b"/opt/one", b"/opt/two")
    assert without_block(with_block(with_block(text, "/opt/one"), "/opt/two")) == text


def test_when_the_file_has_windows_line_ends_then_the_lines_have_them_too():
    written = with_block(b"import nuke\r\n", "C:\\Penumbra")
    assert written.count(b"\n") == written.count(b"\r\n")


def test_when_the_lines_are_read_by_python_3_7_then_it_understands_them():
    ast.parse(with_block(b"", "/opt/ä"), feature_version=(3, 7))


@pytest.mark.parametrize("lost", ["# >>>", "# <<<"])
def test_when_a_mark_is_lost_then_nothing_is_guessed(lost):
    damaged = with_block(b"hers = 1\n", "/opt/penumbra").replace(lost.encode(), b"#")
    for change in (without_block, registered_root, lambda text: with_block(text, "/opt/two")):
        with pytest.raises(InputError, match="damaged") as caught:
            change(damaged)
        assert "by hand" in caught.value.next_step


def test_when_the_file_is_utf_16_then_it_is_refused_as_python_would():
    with pytest.raises(InputError, match="null bytes"):
        with_block("import nuke\n".encode("utf-16"), "/opt/penumbra")


# --- what Nuke makes of it -----------------------------------------------------------------------

NUKE = """
import sys
def pluginAddPath(path, addToSysPath=True):
    if path.endswith("broken"):
        raise RuntimeError("no such thing")
    print(ascii((path, addToSysPath)))
"""


def run_in_nuke(tmp_path: Path, text: bytes) -> subprocess.CompletedProcess[str]:
    """Run an init.py where `nuke` can be imported, and then a line that must still be reached."""
    (tmp_path / "nuke.py").write_text(NUKE)
    (tmp_path / "init_of_hers.py").write_bytes(text + b"\nprint(sorted(name for name in dir() if 'penumbra' in name))")
    return subprocess.run(
        [sys.executable, tmp_path / "init_of_hers.py"], capture_output=True, text=True, cwd=tmp_path, check=True
    )


@pytest.mark.parametrize("folder", ["plain", "my tools ä b プレート", "it's %s {}"])
def test_when_nuke_runs_the_lines_then_the_folder_is_on_its_path_and_no_name_is_left(tmp_path, folder):
    root = tmp_path / folder
    root.mkdir()
    (root / "init.py").write_text("")
    done = run_in_nuke(tmp_path, with_block(b"", str(root)))
    assert done.stdout.splitlines() == [ascii((root.as_posix(), False)), "[]"]
    assert done.stderr == ""


def test_when_the_folder_is_gone_then_nuke_is_told_once_and_goes_on(tmp_path):
    done = run_in_nuke(tmp_path, with_block(b"", "/nowhere/at all"))
    assert done.stdout == "[]\n"
    assert done.stderr.count("Penumbra is not loaded") == 1
    assert "/nowhere/at all" in done.stderr
    assert "python3 install.py --nuke" in done.stderr


def test_when_nuke_itself_refuses_then_it_is_told_and_goes_on(tmp_path):
    root = tmp_path / "broken"
    root.mkdir()
    (root / "init.py").write_text("")
    done = run_in_nuke(tmp_path, with_block(b"", str(root)))
    assert done.stdout == "[]\n"
    assert "no such thing" in done.stderr


def test_when_nuke_has_no_terminal_to_tell_it_then_it_still_goes_on(tmp_path):
    closed = b"import sys\nsys.stderr = None\n"
    assert run_in_nuke(tmp_path, with_block(closed, "/nowhere")).stdout == "[]\n"


# --- the file ------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / ".nuke").mkdir()
    return tmp_path / ".nuke" / "init.py"


def names(file: Path) -> list[str]:
    return sorted(entry.name for entry in file.parent.iterdir())


def test_when_registered_then_the_file_as_it_was_is_kept_until_it_is_that_again(file):
    file.write_bytes(TEXTS[3])
    assert backup_of(file).name in register("/opt/one", file)
    register("/opt/two", file)
    assert backup_of(file).read_bytes() == TEXTS[3]
    unregister(file)
    assert file.read_bytes() == TEXTS[3]
    assert names(file) == ["init.py"]


def test_when_she_changed_the_file_meanwhile_then_her_change_and_the_copy_stay(file):
    file.write_bytes(b"hers = 1\n")
    register("/opt/one", file)
    with file.open("ab") as more:
        more.write(b"more = 2\n")
    unregister(file)
    assert file.read_bytes() == b"hers = 1\nmore = 2\n"
    assert backup_of(file).read_bytes() == b"hers = 1\n"


def test_when_there_is_no_nuke_folder_yet_then_it_is_made_and_only_our_file_removed(tmp_path):
    file = tmp_path / "new" / ".nuke" / "init.py"
    register("/opt/one", file)
    assert names(file) == ["init.py"]
    unregister(file)
    assert names(file) == []


def test_when_the_file_was_empty_then_it_is_empty_again(file):
    file.write_bytes(b"")
    register("/opt/one", file)
    unregister(file)
    assert file.read_bytes() == b""


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither these rights, nor links without a right to make them")
def test_when_the_file_is_a_link_then_it_stays_one_and_the_rights_stay(file, tmp_path):
    real = tmp_path / "dotfiles" / "init.py"
    real.parent.mkdir()
    real.write_bytes(b"hers = 1\n")
    real.chmod(0o640)
    file.symlink_to(real)
    register("/opt/one", file)
    assert file.is_symlink()
    assert BEGIN.encode() in real.read_bytes()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert [entry.name for entry in real.parent.iterdir()] == ["init.py"]
    unregister(file)
    assert file.is_symlink()
    assert real.read_bytes() == b"hers = 1\n"


@pytest.mark.skipif(os.name == "nt", reason="rights are other things there")
def test_when_the_file_is_write_protected_then_it_is_said_and_left(file, ordinary_user):
    file.write_bytes(b"hers = 1\n")
    file.chmod(0o444)
    file.parent.chmod(0o777)
    with ordinary_user(), pytest.raises(FileError, match="write-protected"):
        register("/opt/one", file)
    assert file.read_bytes() == b"hers = 1\n"


# --- each system's conventions -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "environ", "path"),
    [
        ("linux", {"HOME": "/home/ana"}, "/home/ana/.nuke/init.py"),
        ("darwin", {"HOME": "/Users/ana"}, "/Users/ana/.nuke/init.py"),
        ("win32", {"USERPROFILE": "C:\\Users\\ana"}, "C:\\Users\\ana\\.nuke\\init.py"),
        ("win32", {"HOME": "D:\\ana", "USERPROFILE": "C:\\Users\\ana"}, "D:\\ana\\.nuke\\init.py"),
        ("linux", {"HOME": "/home/ana", "USERPROFILE": "/elsewhere"}, "/home/ana/.nuke/init.py"),
    ],
)
def test_when_the_system_is_known_then_nukes_folder_is_where_nuke_looks(system, environ, path):
    assert init_file(system, environ) == path


@pytest.mark.parametrize(
    ("system", "asked"), [("linux", ["$HOME"]), ("darwin", ["$HOME"]), ("win32", ["$HOME", "$USERPROFILE"])]
)
def test_when_no_home_is_set_then_the_variables_are_named(system, asked):
    with pytest.raises(MachineError, match="home folder is not known") as caught:
        init_file(system, {"HOME": ""})
    assert all(name in str(caught.value) for name in asked)


def test_when_the_system_is_windows_then_its_two_shells_lines_are_given():
    lines = nuke_path_lines("C:\\It's 100%\\Penumbra", "win32")
    assert lines["a .bat file"].splitlines()[1] == 'set "NUKE_PATH=C:\\It\'s 100%%\\Penumbra%NUKE_PATH%"'
    assert lines["PowerShell"].startswith("$env:NUKE_PATH = 'C:\\It''s 100%\\Penumbra'")


@pytest.mark.parametrize("system", ["linux", "darwin"])
@pytest.mark.parametrize("root", ['/opt/it\'s "my" tools', "/opt/$HOME `x` \\n ä", "/opt/plain"])
def test_when_the_system_is_a_unix_then_a_shell_reads_the_line_as_the_folder(system, root):
    lines = nuke_path_lines(root, system)
    for before, after in (("", root), ("/other", f"{root}:/other")):
        told = subprocess.run(
            ["sh", "-c", lines["sh, bash, zsh"] + '; printf %s "$NUKE_PATH"'],
            env={**os.environ, "NUKE_PATH": before},
            capture_output=True,
            check=True,
        )
        assert told.stdout.decode() == after


def test_when_the_folder_has_a_sign_that_csh_expands_then_it_is_escaped():
    assert "setenv NUKE_PATH '/opt/wow\\!'\":$NUKE_PATH\"" in nuke_path_lines("/opt/wow!", "linux")["csh, tcsh"]


@pytest.mark.parametrize(("system", "root"), [("linux", "/opt/a:b"), ("win32", "C:\\a;b")])
def test_when_the_folder_has_the_sign_between_paths_then_it_is_refused(system, root):
    with pytest.raises(InputError, match="NUKE_PATH cannot hold"):
        nuke_path_lines(root, system)
