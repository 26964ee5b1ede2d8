"""What is ordered: a shot as the plain data of its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


@dataclass(frozen=True)
class Order:
    """A shot to be matted, as a door hands it to the worker.

    Attributes:
        title: What people call it.
        document: The shot as its file has it: mappings, lists, text, numbers, true, false and None.
        folder: The absolute folder that its relative paths start at.
        owner: Who ordered it: a node's id, or nothing.
        saved: The shot file's path, where it is in a file.
    """

    title: str
    document: Mapping[str, Any] = field(hash=False)
    folder: str
    owner: str = ""
    saved: str = ""
