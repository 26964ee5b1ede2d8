"""What a panel asks of the worker: answers reach it only while it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakMethod

import shiboken6

from penumbra.desk import Desk, Fault, Job, Order
from penumbra.desk.fault import faults_of
from penumbra.protocol import Answer, Refusal

Reply = Answer | Refusal


def weakly(method: Callable[[Reply], None], widget: object) -> Callable[[Reply], None]:
    """Call a method as long as its object lives and Qt has not deleted the widget: the desk outlives panels."""
    alive = WeakMethod(method)

    def call(reply: Reply) -> None:
        still = alive()
        if still is not None and shiboken6.isValid(widget):
            still(reply)

    return call


@dataclass(frozen=True)
class Standing:
    """How a shot's frames stand, as far as the worker told.

    Attributes:
        frames: The answer to `states`; None before there was one.
        faults: Why there is none.
    """

    frames: Sequence[Mapping[str, Any]] | None = None
    faults: tuple[Fault, ...] = ()


class Standings:
    """Asks how shots stand: when first looked at, after each job, and when told to look again."""

    def __init__(self, desk: Desk, widget: object, changed: Callable[[], None]) -> None:
        self._desk, self._widget, self._changed = desk, widget, changed
        self._known: dict[Order, Standing] = {}
        self._reason: dict[Order, object] = {}
        self._askers: list[object] = []
        self._round = 0

    def of(self, order: Order, job: Job | None, device: str) -> Standing:
        """What is known now; more is asked for where that may be out of date."""
        ended = job if job and not job.active else None
        reason = (self._round, ended)
        running = job is not None and job.active
        if self._reason.get(order) != reason and not (running and order in self._known):
            self._reason[order] = reason
            asker = _Asker(order, self._answered)
            self._askers.append(asker)
            self._desk.ask_of(order, "states", weakly(asker.answered, self._widget), device=device)
        return self._known.get(order, Standing())

    def look_again(self) -> None:
        """Ask anew, whatever is known."""
        self._round += 1

    def _answered(self, asker: _Asker, reply: Reply) -> None:
        self._askers.remove(asker)
        if isinstance(reply, Answer) and "frames" not in reply.result:
            # It was stopped together with its shot's jobs, and is asked again when it is next looked at.
            self._reason.pop(asker.order, None)
        elif isinstance(reply, Refusal):
            self._known[asker.order] = Standing(self._known.get(asker.order, Standing()).frames, faults_of(reply))
        else:
            self._known[asker.order] = Standing(reply.result["frames"])
        self._changed()


class _Asker:
    """One question, so that its answer is known apart."""

    def __init__(self, order: Order, answered: Callable[[_Asker, Reply], None]) -> None:
        self.order, self._answered = order, answered

    def answered(self, reply: Reply) -> None:
        """The answer is here."""
        self._answered(self, reply)
