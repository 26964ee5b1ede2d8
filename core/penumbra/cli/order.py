"""From a command line to a `Shot`: the options that say what is ordered, for every command that takes an order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import click

from penumbra.errors import InputError
from penumbra.shot import (
    APPROVED,
    CHANNELS,
    COMPRESSIONS,
    DEFAULT_MODEL,
    DIRECTIONS,
    EDGES,
    FOREGROUNDS,
    GUIDE,
    WINDOWS,
    Delivery,
    Finish,
    FrameRange,
    KeyFrame,
    Presence,
    Settings,
    Shot,
    parse_key_frames,
)
from penumbra.shot.shot import SHOT_FILES

SAID = "penumbra.said"
OF_OBJECTS = ("objects", "masks", "approved", "enters", "outs")

Command = Callable[..., Any]

# In the order of a person's work. An option's name is that of the record's field, where it is one.
SECTIONS: dict[str, list[click.Option]] = {
    "The order": [
        click.Option(
            ["--mask", "masks"],
            multiple=True,
            metavar="FRAME=FILE[:CHANNEL]",
            help="A roto mask, and its frame. As many as you like; 1001,1043=roto.####.exr gives several.",
        ),
        click.Option(
            ["--approved"],
            multiple=True,
            metavar="FRAME=FILE[:CHANNEL]",
            help="A finished matte, and its frame: delivered as it is, and remembered for the frames beside it.",
        ),
        click.Option(
            ["--object", "objects"],
            multiple=True,
            metavar="NAME",
            help="The object that the masks after it are of; its layer gets this name.",
        ),
        click.Option(
            ["--in", "enters"],
            multiple=True,
            type=int,
            metavar="FRAME",
            help="The frame on which the object before it enters the shot; --out FRAME: on which it is seen last.",
        ),
        click.Option(["--out", "outs"], multiple=True, metavar="PATTERN", help="The mattes, as matte.####.exr."),
        click.Option(["--frames"], metavar="FIRST-LAST", help="Inclusive. Without it: all frames on disk."),
    ],
    "The plate": [
        click.Option(["--layer"], metavar="NAME", help="Its layer, as beauty. Without it: the plain R, G, B."),
        click.Option(["--part"], metavar="NAME|NUMBER", help="Its part. Without it: the first that fits."),
        click.Option(["--view"], metavar="NAME", help="Its view, as left, which also stands for %V in file names."),
        click.Option(
            ["--colorspace"],
            metavar="NAME",
            help="Its color space: a name, alias or role of the OCIO configuration, linear, or srgb. "
            "Without it: what the file says of itself.",
        ),
        click.Option(
            ["--working-space"],
            metavar="NAME",
            help="The scene-linear space that is delivered. Without it: the plate's own where it is linear.",
        ),
        click.Option(["--ocio"], metavar="FILE|NAME", help="The OCIO configuration. Without it: $OCIO, or built in."),
        click.Option(
            ["--exposure"], metavar="STOPS|auto", help="How much brighter the network sees the plate. Without it: 0."
        ),
    ],
    "The network": [
        click.Option(["--model"], metavar="NAME|FILE", help=f"Without it: {DEFAULT_MODEL}."),
        click.Option(
            ["--warmup"], type=int, metavar="COUNT", help="Repeats of the key frame. Without it: as the model wants."
        ),
        click.Option(
            ["--process-size"], type=int, metavar="PIXELS", help="Short side of what it sees. Without it: 1080."
        ),
        click.Option(
            ["--roi"],
            metavar="x0,y0,x1,y1|mask|none",
            help="The region that it sees: a box of the display window, or where the subject is. Without it: none, "
            "which is all of the plate.",
        ),
        click.Option(
            ["--direction"],
            type=click.Choice(DIRECTIONS),
            help="Where frames between two key frames are made from. Without it: both, blended.",
        ),
        click.Option(
            ["--across-cuts"], is_flag=True, default=None, help="Follow the subject across cuts in the plate."
        ),
        click.Option(
            ["--edges"], type=click.Choice(EDGES), help="How the alpha gets the plate's size. Without it: guided by it."
        ),
    ],
    "The finish": [
        click.Option(
            ["--foreground"],
            type=click.Choice(FOREGROUNDS),
            help="The color under soft edges: the plate's, or the subject's alone. Without it: source.",
        ),
        click.Option(["--black-point"], type=float, metavar="ALPHA", help="Becomes 0. Without it: 0."),
        click.Option(["--white-point"], type=float, metavar="ALPHA", help="Becomes 1. Without it: 1."),
        click.Option(["--gamma"], type=float, metavar="GAMMA", help="Above 1 brightens the middle. Without it: 1."),
        click.Option(["--grow"], type=float, metavar="PIXELS", help="Moves the edge outward; negative: inward."),
        click.Option(["--soften"], type=float, metavar="PIXELS", help="Blurs the edge."),
        click.Option(["--fill-holes"], type=int, metavar="AREA", help="Fills holes of up to so many pixels."),
        click.Option(["--drop-specks"], type=int, metavar="AREA", help="Drops specks of up to so many pixels."),
    ],
    "The delivery": [
        click.Option(
            ["--channels"],
            type=click.Choice(CHANNELS),
            help="Premultiplied RGBA, the alpha alone, objects' alphas packed into R, G, B, A, or a Cryptomatte. "
            "Without it: rgba.",
        ),
        click.Option(["--alpha-only"], is_flag=True, help="The same as --channels alpha."),
        click.Option(["--float", "as_float"], is_flag=True, help="Write 32-bit float, not half."),
        click.Option(
            ["--compression"],
            metavar="|".join(COMPRESSIONS),
            help="Of the EXR files; dwaa and dwab may have a level, as dwaa:45. Without it: zip.",
        ),
        click.Option(
            ["--window"],
            type=click.Choice(WINDOWS),
            help="Where the pixels lie: in the plate's display or data window, or in a box around the matte. "
            "Without it: display.",
        ),
    ],
}


@dataclass
class Said:
    """What was said of objects, in the order in which it was said.

    Attributes:
        masks: Each mask's text, object and kind.
        objects: The objects that were named.
        ends: The frames on which they enter and are seen last.
        outs: The names of the mattes.
    """

    masks: list[tuple[str, str | None, str]] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    ends: dict[str, dict[str, int]] = field(default_factory=dict)
    outs: list[str] = field(default_factory=list)

    def take(self, option: str, value: Any) -> None:
        """One option of the line."""
        if option == "objects":
            self.objects.append(value)
        elif option in ("masks", "approved"):
            kind = APPROVED if option == "approved" else GUIDE
            self.masks.append((value, self.objects[-1] if self.objects else None, kind))
        elif option == "enters":
            self._end("first", "--in", value)
        elif option == "outs" and re.fullmatch(r"-?\d+", value):
            self._end("last", "--out", int(value))
        elif option == "outs":
            self.outs.append(value)

    def _end(self, name: str, option: str, frame: int) -> None:
        if not self.objects:
            raise InputError(
                f"{option} {frame} says no object's name.", f"Name it first: --object hero {option} {frame}."
            )
        ends = self.ends.setdefault(self.objects[-1], {})
        if name in ends:
            raise InputError(f"{option} is given twice for {self.objects[-1]}.", "Give it once.")
        ends[name] = frame


class OrderCommand(click.Command):
    """A command that takes an order: its help has sections, and `--object` counts for what comes after it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(option for options in SECTIONS.values() for option in options)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note what is said of which object before the options are sorted by their names."""
        values, _, order = self.make_parser(ctx).parse_args(list(args))
        given = {name: iter(values.get(name, ())) for name in OF_OBJECTS}
        said = ctx.meta[SAID] = Said()
        remaining = super().parse_args(ctx, args)
        for option in order:
            if option.name in given:
                value = next(given[option.name])
                said.take(option.name, int(value) if option.name == "enters" else value)
        return remaining

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options by section; the command's own come last."""
        sections = dict(SECTIONS)
        ordered = {id(option) for options in SECTIONS.values() for option in options}
        sections["This run"] = [
            option for option in self.get_params(ctx) if isinstance(option, click.Option) and id(option) not in ordered
        ]
        for title, options in sections.items():
            with formatter.section(title):
                formatter.write_dl([record for option in options if (record := option.get_help_record(ctx))])


