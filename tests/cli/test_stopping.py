"""Ctrl-C, a farm's SIGTERM, and kill -9: files stay complete and the next run goes on."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from penumbra.engine import inputs, run
from penumbra.engine.kept.snapshots import EVERY
from penumbra.propagation import Propagator
from tests.cli.conftest import Order
from tests.engine.shots import FRAMES, files, make_shot, pixels, through, times

LONG = range(1001, 1001 + EVERY + 20)
SIZE = (160, 120)  # large enough for a signal to come in the middle of the run


@pytest.fixture
def long_order(tmp_path, tiny_file):
    return Order(tmp_path, make_shot(tmp_path, tiny_file, LONG, size=SIZE))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, tiny_file):
    """What the long order gives when nobody stops it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    list(run(make_shot(folder, tiny_file, LONG, size=SIZE)))
    return files(folder / "out")


def wait_for(folder: Path, count: int, running: subprocess.Popen) -> None:
    """Until so many mattes are there."""
    ends = time.monotonic() + 60
    while len(list(folder.glob("*.exr"))) < count:
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < ends
        time.sleep(0.002)


def assert_complete(folder: Path) -> None:
    for path in folder.glob("*.exr"):
        assert pixels(path).shape == (SIZE[1], SIZE[0], 4)


def test_when_ctrl_c_is_pressed_then_the_frame_in_hand_is_finished_and_the_same_line_goes_on(
    penumbra, process, long_order, undisturbed
):
    running = process(*long_order.line())
    wait_for(long_order.out, 3, running)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "Stopping after this frame." in err
    assert "Traceback" not in err
    before = times(long_order.out)
    assert 3 <= len(before) < len(LONG)
    assert f"Stopped after {len(before)} of {len(LONG)} frames. Run the same line again to go on." in out
    assert not list(long_order.folder.rglob("*.part"))
    assert_complete(long_order.out)

    done = penumbra(*long_order.line())
    assert done.code == 0
    left = len(LONG) - len(before)
    assert f"{len(before)} of {len(LONG)} frames are there already and up to date." in done.out
    assert f"{left} of {left} frames, " in done.out  # it went on from memory
    assert {name: time for name, time in times(long_order.out).items() if name in before} == before
    assert files(long_order.out) == undisturbed


def test_when_the_process_is_killed_then_files_are_complete_and_the_same_order_goes_on(
    process, long_order, undisturbed
):
    running = process(*long_order.line())
    wait_for(long_order.out, EVERY + 3, running)
    running.kill()
    running.communicate(timeout=60)
    assert running.returncode == -signal.SIGKILL
    before = times(long_order.out)
    assert EVERY + 3 <= len(before) < len(LONG)
    assert_complete(long_order.out)

    events = list(run(long_order.shot))
    assert through(events) == len(LONG) - EVERY  # from the last snapshot
    assert {name: time for name, time in times(long_order.out).items() if name in before} == before
    assert files(long_order.out) == undisturbed


@pytest.fixture
def signals_at_step(monkeypatch):
    """Signals that come while a frame goes through the network."""

    def arrange(count, *numbers):
        step, taken = Propagator.step, []

        def disturbed(self, view):
            taken.append(view)
            if len(taken) == count:
                for number in numbers:
                    signal.raise_signal(number)
            return step(self, view)

        monkeypatch.setattr(Propagator, "step", disturbed)

    return arrange


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_when_a_farm_or_a_person_asks_to_stop_then_exactly_the_frame_in_hand_is_finished(
    penumbra, order, signals_at_step, number
):
    signals_at_step(2, number)
    handler = signal.getsignal(number)
    done = penumbra(*order.line())
    assert done.code == 130
    assert done.err == "\nStopping after this frame. Press Ctrl-C again to stop at once.\n"
    assert done.out.splitlines()[-1] == "Stopped after 3 of 6 frames. Run the same line again to go on."
    assert list(files(order.out)) == [f"matte.{frame}.exr" for frame in FRAMES[:3]]
    assert signal.getsignal(number) == handler


def test_when_ctrl_c_is_pressed_in_the_first_look_then_it_is_said_that_there_are_no_new_mattes(
    penumbra, order, signals_at_step
):
    signals_at_step(2, signal.SIGINT)
    done = penumbra(*order.line(), "--roi", "mask")
    assert done.code == 130
    last = "Stopped while looking for the subject; no new mattes. Run the same line again to go on."
    assert done.out.splitlines()[-1] == last
    assert not files(order.out)


def test_when_ctrl_c_is_pressed_twice_then_the_frame_in_hand_is_left(penumbra, order, signals_at_step):
    signals_at_step(2, signal.SIGINT, signal.SIGINT)
    done = penumbra(*order.line())
    assert done.code == 130
    assert "Traceback" not in done.err
    assert list(files(order.out)) == [f"matte.{frame}.exr" for frame in FRAMES[:2]]
    assert not list(order.out.rglob("*.part"))


def test_when_ctrl_c_is_pressed_while_the_shot_is_opened_then_nothing_is_written(penumbra, order, monkeypatch):
    read_mask = inputs.read_mask

    def disturbed(*mask, **how):
        signal.raise_signal(signal.SIGINT)
        return read_mask(*mask, **how)

    monkeypatch.setattr(inputs, "read_mask", disturbed)
    done = penumbra(*order.line())
    assert done.code == 130
    assert "Stopped before the first frame." in done.out
    assert not order.out.exists()
