"""One pass through the house: `travel` reads like the list of its stations."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from penumbra import __version__
from penumbra.color import network_view, scene_linear
from penumbra.delivery import Provenance, WriteBehind, deliver
from penumbra.engine.events import Event, FrameDone, Notice, Progress
from penumbra.engine.opened import OpenedShot
from penumbra.engine.plan import Fingerprints, Work
from penumbra.engine.snapshots import EVERY, Snapshots
from penumbra.finishing import premultiplied
from penumbra.image import Matte, Plate
from penumbra.memory import MemoryState
from penumbra.plates import ReadAhead
from penumbra.propagation import ProcessSize, Propagates


class Clock:
    """Counts the frames and the time of a whole run."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._began = total, 0, time.monotonic()

    def told(self) -> Progress:
        """How far it is."""
        return Progress(self._done, self._total, time.monotonic() - self._began)

    def tick(self) -> Progress:
        """One frame more."""
        self._done += 1
        return self.told()


@dataclass(frozen=True)
class _Loaded:
    """A plate that is ready: scene-linear, with the network's view of it `[3,H,W]`."""

    plate: Plate
    view: Tensor
    broken_pixels: int

    @property
    def frame(self) -> int:
        """Its number."""
        return self.plate.frame


@dataclass(frozen=True)
class Journey:
    """What is left of one pass. `state` is the memory that it takes up, if any."""

    opened: OpenedShot
    work: Work
    state: MemoryState | None
    fingerprints: Fingerprints
    snapshots: Snapshots

    def travel(
        self, propagator: Propagates, at_key: MemoryState | None, clock: Clock
    ) -> Generator[Event, None, MemoryState | None]:
        """Make it. Takes and returns the memory after the key frame, which both directions begin with."""
        key, through = self.work.run.key, self.work.through
        if through[0] != key:
            begin = self.state or at_key
            if begin is None:
                self._start(propagator, self._load(key))
                begin = at_key = propagator.state
            propagator.restore(begin)
        latest: int | None = None
        try:
            with ReadAhead(through, self._load) as ahead, WriteBehind(self._write) as writer:
                for loaded in ahead:
                    if loaded.broken_pixels:
                        yield Notice(_said_of(loaded))
                    alpha = self._start(propagator, loaded) if loaded.frame == key else propagator.step(loaded.view)
                    latest = loaded.frame
                    at_key = propagator.state if latest == key else at_key
                    if latest in self.work.to_write:
                        writer.put(self._finished(loaded, alpha))
                    yield clock.tick()
                    yield from writer.finished()
                    if latest == through[-1] or (through.index(latest) + 1) % EVERY == 0:
                        # Memory is kept only when every frame before it is on disk.
                        yield from writer.rest()
                        self._keep(latest, propagator.state)
        except GeneratorExit:
            if latest is not None:
                self._keep(latest, propagator.state)
            raise
        return at_key

    @cached_property
    def _size(self) -> ProcessSize:
        return ProcessSize.of(*self.opened.size, self.opened.shot.settings.process_size)

    def _load(self, frame: int) -> _Loaded:
        """Read a plate, make it scene-linear, and make the network's view of it. Called from threads."""
        # Kept for the fingerprint while the file is in the system's cache.
        self.fingerprints.plate(frame)
        plate = self.opened.source.read(frame)
        rgb_3HW = torch.from_numpy(plate.rgb_HW3).permute(2, 0, 1)
        linear_3HW = scene_linear(rgb_3HW, self.opened.colorspace)
        view_3HW = self._size.shrunk(network_view(linear_3HW, self.opened.colorspace))
        linear_HW3 = np.ascontiguousarray(linear_3HW.permute(1, 2, 0).numpy())
        broken = int((~np.isfinite(linear_HW3).all(axis=2)).sum())
        return _Loaded(replace(plate, rgb_HW3=linear_HW3), view_3HW.contiguous(), broken)

    def _start(self, propagator: Propagates, loaded: _Loaded) -> Tensor:
        mask = torch.from_numpy(self.opened.mask_HW)[None]
        return propagator.start(loaded.view, self._size.shrunk(mask))

    def _finished(self, loaded: _Loaded, alpha_1HW: Tensor) -> Matte:
        """The matte, made from the plate itself."""
        alpha_HW = self._size.grown(alpha_1HW[0]).cpu().numpy()
        return Matte(loaded.plate, premultiplied(loaded.plate, alpha_HW))

    def _write(self, matte: Matte) -> FrameDone:
        frame, opened = matte.plate.frame, self.opened
        provenance = Provenance(
            version=__version__,
            model=opened.model.name,
            model_digest=opened.model.digest,
            model_license=opened.model.card.license,
            key_frames=str(opened.key.frame),
            settings=opened.shot.digest,
            fingerprint=self.fingerprints.of(frame),
        )
        return FrameDone(frame, deliver(matte, opened.shot.delivery, provenance))

    def _keep(self, frame: int, state: MemoryState) -> None:
        self.snapshots.save(self.work.run.direction, frame, self.fingerprints.of(frame), state)


def _said_of(loaded: _Loaded) -> str:
    count = loaded.broken_pixels
    return (
        f"Frame {loaded.frame}: {count} pixel{'s are' if count > 1 else ' is'} NaN or infinite in the plate, "
        "and 0 in the matte."
    )
