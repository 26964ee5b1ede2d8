"""`penumbra matte`: the main job."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from penumbra.cli import STOPPED
from penumbra.errors import InputError
from penumbra.shot import COMPRESSIONS, DEFAULT_MODEL, Delivery, FrameRange, KeyFrame, Settings, Shot


@click.command(short_help="Make the mattes of a shot.")
@click.argument("plate", type=click.Path(path_type=Path))
@click.option("--mask", "masks", multiple=True, metavar="FRAME=FILE[:CHANNEL]", help="The roto mask, and its frame.")
@click.option("--out", type=click.Path(path_type=Path), metavar="PATTERN", help="The mattes, as matte.####.exr.")
@click.option("--frames", metavar="FIRST-LAST", help="Inclusive. Without it: all frames on disk.")
@click.option("--colorspace", metavar="NAME", help="The plate's: linear or srgb. Without it: by the file's type.")
@click.option("--model", metavar="NAME|FILE", help=f"Without it: {DEFAULT_MODEL}.")
@click.option("--warmup", type=int, metavar="COUNT", help="Repeats of the key frame. Without it: as the model wants.")
@click.option(
    "--process-size", type=int, metavar="PIXELS", help="Short side of what the network sees. Without it: 1080."
)
@click.option("--alpha-only", is_flag=True, help="Write the alpha alone, not premultiplied RGBA.")
@click.option("--float", "as_float", is_flag=True, help="Write 32-bit float, not half.")
@click.option("--compression", type=click.Choice(COMPRESSIONS), help="Of the EXR files. Without it: zip.")
@click.option("--device", default="cpu", show_default=True, help="cpu, cuda, cuda:1 or mps. Changes no setting.")
@click.option("--save-shot", type=click.Path(path_type=Path), metavar="FILE", help="Keep the order as a shot file.")
def matte(plate: Path, device: str, save_shot: Path | None, **options: Any) -> int:
    """Make the mattes of a shot.

    PLATE is a sequence (plate.####.exr, plate.%04d.exr, a folder), or a shot file (shot.yaml, shot.json).

    \b
    penumbra matte plate.####.exr --mask 1001=roto.1001.exr --out matte.####.exr

    Running the same line again goes on where it was stopped.
    """  # noqa: D301 - the backspace itself is click's sign that a line keeps its shape
    shot = _from_file(plate, options) if plate.suffix in (".yaml", ".yml", ".json") else _from_options(plate, options)
    if save_shot is not None:
        shot.save(save_shot)
    return run_shot(shot, device)


def run_shot(shot: Shot, device: str) -> int:
    """Run it, telling the person how it goes, and give the exit code."""
    from penumbra.cli.report import Report
    from penumbra.engine import run

    with Report(shot) as report, _asked_to_stop() as asked:
        events = run(shot, device=device)
        for event in events:
            report.tell(event)
            if asked.stop:
                events.close()
                report.stopped()
                return STOPPED
        report.finished()
    return 0


class _Asked:
    """Whether the person pressed Ctrl-C."""

    stop = False


@contextmanager
def _asked_to_stop() -> Iterator[_Asked]:
    """Ctrl-C, or a farm's SIGTERM, lets the frame in hand be finished; a second one does not wait."""
    asked = _Asked()
    signals = (signal.SIGINT, signal.SIGTERM)

    def note(number: int, _: Any) -> None:
        if asked.stop:
            raise KeyboardInterrupt
        asked.stop = True
        click.echo("\nStopping after this frame. Press Ctrl-C again to stop at once.", err=True)

    before = {number: signal.signal(number, note) for number in signals}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _from_options(plate: Path, options: dict[str, Any]) -> Shot:
    masks, out = options["masks"], options["out"]
    if not masks:
        raise InputError(
            "No mask is given, so that nothing says what the matte is of.",
            "Add --mask FRAME=FILE, as in --mask 1001=roto.1001.exr.",
        )
    if out is None:
        raise InputError("Nothing says where the mattes go.", "Add --out, as in --out matte.####.exr.")
    return Shot(
        plate=plate,
        key_frames=tuple(KeyFrame.parse(mask) for mask in masks),
        delivery=replace(Delivery(out), **_delivery(options)),
        frames=None if options["frames"] is None else FrameRange.parse(options["frames"]),
        settings=replace(Settings(), **_settings(options)),
    )


def _from_file(path: Path, options: dict[str, Any]) -> Shot:
    """The shot of a file; options that are given go before what it says."""
    shot = Shot.load(path)
    out = {} if options["out"] is None else {"out": options["out"]}
    changes: dict[str, Any] = {
        "delivery": replace(shot.delivery, **out, **_delivery(options)),
        "settings": replace(shot.settings, **_settings(options)),
    }
    if options["masks"]:
        changes["key_frames"] = tuple(KeyFrame.parse(mask) for mask in options["masks"])
    if options["frames"] is not None:
        changes["frames"] = FrameRange.parse(options["frames"])
    # All at once: a mask and a range that fit each other need not fit what the file says.
    return replace(shot, **changes)


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    names = ("colorspace", "model", "warmup", "process_size")
    return {name: options[name] for name in names if options[name] is not None}


def _delivery(options: dict[str, Any]) -> dict[str, Any]:
    return {
        **({"channels": "alpha"} if options["alpha_only"] else {}),
        **({"pixel_type": "float"} if options["as_float"] else {}),
        **({"compression": options["compression"]} if options["compression"] else {}),
    }
