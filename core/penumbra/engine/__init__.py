"""The one API: a shot in, mattes out, events on the way."""

from penumbra.engine.evaluate import Evaluation, contact_sheet, evaluate
from penumbra.engine.events import Event, FrameDone, Notice, Progress
from penumbra.engine.run import run

__all__ = ["Evaluation", "Event", "FrameDone", "Notice", "Progress", "contact_sheet", "evaluate", "run"]
