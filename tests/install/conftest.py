"""A small project that install.py installs as it installs Penumbra, without a network and in seconds.

Everything about it is real (a lock with hashes, wheels, a build backend, a console script); only its contents
are small. Its path holds a space and an umlaut, as a compositor's folders do.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import pathlib, sys
def main():
    print("the program was given:", " ".join(sys.argv[1:]))
    if sys.argv[1] == "matte":
        pathlib.Path("demo/matte.1001.exr").write_bytes(b"")
"""
# Stands where pytest does: install.py must hand on its exit code.
TESTS = "import sys; print('the tests ran'); sys.exit(1)"
BACKEND = """
import os, zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "penumbra-0.1.0-py3-none-any.whl"
    info = "penumbra-0.1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: penumbra\\nVersion: 0.1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "entry_points.txt", "[console_scripts]\\npenumbra = program:main\\n")
        # As setuptools does it.
        wheel.writestr("__editable__.penumbra-0.1.0.pth", os.path.join(os.getcwd(), "core"))
        wheel.writestr(info + "RECORD", "")
    return name
"""
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "penumbra"
version = "0.1.0"
"""


# What install.py itself uses of the half that runs inside Nuke.
HALF_IN_NUKE = (
    "core/penumbra/__init__.py",
    "core/penumbra/errors.py",
    "nuke_plugin/penumbra_nuke/__init__.py",
    "nuke_plugin/penumbra_nuke/environment.py",
    "nuke_plugin/penumbra_nuke/registration.py",
)


@dataclass(frozen=True)
class Project:
    """The small project, and how a person runs its install.py."""

    root: Path
    wheels: Path

    @property
    def python(self) -> Path:
        return self.root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def run(
        self, *arguments: str, before_start: Callable[[], None] | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run install.py, with the wheels at hand unless `environment` says otherwise."""
        away = {name for name in os.environ if name.startswith("PIP_")}
        kept = {name: value for name, value in os.environ.items() if name not in away}
        pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.wheels.as_uri()}
        return subprocess.run(
            [sys.executable, str(self.root / "install.py"), *arguments],
            env={**kept, **pip, **environment},
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=before_start,
        )


def write_wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> str:
    """Write a wheel and return its line for a lock."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    entries = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {inner: hashlib.sha256(text.encode()).digest() for inner, text in entries.items()}
    record = "".join(
        f"{inner},sha256={base64.urlsafe_b64encode(digest).decode().rstrip('=')},{len(entries[inner].encode())}\n"
        for inner, digest in digests.items()
    )
    with zipfile.ZipFile(path, "w") as wheel:
        for inner, text in {**entries, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            wheel.writestr(inner, text)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def write_project(folder: Path) -> Project:
    root, wheels = folder / "my shot tools ä", folder / "wheels at hand"
    (root / "sample" / "plate").mkdir(parents=True)
    wheels.mkdir()
    for name in ("install.py", "init.py", "menu.py", *HALF_IN_NUKE):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend.py").write_text(BACKEND)
    window = write_wheel(wheels, "PySide6", "6.8.3", {"PySide6/__init__.py": "", "PySide6/QtWidgets.py": ""})
    program = write_wheel(wheels, "program", "1.0", {"program.py": PROGRAM})
    (root / "requirements.lock").write_text(program + window)
    nuke_qt = write_wheel(wheels, "PySide6", "6.5.3", {"PySide6/__init__.py": "__version__ = '6.5.3'"})
    (root / "requirements-nuke-qt.lock").write_text(nuke_qt)
    tests = write_wheel(wheels, "pytest", "1.0", {"pytest/__init__.py": "", "pytest/__main__.py": TESTS})
    (root / "requirements-dev.lock").write_text(tests)
    (root / "requirements-torch.lock").write_text("# why\ntorch==2.13.0\n")
    # The bare version is at hand too: it must never be taken for the CPU build.
    for version in ("2.13.0", "2.13.0+cpu"):
        write_wheel(wheels, "torch", version, {"torch.py": f"__version__ = {version!r}"})
    return Project(root, wheels)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A small project that is not installed yet."""
    return write_project(tmp_path)


@pytest.fixture(scope="session")
def shared_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One for several tests, each of which installs it first (quickly, from the second on)."""
    return write_project(tmp_path_factory.mktemp("install"))
