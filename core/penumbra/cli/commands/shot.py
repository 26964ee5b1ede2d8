"""`penumbra shot`: shot files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from penumbra.cli.faults import tell_faults
from penumbra.errors import PenumbraError
from penumbra.shot import APPROVED, GUIDE, Shot, in_ranges


@click.group()
def shot() -> None:
    """Check shot files."""


@shot.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> int:
    """Check FILE... without making anything.

    All is looked at that is looked at before the first frame of a run: the file itself, its plate, masks, model, color
    space, and the room for the mattes. What is wrong is told with its line, all at once.
    """
    codes = [_check(file) for file in files]
    if len(files) > 1:
        click.echo(f"{codes.count(0)} of {len(files)} shot files are good.")
    return max(codes)


def _check(file: Path) -> int:
    """Tell what is ordered, or what is wrong with it; give the exit code."""
    try:
        said = [*_understood(Shot.load(file))]
    except PenumbraError as fault:
        click.echo(f"{file}:", err=True)
        tell_faults(fault)
        return fault.exit_code
    click.echo(f"{file}: good.")
    for line in said:
        click.echo(f"  {line}")
    return 0


def _understood(order: Shot) -> Iterator[str]:
    """The order as it was understood.

    Raises:
        PenumbraError: What is wrong with it; `Faults` where it is more than one thing.
    """
    from penumbra.engine.opened import open_shot

    opened = open_shot(order, "cpu")
    yield from (notice.text for notice in opened.notices)
    for name in order.objects:
        keys = order.keys_of(name)
        frames = {kind: in_ranges(key.frame for key in keys if key.kind == kind) for kind in (GUIDE, APPROVED)}
        told = "; ".join(f"{kind} {numbers}" for kind, numbers in frames.items() if numbers)
        yield f"Key frames{f' of {name}' if name else ''}: {told}"
    delivery = opened.shot.delivery
    yield f"Mattes: {delivery.out}, {delivery.channels}, {delivery.pixel_type}, {delivery.compression}"
