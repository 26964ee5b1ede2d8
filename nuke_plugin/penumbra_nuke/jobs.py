"""The node's jobs: one desk for this Nuke, ticked by a timer, and what the nodes show of it."""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import penumbra
from penumbra.desk import Desk, Job, Order, words
from penumbra.protocol import Answer, Client
from penumbra_nuke import environment, versions
from penumbra_nuke.farm import Submission
from penumbra_nuke.host import application, node, showing
from penumbra_nuke.host.quiet import quietly

ROOT = Path(__file__).resolve().parents[2]
TICK_MS = 100
# The viewer looks at new mattes at most so often: to look costs it what it has cached.
RELOAD_SECONDS = 1.0
KEEP_LOGS_SECONDS = 14 * 24 * 3600.0
STATES = {"missing": 0, "done": 1, "stale": 2}
# As a run says it: where the passes differ over more than this share of a frame, a key frame would help.
DISAGREE = 0.002

_links: list[Link] = []


class Link:
    """The desk and its timer. There is one in a Nuke, made when something is first asked of it."""

    def __init__(self) -> None:
        self.desk = Desk(_started)
        self._watches: list[Watch] = []
        self._submissions: list[Submission] = []
        self._timer = application.every(TICK_MS, self.tick)
        application.at_end(self.close)

    def matte(self, order: Order, frames: str | None, device: str, *, unmade: bool = False) -> Job:
        """Order mattes; the node that they are of shows how it goes.

        Args:
            order: The shot, saved in its version.
            frames: Only these; None: all.
            device: Where the network runs.
            unmade: Whether nothing was made of it yet, so that a refusal leaves its version to the next order.
        """
        self.forget_ended(order.owner)
        job = self.desk.matte(order, frames, device)
        self._watches.append(Watch(job, self.desk, unmade))
        return job

    def tick(self) -> None:
        """Take in what the worker said, and show it. Not while Nuke renders, which must find the script as it was."""
        if application.is_rendering():
            return
        changed = self.desk.tick()
        for watch in self._watches:
            watch.listen()
            if changed:
                quietly(watch.look)()
        self._watches = [watch for watch in self._watches if not watch.is_over]
        self._submissions = [each for each in self._submissions if not each.look()]

    def submit(self, uid: str, command: list[str]) -> None:
        """Run the farm's door in the background; the node says what came of it."""
        self._submissions.append(Submission(uid, command))

    def cancel(self, owner: str | None) -> list[Job]:
        """Stop a node's jobs, or all; what they finished stays. Gives those that were not being stopped yet."""
        going = ("waiting", "running")
        found = [job for job in self.desk.jobs if job.state in going and owner in (None, job.order.owner)]
        for job in found:
            self.desk.cancel(job)
        return found

    def forget_ended(self, owner: str) -> None:
        """Let go of what a node had made before."""
        for job in self.desk.jobs:
            if not job.active and job.order.owner == owner:
                self.desk.forget(job)

    def close(self) -> None:
        """Nuke ends."""
        self._timer.stop()
        for watch in self._watches:
            watch.leave()
        self.desk.close()


def link() -> Link:
    """This Nuke's one link to its worker."""
    if not _links:
        _links.append(Link())
    return _links[0]


def cancel(owner: str | None) -> list[Job]:
    """As `Link.cancel`, where there is a link yet."""
    return _links[0].cancel(owner) if _links else []


def folders() -> list[Path]:
    """The versions that are being made."""
    return [Path(job.order.folder) for each in _links for job in each.desk.jobs if job.active]


def is_at_work(owner: str) -> bool:
    """Whether a node has a job that has not ended."""
    return any(job.active and job.order.owner == owner for each in _links for job in each.desk.jobs)


def close() -> None:
    """End the worker, and forget the link."""
    while _links:
        _links.pop().close()


