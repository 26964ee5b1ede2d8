"""A shot file while it is being read: faults are gathered with their places, so that it is mended in one go."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from penumbra.errors import Faults, InputError, PenumbraError, raise_faults
from penumbra.shot.document import Document, Place
from penumbra.shot.fields import shown
from penumbra.shot.paths import escaped, located

# The ends of a presence; `in` cannot be a field's name in Python.
IN_FILE = {"first": "in", "last": "out"}


class Reading:
    """Reads one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._noted: list[tuple[PenumbraError, Place]] = []

    @contextmanager
    def at(self, *place: str | int) -> Iterator[None]:
        """What is refused in here is refused at this place, and the rest is read all the same."""
        try:
            yield
        except (InputError, Faults) as fault:
            for each in fault.each:
                self.refuse(each, (*place, *(IN_FILE.get(str(step), step) for step in each.field)))

    def refuse(self, fault: PenumbraError, place: Place) -> None:
        """Note a fault of a place."""
        self._noted.append((fault, place))

    def end(self) -> None:
        """Raise what was refused, from the first line down. What several lines have is told once.

        Raises:
            InputError: A fault, with its line and field; `Faults` where there are several.
        """
        alike: dict[str, tuple[PenumbraError, list[Place]]] = {}
        for fault, place in sorted(self._noted, key=lambda noted: self.document.line(noted[1])):
            alike.setdefault(str(fault), (fault, []))[1].append(place)
        raise_faults([self.document.told(fault, *places) for fault, places in alike.values()])

    def file(self, value: Any, suffixes: Collection[str] = ()) -> Any:
        """The whole path that a text means, as `located` has it; what is no text is left for others to refuse."""
        if not isinstance(value, str) or not value.strip():
            return value
        return located(escaped(value) if self._is_first else value, self.document.path.parent, suffixes)

    @property
    def _is_first(self) -> bool:
        """Whether the file is of version 1, which took $ and ~ in paths as they are."""
        return bool(self.document.data.get("version") == 1)

    def fields(self, called: str, data: Any, names: Mapping[str, bool], place: Place) -> dict[str, Any]:
        """The fields of a record.

        Args:
            called: What the record is for a person.
            data: What the file has there.
            names: The fields that there are, and whether each must be given.
            place: Where in the file it is.

        Raises:
            InputError: It is no record, or lacks a field. Unknown ones are refused each at its place.
        """
        if not isinstance(data, dict):
            raise InputError(f"{called} must have the fields {', '.join(names)}, not be {shown(data)}.")
        for name in data:
            if name not in names:
                self.refuse(_unknown(called, str(name), names), (*place, name))
        if missing := [name for name, needed in names.items() if needed and name not in data]:
            raise InputError(f"{called} lacks the field {', '.join(missing)}.", "Add it.")
        return {name: value for name, value in data.items() if name in names}


def _unknown(called: str, name: str, names: Mapping[str, bool]) -> InputError:
    close = get_close_matches(name, names, 1)
    next_step = f"Did you mean {close[0]}?" if close else f"Its fields are {', '.join(names)}."
    return InputError(f"{called} has no field {name}.", next_step)
