"""What a hello is answered with: the two sides may be of different versions."""

from __future__ import annotations

import os
import platform
from typing import Any

from penumbra import __version__
from penumbra.protocol import PROTOCOL, Code, ProtocolError

SAME = "Install the same Penumbra for both: run `python3 install.py --nuke` in its folder, and start {client} again."


def welcome(protocol: int, version: str, client: str) -> dict[str, Any]:
    """The answer to a client.

    Raises:
        ProtocolError: It speaks another protocol; the words say what to do.
    """
    client = client[:100]
    if protocol != PROTOCOL:
        raise ProtocolError(
            Code.NO_HELLO,
            f"{client} and this worker do not understand each other: {client} has Penumbra {version[:50]}, protocol "
            f"{protocol}; the worker is Penumbra {__version__}, protocol {PROTOCOL}. {SAME.format(client=client)}",
        )
    notice = (
        f"{client} has Penumbra {version[:50]}, and the worker is Penumbra {__version__}. They understand each other, "
        f"but what only one of them knows does not work. {SAME.format(client=client)}"
    )
    return {
        "protocol": PROTOCOL,
        "version": __version__,
        "pid": os.getpid(),
        "python": platform.python_version(),
        "notice": None if version == __version__ else notice,
    }