class Watch:
    """Shows a job on its node, wherever that is by now: renamed, inside another group, or gone."""

    def __init__(self, job: Job, desk: Desk, unmade: bool) -> None:
        self.is_over = False
        self._job, self._desk, self._unmade = job, desk, unmade
        self._bar = application.Bar(f"Penumbra: {job.order.title}")
        self._shown, self._reloaded_at = 0, 0.0

    def leave(self) -> None:
        """Take the bar away: nobody will look any more."""
        self._bar.close()

    def listen(self) -> None:
        """Whether the artist pressed the bar's Cancel."""
        if self._bar.is_cancelled and self._job.state in ("waiting", "running"):
            self._desk.cancel(self._job)

    def look(self) -> None:
        """What has changed since the last look."""
        job = self._job
        self._bar.show(_percent(job), in_words(job))
        if not job.active:
            self.is_over = True
            self._bar.close()
            self._note()
        self._refresh()
        found = node.find(job.order.owner)
        if found is not None:
            showing.say(found, self._told(found))
            if self.is_over:
                self._ended(found)

    def _note(self) -> None:
        """Keep beside the mattes what became of the order, for whoever opens the script."""
        job, saved = self._job, Path(self._job.order.saved)
        if job.state == "failed" and self._unmade and not job.frames:
            versions.note(saved.parent, saved.name, versions.REFUSED)
        if job.state == "done" and job.wanted is None:
            versions.note(saved.parent, saved.name, versions.DONE)

    def _refresh(self) -> None:
        new = len(self._job.frames) > self._shown
        late = time.monotonic() - self._reloaded_at > RELOAD_SECONDS
        # At the end in any case: another run may have made what this one found done.
        if (new and late) or self.is_over:
            self._shown, self._reloaded_at = len(self._job.frames), time.monotonic()
            showing.reload(Path(self._job.order.folder))

    def _told(self, found: Any) -> str:
        """How it goes; and at the end where the mattes are, if the node has turned away from them meanwhile."""
        said = in_words(self._job)
        folder = Path(self._job.order.folder)
        if not self.is_over or showing.shows(found, folder):
            return said
        return f"{said}\nThe node does not show these mattes: they lie in {folder.as_posix()}"

    def _ended(self, found: Any) -> None:
        """Ask how every frame stands, for the overlay; the node may be gone when the answer comes."""
        uid = node.uid_of(found)

        def told(reply: Any) -> None:
            still = node.find(uid)
            # Another job may have taken its place before it was looked at.
            if not isinstance(reply, Answer) or "frames" not in reply.result:
                return
            if still is not None and showing.shows(still, Path(self._job.order.folder)):
                showing.show_states(still, {each["frame"]: state_of(each) for each in reply.result["frames"]})

        if self._job.state in ("done", "stopped"):
            self._desk.ask_of(self._job.order, "states", told, device=self._job.device)


def script_closed() -> None:
    """A script is closed: its jobs stop."""
    cancel(None)


def in_words(job: Job) -> str:
    """How a job goes: in a line, but for what went wrong, and for what there is to know at its end."""
    if job.state == "failed":
        return "\n".join(as_knobs(str(fault)) for fault in job.faults)
    said = [words.told(job, {})]
    if job.state == "stopped":
        said.append("Finished mattes are kept; Matte goes on from there.")
    if job.state == "done":
        said += job.notices[-3:]
    return "\n".join(said)


def as_knobs(text: str) -> str:
    """What is said of a shot file's fields, or of options, as the node's knobs are called."""
    text = re.sub(r"\b(?:settings|finish|delivery)\.([a-z_]+)", lambda field: field.group(1).replace("_", " "), text)
    return re.sub(r"(?<![\w-])--([a-z][a-z-]+)", lambda option: option.group(1).replace("-", " "), text)


def state_of(told: Any) -> int:
    """What the overlay shows of a frame."""
    if told["matte"] == "done" and (told["disagreement"] or 0) > DISAGREE:
        return 3
    return STATES[told["matte"]]


def _percent(job: Job) -> int:
    return int(100 * job.done / job.total) if job.total else 0


def _started() -> Client:
    logs = Path(environment.user_folder(sys.platform, os.environ)) / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    _sweep(logs)
    return Client(
        environment.worker_command(str(ROOT), sys.platform, os.environ),
        who=application.name(),
        version=penumbra.__version__,
        environment=environment.worker_environment(os.environ, sys.platform, application.folder()),
        log=logs / f"worker-{os.getpid()}.log",
        # Nuke's own folder may be on a share that goes away.
        cwd=logs,
    )


def _sweep(logs: Path) -> None:
    """Every Nuke has a log of its own; those of a while ago are of no use to anybody."""
    for log in logs.glob("worker-*.log"):
        with suppress(OSError):
            if time.time() - log.stat().st_mtime > KEEP_LOGS_SECONDS:
                log.unlink()
