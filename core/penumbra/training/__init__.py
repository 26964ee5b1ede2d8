"""Beside the engine: the same network and the same step, taught on shots that a generator makes."""

from penumbra.training.config import Stage, TrainingConfig
from penumbra.training.loop import Progress, Trainer

__all__ = ["Progress", "Stage", "Trainer", "TrainingConfig"]
