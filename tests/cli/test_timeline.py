"""Key frames, approved frames, objects that come and go, directions, and parts of a shot, from the command line."""

import threading

import numpy as np
import pytest

import penumbra as api
from penumbra.engine import Progress
from penumbra.shot import KeyFrame, Presence, Shot
from tests.engine.shots import FRAMES, SIZE, a_mask, alpha_of, files, write_mask
from tests.pictures import read_exr_file


@pytest.fixture
def rotos(order):
    """Masks of the frames 1003 and 1006, beside that of 1001."""
    for frame, turned in ((1003, a_mask()[::-1].copy()), (1006, a_mask()[:, ::-1].copy())):
        write_mask(order.folder / f"roto.{frame}.exr", turned)
    return order.folder / "roto.####.exr"


def saved(order, penumbra, *line):
    """The shot that a line orders."""
    file = order.folder / "saved.json"
    done = penumbra(*line, "--save-shot", file)
    assert done.code == 0, done.err
    return Shot.load(file), done


def test_when_several_masks_are_given_then_each_is_a_key_frame(penumbra, order, rotos):
    shot, done = saved(order, penumbra, *order.line(mask=f"1001,1003={rotos}"), "--approved", f"1006={rotos}")
    assert [(key.frame, key.kind) for key in shot.key_frames] == [(1001, "guide"), (1003, "guide"), (1006, "approved")]
    assert f"Key frame: 1003, {order.folder / 'roto.1003.exr'}" in done.out
    assert f"Approved frame: 1006, {order.folder / 'roto.1006.exr'}" in done.out
    assert len(files(order.out)) == len(FRAMES)


def test_when_the_line_the_file_and_python_order_the_same_then_their_bytes_are_equal(penumbra, order, rotos):
    line = [*order.line(mask=f"1001,1003={rotos}"), "--approved", f"1006={rotos}"]
    shot, _ = saved(order, penumbra, *line)
    expected = files(order.out)
    for name in ("a.yaml", "b.json"):
        shot.save(order.folder / name)
        assert penumbra("matte", order.folder / name, "--out", order.folder / name[0] / "matte.####.exr").code == 0
        assert files(order.folder / name[0]) == expected
    for path in order.out.glob("*.exr"):
        path.unlink()
    list(api.run(shot))
    assert files(order.out) == expected


def test_when_a_frame_is_approved_then_its_alpha_comes_back_exactly(penumbra, order, rotos):
    matte = np.random.default_rng(5).random((SIZE[1], SIZE[0]), np.float32)
    write_mask(order.folder / "approved.1004.exr", matte)
    line = order.line("--float", "--approved", f"1004={order.folder / 'approved.1004.exr'}")
    assert penumbra(*line).code == 0
    np.testing.assert_array_equal(alpha_of(order.out / "matte.1004.exr"), matte)


def test_when_objects_enter_and_leave_then_the_order_says_so(penumbra, order, rotos):
    line = [
        *order.line(mask=None), "--object", "hero", "--mask", f"1001,1006={rotos}",
        "--object", "dog", "--in", 1002, "--out", 1004, "--mask", f"1003={rotos}",
    ]  # fmt: skip
    shot, done = saved(order, penumbra, *line)
    assert shot.presences == (Presence("dog", 1002, 1004),)
    assert shot.key_frames[-1] == KeyFrame(1003, order.folder / "roto.1003.exr", object="dog")
    assert "dog is in the shot from 1002 until 1004." in done.out
    assert not read_exr_file(order.out / "matte.1005.exr")[0]["dog.A"].any()
    assert read_exr_file(order.out / "matte.1003.exr")[0]["dog.A"].any()
    later, _ = saved(order, penumbra, order.line()[0], order.folder / "saved.json", "--object", "dog", "--in", 1003)
    assert later.presences == (Presence("dog", 1003, 1004),)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--in", 1002), "--in 1002 says no object's name."),
        (("--out", 1002), "--out 1002 says no object's name."),
        (("--out", "another.####.exr"), "--out says"),
        (("--object", "hero", "--in", 1002), "The object hero has no mask."),
        (("--mask", "1002=a.exr"), "a.exr"),
        (("--approved", "1001=a.exr"), "on frame 1001 is given twice"),
        (("--approved", "1002-1004=a.exr"), "would be the mask of 3 frames"),
        (("--only", "1005-1010"), "The frames 1005-1010 are not all in the shot, which is 1001-1006."),
        (("--snapshots", "much"), "--snapshots must be a size, not 'much'."),
    ],
)
def test_when_the_line_contradicts_itself_then_it_is_told(refused, order, words, said):
    assert said in refused(2 if said != "a.exr" else 3, *order.line(*words))


