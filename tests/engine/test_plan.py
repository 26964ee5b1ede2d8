"""Which passes make which frames, which are left, and from which memory."""

import random

import pytest

from penumbra.engine.plan import Gap, Leg, Pass, gaps, legs, scenes
from penumbra.shot import FrameRange

FORWARD = Pass("forward", 1001, None, tuple(range(1001, 1011)))
BACKWARD = Pass("backward", 1005, None, (1004, 1003, 1002, 1001))


def runs_of(keys, first, last, direction="both"):
    return [run for gap in gaps(keys, FrameRange(first, last)) for run in gap.passes(direction)]


def test_when_the_key_frame_is_the_first_then_there_is_one_pass():
    assert runs_of([1001], 1001, 1004) == [Pass("forward", 1001, None, (1001, 1002, 1003, 1004))]


def test_when_the_key_frame_is_in_the_middle_then_both_passes_begin_at_it_and_none_repeats_a_frame():
    forward, backward = runs_of([1003], 1001, 1005)
    assert forward == Pass("forward", 1003, None, (1003, 1004, 1005))
    assert backward == Pass("backward", 1003, None, (1002, 1001))


def test_when_the_key_frame_is_the_last_then_the_forward_pass_is_that_frame():
    forward, backward = runs_of([1003], 1001, 1003)
    assert forward.frames == (1003,)
    assert backward.frames == (1002, 1001)


def test_when_there_is_one_frame_then_there_is_one_pass_of_one_frame():
    assert runs_of([7], 7, 7) == [Pass("forward", 7, None, (7,))]


def test_when_there_are_two_key_frames_then_the_frames_between_are_made_from_both_and_each_pass_knows_both():
    forward, backward, last = runs_of([1001, 1005], 1001, 1006)
    assert forward == Pass("forward", 1001, 1005, (1001, 1002, 1003, 1004))
    assert backward == Pass("backward", 1005, 1001, (1004, 1003, 1002))
    assert last == Pass("forward", 1005, None, (1005, 1006))


def test_when_key_frames_are_neighbors_then_nothing_lies_between_them():
    assert runs_of([1, 2], 1, 2) == [Pass("forward", 1, 2, (1,)), Pass("forward", 2, None, (2,))]


@pytest.mark.parametrize(
    ("direction", "between"), [("forward", [(1, (1, 2, 3))]), ("backward", [(1, (1,)), (4, (3, 2))])]
)
def test_when_a_direction_is_forced_then_frames_between_key_frames_are_made_that_way_alone(direction, between):
    runs = runs_of([1, 4], 1, 4, direction)
    assert [(run.key, run.frames) for run in runs if run.other is not None] == between
    assert {frame for run in runs for frame in run.frames} == {1, 2, 3, 4}


@pytest.mark.parametrize("seed", range(40))
def test_when_key_frames_lie_anywhere_then_every_frame_is_made_once_from_each_side_and_no_pass_runs_over_a_key(seed):
    dice = random.Random(seed)
    first = dice.randint(-20, 1000)
    frames = FrameRange(first, first + dice.randint(0, 40))
    keys = sorted(dice.sample(list(frames), dice.randint(1, min(6, len(frames)))))
    runs = runs_of(keys, frames.first, frames.last)
    for frame in frames:
        made = [run.direction for run in runs if frame in run.frames]
        inside = frame not in keys and keys[0] < frame < keys[-1]
        assert sorted(made) == (["backward", "forward"] if inside else made[:1])
        assert made
    for run in runs:
        assert not set(keys) & (set(run.frames) - {run.key})
        assert [run.place(frame) for frame in run.frames] == list(range(len(run.frames)))


def test_when_a_frame_lies_between_key_frames_then_its_place_is_told():
    gap = Gap(1001, 1005, FrameRange(1001, 1004))
    assert [gap.place(frame) for frame in gap.frames] == [0, 0.25, 0.5, 0.75]


