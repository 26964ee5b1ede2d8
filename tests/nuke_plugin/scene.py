"""What an artist has before her: a saved script, a real plate, a roto, our node."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from tests.engine.shots import a_mask, write_plate
from tests.pictures import read_exr_file, write_exr_file

FRAMES = range(1001, 1013)
SIZE = (48, 32)


def plate(studio: Any, frames: range = FRAMES) -> Any:
    """A Read of a real plate."""
    folder = studio.folder / "plate"
    folder.mkdir(exist_ok=True)
    write_plate(folder, frames, SIZE)
    return studio.nuke.nodes.Read(
        file=f"{folder.as_posix()}/plate.%04d.exr", first=frames[0], last=frames[-1], raw=True, file_type="exr"
    )


def roto(studio: Any, plate: Any, shift: int = 0) -> Any:
    """A roto shape over the plate, as the fake draws it: from a file."""
    path = studio.folder / f"shape{shift}.exr"
    write_exr_file(path, {"A": np.roll(a_mask(SIZE), shift, axis=1)})
    node = studio.nuke.nodes.Roto()
    node.setInput(0, plate)
    studio.host.draw(node, 1, path)
    return node


def node_of(studio: Any, tiny_file: Path, **knobs: Any) -> Any:
    """A saved script with a plate, a roto, and our node below them, as the toolbar makes it."""
    studio.nuke.scriptSaveAs(str(studio.folder / "comp.nk"), overwrite=1)
    read = plate(studio)
    shape = roto(studio, read)
    for each in (read, shape):
        each.setSelected(True)
    studio.host.click("Nodes", "Penumbra/Penumbra")
    node = studio.nuke.toNode("Penumbra1")
    for name, value in ({"model": tiny_file.as_posix(), "process_size": 32, "across_cuts": True} | knobs).items():
        node[name].setValue(value)
    return node


def key(studio: Any, node: Any, frame: int, kind: str = "key_this_frame") -> None:
    studio.nuke.frame(frame)
    studio.press(node, kind)
    assert studio.host.messages == []


def mattes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("matte.*.exr"))}


def picture(path: Path, channels: str) -> np.ndarray:
    read = read_exr_file(path)[0]
    return np.dstack([read[name] for name in channels]).astype(np.float32)
