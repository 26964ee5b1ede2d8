from __future__ import annotations

import ast
import ctypes
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

import install
from tests.install.conftest import write_wheel

ROOT = Path(install.__file__).parent
# A port that nothing listens on: the index of a machine without a network.
NO_NETWORK = {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}


def assert_plain_words(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    for word in words:
        assert word in done.stderr


# --- before anything is made ---------------------------------------------------------------------


@pytest.mark.parametrize(("version", "age"), [((3, 9), "older"), ((3, 10), "older"), ((3, 14), "newer")])
def test_when_the_python_does_not_fit_then_the_ones_that_do_are_named(version, age):
    with pytest.raises(install.InstallError, match=rf"Python 3\.\d+, {age} than 3\.11 to 3\.13") as caught:
        install.check_python(version)
    assert caught.value.code == 4
    assert "Install Python 3.11, 3.12 or 3.13" in caught.value.next_step


def test_when_another_python_here_fits_then_the_command_with_it_is_given():
    with pytest.raises(install.InstallError) as caught:
        install.check_python((3, 9), ["python3.12"])
    assert "python3.12 install.py" in caught.value.next_step


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_when_the_python_fits_then_nothing_is_said(version):
    install.check_python(version)


def test_when_an_old_python_reads_the_installer_then_it_understands_it():
    ast.parse((ROOT / "install.py").read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_when_debian_split_venv_off_then_its_package_is_named(missing):
    with pytest.raises(install.InstallError, match=missing) as caught:
        install.check_modules(lambda name: name != missing)
    assert "sudo apt install python3." in caught.value.next_step
    assert "-venv" in caught.value.next_step


@pytest.mark.parametrize(("build", "needed"), [("cpu", "3.0 GB"), ("cuda", "10.5 GB")])
def test_when_the_disk_is_full_then_needed_and_free_room_are_told(tmp_path, build, needed):
    with pytest.raises(install.InstallError, match=needed) as caught:
        install.check_room(tmp_path, 1_200_000_000, build)
    assert "1.2 GB free" in caught.value.problem
    assert caught.value.code == 4


def test_when_there_is_room_then_nothing_is_said(tmp_path):
    install.check_room(tmp_path, 10_500_000_000, "cuda")


def without_roots_right_to_write_anywhere() -> None:
    drop_from_bounding_set, override_permissions = 24, 1
    if ctypes.CDLL(None).prctl(drop_from_bounding_set, override_permissions, 0, 0, 0):
        raise PermissionError


@pytest.mark.skipif(os.name == "nt", reason="folders have no read-only bit on Windows")
def test_when_the_folder_is_read_only_then_it_is_said_and_nothing_is_made(project, monkeypatch):
    as_root = os.geteuid() == 0
    if as_root and not hasattr(ctypes.CDLL(None), "prctl"):
        pytest.skip("root may write anywhere here, and cannot give that up without prctl")
    project.root.chmod(0o555)
    done = project.run(before_start=without_roots_right_to_write_anywhere if as_root else None)
    project.root.chmod(0o755)
    assert_plain_words(done, 4, "cannot be written to", str(project.root), "Copy it to a folder of your own")
    assert not (project.root / ".venv").exists()


def test_when_the_option_is_unknown_then_the_code_is_the_users(project):
    assert_plain_words(project.run("--frobnicate"), 2, "--frobnicate")


# --- which torch ---------------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_when_the_cpu_build_is_wanted_then_no_source_can_give_another_one_or_its_libraries(system):
    sources = install.torch_sources("2.13.0", "cpu", system)
    assert all("torch==2.13.0+cpu" in source and "--no-deps" in source for source in sources)
    assert [install.CPU_INDEX in source for source in sources] == [False, True]


def test_when_the_system_is_macos_then_its_only_build_is_taken():
    assert install.torch_sources("2.13.0", "cpu", "darwin") == [["--no-deps", "torch==2.13.0"]]
    with pytest.raises(install.InstallError, match="no CUDA on macOS"):
        install.torch_sources("2.13.0", "cuda", "darwin")


def test_when_cuda_is_wanted_then_its_libraries_come_along():
    for system in ("linux", "win32"):
        assert not any("--no-deps" in source for source in install.torch_sources("2.13.0", "cuda", system))


# --- installing ----------------------------------------------------------------------------------


def test_when_installed_then_the_program_runs_on_the_cpu_build(shared_project):
    done = shared_project.run()
    assert_plain_words(done, 0)
    assert "torch (cpu) ... " in done.stdout
    assert "penumbra" in done.stdout.splitlines()[-1]
    command = [shared_project.python, "-c", "import torch; print(torch.__version__)"]
    assert subprocess.check_output(command, text=True).strip() == "2.13.0+cpu"


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_when_the_locale_has_no_umlauts_and_the_folder_has_then_penumbra_is_still_found(shared_project, locale):
    shared_project.run()
    ask = [shared_project.python, "-I", "-X", "utf8", "-c", "import penumbra; print(penumbra.__file__)"]
    done = subprocess.run(ask, env={**os.environ, "LC_ALL": locale}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().strip() == str(shared_project.root / "core" / "penumbra" / "__init__.py")


def test_when_run_again_then_nothing_is_done_and_no_index_is_needed(shared_project):
    shared_project.run()
    begun = time.monotonic()
    done = shared_project.run(**NO_NETWORK)
    assert_plain_words(done, 0)
    assert done.stdout.startswith("Penumbra is installed")
    assert time.monotonic() - begun < 5


def test_when_a_lock_changed_then_only_its_step_is_done_again(shared_project):
    shared_project.run()
    lock = shared_project.root / "requirements.lock"
    lock.write_text("# another digest\n" + lock.read_text())
    done = shared_project.run()
    assert_plain_words(done, 0)
    assert "libraries ..." in done.stdout
    assert "torch" not in done.stdout


@pytest.mark.parametrize("damage", ["python", "stamp", "program"])
def test_when_the_environment_is_damaged_then_it_is_mended(shared_project, damage):
    shared_project.run()
    programs = shared_project.python.parent
    if damage == "python":
        for name in programs.glob("python*"):
            name.unlink()
    elif damage == "stamp":  # as when it was stopped while .venv was being made
        (shared_project.root / ".venv" / "penumbra-install.json").write_text("{}")
    else:
        next(programs.glob("penumbra*")).unlink()
    assert_plain_words(shared_project.run(), 0)
    program = next(programs.glob("penumbra*"))
    assert "matte" in subprocess.check_output([program, "evaluate", "matte"], text=True)


def test_when_the_folder_was_moved_then_the_environment_is_made_anew(shared_project):
    shared_project.run()
    stamp = shared_project.root / ".venv" / "penumbra-install.json"
    stamp.write_text(stamp.read_text().replace("my shot tools", "where it was before"))
    done = shared_project.run()
    assert_plain_words(done, 0)
    assert "another Python or place" in done.stdout


def test_when_someone_elses_environment_is_there_then_it_is_left_alone(project):
    subprocess.run([install.sys.executable, "-m", "venv", "--without-pip", project.root / ".venv"], check=True)
    assert_plain_words(project.run(), 2, "install.py did not make", "Move it away or delete it")
    done = project.run("--uninstall")
    assert "left      .venv" in done.stdout
    assert project.python.exists()


def test_when_there_is_no_network_then_it_is_said_and_the_next_run_goes_on(project):
    # One retry, and not none: pip tells of a broken connection only when it tries again.
    done = project.run(PIP_RETRIES="1", **NO_NETWORK)
    assert_plain_words(done, 4, "no network", "goes on where it stopped", "127.0.0.1", "install.log")
    done = project.run()
    assert_plain_words(done, 0)
    assert "environment ..." not in done.stdout


def test_when_a_file_is_not_the_locked_one_then_it_is_refused(project):
    lock = project.root / "requirements.lock"
    lock.write_text(lock.read_text().partition("sha256:")[0] + "sha256:" + "0" * 64)
    assert_plain_words(project.run(), 4, "not the one that the lock names")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "certificate"),
        ("ERROR: No matching distribution found for torch==2.13.0+cpu", "no torch==2.13.0+cpu for"),
        ("something\nERROR: something else", "A step failed: ERROR: something else"),
    ],
)
def test_when_pip_fails_then_its_output_is_put_in_plain_words(output, words):
    assert words in install.diagnosis(output).problem


