from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import platformdirs.macos
import platformdirs.unix
import pytest

from penumbra.errors import MachineError
from penumbra_nuke.environment import (
    nuke_folder,
    user_folder,
    worker_command,
    worker_environment,
)

ROOT = Path(__file__).resolve().parents[2]


# --- the command ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "root", "python"),
    [
        ("linux", "/opt/my tools/ä", "/opt/my tools/ä/.venv/bin/python"),
        ("darwin", "/Users/ana/Penumbra", "/Users/ana/Penumbra/.venv/bin/python"),
        ("win32", "C:\\My Tools\\プレート", "C:\\My Tools\\プレート\\.venv\\Scripts\\python.exe"),
        ("win32", "\\\\server\\share\\Penumbra", "\\\\server\\share\\Penumbra\\.venv\\Scripts\\python.exe"),
    ],
)
def test_when_penumbra_is_installed_then_its_own_python_is_started_alone(system, root, python):
    command = worker_command(root, system, {}, exists=lambda path: path == python)
    assert command == [python, "-I", "-u", "-X", "utf8", "-m", "penumbra.cli.main", "worker"]


@pytest.mark.parametrize(("system", "words"), [("linux", "python3 install.py"), ("win32", "py install.py")])
def test_when_penumbra_is_not_installed_then_the_command_that_installs_it_is_given(system, words):
    with pytest.raises(MachineError, match=r"not installed yet: there is no .*python") as caught:
        worker_command("/opt/penumbra", system, {})
    assert words in caught.value.next_step
    assert "/opt/penumbra" in caught.value.next_step
    assert "$PENUMBRA_PYTHON" in caught.value.next_step


@pytest.mark.skipif(os.name == "nt", reason="environments have links on Unix only")
def test_when_a_shared_environment_has_a_python_that_is_not_on_this_machine_then_that_is_said(tmp_path):
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/usr/bin/python3.99")
    with pytest.raises(MachineError, match="leads to a Python that this machine does not have"):
        worker_command(str(tmp_path), "linux", {})


def test_when_another_python_is_named_then_it_is_taken_and_must_be_there():
    named = {"PENUMBRA_PYTHON": sys.executable}
    assert worker_command("/nowhere", "linux", named)[0] == sys.executable
    with pytest.raises(MachineError, match=r"no file /gone, which \$PENUMBRA_PYTHON names"):
        worker_command("/nowhere", "linux", {"PENUMBRA_PYTHON": "/gone"})


# --- the environment -----------------------------------------------------------------------------

FOREIGN = {
    "PYTHONHOME": "/nuke/python",
    "PYTHONPATH": "/pipeline",
    "PYTHONSTARTUP": "/x.py",
    "PYTHONUSERBASE": "/x",
    "VIRTUAL_ENV": "/x",
    "CONDA_PREFIX": "/x",
    "UV_PYTHON": "3.7",
    "__PYVENV_LAUNCHER__": "/x",
    "QT_PLUGIN_PATH": "/usr/local/Nuke16.0v4/plugins",
    "QT_QPA_PLATFORM_PLUGIN_PATH": "/x",
    "QML2_IMPORT_PATH": "/x",
}
HERS = {"HOME": "/home/ana", "PENUMBRA_DATA": "/d", "QT_SCALE_FACTOR": "2", "NUKE_PATH": "/n", "EMPTY": ""}
OURS = {"PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1"}


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_when_nuke_has_variables_that_break_another_python_then_they_are_left_out_and_hers_stay(system):
    assert worker_environment({**FOREIGN, **HERS}, system, "/usr/local/Nuke16.0v4") == {**HERS, **OURS}


def test_when_windows_spells_a_name_its_own_way_then_it_is_the_same_name():
    environ = {"PythonHome": "C:\\x", "Path": "C:\\Program Files\\Nuke16.0v4;C:\\Windows"}
    cleaned = worker_environment(environ, "win32", "C:\\Program Files\\Nuke16.0v4")
    assert cleaned == {"Path": "C:\\Windows", **OURS}


def test_when_it_is_asked_for_then_the_environment_stays_as_it_is():
    environ = {**FOREIGN, **HERS, "PENUMBRA_KEEP_ENVIRONMENT": "1"}
    assert worker_environment(environ, "linux", "/usr/local/Nuke16.0v4") == environ


