"""Install Penumbra into .venv beside this file.

    python3 install.py               install, or bring an earlier installation up to date
    python3 install.py --demo        install, then matte and measure the bundled shot
    python3 install.py --test        install with the test tools, then run every test
    python3 install.py --nuke        install, then have your Nuke load Penumbra (.nuke/init.py)
    python3 install.py --nuke-path   change nothing, and show how a studio has every Nuke load it
    python3 install.py --nuke-remove have your Nuke load it no more
    python3 install.py --uninstall   remove what the above made

Needs only Python 3.11 to 3.13 and its standard library. Exit codes: 0 done, 2 the order cannot be followed,
4 the machine lacks something; --demo and --test hand on the code of what they ran.
"""

# Pythons that are too old must still be able to read this file, to be told so: no newer syntax than types.
from __future__ import annotations

import argparse
import hashlib
import importlib.util
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 13)
# Per build of torch. Measured for the CPU: .venv takes 1.6 GB, and pip unpacks and caches beside it.
# Reckoned for CUDA: about 5 GB unpacked, 3 GB to download.
ROOM_NEEDED_GB = {"cpu": 3.0, "cuda": 10.5}
DOWNLOAD = {"cpu": "400 MB: one to five minutes", "cuda": "3 GB: five to thirty minutes"}
# PyTorch's own indexes, for the builds of torch that the general index (PyPI) does not hold.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CUDA_INDEX = "https://download.pytorch.org/whl/cu130"

ROOT = Path(__file__).resolve().parent
# As it was called: where a link leads to the version that a studio uses now, Nuke goes through the link.
CALLED_ROOT = Path(__file__).absolute().parent
VENV = ROOT / ".venv"
# What has been done in .venv. It also says that .venv is ours to rebuild and to remove.
STAMP = VENV / "penumbra-install.json"
LOG = VENV / "install.log"
LOCK, TORCH_LOCK, DEV_LOCK = "requirements.lock", "requirements-torch.lock", "requirements-dev.lock"
# The Qt of Nuke 16, which the tests run the panel with, and the first Python that there is none for.
NUKE_QT_LOCK, NUKE_QT, NO_NUKE_QT = "requirements-nuke-qt.lock", VENV / "nuke-qt", (3, 12)

PLATE, ROTO, MATTE = "sample/plate/plate.####.exr", "1001=sample/roto/roto.1001.exr", "demo/matte.####.exr"
TRUTH, SHEET = "sample/truth/truth.####.exr", "demo/contact_sheet.png"
DEMO = ROOT / "demo"
DEMO_JOBS = (
    ("matte", PLATE, "--mask", ROTO, "--out", MATTE),
    ("evaluate", MATTE, TRUTH, "--plate", PLATE, "--mask", ROTO, "--sheet", SHEET),
)
DEMO_MAKES = ("matte.*.exr", "contact_sheet.png", ".penumbra")
# Fails where PySide6 cannot be loaded, or could not open a window: the X11 plugin is what needs most of the system.
OPENS_WINDOWS = """
import ctypes, pathlib, PySide6.QtWidgets
for plugin in pathlib.Path(PySide6.__path__[0]).glob("Qt/plugins/platforms/libqxcb.so"):
    ctypes.CDLL(str(plugin))
"""
NUKE_ORDERS = (
    ("--nuke", "add", "then have your Nuke load Penumbra"),
    ("--nuke-path", "path", "change nothing, and show how a studio has every Nuke load it"),
    ("--nuke-remove", "remove", "have your Nuke load Penumbra no more"),
)
LEFTOVERS = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", "core/penumbra.egg-info")


class InstallError(Exception):
    """What stops the installation, what to do about it, and the exit code."""

    def __init__(self, problem: str, next_step: str, code: int = 4) -> None:
        super().__init__(problem)
        self.problem, self.next_step, self.code = problem, next_step, code


@dataclass(frozen=True)
class Step:
    """A part of the installation; it is done when the stamp holds its digest and its result is there."""

    name: str
    says: str
    digest: str
    act: Callable[[], None]
    result: Path


# --- What must be true before anything is made ---------------------------------------------------


