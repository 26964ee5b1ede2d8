"""Several key frames, both directions, approved frames, objects that come and go, seek."""

import os
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

import penumbra
from penumbra import Propagator, Timeline, load_model
from penumbra.color import View
from penumbra.engine import FrameDone, Opened
from penumbra.engine.kept.snapshots import EVERY
from penumbra.errors import FileError, InputError
from penumbra.image import Matte
from penumbra.propagation import blend, ramp
from penumbra.shot import Delivery, FrameRange, KeyFrame, Presence
from tests.engine.shots import (
    SIZE,
    a_mask,
    alpha_of,
    files,
    make_shot,
    notices,
    pixels,
    run_all,
    run_until,
    through,
    write_mask,
    written,
)
from tests.pictures import read_exr_file

FRAMES = range(1001, 1013)
KEYS = (1003, 1007, 1010)


def mask_at(frame):
    """Another box on every frame, with soft edges."""
    mask = np.zeros((SIZE[1], SIZE[0]), np.float32)
    left = 4 + (frame - 1001) * 2 % 26
    mask[8:24, left : left + 16] = np.linspace(0.2, 1, 16)
    return mask


def keys_on(folder, frames=KEYS, approved=(), name=None, mask=mask_at):
    keys = []
    for frame in frames:
        path = write_mask(folder / f"{name or 'key'}.{frame}.exr", mask(frame))
        keys.append(KeyFrame(frame, path, None, name, "approved" if frame in approved else "guide"))
    return tuple(keys)


def timeline_shot(folder, model, keys=None, frames=FRAMES, **changed):
    """A shot in float, so that every bit shows."""
    made = make_shot(folder, model, frames)
    delivery = Delivery(folder / "out" / "matte.####.exr", pixel_type="float")
    return replace(made, key_frames=keys or keys_on(folder), delivery=delivery, **changed)


@pytest.fixture
def shot(tmp_path, tiny_file):
    return timeline_shot(tmp_path, tiny_file)


def elsewhere(shot, folder):
    return replace(shot, delivery=replace(shot.delivery, out=folder / "matte.####.exr"))


def undisturbed(shot, folder):
    run_all(elsewhere(shot, folder))
    return files(folder)


def alphas(folder):
    return {frame: alpha_of(folder / f"matte.{frame}.exr") for frame in FRAMES}


def by_hand(folder, model_file, keys=KEYS, frames=FRAMES, direction="both", approved=()):
    """What the design says, frame by frame, without the engine."""
    model = load_model(model_file)

    def view(frame):
        linear = pixels(folder / f"plate.{frame}.exr").astype(np.float32).transpose(2, 0, 1)
        return View()(torch.from_numpy(linear.copy()))

    def begun(key):
        propagator = Propagator(model, warmup=1)
        mask = torch.from_numpy(mask_at(key))[None]
        alpha = propagator.start(view(key), mask, approved=key in approved)
        return propagator.state, (mask if key in approved else alpha)

    def passed(key, others, onto):
        propagator = Propagator(model, warmup=1)
        state = begun(key)[0]
        for other in others:
            state = state.holding(begun(other)[0])
        propagator.restore(state)
        return {frame: propagator.step(view(frame)) for frame in onto}

    result = {key: begun(key)[1] for key in keys}
    result |= passed(keys[0], (), range(keys[0] - 1, frames[0] - 1, -1))
    result |= passed(keys[-1], (), range(keys[-1] + 1, frames[-1] + 1))
    for left, right in pairwise(keys):
        forward = passed(left, (right,), range(left + 1, right))
        backward = passed(right, (left,), range(right - 1, left, -1))
        for frame in forward:
            both = blend(forward[frame], backward[frame], ramp((frame - left) / (right - left))).alpha_OHW
            result[frame] = {"both": both, "forward": forward[frame], "backward": backward[frame]}[direction]
    return {frame: alpha[0].numpy() for frame, alpha in result.items()}


@pytest.mark.parametrize("direction", ["both", "forward", "backward"])
def test_when_there_are_several_key_frames_then_the_alphas_are_those_made_by_hand(tmp_path, tiny_file, direction):
    shot = timeline_shot(tmp_path, tiny_file)
    run_all(replace(shot, settings=replace(shot.settings, direction=direction)))
    expected = by_hand(tmp_path, tiny_file, direction=direction)
    for frame, alpha in alphas(tmp_path / "out").items():
        np.testing.assert_array_equal(alpha, expected[frame], err_msg=str(frame))


