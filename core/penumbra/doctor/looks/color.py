"""OpenColorIO and the configuration that holds here."""

from __future__ import annotations

import os
from importlib.metadata import version

from penumbra.color import open_config
from penumbra.color.spaces import plain_linear
from penumbra.doctor.finding import Finding, Findings
from penumbra.errors import PenumbraError


def look() -> Findings:
    """Whether $OCIO, or the built-in configuration, can be used."""
    named = os.environ.get("OCIO")
    said = f"$OCIO is {named}" if named else "$OCIO is not set"
    try:
        config = open_config()
    except PenumbraError as fault:
        yield Finding("fault", "color", fault.problem, fault.next_step)
        return
    uses = "" if config.name == named else f"; {config.name} is used"
    text = f"OpenColorIO {version('opencolorio')}. {said}{uses}: {len(config.spaces)} color spaces."
    if config.canonical("scene_linear") is None:
        text += " It has no role scene_linear."
        step = "Say --colorspace and --working-space with every plate, or add the role to the configuration."
        yield Finding("note", "color", text, step)
    else:
        yield Finding("fine", "color", f"{text} Plain EXR is taken for {plain_linear(config)}.")
