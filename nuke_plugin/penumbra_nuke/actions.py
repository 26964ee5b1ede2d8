"""What the node's buttons do, one function for each, called by the button's name with the node."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from penumbra.desk import Order, words
from penumbra.errors import InputError, MachineError
from penumbra_nuke import environment, jobs, key_list, order, versions
from penumbra_nuke.host import application, color, dialog, node, showing
from penumbra_nuke.host import create as creation
from penumbra_nuke.host.dialog import told
from penumbra_nuke.host.graph import ask, frame, go_to, has_panel, has_windows, one_undo
from penumbra_nuke.host.plate import check_same_shape, plate_input, plate_of
from penumbra_nuke.host.render import FLOAT, HALF, render

if TYPE_CHECKING:
    from penumbra_nuke.host.node import Node


def create() -> None:
    """A new node, below what is selected."""
    creation.create()


@told
def key_this_frame(this: Node) -> None:
    """Keep the mask on this frame as a guide."""
    _key(this, key_list.GUIDE, HALF)


@told
def approve(this: Node) -> None:
    """Keep the mask on this frame as a finished matte, with all its bits."""
    _key(this, key_list.APPROVED, FLOAT)


@told
def remove_key(this: Node) -> None:
    """Take this frame's key frame away."""
    keys = node.keys_of(this)
    here = {key.place for key in key_list.of_view(keys, node.view()) if key.frame == frame()}
    left = tuple(key for key in keys if key.place not in here)
    if left == keys:
        raise InputError(f"Frame {frame()} is no key frame.", "< and > go to the key frames.")
    with one_undo("Penumbra: remove key frame"):
        node.set_keys(this, left)
    _mark_gaps(this)


@told
def previous_key(this: Node) -> None:
    """Go to the key frame before."""
    go_to(key_list.neighbor(_keys(this), frame(), -1))


@told
def next_key(this: Node) -> None:
    """Go to the next key frame."""
    go_to(key_list.neighbor(_keys(this), frame(), 1))


@told
def range_from_plate(this: Node) -> None:
    """Take the plate's range."""
    with one_undo("Penumbra: range from plate"):
        creation.take_range(this, plate_input(this))


@told
def matte(this: Node) -> None:
    """Make what is missing or stale of the whole range."""
    prepared, unmade = _ready(this)
    jobs.cancel(prepared.owner)
    jobs.link().matte(prepared, None, _device(this), unmade=unmade)


# Two names for one thing: whoever has changed a key frame looks for this one.
update = matte


@told
def this_frame(this: Node) -> None:
    """Make this frame's matte, before the others; what was at work goes on after it."""
    prepared, _ = _ready(this)
    interrupted = jobs.cancel(prepared.owner)
    jobs.link().matte(prepared, str(frame()), _device(this))
    if any(job.wanted is None for job in interrupted):
        jobs.link().matte(prepared, None, _device(this))


@told
def cancel(this: Node) -> None:
    """Stop this node's jobs; what they finished stays."""
    if not jobs.is_at_work(node.uid_of(this)):
        raise InputError("This node has nothing at work.", "Its finished mattes are kept.")
    jobs.cancel(node.uid_of(this))


@told
def save_shot(this: Node) -> None:
    """Write the shot file, and say where."""
    showing.say(this, f"Saved: {_at_rest(this).saved}")


@told
def copy_command(this: Node) -> None:
    """The line that makes the same mattes on any machine that sees the files."""
    line = words.command_line(_at_rest(this))
    application.copy(line)
    showing.say(this, f"On the clipboard: {line}")


@told
def submit(this: Node) -> None:
    """Hand the shot to the farm's own door."""
    saved = _at_rest(this).saved
    program = environment.python_of(str(jobs.ROOT), sys.platform, os.environ)
    jobs.link().submit(node.uid_of(this), [program, *environment.ALONE, "farm", "submit", saved])
    showing.say(this, "Handing the shot to the farm.")


@told
def show_cache(this: Node) -> None:
    """Open the node's folder."""
    folder = Path(node.cache_of(this)) / node.uid_of(this)
    if not node.uid_of(this) or not folder.is_dir():
        raise InputError("This node has kept nothing yet.", "Key a frame first.")
    application.reveal(str(folder))


def show_panel(this: Node | None = None) -> None:
    """All jobs."""
    if not has_panel():
        dialog.tell("The panel needs Nuke 16 or later. In a shell, penumbra ui opens the same in a window of its own.")
        return
    from penumbra_nuke.host import panel

    panel.show()


