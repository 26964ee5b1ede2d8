"""`penumbra matte`: the main job."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from penumbra.cli import STOPPED
from penumbra.cli.order import OrderCommand, ordered_shot
from penumbra.errors import InputError
from penumbra.shot import FrameRange, Shot


@click.command(cls=OrderCommand, short_help="Make the mattes of a shot.")
@click.argument("plate", type=click.Path(path_type=Path))
@click.option("--device", default="cpu", show_default=True, help="cpu, cuda, cuda:1 or mps. Changes no setting.")
@click.option("--only", metavar="FIRST-LAST", help="Make these frames now, and leave the others.")
@click.option(
    "--snapshots", default="2GB", show_default=True, metavar="SIZE", help="Room for memory kept beside the mattes."
)
@click.option("--wait", is_flag=True, help="Wait where another run makes the same mattes.")
@click.option("--save-shot", type=click.Path(path_type=Path), metavar="FILE", help="Keep the order as a shot file.")
def matte(
    plate: Path, device: str, only: str | None, snapshots: str, wait: bool, save_shot: Path | None, **options: Any
) -> int:
    """Make the mattes of a shot.

    PLATE is a sequence (plate.####.exr, plate.%04d.exr, a folder), or a shot file (shot.yaml, shot.json).

    \b
    penumbra matte plate.####.exr --mask 1001=roto.1001.exr --out matte.####.exr

    Running the same line again goes on where it was stopped.
    """  # noqa: D301 - the backspace itself is click's sign that a line keeps its shape
    shot = ordered_shot(plate, options)
    frames = None if only is None else FrameRange.parse(only)
    return run_shot(shot, save_shot, device=device, only=frames, snapshots=bytes_of(snapshots), wait=wait)


def run_shot(shot: Shot, save_shot: Path | None = None, **how: Any) -> int:
    """Run it, telling the person how it goes, and give the exit code.

    Args:
        shot: The order.
        save_shot: Where the order is kept with all that opening it decided, so that every machine makes the same of it.
        how: As `penumbra.run` takes it.
    """
    from penumbra.cli.report import Report
    from penumbra.engine import Opened, run

    with Report(shot) as report, _asked_to_stop() as asked:
        events = run(shot, **how)
        for event in events:
            report.tell(event)
            if save_shot is not None and isinstance(event, Opened):
                event.shot.save(save_shot)
            if asked.stop:
                events.close()
                report.stopped()
                return STOPPED
        report.finished()
    return 0


def bytes_of(text: str) -> int:
    """`500MB`, `2GB`, `2.5 GB`, or a plain number of bytes.

    Raises:
        InputError: It is none of these.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:([kMGT])i?B?|B)?\s*", text, re.IGNORECASE)
    if not found:
        raise InputError(f"--snapshots must be a size, not {text!r}.", "Write 2GB or 500MB.")
    return int(float(found[1]) * 1000 ** ("kmgt".index(found[2].lower()) + 1 if found[2] else 0))


class _Asked:
    """Whether the person pressed Ctrl-C."""

    stop = False


@contextmanager
def _asked_to_stop() -> Iterator[_Asked]:
    """Ctrl-C, or a farm's SIGTERM, lets the frame in hand be finished; a second one does not wait."""
    asked = _Asked()
    signals = (signal.SIGINT, signal.SIGTERM)

    def note(number: int, _: Any) -> None:
        if asked.stop:
            raise KeyboardInterrupt
        asked.stop = True
        click.echo("\nStopping after this frame. Press Ctrl-C again to stop at once.", err=True)

    before = {number: signal.signal(number, note) for number in signals}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
