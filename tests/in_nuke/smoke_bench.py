"""What the steps of `smoke.py` share: a place for files, Writes, a look into EXR headers. Python 3.7's dialect."""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path

import nuke

NO_LICENCE = 100


class NotTried(Exception):  # noqa: N818 - nothing went wrong
    """Not to be had here; the words say what."""


class Bench:
    """Where the steps put what the next ones need."""

    def __init__(self, folder):
        self.folder = folder
        self.name = ""

    @property
    def node(self):
        """Penumbra's node; looked up anew, as it is renamed and comes back from a file."""
        found = nuke.toNode(self.name)
        assert found is not None, f"there is no node {self.name!r}"
        return found

    @property
    def read(self):
        """The Read inside it."""
        return self.node.node("Result")

    def path(self, name):
        """A file in the temporary folder, as Nuke writes paths."""
        return (self.folder / name).as_posix()


def writer(source, file, channels="rgba"):
    """A Write as the plugin sets its own up."""
    write = nuke.nodes.Write(file_type="exr", file=file)
    write.setInput(0, source)
    write["channels"].setValue(channels)
    write["raw"].setValue(True)
    for knob, value in (("datatype", "16 bit half"), ("compression", "none")):
        assert value in write[knob].values(), f"{knob} has {write[knob].values()}"
        write[knob].setValue(value)
    return write


def execute(write, first, last):
    nuke.execute(write, first, last, 1, [nuke.views()[0]])


def constant(*color):
    node = nuke.nodes.Constant()
    node["color"].setValue(list(color))
    return node


def header(path):
    """Windows of an EXR of one part, and its pixels as they lie in the file."""
    content = Path(path).read_bytes()
    at, found = 8, {}
    while content[at] != 0:
        name, kind, _rest = content[at : at + 512].split(b"\0", 2)
        at += len(name) + len(kind) + 2
        size = struct.unpack_from("<i", content, at)[0]
        if kind == b"box2i":
            found[name.decode()] = struct.unpack_from("<4i", content, at + 4)
        at += 4 + size
    rows = found["dataWindow"][3] - found["dataWindow"][1] + 1
    return found["dataWindow"], found["displayWindow"], content[at + 1 + 8 * rows :]


def raised(trial, *arguments):
    """The exception of a call that has to fail."""
    try:
        trial(*arguments)
    except Exception as fault:  # noqa: BLE001 - which one it is, is the question
        return fault
    raise AssertionError("nothing was raised")


def words(fault):
    """`RuntimeError: what it says`."""
    return "{}: {}".format(type(fault).__name__, " ".join(str(fault).split()))


def child(*arguments):
    """Another Nuke; its exit code and its last words."""
    if not os.access(nuke.EXE_PATH, os.X_OK):
        raise NotTried(f"{nuke.EXE_PATH} cannot be started")
    done = subprocess.run(
        [nuke.EXE_PATH, *list(arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300
    )
    said = done.stdout.decode("utf-8", "replace").strip().splitlines()
    if done.returncode == NO_LICENCE:
        raise NotTried("a second licence is not to be had")
    return done.returncode, said[-1] if said else ""
