"""Beginning to talk: quickly, and with both versions said."""

import sys
import time
from pathlib import Path

import pytest

from penumbra import __version__
from penumbra.cli.main import COMMANDS
from penumbra.protocol import PROTOCOL, Code


def test_when_hello_is_said_then_it_is_answered_before_anything_heavy_is_imported(start):
    began = time.monotonic()
    talk = start()
    welcome = talk.answer(0).result
    # 0.14 s where this was written; torch alone takes ten times that.
    assert time.monotonic() - began < 3
    assert welcome == {
        "protocol": PROTOCOL,
        "version": __version__,
        "pid": talk.client.pid,
        "python": "{}.{}.{}".format(*sys.version_info),
        "commands": list(COMMANDS),
        "notice": None,
    }
    time.sleep(0.7)  # nor soon afterwards
    maps = Path(f"/proc/{talk.client.pid}/maps")
    if not maps.exists():
        pytest.skip("Only Linux tells which libraries another process has.")
    assert "libpython" in maps.read_text() or "python" in maps.read_text()
    assert not [line for line in maps.read_text().splitlines() if "torch" in line or "numpy" in line]


def test_when_the_versions_differ_then_it_is_said_what_to_do_and_the_work_goes_on(start):
    talk = start(version="0.0.9")
    notice = talk.answer(0).result["notice"]
    assert notice.startswith(f"Nuke 16.0v4 has Penumbra 0.0.9, and the worker is Penumbra {__version__}.")
    assert "run `python3 install.py --nuke` in its folder, and start Nuke 16.0v4 again." in notice
    assert talk.ask("cancel", job=99) == {"stopping": False}


def test_when_the_protocols_differ_then_hello_is_refused_in_words_and_nothing_else_is_answered(raw):
    raw.send(id=0, method="hello", params={"protocol": PROTOCOL + 1, "version": "9.0.0", "client": "Nuke 20.0v1"})
    raw.send(id=1, method="cancel", params={"job": 0})
    hello, after = raw.take()["error"], raw.take()
    assert hello["code"] == Code.NO_HELLO
    assert "Nuke 20.0v1 has Penumbra 9.0.0, protocol 2; the worker is Penumbra" in hello["message"]
    assert "run `python3 install.py --nuke`" in hello["message"]
    assert (after["id"], after["error"]) == (1, {"code": Code.NO_HELLO, "message": "Say hello first."})
    raw.greet()
