"""Loading the next frames while this one is worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class ReadAhead(Generic[T]):
    """Frames in the order given, each loaded by a thread before its turn.

    Use it as a context: leaving it, early too, stops the threads.

    Args:
        frames: Their numbers, in the order wanted.
        load: Loads one; called from several threads at once. What it raises comes at that frame's turn.
        depth: How many frames are loaded or being loaded, beside the one in hand: this bounds memory.
        threads: How many are loaded at the same time.
    """

    def __init__(self, frames: Iterable[int], load: Callable[[int], T], *, depth: int = 4, threads: int = 2) -> None:
        self._frames = frames
        self._load = load
        self._depth = depth
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="read-ahead")

    def __iter__(self) -> Iterator[T]:
        waiting: deque[Future[T]] = deque()
        for frame in self._frames:
            waiting.append(self._pool.submit(self._load, frame))
            if len(waiting) >= self._depth:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def __enter__(self) -> ReadAhead[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
