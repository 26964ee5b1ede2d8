import threading
import time

import pytest

from penumbra.delivery import WriteBehind
from penumbra.errors import MachineError


def alive():
    return [thread for thread in threading.enumerate() if thread.name.startswith("write-behind")]


def write_to(folder):
    def write(number):
        time.sleep(0.01 if number % 2 else 0)
        path = folder / f"{number}.txt"
        path.write_text("done")
        return path

    return write


def test_when_items_are_put_then_results_come_in_order_and_only_when_the_file_is_there(tmp_path):
    told = []
    with WriteBehind(write_to(tmp_path), depth=3, threads=3) as writer:
        for number in range(20):
            writer.put(number)
            for path in writer.finished():
                assert path.read_text() == "done"
                told.append(path)
        for path in writer.rest():
            assert path.read_text() == "done"
            told.append(path)
    assert told == [tmp_path / f"{number}.txt" for number in range(20)]
    assert alive() == []


def test_when_writing_is_slow_then_put_waits_and_the_queue_stays_small():
    running, most = [], []
    gate = threading.Lock()

    def write(number):
        time.sleep(0.005)
        with gate:
            running.remove(number)
        return number

    with WriteBehind(write, depth=3, threads=2) as writer:
        for number in range(30):
            with gate:
                running.append(number)
            writer.put(number)
            with gate:
                most.append(len(running))
        assert list(writer.rest()) == list(range(30))
    assert 1 < max(most) <= 4  # three in the queue and the one that was just let in


def test_when_writing_is_slow_then_it_happens_during_the_work():
    began = time.perf_counter()
    with WriteBehind(lambda number: time.sleep(0.05), depth=2, threads=1) as writer:
        for number in range(6):
            time.sleep(0.05)
            writer.put(number)
    assert time.perf_counter() - began < 6 * 0.1 - 0.1


def failing(number):
    if number == 2:
        raise MachineError("The disk is full.")
    return number


def put_all(writer, numbers):
    """The results so far, as the engine asks for them."""
    for number in numbers:
        writer.put(number)
        yield from writer.finished()
    yield from writer.rest()


def interrupted(writer, numbers, interruption):
    with writer:
        for number in numbers:
            writer.put(number)
        raise interruption


def test_when_an_item_fails_then_those_before_it_are_told_first():
    writer = WriteBehind(failing, threads=2)
    results = put_all(writer, range(4))
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(MachineError, match="disk is full"):
        next(results)
    with writer:
        list(writer.rest())
    assert alive() == []


def test_when_an_item_fails_then_the_loop_that_puts_soon_hears_of_it():
    put = []
    with WriteBehind(failing, depth=2, threads=1) as writer:
        with pytest.raises(MachineError):
            list(put_all(writer, (put.append(number) or number for number in range(1000))))
        assert len(put) < 10
        list(writer.rest())


def test_when_nobody_asks_then_the_fault_is_raised_at_the_end():
    writer = WriteBehind(failing)
    writer.put(2)
    with pytest.raises(MachineError, match="disk is full"), writer:
        pass


def test_when_the_work_is_interrupted_then_what_was_put_is_still_written(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        interrupted(WriteBehind(write_to(tmp_path), depth=4), range(3), KeyboardInterrupt())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.txt", "1.txt", "2.txt"]
    assert alive() == []


def test_when_the_work_fails_then_its_own_fault_is_raised_and_not_the_writer_s():
    with pytest.raises(ValueError, match="mine"):
        interrupted(WriteBehind(failing), [2], ValueError("mine"))
