"""Nodes that bring a picture: Read, Constant, Roto."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from tests.nuke_host.expressions import number
from tests.nuke_host.exr import read_picture
from tests.nuke_host.picture import RGBA, Picture, union
from tests.nuke_host.session import HostError, session
from tests.nuke_host.tcl import split

_CURVES = {"default": None, "sRGB": True}


def black() -> Picture:
    """What an input that nothing is connected to gives."""
    found = session().root._knobs["format"]._format
    return Picture(found, (0, 0, 1, 1), {name: np.zeros((1, 1), np.float32) for name in RGBA})


def file_of_frame(pattern: str, frame: float, view: str) -> str:
    """`%04d` and `####` become the frame, `%V` and `%v` the view."""
    name = pattern.replace("%V", view).replace("%v", view[:1])
    name = re.sub(r"%(0?\d*)d", lambda hit: format(int(frame), (hit[1] or "") + "d"), name)
    return re.sub(r"#+", lambda hit: format(int(frame), f"0{len(hit[0])}d"), name)


def evaluated_file(node: Any, knob: str = "file") -> str:
    return str(session().callbacks.filtered(node._knobs[knob]._evaluated(), node))


def read(look: Any, node: Any) -> Picture:
    """A file of the sequence, or what `before`, `after` and `on_error` make of it."""
    frame = _file_frame(look, node)
    if frame is None:
        return _flat(node, 0.0)
    pattern = evaluated_file(node)
    path = Path(file_of_frame(pattern, frame, look.view))
    if not pattern or not _is_there(node, path):
        return _missing(look, node, pattern, frame, path)
    curve = _CURVES.get(look.number(node, "colorspace"), False)
    picture = read_picture(path, raw=bool(look.number(node, "raw")), to_linear=curve)
    if look.number(node, "auto_alpha") and RGBA[3] not in picture.planes:
        picture.planes[RGBA[3]] = np.ones_like(next(iter(picture.planes.values())))
    return picture


def _is_there(node: Any, path: Path) -> bool:
    """A frame that was missing when it was first looked at stays missing until `reload`, or under another name."""
    key = (node, int(node._knobs["version"]._fields[0].value), str(path))
    missing = session().known_missing
    if key not in missing and not path.is_file():
        missing.add(key)
    return key not in missing


def _file_frame(look: Any, node: Any) -> float | None:
    first, last = float(look.number(node, "first")), float(look.number(node, "last"))
    text, mode = node._knobs["frame"]._evaluated(), look.number(node, "frame_mode")
    frame: float = look.frame
    if text.strip():
        value = number(text, node._knobs["frame"], look.frame)
        frame = {"expression": value, "start at": frame - value + first, "offset": frame + value}[mode]
    if first <= frame <= last or last < first:
        return frame
    how, edge = (look.number(node, "before"), first) if frame < first else (look.number(node, "after"), last)
    length = last - first + 1
    if how == "loop":
        return first + (frame - first) % length
    if how == "bounce":
        at = (frame - first) % (2 * length)
        return first + (at if at < length else 2 * length - 1 - at)
    return None if how == "black" else edge


def _missing(look: Any, node: Any, pattern: str, frame: float, path: Path) -> Picture:
    how = look.number(node, "on_error")
    if how == "black":
        return _flat(node, 0.0)
    if how == "checkerboard":
        found = _flat(node, 0.0)
        rows, columns = np.indices((found.box[3], found.box[2]))
        found.planes.update(dict.fromkeys(RGBA, (((rows // 16) + (columns // 16)) % 2 * 0.5 + 0.25).astype(np.float32)))
        return found
    if how == "nearest frame":
        frames = range(int(look.number(node, "first")), int(look.number(node, "last")) + 1)
        there = [at for at in frames if Path(file_of_frame(pattern, at, look.view)).is_file()]
        if there:
            nearest = min(there, key=lambda at: abs(at - frame))
            return read_picture(
                Path(file_of_frame(pattern, nearest, look.view)), raw=bool(look.number(node, "raw")), to_linear=None
            )
    raise HostError(f"{node._full_name()}: {path if pattern else 'no file name'}: No such file or directory")


def _flat(node: Any, value: float) -> Picture:
    knob = node._knobs["format"]
    found = session().root._knobs["format"]._format if knob._is_default() else knob._format
    shape = (found._height, found._width)
    return Picture(found, (0, 0, shape[1], shape[0]), {name: np.full(shape, value, np.float32) for name in RGBA})


def constant(look: Any, node: Any) -> Picture:
    found = _flat(node, 0.0)
    return Picture(
        found.format,
        found.box,
        {
            name: plane + np.float32(value)
            for (name, plane), value in zip(found.planes.items(), look.numbers(node, "color"), strict=True)
        },
    )


def roto(look: Any, node: Any) -> Picture:
    """The alpha that a test drew, over the background; its box is as small as what is drawn."""
    background = look.of(node)
    found = background.format if background is not None else session().root._knobs["format"]._format
    alpha = _drawn(look, node, found)
    if background is None:
        return alpha
    box = union(background.box, alpha.box)
    over, under = alpha.plane(RGBA[3], box), background.plane(RGBA[3], box)
    return Picture(found, box, background.over(box) | {RGBA[3]: over + under * (1 - over)}, background.metadata)


def _drawn(look: Any, node: Any, found: Any) -> Picture:
    words = split(node._knobs["curves"]._text, node._full_name())
    shapes = {int(frame): path for frame, path in zip(words[::2], words[1::2], strict=True)}
    held = max((frame for frame in shapes if frame <= look.frame), default=min(shapes, default=None))
    nothing = Picture(found, (0, 0, 1, 1), {RGBA[3]: np.zeros((1, 1), np.float32)})
    if held is None or not shapes[held]:
        return nothing
    file = read_picture(Path(shapes[held]), raw=True, to_linear=False)
    plane = file.plane(RGBA[3] if RGBA[3] in file.planes else next(iter(file.planes)), file.whole())
    plane = plane * np.float32(look.number(node, "opacity"))
    rows, columns = np.nonzero(plane)
    if not rows.size:
        return nothing
    x0, y0, x1, y1 = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    down = found._height - plane.shape[0]
    return Picture(found, (int(x0), int(y0) + down, int(x1), int(y1) + down), {RGBA[3]: plane[y0:y1, x0:x1]})
