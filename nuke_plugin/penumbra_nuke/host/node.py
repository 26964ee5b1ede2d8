"""Penumbra's node: how it is found, and what its knobs say."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any, Iterator

import nuke

from penumbra.errors import InputError
from penumbra_nuke import key_list
from penumbra_nuke.host.graph import unrecorded
from penumbra_nuke.order import DELIVERY, FINISH, SETTINGS, Asked

# Its class is Group, so that scripts open without us: these knobs tell it from other groups.
MARKER, MARK = "pen_marker", "penumbra"
LAYOUT, UID = "pen_layout", "pen_uid"
# As gizmos/make_gizmo.py writes it.
THIS_LAYOUT = 1
PLATE, MASK = 0, 1
# Tcl is evaluated in file names, and % counts frames; quotes and backslashes end them somewhere else.
FORBIDDEN = '[]{}$"%#\\'

Node = nuke.Node


def is_ours(node: nuke.Node) -> bool:
    """Whether it is a node of Penumbra's."""
    marker = node.knob(MARKER)
    return marker is not None and marker.value() == MARK


def ours() -> Iterator[nuke.Node]:
    """All of them in the script, those inside groups as well."""
    for node in nuke.allNodes("Group", nuke.root(), recurseGroups=True):
        if is_ours(node):
            yield node


def find(uid: str) -> nuke.Node | None:
    """The node of that id: it may have been renamed, moved or deleted since."""
    return next((node for node in ours() if uid_of(node) == uid), None)


def uid_of(node: nuke.Node) -> str:
    """What tells it from every other node; empty before it first kept anything."""
    return str(node[UID].value())


def give_uid(node: nuke.Node) -> str:
    """Its id, made now where it has none: the name that people know it by, and a part that nobody else has."""
    if not uid_of(node):
        name = re.sub(r"\W", "_", node.name(), flags=re.ASCII)
        # Not the artist's doing: undo must not take it away from what lies on disk, or from a job.
        with unrecorded():
            node[UID].setValue(f"{name}_{uuid.uuid4().hex[:8]}")
    return uid_of(node)


def make_unique(node: nuke.Node) -> None:
    """A pasted copy gets a folder of its own once it is matted; until then it shows what the original shows."""
    uid = uid_of(node)
    if uid and any(uid_of(other) == uid and other.fullName() != node.fullName() for other in ours()):
        node[UID].setValue("")


def check_layout(node: nuke.Node) -> None:
    """Refuse a node whose knobs are those of another Penumbra.

    Raises:
        InputError: They are.
    """
    layout = int(node[LAYOUT].value())
    if layout != THIS_LAYOUT:
        raise InputError(
            f"{node.name()} was made by another version of Penumbra (layout {layout}, this one's is {THIS_LAYOUT}). "
            "Its mattes still show.",
            "To make more of them, create a new node and copy the lines of its key frames and its cache folder.",
        )


def keys_of(node: nuke.Node) -> tuple[key_list.Key, ...]:
    """Its key frames.

    Raises:
        InputError: Its list cannot be read.
    """
    return key_list.parse(node["key_frames"].value() or "")


def set_keys(node: nuke.Node, keys: tuple[key_list.Key, ...]) -> None:
    """Write its list of key frames."""
    node["key_frames"].setValue(key_list.written(keys))


def cache_of(node: nuke.Node) -> str:
    """Its cache folder, absolute.

    Raises:
        InputError: It is none that mattes can be kept in.
    """
    raw = str(node["cache"].value() or "").strip()
    if "root.name" in raw and not saved_script():
        raise InputError(
            "The cache folder lies beside the script, and the script is not saved yet.",
            "Save the script, or choose another cache folder on the node.",
        )
    folder = seen(evaluated(node["cache"])).rstrip("/")
    if not Path(folder).is_absolute():
        raise InputError(
            f"The cache folder is {folder!r}, which does not say where it begins.",
            "Choose a folder with its whole path.",
        )
    # As it is written, too: where a # was a frame's place, the frame stands by now.
    texts = (folder, re.sub(r"\[.*\]", "", raw), saved_script() if "root.name" in raw else "")
    found = sorted({letter for text in texts for letter in text if letter in FORBIDDEN})
    if found:
        raise InputError(
            f"The cache folder's name has {' '.join(found)} in it, which Nuke takes for something else: {folder}",
            "Choose a folder without these letters; spaces and accents are fine.",
        )
    return folder


def evaluated(knob: nuke.Knob) -> str:
    """A text knob's value, its Tcl worked out; a frame's place becomes the frame in front of the artist."""
    assert isinstance(knob, nuke.EvalString_Knob)
    try:
        return str(knob.evaluate() or "")
    except RuntimeError as fault:
        raise InputError(
            f"{knob.name()} cannot be worked out: {fault}", "Brackets in it are taken for Tcl; choose a folder anew."
        ) from fault


def seen(path: str) -> str:
    """A file's name as this machine has it, where the studio's Nuke translates names."""
    translated = nuke.filenameFilter(path)  # type: ignore[no-untyped-call]
    return str(translated or path).replace("\\", "/")


def saved_script() -> str:
    """The script's file; empty before it is first saved."""
    name = str(nuke.root().name())
    return "" if name == "Root" else name


def asked(node: nuke.Node) -> Asked:
    """What its knobs say.

    Raises:
        InputError: They cannot be understood.
    """
    check_layout(node)
    names = (*SETTINGS, *FINISH, *DELIVERY, "exposure", "auto_exposure")
    front = view()
    return Asked(
        name=str(node.fullName()),
        uid=give_uid(node),
        keys=key_list.of_view(keys_of(node), front),
        first=int(node["first"].value()),
        last=int(node["last"].value()),
        cache=cache_of(node),
        values={name: _plain(node[name]) for name in names},
        roi=_roi(node),
        view=front,
    )


def view() -> str:
    """The view in front of the artist; empty where the script has only one."""
    names = list(nuke.views())
    if len(names) < 2:
        return ""
    viewer = nuke.activeViewer() if nuke.GUI else None
    shown = viewer.view() if viewer is not None else None
    return str(shown if shown in names else names[0])


def _plain(knob: nuke.Knob) -> Any:
    """A knob's value as JSON has it."""
    value = knob.value()
    if knob.Class() == "Boolean_Knob":
        return bool(value)
    if knob.Class() == "Int_Knob":
        return int(value)
    return value if isinstance(value, str) else float(value)


def _roi(node: nuke.Node) -> str:
    """The region of interest as shots have it: from the display window's top left corner, downward."""
    choice = str(node["roi"].value())
    if choice != "box":
        return choice
    x, y, r, t = (round(value) for value in node["roi_box"].getValue())
    plate = node.input(PLATE)
    height = int(plate.height()) if plate is not None else 0
    return f"{x},{height - t},{r},{height - y}"
