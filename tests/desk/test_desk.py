"""The desk, through its door, before a worker that is strict about what it is asked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from penumbra.desk import Desk, Job
from penumbra.errors import MachineError
from penumbra.protocol import Refusal
from tests.desk.fake import FakeClient, Workers, a_desk, order


def running(desk: Desk, workers: Workers, title: str = "hero") -> tuple[Job, int]:
    """A job that the worker has begun, and its id."""
    job = desk.matte(order(title))
    desk.tick()
    identity = workers.last.ids("matte")[-1]
    workers.last.tell("started", identity)
    desk.tick()
    return job, identity


def test_when_nothing_is_asked_then_no_worker_is_started():
    desk, workers = a_desk()
    assert not desk.tick()
    assert (desk.worker, workers.all) == ("off", [])


def test_when_a_matte_is_ordered_then_its_shot_is_opened_and_it_waits():
    desk, workers = a_desk()
    job = desk.matte(order(), "1001-1004", "cuda")
    assert (desk.worker, job.state, desk.jobs) == ("starting", "waiting", (job,))
    assert desk.tick()
    assert desk.worker == "ready"
    assert (job.range, job.out) == ("1001-1010", "/out/matte.####.exr")
    assert workers.last.asked("open") == [{"shot": order().document, "folder": "/shots"}]
    assert workers.last.asked("matte") == [{"shot": "1", "frames": "1001-1004", "device": "cuda"}]


def test_when_the_worker_tells_of_a_job_then_the_job_says_so():
    desk, workers = a_desk()
    job, identity = running(desk, workers)
    assert job.state == "running"
    worker = workers.last
    worker.tell("waiting", identity, seconds=2.5)
    desk.tick()
    assert job.held_up == 2.5
    worker.tell("opened", identity, shot={"version": 1, "settings": {"color": "ACEScg"}})
    worker.tell("notice", identity, text="1 cut was found.")
    worker.progress(identity, 3)
    worker.frame_done(identity, 1001)
    worker.frame_done(identity, 1002, 0.03)
    desk.tick()
    assert job.held_up is None
    assert (job.done, job.total, job.seconds, job.stage) == (3, 10, 1.5, "matting")
    assert (job.frames_per_second, job.seconds_left) == (2.0, 3.5)
    assert job.frames == {1001: "/out/matte.1001.exr", 1002: "/out/matte.1002.exr"}
    assert job.disagreement == {1002: 0.03}
    assert job.notices == ("1 cut was found.",)
    assert job.document == {"version": 1, "settings": {"color": "ACEScg"}}
    worker.answer(identity, outcome="done", written=["1001-1002"], seconds=4.0)
    desk.tick()
    assert (job.state, job.written, job.seconds, job.active) == ("done", ("1001-1002",), 4.0, False)


def test_when_two_jobs_run_one_after_the_other_then_each_hears_only_of_itself():
    desk, workers = a_desk()
    first, one = running(desk, workers, "first")
    second = desk.matte(order("second"))
    desk.tick()
    workers.last.progress(one, 5)
    desk.tick()
    assert (first.done, second.done, second.state) == (5, 0, "waiting")


def test_when_the_order_is_refused_then_every_fault_is_kept_with_its_fields():
    desk, workers = a_desk()
    job, identity = running(desk, workers)
    workers.last.refuse(identity, "The mask is empty.", "The plate is missing.", kind="file", code=-32003)
    desk.tick()
    assert job.state == "failed"
    assert [fault.problem for fault in job.faults] == ["The mask is empty.", "The plate is missing."]
    fault = job.faults[0]
    assert (fault.kind, fault.next_step, fault.frame, fault.path, fault.field) == (
        "file", "Mend it.", 1043, "/p", ("a",)
    )  # fmt: skip


def test_when_the_shot_is_refused_then_the_job_fails_and_the_next_one_tries_again():
    refused = FakeClient()
    refused.refusing = Refusal(0, -32002, "no", {"faults": [{"kind": "input", "problem": "There is no plate."}]})
    desk, _ = a_desk(lambda: refused)
    job = desk.matte(order())
    desk.tick()
    assert (job.state, str(job.faults[0])) == ("failed", "There is no plate.")
    refused.refusing = None
    again = desk.matte(order())
    desk.tick()
    assert (again.state, len(refused.asked("matte"))) == ("waiting", 1)


def test_when_a_bug_of_ours_ends_a_job_then_the_report_is_named():
    desk, workers = a_desk()
    job, identity = running(desk, workers)
    workers.last.out.append(Refusal(identity, -32603, "ValueError: nan", {"report": "/tmp/bug.txt"}))
    desk.tick()
    assert job.faults[0].kind == "worker"
    assert "/tmp/bug.txt" in str(job.faults[0])


def test_when_a_running_job_is_canceled_then_it_is_stopping_until_the_worker_says_so():
    desk, workers = a_desk()
    job, identity = running(desk, workers)
    desk.cancel(job)
    desk.cancel(job)
    assert (job.state, workers.last.asked("cancel")) == ("stopping", [{"job": identity}])
    workers.last.frame_done(identity, 1001)
    workers.last.answer(identity, outcome="stopped", written=["1001"], seconds=1.0)
    desk.tick()
    assert (job.state, sorted(job.frames)) == ("stopped", [1001])


def test_when_a_job_is_canceled_before_its_shot_is_open_then_it_is_never_sent():
    desk, workers = a_desk()
    job = desk.matte(order())
    desk.cancel(job)
    desk.tick()
    assert (job.state, workers.last.asked("matte"), workers.last.asked("cancel")) == ("stopped", [], [])


def test_when_a_canceled_job_was_just_done_then_it_is_done():
    desk, workers = a_desk()
    job, identity = running(desk, workers)
    workers.last.answer(identity, outcome="done", written=[], seconds=1.0)
    desk.cancel(job)
    desk.tick()
    assert job.state == "done"


def test_when_a_job_is_forgotten_then_its_shot_is_closed_unless_another_job_has_it():
    desk, workers = a_desk()
    one, identity = running(desk, workers)
    two = desk.matte(order())
    desk.tick()
    workers.last.answer(identity, outcome="done", written=[], seconds=1.0)
    desk.tick()
    desk.forget(one)
    assert (desk.jobs, workers.last.asked("close")) == ((two,), [])
    desk.forget(two)
    assert (desk.jobs, workers.last.asked("close")) == ((), [{"shot": "1"}])
    assert len(workers.last.asked("cancel")) == 1


def test_when_the_worker_crashes_then_the_running_job_fails_with_its_last_words_and_the_next_goes_to_a_new_one():
    desk, workers = a_desk()
    job, _ = running(desk, workers, "first")
    waiting = desk.matte(order("second"))
    desk.tick()
    workers.last.crash("loading", "Segmentation fault", code=139)
    desk.tick()
    assert job.state == "failed"
    assert "139" in job.faults[0].problem
    assert "Segmentation fault" in job.faults[0].problem
    assert any("Segmentation fault" in notice for notice in desk.notices)
    assert (len(workers.all), waiting.state, desk.worker) == (2, "waiting", "starting")
    desk.tick()
    assert (desk.worker, len(workers.last.asked("matte"))) == ("ready", 1)


def test_when_the_worker_crashes_before_anything_ran_then_what_waited_fails_and_no_crash_follows_a_crash():
    desk, workers = a_desk()
    jobs = [desk.matte(order("first")), desk.matte(order("second"))]
    workers.last.out.clear()
    workers.last.crash("No module named torch", code=1)
    for _ in range(5):
        desk.tick()
    assert [job.state for job in jobs] == ["failed", "failed"]
    assert (len(workers.all), desk.worker) == (1, "ended")
    again = desk.matte(order("first"))
    desk.tick()
    assert (len(workers.all), again.state) == (2, "waiting")


def test_when_the_worker_crashes_then_whoever_asked_it_is_refused():
    desk, workers = a_desk()
    heard = []
    desk.ask_of(order(), "states", heard.append, device="cpu")
    desk.ask("doctor", heard.append)
    workers.last.out.clear()
    workers.last.crash()
    desk.tick()
    assert [type(reply) for reply in heard] == [Refusal, Refusal]


@pytest.mark.parametrize("wrong", [OSError("no such file"), MachineError("There is no worker.", "Install it.")])
def test_when_no_worker_can_be_started_then_the_job_says_why(wrong):
    def start():
        raise wrong

    desk = Desk(start)
    job = desk.matte(order())
    desk.tick()
    assert (job.state, desk.worker) == ("failed", "ended")
    assert str(getattr(wrong, "problem", wrong)) in job.faults[0].problem
    assert job.faults[0].next_step


def test_when_the_worker_speaks_another_protocol_then_the_job_fails_with_its_words():
    def make() -> FakeClient:
        client = FakeClient()
        client.out = [Refusal(0, -32001, "This worker speaks protocol 2, and you 1.", None)]
        return client

    desk, workers = a_desk(make)
    job = desk.matte(order())
    desk.tick()
    assert (job.state, desk.worker, workers.last.alive) == ("failed", "ended", False)
    assert "protocol 2" in job.faults[0].problem


def test_when_the_worker_is_of_another_version_then_that_is_a_notice():
    desk, _ = a_desk(lambda: FakeClient("The worker is 0.2.0, the plugin 0.1.0."))
    desk.ask("doctor", lambda reply: None)
    desk.tick()
    assert desk.notices == ("The worker is 0.2.0, the plugin 0.1.0.",)


def test_when_something_is_asked_of_a_shot_then_it_is_opened_once():
    desk, workers = a_desk()
    heard = []
    for frame in (1001, 1002):
        desk.ask_of(order(), "picture", heard.append, frame=frame, look="matte", height=80)
    desk.tick()
    for identity in workers.last.ids("picture"):
        workers.last.answer(identity, png="", width=1, height=1)
    desk.tick()
    assert (len(workers.last.asked("open")), len(heard)) == (1, 2)
    assert [asked["shot"] for asked in workers.last.asked("picture")] == ["1", "1"]


def test_when_nothing_arrives_then_nothing_changed():
    desk, workers = a_desk()
    running(desk, workers)
    before = desk.revision
    assert not desk.tick()
    assert desk.revision == before


def test_when_an_onlooker_fails_then_nothing_that_arrived_after_it_is_lost():
    desk, workers = a_desk()
    job, identity = running(desk, workers)

    def fail(reply):
        raise RuntimeError("gone")

    desk.ask("doctor", fail)
    workers.last.progress(identity, 4)
    with pytest.raises(RuntimeError):
        desk.tick()
    desk.tick()
    assert job.done == 4


def test_when_the_desk_is_closed_then_the_worker_ends_and_what_was_running_is_stopped():
    desk, workers = a_desk()
    job, _ = running(desk, workers)
    desk.close()
    assert (job.state, desk.worker, workers.last.alive) == ("stopped", "off", False)
    assert not desk.tick()


def test_when_the_log_is_read_after_a_crash_then_it_is_still_there():
    desk, workers = a_desk()
    running(desk, workers)
    workers.last.log.append("matting 1001")
    workers.last.crash()
    desk.tick()
    assert desk.log_lines() == ("matting 1001",)


def test_when_a_job_has_ended_then_it_cannot_go_on():
    job = Job(order())
    job.move("done")
    with pytest.raises(ValueError, match="done"):
        job.move("running")


def test_when_the_desk_is_imported_then_neither_qt_nor_anything_heavy_comes_along():
    heavy = "{'torch', 'numpy', 'PySide6', 'OpenImageIO', 'penumbra.shot'} & set(sys.modules)"
    code = f"import sys, penumbra.desk; sys.exit(str({heavy}) if {heavy} else 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
