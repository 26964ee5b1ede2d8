"""What a file's header says of color, and what a matte's header may say of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from penumbra.color.config import Config
from penumbra.color.known import Chromaticities, are_same, by_chromaticities
from penumbra.color.spaces import find_space, is_plain_linear, known_as, plain_linear
from penumbra.image import Attribute

PRIMARIES = "chromaticities"
NAMES = ("colorInteropID", "oiio:ColorSpace")
COLOR_ENTRIES = {name.lower() for name in (PRIMARIES, *NAMES)}


def named_space(config: Config, name: str) -> str | None:
    """The space that a name in a header means; None where the configuration does not have it."""
    # The role scene_linear means something else in every configuration; in a file it says linear, and no more.
    return plain_linear(config) if is_plain_linear(name) else find_space(config, name)


def chromaticities_in(metadata: Iterable[Attribute]) -> Chromaticities | None:
    """The chromaticities of a header; None where there are none."""
    found = (entry.value for entry in metadata if entry.name.lower() == PRIMARIES)
    values = next((value for value in found if isinstance(value, tuple) and len(value) == 8), None)
    return cast(Chromaticities, values)


def true_entries(
    config: Config, space: str, metadata: Iterable[Attribute], *, is_untouched: bool
) -> tuple[Attribute, ...]:
    """A plate's header entries, with those on color made true of a matte in this space.

    Of pixels that are as they were, what the header says stays unless it contradicts the space. What the space is
    called, and its chromaticities, are added as far as they are known; but not to untouched pixels that are held for
    `plain_linear`, as that is often a guess.
    """
    entries = tuple(metadata)
    kept = [entry for entry in entries if is_untouched and _is_true(config, space, entry)]
    others = [entry for entry in entries if entry.name.lower() not in COLOR_ENTRIES]
    if is_untouched and space == plain_linear(config):
        return (*others, *kept)
    said = {entry.name.lower() for entry in kept}
    return (*others, *kept, *(entry for entry in _entries_of(config, space) if entry.name.lower() not in said))


def _is_true(config: Config, space: str, entry: Attribute) -> bool:
    """Whether it is an entry on color that fits pixels of this space."""
    name = entry.name.lower()
    if name == PRIMARIES:
        values = chromaticities_in([entry])
        own = known_as(config, space)
        if values and own and own.chromaticities and are_same(values, own.chromaticities):
            return True
        # Primaries that have no name in the configuration may well be those of pixels that were taken for linear.
        other = by_chromaticities(values) if values else None
        return space == plain_linear(config) and (other is None or other.within(config) is None)
    return name in COLOR_ENTRIES and named_space(config, str(entry.value)) == space


def _entries_of(config: Config, space: str) -> list[Attribute]:
    known = known_as(config, space)
    name = config.interop_id(space) or (known.interop_id if known else "")
    entries = [Attribute("colorInteropID", "string", name)] if name else []
    if known and known.chromaticities:
        entries.append(Attribute(PRIMARIES, "float[8]", known.chromaticities))
    return entries
