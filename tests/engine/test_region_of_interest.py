"""The region of interest: a box, or where the subject is."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from penumbra.engine import Progress
from penumbra.engine.opened import open_shot
from penumbra.engine.regions import _touching
from penumbra.errors import InputError
from penumbra.image import Window, around
from penumbra.shot import Delivery, FrameRange
from tests.engine.shots import alpha_of, files, light, make_shot, notices, run_all, run_until, write_mask, written
from tests.pictures import write_exr_file

SIZE = (160, 96)
FRAMES = range(1001, 1007)


def small_mask():
    mask = np.zeros((SIZE[1], SIZE[0]), np.float32)
    mask[40:56, 60:84] = 1
    return mask


@pytest.fixture
def shot(tmp_path, tiny_file):
    made = make_shot(tmp_path, tiny_file, FRAMES, key=1003, size=SIZE)
    write_mask(made.key_frames[0].path, small_mask())
    return made


def with_roi(shot, roi, **settings):
    return replace(shot, settings=replace(shot.settings, roi=roi, **settings))


def alphas(folder):
    return {frame: alpha_of(folder / "out" / f"matte.{frame}.exr") for frame in FRAMES}


def test_when_a_box_is_given_then_the_matte_is_of_the_plate_s_size_and_empty_around_it(tmp_path, shot):
    run_all(with_roi(shot, "48,32,112,64"))
    for alpha in alphas(tmp_path).values():
        assert alpha.shape == (96, 160)
        inside = alpha[32:64, 48:112].copy()
        assert inside.max() > 0.01
        alpha[32:64, 48:112] = 0
        assert alpha.max() == 0


def test_when_a_box_is_given_then_what_is_outside_cannot_matter(tmp_path, shot):
    run_all(with_roi(shot, "48,32,112,64"))
    before = alphas(tmp_path)
    for frame in FRAMES:
        changed = light(frame, SIZE)
        changed[:30] = 0
        changed[70:] = 7
        write_exr_file(tmp_path / f"plate.{frame}.exr", {"RGB": changed})
    run_all(with_roi(shot, "48,32,112,64"))
    for frame, alpha in alphas(tmp_path).items():
        np.testing.assert_array_equal(alpha, before[frame])


def test_when_a_box_reaches_over_the_frame_s_edge_then_only_what_is_inside_counts(tmp_path, shot):
    run_all(with_roi(shot, "48,-50,1000,64"))
    over = files(tmp_path / "out")
    run_all(with_roi(replace(shot, delivery=Delivery(tmp_path / "b" / "matte.####.exr")), "48,0,160,64"))
    for name in over:
        np.testing.assert_array_equal(alpha_of(tmp_path / "out" / name), alpha_of(tmp_path / "b" / name))


@pytest.mark.parametrize(
    ("roi", "said"),
    [
        ("500,0,600,50", "lies outside the plate, which is 160x96"),
        ("0,0,20,20", "mask of frame 1003 has nothing in the region of interest"),
    ],
)
def test_when_a_box_holds_nothing_of_the_subject_then_it_is_refused_before_anything_is_done(tmp_path, shot, roi, said):
    with pytest.raises(InputError, match=said):
        run_all(with_roi(shot, roi))
    assert not (tmp_path / "out").exists()


def test_when_a_box_cuts_the_mask_then_this_is_said(shot):
    assert "The mask of frame 1003 reaches out of the region of interest" in notices(
        run_all(with_roi(shot, "0,0,70,96"))
    )


def kept(folder):
    places = sorted((folder / "out" / ".penumbra").rglob("region.*.json"))
    named = {"1003-1006": "forward", "1001-1002": "backward"}
    return {named[path.name.split(".")[1]]: json.loads(path.read_text()) for path in places}


def test_when_the_mask_decides_then_each_pass_has_a_region_that_holds_it_and_is_kept(tmp_path, shot):
    events = run_all(with_roi(shot, "mask"))
    assert written(events) == [1003, 1004, 1005, 1006, 1002, 1001]
    regions = kept(tmp_path)
    assert regions.keys() == {"forward", "backward"}
    for region in regions.values():
        x, y, width, height = region["box"]
        assert x <= 60 - 16
        assert y <= 40 - 16
        assert x + width >= 84 + 16
        assert y + height >= 56 + 16
        assert x >= 0
        assert x + width <= 160
    assert "Region of interest, 1003-1006: " in notices(events)
    looked = [event for event in events if isinstance(event, Progress) and event.stage == "subject"]
    assert looked, "the first look tells how far it is"


def test_when_the_shot_runs_again_then_the_region_is_not_looked_for_again(tmp_path, shot):
    run_all(with_roi(shot, "mask"))
    first = files(tmp_path / "out")
    again = run_all(with_roi(shot, "mask"))
    assert not [event for event in again if isinstance(event, Progress) and event.stage == "subject"]
    assert files(tmp_path / "out") == first


def test_when_the_run_is_stopped_and_the_region_is_lost_or_broken_then_the_mattes_are_the_same(tmp_path, shot):
    order = with_roi(shot, "mask")
    run_all(replace(order, delivery=Delivery(tmp_path / "whole" / "matte.####.exr")))
    run_until(order, 2)
    (region,) = (tmp_path / "out" / ".penumbra").rglob("region.1003-1006.json")
    region.write_text('{"box": [1, 2')
    run_all(order)
    assert files(tmp_path / "out") == files(tmp_path / "whole")


@pytest.mark.parametrize("box", [[0, 0, 0, 0], [-999, 0, 5000, 5000], [1, 2, 3]])
def test_when_the_kept_region_cannot_be_one_then_it_is_looked_for_again(tmp_path, shot, box):
    order = with_roi(shot, "mask")
    run_all(order)
    before = kept(tmp_path)
    (region,) = (tmp_path / "out" / ".penumbra").rglob("region.1003-1006.json")
    region.write_text(json.dumps(before["forward"] | {"box": box}))
    assert not written(run_all(order))
    assert kept(tmp_path) == before


def test_when_a_plate_changes_then_the_region_is_looked_for_again(tmp_path, shot):
    run_all(with_roi(shot, "mask"))
    before = kept(tmp_path)
    write_exr_file(tmp_path / "plate.1001.exr", {"RGB": light(77, SIZE)})
    events = run_all(with_roi(shot, "mask"))
    assert [event for event in events if isinstance(event, Progress) and event.stage == "subject"]
    assert kept(tmp_path)["backward"]["of"] != before["backward"]["of"]
    assert kept(tmp_path)["forward"] == before["forward"]


def test_when_the_region_is_small_then_fewer_pixels_go_through_the_network(shot):
    opened = open_shot(with_roi(shot, "48,32,112,64"), "cpu")
    region = opened.region(opened.roi)
    assert region.view == (32, 64)
    assert opened.region(opened.canvas).view == (96, 160)


def region_after(seen_frames):
    """The box that is followed through frames of what is seen."""
    canvas = Window(0, 0, 60, 40)
    last = around(seen_frames[0], canvas)
    for seen in seen_frames[1:]:
        last = around(_touching(seen, last, canvas), canvas) or last
    return last


def seen(*boxes):
    flags = np.zeros((20, 30), bool)
    for rows, columns in boxes:
        flags[rows, columns] = True
    return flags


def test_when_specks_are_seen_far_from_the_subject_then_they_do_not_count():
    subject, moved = (slice(4, 10), slice(5, 12)), (slice(5, 11), slice(9, 15))
    speck = (slice(18, 19), slice(27, 29))
    assert region_after([seen(subject), seen(moved, speck)]) == Window.between(18, 10, 30, 22)


def test_when_the_subject_is_hidden_for_a_while_then_the_box_stays_where_it_was_last():
    subject = (slice(4, 10), slice(5, 12))
    assert region_after([seen(subject), seen(), seen()]) == Window.between(10, 8, 24, 20)
    assert region_after([seen(subject), seen(), seen((slice(8, 14), slice(10, 20)))]) == Window.between(20, 16, 40, 28)


def test_when_the_roto_has_a_haze_around_it_then_only_the_shape_counts(tmp_path, shot):
    run_all(with_roi(shot, "mask"))
    plain = kept(tmp_path)["forward"]["box"]
    write_mask(shot.key_frames[0].path, np.maximum(small_mask(), 1e-4))
    run_all(with_roi(shot, "mask"))
    hazy = kept(tmp_path)["forward"]["box"]
    assert hazy[2] * hazy[3] <= 1.3 * plain[2] * plain[3]


def test_when_the_region_is_told_then_so_is_the_size_at_which_it_is_seen(shot):
    assert re.search(
        r"Region of interest, 1003-1006: \S+, \d+% of the plate, seen at \d+x\d+",
        notices(run_all(with_roi(shot, "mask"))),
    )


def test_when_the_region_is_nearly_all_of_the_plate_then_it_is_said_that_nothing_is_gained(tmp_path, shot):
    write_mask(shot.key_frames[0].path, np.pad(np.ones((92, 156), np.float32), 2))
    assert "nothing is gained by it." in notices(run_all(with_roi(shot, "mask")))
    write_mask(shot.key_frames[0].path, small_mask())
    assert "nothing is gained" not in notices(run_all(with_roi(replace(shot, frames=FrameRange(1003, 1003)), "mask")))
