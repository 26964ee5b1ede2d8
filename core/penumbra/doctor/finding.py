"""What was found, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Level = Literal["fine", "note", "fault"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: `fine`; `note`, good to know, or something that could be better; `fault`, something that does not work.
        topic: What it concerns, in one word or two.
        text: What is there, as a sentence.
        next_step: What to do about it, as a sentence; empty where there is nothing to do.
    """

    level: Level
    topic: str
    text: str
    next_step: str = ""


Findings = Iterator[Finding]


def gigabytes(count: float) -> str:
    """Bytes as people say them: `3.4 GB`, `120 MB`."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
