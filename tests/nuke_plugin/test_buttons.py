"""The node's smaller buttons."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nuke_plugin.scene import key, mattes, node_of, roto


@pytest.fixture
def node(studio, tiny_file):
    node = node_of(studio, tiny_file)
    key(studio, node, 1003)
    return node


def words(node) -> str:
    return " ".join(node["status"].value().split())


def test_when_the_farm_command_is_copied_then_the_line_makes_the_nodes_mattes(studio, node):
    from PySide6.QtWidgets import QApplication

    studio.press(node, "copy_command")
    line = QApplication.clipboard().text()
    program, *arguments = shlex.split(line)
    assert program == "penumbra"
    subprocess.run([sys.executable, "-m", "penumbra.cli.main", *arguments], check=True, capture_output=True)
    folder = Path(arguments[-1]).parent
    assert len(mattes(folder)) == 12
    assert studio.host.image(node, 1012).shape == (32, 48, 4), "the node shows what the farm made"
    assert not studio.module("jobs")._links, "a line on the clipboard starts nothing here"


def test_when_this_penumbra_has_no_farm_door_then_submit_says_what_to_do_instead(studio, node):
    studio.press(node, "submit")
    studio.wait(lambda: "Handing" not in words(node))
    assert "Copy farm command" in words(node)


def test_when_one_walks_the_key_frames_then_nuke_goes_there(studio, node):
    key(studio, node, 1009)
    for frame, button, there in [(1001, "next_key", 1003), (1012, "previous_key", 1009), (1009, "next_key", 1009)]:
        studio.nuke.frame(frame)
        studio.press(node, button)
        assert studio.nuke.frame() == there


def test_when_a_key_frame_is_removed_then_undo_brings_it_back_with_its_mask(studio, node):
    before = node["key_frames"].value()
    studio.press(node, "remove_key")
    assert node["key_frames"].value() == ""
    assert studio.host.undo()
    assert node["key_frames"].value() == before
    assert (studio.folder / "penumbra" / before.split()[-1]).is_file()


def test_when_a_frame_is_keyed_again_then_undo_has_the_older_mask(studio, node):
    before = node["key_frames"].value()
    content = (studio.folder / "penumbra" / before.split()[-1]).read_bytes()
    node.setInput(1, roto(studio, node.input(0), 7))
    key(studio, node, 1003)
    assert node["key_frames"].value() != before
    assert studio.host.undo()
    assert node["key_frames"].value() == before
    assert (studio.folder / "penumbra" / before.split()[-1]).read_bytes() == content


@pytest.mark.parametrize("answer", [True, False])
def test_when_old_versions_are_removed_then_only_if_the_artist_means_it(studio, node, answer):
    studio.press(node, "this_frame")
    studio.done()
    node["grow"].setValue(1.0)
    studio.press(node, "save_shot")
    folder = studio.folder / "penumbra" / node["pen_uid"].value()
    studio.host.answers.append(answer)
    studio.press(node, "remove_versions")
    assert "v001" in studio.host.messages[-1], "the question names them"
    kept = {path.name for path in folder.glob("v*")}
    assert kept == ({"v002"} if answer else {"v001", "v002"})


def test_when_the_order_is_the_same_then_no_new_version_is_made(studio, node):
    for _ in range(2):
        studio.press(node, "save_shot")
    assert "/v001/" in node["result"].value()


def test_when_the_range_is_taken_then_it_is_the_plates(studio, node):
    node["first"].setValue(1)
    studio.press(node, "range_from_plate")
    assert (node["first"].value(), node["last"].value()) == (1001, 1012)


def test_when_a_box_is_drawn_then_the_shot_has_it_from_the_top_left(studio, node):
    node["roi"].setValue("box")
    node["roi_box"].setValue((4, 2, 40, 30))
    asked = studio.module("host.node").asked(node)
    assert asked.roi == "4,2,40,30"
    node["roi_box"].setValue((4, 2, 40, 20))
    assert studio.module("host.node").asked(node).roi == "4,12,40,30", "Nuke counts from the bottom"