# --- what the window needs, and the Qt of Nuke ---------------------------------------------------


def with_a_qt_that_needs(project, library: str) -> None:
    """Have the project's lock bring a PySide6 that cannot be loaded on this system."""
    code = f'raise ImportError("{library}: cannot open shared object file: No such file or directory")'
    wheel = write_wheel(project.wheels, "PySide6", "6.8.4", {"PySide6/__init__.py": "", "PySide6/QtWidgets.py": code})
    lock = project.root / "requirements.lock"
    lock.write_text(lock.read_text().split("PySide6")[0] + wheel)


def test_when_the_system_lacks_a_library_of_the_window_then_it_is_named_and_all_else_is_installed(project):
    with_a_qt_that_needs(project, "libEGL.so.1")
    done = project.run()
    assert_plain_words(done, 0, "penumbra ui", "lacks libEGL.so.1", "docs/install.md")
    assert (project.python.parent / "penumbra").exists()
    assert "libEGL" not in project.run().stderr, "nothing was done, so nothing is said again"


def test_when_the_manual_is_read_then_it_has_the_line_that_installs_the_windows_libraries():
    manual = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    section = manual.partition("## The window's libraries")[2]
    assert "apt install" in section
    assert "dnf install" in section


def test_when_the_tests_are_asked_for_then_nukes_qt_lies_where_only_a_process_that_asks_for_it_finds_it(shared_project):
    done = shared_project.run("--test")
    folder = shared_project.root / ".venv" / "nuke-qt"
    if install.sys.version_info[:2] >= install.NO_NUKE_QT:
        assert "Left out: Nuke's Qt" in done.stdout
        assert not folder.exists()
        return
    assert "6.5.3" in (folder / "PySide6" / "__init__.py").read_text()
    ask = "import PySide6; print(PySide6.__path__[0])"
    assert "nuke-qt" not in subprocess.check_output([shared_project.python, "-c", ask], text=True)


