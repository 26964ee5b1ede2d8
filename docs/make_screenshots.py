"""The pictures of the panel in docs/nuke.md: the real window with the real worker on the bundled shot.

On Debian and its kin:

    apt-get install xvfb libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0
    .venv/bin/python docs/make_screenshots.py

It starts a display of its own for every picture, and takes some minutes, for the mattes are really made.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

import penumbra
from penumbra.panel import theme
from penumbra.shot import Delivery, FrameRange, KeyFrame, Shot

if TYPE_CHECKING:
    from penumbra.desk import Desk, Order
    from penumbra.panel.window import Window

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
SAMPLE = ROOT / "sample"
# Width and height in pixels of the window, scale of the display, and what is shown.
DOCKED, WHOLE = (400, 800), (1280, 800)
SHOTS = {
    "panel_docked": (DOCKED, 1, "running"),
    "panel_docked_2x": (DOCKED, 2, "stale"),
    "panel": (WHOLE, 1, "running"),
    "panel_2x": (WHOLE, 2, "stale"),
}
# Colors that a reader has to recognize.
MEANT = (theme.GROUND, theme.SUNKEN, theme.INK, theme.QUIET, theme.WORK, theme.CARE, theme.FAULT, theme.KEY,
         theme.DISAGREEMENT, "#5c4710", "#ffffff")  # fmt: skip
# Seconds until a picture is given up.
PATIENCE = 600
# What the first run makes of the first shot, and its key frames; the last one is added after that run.
HERO = "sh010_creature"
FIRST_RUN = FrameRange(1001, 1032)
GUIDE, APPROVED, ADDED = 1001, 1020, 1028


def main() -> None:
    parser = argparse.ArgumentParser(description="Make docs/pictures/panel*.png.")
    parser.add_argument("--only", choices=SHOTS, help="this picture alone")
    parser.add_argument("--inside", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        show(given.inside[0], Path(given.inside[1]))
        return
    with tempfile.TemporaryDirectory(prefix="shots-") as scratch:
        for name in [given.only] if given.only else SHOTS:
            folder = Path(scratch) / name
            prepare(folder)
            picture(name, folder)


def order(
    folder: Path, name: str, guides: Sequence[int], frames: FrameRange | None, approved: Sequence[int] = ()
) -> Shot:
    """A shot file of the sample's plate. Its truth serves as masks and as approved mattes."""
    keys = [(frame, kind) for kind, numbers in (("guide", guides), ("approved", approved)) for frame in numbers]
    shot = Shot(
        plate=folder / "plate" / "plate.####.exr",
        key_frames=tuple(KeyFrame(frame, folder / "roto" / f"truth.{frame}.exr", kind=kind) for frame, kind in keys),
        frames=frames,
        delivery=Delivery(folder / name / "matte.####.exr"),
    )
    shot.save(folder / f"{name}.json")
    return shot


def prepare(folder: Path) -> None:
    """A shot that was run for most of its frames, and then got a key frame more; and two that were not run."""
    folder.mkdir(parents=True)
    (folder / "plate").symlink_to(SAMPLE / "plate")
    (folder / "roto").symlink_to(SAMPLE / "truth")
    for _ in penumbra.run(order(folder, HERO, [GUIDE], None, [APPROVED]), only=FIRST_RUN):
        pass
    order(folder, HERO, [GUIDE, ADDED], None, [APPROVED])
    order(folder, "sh020_creature_turns", [1012], FrameRange(1010, 1018))
    order(folder, "sh030_creature_waves", [1030], FrameRange(1022, 1036))


def picture(name: str, folder: Path) -> None:
    """Have the window shown, by a process of its own: Qt takes the display's scale when it starts."""
    size, scale, _ = SHOTS[name]
    screen = f"{size[0] * scale + 200}x{size[1] * scale + 200}x24"
    inside = [sys.executable, str(Path(__file__).resolve()), "--inside", name, str(folder)]
    environment = os.environ | {"QT_SCALE_FACTOR": str(scale), "QT_QPA_PLATFORM": "xcb", "OMP_NUM_THREADS": "2"}
    subprocess.run(["xvfb-run", "-a", "-s", f"-screen 0 {screen}", *inside], env=environment, check=True)
    shrink(PICTURES / f"{name}.png")


def shrink(file: Path) -> None:
    """Few colors are enough for a window, and a small file for a repository. Those with a meaning stay as they are."""
    with Image.open(file) as image:
        picture = image.convert("RGB")
    meant = [*bytes.fromhex("".join(name[1:] for name in MEANT))]
    common = picture.quantize(256 - len(MEANT), method=Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette(meant + common[: 3 * (256 - len(MEANT))])
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(file, optimize=True)


def show(name: str, folder: Path) -> None:
    """In the process with the display: open the window, make what is to be seen, and keep it."""
    from PySide6.QtWidgets import QApplication

    from penumbra.cli.commands.ui import order_of, start
    from penumbra.desk import Desk
    from penumbra.panel.window import Window

    size, _, scene = SHOTS[name]
    application = QApplication(["penumbra"])
    application.setStyle("Fusion")
    desk = Desk(start)
    window = Window(desk, order_of)
    window.resize(*size)
    window.show()
    orders = [order_of(file) for file in sorted(folder.glob("*.json"))]
    for each in orders:
        window.panel.offer(each)
    window.panel.select(orders[0])

    def wait(until: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not until():
            assert time.monotonic() < end, f"{name} took too long"
            application.processEvents()
            time.sleep(0.02)

    wait(lambda: window.panel.detail.strip.timeline.counts)
    if scene == "stale":
        stale(window)
    else:
        running(desk, orders, wait)
    settled = time.monotonic() + 1
    wait(lambda: time.monotonic() > settled)
    assert window.grab().save(str(PICTURES / f"{name}.png"))
    window.close()


def stale(window: Window) -> None:
    """Before anything is ordered; a stale frame is looked at over the checkerboard."""
    window.panel.detail.viewer.pick("over")
    window.panel.detail.strip.pick(ADDED - 2)


def running(desk: Desk, orders: Sequence[Order], wait: Callable[[Callable[[], bool]], None]) -> None:
    """One shot is done, one running, one waiting."""
    done, hero = desk.matte(orders[1], "1011-1013"), desk.matte(orders[0])
    desk.matte(orders[2])
    wait(lambda: len(hero.frames) >= 2 or not hero.active)
    assert done.state == "done", done.faults
    assert hero.state == "running", hero.faults


if __name__ == "__main__":
    main()
