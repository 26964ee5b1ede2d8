"""Penumbra: a finished matte from one roto shape. Importing it is light; torch comes when it is first needed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from penumbra.engine import Timeline
    from penumbra.engine.run import run
    from penumbra.memory import MemoryState
    from penumbra.network import load_model
    from penumbra.propagation import Propagator
    from penumbra.shot import Shot

__all__ = ["MemoryState", "Propagator", "Shot", "Timeline", "load_model", "run"]

_HOMES = {
    "MemoryState": "penumbra.memory",
    "Propagator": "penumbra.propagation",
    "Shot": "penumbra.shot",
    "Timeline": "penumbra.engine",
    "load_model": "penumbra.network",
    "run": "penumbra.engine",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'penumbra' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