def check_python(version: tuple[int, int], others: Sequence[str] = ()) -> None:
    """Refuse a Python that the libraries have no files for; `others` are usable ones on this machine."""
    if OLDEST <= version <= NEWEST:
        return
    age = "older" if version < OLDEST else "newer"
    advice = "Install Python 3.11, 3.12 or 3.13 (python.org, or your system's packages) and use that."
    if others:
        advice = f"This machine has a Python that fits. Run:  {others[0]} install.py"
    raise InstallError(f"This is Python {version[0]}.{version[1]}, {age} than 3.11 to 3.13.", advice)


def fitting_pythons() -> list[str]:
    names = [f"python3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]
    return [name for name in names if shutil.which(name)]


def check_modules(has: Callable[[str], bool]) -> None:
    """Debian and Ubuntu split `venv`, and the pip that it puts into an environment, off their Python."""
    missing = [name for name in ("venv", "ensurepip") if not has(name)]
    if missing:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise InstallError(
            f"This Python cannot make an environment: its module {missing[0]!r} is not installed.",
            f"On Debian and Ubuntu:  sudo apt install {package}   Elsewhere: use the Python from python.org.",
        )


def check_writable(folder: Path) -> None:
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as fault:
        raise InstallError(
            f"Penumbra's folder cannot be written to ({fault.strerror}): {folder}",
            "Copy it to a folder of your own and run install.py there: everything is installed beside it.",
        ) from fault


def check_room(folder: Path, free_bytes: int, build: str) -> None:
    needed, free = ROOM_NEEDED_GB[build], free_bytes / 1e9
    if free < needed:
        raise InstallError(
            f"The disk has {free:.1f} GB free, and the installation needs {needed:.1f} GB: {folder}",
            "Make room there, or move Penumbra's folder to another disk.",
        )


def check_sample() -> None:
    sample = ROOT / "sample" / "plate"
    if not sample.is_dir():
        raise InstallError(f"The bundled shot is missing: {sample}", "Get the whole repository again.", 2)


# --- The steps -----------------------------------------------------------------------------------


def steps_of(build: str, with_tests: bool) -> list[Step]:
    def step(source: str, says: str, act: Callable[[], None], result: Path | None = None) -> Step:
        digest = hashlib.sha256((ROOT / source).read_bytes() + says.encode()).hexdigest()
        return Step(source, says, digest, act, result or program("python"))

    tools = [step(DEV_LOCK, "test tools", lambda: install_lock(DEV_LOCK))]
    if sys.version_info[:2] < NO_NUKE_QT:
        tools.append(step(NUKE_QT_LOCK, "Nuke's Qt, for the tests", install_nuke_qt, NUKE_QT))
    return [
        step(LOCK, "libraries", lambda: install_lock(LOCK)),
        step(TORCH_LOCK, f"torch ({build})", lambda: install_torch(build)),
        *(tools if with_tests else []),
        step("pyproject.toml", "Penumbra", install_package, program("penumbra")),
    ]


def make_environment() -> None:
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    # Before anything else, so that an environment that is left half made is known as ours the next time.
    write_stamp({})
    # Not sys.executable: where that is the Python of the environment just removed, it is gone.
    run_logged([getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(VENV)])


def install_lock(lock: str) -> None:
    pip_install("--require-hashes", "-r", lock)


def install_package() -> None:
    # Editable: an update of the folder is an update of the program. Not isolated: the build takes the locked
    # setuptools and fetches nothing.
    pip_install("--no-deps", "--no-build-isolation", "-e", ".")
    for pattern in ("lib/python*/site-packages", "Lib/site-packages"):
        for link in VENV.glob(f"{pattern}/__editable__.penumbra-*.pth"):
            # As a relative path: Python reads this file in the locale's letters, and would not start where they are
            # plain ASCII (LC_ALL=C) and the path is not.
            link.write_text(os.path.relpath(ROOT / "core", link.parent) + "\n", encoding="ascii")


def install_nuke_qt() -> None:
    # pip leaves what is in a target as it is.
    shutil.rmtree(NUKE_QT, ignore_errors=True)
    pip_install("--no-deps", "--require-hashes", "--target", str(NUKE_QT), "-r", NUKE_QT_LOCK)


def install_torch(build: str) -> None:
    """Try each source in turn; only the last one's failure is the person's concern."""
    pin = re.search(r"^torch==(\S+)", (ROOT / TORCH_LOCK).read_text(encoding="utf-8"), re.MULTILINE)
    if pin is None:
        raise InstallError(f"{TORCH_LOCK} names no torch.", "Get the whole repository again.", 2)
    *earlier, last = torch_sources(pin.group(1), build, sys.platform)
    for arguments in earlier:
        try:
            return pip_install(*arguments)
        except InstallError:
            continue
    pip_install(*last)


def torch_sources(version: str, build: str, system: str) -> list[list[str]]:
    """pip's arguments for the wanted build of torch, most general source first.

    Where builds differ by the local part of their version ("+cpu"), it is asked for, so that no source can
    hand us the other build: a mirror or a file at hand is used where it has the right one, else PyTorch's own
    index. The CPU build comes without its dependencies, which the lock has installed: nothing of CUDA comes.
    """
    if build == "cpu":
        wanted = ["--no-deps", f"torch=={version}" if system == "darwin" else f"torch=={version}+cpu"]
        return [wanted] if system == "darwin" else [wanted, ["--index-url", CPU_INDEX, *wanted]]
    if system == "darwin":
        raise InstallError("There is no CUDA on macOS.", "Leave out --torch cuda.", 2)
    if system == "win32":
        wanted = [f"torch=={version}+{CUDA_INDEX.rpartition('/')[2]}"]
        return [wanted, ["--extra-index-url", CUDA_INDEX, *wanted]]
    # PyPI's file for Linux is the CUDA build; "===" is the bare version only, never a "+cpu" file at hand.
    return [[f"torch==={version}"]]


# --- Running pip, and reading what it says -------------------------------------------------------


def program(name: str) -> Path:
    return VENV / "Scripts" / f"{name}.exe" if os.name == "nt" else VENV / "bin" / name


def child_environment() -> dict[str, str]:
    """Ours, without what sends packages elsewhere or mixes in another Python's, as studios set for Nuke."""
    away = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIREMENT")
    kept = {name: value for name, value in os.environ.items() if name not in away}
    return {**kept, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def pip_install(*arguments: str) -> None:
    run_logged([str(program("python")), "-m", "pip", "install", *arguments])


def run_logged(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=child_environment(), capture_output=True, check=False)
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    with LOG.open("a", encoding="utf-8") as log:
        log.write("$ " + " ".join(command) + "\n" + said + "\n")
    if done.returncode:
        raise diagnosis(said)


# The first that fits is taken: pip reports a bad certificate as a connection error too, and ends every one
# of these with "No matching distribution".
SIGNS = (
    (
        r"No space left|Errno 28|not enough space",
        "The disk became full (Penumbra's folder, or the one for temporary files).",
        "Make room, or set TMPDIR to a folder on a larger disk, and run this again.",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "A downloaded file is not the one that the lock names: damaged on its way, or another file.",
        "Run this again with PIP_NO_CACHE_DIR=1 set. If it stays so, ask who keeps your package index.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "The package index answers with a certificate that this machine does not trust.",
        "Behind a studio's proxy, set PIP_CERT to its certificate file and run this again.",
    ),
    (
        r"ConnectionError|ConnectTimeout|ReadTimeout|timed out|ProxyError|refused|unreachable|getaddrinfo",
        "The package index cannot be reached: no network, or a proxy or firewall between.",
        "Check the network; behind a proxy set HTTPS_PROXY, with an index of your own set PIP_INDEX_URL.\n"
        "  Then run this again: it goes on where it stopped.",
    ),
)


def diagnosis(output: str) -> InstallError:
    """What pip's output means to a person."""
    looked = re.search(r"Looking in (indexes: .+)", output)
    more = (f"\n  Looked in {looked.group(1)}" if looked else "") + f"\n  All that was said: {LOG}"
    for pattern, problem, next_step in SIGNS:
        if re.search(pattern, output):
            return InstallError(problem, next_step + more)
    missing = re.search(r"No matching distribution found for (\S+)", output)
    if missing:
        here = f"{platform.system()} {platform.machine()} and Python {platform.python_version()}"
        problem = f"The package index has no {missing.group(1)} for {here}."
        return InstallError(problem, "Try another Python (3.11 to 3.13), or another PIP_INDEX_URL." + more)
    last = (output.strip().splitlines() or ["(no word)"])[-1]
    return InstallError(f"A step failed: {last}", "What went before may say more." + more)


# --- The installation ----------------------------------------------------------------------------


def read_stamp() -> dict[str, str] | None:
    """What has been done in .venv; None where it is not ours, empty where the stamp cannot be read."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(stamp: dict[str, str]) -> None:
    STAMP.write_text(json.dumps(stamp, indent=2), encoding="utf-8")


def python_runs(code: str) -> bool:
    return complaint_about(code) is None


def complaint_about(code: str) -> str | None:
    """What the environment's Python says of code that it cannot run; None where it can."""
    command = [str(program("python")), "-I", "-c", code]
    try:
        done = subprocess.run(command, env=child_environment(), capture_output=True)
    except OSError as fault:
        return str(fault)
    return done.stderr.decode("utf-8", "replace") if done.returncode else None


def ready_environment() -> dict[str, str]:
    """The stamp of an environment that works, made anew where there is none."""
    stamp = read_stamp()
    if stamp is None and (VENV.is_symlink() or python_runs("")):
        raise InstallError(
            f"There is an environment that install.py did not make: {VENV}",
            "Move it away or delete it, and run this again.",
            2,
        )
    # An environment fits one Python and one place: its programs name its folder in their first line.
    key = f"Python {sys.version_info[0]}.{sys.version_info[1]} in {ROOT}"
    if stamp and stamp.get("environment") == key and python_runs("import pip"):
        return stamp
    if VENV.exists():
        print("  The environment here is broken, half made, or for another Python or place: made anew.")
    timed("environment", make_environment)
    write_stamp({"environment": key})
    return {"environment": key}


def install(build: str | None, with_tests: bool) -> None:
    check_python(sys.version_info[:2], fitting_pythons())
    check_modules(lambda name: importlib.util.find_spec(name) is not None)
    check_writable(ROOT)
    begun = time.monotonic()
    earlier = (read_stamp() or {}).get("build")
    build = build or earlier or "cpu"
    if build != earlier:
        check_room(ROOT, shutil.disk_usage(ROOT).free, build)
        print(f"Installing Penumbra into {VENV}\nTo download: about {DOWNLOAD[build]}.")
    stamp = ready_environment()
    if with_tests and sys.version_info[:2] >= NO_NUKE_QT:
        print("  Left out: Nuke's Qt, which does not exist for this Python; the panel is tested with our own alone.")
    to_do = [
        step for step in steps_of(build, with_tests) if stamp.get(step.name) != step.digest or not step.result.exists()
    ]
    for step in to_do:
        timed(step.says, step.act)
        stamp = {**stamp, step.name: step.digest, "build": build}
        write_stamp(stamp)
    if to_do:
        warn_of_windows()
    print(f"Penumbra is installed ({spell(time.monotonic() - begun)}). It is run as  {shown()}")


def warn_of_windows() -> None:
    complaint = complaint_about(OPENS_WINDOWS)
    if complaint:
        missing = re.search(r"([\w.+-]+): cannot open shared object file", complaint)
        lacks = f"lacks {missing.group(1)}" if missing else f"says: {complaint.strip().splitlines()[-1]}"
        print(
            f"  Penumbra's own window, penumbra ui, cannot open here: the system {lacks}\n"
            '  All else works, the panel in Nuke too. See "The window\'s libraries" in docs/install.md.',
            file=sys.stderr,
        )


def timed(says: str, act: Callable[[], None]) -> None:
    print(f"  {says} ...", end="", flush=True)
    begun = time.monotonic()
    try:
        act()
    finally:
        print(f" {spell(time.monotonic() - begun)}", flush=True)


def spell(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


def shown() -> str:
    return os.path.relpath(program("penumbra"), ROOT)


# --- What can be asked for -----------------------------------------------------------------------


def hand_over(*command: str) -> int:
    """Run a program to its own end: Ctrl-C reaches it too, and it may have a frame to finish."""
    with subprocess.Popen(command, cwd=ROOT, env=child_environment()) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue


def demo() -> int:
    """The main job on the bundled shot, as the two commands that a person would type."""
    remove_demo()
    DEMO.mkdir(exist_ok=True)
    for job in DEMO_JOBS:
        print(f"\n$ {shown()} {' '.join(job)}", flush=True)
        code = hand_over(str(program("penumbra")), *job)
        if code:
            print("\nThe demo stopped: the command above says why.", file=sys.stderr)
            return code
    count = len(list(DEMO.glob("matte.*.exr")))
    print(f"\nMade in {DEMO}:")
    print(f"  matte.####.exr      {count} frames, premultiplied scene-linear RGBA")
    print("  contact_sheet.png   plate, mask, alpha, and the matte over a checkerboard")
    print("The two commands above are all it takes: put your own plate and roto mask in them.")
    return 0


def remove_demo() -> None:
    """Only what the demo makes: a person may have put files of their own beside it."""
    for found in [path for pattern in DEMO_MAKES for path in DEMO.glob(pattern)]:
        shutil.rmtree(found) if found.is_dir() else found.unlink()


def in_nuke(what: str) -> int:
    """Have the person's Nuke load Penumbra or load it no more, or show how a studio has every Nuke load it."""
    sys.path[:0] = [str(ROOT / "nuke_plugin"), str(ROOT / "core")]
    from penumbra.errors import PenumbraError
    from penumbra_nuke import registration

    try:
        if what == "path":
            for shell, lines in registration.nuke_path_lines(str(CALLED_ROOT), sys.platform).items():
                print(f"# {shell}\n{lines}")
            return 0
        file = Path(registration.init_file(sys.platform, os.environ))
        if what == "add":
            print(registration.register(str(CALLED_ROOT), file))
        elif what == "remove" or registration.loads(ROOT, file):
            print(registration.unregister(file))
    except PenumbraError as fault:
        raise InstallError(fault.problem, fault.next_step, fault.exit_code) from fault
    return 0


def others_installation() -> bool:
    """Whether this is a studio's: complete, and not ours to write to."""
    try:
        check_writable(ROOT)
    except InstallError:
        return program("penumbra").exists() and python_runs("")
    return False


def uninstall() -> int:
    try:
        in_nuke("remove this one")
    except (InstallError, OSError) as fault:
        print(f"  left      Penumbra's lines in your .nuke/init.py: {fault}")
    remove_demo()
    kept = {
        VENV: "install.py did not make it" if read_stamp() is None else "",
        DEMO: "it holds files of yours" if DEMO.is_dir() and any(DEMO.iterdir()) else "",
    }
    for folder in filter(Path.is_dir, [VENV, DEMO, *(ROOT / name for name in LEFTOVERS)]):
        if kept.get(folder):
            print(f"  left      {folder.name}: {kept[folder]}")
        else:
            shutil.rmtree(folder)
            print(f"  removed   {folder.name}")
    print("Penumbra is uninstalled. Models that you added stay in your user folder, as does this folder.")
    return 0


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Install Penumbra into .venv beside this file.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--demo", action="store_true", help="then matte and measure the bundled shot")
    what.add_argument("--test", action="store_true", help="with the test tools, then run every test")
    for name, does, does_what in NUKE_ORDERS:
        what.add_argument(name, dest="nuke", action="store_const", const=does, help=does_what)
    what.add_argument("--uninstall", action="store_true", help="remove what install.py made")
    builds = "which build of torch (the one installed before, else cpu)"
    parser.add_argument("--torch", choices=sorted(ROOM_NEEDED_GB), help=builds)
    return parser.parse_args(argv)


def follow(order: argparse.Namespace) -> int:
    if order.uninstall:
        return uninstall()
    if order.nuke in ("path", "remove"):
        return in_nuke(order.nuke)
    if order.demo:
        check_sample()
    if not (order.nuke and others_installation()):
        install(order.torch, with_tests=order.test)
    if order.nuke:
        return in_nuke(order.nuke)
    if order.test:
        return hand_over(str(program("python")), "-m", "pytest")
    return demo() if order.demo else 0


def main(argv: Sequence[str] | None = None) -> int:
    # A folder's name may have letters that an old terminal does not.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return follow(parse(argv))
    except InstallError as error:
        problem, next_step, code = error.problem, error.next_step, error.code
    except OSError as fault:
        problem, next_step, code = str(fault), "Mend that and run this again.", 4
    except KeyboardInterrupt:
        problem, next_step, code = "Stopped.", "Run this again: it goes on where it stopped.", 2
    print(f"\n{problem}\n  {next_step}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
