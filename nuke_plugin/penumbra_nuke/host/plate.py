"""The plate's files: the artist's own where the input is simply a Read of EXR, else rendered."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import nuke

from penumbra.errors import InputError
from penumbra_nuke.host import color
from penumbra_nuke.host.node import PLATE, seen
from penumbra_nuke.host.render import render
from penumbra_nuke.order import Asked, Plate
from penumbra_nuke.versions import DIGITS, stamps

# What of a node's text says nothing about its picture.
LOOKS = re.compile(
    r"^\s*(xpos|ypos|selected|note_font\w*|tile_color|gl_color|postage_stamp|dope_sheet|bookmark|indicators|cached|"
    r"hide_input|help|icon|panel)\b.*$",
    re.MULTILINE,
)


def plate_input(node: nuke.Node) -> nuke.Node:
    """What is connected to plate.

    Raises:
        InputError: Nothing.
    """
    source = node.input(PLATE)
    if source is None:
        raise InputError("Nothing is connected to plate.", "Connect the plate's Read, or what you made of it.")
    return source


def check_same_shape(mask: nuke.Node, plate: nuke.Node | None) -> None:
    """A mask may be a proxy of its plate, and the other way round, but not of another shape.

    Raises:
        InputError: It is. A Roto that is connected to nothing has the script's format.
    """
    if plate is None:
        return
    ours, its = ((each.width(), each.height()) for each in (mask, plate))
    # As wide as the other, a pixel of rounding aside.
    if abs(ours[0] * its[1] - its[0] * ours[1]) > max(its) + max(ours):
        raise InputError(
            f"{mask.name()} is {ours[0]}x{ours[1]}, and the plate is {its[0]}x{its[1]}.",
            "Connect the Roto's own input to the plate, or put a Reformat behind the mask.",
        )


def plate_of(node: nuke.Node, asked: Asked) -> Plate:
    """The plate's files, which are rendered now where they must be.

    Raises:
        InputError: Nothing is connected.
        PenumbraError: It cannot be rendered.
    """
    source = plate_input(node)
    why = why_not_its_file(source, asked)
    if not why:
        pattern = of_view(file_of(through_dots(source)), asked.view)
        return Plate(pattern, False, f"The plate is read from its own files, without a copy: {pattern}")
    folder = asked.folder / f"plate_{digest(source, asked)}"
    pattern = (folder / f"{asked.in_view('plate')}.%04d.exr").as_posix()
    missing = [frame for frame in range(asked.first, asked.last + 1) if not Path(pattern % frame).is_file()]
    if missing:
        render(node, source, pattern, missing, channels="rgb", view=asked.view)
    return Plate(pattern, True, f"The plate was rendered ({why}): {folder.as_posix()}")


def why_not_its_file(source: nuke.Node, asked: Asked) -> str:
    """Why the file on disk is not what flows into the node, in words; empty where it is."""
    read = through_dots(source)
    if read.Class() != "Read":
        return f"{read.name()} is no Read"
    name = file_of(read)
    if "[" in name:
        return f"{read.name()} makes up its file's name by an expression"
    if not name.lower().endswith(".exr"):
        return f"{read.name()} reads no EXR"
    if not Path(name).is_absolute():
        return f"{read.name()} names its file from the project's folder"
    reasons = (
        (_flag(read, "disable"), "is disabled"),
        (_shifts_time(read), "shifts time"),
        (_flag(read, "premultiplied"), "unpremultiplies"),
        (not color.is_working_space(read), "converts colors"),
        (bool(asked.view) and "%V" not in name and "%v" not in name, "holds several views"),
        (DIGITS.search(name) is None, "reads one picture for all frames"),
        (
            int(read["first"].value()) > asked.first or int(read["last"].value()) < asked.last,
            "has fewer frames",
        ),
    )
    return next((f"{read.name()} {what}" for holds, what in reasons if holds), "")


def file_of(read: nuke.Node) -> str:
    """A Read's pattern, with its folder as Nuke finds it."""
    # The text itself: evaluated, it would name the file of one frame.
    return seen(str(read["file"].value() or ""))


def of_view(pattern: str, view: str) -> str:
    """A pattern with the view's name, or its first letter, in its place."""
    return pattern.replace("%V", view).replace("%v", view[:1]) if view else pattern


def through_dots(node: nuke.Node) -> Any:
    """What stands behind the dots of a long line."""
    behind = node.input(0)
    return through_dots(behind) if node.Class() == "Dot" and behind is not None else node


def digest(source: nuke.Node, asked: Asked) -> str:
    """What the plate's pixels depend on: every node above, the files that they read, and the script's color."""
    told = hashlib.sha256(f"{asked.view} {color.working_color()}".encode())
    for node in sorted(above(source), key=lambda node: str(node.fullName())):
        text = node.writeKnobs(nuke.WRITE_ALL | nuke.TO_SCRIPT)
        inputs = [each.fullName() if each else "-" for each in map(node.input, range(node.inputs()))]
        told.update(f"{node.fullName()} {node.Class()} {inputs}\n{LOOKS.sub('', text)}\n".encode())
        if node.Class() == "Read":
            told.update(stamps([file_of(node)]).encode())
    return told.hexdigest()[:10]


def above(node: nuke.Node) -> list[nuke.Node]:
    """A node and all that it depends on, by wires and by expressions; of groups, what is inside."""
    found: dict[str, nuke.Node] = {}
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.fullName() in found or each.Class() == "Root":
            continue
        found[each.fullName()] = each
        waiting += each.dependencies(nuke.INPUTS | nuke.HIDDEN_INPUTS | nuke.EXPRESSIONS)
        if isinstance(each, nuke.Group):
            waiting += each.nodes()
    return list(found.values())


def _flag(node: nuke.Node, name: str) -> bool:
    knob = node.knob(name)
    return knob is not None and bool(knob.value())


def _shifts_time(read: nuke.Node) -> bool:
    mode, frame = str(read["frame_mode"].value()), str(read["frame"].value() or "").strip()
    return frame not in ("", "0") if mode != "start at" else frame != str(int(read["first"].value()))
