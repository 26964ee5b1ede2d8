"""`penumbra worker`: what Nuke and the window start."""

from __future__ import annotations

import click


@click.command(short_help="Serve Nuke and the window.")
@click.option(
    "--keep-models",
    type=click.FloatRange(min=0, max=86400),
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="Let go of the models, and of the GPU's memory, after so long without a job.",
)
def worker(keep_models: float) -> None:
    """Serve Nuke and the window: JSON-RPC on stdin and stdout.

    Programs start this, and say hello; docs/worker.md has the language. It ends when its stdin does.
    """
    # What stdout and stdin are is settled before anything else is imported.
    from penumbra.cli.main import COMMANDS
    from penumbra.worker import serve

    serve(tuple(COMMANDS), keep_models)
