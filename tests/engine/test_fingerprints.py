"""Fingerprints: what depends on what."""

from dataclasses import replace

import numpy as np
import pytest

from penumbra.engine.fingerprints import Chain, Seen
from penumbra.engine.groups import groups_of
from penumbra.engine.key_masks import KeyMasks
from penumbra.engine.plan import gaps
from penumbra.image import Window
from penumbra.propagation import Region
from penumbra.shot import Delivery, FrameRange, KeyFrame, Shot

FRAMES = FrameRange(1001, 1010)
CANVAS = Window(0, 0, 8, 6)
REGION = Region.of(CANVAS, CANVAS, 6)


class Plates:
    """Hashes of plates, which a test may change."""

    def __init__(self):
        self.known = {frame: f"plate {frame}" for frame in FRAMES}

    def of(self, frame):
        return self.known[frame]


KEYS = {1001: "a", 1005: "b", 1008: "c"}


def fingerprints(plates=None, keys=KEYS, kinds=None, digest="shot", region=REGION):
    """Every pass's fingerprints by frame and direction."""
    frames = tuple(KeyFrame(frame, "m.exr", None, None, (kinds or {}).get(frame, "guide")) for frame in keys)
    shot = Shot("p.####.exr", frames, Delivery("m.####.exr"), FRAMES)
    (group,) = groups_of(shot, FRAMES)
    masks = KeyMasks({key: keys[key.frame] for key in frames}, lambda _: np.zeros((6, 8), np.float32))
    seen = Seen(digest, group, region, masks, plates or Plates())
    chains = [Chain(seen, run) for gap in gaps(group.keys, FRAMES) for run in gap.passes()]
    return {(frame, chain.run.direction): chain.alpha(frame) for chain in chains for frame in chain.run.frames}


def changed(before, after):
    return sorted({frame for (frame, direction), each in after.items() if before.get((frame, direction)) != each})


def test_when_nothing_changed_then_fingerprints_are_the_same_and_no_two_alphas_share_one():
    assert fingerprints() == fingerprints()
    assert len(set(fingerprints().values())) == len(fingerprints())


@pytest.mark.parametrize(
    ("key", "frames"),
    [
        (1001, [1001, 1002, 1003, 1004]),
        (1005, [1002, 1003, 1004, 1005, 1006, 1007]),
        (1008, [1006, 1007, 1008, 1009, 1010]),
    ],
)
def test_when_a_mask_changes_then_the_gaps_beside_it_do_and_no_other_key_frame(key, frames):
    assert changed(fingerprints(), fingerprints(keys=KEYS | {key: "other"})) == [*frames]
    assert changed(fingerprints(), fingerprints(kinds={key: "approved"})) == [*frames]


def test_when_a_key_frame_is_added_then_only_its_gap_changes():
    assert changed(fingerprints(), fingerprints(keys=dict(sorted((KEYS | {1003: "d"}).items())))) == [1002, 1003, 1004]


def test_when_a_plate_changes_then_each_pass_does_from_there_on():
    plates = Plates()
    plates.known[1003] = "another"
    before, after = fingerprints(), fingerprints(plates)
    assert sorted(name for name in after if before[name] != after[name]) == [
        (1002, "backward"), (1003, "backward"), (1003, "forward"), (1004, "forward"),
    ]  # fmt: skip


@pytest.mark.parametrize("what", [{"digest": "other"}, {"region": replace(REGION, view=(3, 4))}])
def test_when_the_order_or_the_region_changes_then_all_fingerprints_do(what):
    assert not set(fingerprints().values()) & set(fingerprints(**what).values())


def test_when_two_plates_are_equal_then_their_fingerprints_are_not():
    plates = Plates()
    plates.known[1010] = plates.known[1009]
    assert fingerprints(plates)[1010, "forward"] != fingerprints(plates)[1009, "forward"]


def test_when_a_frame_is_asked_for_alone_then_its_fingerprint_is_the_same_as_in_order():
    shot = Shot("p.####.exr", (KeyFrame(1001, "m.exr"),), Delivery("m.####.exr"), FRAMES)
    (group,) = groups_of(shot, FRAMES)
    seen = Seen("shot", group, REGION, KeyMasks({shot.key_frames[0]: "a"}, lambda _: np.zeros((6, 8))), Plates())
    (gap,) = gaps(group.keys, FRAMES)
    (run,) = gap.passes()
    in_order = Chain(seen, run)
    expected = [in_order.memory(frame) for frame in FRAMES]
    assert [Chain(seen, run).memory(frame) for frame in FRAMES] == expected
