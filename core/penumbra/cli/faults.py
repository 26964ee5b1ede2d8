"""How a person is told what is wrong."""

from __future__ import annotations

import click

from penumbra.errors import PenumbraError


def tell_faults(fault: PenumbraError) -> None:
    """Every single fault, and what to do about it."""
    if len(fault.each) > 1:
        click.secho(f"{len(fault.each)} things must be mended first:", fg="red", err=True)
    for each in fault.each:
        click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
        click.echo(each.problem, err=True)
        if each.next_step:
            click.echo(f"       {each.next_step}", err=True)
