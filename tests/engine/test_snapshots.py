"""Snapshots within their budget: which are there, which are refused, and which go first."""

import errno
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from penumbra import MemoryState, Propagator
from penumbra.engine.kept.snapshots import EVERY, Snapshots
from penumbra.errors import FileError, MachineError
from penumbra.shot import Delivery

CHAIN, OTHER = "forward.1001.9f3a12cd", "backward.-5.00ff00ff"
PASS = tuple(range(1001, 1101))


def fingerprint(frame: int) -> str:
    return f"{frame % 10_000:04d}abcdef" * 6 + "0123"


@pytest.fixture(scope="module")
def state(tiny_model) -> MemoryState:
    propagator = Propagator(tiny_model, warmup=0)
    propagator.start(np.random.default_rng(0).random((3, 32, 48), np.float32), np.ones((1, 32, 48), np.float32))
    return propagator.state


@pytest.fixture
def size(state, tmp_path) -> int:
    """Bytes of one snapshot."""
    state.save(tmp_path / "one", fingerprint(1))
    return (tmp_path / "one").stat().st_size


@pytest.fixture
def snapshots(tmp_path) -> Snapshots:
    return Snapshots.beside(Delivery(tmp_path / "out" / "matte.####.exr"))


@pytest.fixture
def room_for(snapshots, size):
    """The same snapshots with a budget of so many."""
    return lambda count: Snapshots(snapshots.folder, int(count * (size + 64)))


def keep(snapshots, state, frames, chain=CHAIN, places=None):
    for frame in frames:
        snapshots.save(chain, frame, fingerprint(frame), state, {CHAIN: PASS} if places is None else places)


def there(snapshots, chain=CHAIN, frames=PASS) -> list[int]:
    return list(snapshots.there(chain, fingerprint, frames))


def only_file(snapshots) -> Path:
    (path,) = snapshots.folder.iterdir()
    return path


def test_when_memory_is_kept_then_it_lies_beside_the_mattes_and_comes_back(snapshots, state, tmp_path):
    keep(snapshots, state, [1020])
    assert only_file(snapshots) == (
        tmp_path / "out" / ".penumbra" / "matte.#.exr" / f"{CHAIN}.1020.{fingerprint(1020)[:16]}.safetensors"
    )
    loaded = snapshots.load(CHAIN, 1020, fingerprint(1020))
    assert loaded is not None
    assert np.array_equal(loaded.last_alpha, state.last_alpha)
    assert MemoryState.load(only_file(snapshots), fingerprint(1020)).model == state.model


def test_when_there_is_no_folder_then_there_are_no_snapshots(snapshots):
    assert there(snapshots) == []
    assert snapshots.load(CHAIN, 1020, fingerprint(1020)) is None
    assert not snapshots.folder.exists()


def test_when_asked_which_are_there_then_only_frames_that_have_a_file_are_hashed(snapshots, state):
    keep(snapshots, state, [1020, 1060, 1040])
    asked = []
    found = snapshots.there(CHAIN, lambda frame: asked.append(frame) or fingerprint(frame), PASS)
    assert found == (1020, 1040, 1060)
    assert asked == [1020, 1040, 1060]


def test_when_a_pass_goes_backward_over_zero_then_its_snapshots_are_there_in_its_order(snapshots, state):
    backward = tuple(range(-5, -60, -1))
    keep(snapshots, state, [-44, -24, -5], OTHER, {OTHER: backward})
    assert there(snapshots, OTHER, backward) == [-5, -24, -44]
    assert snapshots.load(OTHER, -24, fingerprint(-24)) is not None


def test_when_another_chain_s_name_begins_alike_then_the_two_are_apart(snapshots, state):
    longer = f"{CHAIN}.1040"
    keep(snapshots, state, [1020], longer)
    asked = []
    assert snapshots.there(CHAIN, asked.append, PASS) == ()
    assert asked == []
    assert there(snapshots, longer) == [1020]


def test_when_a_snapshot_s_name_has_another_fingerprint_then_it_is_not_there(snapshots, state):
    keep(snapshots, state, [1020, 1040])
    assert list(snapshots.there(CHAIN, lambda frame: fingerprint(frame + (frame > 1030)), PASS)) == [1020]


