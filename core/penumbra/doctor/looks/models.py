"""The models: are they there, whole, and free for paid work?"""

from __future__ import annotations

import os

from penumbra.doctor.finding import Finding, Findings, gigabytes
from penumbra.errors import PenumbraError
from penumbra.network import listed
from penumbra.network.registry import BUNDLED_FOLDER, COMMERCIAL, Listed
from penumbra.network.weights import load_weights
from penumbra.shot import DEFAULT_MODEL


def look() -> Findings:
    """Every model that has a name, each weight of it read."""
    found = listed()
    if not any(entry.bundled and entry.name == DEFAULT_MODEL for entry in found):
        text = f"The bundled model {DEFAULT_MODEL} is not in {BUNDLED_FOLDER}."
        yield Finding("fault", "models", text, "Get the whole of Penumbra again.")
    for entry in found:
        yield _model(entry)


def _model(entry: Listed) -> Finding:
    try:
        model = load_weights(entry.path)
    except PenumbraError as fault:
        again = "Get the whole of Penumbra again." if entry.bundled else _add_again(entry.name)
        return Finding("fault", "models", fault.problem, again)
    card = model.card
    where = "bundled" if entry.bundled else f"added, {entry.path}"
    paid = "for paid work too" if card.commercial else "NOT for paid work"
    size = gigabytes(entry.path.stat().st_size)
    text = f"{entry.name}: {where}, {size}, digest {model.digest[:12]}, {card.license}, {paid}."
    if os.environ.get(COMMERCIAL) == "1" and not card.commercial:
        return Finding("note", "models", f"{text} {COMMERCIAL} is 1, so that it is refused.")
    return Finding("fine", "models", text)


def _add_again(name: str) -> str:
    return f"penumbra models remove {name}, then add it again."
