"""Writes: frame by frame, each file complete under its name or not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.nuke_host import images
from tests.nuke_host.exr import write_picture
from tests.nuke_host.formats import Format
from tests.nuke_host.frame_range import FrameRange, FrameRanges
from tests.nuke_host.picture import RGBA, Picture
from tests.nuke_host.session import HostError, session
from tests.nuke_host.sources import evaluated_file, file_of_frame


@dataclass(frozen=True)
class Execution:
    """One call of `nuke.execute`; `views` is "all" where the plugin named none."""

    node: str
    frames: tuple[int, ...]
    views: Any
    proxy: bool
    channels: str


def execute(
    node: Any, start: Any = None, end: Any = None, incr: int = 1, views: Any = None, continueOnError: bool = False
) -> None:
    """`nuke.execute`, `nuke.render`.

    Raises:
        RuntimeError: something else is executing, the person canceled, or a frame cannot be made.
    """
    host = session()
    host.assert_idle("nuke.execute")
    target = _node(node)
    frames = _frames(start, end, incr)
    if views is not None and (isinstance(views, str) or not set(views) <= set(host.root._views())):
        raise TypeError(f"nuke.execute: views is a list of {host.root._views()}, not {views!r}")
    proxy = bool(host.root._knobs["proxy"]._all()[0])
    host.executions.append(
        Execution(
            target._full_name(),
            tuple(frames),
            "all" if views is None else tuple(views),
            proxy,
            target._knobs["channels"]._text,
        )
    )
    _run(target, frames, list(views) if views is not None else host.root._views(), continueOnError)


def execute_multiple(nodes: Any, ranges: Any, views: Any = None, continueOnError: bool = False) -> None:
    """`nuke.executeMultiple`: one node after another; `ranges` are (first, last, increment)."""
    for node in nodes:
        for first, last, step in ranges:
            execute(node, first, last, step, views, continueOnError)


def _node(node: Any) -> Any:
    host = session()
    if isinstance(node, str):
        found = (host.groups[-1] if host.groups else host.root).node(node)
        if found is None:
            raise RuntimeError(f"{node}: no such node")
        node = found
    node._assert_alive()
    if node._class != "Write":
        raise RuntimeError(f"{node._full_name()} is not executable")
    if node._knobs["disable"]._all()[0]:
        raise RuntimeError(f"{node._full_name()} is disabled")
    return node


def _frames(start: Any, end: Any, incr: int) -> list[int]:
    if isinstance(start, (FrameRange, FrameRanges)):
        ranges = [start] if isinstance(start, FrameRange) else start
        return [frame for each in ranges for frame in each]
    if not all(isinstance(number, int) for number in (start, end, incr)):
        raise TypeError(f"nuke.execute: frames are int, not {start!r}, {end!r}, {incr!r}")
    return list(range(start, end + 1, incr))


def _run(node: Any, frames: Iterable[int], views: list[str], go_on: bool) -> None:
    host = session()
    try:
        for done, frame in enumerate(frames):
            if host.cancel_after is not None and done >= host.cancel_after:
                host.cancel_after = None
                raise RuntimeError("Cancelled")
            host.rendering = frame
            for view in views:
                try:
                    write_frame(node, frame, view, len(views) > 1)
                except HostError:
                    if not go_on:
                        raise
    finally:
        host.rendering = None


def write_frame(node: Any, frame: int, view: str, several: bool) -> None:
    """One file of one view.

    Raises:
        HostError: in Nuke's words.
    """
    host = session()
    look = images.Look(frame, view)
    if look.number(node, "use_limit") and not look.number(node, "first") <= frame <= look.number(node, "last"):
        return
    if node._input(0) is None:
        raise HostError(f"{node._full_name()}: not connected to anything")
    picture = images.look(node._input(0), frame, view)
    proxy = bool(host.root._knobs["proxy"]._all()[0])
    if proxy:
        picture = smaller(picture, float(host.root._knobs["proxy_scale"]._all()[0]))
    before, host.at = host.at, frame
    try:
        pattern = evaluated_file(node, "proxy" if proxy and node._knobs["proxy"]._text else "file")
    finally:
        host.at = before
    if several and "%V" not in pattern and "%v" not in pattern:
        raise HostError(f"{node._full_name()}: several views and no %V in {pattern}")
    _deliver(node, look, picture, Path(file_of_frame(pattern, frame, view)))


def _deliver(node: Any, look: images.Look, picture: Picture, path: Path) -> None:
    where = node._full_name()
    mask = node._knobs["channels"]
    channels = [
        name
        for name in (*RGBA, *(name for name in picture.planes if name not in RGBA))
        if name in picture.planes and mask._picks(name)
    ]
    if not channels:
        raise HostError(f"{where}: No channels selected (or available) for write")
    if look.number(node, "file_type") != "exr":
        raise HostError(f"{where}: file type {look.number(node, 'file_type')!r} is not in the white list")
    if not path.parent.is_dir():
        if not look.number(node, "create_directories"):
            raise HostError(f"{where}: {path.parent}: No such file or directory")
        path.parent.mkdir(parents=True)
    if not look.number(node, "raw") and look.number(node, "colorspace") == "sRGB":
        picture = replace(
            picture,
            planes={name: plane if name == RGBA[3] else _encoded(plane) for name, plane in picture.planes.items()},
        )
    half = look.number(node, "datatype") == "16 bit half"
    write_picture(path, picture, channels, half=half, compression=look.number(node, "compression"))


def _encoded(plane: np.ndarray) -> np.ndarray:
    high = 1.055 * np.maximum(plane, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(plane <= 0.0031308, plane * 12.92, high).astype(np.float32)


def smaller(picture: Picture, scale: float) -> Picture:
    """What proxy mode leaves of a picture."""
    x0, y0, x1, y1 = picture.box
    rows = np.minimum((np.arange(max(1, round((y1 - y0) * scale))) / scale).astype(int), y1 - y0 - 1)
    columns = np.minimum((np.arange(max(1, round((x1 - x0) * scale))) / scale).astype(int), x1 - x0 - 1)
    planes = {name: plane[rows][:, columns] for name, plane in picture.planes.items()}
    left, top = round(x0 * scale), round(y0 * scale)
    size = Format(round(picture.format._width * scale), round(picture.format._height * scale), picture.format._aspect)
    return replace(picture, format=size, box=(left, top, left + len(columns), top + len(rows)), planes=planes)


def active_writes(group: Any) -> list[Any]:
    """Also those inside groups, as `-x` finds them, in their render order."""
    found: list[Any] = []
    for node in group._inner:
        if node._class == "Write" and not node._knobs["disable"]._all()[0]:
            found.append(node)
        elif hasattr(node, "_inner") and not node._knobs["disable"]._all()[0]:
            found += active_writes(node)
    return sorted(found, key=lambda node: float(node._knobs["render_order"]._all()[0]))
