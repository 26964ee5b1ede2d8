"""Where plate and mask come from: the artist's own files, or a render of the input."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from tests.engine.shots import a_mask
from tests.nuke_plugin.scene import FRAMES, SIZE, key, node_of, picture, roto
from tests.pictures import read_exr_file, write_exr_file


@pytest.fixture
def node(studio, tiny_file):
    node = node_of(studio, tiny_file)
    key(studio, node, 1001)
    studio.host.executions.clear()
    return node


def saved(studio, node):
    """The shot that the node stands for."""
    studio.press(node, "save_shot")
    assert studio.host.messages == []
    return json.loads((studio.folder / "penumbra" / shown(node) / "shot.json").read_text(encoding="utf-8"))


def shown(node) -> str:
    return node["result"].value().rpartition("/")[0]


def behind(studio, node, cls: str, **knobs):
    """A node between the plate and ours."""
    between = getattr(studio.nuke.nodes, cls)(**knobs)
    between.setInput(0, node.input(0))
    node.setInput(0, between)
    return between


def test_when_the_plate_is_a_read_of_exr_then_its_own_files_are_taken_and_it_is_said(studio, node):
    studio.nuke.frame(1004)
    shot = saved(studio, node)
    assert shot["plate"] == (studio.folder / "plate" / "plate.%04d.exr").as_posix()
    assert studio.host.executions == [], "nothing is copied"


def test_when_dots_lie_between_then_the_files_are_taken_all_the_same(studio, node):
    behind(studio, node, "Dot")
    behind(studio, node, "Dot")
    assert "plate_" not in saved(studio, node)["plate"]


def read_as(read, space: str) -> None:
    read["raw"].setValue(False)
    read["colorspace"].setValue(space)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda studio, node: behind(studio, node, "Grade", multiply=2.0), "Grade1 is no Read"),
        (lambda studio, node: node.input(0)["frame"].setValue("frame+1"), "shifts time"),
        (lambda studio, node: read_as(node.input(0), "sRGB"), "converts colors"),
        (lambda studio, node: node.input(0)["premultiplied"].setValue(True), "unpremultiplies"),
        (lambda studio, node: node.input(0)["last"].setValue(1010), "has fewer frames"),
    ],
)
def test_when_nuke_changes_the_plate_then_it_is_rendered_and_it_is_said_why(studio, node, change, why):
    change(studio, node)
    plate = studio.module("host.plate").plate_of(node, studio.module("host.node").asked(node))
    assert plate.copied
    assert why in plate.why
    expected = studio.host.image(node.input(0), 1003)[..., :3]
    made = picture(studio.folder / "penumbra" / plate.pattern.partition("/penumbra/")[2].replace("%04d", "1003"), "RGB")
    np.testing.assert_allclose(made, expected, rtol=1e-3, atol=1e-6)


def test_when_the_plate_was_rendered_then_once_and_again_only_for_another_picture(studio, node):
    grade = behind(studio, node, "Grade", multiply=2.0)
    first = saved(studio, node)["plate"]
    assert sum(1 for _ in studio.host.executions) == 1
    grade.setXYpos(300, 400)
    assert saved(studio, node)["plate"] == first
    assert sum(1 for _ in studio.host.executions) == 1
    node["last"].setValue(FRAMES[-2])
    assert saved(studio, node)["plate"] == first, "fewer frames need no new ones"
    grade["multiply"].setValue(3.0)
    assert saved(studio, node)["plate"] != first
    os.utime(studio.folder / "plate" / "plate.1004.exr", (1, 1))
    assert saved(studio, node)["plate"] != first
    assert sum(1 for _ in studio.host.executions) == 3
    grade["useLifetime"].setValue(True)
    grade["lifetimeEnd"].setValue(1004)
    saved(studio, node)
    assert sum(1 for _ in studio.host.executions) == 4, "what a lifetime ends is another picture"


def test_when_nuke_is_in_proxy_mode_then_mask_and_plate_are_rendered_full_size_and_it_stays_on(studio, node):
    behind(studio, node, "Grade", multiply=2.0)
    studio.nuke.root()["proxy"].setValue(True)
    key(studio, node, 1002)
    shot = saved(studio, node)
    assert studio.nuke.root()["proxy"].value()
    assert picture(studio.folder / shot["plate"].replace("%04d", "1002"), "RGB").shape == (32, 48, 3)


def test_when_inputs_are_rendered_then_the_script_is_as_it_was(studio, node):
    behind(studio, node, "Grade", multiply=2.0)
    names = {each.name() for each in studio.nuke.allNodes()}
    studio.nuke.root().setModified(False)
    studio.module("host.plate").plate_of(node, studio.module("host.node").asked(node))
    assert {each.name() for each in studio.nuke.allNodes()} == names
    assert not studio.nuke.root().modified()


def test_when_the_render_is_canceled_then_nothing_changes_and_the_next_press_goes_on(studio, node):
    behind(studio, node, "Grade", multiply=2.0)
    names = {each.name() for each in studio.nuke.allNodes()}
    result = node["result"].value()
    studio.host.cancel_after(5)
    studio.press(node, "save_shot")
    assert "Stopped" in studio.host.messages[-1]
    assert {each.name() for each in studio.nuke.allNodes()} == names
    assert node["result"].value() == result
    studio.host.messages.clear()
    saved(studio, node)


def test_when_the_node_is_inside_a_group_then_it_keys_and_renders_there(studio, node):
    group = studio.nuke.nodes.Group()
    with group:
        read = studio.nuke.nodes.Read(
            **{name: node.input(0)[name].value() for name in ("file", "first", "last", "raw")}
        )
        inner = studio.nuke.createNode("Penumbra", inpanel=False)
        inner.setName("Penumbra1")
    with group:
        grade = studio.nuke.nodes.Grade(multiply=2.0)
        grade.setInput(0, read)
        shape = studio.nuke.nodes.Roto()
    shape.setInput(0, read)
    studio.host.draw(shape, 1, studio.folder / "shape0.exr")
    inner.setInput(0, grade)
    inner.setInput(1, shape)
    inner["first"].setValue(1001)
    inner["last"].setValue(1003)
    key(studio, inner, 1002)
    shot = saved(studio, inner)
    assert "plate_" in shot["plate"]
    assert inner["pen_uid"].value() != node["pen_uid"].value()


def test_when_the_script_has_two_views_then_a_press_makes_the_one_in_front_beside_the_other(studio, node):
    studio.nuke.root()["views"].setValue("left #ff0000\nright #00ff00")
    behind(studio, node, "Grade", multiply=2.0)
    plates = {}
    for view in ("left", "right"):
        studio.host.look_through(view)
        key(studio, node, 1003)
        studio.press(node, "matte")
        studio.done()
        assert studio.host.messages == []
        folder = studio.folder / "penumbra" / shown(node)
        plates[view] = json.loads((folder / f"shot.{view}.json").read_text(encoding="utf-8"))["plate"]
        assert len(list(folder.glob(f"matte.{view}.*.exr"))) == 12
    left = json.loads((folder / "shot.left.json").read_text(encoding="utf-8"))
    assert [key["path"].rpartition("/")[2] for key in left["key_frames"]] == ["1001.1.exr", "1003.left.1.exr"]
    assert [execution.views for execution in studio.host.executions] == [("left",)] * 2 + [("right",)] * 2
    assert plates["left"] != plates["right"]
    assert len(list(folder.glob("matte.*.exr"))) == 24, "the other view's mattes stay"
    for view in plates:
        assert studio.host.image(node, 1005, view).shape == (32, 48, 4)


def test_when_a_stereo_read_is_the_plate_then_the_file_of_the_view_is_taken(studio, node):
    studio.nuke.root()["views"].setValue("left #ff0000\nright #00ff00")
    read = node.input(0)
    for path in (studio.folder / "plate").glob("plate.1*.exr"):
        path.rename(path.with_name(path.name.replace("plate.", "plate.right.")))
    read["file"].setValue(f"{studio.folder.as_posix()}/plate/plate.%V.%04d.exr")
    studio.host.look_through("right")
    studio.press(node, "matte")
    studio.done()
    folder = studio.folder / "penumbra" / shown(node)
    told = json.loads((folder / "shot.right.json").read_text(encoding="utf-8"))
    assert told["plate"].endswith("plate.right.%04d.exr")
    assert len(list(folder.glob("matte.right.*.exr"))) == 12, node["status"].value()


def test_when_a_line_names_a_channel_then_that_is_the_mask(studio, node):
    write_exr_file(studio.folder / "many.exr", {"A": np.zeros((32, 48), np.float32), "matte.X": a_mask(SIZE)})
    node["key_frames"].setValue(f"1001 guide {studio.folder.as_posix()}/many.exr:matte.X")
    studio.press(node, "matte")
    studio.done()
    assert studio.jobs()[-1].state == "done", node["status"].value()


@pytest.mark.parametrize(
    ("shown", "space"),
    [
        ("ACES - ACEScg", "ACES - ACEScg"),
        ("scene_linear (ACES - ACEScg)", "ACES - ACEScg"),
        ("default (sRGB)", "sRGB"),
        ("Linear Rec.709 (sRGB)", "Linear Rec.709 (sRGB)"),
        ("scene_linear (Linear Rec.709 (sRGB))", "Linear Rec.709 (sRGB)"),
        ("ARRI LogC3 (EI800)", "ARRI LogC3 (EI800)"),
        ("Utility/Linear/ACEScg", "ACEScg"),
        ("Rec.1886 / Rec.709", "Rec.1886 / Rec.709"),
        ("scene_linear", "scene_linear"),
    ],
)
def test_when_nukes_menus_show_a_color_space_then_its_own_name_is_told(studio, shown, space):
    assert studio.module("host.color").plain_name(shown) == space


def test_when_the_script_is_in_acescg_then_the_shot_says_so(studio, node):
    root = studio.nuke.root()
    root["colorManagement"].setValue("OCIO")
    root["workingSpaceLUT"].setValue("ACES - ACEScg")
    settings = saved(studio, node)["settings"]
    assert settings["colorspace"] == "ACES - ACEScg"
    studio.press(node, "matte")
    studio.done()
    assert studio.jobs()[-1].state == "done", node["status"].value()


@pytest.mark.parametrize("kind", ["key_this_frame", "approve"])
def test_when_a_mask_is_keyed_then_it_is_the_alpha_in_the_precision_of_its_kind(studio, node, kind):
    node.setInput(1, roto(studio, node.input(0), 3))
    key(studio, node, 1005, kind)
    line = next(line for line in node["key_frames"].value().splitlines() if line.startswith("1005"))
    assert line.split()[1] == ("guide" if kind == "key_this_frame" else "approved")
    channels, header = read_exr_file(studio.folder / "penumbra" / line.split()[2])
    assert list(channels) == ["A"]
    assert channels["A"].dtype == (np.float16 if kind == "key_this_frame" else np.float32)
    assert tuple(header["displayWindow"][1]) == (47, 31)


@pytest.mark.parametrize(
    ("change", "button", "words"),
    [
        (lambda studio, node: node.setInput(1, None), "key_this_frame", "Nothing is connected to mask"),
        (lambda studio, node: node.setInput(0, None), "matte", "Nothing is connected to plate"),
        (lambda studio, node: node.setInput(1, studio.nuke.nodes.Roto()), "approve", "and the plate is 48x32"),
        (lambda studio, node: node["cache"].setValue("/a/100%/c"), "matte", "Nuke takes for something else"),
        (lambda studio, node: node["cache"].setValue("/a/c#1"), "matte", "has # in it"),
        (lambda studio, node: node["cache"].setValue("/proc/nope"), "key_this_frame", "cannot be written to"),
        (lambda studio, node: node["roi"].setValue("box"), "matte", "the box is empty"),
        (lambda studio, node: node["model"].setValue("m.safetensors"), "matte", "Give its whole path"),
        (lambda studio, node: node["cache"].setValue("somewhere"), "matte", "does not say where it begins"),
        (lambda studio, node: node["key_frames"].setValue("1001 roto x.exr"), "matte", "of the kind 'roto'"),
        (lambda studio, node: node["key_frames"].setValue(""), "matte", "There is no key frame"),
        (lambda studio, node: node["pen_layout"].setValue(99), "matte", "another version of Penumbra"),
        (lambda studio, node: studio.nuke.frame(1009), "remove_key", "Frame 1009 is no key frame"),
        (lambda studio, node: None, "cancel", "nothing at work"),
    ],
)
def test_when_something_is_missing_then_it_is_said_with_what_to_do(studio, node, change, button, words):
    change(studio, node)
    studio.press(node, button)
    assert words in studio.host.messages[-1]
    assert "Traceback" not in studio.host.messages[-1]
