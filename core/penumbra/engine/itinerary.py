"""How every frame of a shot comes about: which courses make it, and what it is when they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from penumbra.delivery import Provenance
from penumbra.engine.bench import Loaded
from penumbra.engine.course import Course
from penumbra.engine.fingerprints import Hashes, hash_of
from penumbra.engine.groups import Group
from penumbra.engine.opened import OpenedShot
from penumbra.finishing import controlled, estimated_foreground, premultiplied
from penumbra.image import Layer, Matte, Plate
from penumbra.propagation import blend, ramp
from penumbra.shot import FrameRange

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Part:
    """What makes the alpha of a group of objects on one frame.

    Attributes:
        group: The objects.
        courses: The pass that makes it, or the forward and the backward one; none where it is given: finished mattes
            on an approved frame, and nothing where the objects are not in the shot.
    """

    group: Group
    courses: tuple[Course, ...]


@dataclass(frozen=True)
class Joined:
    """A frame's matte, and the share of the frame over which two passes disagree; None where one made it."""

    matte: Matte
    disagreement: float | None


@dataclass(frozen=True)
class Itinerary:
    """The courses of a shot.

    Attributes:
        opened: The shot.
        groups: Its objects.
        courses: All passes of all groups, in the order of work.
        hashes: The plates' hashes.
    """

    opened: OpenedShot
    groups: tuple[Group, ...]
    courses: tuple[Course, ...]
    hashes: Hashes

    @property
    def frames(self) -> FrameRange:
        """The shot's frames."""
        return self.opened.source.frames

    @cached_property
    def places(self) -> dict[str, tuple[int, ...]]:
        """The frames that the memory of each course goes through, by the course's name."""
        return {course.chain.name: course.places for course in self.courses}

    def parts(self, frame: int) -> tuple[Part, ...]:
        """What makes a frame, group by group."""
        there = self._by_frame.get(frame, ())
        return tuple(Part(group, tuple(one for one in there if one.bench.group is group)) for group in self.groups)

    def courses_of(self, frame: int) -> tuple[Course, ...]:
        """The courses that make a frame, in the order of work; none where it is given."""
        return self._by_frame.get(frame, ())

    def fingerprint(self, frame: int) -> str:
        """The fingerprint of a frame's matte."""
        made = (self._fingerprint(part, frame) for part in self.parts(frame))
        return hash_of("matte", self.opened.digest, self.hashes.of(frame), *made)

    def _fingerprint(self, part: Part, frame: int) -> str:
        if part.courses:
            return hash_of(*(f"{course.run.direction} {course.chain.alpha(frame)}" for course in part.courses))
        masks = self.opened.masks
        # What comes or goes lies in the parts of all objects, approved ones as well: so the names are in here.
        finished = [masks.digests[key] for key in part.group.keys[frame]] if frame in part.group.frames else []
        return hash_of("given", *map(str, part.group.names), *finished)

    def joined(self, frame: int, loaded: Loaded | Plate, alphas: Mapping[Course, Tensor]) -> Joined:
        """The matte of a frame.

        Args:
            frame: Its number.
            loaded: Its plate, or that and the view of the course that is under way.
            alphas: What the courses that make it say, `[O,h,w]`.
        """
        plate = loaded if isinstance(loaded, Plate) else loaded.plate
        layers: dict[str | None, Layer] = {}
        disagreements = []
        for part in self.parts(frame):
            if part.courses:
                alpha_Ohw, disagreement = _blended(part, frame, alphas)
                disagreements += [disagreement] if disagreement is not None else []
                bench = part.courses[0].bench
                alpha_OHW = bench.enlarged(bench.loaded(loaded), alpha_Ohw)
                finish = self.opened.shot.finish
                alpha_OHW = np.stack([controlled(alpha_HW, finish, plate.pixel_aspect) for alpha_HW in alpha_OHW])
            else:
                alpha_OHW = self._given(part.group, frame, plate)
            for name, alpha_HW in zip(part.group.names, alpha_OHW, strict=True):
                layers[name] = Layer(name, self._rgba(plate, alpha_HW))
        matte = Matte(plate, tuple(layers[name] for name in self.opened.shot.objects))
        return Joined(matte, max(disagreements, default=None))

    def provenance(self, frame: int, disagreement: float | None) -> Provenance:
        """What a matte's header says of its making.

        Its fingerprint holds what changes pixels. Penumbra's version, the names of model and OCIO configuration, and
        why a color space was taken, stay as they were when the matte was made.
        """
        parts = self.parts(frame)
        runs = [course.run for part in parts for course in part.courses]
        # A key frame's own matte knows of no other.
        keys = {key for run in runs for key in ((frame,) if frame == run.key else (run.key, run.other))}
        approved = [name for part in parts if part.group.is_approved(frame) for name in part.group.names]
        keys |= {frame} if approved else set()
        regions = dict.fromkeys(course.bench.region for part in parts for course in part.courses)
        return replace(
            self.opened.provenance(tuple(regions)),
            fingerprint=self.fingerprint(frame),
            key_frames=" ".join(map(str, sorted(key for key in keys if key is not None))),
            approved=" ".join(name or "matte" for name in approved),
            disagreement=disagreement,
        )

    def _given(self, group: Group, frame: int, plate: Plate) -> Floats:
        """What needs no network: finished mattes, and nothing where the objects are not in the shot."""
        if frame in group.frames:
            return self.opened.masks.alpha_OHW(group.keys[frame])
        return np.zeros((len(group.names), *plate.rgb_HW3.shape[:2]), np.float32)

    def _rgba(self, plate: Plate, alpha_HW: Floats) -> Floats:
        if self.opened.shot.finish.foreground == "estimated":
            plate = replace(plate, rgb_HW3=estimated_foreground(plate.rgb_HW3, alpha_HW, self.opened.model.device))
        return premultiplied(plate, alpha_HW)

    @cached_property
    def _by_frame(self) -> dict[int, tuple[Course, ...]]:
        by_frame: dict[int, tuple[Course, ...]] = {}
        for course in self.courses:
            for frame in course.run.frames:
                if not course.bench.group.is_approved(frame):
                    by_frame[frame] = (*by_frame.get(frame, ()), course)
        return by_frame


def _blended(part: Part, frame: int, alphas: Mapping[Course, Tensor]) -> tuple[Tensor, float | None]:
    first, *second = part.courses
    if not second:
        return alphas[first], None
    blended = blend(alphas[first], alphas[second[0]], ramp(first.gap.place(frame)))
    return blended.alpha_OHW, blended.disagreement
