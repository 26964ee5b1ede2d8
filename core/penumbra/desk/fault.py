"""What went wrong with a job, in words for the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from penumbra.protocol import Refusal

# From the free codes of JSON-RPC: the worker is gone, and will answer nothing any more. It never crosses the wire.
WORKER_GONE = -32000


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        kind: Whose it is: `input`, `file`, `machine`, `busy`, or, where it is ours, `worker`.
        problem: What was received and what was expected.
        next_step: What to do about it; empty where nothing is known.
        frame: The frame that it concerns.
        path: The file or folder that it concerns, or nothing.
        field: The field of the shot that it concerns, from the outermost record inward.
    """

    kind: str
    problem: str
    next_step: str = ""
    frame: int | None = None
    path: str = ""
    field: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        """The problem, and then what to do."""
        return f"{self.problem} {self.next_step}".strip()


def faults_of(refusal: Refusal) -> tuple[Fault, ...]:
    """What a refusal says: each fault of its data, or its message where it has none."""
    data = refusal.data if isinstance(refusal.data, dict) else {}
    told = data.get("faults")
    if told:
        return tuple(map(_fault, told))
    report = data.get("report")
    kept = f"What it was doing is written in {report}: please send it to us." if report else ""
    return (Fault("worker", refusal.message, kept, path=str(report or "")),)


def _fault(told: Mapping[str, Any]) -> Fault:
    return Fault(
        kind=told["kind"],
        problem=told["problem"],
        next_step=told.get("next_step") or "",
        frame=told.get("frame"),
        path=told.get("path") or "",
        field=tuple(told.get("field") or ()),
    )
