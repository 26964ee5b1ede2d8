"""The program, in this process where that makes no difference and in one of its own where it does."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from penumbra.cli.main import main
from penumbra.shot import Shot
from tests.engine.shots import make_shot

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def nothing_of_one_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The models and the OCIO configuration of whoever runs the tests do not count."""
    monkeypatch.setenv("PENUMBRA_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("PENUMBRA_COMMERCIAL", raising=False)
    monkeypatch.delenv("OCIO", raising=False)


@pytest.fixture
def penumbra(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Runs a command line here."""

    def run(*line: object) -> Done:
        capsys.readouterr()
        code = main([str(word) for word in line])
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts a command line as a process of its own."""

    def start(*line: object, **how: Any) -> subprocess.Popen[str]:
        paths = [str(ROOT / "core"), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "TMPDIR": str(tmp_path)}
        command = [sys.executable, "-m", "penumbra.cli.main", *map(str, line)]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, text=True, env=environment, **pipes | how)

    return start


@dataclass(frozen=True)
class Order:
    """A small shot on disk, and the line that runs it."""

    folder: Path
    shot: Shot

    @property
    def out(self) -> Path:
        """Where the mattes go."""
        return self.folder / "out"

    def line(self, *more: object, **changed: object) -> list[object]:
        """`penumbra matte ...`; words are `plate`, `mask`, `out`, `model`, `warmup`, and None leaves one out."""
        key = self.shot.key_frames[0]
        words = {
            "mask": f"{key.frame}={key.path}",
            "out": self.shot.delivery.out,
            "model": self.shot.settings.model,
            "warmup": 1,
        }
        plate = changed.pop("plate", self.shot.plate)
        options = [(f"--{name}", word) for name, word in (words | changed).items() if word is not None]
        return ["matte", plate, *(part for option in options for part in option), *more]


@pytest.fixture
def order(tmp_path: Path, tiny_file: Path) -> Order:
    """Six frames, 1001-1006, with a mask on the first."""
    return Order(tmp_path, make_shot(tmp_path, tiny_file))


@pytest.fixture
def refused(penumbra: Callable[..., Done], order: Order) -> Callable[..., str]:
    """Runs a line that must be refused in so many clear words, and gives them; nothing of it may stay on disk."""

    def run(code: int, *line: object, faults: int = 1) -> str:
        done = penumbra(*line)
        assert done.code == code, done.err
        assert done.err.count("Error: ") == faults, done.err
        assert "Traceback" not in done.out + done.err
        assert not done.out, "something was begun before everything was looked at"
        assert not list(order.out.rglob("*")), "something was left behind"
        return done.err

    return run