@pytest.mark.parametrize(
    ("system", "folder", "before", "after"),
    [
        ("linux", "/usr/local/Nuke16.0v4", "/usr/bin:/usr/local/Nuke16.0v4:/opt/cuda", "/usr/bin:/opt/cuda"),
        ("linux", "/opt/Nuke16.0v4", "/opt/Nuke16.0v4/lib/:/opt/Nuke16.0v40", "/opt/Nuke16.0v40"),
        ("linux", "/opt/my Nuke", "/opt/my Nuke/../my Nuke/lib:/a b", "/a b"),
        ("linux", "/usr/local/Nuke16.0v4", "/usr/bin::/opt", "/usr/bin::/opt"),
        ("linux", "/usr/bin", "/usr/bin:/bin", "/usr/bin:/bin"),
        ("linux", "", "/usr/bin:/bin", "/usr/bin:/bin"),
        ("darwin", "/Applications/Nuke16.0v4/Nuke16.0v4.app",
         "/usr/bin:/Applications/Nuke16.0v4/Nuke16.0v4.app/Contents/Frameworks", "/usr/bin"),
        ("win32", "C:\\Program Files\\Nuke16.0v4",
         'c:/program files/nuke16.0v4/lib;"C:\\Program Files\\Nuke16.0v4";C:\\Windows;D:\\ä b', "C:\\Windows;D:\\ä b"),
        ("win32", "C:\\", "C:\\Windows;C:\\x", "C:\\Windows;C:\\x"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"])
def test_when_a_search_path_leads_into_nukes_folder_then_only_that_is_taken_out(system, folder, before, after, name):
    assert worker_environment({name: before}, system, folder) == {name: after, **OURS}


def test_when_nothing_of_a_search_path_is_left_then_it_is_not_set_to_the_current_folder():
    environ = {"LD_LIBRARY_PATH": "/n/lib:", "LD_PRELOAD": "/n/libtcmalloc.so", "OCIO": "/n/plugins/config.ocio"}
    assert worker_environment(environ, "linux", "/n") == OURS


def test_when_libraries_are_loaded_first_then_the_studios_stay():
    environ = {"LD_PRELOAD": "/n/libtcmalloc.so /opt/libstudio.so:/opt/other.so", "OCIO": "/studio/config.ocio"}
    cleaned = worker_environment(environ, "linux", "/n")
    assert cleaned == {"LD_PRELOAD": "/opt/libstudio.so:/opt/other.so", "OCIO": "/studio/config.ocio", **OURS}


@pytest.mark.parametrize(
    ("system", "executable", "folder"),
    [
        ("linux", "/usr/local/Nuke16.0v4/Nuke16.0", "/usr/local/Nuke16.0v4"),
        ("win32", "C:/Program Files/Nuke16.0v4/Nuke16.0.exe", "C:/Program Files/Nuke16.0v4"),
        ("darwin", "/Applications/Nuke16/Nuke16.app/Contents/MacOS/Nuke16.0", "/Applications/Nuke16/Nuke16.app"),
        ("darwin", "/opt/nuke/Nuke16.0", "/opt/nuke"),
    ],
)
def test_when_nukes_program_is_known_then_so_is_its_folder(system, executable, folder):
    assert nuke_folder(executable, system) == folder


# --- the person's folder -------------------------------------------------------------------------


def test_when_models_and_logs_are_kept_then_in_the_folder_that_penumbra_itself_uses(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ana")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert user_folder("linux", {"HOME": "/home/ana"}) == platformdirs.unix.Unix("penumbra").user_data_dir
    assert user_folder("darwin", {"HOME": "/home/ana"}) == platformdirs.macos.MacOS("penumbra").user_data_dir
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    given = {"HOME": "/home/ana", "XDG_DATA_HOME": "/data"}
    assert user_folder("linux", given) == platformdirs.unix.Unix("penumbra").user_data_dir


def test_when_the_system_is_windows_then_it_is_the_local_folder():
    local = {"LOCALAPPDATA": "C:\\Users\\ana\\AppData\\Local", "USERPROFILE": "C:\\Users\\ana"}
    assert user_folder("win32", local) == "C:\\Users\\ana\\AppData\\Local\\penumbra\\penumbra"
    assert user_folder("win32", {"USERPROFILE": "C:\\Users\\ana"}) == user_folder("win32", local)


def test_when_another_folder_is_named_then_it_is_taken():
    assert user_folder("linux", {"PENUMBRA_DATA": "/shared/penumbra"}) == "/shared/penumbra"


def test_when_there_is_no_home_then_the_variable_is_named():
    with pytest.raises(MachineError, match=r"no \$HOME") as caught:
        user_folder("linux", {})
    assert "Set $HOME" in caught.value.next_step


# --- for real ------------------------------------------------------------------------------------

PROBE = """
import json, os, sys
import numpy, torch
print(json.dumps([sys.flags.utf8_mode, json.__file__, torch.__file__, sorted(os.environ)]))
"""


def test_when_nukes_environment_is_polluted_then_the_programs_have_their_own_modules(tmp_path):
    """The pollution must really break a plain start, or this would prove nothing."""
    away = tmp_path / "pipeline"
    away.mkdir()
    for module in ("torch", "json", "click"):
        (away / f"{module}.py").write_text("raise SystemExit('the wrong module')")
    fake = tmp_path / "Nuke16.0v4"
    fake.mkdir()
    # What the loader would take for the C++ library, as Nuke's own is taken.
    (fake / "libstdc++.so.6").write_bytes(b"not a library")
    polluted = {
        **os.environ,
        "PYTHONHOME": str(tmp_path),
        "PYTHONPATH": str(away),
        "QT_PLUGIN_PATH": str(fake),
        "LD_LIBRARY_PATH": os.pathsep.join([str(fake), os.environ.get("LD_LIBRARY_PATH", "")]),
        "PATH": os.pathsep.join([str(fake), os.environ.get("PATH", "")]),
    }
    installed = not {"PENUMBRA_PYTHON"} & set(os.environ) and (ROOT / ".venv" / "penumbra-install.json").exists()
    environ = polluted if installed else {**polluted, "PENUMBRA_PYTHON": sys.executable}
    command = worker_command(str(ROOT), sys.platform, environ)
    start, rest = command[: command.index("-m")], command[command.index("-m") :]
    assert rest == ["-m", "penumbra.cli.main", "worker"]

    def run(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(arguments, env=environment, cwd=away, capture_output=True, check=False)

    assert run([start[0], "-c", PROBE], polluted).returncode != 0
    cleaned = worker_environment(environ, sys.platform, str(fake))
    done = run([*start, "-c", PROBE], cleaned)
    assert done.returncode == 0, done.stderr.decode()
    utf8, json_file, torch_file, names = json.loads(done.stdout)
    assert utf8 == 1
    assert not {Path(json_file).parent, Path(torch_file).parent} & {away, tmp_path}
    assert not {"PYTHONHOME", "PYTHONPATH", "QT_PLUGIN_PATH"} & set(names)
    if installed:
        # The way that Nuke goes, as far as it can be gone without a worker: -I, and -m with our package.
        assert b"penumbra" in run([*start, "-m", "penumbra.cli.main", "--version"], cleaned).stdout