def test_when_an_object_leaves_before_its_mask_then_it_is_told(refused, order):
    mask = f"1001={order.folder / 'roto.1001.exr'}"
    line = [*order.line(mask=None), "--object", "hero", "--in", 1003, "--mask", mask]
    assert "is on frame 1001, where hero is not in the shot" in refused(2, *line)


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_when_a_direction_is_forced_then_it_is_another_matte_between_the_keys_and_the_same_beyond(
    penumbra, order, rotos, direction
):
    assert penumbra(*order.line(mask=f"1001,1003={rotos}")).code == 0
    both = files(order.out)
    assert penumbra(*order.line("--direction", direction, mask=f"1001,1003={rotos}")).code == 0
    changed = {name for name, content in files(order.out).items() if content != both[name]}
    assert changed == {"matte.1002.exr"}


def test_when_only_some_frames_are_asked_for_then_they_alone_are_made(penumbra, order):
    done = penumbra(*order.line("--only", "1003-1004"))
    assert done.code == 0
    assert list(files(order.out)) == ["matte.1003.exr", "matte.1004.exr"]
    assert "2 mattes written" in done.out


def test_when_room_for_memory_is_little_then_the_newest_alone_is_kept(penumbra, order):
    assert penumbra(*order.line("--snapshots", "1kB")).code == 0
    assert len(list((order.out / ".penumbra").rglob("*.safetensors"))) == 1


def test_when_another_run_is_at_work_then_the_second_says_who_and_with_wait_it_waits(penumbra, order):
    first = api.run(order.shot)
    next(event for event in first if isinstance(event, Progress) and event.done == 2 and not event.looking)
    done = penumbra(*order.line())
    assert done.code == 4
    assert "Another run makes" in done.err
    assert "since" in done.err
    late = threading.Timer(1.5, first.close)
    late.start()
    done = penumbra(*order.line("--wait"))
    late.join()
    assert done.code == 0, done.err
    assert "Waiting for process" in done.out
    assert len(files(order.out)) == len(FRAMES)


def test_when_a_file_gets_a_mask_of_one_object_then_the_others_keep_theirs(penumbra, order, rotos):
    line = [*order.line(mask=None), "--object", "hero", "--mask", f"1001,1006={rotos}", "--object", "dog"]
    before, _ = saved(order, penumbra, *line, "--mask", f"1003={rotos}", "--in", 1002)
    again = ["matte", order.folder / "saved.json", "--object", "dog", "--mask", f"1006={rotos}"]
    after, _ = saved(order, penumbra, *again)
    assert after.keys_of("hero") == before.keys_of("hero")
    assert [key.frame for key in after.keys_of("dog")] == [1006]
    assert after.presences == before.presences


def test_when_an_approved_matte_has_values_outside_0_and_1_then_it_is_said(penumbra, order):
    matte = a_mask() * 1.5
    write_mask(order.folder / "approved.1004.exr", matte)
    done = penumbra(*order.line("--float", "--approved", f"1004={order.folder / 'approved.1004.exr'}"))
    assert "has values below 0 or above 1, which were cut." in done.out
    np.testing.assert_array_equal(alpha_of(order.out / "matte.1004.exr"), np.clip(matte, 0, 1))


def test_when_there_shall_be_no_snapshots_then_there_are_none(penumbra, order):
    assert penumbra(*order.line("--snapshots", "0")).code == 0
    assert not list((order.out / ".penumbra").rglob("*.safetensors"))


def test_when_two_ways_to_write_a_name_mean_the_same_files_then_they_are_one_output(penumbra, order):
    first = api.run(order.shot)
    next(event for event in first if isinstance(event, Progress) and event.done == 1 and not event.looking)
    done = penumbra(*order.line(out=order.out / "matte.#.exr"))
    first.close()
    assert done.code == 4
    assert "Another run makes" in done.err
