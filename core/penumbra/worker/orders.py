"""The shots that a client has opened."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from penumbra.errors import InputError, PenumbraError
from penumbra.shot import FramePattern, Shot, with_view
from penumbra.shot.decode import decoded
from penumbra.shot.document import Document, Place


@dataclass(frozen=True)
class Order:
    """A shot as it was sent.

    Attributes:
        name: What the client calls it by.
        shot: The order.
        folder: Where its relative paths start.
    """

    name: str
    shot: Shot
    folder: Path

    @property
    def out(self) -> Path:
        """The pattern of its mattes' names, without places for a view."""
        return with_view(self.shot.delivery.out, self.shot.settings.view)

    def path(self, frame: int) -> Path:
        """One matte's file."""
        return FramePattern.parse(self.out).path(frame)

    def there(self) -> dict[int, tuple[int, int]]:
        """The frames whose mattes are on disk, and of each what is another one once it is written anew."""
        pattern = FramePattern.parse(self.out)
        name = re.compile(f"{re.escape(pattern.prefix)}(-?[0-9]+){re.escape(pattern.suffix)}")
        found = {}
        with suppress(OSError), os.scandir(pattern.folder) as entries:
            for entry in entries:
                if number := name.fullmatch(entry.name):
                    status = Path(entry.path).stat()
                    found[int(number[1])] = (status.st_mtime_ns, status.st_ino)
        return found


class Orders:
    """All of them. For one thread."""

    def __init__(self) -> None:
        self._open: dict[str, Order] = {}
        self._count = 0

    def open(self, document: dict[str, Any], folder: str) -> Order:
        """Take one. Only what it says is checked; its files are looked at when something is to be made of them.

        Raises:
            InputError: It is no shot; `Faults` where several fields are wrong.
        """
        if not Path(folder).is_absolute():
            raise InputError(f"The folder {folder!r} must be a whole path.", "Send the one that the shot file is in.")
        shot = decoded(_Sent(Path(folder) / "shot", document, lambda _: 0), Shot)
        self._count += 1
        order = Order(str(self._count), shot, Path(folder))
        self._open[order.name] = order
        return order

    def get(self, name: str) -> Order:
        """The one of that name.

        Raises:
            InputError: None is open under it.
        """
        if name not in self._open:
            raise InputError(f"No shot {name[:50]!r} is open.", "Open it first.")
        return self._open[name]

    def close(self, name: str) -> Order:
        """Forget one, and give it.

        Raises:
            InputError: None is open under the name.
        """
        order = self.get(name)
        del self._open[name]
        return order


class _Sent(Document):
    """A document that came over the wire, and has fields but no lines."""

    def told(self, fault: PenumbraError, place: Place, *others: Place) -> InputError:
        """The fault, with the field."""
        named = ".".join(map(str, place))
        problem = fault.problem if not named or fault.problem.startswith(named) else f"{named}: {fault.problem}"
        return InputError(problem, fault.next_step, frame=fault.frame, field=place)
