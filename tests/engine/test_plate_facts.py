"""What is known of the plates' files: found once, kept, and never believed of another file."""

import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from penumbra.engine.kept import plate_facts
from penumbra.engine.kept.plate_facts import PlateFacts
from penumbra.errors import FileError, InputError

FRAMES = range(1001, 1005)
HOUR = 3600 * 10**9
posix = pytest.mark.skipif(os.name != "posix", reason="the system has no time of change")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def change(path: Path, text: str) -> None:
    """Write the file, and again until the system's clock has gone on: then its time is another one."""
    before = path.stat().st_ctime_ns if path.exists() else 0
    path.write_text(text)
    while path.stat().st_ctime_ns == before:
        time.sleep(0.001)
        path.write_text(text)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Of plates whose content is a word."""
    (tmp_path / "plates").mkdir()
    for frame in FRAMES:
        change(tmp_path / "plates" / f"plate.{frame}.exr", f"plate {frame}")
    return tmp_path / "plates"


@pytest.fixture
def kept(tmp_path) -> Path:
    return tmp_path / "out" / ".penumbra" / "plates.json"


@pytest.fixture
def a_run(folder, kept) -> Callable[..., PlateFacts]:
    """The facts as a run that begins now has them."""
    return lambda folder=folder, kept=kept: PlateFacts(lambda frame: folder / f"plate.{frame}.exr", kept)


@pytest.fixture
def hashed(monkeypatch) -> list[str]:
    """The names of the files whose content was hashed."""
    names, digest = [], hashlib.file_digest

    def noted(file, method):
        names.append(Path(file.name).name)
        return digest(file, method)

    monkeypatch.setattr(hashlib, "file_digest", noted)
    return names


@pytest.fixture
def later(monkeypatch) -> None:
    """An hour later, by this machine's clock: the files have been as they are for long."""
    monkeypatch.setattr(plate_facts, "time_ns", lambda: time.time_ns() + HOUR)


def all_of(facts: PlateFacts) -> list[str]:
    found = [facts.of(frame) for frame in FRAMES]
    facts.keep()
    return found


RIGHT = [sha256(f"plate {frame}") for frame in FRAMES]


def test_when_plates_are_asked_for_then_their_content_is_hashed_once_in_a_run(a_run, hashed):
    facts = a_run()
    assert all_of(facts) == all_of(facts) == RIGHT
    assert hashed == [f"plate.{frame}.exr" for frame in FRAMES]


@pytest.mark.usefixtures("later")
def test_when_nothing_has_changed_then_the_next_run_hashes_nothing(a_run, hashed, kept):
    all_of(a_run())
    hashed.clear()
    before = kept.stat().st_mtime_ns
    assert all_of(a_run()) == RIGHT
    assert hashed == []
    assert kept.stat().st_mtime_ns == before


@pytest.mark.usefixtures("later")
def test_when_a_plate_changes_within_a_run_then_the_run_stays_with_what_it_found(a_run, folder):
    facts = a_run()
    all_of(facts)
    change(folder / "plate.1002.exr", "another")
    assert all_of(facts) == RIGHT
    assert a_run().of(1002) == sha256("another")


@pytest.mark.usefixtures("later")
def test_when_a_plate_is_only_touched_then_it_is_hashed_again_and_its_hash_is_the_same(a_run, folder, hashed):
    all_of(a_run())
    hashed.clear()
    os.utime(folder / "plate.1002.exr", (1e9, 1e9))
    assert all_of(a_run()) == RIGHT
    assert hashed == ["plate.1002.exr"]
    assert all_of(a_run()) == RIGHT
    assert hashed == ["plate.1002.exr"]


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("text", ["PLATE 1002", "longer than before", ""])
@pytest.mark.parametrize("true_ctime", [pytest.param(True, marks=posix), False])
def test_when_a_plate_is_written_again_then_its_hash_is_another(a_run, folder, monkeypatch, text, true_ctime):
    monkeypatch.setattr(plate_facts, "TRUE_CTIME", true_ctime)
    all_of(a_run())
    change(folder / "plate.1002.exr", text)
    assert a_run().of(1002) == sha256(text)


