"""How the panel says things, and how a command line is read by a shell."""

from __future__ import annotations

import shlex

import pytest

from penumbra.desk import Job, words
from tests.desk.fake import order


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (9.4, "0:09"), (59.6, "1:00"), (750, "12:30"), (3750, "1:02:30")]
)
def test_when_a_time_is_told_then_it_reads_like_a_clock(seconds, text):
    assert words.clock(seconds) == text


@pytest.mark.parametrize(("speed", "text"), [(24.4, "24 fps"), (2.44, "2.4 fps"), (0.25, "4.0 s a frame")])
def test_when_a_speed_is_told_then_slow_ones_are_seconds_a_frame(speed, text):
    assert words.speed(speed) == text


def test_when_a_shot_had_no_job_then_its_row_tells_how_its_frames_stand():
    assert words.told(None, {}) == "Not ordered yet"
    assert words.told(None, {"done": 3, "missing": 1}) == "3 done \u00b7 1 missing"
    assert words.told(None, {"done": 4}) == "All done \u00b7 4 done"


def test_when_plates_are_looked_through_first_then_that_is_told():
    job = Job(order())
    job.move("running")
    job.hear("progress", {"done": 2, "total": 9, "seconds": 1.0, "stage": "cuts", "frames_per_second": 2.0,
                          "seconds_left": 3.5})  # fmt: skip
    assert words.told(job, {}) == "Looking for cuts \u00b7 2 of 9 \u00b7 2.0 fps \u00b7 0:04 left"


def test_when_nothing_was_to_do_then_that_is_told():
    job = Job(order())
    job.move("done")
    assert words.told(job, {}) == "Done \u00b7 nothing was left to do"


def test_when_a_command_line_is_made_then_a_shell_reads_the_same_words_from_it():
    line = words.command_line(order(saved="/sh ots/it's $HOME.json"), Job(order(), "1001-1010", "cuda"), "cpu")
    assert shlex.split(line) == [
        "penumbra", "matte", "/sh ots/it's $HOME.json", "--device", "cuda", "--only", "1001-1010"
    ]  # fmt: skip


def test_when_a_key_frame_has_no_object_then_it_is_told_without_one():
    assert (
        words.of_frame(7, {"": "guide", "dog": "approved"}, "", None) == "7: guide key frame, approved key frame of dog"
    )
    assert words.of_frame(7, {}, "", None) == "7"
