"""Cuts in the plate: found, told, and never followed across without the person's word."""

import os
from dataclasses import replace

import numpy as np
import pytest

import penumbra
from penumbra.engine import Progress
from penumbra.errors import InputError, PenumbraError
from penumbra.plates import PlateSource
from penumbra.shot import FrameRange, KeyFrame, Presence
from tests.engine.shots import files, make_shot, notices, run_all, write_mask, written
from tests.pictures import write_exr_file

SIZE = (160, 96)
FRAMES = range(1001, 1017)
CUT = 1008  # the last frame of the first scene


def scene(seed, frame):
    """Large soft shapes that drift a little, in colors of their own, with a little grain."""
    dice = np.random.default_rng(seed)
    y, x = np.mgrid[: SIZE[1], : SIZE[0]] / SIZE[1]
    picture = np.zeros((SIZE[1], SIZE[0], 3))
    for _ in range(6):
        cx, cy, size = dice.uniform(0, 1.6), dice.uniform(0, 1), dice.uniform(0.1, 0.4)
        color = dice.uniform(0, 1, 3)
        picture += color * np.exp(-((x - cx - 0.004 * (frame - 1001)) ** 2 + (y - cy) ** 2) / size**2)[..., None]
    grain = np.random.default_rng(frame).normal(0, 0.01, picture.shape)
    return np.maximum(picture * 0.4 + 0.02 + grain, 0).astype(np.float16)


def box(left):
    mask = np.zeros((SIZE[1], SIZE[0]), np.float32)
    mask[30:70, left : left + 40] = 1
    return mask


@pytest.fixture
def shot(tmp_path, tiny_file):
    """Two scenes, and a key frame in the first."""
    made = make_shot(tmp_path, tiny_file, FRAMES, size=SIZE)
    for frame in FRAMES:
        write_exr_file(tmp_path / f"plate.{frame}.exr", {"RGB": scene(1 if frame <= CUT else 2, frame)})
    return made


def with_keys(shot, *frames, name=None):
    folder = shot.plate.parent
    keys = [KeyFrame(frame, write_mask(folder / f"key.{frame}.exr", box(frame % 100)), object=name) for frame in frames]
    return replace(shot, key_frames=tuple(keys))


def test_when_frames_lie_beyond_a_cut_then_they_are_refused_before_anything_is_made(tmp_path, shot):
    with pytest.raises(InputError) as caught:
        run_all(shot)
    assert str(caught.value) == (
        "Frames 1009-1016 lie beyond a cut in the plate, and no key frame is among them. Give a mask there, leave "
        "these frames out, or, if it is no cut, add --across-cuts."
    )
    assert not list((tmp_path / "out").glob("*.exr"))


def test_when_the_person_says_so_then_the_cut_is_crossed(shot):
    events = run_all(replace(shot, settings=replace(shot.settings, across_cuts=True)))
    assert written(events) == list(FRAMES)
    assert "cut" not in notices(events)
    assert not [event for event in events if isinstance(event, Progress) and event.stage == "cuts"]


def test_when_the_range_ends_at_the_cut_then_nothing_is_said_of_it(shot):
    events = run_all(replace(shot, frames=FrameRange(1001, CUT)))
    assert written(events) == list(range(1001, CUT + 1))
    assert "cut" not in notices(events)


def test_when_each_scene_has_a_key_frame_then_neither_side_changes_the_other(tmp_path, shot):
    both = with_keys(shot, 1004, 1012)
    events = run_all(both)
    assert "There is a cut between 1008 and 1009: the subject is not followed across it." in notices(events)
    assert sorted(written(events)) == list(FRAMES)
    first = replace(both, key_frames=both.key_frames[:1], frames=FrameRange(1001, CUT))
    second = replace(both, key_frames=both.key_frames[1:], frames=FrameRange(CUT + 1, 1016))
    for part in (first, second):
        run_all(replace(part, delivery=replace(part.delivery, out=tmp_path / "parts" / "matte.####.exr")))
    assert files(tmp_path / "out") == files(tmp_path / "parts")


def test_when_a_mask_beyond_the_cut_changes_then_only_its_scene_is_made_again(tmp_path, shot):
    both = with_keys(shot, 1004, 1012)
    run_all(both)
    write_mask(tmp_path / "key.1012.exr", box(90))
    assert sorted(written(run_all(both))) == list(range(CUT + 1, 1017))


def test_when_an_object_leaves_before_the_cut_then_it_needs_no_key_frame_behind_it(tmp_path, shot):
    left = replace(with_keys(shot, 1004, name="hero"), presences=(Presence("hero", None, CUT),))
    assert sorted(written(run_all(left))) == list(FRAMES)
    stays = replace(left, presences=(Presence("hero", None, CUT + 1),))
    with pytest.raises(PenumbraError, match="Frame 1009 lies beyond a cut in the plate, and no key frame of hero is"):
        run_all(stays)


def test_when_the_shot_runs_again_then_its_plates_are_not_looked_at_again(shot, monkeypatch):
    both = with_keys(shot, 1004, 1012)
    old = 10**9
    for frame in FRAMES:
        os.utime(shot.plate.parent / f"plate.{frame}.exr", (old, old))
    run_all(both)
    asked = []
    glimpse = PlateSource.glimpse
    monkeypatch.setattr(PlateSource, "glimpse", lambda self, frame: asked.append(frame) or glimpse(self, frame))
    write_exr_file(shot.plate.parent / "plate.1016.exr", {"RGB": scene(2, 1017)})
    events = run_all(both)
    assert "There is a cut between 1008 and 1009" in notices(events)
    assert 1016 in asked


def test_when_only_frames_before_the_cut_are_asked_for_then_what_lies_beyond_does_not_matter(shot):
    assert written(penumbra.run(shot, only=FrameRange(1002, CUT))) == list(range(1002, CUT + 1))


def test_when_another_layer_has_a_cut_then_glimpses_of_the_first_do_not_hide_it(tmp_path, tiny_file):
    made = make_shot(tmp_path, tiny_file, FRAMES, size=SIZE)
    for frame in FRAMES:
        layers = {"RGB": scene(1, frame), "fg": scene(1 if frame <= CUT else 2, frame)}
        os.utime(write_exr_file(tmp_path / f"plate.{frame}.exr", layers), (10**9, 10**9))
    run_all(made)
    with pytest.raises(InputError, match="Frames 1009-1016 lie beyond a cut"):
        run_all(replace(made, settings=replace(made.settings, layer="fg")))
