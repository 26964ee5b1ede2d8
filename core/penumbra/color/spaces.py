"""What a word means in a configuration."""

from __future__ import annotations

import difflib

from penumbra.color.config import Config
from penumbra.color.known import KNOWN, REC709, KnownSpace, squeezed
from penumbra.errors import InputError


def find_space(config: Config, word: str) -> str | None:
    """The color space that a word means: a name, alias or role, also loosely written; None where there is none.

    `linear` is `plain_linear`, where the configuration has nothing of that name.
    """
    if exact := config.canonical(word):
        return exact
    loosely = (name for name in (*config.spaces, *config.aliases) if squeezed(name) == squeezed(word))
    known = (space.within(config) for space in KNOWN if space.is_called(word))
    found = next((name for name in (*map(config.canonical, loosely), *known) if name), None)
    return plain_linear(config) if found is None and is_plain_linear(word) else found


def asked_space(config: Config, word: str) -> str:
    """The color space that a person asked for.

    Raises:
        InputError: It is not known; the message says what comes close, and where all of them are listed.
    """
    if found := find_space(config, word):
        return found
    close = _close(config, word)
    raise InputError(
        f"The color space {word!r} is not known to the OCIO configuration {config.name}.",
        (f"Did you mean {', or '.join(close)}? " if close else "")
        + f"All {len(config.spaces)} are listed by: penumbra info {config.name}",
    )


def plain_linear(config: Config) -> str | None:
    """What scene-linear pixels are held for that say no more of themselves; None where there is nothing to name it.

    With a configuration of one's own it is its role `scene_linear`: the studio has said what it works in. Otherwise
    it is linear Rec.709, which EXR's standard names for files without chromaticities.
    """
    return (config.canonical("scene_linear") if config.is_own else None) or REC709.within(config)


def is_plain_linear(word: str) -> bool:
    """Whether a word says that pixels are scene-linear, and no more."""
    return squeezed(word) in ("linear", "scenelinear")


def known_as(config: Config, space: str) -> KnownSpace | None:
    """What is known of a configuration's space."""
    return next((known for known in KNOWN if known.within(config) == space), None)


def _close(config: Config, word: str) -> list[str]:
    """Names of spaces that could be meant, at most three."""
    candidates = {squeezed(name): config.canonical(name) for name in (*config.aliases, *config.spaces)}
    for known in KNOWN:
        candidates |= {squeezed(name): known.within(config) for name in (*known.names, *known.words)}
    there = [name for name, space in candidates.items() if space]
    close = difflib.get_close_matches(squeezed(word), there, n=9, cutoff=0.6)
    return [space for space in dict.fromkeys(candidates[name] for name in close) if space][:3]
