"""Writing finished frames while the next one is worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class WriteBehind(Generic[T, R]):
    """A bounded queue before a few threads that write.

    A result is told only when its file is there, and always in the order in which items were put::

        with WriteBehind(write) as writer:
            for matte in mattes:
                writer.put(matte)
                yield from writer.finished()
            yield from writer.rest()

    Use it as a context: leaving it, for whatever reason, waits for what is in hand, so that its files are
    complete, and, where nothing else went wrong, raises a fault of writing that was not asked for.

    Args:
        write: Writes one item and gives a result; called from several threads at once.
        depth: How many items wait or are being written: this bounds memory.
        threads: How many are written at the same time.
    """

    def __init__(self, write: Callable[[T], R], *, depth: int = 4, threads: int = 2) -> None:
        self._write = write
        self._room = BoundedSemaphore(depth)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="write-behind")
        self._waiting: deque[Future[R]] = deque()

    def put(self, item: T) -> None:
        """Hand an item over; waits while the queue is full."""
        self._room.acquire()
        self._waiting.append(self._pool.submit(self._write_one, item))

    def finished(self) -> Iterator[R]:
        """The results that are there by now and were not given before.

        Raises:
            PenumbraError: What the writing of an item raised, in its place.
        """
        while self._waiting and self._waiting[0].done():
            yield self._waiting.popleft().result()

    def rest(self) -> Iterator[R]:
        """The results of all that was put, waiting for them. Raises as `finished` does."""
        while self._waiting:
            yield self._waiting.popleft().result()

    def _write_one(self, item: T) -> R:
        try:
            return self._write(item)
        finally:
            self._room.release()

    def __enter__(self) -> WriteBehind[T, R]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True)
        if kind is None:
            for _ in self.rest():  # whoever did not ask must not miss a fault
                pass
