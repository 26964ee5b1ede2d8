"""The thread of talk with the worker: started when something is asked, and again after it ended."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from penumbra.desk.fault import WORKER_GONE
from penumbra.errors import PenumbraError
from penumbra.protocol import Answer, Ended, Notification, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from penumbra.protocol import Client, Message

    Reply = Answer | Refusal
    Then = Callable[[Reply], None]

# The client says hello by itself, first.
HELLO = 0
# Of a worker's last words, so many say why it ended.
LAST_WORDS = 12
# So many lines of the log, over all workers.
LOG = 400
# So many notices about workers are kept.
NOTICES = 20


@dataclass(frozen=True)
class Gone:
    """The worker is gone.

    Attributes:
        problem: What became of it.
        next_step: What to do about it.
    """

    problem: str
    next_step: str


class Link:
    """One worker at a time, and who waits for its answers.

    Args:
        start: Starts a worker.
    """

    def __init__(self, start: Callable[[], Client]) -> None:
        self._start = start
        self._client: Client | None = None
        self._calls: dict[int | str, Then] = {}
        self._unsent = 0
        self._inbox: deque[Message | Gone] = deque()
        self._log: tuple[str, ...] = ()
        self.state = "off"
        self.notices: tuple[str, ...] = ()
        self.changes = 0

    def ask(self, method: str, then: Then, params: dict[str, Any]) -> int:
        """Send a request, and give its id; `then` is called out of a later `heard`, whatever happens."""
        if self._client is None:
            self._begin()
        if self._client is None:
            # Nobody is there. What waits is told so when the inbox says that the worker is gone.
            self._unsent -= 1
            identity = self._unsent
        else:
            identity = self._client.send(method, **params)
        self._calls[identity] = then
        return identity

    def heard(self) -> Iterator[Notification | Gone]:
        """What arrived, one by one; answers go to who waits for them. `Gone` comes before those are refused."""
        if self._client is not None:
            self._inbox.extend(self._client.arrived())
        while self._inbox:
            message = self._inbox.popleft()
            self.changes += 1
            if isinstance(message, (Answer, Refusal)):
                self._answered(message)
            elif isinstance(message, Ended):
                self._inbox.appendleft(self._obituary(message))
            elif isinstance(message, Gone):
                yield from self._buried(message)
            elif isinstance(message, Notification):
                yield message

    def log_lines(self) -> tuple[str, ...]:
        """The last lines that the worker, and those before it, wrote of their work."""
        now = () if self._client is None else tuple(self._client.log_lines())
        return (*self._log, *now)[-LOG:]

    def close(self) -> None:
        """End the worker. What was asked is never answered."""
        self._calls.clear()
        self._inbox.clear()
        self._log = self.log_lines()
        if self._client is not None:
            self._client.close()
        self._client, self.state = None, "off"

    def _begin(self) -> None:
        try:
            self._client = self._start()
            self.state = "starting"
        except (OSError, PenumbraError) as fault:
            self.state = "ended"
            step = getattr(fault, "next_step", "") or "Check Penumbra's installation: penumbra doctor."
            self._inbox.append(Gone(f"The worker cannot be started: {getattr(fault, 'problem', fault)}", step))

    def _answered(self, message: Reply) -> None:
        if message.id == HELLO:
            self._welcomed(message)
        elif message.id is not None and message.id in self._calls:
            self._calls.pop(message.id)(message)

    def _welcomed(self, message: Reply) -> None:
        if isinstance(message, Refusal):
            self._inbox.appendleft(Gone(message.message, "Install Penumbra and its Nuke plugin from one folder."))
            return
        self.state = "ready"
        if message.result["notice"]:
            self._note(message.result["notice"])

    def _obituary(self, ended: Ended) -> Gone:
        last = "\n".join(ended.last_lines[-LAST_WORDS:])
        said = f"\nIts last words:\n{last}" if last else ""
        return Gone(f"The worker ended by itself, with exit code {ended.exit_code}.{said}", "Press Matte again.")

    def _buried(self, gone: Gone) -> Iterator[Gone]:
        """Forget the worker first: what is asked from here on goes to a new one."""
        self._log = self.log_lines()
        calls, self._calls = self._calls, {}
        if self._client is not None:
            self._client.close(0)
        self._client, self.state = None, "ended"
        self._inbox.clear()
        self._note(gone.problem)
        yield gone
        for identity, then in calls.items():
            then(Refusal(identity, WORKER_GONE, gone.problem, None))

    def _note(self, text: str) -> None:
        self.notices = (*self.notices, text)[-NOTICES:]
