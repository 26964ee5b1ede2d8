"""`penumbra ui`: shots in a window."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from penumbra import __version__
from penumbra.doctor.looks.window import has_screen, why_no_window
from penumbra.errors import MachineError
from penumbra.shot import Shot
from penumbra.shot.encode import encoded

if TYPE_CHECKING:
    from penumbra.desk import Order
    from penumbra.protocol import Client


@click.command(short_help="Open shots in a window.")
@click.argument("shots", nargs=-1, metavar="[SHOT]...", type=click.Path(path_type=Path))
@click.option("--device", default="cpu", show_default=True, help="cpu, cuda, cuda:1 or mps. Changes no setting.")
def ui(shots: tuple[Path, ...], device: str) -> int:
    """Open SHOT... (shot.yaml, shot.json) in a window.

    It shows how every frame stands, makes mattes, and shows them as they are done. More shots can be opened there, or
    dropped on it.
    """
    try:
        from PySide6.QtWidgets import QApplication
    except ImportError as fault:
        raise MachineError(
            f"The window needs PySide6, which cannot be loaded: {fault}.",
            "Install it with `python3 install.py`, or on Linux the system's libegl1, libxkbcommon0 and libdbus-1-3.",
        ) from fault
    from penumbra.desk import Desk
    from penumbra.panel.window import Window

    check_screen()
    application = QApplication.instance() or QApplication(["penumbra"])
    assert isinstance(application, QApplication)
    application.setStyle("Fusion")
    window = Window(Desk(start), order_of, device)
    window.open_files([shot.absolute() for shot in shots])
    window.show()
    return application.exec()


def check_screen() -> None:
    """Qt does not raise where there is no screen: it ends the process.

    Raises:
        MachineError: There is none, or it cannot be used.
    """
    if os.environ.get("QT_QPA_PLATFORM"):  # the person's own word for what to show windows on
        return
    why = why_no_window() if has_screen() else "DISPLAY is not set"
    if why is not None:
        raise MachineError(
            f"There is no screen here that a window could be opened on: {why}.",
            "Log in on a desktop, or by ssh -X; or use penumbra matte, which needs none.",
        )


def order_of(file: Path) -> Order:
    """The order that a shot file is.

    Raises:
        PenumbraError: What is wrong with the file.
    """
    from penumbra.desk import Order

    return Order(file.stem, encoded(Shot.load(file), file.parent), str(file.parent), saved=str(file))


def start() -> Client:
    """Start a worker of this very Penumbra."""
    from penumbra.protocol import Client

    command = [sys.executable, "-m", "penumbra.cli.main", "worker"]
    return Client(command, who="penumbra ui", version=__version__)