@posix
@pytest.mark.usefixtures("later")
def test_when_a_plate_is_written_again_and_given_its_old_time_then_its_hash_is_another(a_run, folder):
    all_of(a_run())
    plate = folder / "plate.1002.exr"
    before = plate.stat()
    change(plate, "PLATE 1002")
    os.utime(plate, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert plate.stat().st_size == before.st_size
    assert a_run().of(1002) == sha256("PLATE 1002")


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("older", [0, HOUR])
@pytest.mark.parametrize("true_ctime", [pytest.param(True, marks=posix), False])
def test_when_a_plate_is_replaced_by_an_older_one_of_its_size_then_its_hash_is_another(
    a_run, folder, monkeypatch, older, true_ctime
):
    monkeypatch.setattr(plate_facts, "TRUE_CTIME", true_ctime)
    all_of(a_run())
    plate, version = folder / "plate.1002.exr", folder / "aside.exr"
    change(version, "PLATE 1002")
    time_of = plate.stat().st_mtime_ns - older
    os.utime(version, ns=(time_of, time_of))
    version.replace(plate)
    assert a_run().of(1002) == sha256("PLATE 1002")


@pytest.fixture
def coarse(monkeypatch) -> Callable[[int], None]:
    """A file server whose clock ticks every hour, and is so many nanoseconds before ours: all happens in one tick."""

    def clock(ahead: int) -> None:
        def fstat(number: int) -> SimpleNamespace:
            facts = status(number)
            times = {"st_mtime_ns": tick, "st_ctime_ns": tick}
            return SimpleNamespace(st_size=facts.st_size, st_ino=facts.st_ino, **times)

        tick = time.time_ns() + ahead
        monkeypatch.setattr(os, "fstat", fstat)

    status = os.fstat
    return clock


@pytest.mark.parametrize("ahead", [0, 10**9, -(10**9), -200 * 10**9, 200 * 10**9, 10**18])
def test_when_a_plate_is_written_again_in_the_same_tick_then_its_hash_is_another(a_run, folder, coarse, ahead):
    coarse(ahead)
    all_of(a_run())
    (folder / "plate.1002.exr").write_text("PLATE 1002")
    assert a_run().of(1002) == sha256("PLATE 1002")


def test_when_a_plate_has_just_been_written_then_later_runs_hash_it_until_it_is_settled(a_run, hashed, monkeypatch):
    all_of(a_run())
    all_of(a_run())
    assert hashed == [f"plate.{frame}.exr" for frame in FRAMES] * 2
    monkeypatch.setattr(plate_facts, "time_ns", lambda: time.time_ns() + HOUR)
    all_of(a_run())
    hashed.clear()
    assert all_of(a_run()) == RIGHT
    assert hashed == []


@posix
@pytest.mark.usefixtures("later")
def test_when_a_plate_s_time_is_in_the_future_then_it_is_hashed_in_every_run(a_run, folder, hashed):
    os.utime(folder / "plate.1002.exr", (4e9, 4e9))
    all_of(a_run())
    hashed.clear()
    assert all_of(a_run()) == RIGHT
    assert hashed == ["plate.1002.exr"]


@pytest.mark.usefixtures("later")
def test_when_a_plate_is_written_while_it_is_hashed_then_what_was_seen_of_it_is_not_believed(
    a_run, folder, monkeypatch
):
    digest = hashlib.file_digest

    def slow(file, method):
        seen = digest(file, method)
        if file.name.endswith("1002.exr"):
            change(Path(file.name), "plate 1oo2")
        return seen

    monkeypatch.setattr(hashlib, "file_digest", slow)
    all_of(a_run())
    monkeypatch.undo()
    assert a_run().of(1002) == sha256("plate 1oo2")


@pytest.mark.usefixtures("later")
def test_when_the_plates_folder_is_moved_then_nothing_is_hashed_again(a_run, folder, hashed, tmp_path):
    all_of(a_run())
    hashed.clear()
    folder.rename(tmp_path / "elsewhere")
    assert all_of(a_run(tmp_path / "elsewhere")) == RIGHT
    assert hashed == []


@pytest.mark.usefixtures("later")
def test_when_the_plates_are_those_of_another_folder_then_they_are_hashed(a_run, folder, hashed, tmp_path):
    all_of(a_run())
    hashed.clear()
    shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copy2)
    change(tmp_path / "copy" / "plate.1002.exr", "PLATE 1002")
    times = (folder / "plate.1002.exr").stat()
    os.utime(tmp_path / "copy" / "plate.1002.exr", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert all_of(a_run(tmp_path / "copy")) == [RIGHT[0], sha256("PLATE 1002"), *RIGHT[2:]]
    assert len(hashed) == len(FRAMES)


@pytest.mark.usefixtures("later")
def test_when_any_bit_of_what_is_kept_is_flipped_then_no_wrong_hash_comes_of_it(a_run, kept):
    facts = a_run()
    facts.of(1001)
    facts.fact(1001, "glimpse", lambda: "dark")
    facts.keep()
    whole = kept.read_bytes()
    for place, byte in enumerate(whole):
        kept.write_bytes(whole[:place] + bytes([byte ^ 1 << place % 8]) + whole[place + 1 :])
        facts = a_run()
        assert facts.of(1001) == RIGHT[0]
        assert facts.fact(1001, "glimpse", lambda: "dark") == "dark"


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000, b'{"version": 1}', "cut", "old"]
)
def test_when_what_is_kept_is_damaged_or_another_s_then_it_is_found_and_kept_again(a_run, kept, hashed, content):
    all_of(a_run())
    whole = kept.read_bytes()
    old = json.dumps(json.loads(whole) | {"version": 0}).encode()
    kept.write_bytes({"cut": whole[:-20], "old": old}.get(content, content))
    hashed.clear()
    assert all_of(a_run()) == RIGHT
    assert len(hashed) == len(FRAMES)
    assert kept.read_bytes() == whole


