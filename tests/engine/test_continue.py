"""Run again: the same bytes, and nothing made twice that need not be."""

import os
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import penumbra
from penumbra.engine.kept.snapshots import EVERY
from penumbra.shot import FrameRange, Shot
from tests.engine.shots import (
    a_mask,
    files,
    make_shot,
    notices,
    run_all,
    run_until,
    through,
    times,
    write_mask,
    written,
)
from tests.models import save_tiny

FRAMES = range(1001, 1009)


def without_a_look(shot: Shot) -> Shot:
    """Not looked over for cuts, which finds broken plates before the first frame, and takes noise for many scenes."""
    return replace(shot, settings=replace(shot.settings, across_cuts=True))


def elsewhere(shot: Shot, folder: Path) -> Shot:
    """The same order into another folder."""
    return replace(shot, delivery=replace(shot.delivery, out=folder / "matte.####.exr"))


def undisturbed(shot: Shot, folder: Path) -> dict[str, bytes]:
    run_all(elsewhere(shot, folder))
    return files(folder)


def test_when_a_shot_is_run_twice_into_two_folders_then_files_are_equal_byte_for_byte(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES, key=1004)
    run_all(shot)
    assert len(files(tmp_path / "out")) == len(FRAMES)
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


def test_when_all_is_done_then_running_again_writes_nothing_and_says_so(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES, key=1004)
    run_all(shot)
    before = times(tmp_path / "out")
    events = run_all(shot)
    assert written(events) == []
    assert through(events) == 0
    assert "8 of 8 frames are there already and up to date." in notices(events)
    assert times(tmp_path / "out") == before


@pytest.mark.parametrize("count", [1, 4, 7])
def test_when_a_run_is_stopped_and_continued_then_it_goes_on_from_there_with_the_same_bytes(tmp_path, tiny_file, count):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    run_until(shot, count)
    before = times(tmp_path / "out")
    assert list(before) == [f"matte.{frame}.exr" for frame in FRAMES[:count]]
    events = run_all(shot)
    assert {name: time for name, time in times(tmp_path / "out").items() if name in before} == before
    assert written(events) == list(FRAMES[count:])
    assert through(events) == len(FRAMES) - count  # the memory was kept: no frame goes through twice
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


def test_when_a_run_is_stopped_then_no_half_written_file_is_left(tmp_path, tiny_file):
    run_until(make_shot(tmp_path, tiny_file, FRAMES), 3)
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("count", [1, 3, 4, 5, 7])
def test_when_the_mask_is_in_the_middle_then_a_stop_in_either_pass_changes_nothing(tmp_path, tiny_file, count):
    shot = make_shot(tmp_path, tiny_file, FRAMES, key=1005)
    order = [1005, 1006, 1007, 1008, 1004, 1003, 1002, 1001]
    run_until(shot, count)
    assert list(files(tmp_path / "out")) == [f"matte.{frame}.exr" for frame in sorted(order[:count])]
    events = run_all(shot)
    assert written(events) == order[count:]
    assert through(events) == len(FRAMES) - count
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


def test_when_a_run_is_stopped_after_every_frame_then_nothing_changes(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES, key=1004)
    for _ in FRAMES:
        run_until(shot, 1)
    assert written(run_all(shot)) == []
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


def test_when_a_run_is_stopped_before_its_first_frame_then_nothing_is_written(tmp_path, tiny_file):
    with closing(penumbra.run(make_shot(tmp_path, tiny_file, FRAMES))) as events:
        next(events)
    assert not (tmp_path / "out").exists()


def test_when_a_run_breaks_off_then_it_goes_on_from_there(tmp_path, tiny_file):
    frames = range(1001, 1001 + EVERY + 5)
    shot = without_a_look(make_shot(tmp_path, tiny_file, frames))
    plate = tmp_path / f"plate.{frames[-2]}.exr"
    whole = plate.read_bytes()
    plate.write_bytes(whole[:-500])
    with pytest.raises(penumbra.errors.FileError):
        run_all(shot)
    assert len(files(tmp_path / "out")) == len(frames) - 2
    plate.write_bytes(whole)
    assert through(run_all(shot)) == 2  # memory was kept when it broke off, too
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


