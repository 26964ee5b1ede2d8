"""From a plate's own encoding to the scene-linear space that is delivered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from penumbra.color.choose import Chosen
from penumbra.color.config import LINEAR_REC709, Config
from penumbra.color.conversion import Conversion
from penumbra.color.header import true_entries
from penumbra.color.known import REC709
from penumbra.color.matrix import IDENTITY, Matrix, matrix_of
from penumbra.color.spaces import asked_space
from penumbra.errors import FileError, InputError
from penumbra.image import Attribute

WHITE = (1.0, 1.0, 1.0)
# Half of each primary, in an encoded space.
PRIMARIES = ((0.5, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, 0.0, 0.5))


@dataclass(frozen=True)
class InputTransform:
    """A plate's way to scene-linear light. Everything that it needs was found when it was made.

    Attributes:
        plate_space: The plate's color space.
        working_space: What is delivered, scene-linear.
        matrix: From the working space to linear Rec.709, for the view.
        is_display_referred: Whether the plate is a picture for a display, whose white is 1 and not to be rolled off.
        digest: SHA-256 of all that decides how pixels are changed; the same on every machine.
        notices: What the person should know.
    """

    plate_space: str
    working_space: str
    matrix: Matrix
    is_display_referred: bool
    digest: str
    notices: tuple[str, ...]
    _config: Config = field(repr=False)
    _conversion: Conversion = field(repr=False, compare=False)

    def to_working(self, rgb_HW3: NDArray[np.float32]) -> NDArray[np.float32]:
        """A plate's pixels as scene-linear light; the same array where they are that already.

        NaN and infinity stay what they are. Safe to call from many threads, and the same bits in each.

        Args:
            rgb_HW3: float32 in the plate's space, unbounded.
        """
        return self._conversion(rgb_HW3)

    def header_entries(self, metadata: Iterable[Attribute]) -> tuple[Attribute, ...]:
        """A plate's header entries, with those on color (name and chromaticities) made true of the working space."""
        return true_entries(self._config, self.working_space, metadata, is_untouched=self._conversion.does_nothing)


def open_input(config: Config, chosen: Chosen, working_space: str | None = None) -> InputTransform:
    """Find the working space, and make everything ready.

    The working space is the one asked for; else the plate's own, where that is scene-linear; else linear Rec.709 for
    what is encoded with Rec.709's primaries, as pictures for the screen are, with a built-in configuration; else the
    configuration's `scene_linear`.

    Args:
        config: Where the names are from.
        chosen: The plate's space.
        working_space: The person's word, as for `choose_space`.

    Raises:
        InputError: The working space is not known, is not linear, or holds no color where the plate does.
        FileError: The configuration lacks a file, or is not as it says.
    """
    plate = chosen.space
    working = _working_space(config, plate, working_space)
    conversion = config.conversion(plate, working)
    target = REC709.within(config)
    to_view = config.conversion(working, target) if target else config.to_builtin_rec709(working)
    return InputTransform(
        plate_space=plate,
        working_space=working,
        matrix=_view_matrix(config, working, to_view),
        is_display_referred=not config.is_linear(plate) and _is_white(conversion),
        digest=_digest(config, plate, working, conversion, to_view),
        notices=() if to_view else (_unrelated(config, working),),
        _config=config,
        _conversion=conversion,
    )


def _working_space(config: Config, plate: str, asked: str | None) -> str:
    if asked is not None:
        space = asked_space(config, asked)
        if not config.is_linear(space):
            raise InputError(
                f"The working space {space} is not scene-linear, and mattes are premultiplied in linear light.",
                "Give a linear one, for example ACEScg or linear.",
            )
        if config.is_data(space) and not config.is_data(plate):
            raise InputError(
                f"The working space {space} holds no color, and the plate is {plate}.",
                "Give one that does, for example ACEScg or linear; or say --colorspace for a plate that holds none.",
            )
        return space
    if config.is_linear(plate):
        return plate
    stays_rec709 = not config.is_own and _has_rec709_primaries(config, plate)
    target = REC709.within(config) if stays_rec709 else config.canonical("scene_linear")
    if target is None:
        raise InputError(
            f"{plate} is not scene-linear, and the OCIO configuration {config.name} has no role scene_linear to go to.",
            "Add it there, or say what to deliver with --working-space.",
        )
    return target


def _is_white(to_linear: Conversion) -> bool:
    """Whether the largest code is diffuse white, as for a display. A camera's logarithm has highlights there."""
    return bool(np.allclose(to_linear.of(WHITE), 1, atol=0.02))


def _has_rec709_primaries(config: Config, space: str) -> bool:
    """Whether pure red of an encoded space is pure red in Rec.709, and so on."""
    primaries = config.conversion(space, LINEAR_REC709).of(*PRIMARIES)
    return bool(np.allclose(primaries, np.diag(primaries.diagonal()), atol=1e-4))


def _view_matrix(config: Config, working: str, to_view: Conversion | None) -> Matrix:
    matrix = IDENTITY if to_view is None else matrix_of(to_view)
    if matrix is None:
        raise FileError(
            f"The OCIO configuration {config.name} holds {working} for linear, but leads from it to Rec.709 by more "
            "than a matrix.",
            "Mend it, or give another working space with --working-space.",
            path=config.name,
        )
    return matrix


def _unrelated(config: Config, working: str) -> str:
    return (
        f"The OCIO configuration {config.name} does not say how {working} relates to other spaces; the network is "
        "shown it as linear Rec.709."
    )


def _digest(config: Config, plate: str, working: str, conversion: Conversion, to_view: Conversion | None) -> str:
    """One's own configuration counts by what it computes, wherever it lies; a built-in one never changes."""
    content = (conversion.digest, to_view and to_view.digest) if config.is_own else config.name
    return hashlib.sha256(repr((plate, working, content)).encode()).hexdigest()
