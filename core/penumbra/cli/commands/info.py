"""`penumbra info`: what a file is."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from penumbra.errors import InputError
from penumbra.shot import Settings


@click.command(short_help="Say what a plate, a matte or a model is.")
@click.argument("file")
@click.option("--all", "everything", is_flag=True, help="Show every entry of the header.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON, for other programs.")
@click.option("--png", type=click.Path(path_type=Path), metavar="PNG", help="Draw color, alpha, and over checkerboard.")
@click.option("--frame", type=int, help="The frame of a sequence that is described. Without it: the first readable.")
@click.option("--layer", metavar="NAME", help="The layer that is its color, as beauty. Without it: the plain R, G, B.")
@click.option("--part", metavar="NAME|NUMBER", help="The part that its color is in. Without it: the first that fits.")
@click.option("--view", metavar="NAME", help="The view that its color is of, which also stands for %V in FILE.")
@click.option("--colorspace", metavar="NAME", help="Its color space. Without it: what the file says of itself.")
@click.option("--ocio", metavar="FILE|NAME", help="The OCIO configuration. Without it: $OCIO, or built in.")
def info(
    file: str,
    everything: bool,
    as_json: bool,
    png: Path | None,
    frame: int | None,
    **read: Any,
) -> None:
    """Say what FILE is.

    \b
    penumbra info plate.1001.exr                 a plate, a mask, or a matte of any format
    penumbra info plate.####.exr                 a sequence: what is missing, and what differs
    penumbra info matte.1001.exr --png look.png  color, alpha, and over checkerboard
    penumbra info matanyone.pth                  a model, by its file or its name
    penumbra info ocio://default                 an OCIO configuration, and its color spaces
    penumbra info shot.yaml                      a shot, and what of it is there

    Of a picture it says: format, parts, layers, channels and their types, compression, data and display window
    (overscan in words), pixel aspect, the color space that it is taken for and why, timecode and camera; who made it,
    where Penumbra did, and the objects of a Cryptomatte. A file that ends too early is refused. Nothing is changed.
    """  # noqa: D301 - the backspace itself is click's sign that a line keeps its shape
    from penumbra.cli.info_report import tell
    from penumbra.engine.info import PictureInfo, draw_info, look_at

    settings = Settings(**read)
    found = look_at(file, settings, frame)
    if png is not None:
        if not isinstance(found, PictureInfo):
            raise InputError(f"{file} is a {found.kind}, of which there is no picture to draw.", "Leave out --png.")
        draw_info(Path(found.path), png, settings)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
        return
    tell(found, everything)
    if png is not None:
        click.echo(f"\nPicture: {png}")
