"""The desk with processes that are real: a small worker that dies in the middle of a job."""

from __future__ import annotations

import sys
import time

from penumbra.desk import Desk
from penumbra.protocol import Client
from tests.desk.fake import order

# Says hello, opens, begins a job, and on a shot that is called `deadly` falls over with some last words.
WORKER = """
import json, os, sys

def say(**message):
    sys.stdout.write(json.dumps(dict(message, jsonrpc="2.0")) + "\\n")
    sys.stdout.flush()

plates = []
for line in sys.stdin:
    asked = json.loads(line)
    method, params, identity = asked["method"], asked["params"], asked["id"]
    if method == "hello":
        say(id=identity, result={"protocol": 1, "version": "0.1.0", "pid": os.getpid(), "python": "", "commands": [],
                                 "notice": None})
    elif method == "open":
        plates.append(params["shot"]["plate"])
        say(id=identity, result={"shot": str(len(plates)), "frames": None, "out": "/out/matte.####.exr"})
    elif method == "matte":
        say(method="started", params={"job": identity})
        if "deadly" in plates[int(params["shot"]) - 1]:
            sys.stderr.write("matting 1001\\nKilled by the test\\n")
            sys.stderr.flush()
            os._exit(77)
        say(id=identity, result={"outcome": "done", "written": ["1001-1002"], "seconds": 0.5})
"""


def test_when_a_real_worker_dies_in_a_job_then_that_job_fails_and_the_next_is_done_by_a_new_worker():
    pids = []

    def start() -> Client:
        client = Client([sys.executable, "-c", WORKER], who="test", version="0.1.0")
        pids.append(client.pid)
        return client

    desk = Desk(start)
    deadly, harmless = desk.matte(order("deadly")), desk.matte(order("harmless"))
    end = time.monotonic() + 30
    while deadly.active or harmless.active:
        assert time.monotonic() < end
        desk.tick()
        time.sleep(0.01)
    desk.close()
    assert (deadly.state, harmless.state, len(set(pids))) == ("failed", "done", 2)
    assert "exit code 77" in deadly.faults[0].problem
    assert "Killed by the test" in deadly.faults[0].problem
    assert harmless.written == ("1001-1002",)
    assert "matting 1001" in desk.log_lines()