def damage(path: Path, state: MemoryState, kind: str) -> None:
    whole = path.read_bytes()
    begin_of_data = 8 + int.from_bytes(whole[:8], "little")
    flipped = {"length": 1, "header": begin_of_data // 2, "first": begin_of_data, "last": len(whole) - 1}
    if kind in flipped:
        content = bytearray(whole)
        content[flipped[kind]] ^= 0x10
        path.write_bytes(content)
    elif kind == "another's":
        state.save(path, fingerprint(1021))
    elif kind == "nobody's":
        state.save(path)
    else:
        path.write_bytes({"empty": b"", "cut": whole[:-100], "header only": whole[:300], "foreign": b"text" * 99}[kind])


@pytest.mark.parametrize(
    "kind",
    ["length", "header", "first", "last", "another's", "nobody's", "empty", "cut", "header only", "foreign"],
)
def test_when_a_snapshot_is_damaged_or_of_something_else_then_it_is_refused_and_can_be_made_again(
    snapshots, state, kind
):
    keep(snapshots, state, [1020, 1040])
    path = next(snapshots.folder.glob("*.1020.*"))
    damage(path, state, kind)
    assert there(snapshots) == [1020, 1040]
    assert snapshots.load(CHAIN, 1020, fingerprint(1020)) is None
    assert there(snapshots) == [1040]
    keep(snapshots, state, [1020])
    assert snapshots.load(CHAIN, 1020, fingerprint(1020)) is not None
    assert snapshots.load(CHAIN, 1040, fingerprint(1040)) is not None


def test_when_a_damaged_snapshot_cannot_be_deleted_then_it_is_not_there_until_it_is_made_again(
    snapshots, state, ordinary_user
):
    keep(snapshots, state, [1020, 1040])
    damage(next(snapshots.folder.glob("*.1020.*")), state, "cut")
    snapshots.folder.chmod(0o555)
    with ordinary_user():
        assert snapshots.load(CHAIN, 1020, fingerprint(1020)) is None
        assert there(snapshots) == [1040]
    snapshots.folder.chmod(0o755)
    keep(snapshots, state, [1020])
    assert there(snapshots) == [1020, 1040]


def test_when_the_budget_is_spent_then_the_snapshots_stay_within_it_and_evenly_spread(room_for, state):
    snapshots = room_for(4)
    for frame in range(1010, 1101, 10):
        keep(snapshots, state, [frame])
        left = there(snapshots)
        assert frame in left
        assert len(left) <= 4
        assert sum(path.stat().st_size for path in snapshots.folder.iterdir()) <= snapshots.budget
    # 1001-1100 in five holes: the longest way is at most twice what is best.
    ends = [1000, *left, 1101]
    assert max(np.diff(ends)) <= 2 * 100 / 5
    assert len(left) == 4


def test_when_one_must_go_then_it_is_the_one_whose_loss_leaves_the_smallest_hole(room_for, state):
    snapshots = room_for(5)
    keep(snapshots, state, [1010, 1030, 1034, 1060, 1090])
    keep(snapshots, state, [1050])
    # The frames without it: 1010 leaves 30, 1030 24, 1034 20, 1060 40, 1090 41.
    assert there(snapshots) == [1010, 1030, 1050, 1060, 1090]


@pytest.mark.parametrize(("kept", "gone"), [([1005, 1050, 1070], 1005), ([1030, 1060, 1097], 1097)])
def test_when_a_snapshot_is_near_an_end_of_its_pass_then_it_is_missed_less(room_for, state, kept, gone):
    snapshots = room_for(2)
    keep(snapshots, state, [frame for frame in kept if frame != kept[1]])
    keep(snapshots, state, [kept[1]])
    assert there(snapshots) == [frame for frame in kept if frame != gone]


def test_when_there_are_several_passes_then_the_hole_is_the_smallest_of_all(room_for, state):
    snapshots = room_for(4)
    short = tuple(range(1200, 1170, -1))
    places = {CHAIN: PASS, OTHER: short}
    keep(snapshots, state, [1030, 1070], CHAIN, places)
    keep(snapshots, state, [1190, 1180], OTHER, places)
    keep(snapshots, state, [1100], CHAIN, places)
    assert there(snapshots) == [1030, 1070, 1100]
    assert there(snapshots, OTHER, short) == [1190]  # without 1180 20 frames, without 1190 21, 1030 70 and 1070 70


def test_when_chains_are_of_another_order_then_they_go_first_and_the_oldest_of_them_before(room_for, state):
    snapshots = room_for(3)
    keep(snapshots, state, [1030], OTHER, {OTHER: PASS})
    keep(snapshots, state, [1010], "forward.1001.00000000", {"forward.1001.00000000": PASS})
    keep(snapshots, state, [1019, 1020])
    assert there(snapshots) == [1019, 1020]
    assert there(snapshots, OTHER) == []
    assert there(snapshots, "forward.1001.00000000") == [1010]
    keep(snapshots, state, [1021])
    assert there(snapshots) == [1019, 1020, 1021]


def test_when_the_pass_has_become_shorter_then_what_is_beyond_it_goes_first(room_for, state):
    snapshots = room_for(2)
    keep(snapshots, state, [1090, 1020])
    keep(snapshots, state, [1022], places={CHAIN: PASS[:50]})
    assert there(snapshots) == [1020, 1022]


def test_when_plates_have_changed_then_what_fits_no_more_goes_before_what_does(room_for, state):
    snapshots = room_for(4)
    keep(snapshots, state, [1020, 1040, 1060, 1080])
    assert list(snapshots.there(CHAIN, lambda frame: fingerprint(frame + (frame > 1050)), PASS)) == [1020, 1040]
    keep(snapshots, state, [1021, 1041])
    assert there(snapshots) == [1020, 1021, 1040, 1041]


def test_when_plates_have_changed_back_then_their_snapshots_hold_their_places_again(room_for, state):
    snapshots = room_for(3)
    keep(snapshots, state, [1025, 1050, 1075])
    assert snapshots.there(CHAIN, lambda frame: fingerprint(frame + 1), PASS) == ()
    assert there(snapshots) == [1025, 1050, 1075]
    keep(snapshots, state, [1076])
    assert there(snapshots) == [1025, 1050, 1076]


def test_when_a_frame_is_kept_again_with_another_fingerprint_then_the_older_goes_first(room_for, state):
    snapshots = room_for(3)
    keep(snapshots, state, [1020, 1060])
    snapshots.save(CHAIN, 1060, "f" * 64, state, {CHAIN: PASS})
    assert snapshots.load(CHAIN, 1060, fingerprint(1060)) is not None
    keep(snapshots, state, [1090])
    assert snapshots.load(CHAIN, 1060, fingerprint(1060)) is None
    assert snapshots.load(CHAIN, 1060, "f" * 64) is not None
    assert there(snapshots) == [1020, 1090]


def test_when_there_is_no_room_at_all_then_none_is_kept(snapshots, state):
    keep(Snapshots(snapshots.folder, 0), state, [1020, 1040])
    assert there(snapshots) == []


def test_when_the_budget_is_less_than_one_then_the_newest_alone_stays(snapshots, state):
    snapshots = Snapshots(snapshots.folder, 1)
    for frame in (1020, 1040, 1021):
        keep(snapshots, state, [frame])
        assert there(snapshots) == [frame]


def test_when_a_run_was_killed_between_keeping_and_making_room_then_the_next_one_makes_room(room_for, state):
    keep(room_for(9), state, range(1010, 1091, 10))
    snapshots = room_for(3)
    assert len(there(snapshots)) == 9
    keep(snapshots, state, [1095])
    assert len(there(snapshots)) == 3


def test_when_a_run_was_killed_while_writing_then_its_part_is_swept_after_a_day(snapshots, state):
    snapshots.folder.mkdir(parents=True)
    parts = [snapshots.folder / f".{CHAIN}.{frame}.{'0' * 16}.safetensors.77.part" for frame in (1020, 1040)]
    for part in parts:
        part.write_bytes(b"half")
    os.utime(parts[0], (1e9, 1e9))
    assert there(snapshots) == []
    keep(snapshots, state, [1060])
    assert [part.exists() for part in parts] == [False, True]


def test_when_something_cannot_be_deleted_then_the_others_make_room(room_for, state, snapshots):
    stubborn = snapshots.folder / f"{OTHER}.1001.{'0' * 16}.safetensors"
    (stubborn / "inside").mkdir(parents=True)
    snapshots = room_for(4)
    keep(snapshots, state, range(1010, 1091, 10))
    assert stubborn.exists()
    assert 1090 in there(snapshots)
    assert sum(path.stat().st_size for path in snapshots.folder.iterdir()) <= snapshots.budget


def test_when_files_vanish_while_they_are_looked_at_then_the_others_are_there(snapshots, state):
    keep(snapshots, state, [1020, 1040])
    for frame in range(1050, 1080):  # listed, and gone when they are looked at
        (snapshots.folder / f"{CHAIN}.{frame}.{fingerprint(frame)[:16]}.safetensors").symlink_to("gone")
    assert there(snapshots) == [1020, 1040]


def test_when_another_process_is_quicker_to_delete_then_no_more_goes_than_must(room_for, state, monkeypatch):
    def late(path: Path, missing_ok: bool = False) -> None:
        path.exists() and unlink(path)
        unlink(path, missing_ok=missing_ok)

    unlink = Path.unlink
    snapshots = room_for(3)
    keep(snapshots, state, [1025, 1050, 1075])
    monkeypatch.setattr(Path, "unlink", late)
    keep(snapshots, state, [1100])
    assert len(there(snapshots)) == 3


def test_when_the_folder_is_deleted_meanwhile_then_it_is_made_again(snapshots, state):
    keep(snapshots, state, [1020])
    shutil.rmtree(snapshots.folder.parent)
    keep(snapshots, state, [1040])
    assert there(snapshots) == [1040]


def test_when_two_use_the_folder_at_once_then_neither_fails_and_what_is_loaded_is_right(room_for, state):
    def work(seed: int) -> int:
        random, snapshots, count = np.random.default_rng(seed), room_for(3), 0
        for frame in random.choice(PASS[seed::3], 60):
            keep(snapshots, state, [int(frame)])
            for found in there(snapshots):
                memory = snapshots.load(CHAIN, found, fingerprint(found))
                assert memory is None or np.array_equal(memory.sensory, state.sensory)
                count += memory is not None
        return count

    with ThreadPoolExecutor(3) as threads:
        assert min(threads.map(work, range(3))) > 0


@pytest.fixture
def disk(monkeypatch, snapshots):
    """Gives the folder's disk so many bytes: what is more is refused as a full disk refuses it."""

    def has(room: int) -> None:
        write = Path.write_bytes

        def limited(path: Path, content: bytes) -> int:
            left = room - sum(each.stat().st_size for each in snapshots.folder.iterdir())
            if len(content) <= left:
                return write(path, content)
            write(path, content[:left])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

        def usage(_: Path) -> SimpleNamespace:
            return SimpleNamespace(free=room - sum(each.stat().st_size for each in snapshots.folder.iterdir()))

        monkeypatch.setattr(Path, "write_bytes", limited)
        monkeypatch.setattr(shutil, "disk_usage", usage)

    return has


def test_when_the_disk_is_full_then_others_make_room_for_the_newest(room_for, state, size, disk, monkeypatch):
    snapshots = room_for(9)
    keep(snapshots, state, [1020, 1024, 1060])
    disk(3 * (size + 64))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**12))  # as a quota does
    keep(snapshots, state, [1080])
    assert there(snapshots) == [1024, 1060, 1080]


