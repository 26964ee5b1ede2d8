"""How surely hard cuts are found, how often one is seen where there is none, and what the look costs.

    .venv/bin/python benchmarks/cuts.py
    .venv/bin/python benchmarks/cuts.py --shots 40 --seed 7
    .venv/bin/python benchmarks/cuts.py --scenedetect
    .venv/bin/python benchmarks/cuts.py --cost

Shots (cut_shots.py) are joined from generated clips and from camera moves over generated pictures, in scene-linear
light with highlights up to a hundred, then encoded as linear, log or sRGB, with another exposure and grain of three
strengths. Kinds above the line have no cut at all, so that whatever is found in them is a false alarm. `--scenedetect`
shows the same shots to PySceneDetect, as 8-bit pictures for a display; it is no dependency, so install it yourself, in
an environment of its own (`pip install scenedetect opencv-python-headless`).
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
from cut_scenes import HEIGHT, WIDTH, Dice, Floats, Pool
from cut_shots import WITH, WITHOUT
from rich.console import Console
from rich.table import Table

from penumbra.image import Window
from penumbra.plates import PlateSource, cut_places
from penumbra.plates.glimpse import COLUMNS, ROWS, seen

# A band of a 1080p plate has 960 pixels in a cell, and 10 here: so often each is taken, with grain of its own.
COPIES = 16
COSTS = ("exr none", "exr zip", "exr zips", "exr piz", "exr dwaa", "exr dwab", "exr tiled", "dpx", "tif", "png", "jpg")

Encode = Callable[[Floats], Floats]
# Shows a shot's light, and how it is encoded, to a detector; gives the frames after which it sees cuts.
Finder = Callable[[Floats, Encode], set[int]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", type=int, default=12, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenedetect", action="store_true", help="measure PySceneDetect, too")
    parser.add_argument("--cost", action="store_true", help="measure times of glimpses instead")
    options = parser.parse_args()
    if options.cost:
        print_costs()
    else:
        print_finds(options.seed, options.shots, {"ours": ours} | (theirs() if options.scenedetect else {}))


def print_finds(seed: int, shots: int, finders: dict[str, Finder]) -> None:
    pool = Pool.made(seed)
    heads = ["kind", "cuts", *(f"{name}: {what}" for name in finders for what in ("found", "false"))]
    table = table_of(f"{shots} shots of each kind, seed {seed}; false alarms, and cuts that are found", heads)
    total = np.zeros(len(heads) - 1, int)
    for kind in (*WITHOUT, *WITH):
        row = np.zeros_like(total)
        for index in range(shots):
            # By its name, so that a new kind leaves the others as they are.
            dice = np.random.default_rng([seed, index, *kind.__name__.encode()])
            light, cuts = kind(pool, dice)
            encode = encoding(dice)
            row[0] += len(cuts)
            for place, find in enumerate(finders.values()):
                found = find(light, encode)
                row[1 + 2 * place] += len(found & set(cuts))
                row[2 + 2 * place] += len(found - set(cuts))
        table.add_row(kind.__name__.replace("_", " "), *map(str, row), end_section=kind is WITHOUT[-1])
        total += row
    table.add_section()
    table.add_row("all", *map(str, total))
    Console(width=140).print(table)


def table_of(title: str, heads: list[str]) -> Table:
    table = Table(title=title)
    for head in heads:
        table.add_column(head, justify="left" if head == heads[0] else "right")
    return table


def encoding(dice: Dice) -> Encode:
    """As a camera or a renderer would write it: another exposure, grain, and an encoding."""
    gain, grain = 2.0 ** dice.uniform(-2, 2), float(dice.choice([0, 0.003, 0.01]))
    how = dice.choice(["linear", "log", "srgb"])

    def encode(light: Floats) -> Floats:
        light = light * gain
        light = light + grain * np.sqrt(np.maximum(light, 0.001)) * dice.standard_normal(light.shape, np.float32)
        if how == "log":
            light = (np.log2(np.maximum(light / 0.18, 0) + 2**-7) + 7) / 14
        if how == "srgb":
            light = np.round(np.clip(light, 0, 1) ** (1 / 2.2) * 255) / 255
        return light.astype(np.float32)

    # Read by PySceneDetect's side, which sees pictures for a display.
    encode.is_linear = how == "linear"  # type: ignore[attr-defined]
    return encode


def ours(light: Floats, encode: Encode) -> set[int]:
    """Through glimpses of half precision, as the engine keeps them. A band is one row of these small frames."""
    window, rows = Window(0, 0, WIDTH, HEIGHT), (2 * np.arange(ROWS) + 1) * HEIGHT // (2 * ROWS)
    assert WIDTH % COLUMNS == 0
    glimpses = [
        np.stack([seen(encode(np.repeat(row[None], COPIES, 0)), window, window) for row in frame[rows]])
        for frame in light
    ]
    return set(cut_places([glimpse.astype(np.float16) for glimpse in glimpses]))


def theirs() -> dict[str, Finder]:
    from scenedetect import AdaptiveDetector, ContentDetector, FrameTimecode

    def finder(detector: type, shortest: int) -> Finder:
        def find(light: Floats, encode: Encode) -> set[int]:
            shown = np.clip(np.nan_to_num(encode(light)), 0, 1)
            shown = shown ** (1 / 2.2) if encode.is_linear else shown  # type: ignore[attr-defined]
            pictures = np.ascontiguousarray((shown[..., ::-1] * 255).astype(np.uint8))
            one = detector(min_scene_len=shortest)
            found = [
                cut
                for frame, picture in enumerate(pictures)
                for cut in one.process_frame(FrameTimecode(frame, 24.0), picture)
            ]
            found += one.post_process(FrameTimecode(len(pictures) - 1, 24.0))
            return {cut.frame_num - 1 for cut in found}

        return find

    return {
        "Content": finder(ContentDetector, 1),
        "Content, merging 6": finder(ContentDetector, 6),
        "Adaptive": finder(AdaptiveDetector, 1),
    }


def print_costs() -> None:
    oiio.attribute("threads", 1)
    oiio.attribute("exr_threads", 1)
    table = table_of(f"one thread, {platform.machine()}: least CPU ms of seven", ["file", "read", "glimpse", "share"])
    with tempfile.TemporaryDirectory() as name:
        for width, height in ((1920, 1080), (3840, 2160)):
            for kind in COSTS:
                source = written(Path(name) / f"{width} {kind}", kind, width, height)
                read, glimpse = (least_ms(lambda look=look: look(1001)) for look in (source.read, source.glimpse))
                table.add_row(f"{height} {kind}", f"{read:.0f}", f"{glimpse:.1f}", f"{glimpse / read:.2f}")
            table.add_section()
    Console().print(table)


def written(folder: Path, kind: str, width: int, height: int) -> PlateSource:
    folder.mkdir()
    ending, _, how = kind.partition(" ")
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = np.stack([np.sin(x / 97 + y / 61), np.sin(x / 31), np.cos(y / 43)], -1) * 0.2 + 0.4
    pixels = np.clip(waves + np.random.default_rng(0).normal(0, 0.01, waves.shape), 0, 1).astype(np.float32)
    spec = oiio.ImageSpec(width, height, 3, {"exr": "half", "jpg": "uint8"}.get(ending, "uint16"))
    spec.attribute("compression", "zip" if how in ("tiled", "") else how)
    spec.tile_width = spec.tile_height = 64 if how == "tiled" else 0
    path = str(folder / f"plate.1001.{ending}")
    output = oiio.ImageOutput.create(path)
    assert output.open(path, spec)
    assert output.write_image(pixels)
    assert output.close()
    return PlateSource.open(folder)


def least_ms(look: Callable[[], object]) -> float:
    return min(_times(look)) * 1e3


def _times(look: Callable[[], object]) -> Iterator[float]:
    look()
    for _ in range(7):
        began = time.process_time()
        look()
        yield time.process_time() - began


if __name__ == "__main__":
    main()
