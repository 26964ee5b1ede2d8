"""`install.py --nuke`, `--nuke-path` and `--nuke-remove`, with a home folder of the test's own."""

from __future__ import annotations

import ctypes
import os
import shlex
import subprocess
import sys

import pytest

from penumbra_nuke.registration import with_block
from tests.install.test_install import assert_plain_words, without_roots_right_to_write_anywhere

HERS = b"# -*- coding: latin-1 -*-\r\nimport nuke\r\nnuke.tprint('Sch\xf6n')"

# Stands where Nuke does: `pluginAddPath` inside an init.py runs the init.py of the folder that is added.
NUKE = """
import os, runpy
paths = []
def pluginAddPath(path, addToSysPath=True):
    assert not addToSysPath, "the whole folder would become importable"
    paths.insert(0, path)
    if os.path.isfile(path + "/init.py"):
        runpy.run_path(path + "/init.py")
def tprint(text):
    print(ascii(text))
"""


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "her home ü"
    (folder / ".nuke").mkdir(parents=True)
    return folder


def start_nuke(home, tmp_path) -> subprocess.CompletedProcess[str]:
    """Run her init.py as Nuke would, and print the plug-in path that comes of it."""
    (tmp_path / "nuke.py").write_text(NUKE)
    code = "import runpy, sys, nuke; runpy.run_path(sys.argv[1]); print(nuke.paths)"
    return subprocess.run(
        [sys.executable, "-c", code, str(home / ".nuke" / "init.py")],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )


def test_when_registered_then_nuke_loads_it_and_when_removed_then_her_file_is_as_it_was(shared_project, home, tmp_path):
    file = home / ".nuke" / "init.py"
    file.write_bytes(HERS)
    done = shared_project.run("--nuke", HOME=str(home))
    assert_plain_words(done, 0)
    assert str(shared_project.root) in done.stdout
    assert (home / ".nuke" / "init.py.before-penumbra").read_bytes() == HERS
    nuke = start_nuke(home, tmp_path)
    assert shared_project.root.as_posix() in nuke.stdout
    # The small project has no startup module; its init.py says so, and Nuke goes on.
    assert nuke.stderr.count("Penumbra could not start, and Nuke goes on without it") == 1

    written = file.read_bytes()
    again = shared_project.run("--nuke", HOME=str(home))
    assert "already" in again.stdout
    assert file.read_bytes() == written

    assert_plain_words(shared_project.run("--nuke-remove", HOME=str(home)), 0)
    assert file.read_bytes() == HERS
    assert [entry.name for entry in file.parent.iterdir()] == ["init.py"]


def test_when_there_was_no_init_then_it_is_made_and_removed_again(shared_project, home, tmp_path):
    shared_project.run()
    assert_plain_words(shared_project.run("--nuke", HOME=str(tmp_path / "new home")), 0)
    assert (tmp_path / "new home" / ".nuke" / "init.py").exists()
    assert_plain_words(shared_project.run("--nuke-remove", HOME=str(tmp_path / "new home")), 0)
    assert not (tmp_path / "new home" / ".nuke" / "init.py").exists()
    again = shared_project.run("--nuke-remove", HOME=str(tmp_path / "new home"))
    assert "Nuke does not load Penumbra" in again.stdout


def test_when_uninstalled_then_her_nuke_loads_it_no_more_but_another_copy_stays_registered(project, home):
    file = home / ".nuke" / "init.py"
    file.write_bytes(with_block(HERS, str(project.root)))
    assert_plain_words(project.run("--uninstall", HOME=str(home)), 0)
    assert file.read_bytes() == HERS
    other = with_block(HERS, str(project.root.parent / "another copy"))
    file.write_bytes(other)
    assert_plain_words(project.run("--uninstall", HOME=str(home)), 0)
    assert file.read_bytes() == other


def test_when_her_init_is_damaged_then_it_is_said_and_left_as_it_is(shared_project, home):
    file = home / ".nuke" / "init.py"
    shared_project.run("--nuke", HOME=str(home))
    damaged = file.read_bytes().rpartition(b"# <<<")[0]
    file.write_bytes(damaged)
    for order in ("--nuke", "--nuke-remove"):
        assert_plain_words(shared_project.run(order, HOME=str(home)), 2, "damaged", "by hand")
        assert file.read_bytes() == damaged
    assert "damaged" in shared_project.run("--uninstall", HOME=str(home)).stdout


@pytest.mark.skipif(os.name == "nt", reason="folders have no read-only bit on Windows")
def test_when_a_studios_folder_is_read_only_then_it_is_registered_without_a_word_about_it(shared_project, home):
    as_root = os.geteuid() == 0
    if as_root and not hasattr(ctypes.CDLL(None), "prctl"):
        pytest.skip("root may write anywhere here, and cannot give that up without prctl")
    shared_project.run()
    shared_project.root.chmod(0o555)
    before_start = without_roots_right_to_write_anywhere if as_root else None
    done = shared_project.run("--nuke", before_start=before_start, HOME=str(home))
    shared_project.root.chmod(0o755)
    assert_plain_words(done, 0)
    assert done.stderr == ""
    assert b"Penumbra" in (home / ".nuke" / "init.py").read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="links need a right there that people do not have")
def test_when_a_link_leads_to_the_version_in_use_then_nuke_goes_through_the_link(shared_project, home, tmp_path):
    shared_project.run()
    current = tmp_path / "current"
    current.symlink_to(shared_project.root)
    environment = {**os.environ, "HOME": str(home)}
    done = subprocess.run(
        [sys.executable, current / "install.py", "--nuke-path"], env=environment, capture_output=True, text=True
    )
    assert f"export NUKE_PATH={current}" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="these are the lines of a Unix shell")
def test_when_a_studio_asks_for_the_line_then_a_shell_takes_it_and_nothing_is_touched(shared_project, home):
    done = shared_project.run("--nuke-path", HOME=str(home))
    assert_plain_words(done, 0)
    line = done.stdout.splitlines()[1]
    for before, after in (("", ""), ("/other tools", ":/other tools")):
        environment = {**os.environ, "NUKE_PATH": before}
        said = subprocess.check_output(["sh", "-c", line + '; printf %s "$NUKE_PATH"'], env=environment, text=True)
        assert said == f"{shared_project.root}{after}"
    assert shlex.split(line)[0] == "export"
    assert list((home / ".nuke").iterdir()) == []


def test_when_no_home_is_known_then_it_is_said(shared_project):
    shared_project.run()
    assert_plain_words(shared_project.run("--nuke", HOME="", USERPROFILE=""), 4, "home folder is not known")