def test_when_there_are_cuts_then_no_scene_reaches_over_one():
    assert scenes(FrameRange(1, 10), [3, 7]) == (FrameRange(1, 3), FrameRange(4, 7), FrameRange(8, 10))
    assert scenes(FrameRange(4, 6), [3, 6, 9]) == (FrameRange(4, 6),)
    assert scenes(FrameRange(1, 2), [1]) == (FrameRange(1, 1), FrameRange(2, 2))


def test_when_a_cut_lies_between_two_key_frames_then_neither_side_knows_the_other():
    runs = [run for scene in scenes(FrameRange(1, 8), [4]) for gap in gaps([2, 7], scene) for run in gap.passes()]
    assert {(run.direction, run.key, run.other, run.frames) for run in runs} == {
        ("forward", 2, None, (2, 3, 4)),
        ("backward", 2, None, (1,)),
        ("forward", 7, None, (7, 8)),
        ("backward", 7, None, (6, 5)),
    }


def test_when_a_scene_has_no_key_frame_then_it_has_no_gaps():
    assert gaps([12], FrameRange(1, 10)) == ()


def test_when_nothing_is_wanted_then_no_way_is_gone():
    assert legs(FORWARD, (), [1005]) == ()


def test_when_nothing_is_remembered_then_the_way_begins_at_the_key_frame_and_ends_at_the_last_one_wanted():
    assert legs(FORWARD, FORWARD.frames, ()) == (Leg(None, FORWARD.frames),)
    assert legs(FORWARD, [1003], ()) == (Leg(None, (1001, 1002, 1003)),)


def test_when_memory_is_there_then_the_nearest_before_the_frame_is_taken_up():
    assert legs(FORWARD, range(1005, 1011), [1002, 1004]) == (Leg(1004, tuple(range(1005, 1011))),)
    assert legs(FORWARD, [1007], [1003, 1008]) == (Leg(1003, (1004, 1005, 1006, 1007)),)


def test_when_the_remembered_frame_itself_is_wanted_then_its_memory_does_not_serve():
    assert legs(FORWARD, [1004], [1004]) == (Leg(None, (1001, 1002, 1003, 1004)),)


def test_when_frames_far_apart_are_wanted_then_the_way_between_them_is_left_out_where_memory_allows():
    assert legs(FORWARD, [1002, 1009], [1007]) == (Leg(None, (1001, 1002)), Leg(1007, (1008, 1009)))
    assert legs(FORWARD, [1002, 1004], [1001]) == (Leg(1001, (1002, 1003, 1004)),)


def test_when_a_pass_goes_backward_then_its_order_counts_and_not_the_numbers():
    assert legs(BACKWARD, [1002, 1001], [1003]) == (Leg(1003, (1002, 1001)),)
    assert legs(BACKWARD, [1004, 1003], [1001]) == (Leg(None, (1004, 1003)),)


@pytest.mark.parametrize("seed", range(40))
def test_when_frames_and_memories_lie_anywhere_then_the_way_goes_through_all_of_them_and_none_is_shorter(seed):
    dice = random.Random(seed)
    run = dice.choice([FORWARD, BACKWARD])
    wanted = dice.sample(run.frames, dice.randint(1, len(run.frames)))
    remembered = dice.sample(run.frames, dice.randint(0, len(run.frames)))
    way = legs(run, wanted, remembered)
    gone = [frame for leg in way for frame in leg.frames]
    assert len(gone) == len(set(gone))
    assert set(wanted) <= set(gone)
    for leg in way:
        begin = 0 if leg.start is None else run.place(leg.start) + 1
        assert [run.place(frame) for frame in leg.frames] == list(range(begin, begin + len(leg.frames)))
        assert leg.start is None or leg.start in remembered
    # Each wanted frame needs its predecessors back to a memory: those and no others.
    needed = set()
    for frame in wanted:
        place = run.place(frame)
        while True:
            needed.add(run.frames[place])
            place -= 1
            if place < 0 or run.frames[place] in remembered:
                break
    assert set(gone) == needed
