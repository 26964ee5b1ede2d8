"""The program `penumbra`: its commands, and what becomes of an error."""

from __future__ import annotations

import importlib
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from penumbra import __version__
from penumbra.cli import BUG, STOPPED
from penumbra.cli.faults import tell_faults
from penumbra.errors import MachineError, PenumbraError

COMMANDS = {
    "matte": "Make the mattes of a shot.",
    "shot": "Check shot files.",
    "info": "Say what a plate, a matte or a model is.",
    "models": "List, add and remove models.",
    "evaluate": "Compare mattes with their truth.",
    "train": "Train a model.",
    "doctor": "What this machine has, what is wrong, what to do.",
    "ui": "Open shots in a window.",
    "worker": "Serve Nuke and the window: JSON-RPC on stdin and stdout.",
}


class LazyGroup(click.Group):
    """Commands whose modules are imported only when they are used: help must be quick."""

    def list_commands(self, context: click.Context) -> list[str]:
        """In the order of a person's work."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command itself."""
        if name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"penumbra.cli.commands.{name}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="penumbra")
def penumbra() -> None:
    """Penumbra: a finished matte from one roto shape.

    \b
    penumbra matte plate.####.exr --mask 1001=roto.1001.exr --out matte.####.exr

    Exit codes: 0 done, 2 your input, 3 a file, 4 the machine, 5 a bug of ours, 130 stopped by Ctrl-C.
    """  # noqa: D301 - the backspace itself is click's sign that a line keeps its shape


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code. Nothing ends in a traceback."""
    try:
        result = penumbra.main(arguments, prog_name="penumbra", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except PenumbraError as fault:
        tell_faults(fault)
        return fault.exit_code
    except click.ClickException as fault:
        fault.show()
        return fault.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return STOPPED
    except MemoryError:
        click.echo("The machine has no memory left. Use a smaller --process-size.", err=True)
        return MachineError.exit_code
    except Exception as bug:  # noqa: BLE001 - one of the two places where everything ends
        _report(bug)
        return BUG


def _report(bug: Exception) -> None:
    with tempfile.NamedTemporaryFile("w", prefix="penumbra-bug-", suffix=".txt", delete=False) as file:
        file.write(f"penumbra {__version__}\n{' '.join(sys.argv)}\n\n")
        traceback.print_exception(bug, file=file)
    click.echo(
        f"This is a bug of Penumbra's, and nothing that you did: {type(bug).__name__}: {bug}\n"
        f"What the program was doing is written in {Path(file.name)}: please send it to us. "
        "All files that were finished are complete.",
        err=True,
    )


if __name__ == "__main__":
    sys.exit(main())
