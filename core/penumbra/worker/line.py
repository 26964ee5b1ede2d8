"""The line to the client: messages that arrive, and a way to send some, from any thread."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

from penumbra.protocol import Connection, Message, Role
from penumbra.worker.streams import Streams

CHUNK = 65536


class Line:
    """A connection on two pipes.

    Args:
        streams: The pipes.
    """

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._connection = Connection(Role.WORKER)
        self._lock = threading.Lock()
        self._is_over = False

    def messages(self) -> Iterator[Message]:
        """What arrives, until the client has gone. For one thread."""
        chunk = b"begin"
        while chunk:
            chunk = os.read(self._streams.incoming, CHUNK)
            with self._lock:
                self._connection.feed(chunk)
                self._is_over |= not chunk
            while (message := self._next()) is not None:
                yield message

    def send(self, message: Message) -> None:
        """Send it; nothing happens where the client has gone.

        Raises:
            ProtocolError: It is too long to be sent.
        """
        with self._lock:
            if self._is_over:
                return
            rest = memoryview(self._connection.send(message))
            try:
                while rest:
                    rest = rest[os.write(self._streams.outgoing, rest) :]
            except OSError:
                # It has gone; that nothing arrives any more ends all the rest.
                self._is_over = True

    def _next(self) -> Message | None:
        with self._lock:
            return self._connection.next_message()
