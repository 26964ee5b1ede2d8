"""Which frames are left, in which passes, from which memory."""

import pytest

from penumbra.engine.plan import Pass, passes, remaining
from penumbra.shot import FrameRange

FORWARD = Pass("forward", 1001, tuple(range(1001, 1011)))
BACKWARD = Pass("backward", 1005, (1004, 1003, 1002, 1001))


def test_when_the_key_frame_is_the_first_then_there_is_one_pass():
    assert passes(1001, FrameRange(1001, 1004)) == (Pass("forward", 1001, (1001, 1002, 1003, 1004)),)


def test_when_the_key_frame_is_in_the_middle_then_both_passes_begin_at_it_and_none_repeats_a_frame():
    forward, backward = passes(1003, FrameRange(1001, 1005))
    assert forward == Pass("forward", 1003, (1003, 1004, 1005))
    assert backward == Pass("backward", 1003, (1002, 1001))


def test_when_the_key_frame_is_the_last_then_the_forward_pass_is_that_frame():
    forward, backward = passes(1003, FrameRange(1001, 1003))
    assert forward.frames == (1003,)
    assert backward.frames == (1002, 1001)


def test_when_there_is_one_frame_then_there_is_one_pass_of_one_frame():
    assert passes(7, FrameRange(7, 7)) == (Pass("forward", 7, (7,)),)


def left(run, done=(), remembered=None):
    return remaining(run, lambda frame: frame in done, remembered)


def test_when_nothing_is_done_then_all_frames_are_left():
    work = left(FORWARD)
    assert work.to_write == frozenset(FORWARD.frames)
    assert work.start is None
    assert work.through == FORWARD.frames


@pytest.mark.parametrize("run", [FORWARD, BACKWARD])
def test_when_all_is_done_then_nothing_is_left(run):
    assert left(run, run.frames) is None
    assert left(run, run.frames, run.frames[-1]) is None


def test_when_the_first_frames_are_done_and_remembered_then_only_the_others_are_gone_through():
    work = left(FORWARD, range(1001, 1005), remembered=1004)
    assert work.start == 1004
    assert work.through == tuple(range(1005, 1011))
    assert work.to_write == frozenset(work.through)


def test_when_memory_is_older_than_the_last_done_frame_then_what_lies_between_is_gone_through_but_not_written():
    work = left(FORWARD, range(1001, 1007), remembered=1003)
    assert work.start == 1003
    assert work.through == tuple(range(1004, 1011))
    assert work.to_write == frozenset(range(1007, 1011))


def test_when_a_frame_before_the_memory_is_missing_then_the_pass_begins_at_the_key_frame():
    work = left(FORWARD, {*FORWARD.frames} - {1003}, remembered=1010)
    assert work.start is None
    assert work.through == (1001, 1002, 1003)
    assert work.to_write == {1003}


def test_when_the_remembered_frame_itself_is_missing_then_the_pass_begins_at_the_key_frame():
    assert left(FORWARD, range(1001, 1004), remembered=1004).start is None


def test_when_the_last_frames_are_done_then_the_pass_ends_before_them():
    assert left(FORWARD, range(1004, 1011)).through == (1001, 1002, 1003)


def test_when_memory_is_of_a_frame_outside_the_pass_then_it_does_not_serve():
    work = left(FORWARD, (), remembered=1020)
    assert work.start is None
    assert work.through == FORWARD.frames


def test_when_a_pass_goes_backward_then_its_order_counts_and_not_the_numbers():
    work = left(BACKWARD, (1004, 1003), remembered=1003)
    assert work.start == 1003
    assert work.through == (1002, 1001)
    assert left(BACKWARD, (1001, 1002), remembered=1001).start is None
