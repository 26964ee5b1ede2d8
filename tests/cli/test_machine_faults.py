"""Disks, rights, and bugs of our own: what is complete stays, and nothing is half written."""

import resource
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import penumbra as api
from penumbra.delivery import check_output
from penumbra.errors import MachineError
from penumbra.propagation import Propagator
from tests.engine.shots import FRAMES, FrameDone, files, make_shot, run_all, through, times, written
from tests.pictures import read_exr_file, write_exr_file


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """In it the system takes no more than so many bytes of any file, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def assert_complete(folder: Path) -> None:
    for path in folder.glob("*.exr"):
        assert read_exr_file(path)[0]["A"].shape == (32, 48)


def assert_clean(folder: Path) -> None:
    assert_complete(folder)
    assert not list(folder.rglob("*.part"))


def test_when_the_disk_has_too_little_room_then_it_is_told_before_anything_is_written(refused, order, monkeypatch):
    little = partial(check_output, usage=lambda _: SimpleNamespace(free=1000))
    monkeypatch.setattr("penumbra.engine.opened.check_output", little)
    said = refused(4, *order.line())
    assert "The mattes need about 0.0 MB, but the disk of" in said
    assert "Make room" in said


def test_when_a_run_goes_on_then_only_the_mattes_that_are_missing_need_room(penumbra, order, monkeypatch):
    assert penumbra(*order.line()).code == 0
    little = partial(check_output, usage=lambda _: SimpleNamespace(free=1000))
    monkeypatch.setattr("penumbra.engine.opened.check_output", little)
    assert penumbra(*order.line()).code == 0


def test_when_the_disk_is_full_in_the_middle_of_a_run_then_the_mattes_before_stay_complete(penumbra, order):
    for frame in FRAMES[:3]:  # as small as a file can be; the noise of the others is not
        write_exr_file(order.folder / f"plate.{frame}.exr", {"RGB": np.zeros((32, 48, 3), np.float16)})
    with largest_file(6000):
        done = penumbra(*order.line())
    assert done.code == 4, done.err
    assert done.err.count("Error: ") == 1
    assert f"{order.out / 'matte.1004.exr'} cannot be written: " in done.err
    assert "Traceback" not in done.err
    assert list(files(order.out)) == [f"matte.{frame}.exr" for frame in FRAMES[:3]]
    assert_clean(order.out)
    before = times(order.out)
    assert penumbra(*order.line()).code == 0  # there is room again
    assert {name: time for name, time in times(order.out).items() if name in before} == before
    assert len(files(order.out)) == len(FRAMES)


def test_when_the_disk_has_no_room_for_the_memory_then_it_is_said_and_the_mattes_are_made(penumbra, order):
    for frame in FRAMES:
        write_exr_file(order.folder / f"plate.{frame}.exr", {"RGB": np.zeros((32, 48, 3), np.float16)})
    with largest_file(6000):
        done = penumbra(*order.line())
    assert done.code == 0, done.err
    assert "The memory after frame 1006 is not kept: " in done.out
    assert ".safetensors cannot be written" in done.out
    assert_clean(order.out)
    assert len(files(order.out)) == len(FRAMES)


def test_when_the_folder_is_read_only_then_it_is_told_before_the_first_frame(penumbra, order, ordinary_user):
    assert penumbra(*order.line()).code == 0  # all that Python reads is read as the one who may
    model = shutil.copyfile(order.shot.settings.model, order.folder / "model.safetensors")
    locked = order.folder / "locked"
    locked.mkdir(mode=0o555)
    with ordinary_user():
        done = penumbra(*order.line(out=locked / "matte.####.exr", model=model))
    assert done.code == 4, done.err
    assert f"The folder {locked} cannot be written to: permission denied." in done.err
    assert "Traceback" not in done.err
    assert list(locked.iterdir()) == []


def test_when_the_folder_becomes_read_only_in_the_middle_then_it_is_the_machine_s_fault(
    tmp_path, tiny_file, ordinary_user
):
    run_all(make_shot(tmp_path, tiny_file))  # as above
    shutil.rmtree(tmp_path / "out")
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    model = shutil.copyfile(tiny_file, open_to_all / "model.safetensors")
    shot = make_shot(open_to_all, Path(model), range(1001, 1013))
    with ordinary_user():
        events = api.run(shot)
        next(event for event in events if isinstance(event, FrameDone))
        shot.delivery.out.parent.chmod(0o555)
        with pytest.raises(MachineError, match="cannot be written") as caught:
            list(events)
        shot.delivery.out.parent.chmod(0o755)
    assert caught.value.exit_code == 4
    assert 0 < len(files(shot.delivery.out.parent)) < 12
    assert_complete(shot.delivery.out.parent)  # a part that was being written cannot be removed from there


def test_when_the_folder_s_name_is_a_file_s_then_it_is_told(penumbra, order):
    order.out.write_text("a file")
    done = penumbra(*order.line())
    assert done.code == 2
    assert f"{order.out} is a file" in done.err
    assert order.out.read_text() == "a file"


def test_when_there_is_a_bug_of_ours_then_it_is_written_to_a_file_and_not_on_the_screen(penumbra, order, monkeypatch):
    places = order.folder / "tmp"
    places.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(places))
    step, taken = Propagator.step, []

    def breaks_at_the_third(self, view):
        taken.append(view)
        if len(taken) == 3:
            raise RuntimeError("a tensor is upside down")
        return step(self, view)

    monkeypatch.setattr(Propagator, "step", breaks_at_the_third)
    done = penumbra(*order.line())
    assert done.code == 5
    assert "This is a bug of Penumbra's, and nothing that you did: RuntimeError: a tensor is upside down" in done.err
    assert "Traceback" not in done.out + done.err
    (report,) = places.glob("penumbra-bug-*.txt")
    assert str(report) in done.err
    text = report.read_text()
    assert "Traceback (most recent call last)" in text
    assert "breaks_at_the_third" in text
    assert list(files(order.out)) == [f"matte.{frame}.exr" for frame in FRAMES[:3]]
    assert_clean(order.out)


def test_when_the_machine_has_no_memory_left_then_it_is_told(penumbra, order, monkeypatch):
    def too_large(self, view, masks, **how):
        return np.empty(1 << 62, np.uint8)

    monkeypatch.setattr(Propagator, "start", too_large)
    done = penumbra(*order.line())
    assert done.code == 4
    assert "memory" in done.err


def test_when_torch_finds_no_memory_then_it_is_told_alike(penumbra, order, monkeypatch):
    monkeypatch.setattr(Propagator, "start", lambda self, view, masks, **how: torch.empty(1 << 50, dtype=torch.uint8))
    done = penumbra(*order.line())
    assert done.code == 4, done.err
    assert "memory" in done.err


def run_disturbed(shot, disturb):
    """Until the first matte is there; then something happens, and the run ends by what it raises."""
    events = api.run(shot)
    next(event for event in events if isinstance(event, FrameDone))
    disturb()
    with pytest.raises(api.errors.PenumbraError) as caught:
        list(events)
    return caught.value


def test_when_the_folder_goes_in_the_middle_then_it_is_not_made_anew_and_what_comes_back_counts(order):
    shot = make_shot(order.folder, Path(order.shot.settings.model), range(1001, 1021))
    away = order.folder / "away"
    fault = run_disturbed(shot, lambda: order.out.rename(away))
    assert isinstance(fault, MachineError)
    assert f"The folder {order.out}, or .penumbra in it, is gone since the run began." in str(fault)
    assert not order.out.exists() or not files(order.out)
    shutil.rmtree(order.out, ignore_errors=True)
    away.rename(order.out)
    before = times(order.out)
    assert before
    assert len(written(run_all(shot))) == 20 - len(before)
    assert {name: time for name, time in times(order.out).items() if name in before} == before


def test_when_a_plate_goes_in_the_middle_then_its_frame_is_named_and_the_run_goes_on_from_there(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, range(1001, 1031))
    plate = tmp_path / "plate.1029.exr"
    fault = run_disturbed(shot, lambda: plate.rename(tmp_path / "away.exr"))
    assert fault.exit_code == 3
    assert "1029" in str(fault)
    assert len(files(tmp_path / "out")) == 28
    (tmp_path / "away.exr").rename(plate)
    events = run_all(shot)
    assert written(events) == [1029, 1030]
    assert through(events) == 2


def test_when_memory_is_short_in_the_middle_then_it_is_told_and_the_run_goes_on_from_there(
    tmp_path, tiny_file, monkeypatch
):
    shot = make_shot(tmp_path, tiny_file, range(1001, 1021))
    step = Propagator.step

    def short():
        monkeypatch.setattr(Propagator, "step", lambda self, view: torch.empty(1 << 50, dtype=torch.uint8))

    fault = run_disturbed(shot, short)
    assert fault.exit_code == 4
    assert "The machine has no memory left." in str(fault)
    monkeypatch.setattr(Propagator, "step", step)
    done = len(files(tmp_path / "out"))
    assert done
    events = run_all(shot)
    assert len(written(events)) == 20 - done
    assert_complete(tmp_path / "out")
