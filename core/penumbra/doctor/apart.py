"""Looks from another process: what hangs, crashes or raises there becomes a finding here."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from penumbra.doctor.finding import Finding

# Where a look's findings stand in what its process prints.
MARK = "penumbra-findings:"
# Seconds. Loading torch from a cold network disk takes most of a minute.
LONGEST = 90.0
# Seconds in which a killed process has to go. One that waits for a dead disk or driver does not.
PATIENCE = 2.0
AGAIN = "Run install.py again; if that does not help, send us this."
NO_ANSWER = "A disk, a network or a driver does not answer; try again, or ask who looks after this machine."

Found = dict[str, list[Finding]]


def looked_at(names: Sequence[str], advice: str = AGAIN, longest: float = LONGEST) -> Found:
    """What looks find, or why one found nothing.

    Args:
        names: Modules of `looks`, one after the other in one process, so that what they share is loaded once. Where one
            ends it, the others get another.
        advice: What to do when one ends otherwise than it should.
        longest: Seconds after which they are given up.

    Returns:
        The findings of each.
    """
    # What lies in the folder that the person is in must not be taken for a library.
    command = [sys.executable, "-I" if sys.flags.isolated else "-P", "-m", "penumbra.doctor", *names]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as fault:
        return _in_vain(names, f"{sys.executable} cannot be started: {fault.strerror or fault}", advice)
    said = log = ""
    try:
        said, log = process.communicate(timeout=longest)
    except subprocess.TimeoutExpired:
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            said, _ = process.communicate(timeout=PATIENCE)
        found = _told(said)
        return found | _in_vain(names[len(found) :], f"there was no answer within {longest:.0f} seconds", NO_ANSWER)
    found = _told(said)
    if left := names[len(found) :]:
        found |= _in_vain(left[:1], _end(process.returncode, log), advice)
    return found | looked_at(left[1:], advice, longest) if left[1:] else found


def _told(said: str) -> Found:
    """The findings of those looks that came to their end."""
    lines = (line.removeprefix(MARK) for line in said.splitlines() if line.startswith(MARK))
    looks = (json.loads(line) for line in lines)
    return {look["name"]: [Finding(**finding) for finding in look["findings"]] for look in looks}


def _in_vain(names: Sequence[str], why: str, next_step: str) -> Found:
    text = f"This could not be looked at: {why.rstrip('.')}."
    return {name: [Finding("fault", name, text, next_step)] for name in names}


def _end(code: int, log: str) -> str:
    """How a process ended: its exception, or the signal that killed it and its last line."""
    lines = [line.strip()[:300] for line in log.splitlines() if line.strip()]
    if code == 1 and lines:
        return lines[-1]
    how = f"the look at it ended with exit code {code}"
    if code < 0:
        with suppress(ValueError):
            how = f"the look at it ended with {signal.Signals(-code).name}"
    return ": ".join([how, *lines[-1:]])
