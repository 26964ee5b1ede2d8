"""`penumbra models`: which networks there are."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def models() -> None:
    """List, add and remove models."""


@models.command("list")
def list_models() -> None:
    """Show all models that have a name."""
    from rich.console import Console
    from rich.table import Table

    from penumbra.network import listed

    table = Table("name", "license", "paid work", "digest", "where", box=None, pad_edge=False)
    for entry in listed():
        where = "bundled" if entry.bundled else str(entry.path)
        paid = "yes" if entry.commercial else "no"
        table.add_row(entry.name, entry.license, paid, (entry.digest or "")[:12], where)
    # Wider than any terminal: a path that is cut is of no use, and terminals wrap long lines themselves.
    Console(width=1000).print(table)


@models.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="What to call it. Without it: the file's name.")
@click.option("--accept-license", is_flag=True, help="Accept the model's license without being asked.")
def add(file: Path, name: str | None, accept_license: bool) -> None:
    """Check FILE (.pth or .safetensors) and keep it under a name.

    Nothing is downloaded: get matanyone.pth or matanyone2.pth from where its authors publish it. Both may be kept side
    by side; the first version is better on clothes and things held in the hand.
    """
    from penumbra.network import LICENSE_SUMMARY, add_model, load_model

    model = load_model(file)
    if not model.card.commercial:
        click.echo(f"License: {model.card.license}\n{LICENSE_SUMMARY}\n")
        if not accept_license and not click.confirm("Do you accept this license?"):
            click.echo("Not added.")
            return
    added = add_model(file, name or file.stem)
    click.echo(f"Added {added.name}, digest {added.digest}.")


@models.command()
@click.argument("name")
def remove(name: str) -> None:
    """Delete the added model NAME."""
    from penumbra.network import remove_model

    click.echo(f"Removed {remove_model(name)}.")