@told
def remove_versions(this: Node) -> None:
    """Delete the versions that the node does not show, if the artist means it."""
    asked = node.asked(this)
    used = [showing.shown(each) for each in node.ours()] + jobs.folders()
    old = [version for version in versions.versions(asked.folder) if asked.folder / version not in used]
    if not old:
        raise InputError("There are no old versions that nothing shows.", "Copies of this node show some, perhaps.")
    if ask(f"Delete {', '.join(old)} of {asked.name}? Undo, and older versions of this script, no longer show them."):
        gone = versions.remove(asked.folder, old)
        showing.say(this, f"{gone} of {len(old)} old versions deleted.")


def _key(this: Node, kind: str, datatype: str) -> None:
    asked = node.asked(this)
    mask = this.input(node.MASK)
    if mask is None:
        raise InputError("Nothing is connected to mask.", "Connect a Roto, a keyer, or a Cryptomatte.")
    if "rgba.alpha" not in mask.channels():
        raise InputError(
            f"{mask.name()} has no alpha.", "Put what is matte into its alpha: a Roto's output knob, a Shuffle."
        )
    check_same_shape(mask, this.input(node.PLATE))
    number = frame()
    masks = asked.folder / "masks"
    file = masks / versions.next_mask(masks, asked.in_view(str(number)))
    render(this, mask, file.as_posix(), [number], channels="alpha", datatype=datatype, view=asked.view)
    if not file.is_file():
        raise MachineError(f"Nuke said that it wrote {file}, and it is not there.", "Check the disk's room.", path=file)
    new = key_list.Key(number, kind, file.relative_to(asked.cache).as_posix(), asked.view)
    keys = key_list.with_key(node.keys_of(this), new)
    with one_undo(f"Penumbra: {kind} key frame"):
        node.set_keys(this, keys)
    _mark_gaps(this)
    outside = "" if asked.first <= number <= asked.last else f" It lies outside of {asked.first}-{asked.last}."
    showing.say(this, f"Frame {number} is keyed ({kind}).{outside} Matte makes what it concerns.")


def _keys(this: Node) -> tuple[key_list.Key, ...]:
    """The key frames of the view in front."""
    return key_list.of_view(node.keys_of(this), node.view())


def _mark_gaps(this: Node) -> None:
    """The overlay shows at once what a change on this frame concerns: up to the key frames beside it."""
    before, after = (key_list.neighbor(_keys(this), frame(), step) for step in (-1, 1))
    first = before + 1 if before < frame() else int(this["first"].value())
    last = after - 1 if after > frame() else int(this["last"].value())
    showing.mark_stale(this, first, last)


def _model_files(model: str) -> list[str]:
    """Where a model's file may lie: the name that it is registered under may be given to another one."""
    if Path(model).is_absolute():
        return [model]
    added = Path(environment.user_folder(sys.platform, os.environ)) / "models"
    return [f"{folder}/{model}.safetensors" for folder in (added, jobs.ROOT / "models")]


def _device(this: Node) -> str:
    return str(this["device"].value())


def _ready(this: Node) -> tuple[Order, bool]:
    """As `_prepared`, to be made here and now, in the place of what is at work for this node."""
    if not has_windows():
        raise InputError(
            "Nuke without its windows starts no worker: a render reads the mattes that are there.",
            "Save the shot, and run  penumbra matte SHOT.json  instead.",
        )
    return _prepared(this)


def _at_rest(this: Node) -> Order:
    """As `_prepared`, for somebody else to make: the node must not turn away from what is being made for it here."""
    if jobs.is_at_work(node.uid_of(this)):
        raise InputError("This node is at work.", "Wait until it is done, or press Cancel first.")
    return _prepared(this)[0]


def _prepared(this: Node) -> tuple[Order, bool]:
    """The node as a shot file in a version of its own, with every file that it names on disk; the node shows it.

    Beside it, whether nothing was made of that order there yet.
    """
    asked = node.asked(this)
    order.check(asked)
    plate = plate_of(this, asked)
    shot = order.document(asked, plate, color.working_color(str(this["colorspace"].value() or "")))
    files = [plate.pattern, *_model_files(str(asked.values["model"])), *(asked.mask(key)[0] for key in asked.keys)]
    wanted = versions.Wanted(asked.shot, shot, versions.stamps(files))
    before = showing.shown(this)
    folder = versions.version_for(asked.folder, wanted, before)
    unmade = wanted.is_unmade_in(folder)
    shot = order.delivered(shot, (folder / f"{asked.in_view('matte')}.####.exr").as_posix())
    wanted.save(folder, shot)
    if folder != before:
        # How its frames stand is known when the worker has looked.
        showing.show_states(this, {})
    with one_undo("Penumbra: Matte"):
        showing.show(this, folder.name)
    showing.say(this, plate.why)
    return Order(asked.name, shot, folder.as_posix(), asked.uid, (folder / wanted.shot).as_posix()), unmade