def test_when_frames_lie_between_two_key_frames_then_both_have_a_say(tmp_path, tiny_file, shot):
    run_all(shot)
    found = alphas(tmp_path / "out")
    for direction in ("forward", "backward"):
        alone = by_hand(tmp_path, tiny_file, direction=direction)
        assert all(np.abs(found[frame] - alone[frame]).max() > 0 for frame in (1004, 1005, 1006, 1008, 1009))


def test_when_a_frame_is_approved_then_it_is_delivered_as_it_is_and_remembered(tmp_path, tiny_file):
    shot = timeline_shot(tmp_path, tiny_file, keys_on(tmp_path, approved=[1007]))
    finish = replace(shot.finish, grow=2.0, gamma=2.0, black_point=0.1)
    run_all(shot)
    np.testing.assert_array_equal(alpha_of(tmp_path / "out" / "matte.1007.exr"), mask_at(1007))
    expected = by_hand(tmp_path, tiny_file, approved=[1007])
    for frame, alpha in alphas(tmp_path / "out").items():
        np.testing.assert_array_equal(alpha, expected[frame], err_msg=str(frame))
    run_all(replace(shot, finish=finish))
    np.testing.assert_array_equal(alpha_of(tmp_path / "out" / "matte.1007.exr"), mask_at(1007))
    assert np.abs(alpha_of(tmp_path / "out" / "matte.1006.exr") - expected[1006]).max() > 0.01


def test_when_every_frame_is_approved_then_nothing_goes_through_the_network(tmp_path, tiny_file, monkeypatch):
    shot = timeline_shot(tmp_path, tiny_file, keys_on(tmp_path, FRAMES, approved=FRAMES))

    def never(*_, **__):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(Propagator, "start", never)
    monkeypatch.setattr(Propagator, "step", never)
    assert written(run_all(shot)) == list(FRAMES)
    for frame, alpha in alphas(tmp_path / "out").items():
        np.testing.assert_array_equal(alpha, mask_at(frame))


def test_when_an_approved_matte_is_empty_then_it_is_taken_for_what_it_is(tmp_path, tiny_file):
    def mask(frame):
        return np.zeros_like(a_mask()) if frame == 1007 else mask_at(frame)

    shot = timeline_shot(tmp_path, tiny_file, keys_on(tmp_path, approved=[1007], mask=mask))
    run_all(shot)
    assert not alpha_of(tmp_path / "out" / "matte.1007.exr").any()
    with pytest.raises(InputError, match="is empty"):
        run_all(timeline_shot(tmp_path, tiny_file, keys_on(tmp_path, mask=mask)))


@pytest.mark.parametrize("kind", ["mask", "kind", "away"])
def test_when_one_key_frame_of_four_changes_then_exactly_its_two_gaps_are_made_again(tmp_path, tiny_file, kind):
    frames = range(1001, 1061)
    numbers = (1005, 1020, 1037, 1052)
    shot = timeline_shot(tmp_path, tiny_file, keys_on(tmp_path, numbers), frames)
    run_all(shot)
    before = files(tmp_path / "out")
    if kind == "mask":
        write_mask(tmp_path / "key.1037.exr", mask_at(1010))
    elif kind == "kind":
        shot = replace(shot, key_frames=keys_on(tmp_path, numbers, approved=[1037]))
    else:
        shot = replace(shot, key_frames=keys_on(tmp_path, (1005, 1020, 1052)))
    assert sorted(written(run_all(shot))) == list(range(1021, 1052))
    after = files(tmp_path / "out")
    assert {name for name in after if after[name] != before[name]} == {
        f"matte.{frame}.exr" for frame in range(1021, 1052)
    }
    assert after == undisturbed(shot, tmp_path / "again")


def test_when_a_key_frame_is_added_then_only_its_gap_is_made_again(tmp_path, tiny_file, shot):
    run_all(shot)
    more = replace(shot, key_frames=keys_on(tmp_path, (1003, 1005, 1007, 1010)))
    assert sorted(written(run_all(more))) == [1004, 1005, 1006]
    assert files(tmp_path / "out") == undisturbed(more, tmp_path / "again")


