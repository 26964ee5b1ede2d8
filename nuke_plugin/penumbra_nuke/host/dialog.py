"""Words to the artist."""

from __future__ import annotations

import functools
from typing import Any, Callable

import nuke

from penumbra.errors import PenumbraError
from penumbra_nuke.host.render import Stopped

MOST = 12


def tell(text: str) -> None:
    """Say it: in a window, or on the terminal where there is none."""
    if nuke.GUI:
        nuke.message(text)
    else:
        nuke.tprint(f"Penumbra: {text}")


def in_words(fault: PenumbraError) -> str:
    """Every single fault, and what to do about it."""
    told = [f"{each.problem}\n{each.next_step}".strip() for each in fault.each]
    rest = len(told) - MOST
    more = [f"... and {rest} more."] if rest > 0 else []
    head = [f"{len(told)} things must be mended first:"] if len(told) > 1 else []
    return "\n\n".join([*head, *told[:MOST], *more])


def told(action: Callable[[Any], None]) -> Callable[[Any], None]:
    """What a button does: what is wrong is said in words, and Nuke's own Cancel is no fault."""

    @functools.wraps(action)
    def pressed(node: nuke.Node) -> None:
        try:
            action(node)
        except PenumbraError as fault:
            tell(in_words(fault))
        except OSError as fault:
            tell(f"{fault.strerror or fault}: {fault.filename or 'a file of the cache folder'}")
        except Stopped:
            tell("Stopped. Nothing was changed.")

    return pressed