def ordered_shot(plate: Path, options: dict[str, Any]) -> Shot:
    """The shot that a command line orders: of a plate, or of a shot file with changes.

    Raises:
        InputError: Something is missing, or not what it should be.
    """
    return _from_file(plate, options) if plate.suffix.lower() in SHOT_FILES else _from_options(plate, options)


def _from_options(plate: Path, options: dict[str, Any]) -> Shot:
    said = _said()
    if not said.masks:
        raise InputError(
            "No mask is given, so that nothing says what the matte is of.",
            "Add --mask FRAME=FILE, as in --mask 1001=roto.1001.exr.",
        )
    if not said.outs:
        raise InputError("Nothing says where the mattes go.", "Add --out, as in --out matte.####.exr.")
    return Shot(
        plate=plate,
        key_frames=_key_frames(said),
        delivery=replace(Delivery(_out(said)), **_delivery(options)),
        frames=None if options["frames"] is None else FrameRange.parse(options["frames"]),
        presences=_presences(said),
        settings=replace(Settings(), **_settings(options)),
        finish=replace(Finish(), **_given(Finish, options)),
    )


def _from_file(path: Path, options: dict[str, Any]) -> Shot:
    """The shot of a file; options that are given go before what it says."""
    shot, said = Shot.load(path), _said()
    out = _out(said) if said.outs else shot.delivery.out
    changes: dict[str, Any] = {
        "delivery": replace(shot.delivery, out=out, **_delivery(options)),
        "settings": replace(shot.settings, **_settings(options)),
        "finish": replace(shot.finish, **_given(Finish, options)),
    }
    if said.masks:
        changes["key_frames"] = (*_others(shot, said), *_key_frames(said, shot.objects))
    if said.ends:
        changes["presences"] = _presences(said, shot)
    if options["frames"] is not None:
        changes["frames"] = FrameRange.parse(options["frames"])
    # All at once: a mask and a range that fit each other need not fit what the file says.
    return replace(shot, **changes)