def test_when_a_plate_between_key_frames_changes_then_only_that_gap_is_made_again(tmp_path, shot):
    run_all(shot)
    (tmp_path / "plate.1005.exr").write_bytes((tmp_path / "plate.1001.exr").read_bytes())
    assert sorted(written(run_all(shot))) == [1004, 1005, 1006]
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


@pytest.mark.parametrize("count", range(1, 17, 2))
def test_when_a_run_is_stopped_anywhere_then_nothing_is_gone_through_twice_and_the_bits_are_the_same(
    tmp_path, shot, count
):
    run_until(shot, count)
    assert count + through(run_all(shot)) == 17  # 12 frames, and 5 of them from both sides
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


def test_when_the_run_is_over_then_no_alpha_is_held_any_more(tmp_path, shot):
    run_until(shot, 3)
    assert list((tmp_path / "out" / ".penumbra").rglob("held/*.exr"))
    run_all(shot)
    assert not list((tmp_path / "out" / ".penumbra").rglob("held/*.exr"))


def test_when_the_order_changes_after_a_stop_then_held_alphas_of_the_old_one_are_not_used_and_go(tmp_path, shot):
    run_until(shot, 3)
    other = replace(shot, settings=replace(shot.settings, warmup=3))
    run_all(other)
    assert not list((tmp_path / "out" / ".penumbra").rglob("held/*.exr"))
    assert files(tmp_path / "out") == undisturbed(other, tmp_path / "again")


def test_when_a_held_alpha_is_damaged_then_it_is_made_again(tmp_path, shot):
    run_until(shot, 3)
    held = sorted((tmp_path / "out" / ".penumbra").rglob("held/*.exr"))
    held[0].write_bytes(held[0].read_bytes()[:-40])
    run_all(shot)
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


def test_when_only_some_frames_are_asked_for_then_they_are_those_of_the_whole_run(tmp_path, shot):
    events = list(penumbra.run(shot, only=FrameRange(1005, 1008)))
    assert sorted(written(events)) == [1005, 1006, 1007, 1008]
    whole = undisturbed(shot, tmp_path / "again")
    assert files(tmp_path / "out") == {name: whole[name] for name in files(tmp_path / "out")}
    with pytest.raises(InputError, match="The frames 1005-1020 are not all in the shot, which is 1001-1012"):
        list(penumbra.run(shot, only=FrameRange(1005, 1020)))


# Objects


def two_objects(folder, model, **changed):
    keys = (
        *keys_on(folder, (1003, 1007, 1010), name="hero"),
        *keys_on(folder, (1005,), name="dog", mask=lambda frame: mask_at(frame)[:, ::-1].copy()),
    )
    return timeline_shot(folder, model, keys, **changed)


def layer(path, name):
    return read_exr_file(path)[0][f"{name}.A"]


def test_when_objects_have_key_frames_of_their_own_then_each_has_the_matte_that_it_has_alone(tmp_path, tiny_file):
    both = two_objects(tmp_path, tiny_file)
    run_all(both)
    for name in ("hero", "dog"):
        alone = replace(both, key_frames=both.keys_of(name))
        run_all(elsewhere(alone, tmp_path / name))
        for frame in FRAMES:
            found = layer(tmp_path / "out" / f"matte.{frame}.exr", name)
            np.testing.assert_array_equal(found, layer(tmp_path / name / f"matte.{frame}.exr", name))


def test_when_one_of_two_objects_changes_then_only_its_gap_is_made_again(tmp_path, tiny_file):
    both = two_objects(tmp_path, tiny_file)
    run_all(both)
    write_mask(tmp_path / "hero.1010.exr", mask_at(1001))
    assert sorted(written(run_all(both))) == [1008, 1009, 1010, 1011, 1012]
    assert files(tmp_path / "out") == undisturbed(both, tmp_path / "again")


@pytest.mark.parametrize("count", [1, 9, 18, 25])
def test_when_two_objects_are_stopped_anywhere_then_the_bits_are_the_same(tmp_path, tiny_file, count):
    both = two_objects(tmp_path, tiny_file)
    run_until(both, count)
    assert count + through(run_all(both)) == 17 + 12
    assert files(tmp_path / "out") == undisturbed(both, tmp_path / "again")


