"""`penumbra evaluate`: how good a matte is."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click

from penumbra.errors import InputError
from penumbra.shot import FrameRange, KeyFrame, Settings

LABELS = {"mad": "MAD", "mse": "MSE", "grad": "Grad", "dtssd": "dtSSD", "conn": "Conn"}


@click.command(short_help="Compare mattes with their truth.")
@click.argument("predicted", type=click.Path(path_type=Path))
@click.argument("true", type=click.Path(path_type=Path))
@click.option("--frames", metavar="FIRST-LAST", help="Inclusive. Without it: all of PREDICTED.")
@click.option("--mask", metavar="FRAME=FILE[:CHANNEL]", help="What the mattes were made from, for comparison.")
@click.option("--plate", type=click.Path(path_type=Path), help="What the mattes were made from, for the sheet.")
@click.option("--colorspace", metavar="NAME", help="The plate's, for the sheet. Without it: what the file says.")
@click.option("--ocio", metavar="FILE|NAME", help="The OCIO configuration. Without it: $OCIO, or built in.")
@click.option("--sheet", type=click.Path(path_type=Path), metavar="PNG", help="Draw a contact sheet.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), metavar="FILE", help="Write every frame's errors.")
def evaluate(
    predicted: Path,
    true: Path,
    frames: str | None,
    mask: str | None,
    plate: Path | None,
    colorspace: str | None,
    ocio: str | None,
    sheet: Path | None,
    csv_file: Path | None,
) -> None:
    """Compare the alpha of the sequence PREDICTED with that of TRUE.

    MAD and MSE are means x 1000, Grad and Conn sums / 1000, dtSSD x 100, as in the field's tables; 0 is perfect.
    """
    from penumbra import engine

    key = None if mask is None else KeyFrame.parse(mask)
    if sheet is not None and (plate is None or key is None):
        raise InputError("A contact sheet shows the plate and the mask.", "Add --plate and --mask.")
    result = engine.evaluate(predicted, true, None if frames is None else FrameRange.parse(frames), key)
    means = result.means()
    figures = ", ".join(f"{LABELS[name]} {means[name]:.2f}" for name in LABELS if name in means)
    click.echo(f"Error over {len(result.frames)} frames: {figures}")
    if result.repeated_mask_mad:
        share = means["mad"] / result.repeated_mask_mad
        click.echo(f"The mask repeated: MAD {result.repeated_mask_mad:.2f}; the mattes have {share:.2f} of it")
    if csv_file is not None:
        _write_csv(csv_file, result.table())
    if sheet is not None and plate is not None and key is not None:
        settings = Settings(colorspace=colorspace, ocio=ocio)
        engine.contact_sheet(sheet, predicted, plate, key, f"{predicted.name}   {figures}", settings)
        click.echo(f"Contact sheet: {sheet}")


def _write_csv(path: Path, rows: list[dict[str, float | int | None]]) -> None:
    from penumbra.aside import written_aside

    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    with written_aside(path) as aside:
        aside.write_text(text.getvalue())
    click.echo(f"Errors by frame: {path}")
