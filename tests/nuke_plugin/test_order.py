"""What the node writes is a shot that every other door reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from penumbra import Shot
from penumbra.errors import Faults, InputError
from penumbra.shot import FrameRange
from penumbra.shot.decode import VERSION as READ
from penumbra.shot.finish import Finish
from penumbra.shot.settings import Settings
from penumbra_nuke.key_list import Key
from penumbra_nuke.order import VERSION, Asked, Color, Plate, check, delivered, document

VALUES = {
    "model": "penumbra-seed", "process_size": 720, "direction": "both", "across_cuts": False, "edges": "guided",
    "foreground": "estimated", "black_point": 0.0, "white_point": 1.0, "gamma": 1.0, "grow": -0.5, "soften": 0.0,
    "fill_holes": 0, "drop_specks": 3, "pixel_type": "half", "matte_window": "display", "exposure": 1.5,
    "auto_exposure": False,
}  # fmt: skip
PLATE = Plate("/shots/$010/plate.%04d.exr", False, "")


def asked(folder: Path, **changes) -> Asked:
    keys = (Key(1001, "guide", "n/masks/1001.1.exr"), Key(1043, "approved", "n/masks/1043.1.exr"))
    values = {"name": "Penumbra1", "uid": "n", "keys": keys, "first": 1001, "last": 1050, "cache": folder.as_posix()}
    asked = Asked(**(values | {"values": VALUES} | changes))
    for key in asked.keys:
        path = Path(asked.mask(key)[0])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return asked


def shot_of(folder: Path, **changes) -> Shot:
    told = delivered(document(asked(folder, **changes), PLATE, Color("ACEScg", "/ocio/$a.ocio")), "/c/matte.####.exr")
    (folder / "shot.json").write_text(json.dumps(told), encoding="utf-8")
    return Shot.load(folder / "shot.json")


def test_when_the_node_is_written_as_a_shot_then_penumbra_reads_what_its_knobs_say(tmp_path):
    shot = shot_of(tmp_path)
    assert shot.plate == Path("/shots/$010/plate.%04d.exr"), "a dollar in a folder's name is no variable"
    assert shot.frames == FrameRange(1001, 1050)
    assert [(key.frame, key.kind, key.path) for key in shot.key_frames] == [
        (1001, "guide", tmp_path / "n/masks/1001.1.exr"),
        (1043, "approved", tmp_path / "n/masks/1043.1.exr"),
    ]
    reason = "as the Nuke script says"
    assert shot.settings == Settings(
        process_size=720, colorspace="ACEScg", colorspace_reason=reason, ocio="/ocio/$a.ocio", exposure=1.5
    )
    assert shot.finish == Finish(foreground="estimated", grow=-0.5, drop_specks=3)
    assert shot.delivery.out == Path("/c/matte.####.exr")


def test_when_the_exposure_is_automatic_then_the_shot_says_so(tmp_path):
    assert shot_of(tmp_path, values=VALUES | {"auto_exposure": True}).settings.exposure == "auto"


def test_when_a_key_frame_lies_outside_of_the_range_then_the_shot_is_without_it(tmp_path):
    assert [key.frame for key in shot_of(tmp_path, last=1040).key_frames] == [1001]


def test_when_shot_files_get_a_new_layout_then_somebody_looks_at_the_nodes(tmp_path):
    assert VERSION == READ


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"keys": ()}, "There is no key frame."),
        ({"first": 1060, "last": 1070}, "There is no key frame in 1060-1070."),
        ({"first": 1050, "last": 1001}, "The frame range is 1050-1001."),
    ],
)
def test_when_the_order_cannot_be_made_then_it_is_said_before_anything_is_rendered(tmp_path, changes, words):
    with pytest.raises((InputError, Faults), match=words):
        check(asked(tmp_path, **changes))


def test_when_masks_are_missing_then_each_is_told_with_its_frame(tmp_path):
    order = asked(tmp_path)
    for key in order.keys:
        Path(order.mask(key)[0]).unlink()
    with pytest.raises(Faults) as told:
        check(order)
    assert [fault.frame for fault in told.value.each] == [1001, 1043]
