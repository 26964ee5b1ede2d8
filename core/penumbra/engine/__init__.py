"""The one API: a shot in, mattes out, events on the way."""

from penumbra.engine.evaluate import Evaluation, evaluate
from penumbra.engine.events import Event, FrameDone, Notice, Opened, Progress, Waiting
from penumbra.engine.run import run
from penumbra.engine.sheet import contact_sheet
from penumbra.engine.timeline import FrameState, Timeline

__all__ = [
    "Evaluation",
    "Event",
    "FrameDone",
    "FrameState",
    "Notice",
    "Opened",
    "Progress",
    "Timeline",
    "Waiting",
    "contact_sheet",
    "evaluate",
    "run",
]