def test_when_an_object_enters_and_leaves_then_its_alpha_is_zero_outside_and_untouched_inside(tmp_path, tiny_file):
    both = two_objects(tmp_path, tiny_file, presences=(Presence("dog", 1004, 1008),))
    run_all(both)
    alone = replace(both, key_frames=both.keys_of("dog"), frames=FrameRange(1004, 1008), presences=())
    run_all(elsewhere(alone, tmp_path / "dog"))
    for frame in FRAMES:
        found = read_exr_file(tmp_path / "out" / f"matte.{frame}.exr")[0]
        if 1004 <= frame <= 1008:
            np.testing.assert_array_equal(found["dog.A"], layer(tmp_path / "dog" / f"matte.{frame}.exr", "dog"))
        else:
            assert not any(found[f"dog.{channel}"].any() for channel in "RGBA")
            np.testing.assert_array_equal(found["A"], found["hero.A"])


def test_when_the_only_object_is_not_in_the_shot_then_its_matte_is_black_and_made_without_the_network(
    tmp_path, tiny_file
):
    keys = keys_on(tmp_path, (1005,), name="dog")
    shot = timeline_shot(tmp_path, tiny_file, keys, presences=(Presence("dog", 1004, 1006),))
    events = run_all(shot)
    assert sorted(written(events)) == list(FRAMES)
    assert not alpha_of(tmp_path / "out" / "matte.1010.exr").any()
    assert alpha_of(tmp_path / "out" / "matte.1005.exr").any()


def test_when_an_object_stays_longer_then_only_the_frames_that_it_is_seen_on_more_are_made_again(tmp_path, tiny_file):
    short = two_objects(tmp_path, tiny_file, presences=(Presence("dog", 1004, 1008),))
    run_all(short)
    longer = replace(short, presences=(Presence("dog", 1004, 1009),))
    assert written(run_all(longer)) == [1009]


def test_when_objects_have_key_frames_of_other_kinds_on_one_frame_then_each_has_the_matte_that_it_has_alone(
    tmp_path, tiny_file
):
    def turned(frame):
        return mask_at(frame)[::-1].copy()

    keys = (
        *keys_on(tmp_path, (1003, 1009), name="hero"),
        *keys_on(tmp_path, (1003, 1009), approved=[1003], name="dog", mask=turned),
    )
    both = timeline_shot(tmp_path, tiny_file, keys)
    run_all(both)
    for name in ("hero", "dog"):
        run_all(elsewhere(replace(both, key_frames=both.keys_of(name)), tmp_path / name))
        for frame in FRAMES:
            found = layer(tmp_path / "out" / f"matte.{frame}.exr", name)
            np.testing.assert_array_equal(found, layer(tmp_path / name / f"matte.{frame}.exr", name))
    np.testing.assert_array_equal(layer(tmp_path / "out" / "matte.1003.exr", "dog"), turned(1003))


def test_when_every_gap_has_a_region_of_its_own_then_parts_of_the_shot_give_what_the_whole_gives(tmp_path, tiny_file):
    size = (160, 96)
    shot = make_shot(tmp_path, tiny_file, FRAMES, size=size)
    keys = []
    for frame, left in ((1003, 8), (1007, 60), (1010, 120)):
        mask = np.zeros((size[1], size[0]), np.float32)
        mask[40:56, left : left + 20] = 1
        keys.append(KeyFrame(frame, write_mask(tmp_path / f"key.{frame}.exr", mask)))
    shot = replace(shot, key_frames=tuple(keys), settings=replace(shot.settings, roi="mask"))
    whole = undisturbed(shot, tmp_path / "again")
    for first, last in ((1010, 1012), (1004, 1006), (1001, 1003), (1007, 1009)):
        list(penumbra.run(shot, only=FrameRange(first, last)))
    assert files(tmp_path / "out") == whole
    boxes = {path.read_text() for path in (tmp_path / "again" / ".penumbra").rglob("region.*.json")}
    assert len(boxes) == 4, "one for each gap, and before the first key frame"
    for frame in FRAMES:
        stored = read_exr_file(tmp_path / "out" / f"matte.{frame}.exr")[0]["A"]
        np.testing.assert_array_equal(Timeline(shot).matte(frame).layers[0].alpha_HW.astype(np.float16), stored)


# Seek


