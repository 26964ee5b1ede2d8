"""How jobs and frames are told of, on the node and in the panel."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from penumbra.desk.job import Job
from penumbra.desk.order import Order

STATES = {
    "new": "Not ordered yet",
    "waiting": "Waiting",
    "running": "Running",
    "held up": "Waiting for another run",
    "stopping": "Stopping after this frame",
    "done": "Done",
    "stopped": "Stopped",
    "failed": "Failed",
}
STAGES = {"cuts": "Looking for cuts", "subject": "Looking where the subject goes"}
MATTES = {"done": "matte done", "stale": "matte stale: of an older order", "missing": "no matte yet"}


def state_of(job: Job | None) -> str:
    """The state's name among `STATES`."""
    if job is None:
        return "new"
    return "held up" if job.held_up is not None and job.state == "running" else job.state


def told(job: Job | None, counts: Mapping[str, int]) -> str:
    """How a job is, in one line, the most important first.

    Args:
        job: The job; None where there was none.
        counts: How many mattes are `done`, `stale` and `missing`; nothing where that is not known.
    """
    return " \u00b7 ".join(_parts(job) if job or not counts else _standing(counts))


def _standing(counts: Mapping[str, int]) -> Iterator[str]:
    """How a shot stands that has no job."""
    if set(counts) == {"done"}:
        yield "All done"
    for matte in ("done", "stale", "missing"):
        if counts.get(matte):
            yield f"{counts[matte]} {matte}"


def _parts(job: Job | None) -> Iterator[str]:
    state = state_of(job)
    if job is None or state != "running":
        yield STATES[state]
    if job is None:
        return
    if state == "held up":
        yield clock(job.held_up or 0)
    elif state == "running":
        yield STAGES.get(job.stage, STATES[state])
        yield from _progress(job)
    elif state == "failed" and job.faults:
        yield job.faults[0].problem.splitlines()[0]
    elif job.written or job.frames:
        yield counted(len(job.frames), "new frame") if job.frames else "nothing was left to do"
        yield f"{clock(job.seconds)}"
    elif state == "done":
        yield "nothing was left to do"


def _progress(job: Job) -> Iterator[str]:
    if job.total:
        yield f"{job.done} of {job.total}"
    if job.frames_per_second > 0:
        yield f"{speed(job.frames_per_second)}"
    if job.seconds_left is not None:
        yield f"{clock(job.seconds_left)} left"


def speed(frames_per_second: float) -> str:
    """`12 fps`, `2.4 fps`, or, where it is slower than one, `3.1 s a frame`."""
    if frames_per_second >= 10:
        return f"{frames_per_second:.0f} fps"
    return f"{frames_per_second:.1f} fps" if frames_per_second >= 1 else f"{1 / frames_per_second:.1f} s a frame"


def clock(seconds: float) -> str:
    """`0:09`, `12:30`, `1:02:30`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def counted(number: int, what: str) -> str:
    """`1 frame`, `2 frames`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def of_frame(frame: int, keys: Mapping[str, str], matte: str, disagreement: float | None) -> str:
    """A frame in words.

    Args:
        frame: Its number.
        keys: The kind of the key frame of each object; a nameless object is "".
        matte: `done`, `stale`, `missing`, or "" where that is not known.
        disagreement: Share of the frame, 0..1.
    """
    parts = [f"{kind} key frame{f' of {name}' if name else ''}" for name, kind in keys.items()]
    parts += [MATTES[matte]] if matte else []
    if disagreement:
        parts.append(f"the passes disagree over {100 * disagreement:.2g} percent")
    return f"{frame}: {', '.join(parts)}" if parts else str(frame)


def command_line(order: Order, job: Job | None = None, device: str = "cpu") -> str:
    """The line that makes the same mattes; nothing where the order is in no file."""
    if not order.saved:
        return ""
    line = ["penumbra", "matte", order.saved]
    device = job.device if job else device
    if device != "cpu":
        line += ["--device", device]
    if job and job.wanted:
        line += ["--only", job.wanted]
    return subprocess.list2cmdline(line) if sys.platform == "win32" else " ".join(map(shlex.quote, line))


def folder_of(job: Job | None) -> str:
    """Where a job's mattes lie; nothing where that is not known yet."""
    return str(PurePath(job.out).parent) if job and job.out else ""
