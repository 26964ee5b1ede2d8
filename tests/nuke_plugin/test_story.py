"""An artist's day: create, key, matte, fix, update, undo, save, reopen, render; with the real worker."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tests.nuke_plugin.scene import key, mattes, node_of, picture, roto


@pytest.mark.parametrize("how", [{}, {"inside": False}, {"version": (13, 2, 8)}], ids=["16", "outside", "13"])
def test_when_an_artist_mattes_fixes_and_updates_then_only_the_gap_is_made_again(start, tiny_file, how):
    studio = start(**how)
    studio.host.always_tell()
    node = node_of(studio, tiny_file)
    assert (node["first"].value(), node["last"].value()) == (1001, 1012), "the plate's range is taken"
    key(studio, node, 1001)
    key(studio, node, 1006)
    key(studio, node, 1012)
    studio.press(node, "matte")
    studio.done()
    cache = studio.folder / "penumbra" / node["pen_uid"].value()
    first = mattes(cache / "v001")
    assert len(first) == 12, node["status"].value()
    assert "12 new frames" in node["status"].value()

    node.setInput(1, roto(studio, node.input(0), 5))
    key(studio, node, 1012, "approve")
    studio.press(node, "update")
    studio.done()
    second = mattes(cache / "v002")
    changed = {name for name in second if second[name] != first[name]}
    assert changed == {f"matte.{frame}.exr" for frame in range(1007, 1013)}
    assert studio.jobs()[-1].frames.keys() == set(range(1007, 1013))
    assert mattes(cache / "v001") == first, "undo must find the older version as it was"


def test_when_the_node_mattes_then_the_command_line_makes_the_same_bytes_of_its_shot(studio, tiny_file):
    node = node_of(studio, tiny_file, foreground="estimated", grow=0.5)
    key(studio, node, 1003)
    studio.press(node, "matte")
    studio.done()
    made = studio.folder / "penumbra" / node["pen_uid"].value() / "v001"
    told = (
        (made / "shot.json").read_text(encoding="utf-8").replace(made.as_posix(), (studio.folder / "farm").as_posix())
    )
    (studio.folder / "farm").mkdir()
    shot = studio.folder / "farm" / "shot.json"
    shot.write_text(told, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "penumbra.cli.main", "matte", str(shot)], check=True, capture_output=True)
    assert len(mattes(made)) == 12
    assert mattes(shot.parent) == mattes(made)


def test_when_a_matte_is_there_then_every_output_shows_it(studio, tiny_file):
    node = node_of(studio, tiny_file)
    key(studio, node, 1001)
    studio.press(node, "matte")
    studio.wait(lambda: node["frame_state"].getValueAt(1001) > 0)
    read = studio.folder / "penumbra" / node["pen_uid"].value() / "v001" / "matte.1005.exr"
    matte = picture(read, "RGBA")
    plate_3 = picture(studio.folder / "plate" / "plate.1005.exr", "RGB")
    shown = {}
    for output in node["output"].values():
        node["output"].setValue(output)
        shown[output] = studio.host.image(node, 1005)
    np.testing.assert_array_equal(shown["premultiplied"], matte)
    np.testing.assert_array_equal(shown["plate with alpha"], np.dstack([plate_3, matte[..., 3:]]))
    np.testing.assert_allclose(shown["plate premultiplied"][..., :3], plate_3 * matte[..., 3:], rtol=1e-6)
    overlay = shown["status overlay"][..., :3]
    full = matte[..., 3] > 0.99
    # Blue, half over the plate: these frames are up to date.
    np.testing.assert_allclose(overlay[full], 0.5 * plate_3[full] + 0.5 * np.array([0.093, 0.456, 0.815]), atol=0.02)
