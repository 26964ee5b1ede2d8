"""Stdin and stdout belong to the conversation alone. To be taken before anything heavy is imported."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Streams:
    """The two ends of the pipes to the client, as file descriptors."""

    incoming: int
    outgoing: int


def take_streams() -> Streams:
    """Take both, and leave others in their places: whatever a library prints, from C too, goes to stderr.

    A program that is started from here finds an empty stdin, and cannot eat a request.
    """
    sys.stdout.flush()
    streams = Streams(os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    if sys.platform == "win32":
        import msvcrt

        # Else Windows turns every \n into \r\n, and ends at a Ctrl-Z.
        msvcrt.setmode(streams.incoming, os.O_BINARY)
        msvcrt.setmode(streams.outgoing, os.O_BINARY)
    return streams
