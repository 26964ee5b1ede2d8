"""Help, version, and how the program speaks."""

import os
import subprocess
import sys

import pytest

from penumbra import __version__


def test_when_help_is_asked_for_then_every_command_is_listed_with_the_exit_codes(penumbra):
    done = penumbra("--help")
    assert done.code == 0
    for command in ("matte", "info", "models", "evaluate", "train", "doctor", "ui", "worker"):
        assert f"\n  {command}  " in done.out
    # The example may be wider than the text, and must be one line to be copied.
    assert "\n  penumbra matte plate.####.exr --mask 1001=roto.1001.exr --out matte.####.exr\n" in done.out
    assert "Exit codes: 0 done, 2 your input, 3 a file, 4 the machine, 5 a bug of ours" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["matte"], "\n  penumbra matte plate.####.exr --mask 1001=roto.1001.exr --out matte.####.exr\n"),
        (["info"], "Say what FILE is."),
        (["models"], "Show all models that have a name."),
        (["models", "list"], "Show all models that have a name."),
        (["models", "add"], "Nothing is downloaded"),
        (["models", "remove"], "Delete the added model NAME."),
        (["evaluate"], "PREDICTED TRUE"),
        (["train"], "Train the network of CONFIG"),
        (["doctor"], "Say what this machine has"),
        (["ui"], "Open SHOT"),
        (["worker"], "JSON-RPC on stdin and stdout"),
    ],
)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_when_a_command_s_help_is_asked_for_then_it_is_shown(penumbra, line, said, flag):
    done = penumbra(*line, flag)
    assert done.code == 0
    assert said in done.out
    assert "Usage: penumbra " in done.out


def test_when_the_version_is_asked_for_then_it_is_told(penumbra):
    assert penumbra("--version").out == f"penumbra, version {__version__}\n"


def test_when_only_help_is_asked_for_then_torch_is_not_loaded():
    asked = "from penumbra.cli.main import main; main(['--help']); import sys; sys.exit('torch' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True).returncode == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["mate"], "No such command 'mate'"),
        (["matte"], "Missing argument 'PLATE'"),
        (["matte", "plate.####.exr", "--compresion", "zip"], "No such option"),
        (["matte", "plate.####.exr", "--channels", "rgb"], "'rgb' is not one of 'rgba', 'alpha'"),
        (["matte", "plate.####.exr", "--warmup", "many"], "'many' is not a valid integer"),
        (["models", "remove"], "Missing argument 'NAME'"),
    ],
)
def test_when_the_line_is_not_understood_then_it_says_why(penumbra, line, said):
    done = penumbra(*line)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


def test_when_there_is_no_terminal_then_a_run_speaks_in_plain_lines(penumbra, order):
    done = penumbra(*order.line())
    assert done.code == 0
    assert done.err == ""
    assert "\x1b" not in done.out
    assert "\r" not in done.out
    lines = done.out.splitlines()
    assert [line.partition(":")[0] for line in lines[:4]] == ["Plate", "Color space", "Key frame", "Model"]
    assert lines[4].startswith("6 of 6 frames, ")
    assert lines[5].startswith("Done. 6 mattes written: ")
    assert len(lines) == 6


def test_when_there_is_a_terminal_then_a_run_shows_a_bar(penumbra, order, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # as rich is told that there is one
    done = penumbra(*order.line())
    assert done.code == 0
    assert "Matting" in done.out
    assert "6/6" in done.out
    assert "\x1b[" in done.out
    assert "6 of 6 frames, " not in done.out
    assert "Done. 6 mattes written: " in done.out
