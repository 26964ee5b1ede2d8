"""From a line to a message, and back."""

from __future__ import annotations

import json
import math
from typing import Any

from penumbra.protocol.messages import Answer, Broken, Code, Id, Message, Notification, Refusal, Request

# In bytes. A shot with thousands of key frames has a tenth of it; whoever sends more has lost their way.
LONGEST_LINE = 8 * 1024 * 1024
# The deepest message that there is has 8 levels. More than this would run into the limits of stacks.
DEEPEST = 64
LONGEST_ID = 200
# Bytes of a line that a message about it shows.
SHOWN = 80
# What every reader of JSON holds exactly.
LARGEST_ID = 2**53


def parsed(line: bytes) -> Message:
    """The message of one line; `Broken` where it is none."""
    if _is_deep(line):
        return Broken(Code.NOT_JSON, f"This nests more than {DEEPEST} levels deep.")
    try:
        data = json.loads(line.decode("utf-8"), parse_constant=_no_number, parse_float=_finite)
    except ValueError as fault:
        return Broken(Code.NOT_JSON, f"This is not JSON in UTF-8: {shown(line)}: {fault}.")
    if isinstance(data, list):
        return Broken(Code.NOT_A_REQUEST, "Batches are not taken: send one object a line.")
    if not isinstance(data, dict) or data.get("jsonrpc") != "2.0":
        return Broken(Code.NOT_A_REQUEST, 'This is not an object with "jsonrpc": "2.0".', _id_of(data))
    if "method" in data:
        return _asked(data)
    if "result" in data or "error" in data:
        return _answered(data)
    return Broken(Code.NOT_A_REQUEST, "This has neither a method nor a result nor an error.", _id_of(data))


def written(message: Message) -> bytes:
    """The line of a message, with its end.

    Raises:
        ValueError: It holds something that JSON does not have.
    """
    data: dict[str, Any] = {"jsonrpc": "2.0"}
    if isinstance(message, (Request, Answer, Refusal)):
        data["id"] = message.id
    if isinstance(message, (Request, Notification)):
        data["method"], data["params"] = message.method, message.params
    elif isinstance(message, Answer):
        data["result"] = message.result
    elif isinstance(message, Refusal):
        data["error"] = {"code": int(message.code), "message": message.message}
        if message.data is not None:
            data["error"]["data"] = message.data
    # In ASCII: names of files need not be text, and such bytes are written as \udc80.
    return json.dumps(data, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"


def shown(line: bytes) -> str:
    """A line's beginning, for a message about it."""
    text = line[:SHOWN].decode("utf-8", "replace")
    return repr(text) + ("..." if len(line) > SHOWN else "")


def _asked(data: dict[str, Any]) -> Message:
    method, params, its_id = data["method"], data.get("params", {}), _id_of(data)
    if not isinstance(method, str):
        return Broken(Code.NOT_A_REQUEST, "The method must be a text.", its_id)
    if "id" in data and its_id is None:
        return Broken(Code.NOT_A_REQUEST, "The id must be a whole number or a short text.")
    if not isinstance(params, dict):
        return Broken(Code.WRONG_PARAMS, "Params go by name, in an object.", its_id)
    return Notification(method, params) if its_id is None else Request(its_id, method, params)


def _answered(data: dict[str, Any]) -> Message:
    its_id = _id_of(data)
    if "error" not in data:
        return Broken(Code.NOT_A_REQUEST, "This answers nothing.") if its_id is None else Answer(its_id, data["result"])
    error = data["error"] if isinstance(data["error"], dict) else {}
    # True is an int, but its type is another.
    if (type(error.get("code")), type(error.get("message"))) != (int, str):
        return Broken(Code.NOT_A_REQUEST, "This error has no code or no message.")
    return Refusal(its_id, error["code"], error["message"], error.get("data"))


def _id_of(data: Any) -> Id | None:
    its_id: Any = data.get("id") if isinstance(data, dict) else None
    if isinstance(its_id, str):
        return its_id if len(its_id) <= LONGEST_ID else None
    # True is a number in Python.
    is_whole = isinstance(its_id, int) and not isinstance(its_id, bool)
    return its_id if is_whole and -LARGEST_ID <= its_id <= LARGEST_ID else None


def _is_deep(line: bytes) -> bool:
    """Asked before it is read, since what a reader does with it differs from Python to Python, up to its end."""
    if line.count(b"[") + line.count(b"{") <= DEEPEST:
        return False
    outside = b"".join(line.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
    depth = 0
    for byte in outside:
        depth += (byte in b"[{") - (byte in b"]}")
        if depth > DEEPEST:
            return True
    return False


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:50]} is too large")
    return number
