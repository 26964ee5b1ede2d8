"""The methods, and what each is asked with."""

from __future__ import annotations

from dataclasses import dataclass
from types import UnionType
from typing import Any

from penumbra.protocol import Code, ProtocolError, Request

ID = int | str
NOUNS = {str: "a text", int: "a whole number", dict: "an object", ID: "the id of a request"}
MUST_BE_GIVEN = object()


@dataclass(frozen=True)
class Param:
    """What a param may be: a value of one kind, or its default."""

    kind: type | UnionType
    default: Any = MUST_BE_GIVEN

    @property
    def words(self) -> str:
        """For the sentence `it must be ...`."""
        return NOUNS[self.kind] + (" or null" if self.default is None else "")

    def allows(self, value: Any) -> bool:
        """Whether it may be this; true is no number here."""
        return (isinstance(value, self.kind) and not isinstance(value, bool)) or (value is None is self.default)


SHOT = Param(str)
DEVICE = Param(str, "cpu")
METHODS = {
    "hello": {"protocol": Param(int), "version": Param(str), "client": Param(str)},
    "doctor": {},
    "open": {"shot": Param(dict), "folder": Param(str)},
    "matte": {"shot": SHOT, "frames": Param(str, None), "device": DEVICE},
    "frame": {"shot": SHOT, "frame": Param(int), "device": DEVICE},
    "states": {"shot": SHOT, "device": DEVICE},
    "picture": {"shot": SHOT, "frame": Param(int), "look": Param(str), "height": Param(int)},
    "cancel": {"job": Param(ID)},
    "close": {"shot": SHOT},
}


def checked(request: Request) -> dict[str, Any]:
    """A request's params, with the defaults of those that are not given.

    Raises:
        ProtocolError: There is no such method, or a param is missing, unknown or of the wrong kind.
    """
    if request.method not in METHODS:
        words = f"There is no method {request.method[:50]!r}. There are: {', '.join(METHODS)}."
        raise ProtocolError(Code.NO_SUCH_METHOD, words)
    known, given = METHODS[request.method], request.params
    wrong = [f"there is no param {name[:50]!r}" for name in given if name not in known]
    for name, param in known.items():
        if name not in given and param.default is MUST_BE_GIVEN:
            wrong.append(f"{name} is missing")
        elif name in given and not param.allows(given[name]):
            wrong.append(f"{name} must be {param.words}")
    if wrong:
        words = f"{request.method} has the params {', '.join(known) or 'of none'}: {'; '.join(wrong)}."
        raise ProtocolError(Code.WRONG_PARAMS, words)
    return {name: given.get(name, param.default) for name, param in known.items()}