def test_when_nukes_qt_is_not_made_for_the_python_then_its_step_is_left_out(monkeypatch):
    monkeypatch.setattr(install, "NO_NUKE_QT", (3, 0))
    assert "Nuke's Qt, for the tests" not in [step.says for step in install.steps_of("cpu", with_tests=True)]
    monkeypatch.setattr(install, "NO_NUKE_QT", (4, 0))
    assert "Nuke's Qt, for the tests" in [step.says for step in install.steps_of("cpu", with_tests=True)]


# --- what else can be asked for ------------------------------------------------------------------


def test_when_the_demo_is_asked_for_then_its_two_commands_are_shown_and_run(shared_project):
    done = shared_project.run("--demo")
    assert_plain_words(done, 0)
    for command in (
        "matte sample/plate/plate.####.exr --mask 1001=sample/roto/roto.1001.exr --out demo/matte.####.exr",
        "evaluate demo/matte.####.exr sample/truth/truth.####.exr --plate sample/plate/plate.####.exr "
        "--mask 1001=sample/roto/roto.1001.exr --sheet demo/contact_sheet.png",
    ):
        assert f"penumbra {command}\n" in done.stdout
        assert f"the program was given: {command}\n" in done.stdout
    assert "1 frames" in done.stdout
    assert str(shared_project.root / "demo") in done.stdout


def test_when_the_bundled_shot_is_missing_then_the_demo_says_so_before_it_installs(project):
    shutil.rmtree(project.root / "sample")
    assert_plain_words(project.run("--demo"), 2, "bundled shot is missing")
    assert not (project.root / ".venv").exists()


def test_when_the_tests_fail_then_their_exit_code_is_handed_on(shared_project):
    done = shared_project.run("--test")
    assert "the tests ran" in done.stdout
    assert done.returncode == 1


def test_when_uninstalled_then_only_what_the_installer_made_is_gone(project):
    before = {path for path in project.root.rglob("*") if "__pycache__" not in path.parts}
    assert_plain_words(project.run("--demo"), 0)
    mine = project.root / "demo" / "notes.txt"
    mine.write_text("mine")
    done = project.run("--uninstall")
    assert_plain_words(done, 0)
    assert "removed   .venv" in done.stdout
    assert "left      demo: it holds files of yours" in done.stdout
    after = {path for path in project.root.rglob("*") if "__pycache__" not in path.parts}
    assert after == before | {mine, mine.parent}


def test_when_uninstalled_twice_then_the_second_has_nothing_to_do(project):
    done = project.run("--uninstall")
    assert_plain_words(done, 0)
    assert "removed" not in done.stdout
