"""Opening a shot: all that can be checked before the first frame is checked, and all faults are told at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from penumbra import __version__
from penumbra.color import View
from penumbra.delivery import Provenance, check_output
from penumbra.engine.device import checked_device
from penumbra.engine.events import Notice
from penumbra.engine.inputs import box_of, of_view, open_source, read_masks
from penumbra.engine.key_masks import KeyMasks
from penumbra.engine.plate_color import PlateColor, open_color
from penumbra.engine.warm import Load
from penumbra.errors import Faults, FileError, InputError, PenumbraError, raise_faults
from penumbra.image import Plate, Window
from penumbra.network import Model, load_model
from penumbra.plates import PlateSource
from penumbra.propagation import Region
from penumbra.shot import KeyFrame, Shot

# Raised whenever the same shot would give other pixels than before, so that old mattes are known to be old.
RECIPE = 3
# More key frames than these are not listed when a run begins.
MOST_KEYS = 12

T = TypeVar("T")


@dataclass(frozen=True)
class OpenedShot:
    """A shot that can be run.

    Attributes:
        shot: The order, with all that was decided on opening it.
        source: Its plate.
        canvas: Where every plate's pixels are taken from: the display window, or more where overscan is wanted.
        roi: The region of interest, where the order gives a box.
        masks: The key frames' masks over the canvas.
        model: Ready on its device.
        color: From the plate's encoding to the working space, and from there to the network's view.
        notices: What the person should know.
    """

    shot: Shot
    source: PlateSource
    canvas: Window
    roi: Window | None
    masks: KeyMasks
    model: Model
    color: PlateColor
    notices: tuple[Notice, ...] = ()

    @property
    def warmup(self) -> int:
        """As the shot says, and otherwise as the model was made for."""
        wanted = self.shot.settings.warmup
        return self.model.card.warmup if wanted is None else wanted

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that every frame's pixels depend on: order, model, color. Masks and plates come later."""
        model = f"{self.model.digest} {self.warmup}"
        order = f"{RECIPE} {self.shot.digest} {model} {self.color.transform.digest} {astuple(self.canvas)}"
        return hashlib.sha256(order.encode()).hexdigest()

    def region(self, box: Window, process_size: int | None = None) -> Region:
        """A box of the canvas, as the network sees it: at the shot's process size, or another."""
        size = process_size or self.shot.settings.process_size
        return Region.of(self.canvas, box, size, self.source.header.pixel_aspect)

    def linear_plate(self, frame: int) -> Plate:
        """One frame over the canvas, scene-linear in the working space. Safe to call from many threads.

        Raises:
            FileError: It cannot be read.
        """
        return self.color.linear(self.source.read(frame, self.canvas))

    @cached_property
    def view(self) -> View:
        """From scene-linear light to the network's picture."""
        exposure = self.shot.settings.exposure
        assert exposure != "auto", "an opened shot's exposure is a number"
        return self.color.view(exposure)

    def provenance(self, regions: Sequence[Region]) -> Provenance:
        """What the header of every matte says that the network made of these regions."""
        return Provenance(
            version=__version__,
            model=self.model.name,
            model_digest=self.model.digest,
            model_license=self.model.card.license,
            settings=self.shot.digest,
            objects=" ".join(filter(None, self.shot.objects)),
            colorspace=self.color.chosen.space,
            colorspace_reason=self.shot.settings.colorspace_reason or "",
            working_space=self.color.transform.working_space,
            ocio=self.color.config.name if not self.color.config.is_own else Path(self.color.config.name).name,
            exposure=self.view.exposure,
            process_size=", ".join(f"{region.view[1]}x{region.view[0]}" for region in regions),
            roi=", ".join(str(region.box) for region in regions),
            foreground=self.shot.finish.foreground,
        )


