"""What goes over the wire, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Union

# The version of what is said. Raised when one side would misunderstand the other; a new method or field is no reason.
PROTOCOL = 1

# A request's own number or word, which its answer repeats.
Id = Union[int, str]  # noqa: UP007 - Python 3.7 evaluates it


class Code(IntEnum):
    """Why a request is refused: the standard's reasons, and ours."""

    NOT_JSON = -32700
    NOT_A_REQUEST = -32600
    NO_SUCH_METHOD = -32601
    WRONG_PARAMS = -32602
    BUG = -32603
    NO_HELLO = -32001
    INPUT = -32002
    FILE = -32003
    MACHINE = -32004
    BUSY = -32005


@dataclass(frozen=True)
class Message:
    """Anything that arrives."""


@dataclass(frozen=True)
class Request(Message):
    """The client asks. It gets one `Answer` or `Refusal`."""

    id: Id
    method: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Notification(Message):
    """The worker tells. Nothing is answered."""

    method: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Answer(Message):
    """What came of a request."""

    id: Id
    result: Any


@dataclass(frozen=True)
class Refusal(Message):
    """Why nothing came of a request.

    Attributes:
        id: The request; None where it was so broken that nobody can tell.
        code: A `Code`, or another number of a newer worker's.
        message: For the person.
        data: More, for programs; `{"faults": [...]}` or `{"report": path}`.
    """

    id: Id | None
    code: int
    message: str
    data: Any = None


@dataclass(frozen=True)
class Broken(Message):
    """Something arrived that is no message, or that does not belong here.

    Attributes:
        code: What a worker refuses it with.
        message: Why, in words.
        id: The request that it was meant as, where that can be told.
    """

    code: int
    message: str
    id: Id | None = None
