"""Opening a shot: all that can be checked before the first frame is checked, and all faults are told at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from penumbra.color import check_colorspace
from penumbra.delivery import check_output
from penumbra.engine.events import Notice
from penumbra.errors import Faults, FileError, InputError, MachineError, PenumbraError, raise_faults
from penumbra.network import Model, load_model
from penumbra.plates import PlateSource, default_colorspace, read_mask
from penumbra.shot import KeyFrame, Shot

# Raised whenever the same shot would give other pixels than before, so that old mattes are known to be old.
RECIPE = 1
# Of the kinds that torch knows, those that the network runs on.
DEVICES = ("cpu", "cuda", "mps")

T = TypeVar("T")


@dataclass(frozen=True)
class OpenedShot:
    """A shot that can be run.

    Attributes:
        shot: The order.
        source: Its plate.
        key: Its key frame.
        mask_HW: The key frame's mask over the plate's display window, 0..1.
        model: Ready on its device.
        colorspace: The plate's.
        notices: What the person should know.
    """

    shot: Shot
    source: PlateSource
    key: KeyFrame
    mask_HW: NDArray[np.float32] = field(repr=False)
    model: Model
    colorspace: str
    notices: tuple[Notice, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the plate's display window."""
        return self.mask_HW.shape[0], self.mask_HW.shape[1]

    @property
    def warmup(self) -> int:
        """As the shot says, and otherwise as the model was made for."""
        wanted = self.shot.settings.warmup
        return self.model.card.warmup if wanted is None else wanted

    @property
    def digest(self) -> str:
        """SHA-256 of all that every frame's pixels depend on: settings, model, mask, color space. Plates come later."""
        model = f"{self.model.digest} {self.warmup}"
        total = hashlib.sha256(f"{RECIPE} {self.shot.digest} {model} {self.colorspace}".encode())
        total.update(f"{self.key.frame} {self.mask_HW.shape}".encode())
        total.update(np.ascontiguousarray(self.mask_HW).tobytes())
        return total.hexdigest()


def open_shot(shot: Shot, device: str) -> OpenedShot:
    """Check the shot and load what it needs.

    Raises:
        PenumbraError: What is wrong with it; `Faults` where it is more than one thing.
    """
    faults: list[PenumbraError] = []

    def attempted(step: Callable[[], T]) -> T | None:
        try:
            return step()
        except Faults as several:
            faults.extend(several.faults)
        except PenumbraError as fault:
            faults.append(fault)
        return None

    (key,) = shot.key_frames
    source = attempted(lambda: PlateSource.open(shot.plate, shot.frames))
    mask = color = None
    if source is not None:
        faults.extend(source.check())
        attempted(lambda: _check_key(key, source))
        if _is_readable(source):
            color = attempted(lambda: _colorspace(shot, source))
            mask = attempted(lambda: read_mask(key.path, key.channel, source.header.display_window))
            faults.extend(_output_faults(shot, source, key))
    model = attempted(lambda: load_model(shot.settings.model, checked_device(device)))
    raise_faults(_once(faults))
    assert source is not None
    assert mask is not None
    assert color is not None
    assert model is not None
    return OpenedShot(shot, source, key, mask, model, color[0], _notices(shot, source, key, model, color))


def checked_device(name: str) -> torch.device:
    """The device of that name.

    Raises:
        InputError: There is no such kind of device.
        MachineError: This machine has none.
    """
    try:
        device = torch.device(name)
    except RuntimeError as fault:
        raise _no_device(name) from fault
    if device.type not in DEVICES:
        raise _no_device(name)
    if device.type == "cuda" and (device.index or 0) >= (count := torch.cuda.device_count()):
        raise MachineError(
            f"The device {name} cannot be used: there are {count} CUDA devices here.",
            "Use --device cpu, or see docs/install.md for the CUDA build of torch.",
        )
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise MachineError("No Apple GPU can be used here.", "Use --device cpu.")
    return device


def _no_device(name: str) -> InputError:
    return InputError(f"{name!r} is no device.", "Devices are cpu, cuda, cuda:1, mps.")


def _is_readable(source: PlateSource) -> bool:
    """Whether any of its files can be read; where none can, `check` has told of it."""
    try:
        return bool(source.header.channels)
    except FileError:
        return False


def _check_key(key: KeyFrame, source: PlateSource) -> None:
    if key.frame not in source.frames:
        raise InputError(
            f"The mask is on frame {key.frame}, and the plate's range is {source.frames}.",
            "Give a mask on one of these frames, or widen the range.",
            frame=key.frame,
        )


def _colorspace(shot: Shot, source: PlateSource) -> tuple[str, str]:
    if shot.settings.colorspace is None:
        return default_colorspace(source.header)
    return check_colorspace(shot.settings.colorspace), "as asked"


def _output_faults(shot: Shot, source: PlateSource, key: KeyFrame) -> list[PenumbraError]:
    inputs = [*(source.path(frame) for frame in source.frames), key.path]
    return check_output(shot.delivery, source.frames, source.header.display_window, inputs)


def _once(faults: list[PenumbraError]) -> list[PenumbraError]:
    """Without those that several checks ran into."""
    return list({str(fault): fault for fault in faults}.values())


def _notices(
    shot: Shot, source: PlateSource, key: KeyFrame, model: Model, color: tuple[str, str]
) -> tuple[Notice, ...]:
    texts = [
        f"Plate: {source.sequence.pattern}, frames {source.frames}, {source.header.display_window}",
        f"Color space: {color[0]} ({color[1]})",
        f"Key frame: {key.frame}, {key.path}",
        f"Model: {model.name}, {model.card.license}, digest {model.digest[:12]}",
    ]
    if not model.card.commercial:
        texts.append("License: the mattes of this model may not be used on paid work.")
    short = min(source.header.display_window.size)
    if short > shot.settings.process_size:
        texts.append(f"The network sees the plate at {shot.settings.process_size} of {short} pixels (short side).")
    return tuple(Notice(text) for text in texts)
