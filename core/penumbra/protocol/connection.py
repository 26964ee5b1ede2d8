"""One side of a conversation: bytes in, messages out; messages in, bytes out. It does no input or output itself."""

from __future__ import annotations

from penumbra.protocol.lines import Lines
from penumbra.protocol.messages import Answer, Broken, Code, Id, Message, Notification, Refusal, Request
from penumbra.protocol.state import SENT_BY, TABLE, Role, State, Step
from penumbra.protocol.wire import LONGEST_LINE, parsed, shown, written

HELLO = "hello"


class ProtocolError(Exception):
    """A message that does not belong here. Nothing has changed.

    Attributes:
        code: What the worker refuses it with.
    """

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


class Connection:
    """The state of a conversation, as one side sees it. Not safe to use from two threads at once.

    Args:
        role: Which side it is.
    """

    def __init__(self, role: Role) -> None:
        self._other = Role.WORKER if role is Role.CLIENT else Role.CLIENT
        self._role = role
        self._state = State.NEW
        self._lines = Lines(LONGEST_LINE)
        # The methods of all requests that have no answer yet.
        self._unanswered: dict[Id, str] = {}

    @property
    def state(self) -> State:
        """How far the conversation is."""
        return self._state

    def feed(self, chunk: bytes) -> None:
        """Take in what came from the other side; nothing means that it has gone."""
        if chunk:
            self._lines.feed(chunk)
        else:
            self._state = TABLE[self._state][Step.END]

    def next_message(self) -> Message | None:
        """The next message; None until more bytes are there.

        Answer each before the next one is asked for: whether that one may come depends on it. What does not belong here
        is given as `Broken`, and changes nothing.
        """
        while self._state is not State.CLOSED:
            line = self._lines.next_line()
            if line is None:
                break
            message = self._received(line)
            if message is not None:
                return message
        return None

    def send(self, message: Message) -> bytes:
        """What to send for a message.

        Raises:
            ProtocolError: It does not belong here, or is too long.
            ValueError: It holds something that JSON does not have.
        """
        line = written(message)
        if len(line) > LONGEST_LINE:
            raise ProtocolError(Code.INPUT, f"The answer has {len(line):,} bytes, and {LONGEST_LINE:,} can be sent.")
        self._take(message, self._role)
        return line

    def _received(self, line: bytes) -> Message | None:
        if len(line) > LONGEST_LINE:
            return Broken(Code.NOT_JSON, f"A line is longer than {LONGEST_LINE:,} bytes: {shown(line)}")
        if not line.strip():
            return None
        message = parsed(line)
        if isinstance(message, Notification) and self._role is Role.WORKER:
            # There is none that a worker knows, and the standard wants none answered.
            return None
        if not isinstance(message, Broken):
            try:
                self._take(message, self._other)
                return message
            except ProtocolError as fault:
                message = Broken(fault.code, str(fault), getattr(message, "id", None))
        return self._answerable(message)

    def _answerable(self, broken: Broken) -> Broken:
        """Its id stays where the refusal cannot be taken for the answer of another request."""
        if broken.id is None or broken.id in self._unanswered or self._role is Role.CLIENT:
            return Broken(broken.code, broken.message)
        self._unanswered[broken.id] = ""
        return broken

    def _take(self, message: Message, sender: Role) -> None:
        """Go on to where a message leads.

        Raises:
            ProtocolError: It leads nowhere.
        """
        step = self._step(message)
        if step not in SENT_BY[sender]:
            raise ProtocolError(Code.NOT_A_REQUEST, f"{step.value.capitalize()} does not come from a {sender.value}.")
        if step not in TABLE[self._state]:
            raise _misplaced(self._state, step)
        if isinstance(message, Request):
            if message.id in self._unanswered:
                raise ProtocolError(Code.NOT_A_REQUEST, f"A request with the id {message.id!r} is not answered yet.")
            self._unanswered[message.id] = message.method
        if isinstance(message, (Answer, Refusal)) and message.id is not None:
            if message.id not in self._unanswered:
                raise ProtocolError(Code.NOT_A_REQUEST, f"There is no request with the id {message.id!r} to answer.")
            del self._unanswered[message.id]
        self._state = TABLE[self._state][step]

    def _step(self, message: Message) -> Step:
        if isinstance(message, Request):
            return Step.HELLO if message.method == HELLO else Step.REQUEST
        if isinstance(message, Notification):
            return Step.NOTIFICATION
        greets = isinstance(message, (Answer, Refusal)) and self._greets(message.id)
        if isinstance(message, Answer):
            return Step.WELCOME if greets else Step.ANSWER
        return Step.TURNED_AWAY if greets else Step.REFUSAL

    def _greets(self, its_id: Id | None) -> bool:
        return its_id is not None and self._unanswered.get(its_id) == HELLO


def _misplaced(state: State, step: Step) -> ProtocolError:
    if step is Step.REQUEST:
        return ProtocolError(Code.NO_HELLO, "Say hello first.")
    if step is Step.HELLO:
        return ProtocolError(Code.NOT_A_REQUEST, "Hello was said already.")
    return ProtocolError(Code.NOT_A_REQUEST, f"{step.value.capitalize()} does not belong here: all is {state.value}.")
