"""The region of interest: a box, or where the subject is."""

import json
from dataclasses import replace

import numpy as np
import pytest

from penumbra.engine import Progress
from penumbra.engine.opened import open_shot
from penumbra.errors import InputError
from penumbra.shot import Delivery
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
    return {path.name.split(".")[1]: json.loads(path.read_text()) for path in places}


def test_when_the_mask_decides_then_each_pass_has_a_region_that_holds_it_and_is_kept(tmp_path, shot):
    events = run_all(with_roi(shot, "mask"))
    assert written(events) == [1003, 1004, 1005, 1006, 1002, 1001]
    regions = kept(tmp_path)
    assert regions.keys() == {"forward", "backward"}
    for region in regions.values():
        x, y, width, height = region["box"]
        assert x <= 60 - 24
        assert y <= 40 - 24
        assert x + width >= 84 + 24
        assert y + height >= 56 + 24
        assert x >= 0
        assert x + width <= 160
    assert "Region of interest, forward: " in notices(events)
    looked = [event for event in events if isinstance(event, Progress) and event.looking]
    assert looked, "the first look tells how far it is"


def test_when_the_shot_runs_again_then_the_region_is_not_looked_for_again(tmp_path, shot):
    run_all(with_roi(shot, "mask"))
    first = files(tmp_path / "out")
    again = run_all(with_roi(shot, "mask"))
    assert not [event for event in again if isinstance(event, Progress)]
    assert files(tmp_path / "out") == first


def test_when_the_run_is_stopped_and_the_region_is_lost_or_broken_then_the_mattes_are_the_same(tmp_path, shot):
    order = with_roi(shot, "mask")
    run_all(replace(order, delivery=Delivery(tmp_path / "whole" / "matte.####.exr")))
    run_until(order, 2)
    (region,) = (tmp_path / "out" / ".penumbra").rglob("region.forward.json")
    region.write_text('{"box": [1, 2')
    run_all(order)
    assert files(tmp_path / "out") == files(tmp_path / "whole")


def test_when_a_plate_changes_then_the_region_is_looked_for_again(tmp_path, shot):
    run_all(with_roi(shot, "mask"))
    before = kept(tmp_path)
    write_exr_file(tmp_path / "plate.1001.exr", {"RGB": light(77, SIZE)})
    events = run_all(with_roi(shot, "mask"))
    assert [event for event in events if isinstance(event, Progress) and event.looking]
    assert kept(tmp_path)["backward"]["of"] != before["backward"]["of"]
    assert kept(tmp_path)["forward"] == before["forward"]


def test_when_the_region_is_small_then_fewer_pixels_go_through_the_network(shot):
    opened = open_shot(with_roi(shot, "48,32,112,64"), "cpu")
    region = opened.region(opened.roi)
    assert region.view == (32, 64)
    assert opened.region(opened.canvas).view == (96, 160)
