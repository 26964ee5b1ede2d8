"""Fingerprints of frames, over files that change."""

import hashlib
from pathlib import Path

import pytest

from penumbra.engine.fingerprints import Fingerprints, PlateHashes
from penumbra.errors import FileError


class Plates:
    """Files of plates whose content is a word, and how often each was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[int] = []
        for frame in range(1001, 1007):
            self.change(frame, f"plate {frame}")

    def change(self, frame: int, content: str) -> None:
        (self.folder / f"{frame}").write_text(content)

    def __call__(self, frame: int) -> Path:
        self.asked.append(frame)
        return self.folder / f"{frame}"


@pytest.fixture
def plate_files(tmp_path):
    return Plates(tmp_path)


def fingerprints(plate_files, digest="shot", key=1003):
    chains = Fingerprints(digest, key, PlateHashes(plate_files))
    return {frame: chains.of(frame) for frame in range(1001, 1007)}


def test_when_nothing_changed_then_fingerprints_are_the_same_and_no_two_frames_share_one(plate_files):
    assert fingerprints(plate_files) == fingerprints(plate_files)
    assert len(set(fingerprints(plate_files).values())) == 6


def test_when_a_plate_changes_then_it_and_those_farther_from_the_key_frame_do_too(plate_files):
    before = fingerprints(plate_files)
    plate_files.change(1005, "another")
    changed = {frame for frame, each in fingerprints(plate_files).items() if each != before[frame]}
    assert changed == {1005, 1006}
    before = fingerprints(plate_files)
    plate_files.change(1002, "another")
    assert {frame for frame, each in fingerprints(plate_files).items() if each != before[frame]} == {1001, 1002}


def test_when_the_key_frame_s_plate_or_the_order_changes_then_all_fingerprints_do(plate_files):
    before = fingerprints(plate_files)
    assert not set(before.values()) & set(fingerprints(plate_files, digest="other").values())
    plate_files.change(1003, "another")
    assert not set(before.values()) & set(fingerprints(plate_files).values())


def test_when_two_plates_are_equal_then_their_fingerprints_are_not(plate_files):
    plate_files.change(1005, "plate 1004")
    chains = Fingerprints("shot", 1003, PlateHashes(plate_files))
    assert chains.plates.of(1005) == chains.plates.of(1004) == hashlib.sha256(b"plate 1004").hexdigest()
    assert chains.of(1005) != chains.of(1004)


def test_when_many_fingerprints_are_asked_for_then_each_file_is_read_once(plate_files):
    chains = Fingerprints("shot", 1001, PlateHashes(plate_files))
    for frame in (1006, 1003, 1006, 1001):
        chains.of(frame)
        chains.plates.of(frame)
    assert sorted(plate_files.asked) == list(range(1001, 1007))


def test_when_a_plate_is_gone_then_its_frame_is_named(plate_files):
    (plate_files.folder / "1004").unlink()
    with pytest.raises(FileError, match="Frame 1004 cannot be read any more: No such file") as caught:
        fingerprints(plate_files)
    assert caught.value.frame == 1004
    assert caught.value.path == plate_files.folder / "1004"


def test_when_all_of_a_pass_is_hashed_then_every_plate_their_order_and_the_order_of_work_count(plate_files):
    def of_all(digest="shot", frames=(1003, 1004, 1005)):
        return PlateHashes(plate_files).of_all(digest, frames)

    before = of_all()
    assert of_all() == before
    assert of_all(digest="other") != before
    assert of_all(frames=(1004, 1003, 1005)) != before
    plate_files.change(1006, "another")
    assert of_all() == before
    plate_files.change(1005, "another")
    assert of_all() != before