@pytest.mark.parametrize("seed", [0, 1])
def test_when_frames_are_sought_in_any_order_then_each_has_the_bits_of_the_whole_run(tmp_path, tiny_file, seed):
    shot = two_objects(tmp_path, tiny_file, presences=(Presence("dog", 1003, 1011),))
    run_all(elsewhere(shot, tmp_path / "whole"))
    timeline = Timeline(shot)
    for frame in np.random.default_rng(seed).permutation(FRAMES).tolist():
        matte = timeline.matte(frame)
        assert isinstance(matte, Matte)
        assert not list((tmp_path / "out").glob("*.exr"))
        stored = read_exr_file(tmp_path / "whole" / f"matte.{frame}.exr")[0]
        assert [each.name for each in matte.layers] == ["hero", "dog"]
        for each in matte.layers:
            channels = np.stack([stored[f"{each.name}.{channel}"] for channel in "RGBA"], axis=-1)
            np.testing.assert_array_equal(each.rgba_HW4, channels)


def test_when_the_shot_was_run_then_a_seek_takes_no_more_steps_than_lie_between_snapshots(
    tmp_path, tiny_file, monkeypatch
):
    frames = range(1001, 1001 + 3 * EVERY + 7)
    shot = timeline_shot(tmp_path, tiny_file, keys_on(tmp_path, (1001,)), frames)
    run_all(shot)
    timeline = Timeline(shot)
    step, taken = Propagator.step, []

    def counted(self, view):
        taken.append(view)
        return step(self, view)

    monkeypatch.setattr(Propagator, "step", counted)
    for frame in (frames[-2], frames[2 * EVERY + 1], frames[EVERY - 1], frames[EVERY]):
        taken.clear()
        timeline.matte(frame)
        assert len(taken) <= EVERY


def test_when_frames_are_sought_without_a_run_then_memory_is_kept_on_the_way(tmp_path, tiny_file, monkeypatch):
    frames = range(1001, 1001 + 2 * EVERY + 3)
    shot = timeline_shot(tmp_path, tiny_file, keys_on(tmp_path, (1001,)), frames)
    Timeline(shot).matte(frames[-1])
    assert through(run_all(replace(shot, frames=None))) <= len(frames)
    taken = []
    step = Propagator.step
    monkeypatch.setattr(Propagator, "step", lambda self, view: taken.append(1) or step(self, view))
    Timeline(shot).matte(frames[-2])
    assert len(taken) <= EVERY


def test_when_a_frame_is_sought_that_the_shot_does_not_have_then_it_is_told(shot):
    with pytest.raises(InputError, match="The shot has no frame 2000"):
        Timeline(shot).matte(2000)


def test_when_the_states_are_asked_for_then_they_tell_what_is_done_stale_and_missing(tmp_path, shot):
    states = {state.frame: state for state in Timeline(shot).states()}
    assert {state.matte for state in states.values()} == {"missing"}
    assert states[1007].keys == {None: "guide"}
    assert states[1006].keys == {}
    run_all(shot)
    write_mask(tmp_path / "key.1010.exr", mask_at(1001))
    (tmp_path / "out" / "matte.1001.exr").unlink()
    states = {state.frame: state for state in Timeline(shot).states()}
    assert {frame for frame, state in states.items() if state.matte == "missing"} == {1001}
    assert {frame for frame, state in states.items() if state.matte == "stale"} == {1008, 1009, 1010, 1011, 1012}
    assert states[1005].disagreement is not None
    assert states[1002].disagreement is None


# Disagreement


def test_when_two_passes_disagree_then_it_is_said_where_and_how_much_also_by_a_run_that_makes_nothing(
    tmp_path, tiny_file, monkeypatch
):
    def passes_that_swap(self, view):
        """The forward pass finds the left half and the backward pass the right one."""
        step(self, view)
        alpha = torch.zeros(1, *view.shape[-2:])
        half = view.shape[-1] // 2
        is_forward = float(self._state.entries[0].value.mean()) == lefts[0]
        alpha[..., :half] = float(is_forward)
        alpha[..., half:] = float(not is_forward)
        return alpha

    keys = keys_on(tmp_path, (1001, 1012))
    shot = timeline_shot(tmp_path, tiny_file, keys)
    step, lefts = Propagator.step, []
    start = Propagator.start

    def noted(self, view, masks, **how):
        alpha = start(self, view, masks, **how)
        lefts.append(float(self.state.entries[0].value.mean()))
        return alpha

    monkeypatch.setattr(Propagator, "step", passes_that_swap)
    monkeypatch.setattr(Propagator, "start", noted)
    said = notices(run_all(shot))
    text = "1002-1011: the two passes disagree over 100 percent of the frame; a key frame near 1006 would settle it."
    assert text in said
    assert text in notices(run_all(shot))
    # No ghost: every frame is one of the two.
    for frame in range(1002, 1012):
        assert set(np.unique(alpha_of(tmp_path / "out" / f"matte.{frame}.exr"))) <= {0.0, 1.0}


