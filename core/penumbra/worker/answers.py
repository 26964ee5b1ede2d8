"""Every request gets its answer here, whatever happens, and whichever thread finds it."""

from __future__ import annotations

import logging
import tempfile
import traceback
from collections.abc import Callable
from typing import Any

from penumbra import __version__
from penumbra.errors import BusyError, FileError, InputError, MachineError, PenumbraError
from penumbra.protocol import Answer, Code, ProtocolError, Refusal, Request
from penumbra.worker.line import Line

LOG = logging.getLogger("penumbra.worker")
# From the narrowest: a BusyError is a MachineError as well.
KINDS: tuple[tuple[type[PenumbraError], str, Code], ...] = (
    (BusyError, "busy", Code.BUSY),
    (MachineError, "machine", Code.MACHINE),
    (FileError, "file", Code.FILE),
    (InputError, "input", Code.INPUT),
)


class Answers:
    """Sends them. Safe to use from several threads.

    Args:
        line: To the client.
    """

    def __init__(self, line: Line) -> None:
        self._line = line

    def send(self, message: Answer | Refusal) -> None:
        """Send one that is known."""
        self._line.send(message)

    def answer(self, request: Request, work: Callable[[], Any]) -> None:
        """Do some work for a request, and answer it with the result; None means that it is not over yet."""
        try:
            result = work()
            if result is not None:
                self._line.send(Answer(request.id, result))
            return
        except ProtocolError as fault:
            refusal = Refusal(request.id, fault.code, str(fault))
        except PenumbraError as fault:
            refusal = _refused(request, fault)
        except MemoryError:
            refusal = _refused(
                request, MachineError("The machine has no memory left.", "Use a smaller settings.process_size.")
            )
        except Exception as bug:  # noqa: BLE001 - one of the two places where everything ends
            refusal = _reported(request, bug)
        self._line.send(refusal)


def _refused(request: Request, fault: PenumbraError) -> Refusal:
    """A fault that the person can act on. The code is that of the first thing to mend."""
    first = min(fault.each, key=lambda each: each.exit_code)
    code = next(code for kind, _, code in KINDS if isinstance(first, kind))
    return Refusal(request.id, code, str(fault), {"faults": [_told(each) for each in fault.each]})


def _reported(request: Request, bug: Exception) -> Refusal:
    """A bug of ours. What the worker was doing is written into a file."""
    LOG.error("A bug, in %s %s:", request.method, request.id, exc_info=bug)
    # Names of files need not be text.
    text = f"penumbra {__version__} worker\n{request}\n\n{''.join(traceback.format_exception(bug))}"
    with tempfile.NamedTemporaryFile("wb", prefix="penumbra-bug-", suffix=".txt", delete=False) as file:
        file.write(text.encode("utf-8", "backslashreplace"))
    words = (
        f"This is a bug of Penumbra's, and nothing that you did: {type(bug).__name__}: {bug}. What the worker was "
        f"doing is written in {file.name}: please send it to us. All files that were finished are complete."
    )
    return Refusal(request.id, Code.BUG, words, {"report": file.name})


def _told(fault: PenumbraError) -> dict[str, Any]:
    return {
        "kind": next(name for kind, name, _ in KINDS if isinstance(fault, kind)),
        "problem": fault.problem,
        "next_step": fault.next_step,
        "frame": fault.frame,
        "path": None if fault.path is None else str(fault.path),
        "field": list(fault.field),
    }
