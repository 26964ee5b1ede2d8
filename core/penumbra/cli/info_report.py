"""What `penumbra info` tells a person: tables on a terminal, plain lines elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields

from rich.console import Console
from rich.table import Table
from rich.text import Text

from penumbra.engine.info import ConfigInfo, LayerInfo, ModelInfo, PartInfo, PictureInfo, SequenceInfo, ShotInfo
from penumbra.engine.info.header_facts import fact_entries, lie_of
from penumbra.shot import APPROVED, Delivery, Finish, Settings, in_ranges

FORMATS = {"openexr": "OpenEXR", "cineon": "Cineon", "jpeg2000": "JPEG 2000"}
UNITS = ("bytes", "KB", "MB", "GB", "TB")
# A list of a header entry, as of a color profile, is told in full up to so many values.
LONG = 32
# In what the files of a sequence differ is told value by value up to so many.
FEW = 5
# A piped line is not broken: what reads it would have to put it together again.
PIPED_WIDTH = 100_000
# Entries that say what the tables say already.
SAID = {"compression", "name", "view", "pixelaspectratio", "chromaticities"}
SAID_GROUPS = ("penumbra/", "cryptomatte/", "oiio:", "openexr:")

Rows = Iterable[tuple[str, object]]


def tell(info: PictureInfo | ModelInfo | ConfigInfo | ShotInfo, everything: bool) -> None:
    """Print it; `everything`: with all header entries, and all of a network's sizes."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PIPED_WIDTH)
    match info:
        case PictureInfo():
            _tell_picture(console, info, everything)
        case ModelInfo():
            _tell_model(console, info, everything)
        case ConfigInfo():
            _tell_configuration(console, info)
        case ShotInfo():
            _tell_shot(console, info, everything)


def _tell_picture(console: Console, info: PictureInfo, everything: bool) -> None:
    if info.sequence is not None:
        _tell_rows(console, info.sequence.name, _sequence_rows(info.sequence))
    _tell_rows(console, info.path, _file_rows(info))
    for number, part in enumerate(info.parts):
        title = f"Part {number} {part.name}".rstrip() if len(info.parts) > 1 else "Layers"
        if len(info.parts) > 1:
            _tell_rows(console, title, _part_rows(part))
            title = ""
        _tell_layers(console, title, part.layers)
    if info.provenance:
        _tell_rows(console, "Made by Penumbra", ((_words(name), value) for name, value in info.provenance.items()))
    for name, objects in info.cryptomattes.items():
        names = "in another file" if objects is None else ", ".join(objects)
        _tell_rows(console, f"Cryptomatte {name}", [("objects", names)])
    _tell_metadata(console, info.parts, everything)


def _sequence_rows(sequence: SequenceInfo) -> Rows:
    count = len(sequence.frames)
    files = f"{count} file{'s' if count > 1 else ''}, {_size(sequence.size)}"
    yield "frames", f"{sequence.frames[0]}-{sequence.frames[-1]} ({files})"
    yield "missing", Text(in_ranges(sequence.missing), "red") if sequence.missing else "none"
    for reason, frames in sequence.unreadable.items():
        yield "cannot be read", Text(f"{in_ranges(frames)}: {reason}", "red")
    for what, values in sequence.differing.items():
        each = "; ".join(f"{value or 'none'} on {in_ranges(frames)}" for value, frames in values.items())
        yield f"{what} differs", Text(each if len(values) <= FEW else f"{len(values)} different ones", "yellow")


def _file_rows(info: PictureInfo) -> Rows:
    yield "format", f"{FORMATS.get(info.file_format, info.file_format.upper())}, {_size(info.size)}"
    if len(info.parts) == 1:
        yield from _part_rows(info.parts[0])
    if info.color_space is None:
        yield "color space", info.color_reason
    else:
        yield "color space", f"{info.color_space}: {info.color_reason}"
        yield "OCIO", info.ocio
    yield "as a mask", info.mask_channel or "not clear: its channel has to be named"
    for name, fact in info.facts.items():
        yield name, f"{fact:.6g}" if isinstance(fact, float) else fact


def _part_rows(part: PartInfo) -> Rows:
    stored = [part.compression, "deep" if part.deep else "", "in tiles" if part.tiled else "in scanlines"]
    yield "stored", ", ".join(filter(None, stored))
    if part.view:
        yield "view", part.view
    yield "display window", part.display_window
    yield "data window", f"{part.data_window}: {lie_of(part.data_window, part.display_window)}"
    if part.pixel_aspect != 1:
        width, height = part.display_window.size
        yield "pixel aspect", f"{part.pixel_aspect:.4g}, shown as {round(width * part.pixel_aspect)}x{height}"


