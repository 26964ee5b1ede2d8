import threading
import time
import tracemalloc

import numpy as np
import pytest

from penumbra.errors import FileError
from penumbra.plates import ReadAhead


def alive():
    return [thread for thread in threading.enumerate() if thread.name.startswith("read-ahead")]


def test_when_later_frames_load_faster_then_the_order_is_still_the_one_given():
    def load(frame):
        time.sleep(0.02 if frame % 2 else 0)
        return frame * 10

    frames = [5, 4, 3, 9, 1, 2]
    with ReadAhead(frames, load, depth=4, threads=3) as loaded:
        assert list(loaded) == [frame * 10 for frame in frames]
    assert alive() == []


@pytest.mark.parametrize("depth", [1, 3])
def test_when_the_one_in_hand_is_slow_then_only_depth_frames_are_loaded_ahead(depth):
    begun = []
    with ReadAhead(range(50), lambda frame: begun.append(frame) or frame, depth=depth, threads=4) as loaded:
        for count, frame in enumerate(loaded, 1):
            time.sleep(0.005)
            assert frame == count - 1
            assert len(begun) <= count + depth
            if frame == 20:
                break
    assert len(begun) <= 21 + depth


def test_when_loading_is_slow_then_it_happens_during_the_work():
    def load(frame):
        time.sleep(0.05)
        return frame

    began = time.perf_counter()
    with ReadAhead(range(6), load, depth=2, threads=1) as loaded:
        for _ in loaded:
            time.sleep(0.05)
    assert time.perf_counter() - began < 6 * 0.1 - 0.1  # one after the other would be 0.6 s


def test_when_a_frame_cannot_be_loaded_then_the_fault_comes_at_its_turn():
    def load(frame):
        if frame == 3:
            raise FileError("Frame 3 is broken.", frame=3)
        return frame

    with ReadAhead(range(6), load) as loaded:
        frames = iter(loaded)
        assert [next(frames) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(FileError, match="Frame 3"):
            next(frames)
    assert alive() == []


def test_when_it_is_left_early_then_no_thread_stays_and_nothing_more_is_loaded():
    begun = []
    with ReadAhead(range(1000), lambda frame: begun.append(frame) or frame, depth=4) as loaded:
        for frame in loaded:
            if frame == 2:
                break
    assert alive() == []
    assert len(begun) <= 3 + 4


def test_when_frames_are_large_then_memory_does_not_grow_with_their_number():
    def load(frame):
        return np.full(250_000, frame, np.float32)  # 1 MB

    tracemalloc.start()
    try:
        with ReadAhead(range(40), load, depth=3, threads=2) as loaded:
            for _ in loaded:
                pass
        assert tracemalloc.get_traced_memory()[1] < 8e6
    finally:
        tracemalloc.stop()
