"""One matte after the other, what is soon done in between, and canceling, within a frame."""

import time

import pytest

from penumbra.protocol import Notification
from tests.engine.shots import files, make_shot
from tests.worker.conftest import LONG


@pytest.fixture
def other_shot(tmp_path, tiny_file):
    folder = tmp_path / "other"
    folder.mkdir()
    return make_shot(folder, tiny_file)


@pytest.fixture
def opened(talk, long_shot, other_shot, tmp_path):
    """Two shots: a long one, and a short one."""
    return talk.open(long_shot, tmp_path / "long"), talk.open(other_shot, tmp_path / "other")


def has_done(talk, job, count):
    """Wait until a job has gone through so many frames."""

    def is_it(message):
        told = isinstance(message, Notification) and message.method == "progress" and message.params["job"] == job
        return told and message.params["stage"] == "matting" and message.params["done"] >= count

    talk.until(is_it)


def test_when_a_job_is_canceled_then_it_stops_after_the_frame_in_hand_and_the_next_run_goes_on(talk, opened, tmp_path):
    name, _ = opened
    job = talk.client.send("matte", shot=name)
    has_done(talk, job, 3)
    cancel = talk.client.send("cancel", job=job)
    assert talk.answer(cancel).result == {"stopping": True}
    result = talk.answer(job).result
    assert result["outcome"] == "stopped"
    after = [each for each in talk.heard[talk.place(cancel) :] if getattr(each, "method", "") == "progress"]
    assert len(after) <= 1
    done = talk.told("progress", job)[-1]["done"]
    assert 3 <= done < LONG
    there = files(tmp_path / "long" / "out")
    assert len(there) == done
    assert [*there] == [f"matte.{1001 + frame}.exr" for frame in range(done)]
    assert result["written"] == [f"1001-{1000 + done}"]
    assert [each["frame"] for each in talk.told("frame_done", job)] == [*range(1001, 1001 + done)]

    again = talk.client.send("matte", shot=name)
    has_done(talk, again, 1)
    talk.ask("cancel", job=again)
    assert talk.told("progress", again)[-1]["total"] == LONG - done
    assert talk.answer(again).result["outcome"] == "stopped"
    assert talk.ask("cancel", job=again) == {"stopping": False}
    assert {name: data for name, data in files(tmp_path / "long" / "out").items() if name in there} == there


def test_when_a_second_shot_is_ordered_then_it_waits_for_the_first_and_can_be_canceled_before_it_begins(talk, opened):
    first, second = opened
    job, waiting, canceled = (talk.client.send("matte", shot=name) for name in (first, second, second))
    has_done(talk, job, 2)
    assert talk.ask("cancel", job=canceled) == {"stopping": True}
    assert talk.answer(canceled).result == {"outcome": "stopped", "written": [], "seconds": 0}
    assert talk.told("started", waiting) == talk.told("started", canceled) == []
    talk.ask("cancel", job=job)
    assert talk.answer(waiting).result["outcome"] == "done"
    assert talk.place(job) < talk.place(waiting)
    started = talk.until(lambda message: message == Notification("started", {"job": waiting}))
    assert talk.heard.index(started) > talk.place(job)
    assert talk.told("started", canceled) == []


def test_when_a_frame_or_states_of_another_shot_are_asked_for_then_they_come_in_the_middle_of_a_matte(
    talk, opened, tmp_path
):
    first, second = opened
    job, waiting = talk.client.send("matte", shot=first), talk.client.send("matte", shot=second)
    has_done(talk, job, 2)
    frame, states = talk.client.send("frame", shot=second, frame=1002), talk.client.send("states", shot=first)
    talk.answer(frame)
    assert talk.told("started", waiting) == []
    standing = [each["matte"] for each in talk.answer(states).result["frames"]]
    assert standing[0] == "done"
    assert standing[-1] == "missing"
    has_done(talk, job, talk.told("progress", job)[-1]["done"] + 1)  # and it goes on
    own = talk.client.send("frame", shot=first, frame=1002)  # cannot: its mattes are being made
    has_done(talk, job, talk.told("progress", job)[-1]["done"] + 2)
    talk.ask("cancel", job=job)
    talk.answer(waiting)
    assert talk.answer(own).result == {"path": str(tmp_path / "long" / "out" / "matte.1002.exr")}
    places = [talk.place(each) for each in (frame, states, job, own, waiting)]
    assert places == sorted(places)
    assert len(files(tmp_path / "other" / "out")) == 6


def test_when_a_shot_is_closed_then_its_jobs_are_canceled_and_no_others(talk, opened):
    first, second = opened
    job, own, other = (talk.client.send("matte", shot=name) for name in (first, first, second))
    has_done(talk, job, 1)
    assert talk.ask("close", shot=first) == {}
    assert talk.answer(job).result["outcome"] == "stopped"
    assert talk.answer(own).result["outcome"] == "stopped"
    assert talk.answer(other).result["outcome"] == "done"


def test_when_a_job_is_canceled_while_it_looks_for_cuts_then_it_stops_there(odd, long_shot, tmp_path):
    talk = odd
    name = talk.open(long_shot, tmp_path / "long")
    for method in ("matte", "states"):
        job = talk.client.send(method, shot=name)
        talk.until(lambda message, job=job: isinstance(message, Notification) and message.params.get("done") == 2,
                   since=len(talk.heard))  # fmt: skip
        began = time.monotonic()
        talk.ask("cancel", job=job)
        assert talk.answer(job).result["outcome"] == "stopped"
        assert time.monotonic() - began < 1
        assert {each["stage"] for each in talk.told("progress", job)} == {"cuts"}
        assert talk.told("progress", job)[-1]["done"] < LONG
    assert not files(tmp_path / "long" / "out")


def test_when_a_matte_is_canceled_while_states_are_looked_for_in_the_middle_of_it_then_it_stops_before_them(
    odd, long_shot, tmp_path, tiny_file
):
    (tmp_path / "other").mkdir()
    other_shot = make_shot(tmp_path / "other", tiny_file, range(1001, 1051))
    first, second = odd.open(long_shot, tmp_path / "long"), odd.open(other_shot, tmp_path / "other")
    job = odd.client.send("matte", shot=first)
    has_done(odd, job, 1)
    states = odd.client.send("states", shot=second)
    odd.until(lambda message: isinstance(message, Notification) and message.params["job"] == states)
    odd.ask("cancel", job=job)
    assert odd.answer(job).result["outcome"] == "stopped"
    assert len(odd.answer(states).result["frames"]) == 50
    assert odd.place(job) < odd.place(states)
