"""What Nuke, or a timer in it, calls must not raise.

A callback that does keeps a script from opening or being saved, and a render from going on. What goes wrong is printed,
and Nuke goes on without us.
"""

from __future__ import annotations

import functools
import traceback
from typing import Any, Callable

import nuke


def quietly(call: Callable[..., None]) -> Callable[..., None]:
    """The same, but what it raises is printed."""

    @functools.wraps(call)
    def called(*arguments: Any) -> None:
        try:
            call(*arguments)
        except Exception:  # noqa: BLE001 - see above
            nuke.tprint("Penumbra:\n" + traceback.format_exc())

    return called