def test_when_the_disk_has_no_room_even_for_the_newest_then_it_says_so_and_nothing_half_written_stays(
    snapshots, state, size, disk
):
    keep(snapshots, state, [1020, 1040])
    disk(size - 100)
    with pytest.raises(MachineError, match="No space left on device") as caught:
        keep(snapshots, state, [1060])
    assert caught.value.exit_code == 4
    assert list(snapshots.folder.iterdir()) == []


def test_when_the_disk_is_nearly_full_then_half_of_what_is_left_stays_for_the_mattes(room_for, state, size, disk):
    snapshots = room_for(100)
    disk(10 * (size + 64))
    keep(snapshots, state, range(1010, 1101, 10))
    assert len(there(snapshots)) == 5


def test_when_the_folder_takes_nothing_then_it_is_the_machine_s_fault_and_the_others_stay(
    snapshots, state, ordinary_user
):
    keep(snapshots, state, [1020])
    snapshots.folder.chmod(0o555)
    with ordinary_user(), pytest.raises(MachineError, match="Permission denied"):
        keep(snapshots, state, [1040])
    snapshots.folder.chmod(0o755)
    assert there(snapshots) == [1020]


def test_when_a_plate_cannot_be_hashed_then_its_fault_is_told(snapshots, state):
    keep(snapshots, state, [1020])

    def gone(frame: int) -> str:
        raise FileError("Frame 1020 cannot be read any more.")

    with pytest.raises(FileError, match="Frame 1020"):
        snapshots.there(CHAIN, gone, PASS)


@pytest.mark.parametrize(("count", "length"), [(3, 480), (7, 2000), (23, 2000)])
def test_when_a_long_pass_is_kept_then_no_seek_is_longer_than_twice_the_best(room_for, state, count, length):
    snapshots = room_for(count)
    frames = tuple(range(1, length + 1))
    for frame in frames[EVERY - 1 :: EVERY]:
        keep(snapshots, state, [frame], places={CHAIN: frames})
        left = there(snapshots, CHAIN, frames)
        longest = max(np.diff([0, *left]))
        assert longest <= 2 * max(EVERY, frame / len(left))
    assert len(left) == count