# What a fresh reader found


def test_when_memory_that_was_counted_on_is_gone_then_the_way_to_it_is_gone_through_as_well(tmp_path, tiny_file):
    frames = range(1001, 1061)
    shot = timeline_shot(tmp_path, tiny_file, keys_on(tmp_path, (1001, 1031)), frames)
    run_all(shot)
    before = files(tmp_path / "out")
    for frame in (1019, 1020, 1021, 1055):
        (tmp_path / "out" / f"matte.{frame}.exr").unlink()
    events = list(penumbra.run(shot, snapshots=1000))  # what is kept on the way pushes out what was planned with
    assert sorted(written(events)) == [1019, 1020, 1021, 1055]
    assert files(tmp_path / "out") == before


def test_when_a_guide_becomes_approved_then_its_region_is_looked_for_again(tmp_path, tiny_file):
    def boxes(folder):
        return {path.name: path.read_text() for path in (folder / ".penumbra").rglob("region.*.json")}

    shot = timeline_shot(tmp_path, tiny_file)
    shot = replace(shot, settings=replace(shot.settings, roi="mask"))
    run_all(shot)
    approved = replace(shot, key_frames=keys_on(tmp_path, approved=KEYS))
    run_all(approved)
    run_all(elsewhere(approved, tmp_path / "fresh"))
    assert boxes(tmp_path / "out") == boxes(tmp_path / "fresh")
    assert files(tmp_path / "out") == files(tmp_path / "fresh")


def test_when_the_far_key_frame_moves_over_equal_plates_then_the_header_tells_the_new_one(tmp_path, tiny_file):
    shot = timeline_shot(tmp_path, tiny_file)
    shot = replace(shot, settings=replace(shot.settings, direction="forward"))
    for frame in FRAMES:
        (tmp_path / f"plate.{frame}.exr").write_bytes((tmp_path / "plate.1001.exr").read_bytes())
    same = write_mask(tmp_path / "same.exr", mask_at(1001))
    first = replace(shot, key_frames=(KeyFrame(1001, same), KeyFrame(1010, same)))
    moved = replace(shot, key_frames=(KeyFrame(1001, same), KeyFrame(1008, same)))
    run_all(first)
    run_all(moved)
    assert files(tmp_path / "out") == undisturbed(moved, tmp_path / "again")


def test_when_a_mask_changes_during_the_run_then_it_is_told(tmp_path, shot):
    events = penumbra.run(shot)
    next(event for event in events if isinstance(event, Opened))
    write_mask(tmp_path / "key.1007.exr", mask_at(1001))
    with pytest.raises(FileError, match=r"key.1007.exr has changed since the run began"):
        list(events)


def test_when_the_alphas_that_wait_go_in_the_second_pass_then_it_is_told_and_the_next_run_makes_them_again(
    tmp_path, tiny_file
):
    frames = range(1001, 1041)
    shot = timeline_shot(tmp_path, tiny_file, keys_on(tmp_path, (1001, 1040)), frames)
    events = penumbra.run(shot)
    next(event for event in events if isinstance(event, FrameDone) and event.frame == 1040 - 1)
    for path in (tmp_path / "out" / ".penumbra").rglob("held/*.exr"):
        path.unlink(missing_ok=True)
    with pytest.raises(FileError, match=r"What waited of frame .* for the second pass cannot be read any more"):
        list(events)
    run_all(shot)
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


def test_when_a_run_was_killed_while_an_alpha_was_written_then_a_day_later_its_half_is_taken_away(tmp_path, shot):
    run_until(shot, 3)
    (held,) = (tmp_path / "out" / ".penumbra").rglob("held")
    left = held / ".forward.1003.12345678.1004.exr.77.part"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    run_all(shot)
    assert not left.exists()
