"""`penumbra doctor`: what this machine has, what is wrong, what to do."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from penumbra.doctor import Finding
from penumbra.doctor import doctor as examine
from penumbra.errors import MachineError

STYLES = {"fine": "green", "note": "yellow", "fault": "bold red"}


@click.command(short_help="What this machine has, what is wrong, what to do.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON, for other programs.")
def doctor(as_json: bool) -> int:
    """Say what this machine has, what is wrong, and what to do.

    It looks at Penumbra and its libraries, the processor, memory and disk, GPUs, the models, color and pictures, the
    window's library, and Nuke. It takes some seconds and changes nothing. Exit code 4 where something is a fault.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that cannot write a path's letters may be what is wrong.
        sys.stdout.reconfigure(errors="backslashreplace")
    console = Console(highlight=False)
    if as_json:
        findings = examine()
        click.echo(json.dumps({"findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        with console.status("Looking at this machine"):
            findings = examine()
        console.print(_table(findings))
        console.print(f"\n{_sum(findings)}")
    return MachineError.exit_code if any(finding.level == "fault" for finding in findings) else 0


def _table(findings: Sequence[Finding]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")  # a long path goes on in the next line, and loses nothing
    for finding in findings:
        said = Text(finding.text)
        if finding.next_step:
            said.append(f"\n-> {finding.next_step}", "bold")
        table.add_row(Text(finding.level, STYLES[finding.level]), finding.topic, said)
    return table


def _sum(findings: Sequence[Finding]) -> str:
    levels = [finding.level for finding in findings]
    counts = [(levels.count("fault"), "fault"), (levels.count("note"), "note")]
    said = [f"{count} {what}{'s' if count > 1 else ''}" for count, what in counts if count]
    return f"{' and '.join(said)}." if said else "All is fine."