@pytest.mark.usefixtures("later")
def test_when_the_folder_does_not_take_what_is_known_then_it_is_no_fault(a_run, kept, folder, ordinary_user):
    kept.parent.mkdir(parents=True)
    kept.parent.chmod(0o555)
    with ordinary_user():
        assert all_of(a_run()) == RIGHT
    assert list(kept.parent.iterdir()) == []
    kept.parent.chmod(0o755)
    kept.mkdir()
    assert all_of(a_run()) == RIGHT
    assert all_of(a_run(kept=folder / "plate.1001.exr" / "plates.json")) == RIGHT


@pytest.mark.usefixtures("later")
def test_when_two_runs_keep_what_they_know_then_both_is_known(a_run, hashed):
    one, other = a_run(), a_run()
    one.of(1001)
    other.of(1002)
    one.keep()
    other.keep()
    hashed.clear()
    third = a_run()
    third.of(1001), third.of(1002)
    assert hashed == []


@pytest.mark.usefixtures("later")
def test_when_the_shot_is_another_then_what_was_asked_for_last_is_kept(a_run, hashed, monkeypatch):
    monkeypatch.setattr(plate_facts, "MOST", 3)
    all_of(a_run())
    facts = a_run()
    facts.of(1002)
    facts.of(1001)
    facts.keep()
    hashed.clear()
    all_of(a_run())
    assert hashed == ["plate.1003.exr"]


