"""The life cycle of a connection: everything about it is in this table, which does not know which side it serves.

    NEW  --hello-->  GREETING  --welcome-->  OPEN  --end-->  CLOSED
     ^                  |
     '---turned away----'

A client may ask before its hello is answered; it is served after it. Refusals may come at any time, since anything may
arrive broken.
"""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """The two sides."""

    CLIENT = "client"
    WORKER = "worker"


class State(Enum):
    """How far they are."""

    NEW = "new"
    GREETING = "greeting"
    OPEN = "open"
    CLOSED = "closed"


class Step(Enum):
    """What may happen."""

    HELLO = "a hello"
    WELCOME = "a welcome"
    TURNED_AWAY = "a refused hello"
    REQUEST = "a request"
    ANSWER = "an answer"
    REFUSAL = "a refusal"
    NOTIFICATION = "a notification"
    END = "the end"


SENT_BY = {
    Role.CLIENT: frozenset([Step.HELLO, Step.REQUEST]),
    Role.WORKER: frozenset([Step.WELCOME, Step.TURNED_AWAY, Step.ANSWER, Step.REFUSAL, Step.NOTIFICATION]),
}

TABLE = {
    State.NEW: {
        Step.HELLO: State.GREETING,
        Step.REFUSAL: State.NEW,
        Step.END: State.CLOSED,
    },
    State.GREETING: {
        Step.WELCOME: State.OPEN,
        Step.TURNED_AWAY: State.NEW,
        Step.REQUEST: State.GREETING,
        Step.REFUSAL: State.GREETING,
        Step.END: State.CLOSED,
    },
    State.OPEN: {
        Step.REQUEST: State.OPEN,
        Step.ANSWER: State.OPEN,
        Step.REFUSAL: State.OPEN,
        Step.NOTIFICATION: State.OPEN,
        Step.END: State.CLOSED,
    },
    State.CLOSED: {
        Step.END: State.CLOSED,
    },
}
