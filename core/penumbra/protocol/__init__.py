"""How a window talks with the worker: JSON-RPC 2.0, one object a line. See docs/worker.md.

Standard library only, in the dialect of Python 3.7, for this room also runs inside Nuke's own Python.
"""

from penumbra.protocol.client import Client, Ended
from penumbra.protocol.connection import Connection, ProtocolError
from penumbra.protocol.messages import PROTOCOL, Answer, Broken, Code, Message, Notification, Refusal, Request
from penumbra.protocol.state import Role, State
from penumbra.protocol.wire import LONGEST_LINE

__all__ = [
    "LONGEST_LINE",
    "PROTOCOL",
    "Answer",
    "Broken",
    "Client",
    "Code",
    "Connection",
    "Ended",
    "Message",
    "Notification",
    "ProtocolError",
    "Refusal",
    "Request",
    "Role",
    "State",
]
