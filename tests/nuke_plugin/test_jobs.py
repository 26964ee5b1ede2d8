"""While the mattes are made: Nuke goes on, and whatever the artist does meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tests.nuke_plugin.scene import key, mattes, node_of, plate, roto


@pytest.fixture
def node(studio, tiny_file):
    """Keyed, and long enough to be caught at work."""
    node = node_of(studio, tiny_file, process_size=32)
    node.setInput(0, plate(studio, range(1001, 1061)))
    node["last"].setValue(1060)
    key(studio, node, 1001)
    return node


def at_work(studio) -> None:
    studio.wait(lambda: len(studio.jobs()[-1].frames) > 1)


def folder_of(studio, node):
    return studio.folder / "penumbra" / node["pen_uid"].value() / "v001"


def test_when_it_is_at_work_then_a_bar_shows_how_fast_and_how_long(studio, node):
    studio.press(node, "matte")
    at_work(studio)
    (bar,) = studio.host.bars
    assert " fps" in bar.message
    assert 0 < bar.progress < 100
    studio.done()
    assert studio.host.bars == []


def test_when_frames_come_then_the_viewer_looks_at_them_while_it_is_still_at_work(studio, node):
    read = node.node("Result")
    studio.press(node, "matte")
    before = read["version"].value()
    studio.wait(lambda: read["version"].value() > before)
    assert studio.jobs()[-1].active
    first = min(studio.jobs()[-1].frames)
    assert studio.host.image(node, first)[..., 3].max() > 0


@pytest.mark.parametrize("by", ["button", "bar"])
def test_when_it_is_canceled_then_what_is_done_stays_and_matte_goes_on(studio, node, by):
    studio.press(node, "matte")
    at_work(studio)
    if by == "button":
        studio.press(node, "cancel")
    else:
        studio.host.cancel_bars()
    studio.done()
    kept = mattes(folder_of(studio, node))
    assert studio.jobs()[-1].state == "stopped"
    assert 0 < len(kept) < 60
    studio.host.cancel_bars(False)
    studio.press(node, "matte")
    studio.done()
    assert not studio.jobs()[-1].frames.keys() & {int(name.split(".")[1]) for name in kept}
    assert len(mattes(folder_of(studio, node))) == 60


def test_when_the_node_is_renamed_moved_away_and_deleted_then_the_mattes_are_made(studio, node):
    studio.press(node, "matte")
    at_work(studio)
    folder = folder_of(studio, node)
    node.setName("hero")
    studio.wait(lambda: " fps" in node["status"].value())
    studio.nuke.delete(node)
    studio.done()
    assert len(mattes(folder)) == 60


def test_when_the_script_is_closed_then_its_job_stops_and_nuke_is_free(studio, node):
    studio.press(node, "matte")
    at_work(studio)
    studio.nuke.scriptClear()
    studio.done()
    assert studio.jobs()[-1].state == "stopped"


def test_when_two_nodes_matte_then_they_queue_and_keep_apart(studio, node):
    node["last"].setValue(1006)
    node.setSelected(True)
    studio.nuke.nodeCopy("%clipboard%")
    other = studio.nuke.nodePaste("%clipboard%")
    for index in (0, 1):
        other.setInput(index, node.input(index))
    studio.press(node, "matte")
    studio.press(other, "matte")
    assert "Waiting" in other["status"].value() or studio.jobs()[1].state == "waiting"
    studio.done()
    assert [job.state for job in studio.jobs()] == ["done", "done"]
    assert len(mattes(folder_of(studio, other))) == len(mattes(folder_of(studio, node))) == 6


def test_when_the_worker_is_killed_then_the_node_says_so_and_the_next_press_goes_on(studio, node):
    studio.press(node, "matte")
    at_work(studio)
    os.kill(studio.module("jobs").link().desk._link._client.pid, signal.SIGKILL)
    studio.done()
    assert "The worker ended by itself" in " ".join(node["status"].value().split())
    kept = len(mattes(folder_of(studio, node)))
    studio.press(node, "matte")
    studio.done()
    assert len(mattes(folder_of(studio, node))) == 60
    assert len(studio.jobs()[-1].frames) == 60 - kept


def test_when_the_shot_cannot_be_made_then_the_node_says_why(studio, node):
    node["model"].setValue("no-such-model")
    studio.press(node, "matte")
    studio.done()
    assert "no-such-model" in node["status"].value()


def test_when_one_frame_is_wanted_then_only_that_is_made(studio, node):
    studio.nuke.frame(1007)
    studio.press(node, "this_frame")
    studio.done()
    assert list(mattes(folder_of(studio, node))) == ["matte.1007.exr"]


def test_when_one_frame_is_wanted_while_it_is_at_work_then_that_comes_first_and_the_rest_after_it(studio, node):
    studio.press(node, "matte")
    at_work(studio)
    studio.nuke.frame(1050)
    studio.press(node, "this_frame")
    studio.done()
    assert [(job.state, job.wanted) for job in studio.jobs()][-2:] == [("done", "1050"), ("done", None)]
    assert len(mattes(folder_of(studio, node))) == 60


def test_when_this_frame_is_pressed_after_cancel_then_only_that_frame_is_made(studio, node):
    studio.press(node, "matte")
    at_work(studio)
    studio.press(node, "cancel")
    studio.nuke.frame(1050)
    studio.press(node, "this_frame")
    studio.done()
    assert [job.wanted for job in studio.jobs() if job.state == "done"] == ["1050"]
    assert len(mattes(folder_of(studio, node))) < 60


def test_when_a_matte_is_stopped_or_only_ordered_then_it_is_not_said_that_all_is_there(studio, node):
    node["last"].setValue(1012)
    studio.press(node, "matte")
    studio.done()
    node.showControlPanel()
    assert "all 12 of 12 mattes are there." in node["status"].value()
    node["grow"].setValue(2.0)
    studio.press(node, "save_shot")
    node.showControlPanel()
    assert "Some may be of an older order" in " ".join(node["status"].value().split())
    assert node["frame_state"].getValueAt(1005) == 0


def test_when_two_farm_commands_are_copied_then_each_keeps_its_own_order(studio, node):
    for grow in (1.0, 2.0):
        node["grow"].setValue(grow)
        studio.press(node, "copy_command")
    shots = sorted(folder_of(studio, node).parent.glob("v*/shot.json"))
    assert [json.loads(shot.read_text(encoding="utf-8"))["finish"]["grow"] for shot in shots] == [1.0, 2.0]


def test_when_the_shot_is_saved_while_it_is_at_work_then_the_node_stays_with_what_is_made(studio, node):
    studio.press(node, "matte")
    at_work(studio)
    node["grow"].setValue(1.0)
    for button in ("save_shot", "copy_command", "submit"):
        studio.press(node, button)
        assert "This node is at work" in studio.host.messages[-1]
    assert "/v001/" in node["result"].value()
    studio.press(node, "cancel")
    studio.done()


def test_when_an_update_is_undone_while_it_is_made_then_cancel_and_status_still_find_it(studio, node):
    studio.press(node, "matte")
    at_work(studio)
    uid = node["pen_uid"].value()
    for _ in range(2):
        assert studio.host.undo()
    assert node["key_frames"].value() == "", "the key frame is undone, too"
    assert node["pen_uid"].value() == uid
    studio.press(node, "cancel")
    studio.done()
    assert studio.jobs()[-1].state == "stopped"


def test_when_old_versions_are_removed_then_what_is_made_or_shown_by_a_copy_stays(studio, node):
    node["last"].setValue(1006)
    studio.press(node, "matte")
    studio.done()
    node.setSelected(True)
    studio.nuke.nodeCopy("%clipboard%")
    studio.nuke.nodePaste("%clipboard%")
    node["grow"].setValue(1.0)
    node["last"].setValue(1060)
    studio.press(node, "matte")
    at_work(studio)
    studio.press(node, "remove_versions")
    assert "no old versions that nothing shows" in studio.host.messages[-1]
    assert folder_of(studio, node).is_dir()
    studio.press(node, "cancel")
    studio.done()


def test_when_a_farm_has_made_them_then_matte_lets_every_copy_see_it(studio, node):
    node["last"].setValue(1006)
    studio.press(node, "save_shot")
    node.setSelected(True)
    studio.nuke.nodeCopy("%clipboard%")
    copy = studio.nuke.nodePaste("%clipboard%")
    assert studio.host.image(node, 1004)[..., 3].max() == studio.host.image(copy, 1004)[..., 3].max()
    before = studio.host.image(copy, 1004)
    shot = folder_of(studio, node) / "shot.json"
    subprocess.run([sys.executable, "-m", "penumbra.cli.main", "matte", str(shot)], check=True, capture_output=True)
    studio.press(node, "matte")
    studio.done()
    assert "nothing was left to do" in node["status"].value()
    for each in (node, copy):
        assert not np.array_equal(studio.host.image(each, 1004), before)


def test_when_orders_are_refused_then_they_leave_no_versions_behind(studio, node):
    node["last"].setValue(1003)
    for model in ("no-such-model", "nor-this"):
        node["model"].setValue(model)
        studio.press(node, "matte")
        studio.done()
        assert studio.jobs()[-1].state == "failed"
    assert [path.name for path in folder_of(studio, node).parent.glob("v*")] == ["v001"]


def test_when_an_order_that_was_made_fails_later_then_its_mattes_stay_all_the_same(studio, node):
    node["last"].setValue(1004)
    studio.press(node, "matte")
    studio.done()
    first = mattes(folder_of(studio, node))
    hidden = (studio.folder / "plate").rename(studio.folder / "away")
    matted = studio.jobs()[-1].order
    job = studio.module("jobs").link().matte(matted, None, "cpu")
    studio.done()
    assert job.state == "failed"
    hidden.rename(studio.folder / "plate")
    node["grow"].setValue(2.0)
    studio.press(node, "matte")
    studio.done()
    assert mattes(folder_of(studio, node)) == first
    assert mattes(folder_of(studio, node).parent / "v002") != first


def test_when_nuke_renders_then_nothing_of_its_script_changes_until_it_has_ended(studio, node):
    studio.press(node, "matte")
    at_work(studio)
    desk = studio.module("jobs").link().desk
    before = desk.revision, node["status"].value()
    studio.host.state.rendering = 1001.0
    time.sleep(1.0)
    studio.module("jobs").link().tick()
    assert (desk.revision, node["status"].value()) == before
    studio.host.state.rendering = None
    studio.done()
    assert len(mattes(folder_of(studio, node))) == 60


def test_when_what_is_wrong_is_a_setting_then_the_knobs_name_is_said_and_no_option(studio, node):
    node["gamma"].setValue(0.0)
    studio.press(node, "matte")
    studio.done()
    said = node["status"].value()
    assert said.startswith("gamma ")
    assert "finish." not in said
    assert "--" not in said


def test_when_a_plate_was_replaced_under_its_name_then_the_older_mattes_stay_in_their_version(studio, node):
    node["last"].setValue(1006)
    studio.press(node, "matte")
    studio.done()
    first = mattes(folder_of(studio, node))
    path = studio.folder / "plate" / "plate.1003.exr"
    shutil.copy(studio.folder / "plate" / "plate.1050.exr", path)
    studio.press(node, "matte")
    studio.done()
    assert mattes(folder_of(studio, node)) == first
    second = mattes(folder_of(studio, node).parent / "v002")
    assert second["matte.1002.exr"] == first["matte.1002.exr"]
    assert second["matte.1003.exr"] != first["matte.1003.exr"]


def test_when_a_key_frame_changes_then_the_overlay_shows_at_once_what_is_stale(studio, node):
    node["last"].setValue(1012)
    for frame in (1005, 1009):
        key(studio, node, frame)
    studio.press(node, "matte")
    studio.wait(lambda: node["frame_state"].getValueAt(1001) > 0)
    key(studio, node, 1009)
    states = [round(node["frame_state"].getValueAt(frame)) for frame in range(1001, 1013)]
    assert [2 if state == 2 else 0 for state in states] == [0] * 5 + [2] * 7
    node.showControlPanel()
    assert "has changed since" in " ".join(node["status"].value().split())


def test_when_a_roto_changes_while_it_is_at_work_then_update_takes_over(studio, node):
    studio.press(node, "matte")
    at_work(studio)
    node.setInput(1, roto(studio, node.input(0), 4))
    key(studio, node, 1001)
    studio.press(node, "update")
    studio.done()
    assert [job.state for job in studio.jobs()] == ["stopped", "done"]
    assert len(mattes(folder_of(studio, node).parent / "v002")) == 60
