"""The pictures of docs/pictures.md, from the bundled shot and its truth, and of docs/timeline.md, from a generated one.

.venv/bin/python docs/make_pictures.py
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from draw_timeline import draw_timeline
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from penumbra.codec import read_picture
from penumbra.color import View, roll_off
from penumbra.color.transfer import srgb_encoded
from penumbra.evaluation import Block, Row, busiest_edge, draw_sheet, over_checkerboard
from penumbra.finishing import bilinear, controlled, estimated_foreground, guided, premultiplied
from penumbra.image import Plate, Window
from penumbra.propagation import Region
from penumbra.shot import DEFAULT_MODEL, Finish
from penumbra.training.crossing import generate_crossings
from penumbra.training.files import write_shot

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from crossing import FIRST_FRAME, FRAMES, FRESH_SEED, LAST_FRAME, matted  # noqa: E402 - found only now

PICTURES = ROOT / "docs" / "pictures"
FRAME = 1012
# Which of the shots of benchmarks/crossing.py is shown: where a second key frame helps neither most nor least.
CROSSING = 8
GROUND, INK, FAINT = (24, 24, 26), (222, 222, 224), (110, 110, 116)
# New backgrounds, scene-linear: a clear sky, and a warm dark room.
SKY, ROOM = np.float32([0.10, 0.32, 0.85]), np.float32([0.05, 0.02, 0.01])

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Frame:
    """A plate of the bundled shot, with the alpha that is true of it."""

    plate: Plate
    alpha_HW: Floats

    @property
    def crop(self) -> tuple[slice, slice]:
        """Where its edge is softest."""
        return busiest_edge(self.alpha_HW, 150, 100)


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    frame = load(FRAME)
    draw_color(PICTURES / "color.png")
    draw_windows(PICTURES / "windows.png", frame)
    draw_edges(PICTURES / "edges.png", frame)
    draw_foreground(PICTURES / "foreground.png", frame)
    draw_premultiplication(PICTURES / "premultiplication.png", frame)
    draw_controls(PICTURES / "controls.png", frame)
    draw_timeline(PICTURES / "timeline.png")
    draw_crossing(PICTURES / "crossing.png")
    for path in sorted(PICTURES.glob("*.png")):
        print(path.relative_to(ROOT))


def load(frame: int) -> Frame:
    plate = read_picture(ROOT / "sample" / "plate" / f"plate.{frame}.exr", ["R", "G", "B"])
    true = read_picture(ROOT / "sample" / "truth" / f"truth.{frame}.exr", ["A"])
    window = plate.header.display_window
    return Frame(Plate(frame, plate.pixels_HWC, window, window, window), true.pixels_HWC[..., 0])


def draw_color(path: Path) -> None:
    """Light from dark to 32 times diffuse white, cut hard and rolled off: as curves, and as it looks."""
    stops = np.linspace(-6, 5, 880, dtype=np.float32)
    light = 2.0**stops
    gray = torch.from_numpy(np.tile(light, (3, 1)))
    cut, rolled = (srgb_encoded(way(gray))[0].numpy() for way in (lambda x: x.clamp(max=1), roll_off))
    sheet = Image.new("RGB", (940, 560), GROUND)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    left, top, height = 40, 34, 240
    draw.text((left, 10), "what the network sees of light (0..1 sRGB)", INK, font)
    for value in (0, 0.5, 1):
        y = top + height - value * height
        draw.line((left, y, left + 880, y), (60, 60, 64))
        draw.text((8, y - 8), f"{value:g}", FAINT, font)
    for stop in range(-6, 6):
        x = left + (stop + 6) / 11 * 880
        draw.line((x, top, x, top + height), (60, 60, 64))
        draw.text((x - 10, top + height + 6), f"{2.0**stop:g}" if stop >= 0 else f"1/{2**-stop}", FAINT, font)
    for values, color in ((cut, (232, 128, 90)), (rolled, (120, 200, 255))):
        points = [(left + index, top + height - float(value) * height) for index, value in enumerate(values)]
        draw.line(points, color, 2)
    draw.text((left + 640, top + height - 60), "scene-linear light, 1 is diffuse white", FAINT, font)
    names = ("cut at 1, channel by channel", "rolled off")
    orange = np.float32([1.0, 0.42, 0.12])[:, None] * light
    top = 320
    for name, way in zip(names, (lambda x: x.clamp(0, 1), roll_off), strict=True):
        shown = srgb_encoded(way(torch.from_numpy(orange.copy()))).numpy().T
        strip = Image.fromarray(np.round(np.tile(shown, (70, 1, 1)) * 255).astype(np.uint8))
        draw.text((left, top), f"orange light, {name}", (232, 128, 90) if "cut" in name else (120, 200, 255), font)
        sheet.paste(strip, (left, top + 20))
        top += 112
    sheet.save(path)


def draw_windows(path: Path, frame: Frame) -> None:
    """A plate with overscan on three sides, and the windows that are spoken of."""
    display, data = Window(0, 0, 480, 270), Window(-40, -24, 500, 318)
    roi = Window(120, 20, 250, 240)
    field = Window(-70, -50, 640, 370)
    shown = View()(channels_first(frame.plate.rgb_HW3)).permute(1, 2, 0).numpy()
    # The bundled plate has no overscan of its own: its border is repeated outward for the picture.
    pad = ((display.y - data.y, data.bottom - display.bottom), (display.x - data.x, max(0, data.right - display.right)))
    wide = np.pad(shown, (*pad, (0, 0)), mode="edge")[:, : data.width]
    sheet = Image.new("RGB", (field.width, field.height), GROUND)
    codes = np.round(wide * 255).astype(np.uint8)
    dark = (codes * 0.45).astype(np.uint8)
    inside = slice(-data.y, -data.y + 270), slice(-data.x, -data.x + 460)
    dark[inside] = codes[inside]
    sheet.paste(Image.fromarray(dark), (data.x - field.x, data.y - field.y))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    boxes = (
        (display, (255, 255, 255), "display window: what the shot shows, and what --window display delivers"),
        (data, (255, 190, 90), "data window: where the file has pixels; darker is overscan"),
        (roi, (120, 220, 140), "--roi: what the network sees"),
    )
    for window, color, text in boxes:
        corner = window.x - field.x, window.y - field.y
        draw.rectangle((*corner, corner[0] + window.width - 1, corner[1] + window.height - 1), outline=color, width=2)
        below = corner[1] + window.height + 2 if window is data else corner[1] + 4
        draw.text((corner[0] + 6, below), text, color, font, stroke_width=2, stroke_fill=(0, 0, 0))
    sheet.save(path)


def draw_edges(path: Path, frame: Frame) -> None:
    """The true alpha at a half and a quarter of its size, and back."""
    crop = busiest_edge(frame.alpha_HW, 100, 70)
    view_3HW = View()(channels_first(frame.plate.rgb_HW3))
    alpha_1HW = torch.from_numpy(frame.alpha_HW.copy())[None]
    window = frame.plate.window
    rows = []
    for name, share in (("half size", 2), ("quarter size", 4)):
        region = Region.of(window, window, 270 // share)
        small, view_3hw = region.shrunk(alpha_1HW), region.shrunk(view_3HW)
        tiles = (
            view_3HW.permute(1, 2, 0).numpy()[crop],
            frame.alpha_HW[crop],
            bilinear(small, region.size)[0].numpy()[crop],
            guided(small, view_3hw, view_3HW)[0].numpy()[crop],
        )
        rows.append(Row(name, tiles))
    heads = ("plate", "true alpha", "bilinear", "guided by the plate")
    draw_sheet(path, "The matte at the plate's size, from what the network saw", [Block(heads, tuple(rows), 3)])


def draw_foreground(path: Path, frame: Frame) -> None:
    estimated = replace(frame.plate, rgb_HW3=estimated_foreground(frame.plate.rgb_HW3, frame.alpha_HW))
    rows = []
    for name, ground in (("sky", SKY), ("room", ROOM)):
        tiles = [
            shown(premultiplied(plate, frame.alpha_HW), lambda rgba, g=ground: over(rgba, g))[frame.crop]
            for plate in (frame.plate, estimated)
        ]
        before = View()(channels_first(frame.plate.rgb_HW3)).permute(1, 2, 0).numpy()[frame.crop]
        rows.append(Row(name, (before, *tiles)))
    heads = ("plate", "source: plate x alpha", "estimated foreground x alpha")
    draw_sheet(path, "The subject before a new background, with its true alpha", [Block(heads, tuple(rows), 2)])


def draw_premultiplication(path: Path, frame: Frame) -> None:
    right = premultiplied(frame.plate, frame.alpha_HW)
    twice = right.copy()
    twice[..., :3] *= right[..., 3:]
    never = np.concatenate([frame.plate.rgb_HW3, frame.alpha_HW[..., None]], axis=2)
    tiles = [shown(rgba, over_checkerboard)[frame.crop] for rgba in (right, twice, never)]
    heads = ("once: right", "twice: dark edges", "not at all: bright edges")
    draw_sheet(path, "Multiplied by alpha", [Block(heads, (Row("", tuple(tiles)),), 2)])


def draw_controls(path: Path, frame: Frame) -> None:
    ways: dict[str, Finish] = {
        "as it is": Finish(),
        "--black-point 0.2 --white-point 0.8": Finish(black_point=0.2, white_point=0.8),
        "--gamma 1.6": Finish(gamma=1.6),
        "--grow 2.5": Finish(grow=2.5),
        "--grow -2.5": Finish(grow=-2.5),
        "--soften 3": Finish(soften=3),
    }
    crop = busiest_edge(frame.alpha_HW, 120, 90)
    tiles = [controlled(frame.alpha_HW, finish)[crop] for finish in ways.values()]
    names = list(ways)
    blocks = [
        Block(tuple(names[first : first + 3]), (Row("", tuple(tiles[first : first + 3])),), 2) for first in (0, 3)
    ]
    draw_sheet(path, "Edge controls", blocks)


def draw_crossing(path: Path) -> None:
    """Two subjects of the same look cross: mattes from one key frame, and from two."""
    frames = (1001, 1007, 1010, 1012, 1015, 1018, 1021, 1024)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_shot(folder, generate_crossings(FRESH_SEED + CROSSING - 1, 1, FRAMES, 96, 160))
        one, two = (matted(folder, DEFAULT_MODEL, keys) for keys in ((FIRST_FRAME,), (FIRST_FRAME, LAST_FRAME)))

        def plate(frame: int) -> Floats:
            rgb_HW3 = read_picture(folder / f"plate.{frame}.exr").pixels_HWC
            return View()(channels_first(rgb_HW3)).permute(1, 2, 0).numpy()

        def true(frame: int) -> Floats:
            return read_picture(folder / f"true.{frame}.exr").pixels_HWC[..., 0]

        kinds = {"plate": plate, "truth": true, "a key frame at 1001": one, "and one at 1024": two}
        rows = [Row(title, tuple(kind(frame) for frame in frames)) for title, kind in kinds.items()]
    draw_sheet(path, "Two subjects of the same look cross", [Block(tuple(map(str, frames)), tuple(rows), 1)])


def over(rgba_HW4: Floats, ground: Floats) -> Floats:
    return rgba_HW4[..., :3] + (1 - rgba_HW4[..., 3:]) * ground


def shown(rgba_HW4: Floats, laid: Callable[[Floats], Floats]) -> Floats:
    result: Floats = View()(channels_first(laid(rgba_HW4))).permute(1, 2, 0).numpy()
    return result


def channels_first(picture_HWC: Floats) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture_HWC)).permute(2, 0, 1)


if __name__ == "__main__":
    main()