def _said() -> Said:
    said = click.get_current_context().meta[SAID]
    assert isinstance(said, Said)
    return said


def _out(said: Said) -> Path:
    if len(said.outs) > 1:
        raise InputError(
            f"--out says {said.outs[0]} and {said.outs[1]}.", "Give one pattern; a frame is a whole number."
        )
    return Path(said.outs[0])


def _others(shot: Shot, said: Said) -> tuple[KeyFrame, ...]:
    """The key frames of a file that stay: those of objects that the line gives no masks of."""
    given = {of for _, of, _ in said.masks}
    return () if None in given else tuple(key for key in shot.key_frames if key.object not in {*given, None})


def _key_frames(said: Said, in_file: tuple[str | None, ...] = ()) -> tuple[KeyFrame, ...]:
    with_mask = {*(of for _, of, _ in said.masks), *in_file}
    if idle := [name for name in said.objects if name not in with_mask]:
        raise InputError(
            f"The object {idle[0]} has no mask.", "Give it one after its name: --object hero --mask 1001=roto.exr."
        )
    return tuple(key for mask in said.masks for key in parse_key_frames(*mask))


def _presences(said: Said, shot: Shot | None = None) -> tuple[Presence, ...]:
    """When objects are there: what a file says, changed by what the line says."""
    before = {presence.object: presence for presence in shot.presences} if shot else {}
    told = {name: _changed(before.get(name) or Presence(name), ends) for name, ends in said.ends.items()}
    return tuple((before | told).values())


def _changed(presence: Presence, ends: dict[str, int]) -> Presence:
    return Presence(presence.object, ends.get("first", presence.first), ends.get("last", presence.last))


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    given = _given(Settings, options)
    if "colorspace" in given or "ocio" in given:
        # What a shot file decided for another space is not true of this one.
        given = {"colorspace": None, "colorspace_reason": None, "working_space": None} | given
    if "exposure" in given and given["exposure"] != "auto":
        try:
            given["exposure"] = float(given["exposure"])
        except ValueError as fault:
            raise InputError(f"--exposure must be a number of stops, or auto, not {given['exposure']!r}.") from fault
    return given


def _delivery(options: dict[str, Any]) -> dict[str, Any]:
    if options["alpha_only"] and options["channels"] not in (None, "alpha"):
        raise InputError(f"--alpha-only and --channels {options['channels']} contradict each other.", "Give one.")
    return {
        **({"channels": options["channels"]} if options["channels"] else {}),
        **({"channels": "alpha"} if options["alpha_only"] else {}),
        **({"pixel_type": "float"} if options["as_float"] else {}),
        **({"compression": options["compression"]} if options["compression"] else {}),
        **({"window": options["window"]} if options["window"] else {}),
    }


def _given(record: type, options: dict[str, Any]) -> dict[str, Any]:
    """The options that are fields of a record and were given."""
    names = [entry.name for entry in fields(record)]
    return {name: options[name] for name in names if options.get(name) is not None}
