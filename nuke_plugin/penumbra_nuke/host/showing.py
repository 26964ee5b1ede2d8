"""What the node shows: a version of its mattes, how it goes, how its frames stand."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import nuke

from penumbra.errors import InputError
from penumbra_nuke.host.color import working_color
from penumbra_nuke.host.graph import unrecorded
from penumbra_nuke.host.node import asked, cache_of, ours, uid_of, view
from penumbra_nuke.order import Asked, Plate, document
from penumbra_nuke.versions import DONE, document_of, has_note

RESULT = "result"
INNER_READ = "Result"
# Letters in a line of the status: Nuke does not break it.
WIDTH = 80


def shown(node: nuke.Node) -> Path | None:
    """The folder of the version of mattes that it shows; None before the first. A pasted copy shows the original's."""
    name = str(node[RESULT].value())
    return (Path(cache_of(node)) / name).parent if "/" in name else None


def show(node: nuke.Node, version: str) -> None:
    """Show a version of its mattes. The name starts at the cache folder, so that a moved project still finds them."""
    name = "matte.%V" if len(list(nuke.views())) > 1 else "matte"
    node[RESULT].setValue(f"{uid_of(node)}/{version}/{name}.%04d.exr")


def reload(folder: Path) -> None:
    """Let every node that shows these mattes, copies as well, look for what has come since."""
    for node in ours():
        inner = node.node(INNER_READ) if isinstance(node, nuke.Group) and shows(node, folder) else None
        if inner is not None:
            button = inner["reload"]
            assert isinstance(button, nuke.Script_Knob)
            button.execute()


def shows(node: nuke.Node, folder: Path) -> bool:
    """Whether a node shows a version's mattes."""
    try:
        return shown(node) == folder
    except InputError:
        return False


def say(node: nuke.Node, text: str) -> None:
    """Tell the artist how it stands. Not part of the script's history."""
    text = "\n".join(
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in text.splitlines()
    )
    if node["status"].value() == text:
        return
    modified = nuke.root().modified()
    with unrecorded():
        node["status"].setValue(text)
    nuke.root().setModified(modified)


def standing(node: nuke.Node) -> str:
    """What there is of its mattes, in words, from the files alone.

    Raises:
        InputError: The cache folder, or the list of key frames, is none.
    """
    folder = shown(node)
    if folder is None:
        return "No matte yet: key a frame, press Matte."
    if not folder.is_dir():
        return (
            f"The mattes are not on this machine: there is no {folder.as_posix()}. Copy {folder.parent.name}, masks "
            f"and all, into {folder.parent.parent.as_posix()} from where the script was made, or correct the cache "
            "folder."
        )
    name = Path(str(node[RESULT].value())).name.replace("%V", view())
    there = {entry.name for entry in folder.iterdir()}
    frames = range(int(node["first"].value()), int(node["last"].value()) + 1)
    found = sum(name % frame in there for frame in frames)
    said = f"{folder.name}: {'all ' if found == len(frames) else ''}{found} of {len(frames)} mattes are there."
    order = asked(node)
    if _has_changed(node, order, folder):
        return f"{said} The node has changed since they were ordered: Update makes what that concerns."
    if found == len(frames) and has_note(folder, order.shot, DONE):
        return said
    return f"{said} Some may be of an older order: Matte makes what is missing or stale."


def _has_changed(node: nuke.Node, order: Asked, folder: Path) -> bool:
    """Whether its knobs say something else than the order of the mattes that it shows, the plate apart."""
    before = document_of(folder / order.shot)
    if before is None:
        return False
    color = working_color(str(node["colorspace"].value() or ""))
    now = document(order, Plate("", False, ""), color)
    return _without_places(before) != _without_places(now)


def _without_places(shot: dict[str, Any]) -> dict[str, Any]:
    """An order without where things lie: a project may have been moved, and other machines see it elsewhere."""
    keys = [dict(key, path=Path(key["path"]).parts[-3:]) for key in shot["key_frames"]]
    return dict(shot, plate="", key_frames=keys, delivery=dict(shot["delivery"], out=""))


def mark_stale(node: nuke.Node, first: int, last: int) -> None:
    """Color these frames as stale, where they have a matte."""
    knob = node["frame_state"]
    frames = range(int(node["first"].value()), int(node["last"].value()) + 1)
    states = {frame: round(knob.getValueAt(frame)) for frame in frames}
    show_states(node, {f: 2 if states[f] and first <= f <= last else states[f] for f in frames})


def show_states(node: nuke.Node, states: dict[int, int]) -> None:
    """Keep what the status overlay is colored by: 0 not known, 1 done, 2 stale, 3 the passes disagree."""
    ends = [
        frame
        for frame in sorted(states)
        if states.get(frame - 1) != states[frame] or states.get(frame + 1) != states[frame]
    ]
    # Straight lines: between two frames of one state the color is that state's.
    curve = " ".join(f"x{frame} {states[frame]}" for frame in ends)
    kinds = set(states.values()) or {0}
    with unrecorded():
        node["frame_state"].fromScript(f"{{curve L {curve}}}" if len(kinds) > 1 else str(kinds.pop()))
