"""What jobs do. Importing this room imports torch."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from penumbra.delivery import read_disagreement
from penumbra.engine import Event, FrameDone, FrameState, Notice, Opened, Progress, Timeline, Waiting, run
from penumbra.engine.warm import Load, WarmModels
from penumbra.network import Model, load_model
from penumbra.protocol import Notification
from penumbra.protocol.messages import Id
from penumbra.shot import FrameRange, in_ranges
from penumbra.shot.encode import encoded
from penumbra.worker.jobs import Steps, StopRequested
from penumbra.worker.orders import Order

LOG = logging.getLogger("penumbra.worker")


def loaded(model: str | Path, device: str | torch.device = "cpu") -> Model:
    """`load_model`, which the log tells of."""
    began = time.monotonic()
    found = load_model(model, device)
    LOG.info("Model %s is loaded on %s, in %.2f s.", found.name, device, time.monotonic() - began)
    return found


@dataclass(frozen=True)
class Work:
    """Makes the steps of jobs.

    Attributes:
        models: Those that stay loaded.
    """

    models: WarmModels

    @classmethod
    def keeping_models(cls, load: Load) -> Work:
        """It loads each model once."""
        return cls(WarmModels(load))

    def matte(self, job: Id, order: Order, frames: FrameRange | None, device: str) -> Steps:
        """The mattes of a shot, as `penumbra matte` makes them."""
        began, before, written = time.monotonic(), order.there(), list[int]()
        outcome = "done"
        with closing(run(order.shot, device=device, only=frames, wait=True, load=self.models)) as events:
            try:
                for event in events:
                    if isinstance(event, FrameDone):
                        written.append(event.frame)
                    yield told(job, event, order.folder)
            except StopRequested:
                outcome = "stopped"
        # What was being written when it was stopped is there by now, and was not told.
        new = order.there().items() - before.items() if outcome == "stopped" else ()
        for frame in sorted(frame for frame, _ in new if frame not in written):
            written.append(frame)
            path = order.path(frame)
            yield told(job, FrameDone(frame, path, read_disagreement(path)), order.folder)
        ranges = in_ranges(written).split(", ") if written else []
        return {"outcome": outcome, "written": ranges, "seconds": time.monotonic() - began}

    def frame(self, job: Id, order: Order, frame: FrameRange, device: str) -> Steps:
        """One frame's matte, as the whole run makes it."""
        with closing(run(order.shot, device=device, only=frame, load=self.models)) as events:
            try:
                for event in events:
                    yield told(job, event, order.folder)
            except StopRequested:
                return {"outcome": "stopped"}
        return {"path": str(order.path(frame.first))}

    def states(self, job: Id, order: Order, device: str) -> Steps:
        """How every frame stands."""
        with closing(self._states(order, device)) as events:
            try:
                states = []
                for event in events:
                    if isinstance(event, FrameState):
                        states.append(_state(event))
                        yield None
                    else:
                        yield told(job, event, order.folder)
            except StopRequested:
                return {"outcome": "stopped"}
        return {"frames": states}

    def _states(self, order: Order, device: str) -> Generator[Event | FrameState, None, None]:
        timeline = yield from Timeline.opening(order.shot, device=device, load=self.models)
        yield from timeline.each_state()


def told(job: Id, event: Event, folder: Path) -> Notification:
    """An event of a run, as the client hears of it."""
    match event:
        case Opened(shot):
            return Notification("opened", {"job": job, "shot": encoded(shot, folder)})
        case Notice(text):
            return Notification("notice", {"job": job, "text": text})
        case Waiting(seconds):
            return Notification("waiting", {"job": job, "seconds": seconds})
        case FrameDone(frame, path, disagreement):
            done = {"frame": frame, "path": str(path), "disagreement": disagreement}
            return Notification("frame_done", {"job": job, **done})
        case Progress():
            speed = {"frames_per_second": event.frames_per_second, "seconds_left": event.seconds_left}
            return Notification("progress", {"job": job, **vars(event), **speed})


def _state(state: FrameState) -> dict[str, Any]:
    keys = {name or "": kind for name, kind in state.keys.items()}
    return {"frame": state.frame, "keys": keys, "matte": state.matte, "disagreement": state.disagreement}
