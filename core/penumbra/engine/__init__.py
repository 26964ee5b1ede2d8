"""The one API: a shot in, mattes out, events on the way."""

from penumbra.engine.evaluate import Evaluation, evaluate
from penumbra.engine.events import Event, FrameDone, Notice, Opened, Progress
from penumbra.engine.run import run
from penumbra.engine.sheet import contact_sheet

__all__ = ["Evaluation", "Event", "FrameDone", "Notice", "Opened", "Progress", "contact_sheet", "evaluate", "run"]
