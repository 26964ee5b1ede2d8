"""Scripts with our node: saved, reopened, copied, undone, rendered without us."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from tests.nuke_host.session import HostError
from tests.nuke_plugin.scene import key, mattes, node_of, picture, plate, roto


@pytest.fixture
def matted(studio, tiny_file):
    """A saved script whose node has its mattes."""
    node = node_of(studio, tiny_file)
    key(studio, node, 1001)
    studio.press(node, "matte")
    studio.wait(lambda: node["frame_state"].getValueAt(1001) > 0)
    studio.nuke.scriptSave()
    return node


def test_when_a_script_is_reopened_then_its_node_shows_the_same(studio, matted):
    before = studio.host.image(matted, 1007)
    values = {name: knob.value() for name, knob in matted.knobs().items() if name not in ("status", "selected")}
    studio.host.open(studio.folder / "comp.nk")
    again = studio.nuke.toNode("Penumbra1")
    assert {name: knob.value() for name, knob in again.knobs().items() if name in values} == values
    np.testing.assert_array_equal(studio.host.image(again, 1007), before)
    assert len(studio.jobs()) == 1, "opening a script starts nothing"


def test_when_the_project_is_moved_then_its_mattes_move_along(studio, matted, start):
    before = studio.host.image(matted, 1003)
    other = studio.folder / "other machine"
    other.mkdir()
    for name in ("comp.nk", "penumbra", "plate"):
        shutil.move(studio.folder / name, other / name)
    nuke = start()
    nuke.host.open(other / "comp.nk")
    np.testing.assert_array_equal(nuke.host.image(nuke.nuke.toNode("Penumbra1"), 1003), before)


def test_when_a_colleague_has_no_mattes_then_the_node_says_which_folder_and_how_to_get_it(studio, matted, start):
    shutil.rmtree(studio.folder / "penumbra")
    nuke = start()
    nuke.host.open(studio.folder / "comp.nk")
    node = nuke.nuke.toNode("Penumbra1")
    node.showControlPanel()
    said = " ".join(node["status"].value().split())
    assert "The mattes are not on this machine" in said
    assert f"Copy {node['pen_uid'].value()}, masks and all" in said
    node["missing_in_viewer"].setValue("error")
    with pytest.raises(HostError, match="v001"):
        nuke.host.image(node, 1003)


def test_when_a_farm_host_has_no_penumbra_then_the_script_renders_all_the_same(studio, matted, start):
    write = studio.nuke.nodes.Write(file=f"{studio.folder}/comp.%04d.exr", file_type="exr", channels="rgba", raw=True)
    write.setInput(0, matted)
    studio.nuke.scriptSave()
    expected = studio.host.image(matted, 1004)
    from tests.nuke_host import Host

    start_ = start  # the first Nuke ends here
    del start_
    studio.module("jobs").close()
    studio.host.__exit__(None, None, None)
    with Host(studio.folder / "farm", gui=False) as farm:
        farm.open(studio.folder / "comp.nk")
        farm.render_all(1001, 1012)
    studio.host.__enter__()
    np.testing.assert_allclose(picture(studio.folder / "comp.1004.exr", "RGBA"), expected, atol=1e-3)


def test_when_a_matte_is_missing_then_a_render_stops_and_the_viewer_shows_a_checkerboard(studio, matted, start):
    (studio.folder / "penumbra" / matted["pen_uid"].value() / "v001" / "matte.1005.exr").unlink()
    assert studio.host.image(matted, 1005).std() > 0.05
    farm = start(gui=False)
    farm.host.open(studio.folder / "comp.nk")
    node = farm.nuke.toNode("Penumbra1")
    farm.host.image(node, 1004)
    with pytest.raises(HostError, match=r"matte\.1005\.exr"):
        farm.host.image(node, 1005)


def test_when_nuke_with_windows_renders_over_a_missing_matte_then_it_stops_too(studio, matted):
    (studio.folder / "penumbra" / matted["pen_uid"].value() / "v001" / "matte.1005.exr").unlink()
    write = studio.nuke.nodes.Write(file=f"{studio.folder}/out.%04d.exr", file_type="exr", channels="rgba", raw=True)
    write.setInput(0, matted)
    studio.nuke.execute(write, 1004, 1004, 1, ["main"])
    with pytest.raises(RuntimeError, match=r"matte\.1005\.exr"):
        studio.nuke.execute(write, 1005, 1005, 1, ["main"])


def test_when_nothing_was_matted_then_a_render_fails_with_what_to_do(studio, tiny_file, start):
    node_of(studio, tiny_file)
    studio.nuke.scriptSave()
    farm = start(gui=False)
    farm.host.open(studio.folder / "comp.nk")
    with pytest.raises(HostError, match="press_Matte_to_make_this"):
        farm.host.image(farm.nuke.toNode("Penumbra1"), 1004)


def test_when_matte_is_pressed_without_windows_then_no_worker_starts(studio, tiny_file, start):
    key(studio, node_of(studio, tiny_file), 1001)
    studio.nuke.scriptSave()
    terminal = start(gui=False)
    terminal.host.open(studio.folder / "comp.nk")
    terminal.press(terminal.nuke.toNode("Penumbra1"), "matte")
    assert not terminal.module("jobs")._links
    assert any("starts no worker" in line for line in terminal.host.log)


def test_when_an_update_is_undone_then_the_older_mattes_are_back(studio, matted):
    before = studio.host.image(matted, 1010)
    matted.setInput(1, roto(studio, matted.input(0), 6))
    key(studio, matted, 1001)
    studio.press(matted, "update")
    studio.done()
    assert np.abs(studio.host.image(matted, 1010) - before).max() > 0.01
    while "v002" in matted["result"].value():
        assert studio.host.undo()
    np.testing.assert_array_equal(studio.host.image(matted, 1010), before)


def test_when_a_node_is_pasted_then_the_copy_shows_the_same_and_keeps_its_own(studio, matted):
    matted.setSelected(True)
    studio.nuke.nodeCopy("%clipboard%")
    copy = studio.nuke.nodePaste("%clipboard%")
    np.testing.assert_array_equal(studio.host.image(copy, 1006), studio.host.image(matted, 1006))
    original = studio.folder / "penumbra" / matted["pen_uid"].value()
    before = mattes(original / "v001")
    copy.setInput(0, matted.input(0))
    copy.setInput(1, roto(studio, matted.input(0), 4))
    key(studio, copy, 1012)
    studio.press(copy, "matte")
    studio.done()
    assert copy["pen_uid"].value() not in ("", matted["pen_uid"].value())
    assert mattes(original / "v001") == before
    assert len(mattes(studio.folder / "penumbra" / copy["pen_uid"].value() / "v001")) == 12


def test_when_a_script_with_two_nodes_on_one_plate_is_reopened_then_both_are_wired_as_before(studio, matted):
    matted.setSelected(True)
    studio.nuke.nodeCopy("%clipboard%")
    copy = studio.nuke.nodePaste("%clipboard%")
    for index in (0, 1):
        copy.setInput(index, matted.input(index))
    inputs = [matted.input(index).name() for index in (0, 1)]
    studio.nuke.scriptSave()
    studio.host.open(studio.folder / "comp.nk")
    for name in ("Penumbra1", "Penumbra2"):
        again = studio.nuke.toNode(name)
        assert [again.input(index).name() for index in (0, 1)] == inputs
    key(studio, again, 1002)


def test_when_a_project_is_opened_under_another_path_then_its_mattes_are_not_said_to_be_of_another_order(
    studio, matted, start
):
    other = studio.folder / "elsewhere"
    other.mkdir()
    for name in ("comp.nk", "penumbra", "plate"):
        take = shutil.copy if name == "comp.nk" else shutil.copytree
        take(studio.folder / name, other / name)
    nuke = start()
    nuke.host.open(other / "comp.nk")
    node = nuke.nuke.toNode("Penumbra1")
    node.showControlPanel()
    assert " ".join(node["status"].value().split()) == "v001: all 12 of 12 mattes are there."
    node["colorspace"].setValue("ACEScg")
    node.showControlPanel()
    assert "has changed since" in " ".join(node["status"].value().split())


def test_when_a_deleted_node_is_brought_back_then_it_is_the_same_node(studio, matted):
    uid = matted["pen_uid"].value()
    studio.nuke.delete(matted)
    assert studio.host.undo()
    assert studio.nuke.toNode("Penumbra1")["pen_uid"].value() == uid


def test_when_the_script_is_not_saved_yet_then_it_is_said_and_nothing_is_written(studio):
    read = plate(studio)
    read.setSelected(True)
    studio.host.click("Nodes", "Penumbra/Penumbra")
    node = studio.nuke.toNode("Penumbra1")
    node.setInput(1, roto(studio, read))
    studio.press(node, "key_this_frame")
    assert "the script is not saved yet" in studio.host.messages[-1]
    assert studio.host.executions == []