@pytest.mark.usefixtures("later")
def test_when_another_fact_is_asked_for_then_it_is_found_once_and_kept(a_run, hashed):
    def glimpse(facts: PlateFacts, text: str = "dark") -> str:
        found = facts.fact(1001, "glimpse", lambda: asked.append(text) or text)
        facts.keep()
        return found

    asked: list[str] = []
    facts = a_run()
    assert facts.of(1001) == RIGHT[0]
    assert glimpse(facts) == glimpse(facts) == glimpse(a_run()) == "dark"
    assert asked == ["dark"]
    assert a_run().of(1001) == RIGHT[0]
    assert hashed == ["plate.1001.exr"]
    assert a_run().fact(1001, "glimpse 2", lambda: "bright") == "bright"


@pytest.mark.usefixtures("later")
def test_when_a_plate_changes_then_every_fact_of_it_is_found_again(a_run, folder):
    facts = a_run()
    facts.fact(1001, "glimpse", lambda: "dark")
    all_of(facts)
    change(folder / "plate.1001.exr", "PLATE 1001")
    facts = a_run()
    assert facts.of(1001) == sha256("PLATE 1001")
    facts.keep()
    assert a_run().fact(1001, "glimpse", lambda: "bright") == "bright"


@pytest.mark.usefixtures("later")
def test_when_a_fact_is_an_empty_text_then_it_is_kept_as_one(a_run):
    facts = a_run()
    assert facts.fact(1001, "cut", lambda: "") == ""
    facts.keep()
    assert a_run().fact(1001, "cut", lambda: "found again") == ""


@pytest.mark.usefixtures("later")
def test_when_a_fact_cannot_be_found_then_its_error_is_told_and_it_can_be_asked_again(a_run):
    def fails() -> str:
        raise InputError("no")

    facts = a_run()
    with pytest.raises(InputError):
        facts.fact(1001, "glimpse", fails)
    assert facts.fact(1001, "glimpse", lambda: "dark") == "dark"


def test_when_many_threads_ask_for_the_same_then_it_is_found_once_and_others_do_not_wait(a_run, hashed):
    facts, both = a_run(), threading.Barrier(2, timeout=20)

    def glimpse(frame: int) -> str:
        # Passed only when both frames are looked into at the same time.
        return facts.fact(frame, "glimpse", lambda: str(both.wait() * 0))

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(glimpse, [1001, 1002] * 4)) == {"0"}
        assert list(threads.map(facts.of, [*FRAMES] * 8)) == RIGHT * 8
    assert sorted(hashed) == [f"plate.{frame}.exr" for frame in FRAMES]


def test_when_a_plate_is_gone_then_its_frame_is_named(a_run, folder):
    (folder / "plate.1004.exr").unlink()
    facts = a_run()
    for ask in (lambda: facts.of(1004), lambda: facts.fact(1004, "glimpse", lambda: "dark")):
        with pytest.raises(FileError, match="Frame 1004 cannot be read any more: No such file") as caught:
            ask()
        assert caught.value.frame == 1004
        assert caught.value.path == folder / "plate.1004.exr"


def test_when_all_of_a_pass_is_hashed_then_every_plate_their_order_and_the_order_of_work_count(a_run, folder):
    def of_all(digest="shot", frames=(1002, 1003, 1004)):
        return a_run().of_all(digest, frames)

    before = of_all()
    assert of_all() == before
    assert of_all(digest="other") != before
    assert of_all(frames=(1003, 1002, 1004)) != before
    change(folder / "plate.1001.exr", "another")
    assert of_all() == before
    change(folder / "plate.1003.exr", "another")
    assert of_all() != before


@pytest.mark.usefixtures("later")
def test_when_there_are_many_plates_then_what_is_kept_stays_small(a_run, folder, kept):
    for frame in range(2000):
        (folder / f"plate.{frame}.exr").write_bytes(b"")
    facts = a_run()
    for frame in range(2000):
        facts.of(frame)
    facts.keep()
    assert kept.stat().st_size < 2000 * 250
