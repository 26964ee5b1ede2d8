"""From an open shot to its itinerary: the plates' facts, the cuts, the groups, their gaps, the regions."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from penumbra.engine.bench import Bench
from penumbra.engine.course import Course
from penumbra.engine.cuts import check_reached, cuts_of
from penumbra.engine.events import Event
from penumbra.engine.fingerprints import Chain, Seen
from penumbra.engine.groups import Group, groups_of
from penumbra.engine.itinerary import Itinerary
from penumbra.engine.kept.plate_facts import PlateFacts
from penumbra.engine.opened import OpenedShot
from penumbra.engine.plan import gaps, scenes
from penumbra.engine.regions import region_of
from penumbra.shot import FrameRange

FACTS = "plates.json"


@contextmanager
def plate_facts(opened: OpenedShot, folder: Path) -> Iterator[PlateFacts]:
    """What is known of the plates, and is found out in this context: at its end it is kept in the folder."""
    facts = PlateFacts(opened.source.path, folder / FACTS)
    try:
        yield facts
    finally:
        if folder.is_dir():
            facts.keep()


def prepared(
    opened: OpenedShot, facts: PlateFacts, folder: Path, wanted: FrameRange
) -> Generator[Event, None, Itinerary]:
    """Find out how every frame comes about.

    Args:
        opened: The shot.
        facts: What is known of its plates.
        folder: Where regions are kept.
        wanted: The frames that will be asked for.

    Raises:
        PenumbraError: Frames cannot be reached, or a plate cannot be read.
    """
    groups = groups_of(opened.shot, opened.source.frames)
    cuts = yield from cuts_of(opened, facts)
    check_reached(groups, cuts, wanted)
    courses: list[Course] = []
    for group in groups:
        courses += yield from _courses(opened, group, cuts, facts, folder)
    return Itinerary(opened, groups, tuple(courses), facts)


def _courses(
    opened: OpenedShot, group: Group, cuts: Sequence[int], facts: PlateFacts, folder: Path
) -> Generator[Event, None, list[Course]]:
    """A group's passes, gap by gap."""
    direction = opened.shot.settings.direction
    courses = []
    for gap in (gap for scene in scenes(group.frames, cuts) for gap in gaps(group.keys, scene)):
        runs = [run for run in gap.passes(direction) if not all(map(group.is_approved, run.frames))]
        if not runs:
            continue
        region = yield from region_of(opened, group, gap, facts, folder)
        seen = Seen(opened.digest, group, region, opened.masks, facts)
        bench = Bench(opened, group, region, facts)
        courses += [Course(bench, gap, Chain(seen, run)) for run in runs]
    return courses
