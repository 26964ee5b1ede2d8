"""The desk: jobs, and whatever else a graphical door asks of the worker."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from penumbra.desk.fault import WORKER_GONE, Fault, faults_of
from penumbra.desk.job import Job
from penumbra.desk.link import Gone, Link
from penumbra.desk.opened import OpenShots
from penumbra.protocol import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from penumbra.desk.link import Reply, Then
    from penumbra.desk.order import Order
    from penumbra.protocol import Client, Notification


class Desk:
    """What a graphical door knows, and the one place where it asks. All calls come from one thread.

    Nothing happens by itself: `tick` takes in what the worker said since the last one, and calls who waits for it.

    Args:
        start: Starts a worker; called when one is first needed, and again after it ended.
    """

    def __init__(self, start: Callable[[], Client]) -> None:
        self._link = Link(start)
        self._shots = OpenShots(self._link)
        self._by_id: dict[int, Job] = {}
        self._changes = 0
        self.jobs: tuple[Job, ...] = ()

    @property
    def revision(self) -> int:
        """Grows with every change, so that several onlookers can each see whether there was one."""
        return self._changes + self._link.changes

    @property
    def worker(self) -> str:
        """How the worker is: `off`, `starting`, `ready` or `ended`."""
        return self._link.state

    @property
    def notices(self) -> tuple[str, ...]:
        """What happened to workers: another version, an end that nobody wanted."""
        return self._link.notices

    def log_lines(self) -> tuple[str, ...]:
        """The last lines of the worker's log."""
        return self._link.log_lines()

    def matte(self, order: Order, frames: str | None = None, device: str = "cpu") -> Job:
        """Order the mattes of a shot, behind what was ordered before.

        Args:
            order: The shot.
            frames: Only these, as `1001-1040`.
            device: Where the network runs.
        """
        job = Job(order, frames, device)
        self.jobs += (job,)
        self._submit(job)
        return job

    def cancel(self, job: Job) -> None:
        """Stop it within a frame; the frames that are done stay. A job that has ended, or is ending, is left alone."""
        identity = next((identity for identity, other in self._by_id.items() if other is job), None)
        if job.state == "waiting" and identity is None:
            job.move("stopped")
        elif job.state in ("waiting", "running"):
            job.move("stopping")
            self._link.ask("cancel", _ignore, {"job": identity})
        self._changes += 1

    def forget(self, job: Job) -> None:
        """Take it from the list, canceled where it has not ended."""
        self.cancel(job)
        self.jobs = tuple(other for other in self.jobs if other is not job)
        if not any(other.order == job.order for other in self.jobs):
            self._shots.close(job.order)

    def ask(self, method: str, then: Then, **params: Any) -> None:
        """Ask the worker something that concerns no shot; `then` gets the answer, or the refusal, out of a tick."""
        self._link.ask(method, then, params)
        self._changes += 1

    def ask_of(self, order: Order, method: str, then: Then, **params: Any) -> None:
        """Ask the worker something about a shot, which is opened first where it is not open."""
        self._shots.ask(order, method, then, params)
        self._changes += 1

    def tick(self) -> bool:
        """Take in what the worker said; gives whether anything changed."""
        before = self.revision
        for message in self._link.heard():
            if isinstance(message, Gone):
                self._worker_gone(message)
            else:
                self._heard(message)
        return self.revision != before

    def close(self) -> None:
        """End the worker, and with it what has not ended."""
        self._link.close()
        self._shots.clear()
        self._by_id.clear()
        for job in self.jobs:
            if job.active:
                job.move("stopped")
        self._changes += 1

    def _submit(self, job: Job) -> None:
        self._shots.when_open(job.order, partial(self._send, job))
        self._changes += 1

    def _send(self, job: Job, reply: Reply) -> None:
        """Order it, once its shot is open."""
        if job.state != "waiting":
            return
        if isinstance(reply, Refusal):
            self._refused(job, reply)
            return
        job.range, job.out = reply.result["frames"] or "", reply.result["out"]
        asked = {"shot": reply.result["shot"], "frames": job.wanted, "device": job.device}
        self._by_id[self._link.ask("matte", partial(self._ended, job), asked)] = job

    def _ended(self, job: Job, reply: Reply) -> None:
        self._by_id = {identity: other for identity, other in self._by_id.items() if other is not job}
        if isinstance(reply, Refusal):
            self._refused(job, reply)
        else:
            job.move(reply.result["outcome"])
            job.written, job.seconds = tuple(reply.result["written"]), reply.result["seconds"]

    def _refused(self, job: Job, refusal: Refusal) -> None:
        # Where the worker is gone, what becomes of every job is settled by `_worker_gone`.
        if refusal.code != WORKER_GONE:
            job.fail(*faults_of(refusal))

    def _heard(self, message: Notification) -> None:
        job = self._by_id.get(message.params["job"])
        if job is not None:
            job.hear(message.method, message.params)

    def _worker_gone(self, gone: Gone) -> None:
        """Fail what it was at, and give what still waited to a new worker.

        Where nothing ran, what waited fails: it may be what ended the worker, and would end the next one as well.
        """
        self._shots.clear()
        self._by_id.clear()
        active = [job for job in self.jobs if job.active]
        begun = [job for job in active if job.state != "waiting"] or active
        for job in begun:
            job.fail(Fault("worker", gone.problem, gone.next_step))
        for job in active:
            if job not in begun:
                self._submit(job)


def _ignore(reply: Reply) -> None:
    """The job itself will be answered."""