def open_shot(shot: Shot, device: str, load: Load = load_model) -> OpenedShot:
    """Check the shot and load what it needs.

    Args:
        shot: The order.
        device: Where the network runs.
        load: Loads the model.

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

    shot = of_view(shot)
    settings = shot.settings
    source = attempted(partial(open_source, shot))
    canvas = roi = color = masks = None
    if source is not None:
        faults.extend(source.check())
        faults.extend(_outside(shot, source))
        if _is_readable(source):
            color = attempted(partial(open_color, settings, source))
            canvas = attempted(partial(source.canvas, shot.delivery.window == "data"))
        if canvas is not None:
            roi = attempted(partial(box_of, shot, source.header.display_window, canvas))
            masks = attempted(partial(read_masks, shot, source.header, canvas, roi))
            faults.extend(_output_faults(shot, source, canvas))
    model = attempted(lambda: load(settings.model, checked_device(device)))
    raise_faults(_once(faults))
    assert source is not None
    assert canvas is not None
    assert color is not None
    assert masks is not None
    assert model is not None
    key_masks, said = masks
    opened = OpenedShot(shot, source, canvas, roi, key_masks, model, color)
    opened = replace(opened, shot=_decided(opened))
    return replace(opened, notices=tuple(map(Notice, (*_said(opened), *said))))


def _decided(opened: OpenedShot) -> Shot:
    """The order with everything that opening it found out, so that every machine makes the same of it."""
    settings, color = opened.shot.settings, opened.color
    exposure = settings.exposure
    if exposure == "auto":
        first = min(key.frame for key in opened.shot.key_frames)
        exposure = color.auto_exposure(opened.linear_plate(first))
    named = replace(
        settings,
        colorspace=color.chosen.space,
        colorspace_reason=settings.colorspace_reason or color.chosen.reason,
        working_space=color.transform.working_space,
        # $OCIO may be another one on another machine, where these names mean nothing, or something else.
        ocio=str(Path(color.config.name).absolute()) if color.config.is_own else color.config.name,
        exposure=exposure,
    )
    return replace(opened.shot, settings=named)


def _is_readable(source: PlateSource) -> bool:
    """Whether any of its files can be read; where none can, `check` has told of it."""
    try:
        return bool(source.header.channels)
    except FileError:
        return False


def _outside(shot: Shot, source: PlateSource) -> list[PenumbraError]:
    """The key frames that the plate does not have."""
    return [
        InputError(
            f"{f'A mask of {key.object}' if key.object else 'The mask'} is on frame {key.frame}, and the plate's range "
            f"is {source.frames}.",
            "Give a mask on one of these frames, or widen the range.",
            frame=key.frame,
        )
        for key in shot.key_frames
        if key.frame not in source.frames
    ]


def _output_faults(shot: Shot, source: PlateSource, canvas: Window) -> list[PenumbraError]:
    inputs = [*(source.path(frame) for frame in source.frames), *(key.path for key in shot.key_frames)]
    return check_output(shot.delivery, source.frames, canvas, shot.objects, inputs)


def _once(faults: list[PenumbraError]) -> list[PenumbraError]:
    """Without those that several checks ran into."""
    return list({str(fault): fault for fault in faults}.values())


def _said(opened: OpenedShot) -> list[str]:
    """What the person should know of the order, as it was understood."""
    shot, source, model, settings = opened.shot, opened.source, opened.model, opened.shot.settings
    transform = opened.color.transform
    texts = [
        f"Plate: {source.sequence.pattern}, frames {source.frames}, {source.header.display_window}",
        *([source.choice] if source.choice else []),
        f"Color space: {settings.colorspace}; {settings.colorspace_reason}",
        *transform.notices,
    ]
    if transform.working_space != transform.plate_space:
        texts.append(f"Delivered in: {transform.working_space}, scene-linear")
    if settings.view and settings.view not in str(shot.delivery.out):
        texts.append("The mattes of another view would be written over these: write %V in --out.")
    if shot.settings.exposure:
        texts.append(f"Exposure for the network: {shot.settings.exposure:+g} stops")
    texts += [_key_frame(key) for key in shot.key_frames[:MOST_KEYS]]
    if (more := len(shot.key_frames) - MOST_KEYS) > 0:
        texts.append(f"and {more} more key frames")
    for presence in shot.presences:
        stay = [f"from {presence.first}"] if presence.first is not None else []
        stay += [f"until {presence.last}"] if presence.last is not None else []
        texts.append(f"{presence.object} is in the shot {' '.join(stay)}.")
    texts.append(f"Model: {model.name}, {model.card.license}, digest {model.digest[:12]}")
    if not model.card.commercial:
        texts.append("License: the mattes of this model may not be used on paid work.")
    if settings.roi != "mask":
        region = opened.region(opened.roi or opened.canvas)
        if region.view[0] < region.box.height:
            seen = f"{region.view[1]}x{region.view[0]}"
            texts.append(f"The network sees {region.box} of the plate at {seen}; --process-size decides.")
    return texts


def _key_frame(key: KeyFrame) -> str:
    kind = "Approved frame" if key.is_approved else "Key frame"
    return f"{kind}: {f'{key.object} ' if key.object else ''}{key.frame}, {key.path}"