def test_when_a_run_breaks_off_after_a_change_then_the_memory_from_before_it_does_not_serve(tmp_path, tiny_file):
    shot = without_a_look(make_shot(tmp_path, tiny_file, FRAMES))
    run_until(shot, 4)
    other = replace(shot, settings=replace(shot.settings, warmup=3))
    plate = tmp_path / "plate.1007.exr"
    whole = plate.read_bytes()
    plate.write_bytes(whole[:-500])
    with pytest.raises(penumbra.errors.FileError):
        run_all(other)
    plate.write_bytes(whole)
    events = run_all(other)
    assert written(events) == [1007, 1008]
    assert through(events) == 2  # from its own memory
    assert files(tmp_path / "out") == undisturbed(other, tmp_path / "again")


@pytest.mark.parametrize("gone", [1001, 1004, 1006])
def test_when_a_matte_is_deleted_then_it_alone_is_made_again_with_the_same_bytes(tmp_path, tiny_file, gone):
    shot = make_shot(tmp_path, tiny_file, FRAMES, key=1004)
    run_all(shot)
    before, contents = times(tmp_path / "out"), files(tmp_path / "out")
    (tmp_path / "out" / f"matte.{gone}.exr").unlink()
    assert written(run_all(shot)) == [gone]
    assert files(tmp_path / "out") == contents
    after = times(tmp_path / "out")
    assert {name for name in after if after[name] != before[name]} == {f"matte.{gone}.exr"}


