"""The client, against real processes: small scripts that answer as a worker does, or as none should."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from penumbra.errors import MachineError
from penumbra.protocol import Answer, Client, Ended, Message, Notification, Refusal
from penumbra.protocol.log import KEPT_LINES, LARGEST_FILE, Log

CORE = Path(__file__).resolve().parents[2] / "core"
# Answers each request with what it was asked.
ECHO = """
import json, os, sys, time
def say(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    say(id=asked['id'], result=asked)
"""
PATIENCE = 20.0

Start = Callable[..., Client]


@pytest.fixture
def start() -> Iterator[Start]:
    clients: list[Client] = []

    def begin(script: str, **how: Any) -> Client:
        words = {"who": "Nuke 16.0v4", "version": "0.1.0"} | how
        clients.append(Client([sys.executable, "-c", script], **words))
        return clients[-1]

    yield begin
    for client in clients:
        client.close(0)


def heard(client: Client, *, until: Callable[[Message], bool]) -> list[Message]:
    """Everything up to the first message that is asked for."""
    messages: list[Message] = []
    ends = time.monotonic() + PATIENCE
    while not any(map(until, messages)):
        assert time.monotonic() < ends, (messages, client.log_lines())
        time.sleep(0.005)
        messages += client.arrived()
    return messages


def ended(client: Client) -> Ended:
    return heard(client, until=lambda message: isinstance(message, Ended))[-1]


def answers(client: Client, its_id: int) -> Message:
    return heard(client, until=lambda message: getattr(message, "id", None) == its_id)[-1]


def test_when_a_worker_is_started_then_hello_is_said_first_with_both_versions_known(start):
    client = start(ECHO)
    hello = answers(client, 0).result
    assert (hello["method"], hello["id"]) == ("hello", 0)
    assert hello["params"] == {"protocol": 1, "version": "0.1.0", "client": "Nuke 16.0v4"}


def test_when_requests_follow_at_once_then_each_is_answered_under_its_number(start):
    client = start(ECHO)
    first, second = client.send("open", folder="/ä b/プレート"), client.send("doctor")
    assert (first, second) == (1, 2)
    messages = heard(client, until=lambda message: message.id == second)
    assert [message.id for message in messages] == [0, 1, 2]
    assert messages[1].result["params"] == {"folder": "/ä b/プレート"}
    assert client.arrived() == []


def test_when_a_worker_tells_and_refuses_then_both_arrive_in_their_order(start):
    tells = 'say(method="notice", params={"job": 1, "text": "Hm."})\n'
    refuses = 'say(id=1, error={"code": -32002, "message": "No.", "data": {"faults": []}})\n'
    client = start(
        ECHO.replace("    say(id", f"    if asked['id']: {tells}    if asked['id']: {refuses}    else: say(id")
    )
    client.send("doctor")
    messages = heard(client, until=lambda message: isinstance(message, Refusal))
    assert messages[1:] == [
        Notification("notice", {"job": 1, "text": "Hm."}),
        Refusal(1, -32002, "No.", {"faults": []}),
    ]


def test_when_a_worker_crashes_then_its_last_lines_are_told_once_and_a_new_one_can_be_started(start):
    dies = "print('it is about to happen', file=sys.stderr, flush=True); os.kill(os.getpid(), 9)"
    script = ECHO.replace("say(id=asked", f"{dies}; say(id=asked")
    client = start(script)
    end = ended(client)
    assert end.exit_code == -signal.SIGKILL
    assert end.last_lines == ("it is about to happen",)
    client.send("doctor")  # is not answered, and does no harm
    client.close()
    assert client.arrived() == []
    assert isinstance(answers(start(ECHO), 0), Answer)


def test_when_words_are_still_in_the_pipe_at_the_end_then_they_are_waited_for(start):
    later = "import sys, time; time.sleep(0.3); print('last words', file=sys.stderr)"
    script = f"import os, subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {later!r}], stdout=-3)\nos._exit(3)"
    assert ended(start(script)) == Ended(3, ("last words",))


def test_when_a_worker_turns_the_client_away_then_every_request_is_refused(start):
    client = start(
        ECHO.replace("say(id=asked['id'], result=asked)", "say(id=0, error={'code': -32001, 'message': 'No.'})")
    )
    client.send("doctor")
    assert answers(client, 0) == Refusal(0, -32001, "No.")
    its_id = client.send("doctor")
    refusal = answers(client, its_id)
    assert (refusal.code, refusal.message) == (-32001, "The worker has refused to work with this program.")


def test_when_a_worker_cannot_be_started_then_it_is_said_which_and_what_to_do(tmp_path):
    missing = tmp_path / "ä b" / "penumbra"
    with pytest.raises(MachineError, match="cannot be started") as caught:
        Client([str(missing), "worker"], who="Nuke", version="0.1.0")
    assert str(missing) in caught.value.problem
    assert caught.value.next_step
    with pytest.raises(MachineError, match="cannot be started"):
        Client([sys.executable], who="Nuke", version="0.1.0", cwd=tmp_path / "none")


def test_when_the_command_is_no_worker_then_what_it_says_is_in_the_log(start):
    client = start("print('Usage: something else entirely')")
    end = ended(client)
    assert end.exit_code == 0
    assert any("Usage: something else entirely" in line for line in end.last_lines)


def test_when_a_worker_does_not_listen_then_asking_does_not_wait_and_closing_kills_it(start):
    client = start("import time; time.sleep(600)")
    began = time.monotonic()
    for _ in range(4):
        client.send("open", shot={"text": "a" * 1_000_000})
    assert time.monotonic() - began < 1
    client.close(0.2)
    assert time.monotonic() - began < 5
    assert ended(client).exit_code == -signal.SIGKILL


def test_when_a_worker_talks_a_lot_into_its_log_then_it_is_not_held_up_and_the_last_lines_are_kept(start, tmp_path):
    lines = "[print(f'line {number}', file=sys.stderr) for number in range(20_000)]"
    log = tmp_path / "logs" / "worker.log"
    client = start(ECHO.replace("for line", f"{lines}\nfor line"), log=log)
    assert isinstance(answers(client, 0), Answer)
    client.close()
    assert client.log_lines() == [f"line {number}" for number in range(20_000 - KEPT_LINES, 20_000)]
    assert log.read_text().splitlines()[:2] == ["line 0", "line 1"]
    assert log.read_text().count("\n") == 20_000


def test_when_the_log_file_cannot_be_written_then_the_lines_say_so_and_the_rest_works(start, tmp_path):
    (tmp_path / "file").write_text("")
    client = start(ECHO, log=tmp_path / "file" / "worker.log")
    assert isinstance(answers(client, 0), Answer)
    assert "cannot be written" in client.log_lines()[0]


def test_when_a_log_file_has_grown_large_then_the_next_worker_begins_it_anew(tmp_path):
    path = tmp_path / "worker.log"
    path.write_bytes(b"a" * (LARGEST_FILE + 1))
    for text in (b"one\n", b"two\n"):
        log = Log(path)
        log.feed(text)
        log.feed(b"")
    assert path.read_bytes() == b"one\ntwo\n"


def test_when_a_worker_talks_for_days_then_its_log_file_stays_bounded(tmp_path):
    log = Log(tmp_path / "worker.log")
    for _ in range(3 * LARGEST_FILE // 65536):
        log.feed(b"a" * 65535 + b"\n")
    log.feed(b"the last\n")
    log.feed(b"")
    assert (tmp_path / "worker.log").stat().st_size < LARGEST_FILE + 2 * 65536
    assert (tmp_path / "worker.log").read_bytes().endswith(b"the last\n")


def test_when_log_lines_are_no_text_or_endless_then_they_are_kept_short():
    log = Log()
    for chunk in (b"caf\xe9\r\n\nha", b"lf\n", b"a" * 10_000_000, b"\nlast", b""):
        log.feed(chunk)
    assert log.lines() == ["caf\ufffd", "", "half", "a" * 4000, "last"]


def test_when_the_environment_is_given_then_the_worker_has_that_and_no_other(start, tmp_path):
    environment = {"ONE": "プレート", "PYTHONUTF8": "1", "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")}
    script = ECHO.replace("result=asked", "result=[os.environ.get('ONE'), os.environ.get('HOME'), os.getcwd()]")
    client = start(script, environment=environment, cwd=tmp_path)
    assert answers(client, 0).result == ["プレート", None, str(tmp_path)]


def test_when_ctrl_c_is_pressed_in_the_terminal_of_the_window_then_the_worker_does_not_get_it(start):
    client = start(ECHO.replace("result=asked", "result=os.getpgid(0)"))
    assert answers(client, 0).result == client.pid != os.getpgid(0)


def test_when_a_client_is_closed_then_the_worker_ends_by_itself_and_no_thread_or_pipe_is_left(start):
    client = start(ECHO)
    answers(client, 0)
    began = time.monotonic()
    client.close()
    assert time.monotonic() - began < 2
    assert client.arrived() == [Ended(0, ())]
    assert not any(thread.is_alive() for thread in client._talks)


NUKE_13 = """
import sys, time
from penumbra.protocol import Answer, Client, Ended
client = Client([sys.argv[1], "-c", sys.argv[2]], who="Nuke 13.2v9", version="0.1.0")
its_id, heard = client.send("doctor"), []
while not any(isinstance(message, Answer) and message.id == its_id for message in heard):
    heard += client.arrived()
    time.sleep(0.01)
client.close()
assert isinstance(client.arrived()[-1], Ended)
print("%d.%d" % sys.version_info[:2], [message.id for message in heard])
"""


def python_37() -> str | None:
    """One that runs; a version manager's placeholder may not."""
    for found in (shutil.which("python3.7"), *map(str, Path.home().glob(".pyenv/versions/3.7.*/bin/python3.7"))):
        if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return found
    return None


@pytest.mark.skipif(python_37() is None, reason="There is no Python 3.7 here; vermin speaks for it.")
def test_when_nuke_13_s_python_has_the_client_then_it_works():
    done = subprocess.run(
        [python_37(), "-W", "error", "-c", NUKE_13, sys.executable, ECHO],
        env={"PYTHONPATH": str(CORE)}, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("3.7 [0, 1]\n", "")
