"""The picture of the timeline in docs/timeline.md, from the plan that the engine itself makes."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from penumbra.engine.plan import Gap, gaps, scenes
from penumbra.propagation import ramp
from penumbra.shot import FrameRange

GROUND, INK, FAINT, LINE = (24, 24, 26), (222, 222, 224), (128, 128, 134), (58, 58, 62)
FORWARD, BACKWARD = (240, 170, 70), (90, 160, 240)
GUIDE, APPROVED, CUT = (240, 240, 240), (110, 210, 130), (230, 80, 80)

FRAMES = FrameRange(1001, 1060)
KEYS = {1010: "guide", 1026: "approved", 1038: "guide", 1054: "guide"}
CUTS = (1048,)
WIDTH, HEIGHT = 1240, 330
LEFT, FRAME = 150, 17.5
KEY_ROW, FORWARD_ROW, BACKWARD_ROW, MIX_TOP, MIX_BOTTOM = 64, 112, 148, 186, 262


def draw_timeline(path: Path) -> None:
    """Key frames, the passes between them, and how much each pass counts on every frame."""
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    draw = ImageDraw.Draw(image)
    text, small = ImageFont.load_default(15), ImageFont.load_default(13)
    for row, name in (
        (KEY_ROW, "key frames"),
        (FORWARD_ROW, "forward passes"),
        (BACKWARD_ROW, "backward passes"),
        ((MIX_TOP + MIX_BOTTOM) // 2, "share in the matte"),
    ):
        draw.text((LEFT - 14, row), name, FAINT, text, anchor="rm")
    for frame in FRAMES:
        if frame % 10 == 1:
            draw.line((at(frame), 34, at(frame), MIX_BOTTOM), LINE)
            draw.text((at(frame), 22), str(frame), FAINT, small, anchor="mm")
    for scene in scenes(FRAMES, CUTS):
        for gap in gaps(KEYS, scene):
            draw_gap(draw, gap)
    for cut in CUTS:
        place = at(cut + 0.5)
        draw.line((place, 34, place, MIX_BOTTOM), CUT, 2)
        draw.text((place, MIX_BOTTOM + 12), "cut", CUT, small, anchor="mm")
    for frame, kind in KEYS.items():
        draw_key(draw, frame, kind, small)
    draw_legend(draw, small)
    image.save(path, optimize=True)


def at(frame: float) -> float:
    """The middle of a frame, in pixels from the left."""
    return LEFT + (frame - FRAMES.first) * FRAME


def draw_gap(draw: ImageDraw.ImageDraw, gap: Gap) -> None:
    for run in gap.passes():
        forward = run.direction == "forward"
        row, color = (FORWARD_ROW, FORWARD) if forward else (BACKWARD_ROW, BACKWARD)
        begin, end = at(run.key), at(run.frames[-1])
        if begin != end:
            tip = 6 if forward else -6
            draw.line((begin, row, end - tip, row), color, 3)
            draw.polygon([(end + tip / 2, row), (end - tip, row - 6), (end - tip, row + 6)], color)
        for frame in run.frames:
            share = 1.0
            if gap.left is not None and gap.right is not None and frame != gap.left:
                share = 1 - ramp(gap.place(frame)) if forward else ramp(gap.place(frame))
            draw_share(draw, frame, share, color, from_below=forward)


def draw_share(
    draw: ImageDraw.ImageDraw, frame: int, share: float, color: tuple[int, int, int], from_below: bool
) -> None:
    length = share * (MIX_BOTTOM - MIX_TOP)
    top, bottom = (MIX_BOTTOM - length, MIX_BOTTOM) if from_below else (MIX_TOP, MIX_TOP + length)
    if length >= 1:
        draw.rectangle((at(frame) - FRAME / 2 + 1, top, at(frame) + FRAME / 2 - 1, bottom), color)


def draw_key(
    draw: ImageDraw.ImageDraw, frame: int, kind: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> None:
    place, size = at(frame), 8
    if kind == "approved":
        draw.rectangle((place - size, KEY_ROW - size, place + size, KEY_ROW + size), APPROVED)
        draw.rectangle((place - FRAME / 2 + 1, MIX_TOP, place + FRAME / 2 - 1, MIX_BOTTOM), APPROVED)
    else:
        corners = [(place, KEY_ROW - size), (place + size, KEY_ROW), (place, KEY_ROW + size), (place - size, KEY_ROW)]
        draw.polygon(corners, GUIDE)
    draw.text((place, KEY_ROW + 20), str(frame), INK, font, anchor="mm")


def draw_legend(draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> None:
    texts = (
        (GUIDE, "guide: a roto mask, refined"),
        (APPROVED, "approved: delivered as it is"),
        (FORWARD, "followed forward"),
        (BACKWARD, "followed backward"),
        (CUT, "never followed across"),
    )
    place = LEFT
    for color, text in texts:
        draw.rectangle((place, HEIGHT - 32, place + 12, HEIGHT - 20), color)
        draw.text((place + 20, HEIGHT - 26), text, INK, font, anchor="lm")
        place += 50 + round(draw.textlength(text, font))