def test_when_a_matte_is_cut_short_or_another_program_s_then_it_is_made_again(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    run_all(shot)
    contents = files(tmp_path / "out")
    (tmp_path / "out" / "matte.1002.exr").write_bytes(contents["matte.1002.exr"][:-100])
    (tmp_path / "out" / "matte.1003.exr").write_bytes(b"")
    (tmp_path / "out" / "matte.1005.exr").write_bytes((tmp_path / "plate.1005.exr").read_bytes())
    assert written(run_all(shot)) == [1002, 1003, 1005]
    assert files(tmp_path / "out") == contents


@pytest.mark.parametrize(
    ("key", "changed", "redone"),
    [
        (1001, 1006, [1006, 1007, 1008]),
        (1005, 1003, [1001, 1002, 1003]),
        (1005, 1007, [1007, 1008]),
        (1008, 1008, FRAMES),
    ],
)
def test_when_a_plate_changes_then_the_mattes_from_there_on_are_made_again(tmp_path, tiny_file, key, changed, redone):
    shot = without_a_look(make_shot(tmp_path, tiny_file, FRAMES, key=key))
    run_all(shot)
    before = files(tmp_path / "out")
    other = (tmp_path / "plate.1002.exr").read_bytes()
    assert other != (tmp_path / f"plate.{changed}.exr").read_bytes()
    (tmp_path / f"plate.{changed}.exr").write_bytes(other)
    assert sorted(written(run_all(shot))) == list(redone)
    after = files(tmp_path / "out")
    assert {name for name in after if after[name] != before[name]} == {f"matte.{frame}.exr" for frame in redone}
    assert after == undisturbed(shot, tmp_path / "again")


def test_when_plates_are_only_touched_then_nothing_is_made_again(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    run_all(shot)
    for frame in FRAMES:
        os.utime(tmp_path / f"plate.{frame}.exr", (1e9, 1e9))
    os.utime(tmp_path / "roto.1001.exr", (1e9, 1e9))
    assert written(run_all(shot)) == []


def test_when_the_mask_changes_then_all_mattes_are_made_again(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    run_all(shot)
    before = files(tmp_path / "out")
    write_mask(tmp_path / "roto.1001.exr", a_mask()[::-1, ::-1].copy())
    assert written(run_all(shot)) == list(FRAMES)
    assert all(content != before[name] for name, content in files(tmp_path / "out").items())
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


@pytest.mark.parametrize("changed", [{"warmup": 3}, {"process_size": 16}, {"colorspace": "srgb"}])
def test_when_a_setting_changes_after_a_stop_then_all_mattes_are_made_with_it(tmp_path, tiny_file, changed):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    run_until(shot, 4)
    other = replace(shot, settings=replace(shot.settings, **changed))
    assert written(run_all(other)) == list(FRAMES)
    assert files(tmp_path / "out") == undisturbed(other, tmp_path / "again")


def test_when_the_model_s_file_is_another_then_all_mattes_are_made_again(tmp_path, tiny_file):
    model = shutil.copyfile(tiny_file, tmp_path / "model.safetensors")
    shot = make_shot(tmp_path, model, FRAMES)
    run_until(shot, 4)
    save_tiny(model, seed=1)
    assert written(run_all(shot)) == list(FRAMES)
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


def test_when_another_delivery_is_asked_for_then_all_mattes_are_written_again(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    run_all(shot)
    in_float = replace(shot, delivery=replace(shot.delivery, pixel_type="float"))
    assert written(run_all(in_float)) == list(FRAMES)


def test_when_the_range_grows_then_only_the_new_frames_are_made(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES, key=1004)
    run_all(replace(shot, frames=FrameRange(1003, 1006)))
    events = run_all(shot)
    assert sorted(written(events)) == [1001, 1002, 1007, 1008]
    assert through(events) == 4
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "deleted"])
def test_when_the_kept_memory_is_damaged_then_the_run_begins_at_the_key_frame(tmp_path, tiny_file, damage):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    run_until(shot, 4)
    (snapshot,) = (tmp_path / "out" / ".penumbra").rglob("*.safetensors")
    contents = {"empty": b"", "cut": snapshot.read_bytes()[:-100], "text": b"not a snapshot"}
    snapshot.unlink()
    if damage in contents:
        snapshot.write_bytes(contents[damage])
    events = run_all(shot)
    assert through(events) == len(FRAMES)
    assert written(events) == list(FRAMES[4:])
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


def test_when_another_run_replaces_the_kept_memory_meanwhile_then_the_run_begins_at_the_key_frame(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    run_until(shot, 4)
    (snapshot,) = (tmp_path / "out" / ".penumbra").rglob("*.safetensors")
    snapshot.unlink()
    snapshot.symlink_to(tmp_path / "gone")  # listed, and no more there when it is looked at
    assert written(run_all(shot)) == list(FRAMES[4:])
    assert files(tmp_path / "out") == undisturbed(shot, tmp_path / "again")


def test_when_two_shots_share_a_folder_then_neither_takes_the_other_s_memory(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    other = replace(
        shot,
        settings=replace(shot.settings, warmup=2),
        delivery=replace(shot.delivery, out=tmp_path / "out" / "other.####.exr"),
    )
    run_until(shot, 3)
    run_until(other, 4)
    assert written(run_all(shot)) == list(FRAMES[3:])
    assert through(run_all(other)) == len(FRAMES) - 4
    assert files(tmp_path / "out") == {
        **undisturbed(shot, tmp_path / "again"),
        **{name.replace("matte", "other"): data for name, data in undisturbed(other, tmp_path / "b").items()},
    }


def test_when_a_killed_run_left_a_half_written_matte_a_day_ago_then_the_next_run_takes_it_away(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    (tmp_path / "out").mkdir()
    left, young = (tmp_path / "out" / f".matte.{frame}.exr.1.part" for frame in (1001, 1002))
    for path in (left, young):
        path.write_bytes(b"half")
    os.utime(left, (0, 0))
    run_all(shot)
    assert not left.exists()
    assert young.exists()  # another machine may be at work on it


def test_when_a_plate_is_broken_then_it_is_told_before_anything_is_made(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, FRAMES)
    plate = tmp_path / "plate.1007.exr"
    plate.write_bytes(plate.read_bytes()[:-500])
    with pytest.raises(penumbra.errors.FileError, match="Frame 1007"):
        run_all(shot)
    assert not files(tmp_path / "out")
