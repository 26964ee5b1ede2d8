"""Make Penumbra's sample shot: plate, truth and roto, from nothing but this folder's code.

The renders need Blender as a Python module (``bpy`` 4.5, Python 3.11); they go to ``--work`` and are
kept, so an interrupted render goes on where it stopped and the comp can be redone without them:

    python make_shot.py --work /tmp/shot                  # everything
    python make_shot.py --work /tmp/shot --stage comp     # plate, truth and roto from finished renders

Two runs give the same pixels: every random choice is seeded.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

RENDERS = ("beauty", "coverage", "backdrop")


@dataclass(frozen=True)
class Order:
    """What to make: size in pixels, color samples per pixel, frames (inclusive range)."""

    out: Path
    work: Path
    width: int
    height: int
    samples: int
    threads: int
    frames: range
    stages: tuple[str, ...]


def main() -> None:
    """Run the stages that were asked for."""
    order = read_arguments()
    for stage in order.stages:
        started = time.monotonic()
        if stage == "comp":
            comp(order)
        else:
            render(order, stage)
        print(f"{stage}: {time.monotonic() - started:.0f} s", flush=True)


def read_arguments() -> Order:
    """The command line."""
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description="Make Penumbra's sample shot.")
    parser.add_argument("--out", type=Path, default=here, help="where plate/, truth/ and roto/ go")
    parser.add_argument("--work", type=Path, required=True, help="where the raw renders are kept")
    parser.add_argument("--size", default="480x270", help="picture size, WIDTHxHEIGHT")
    parser.add_argument("--samples", type=int, default=24, help="samples per pixel of the subject's color")
    parser.add_argument("--frames", default="1001-1036", help="FIRST-LAST, inclusive")
    parser.add_argument("--threads", type=int, default=0, help="0: all cores")
    parser.add_argument("--stage", choices=(*RENDERS, "comp", "all"), default="all")
    given = parser.parse_args()
    width, height = (int(n) for n in given.size.split("x"))
    first, last = (int(n) for n in given.frames.split("-"))
    stages = (*RENDERS, "comp") if given.stage == "all" else (given.stage,)
    frames = range(first, last + 1)
    return Order(given.out, given.work, width, height, given.samples, given.threads, frames, stages)


def render(order: Order, stage: str) -> None:
    """Render one of the three layers; only this needs Blender."""
    from maker import backdrop, subject
    from maker.stage import Render, render_frames

    # Coverage spends its samples on edges only; the backdrop is denoised and out of focus.
    samples = {"beauty": 1.0, "coverage": 10.0, "backdrop": 2 / 3}[stage] * order.samples
    settings = Render(order.width, order.height, max(1, round(samples)), order.threads)
    builders = {
        "beauty": subject.build_beauty,
        "coverage": subject.build_coverage,
        "backdrop": backdrop.build,
    }
    render_frames(builders[stage](settings), order.work / stage, stage, order.frames)


def comp(order: Order) -> None:
    """Compose the plate from the renders and draw the roto."""
    from maker.comp import compose_frame
    from maker.roto import draw_roto

    for frame in order.frames:
        compose_frame(order.work, order.out, frame)
    draw_roto(order.out, order.frames[0])


if __name__ == "__main__":
    main()
