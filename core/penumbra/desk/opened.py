"""Which shots the worker has open."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from penumbra.protocol import Answer, Refusal

if TYPE_CHECKING:
    from typing import Any

    from penumbra.desk.link import Link, Reply, Then
    from penumbra.desk.order import Order


class _Shot:
    """One that was asked to be opened: the answer, and who waits for it."""

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self.waiting: list[Then] = []


class OpenShots:
    """Opens each order once, and remembers the worker's name for it."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._shots: dict[Order, _Shot] = {}

    def ask(self, order: Order, method: str, then: Then, params: dict[str, Any]) -> None:
        """Ask something about a shot, which is opened first where it is not open."""

        def go_on(reply: Reply) -> None:
            if isinstance(reply, Refusal):
                then(reply)
            else:
                self._link.ask(method, then, dict(params, shot=reply.result["shot"]))

        self.when_open(order, go_on)

    def when_open(self, order: Order, then: Then) -> None:
        """Call `then` with the answer to `open`, at once where it is known."""
        if order not in self._shots:
            self._shots[order] = _Shot()
            opening = partial(self._opened, order, self._shots[order])
            self._link.ask("open", opening, {"shot": order.document, "folder": order.folder})
        shot = self._shots[order]
        if shot.answer is None:
            shot.waiting.append(then)
        else:
            then(shot.answer)

    def close(self, order: Order) -> None:
        """Let the worker forget it; whoever waits for it still is answered."""
        shot = self._shots.pop(order, None)
        if shot is not None and shot.answer is not None:
            self._link.ask("close", _ignore, {"shot": shot.answer.result["shot"]})

    def clear(self) -> None:
        """The worker is gone, and with it what it had open."""
        self._shots.clear()

    def _opened(self, order: Order, shot: _Shot, reply: Reply) -> None:
        if isinstance(reply, Answer):
            shot.answer = reply
        elif self._shots.get(order) is shot:
            # Tried again when it is next asked for: what was wrong may be mended by then.
            del self._shots[order]
        waiting, shot.waiting = shot.waiting, []
        for then in waiting:
            then(reply)


def _ignore(reply: Reply) -> None:
    """There is nothing to do about it."""