def _tell_layers(console: Console, title: str, layers: tuple[LayerInfo, ...]) -> None:
    _tell_title(console, title)
    has_views = any(layer.view for layer in layers)
    table = Table("layer", *(["view"] if has_views else []), "channels", "type", box=None, pad_edge=False)
    for layer in layers:
        for kind in dict.fromkeys(layer.channels.values()):
            names = ", ".join(name for name, its in layer.channels.items() if its == kind)
            table.add_row(
                *map(Text, (layer.name or "(plain)", *([layer.view or ""] if has_views else []), names, kind))
            )
    _print(console, table)


def _tell_metadata(console: Console, parts: tuple[PartInfo, ...], everything: bool) -> None:
    if everything:
        for number, part in enumerate(parts):
            _tell_rows(console, f"Header of part {number}" if len(parts) > 1 else "Header", part.metadata.items())
        return
    said = SAID | fact_entries()
    names = [name.lower() for name in parts[0].metadata]
    if count := sum(name not in said and not name.startswith(SAID_GROUPS) for name in names):
        _tell_title(console, "")
        console.print(Text(f"{count} more header {'entry' if count == 1 else 'entries'}: --all shows them."))


def _tell_model(console: Console, info: ModelInfo, everything: bool) -> None:
    rows: dict[str, object] = {
        "file": f"{info.path}, {_size(info.size)}",
        "license": info.license,
        "paid work": "yes" if info.commercial else Text("no", "red"),
        "made": info.made,
        "warm-up": f"repeats of the key frame: {info.warmup}",
        "digest": info.digest,
        "weights": f"{info.parameters:,}, all that the network wants and none more",
    }
    _tell_rows(console, f"Model {info.name}", rows.items())
    if everything:
        _tell_rows(console, "Network", info.config.items())


def _tell_configuration(console: Console, info: ConfigInfo) -> None:
    _tell_title(console, f"{info.name}: {len(info.spaces)} color spaces")
    table = Table("color space", "linear or data", "name in headers", box=None, pad_edge=False)
    for space in info.spaces:
        linear = space.fault or ("yes" if space.linear else "no")
        table.add_row(*map(Text, (space.name, linear, space.interop_id)))
    _print(console, table)


def _tell_shot(console: Console, info: ShotInfo, everything: bool) -> None:
    _tell_rows(console, f"Shot {info.path}", _shot_rows(info))
    for title, kind, values in (
        ("Settings", Settings, info.settings),
        ("Finish", Finish, info.finish),
        ("Delivery", Delivery, info.delivery),
    ):
        usual = {entry.name: entry.default for entry in fields(kind)}
        rows = [(name.replace("_", " "), value) for name, value in values.items() if everything or value != usual[name]]
        if rows:
            _tell_rows(console, title, rows)


def _shot_rows(info: ShotInfo) -> Rows:
    yield "plate", info.plate
    count = 0
    if info.frames:
        first, last = info.frames
        count = last - first + 1
        yield "frames", f"{first}-{last}"
    for mask in info.masks:
        names = [mask["object"], mask["frame"], mask["path"], mask["channel"]]
        kind = "approved" if mask["kind"] == APPROVED else "mask"
        yield kind, ", ".join(str(name) for name in names if name is not None)
    for name, enters, leaves in info.presences:
        stay = f"from {'the first' if enters is None else enters} to {'the last' if leaves is None else leaves}"
        yield "in the shot", f"{name}, {stay}"
    yield "mattes", info.mattes
    yield "on disk", f"{in_ranges(info.done)} ({len(info.done)} of {count})" if info.done else f"none of {count}"
    if info.lacking:
        yield "lacking", Text("; ".join(info.lacking), "red")


def _tell_rows(console: Console, title: str, rows: Rows) -> None:
    _tell_title(console, title)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(Text(name), value if isinstance(value, Text) else Text(_value(value)))
    _print(console, table)


def _tell_title(console: Console, title: str) -> None:
    console.print()
    if title:
        console.print(Text(title, "bold"))


def _print(console: Console, table: Table) -> None:
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        console.print(Text(line.rstrip()))


def _words(name: str) -> str:
    """`keyFrames` -> key frames."""
    return re.sub("[A-Z]", lambda letter: f" {letter[0].lower()}", name)


def _value(value: object) -> str:
    if isinstance(value, list) and len(value) > LONG:
        return f"{len(value)} values"
    return str(value)


def _size(count: int) -> str:
    size = float(count)
    for unit in UNITS:
        if size < 1000 or unit == UNITS[-1]:
            break
        size /= 1000
    return f"{size:.3g} {unit}" if unit != UNITS[0] else f"{count} bytes"
