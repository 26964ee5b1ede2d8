"""Rendering an input of the node to EXR, by a Write that is there for a moment.

Only ever from a button: Nuke refuses to render out of a callback, and the artist is waiting for it.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Sequence

import nuke

from penumbra.errors import FileError, InputError, MachineError
from penumbra_nuke.host.graph import unrecorded
from penumbra_nuke.versions import make_folder

# As Nuke's Write calls them.
HALF, FLOAT = "16 bit half", "32 bit float"
ZIP = "Zip (16 scanlines)"


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The artist pressed Nuke's own Cancel."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Full size, and afterwards everything as it was: proxy mode, undo, and whether the script is changed."""
    root = nuke.root()
    proxy, modified = root["proxy"].value(), root.modified()
    with unrecorded():
        try:
            root["proxy"].setValue(False)
            yield
        finally:
            root["proxy"].setValue(proxy)
            root.setModified(modified)


def render(
    node: nuke.Node,
    source: nuke.Node,
    file: str,
    frames: Sequence[int],
    *,
    channels: str,
    datatype: str = HALF,
    view: str = "",
) -> None:
    """Render frames of an input to raw, scene-linear EXR.

    Args:
        node: Penumbra's node; the Write stands beside it.
        source: What is rendered.
        file: The files' name, with `%04d` where it is of several frames.
        frames: Which.
        channels: `rgb` or `alpha`.
        datatype: Of the numbers.
        view: Which view; empty: the script's only one.

    Raises:
        Stopped: The artist canceled it.
        FileError: Nuke could not render it.
        MachineError: Nuke is busy.
    """
    if nuke.executing():
        raise MachineError("Nuke is rendering.", "Wait until it is done, and press the button again.")
    if source.hasError():
        raise InputError(
            f"{source.fullName()} shows an error, and cannot be rendered.", "Mend it; the viewer tells what it is."
        )
    make_folder(Path(file).parent)
    with undisturbed():
        with node.parent():
            write = nuke.nodes.Write(file_type="exr", file=file)
        try:
            _set_up(write, source, channels, datatype)
            for first, last in runs(frames):
                nuke.execute(write, first, last, 1, [view or str(nuke.views()[0])])
        except RuntimeError as fault:
            if "cancel" in str(fault).lower():
                raise Stopped from fault
            raise FileError(
                f"Nuke could not render {source.fullName()}: {fault}",
                "Look at it in the viewer on that frame.",
                path=file,
            ) from fault
        finally:
            nuke.delete(write)


def runs(frames: Sequence[int]) -> list[tuple[int, int]]:
    """Neighboring frames together: first and last of each run."""
    found: list[tuple[int, int]] = []
    for frame in sorted(frames):
        if found and frame == found[-1][1] + 1:
            found[-1] = (found[-1][0], frame)
        else:
            found.append((frame, frame))
    return found


def _set_up(write: nuke.Node, source: nuke.Node, channels: str, datatype: str) -> None:
    write.setInput(0, source)
    write["channels"].setValue(channels)
    # The numbers as they are in the stream: what they mean is told beside the files.
    write["raw"].setValue(True)
    for name, wanted in (("datatype", datatype), ("compression", ZIP)):
        knob = write[name]
        assert isinstance(knob, nuke.Enumeration_Knob)
        if wanted in knob.values():
            knob.setValue(wanted)
