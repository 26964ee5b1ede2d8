"""Makes Penumbra.gizmo: the node, as text that Nuke reads.

.venv/bin/python gizmos/make_gizmo.py

Choices and defaults of the settings come from the shot's own records, so that node and shot files cannot drift apart.
The file's root is a Group: a script that holds it opens and renders where Penumbra is not installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from penumbra.shot.delivery import PIXEL_TYPES, WINDOWS
from penumbra.shot.finish import FOREGROUNDS, Finish
from penumbra.shot.settings import DIRECTIONS, EDGES, Settings

GIZMO = Path(__file__).with_name("Penumbra.gizmo")
# Raised when the node's knobs or its inside change; a node of another version is told of on opening.
LAYOUT = 1

TAB, TEXT, BUTTON, LINES = 20, 26, 22, 28
STRING, FILE, INT, CHOICE, CHECK, NUMBER, BOX = 1, 2, 3, 4, 6, 7, 15

OUTPUTS = ("premultiplied", "plate with alpha", "plate premultiplied", "status overlay")
# As the Read calls them, in its order: the choice is handed to it by its number.
MISSING = ("error", "black", "checkerboard", "nearest frame")
DEVICES = ("cpu", "cuda", "mps")
# Until there is a matte, the Read looks for a file whose name says what to do.
NO_RESULT = "press_Matte_to_make_this.%04d.exr"
HELP = "Penumbra: a finished matte from one roto shape. Connect plate and mask, key a frame, press Matte."
MISSING_PLUGIN = "Penumbra is not installed in this Nuke. What is made shows as it is; to make more, see docs/nuke.md."

SETTINGS, FINISH = Settings(), Finish()


@dataclass(frozen=True)
class Knob:
    """A knob of the node. `more` is what its type needs, as Tcl; `value` is set where it is not the type's own."""

    type: int
    name: str
    label: str = ""
    tooltip: str = ""
    more: str = ""
    value: str | None = None

    def lines(self) -> Iterator[str]:
        """Its declaration, and its value."""
        parts = [str(self.type), self.name or '""']
        if self.label:
            parts += ["l", quoted(self.label)]
        if self.tooltip:
            parts += ["t", quoted(self.tooltip)]
        if self.more:
            parts.append(self.more)
        yield f" addUserKnob {{{' '.join(parts)}}}"
        if self.value is not None:
            yield f" {self.name} {self.value}"


def quoted(text: str) -> str:
    """Text as Nuke saves it."""
    for letter in '\\"[${}':
        text = text.replace(letter, "\\" + letter)
    return '"' + text.replace("\n", "\\n") + '"'


def choice(name: str, label: str, items: tuple[str, ...], default: str, tooltip: str, more: str = "") -> Knob:
    """One of several words."""
    listed = " ".join(quoted(item) if " " in item else item for item in items)
    value = None if default == items[0] else quoted(default) if " " in default else default
    return Knob(CHOICE, name, label, tooltip, f"M {{{listed}}} {more}".strip(), value)


def number(name: str, label: str, default: float, span: tuple[float, float], tooltip: str, type: int = NUMBER) -> Knob:
    """A number with a slider over its useful span."""
    return Knob(type, name, label, tooltip, f"R {span[0]:g} {span[1]:g}", f"{default:g}" if default else None)


def check(name: str, label: str, tooltip: str) -> Knob:
    """A box to tick, on a row of its own."""
    return Knob(CHECK, name, label, tooltip, "+STARTLINE")


def button(name: str, label: str, tooltip: str, *, row: bool = False) -> Knob:
    """A button. All that it does is in `penumbra_nuke.actions`: text in a knob is frozen into every saved script."""
    script = (
        "try:\n"
        "    from penumbra_nuke import actions\n"
        "except ImportError:\n"
        f"    nuke.message({MISSING_PLUGIN!r})\n"
        "else:\n"
        f"    actions.{name}(nuke.thisNode())"
    )
    return Knob(BUTTON, name, label, tooltip, f"T {quoted(script)} {'+' if row else '-'}STARTLINE")


def group(name: str, label: str, *knobs: Knob) -> tuple[Knob, ...]:
    """Knobs that can be folded away."""
    return Knob(TAB, name, label, "", "n 1"), *knobs, Knob(TAB, f"end_{name}", "", "", "n -1")


def hidden(name: str, type: int, value: str | None) -> Knob:
    """What the node knows about itself."""
    return Knob(type, name, "", "", "+INVISIBLE", value)


def divider() -> Knob:
    """A line across."""
    return Knob(TEXT, "", "", "", "+STARTLINE")


def knobs() -> Iterator[Knob]:
    """In the order of an artist's work."""
    yield Knob(TAB, "penumbra", "Penumbra")
    yield from key_frames()
    yield divider()
    yield from what()
    yield divider()
    yield from where()
    yield divider()
    yield from work()
    yield hidden("pen_marker", STRING, "penumbra")
    yield hidden("pen_layout", INT, str(LAYOUT))
    yield hidden("pen_uid", STRING, None)
    yield hidden("result", STRING, NO_RESULT)
    yield hidden("frame_state", NUMBER, None)


def key_frames() -> Iterator[Knob]:
    """Where the artist says what is matte."""
    yield Knob(
        LINES,
        "key_frames",
        "key frames",
        "One key frame a line: its frame, its kind, its mask.\n\n"
        "guide: a roto shape, whose edge is refined.\napproved: a finished matte, delivered as it is.\n\n"
        "Lines may be edited and deleted. A mask's name starts at the cache folder; any EXR file will do.",
        "+STARTLINE",
    )
    yield button(
        "key_this_frame",
        "Key this frame",
        "Keep the mask input's alpha on this frame as a guide: a roto shape, whose edge is refined.",
        row=True,
    )
    yield button(
        "approve",
        "Approve",
        "Keep the mask input's alpha on this frame as a finished matte: delivered exactly as it is, and remembered.",
    )
    yield button("remove_key", "Remove", "Take this frame's key frame away. Its mask stays on disk.")
    yield button("previous_key", "<", "Go to the key frame before.")
    yield button("next_key", ">", "Go to the next key frame.")


def what() -> Iterator[Knob]:
    """What the shot says, but for key frames."""
    yield Knob(INT, "first", "frame range", "The first frame to matte. Both ends belong to the range.", "", "1")
    yield Knob(INT, "last", "", "The last frame to matte.", "-STARTLINE", "100")
    yield button("range_from_plate", "From plate", "Take the range of the plate input.")
    yield Knob(
        STRING,
        "model",
        "model",
        "A registered model's name (penumbra models list), or a model's file (.safetensors, .pth).",
        "",
        SETTINGS.model,
    )
    yield number(
        "process_size",
        "process size",
        SETTINGS.process_size,
        (256, 2160),
        "The short side, in pixels, of what the network sees. Smaller is quicker; the matte has the plate's size.",
        INT,
    )
    yield choice(
        "roi",
        "region of interest",
        ("none", "mask", "box"),
        SETTINGS.roi,
        "What the network sees of the plate.\nnone: all of it\nmask: where the subject goes, found by a quick look\n"
        "box: the box below\n\nA subject that is small in the frame becomes sharper, or quicker.",
    )
    yield Knob(BOX, "roi_box", "box", "The region of interest, where box is chosen above.", "+STARTLINE", "{0 0 0 0}")
    yield from group("edges_group", "edges", *edges())
    yield choice(
        "foreground",
        "foreground",
        FOREGROUNDS,
        FINISH.foreground,
        "The color that goes with the alpha.\nsource: the plate's\nestimated: the subject's, without the background "
        "that shines through soft edges",
    )
    yield from group("more_group", "more", *more())


def edges() -> Iterator[Knob]:
    """The artist's last word on the alpha."""
    yield choice(
        "edges", "edges", EDGES, SETTINGS.edges, "How the alpha comes to the plate's size: guided by it, or plainly."
    )
    yield number("black_point", "black point", FINISH.black_point, (0, 1), "The alpha that becomes 0.")
    yield number("white_point", "white point", FINISH.white_point, (0, 1), "The alpha that becomes 1.")
    yield number("gamma", "gamma", FINISH.gamma, (0.2, 5), "Above 1 brightens the middle, as in a Grade.")
    yield number("grow", "grow", FINISH.grow, (-20, 20), "Pixels by which the edge moves outward; negative shrinks.")
    yield number("soften", "soften", FINISH.soften, (0, 20), "Pixels by which the edge is blurred.")
    yield number("fill_holes", "fill holes", FINISH.fill_holes, (0, 1000), "Holes of up to so many pixels close.", INT)
    yield number("drop_specks", "drop specks", FINISH.drop_specks, (0, 1000), "Specks of up to so many pixels go.", INT)


def more() -> Iterator[Knob]:
    """What is seldom touched."""
    yield choice(
        "direction",
        "direction",
        DIRECTIONS,
        SETTINGS.direction,
        "Where the frames between two key frames are made from: both, the earlier (forward), the later (backward).",
    )
    yield check("across_cuts", "follow across cuts", "Take a cut in the plate for motion like any other.")
    yield number("exposure", "exposure", 0, (-6, 6), "Stops by which the network sees the plate brighter.")
    yield check("auto_exposure", "auto exposure", "Measure the exposure on the first key frame.")
    yield choice("pixel_type", "datatype", PIXEL_TYPES, "half", "Of the mattes: 16 bit half or 32 bit float.")
    # Not `window`: a Group has a knob of that name already.
    yield choice("matte_window", "pixels in", WINDOWS, "display", "Which window of the plate the mattes fill.")
    yield choice("device", "device", DEVICES, "cpu", "Where the network runs. It does not belong to the shot.")
    yield Knob(
        STRING,
        "colorspace",
        "plate colorspace",
        "What the plate's numbers mean, where that is not the script's working space. Empty: as the script says.",
    )


def where() -> Iterator[Knob]:
    """What comes out, and where it lies."""
    yield choice(
        "output",
        "output",
        OUTPUTS,
        OUTPUTS[0],
        "premultiplied: RGBA as it was delivered\nplate with alpha: the plate's stream, its alpha replaced\n"
        "plate premultiplied: the same, multiplied\nstatus overlay: the matte over the plate, blue where it is up to "
        "date, orange where it is stale, pink where two passes disagree",
    )
    yield choice(
        "missing_in_viewer", "missing: in the viewer", MISSING, "checkerboard", "What a frame without a matte shows."
    )
    yield choice(
        "missing_in_renders",
        "in renders",
        MISSING,
        "error",
        "What a frame without a matte does to a render.",
        "-STARTLINE",
    )
    yield Knob(
        FILE,
        "cache",
        "cache folder",
        "Where masks, mattes and memory lie. The script's own folder by default, so that they move along with it, and "
        "farm and colleagues find them.",
        "",
        quoted("[file dirname [value root.name]]/penumbra"),
    )
    yield button("show_cache", "Show", "Open this node's folder.")


def work() -> Iterator[Knob]:
    """Buttons, and how it goes."""
    yield button(
        "matte",
        "Matte",
        "Make the mattes of the whole range. Goes on in the background; what is up to date is left as it is.",
        row=True,
    )
    yield button(
        "update", "Update", "Make what a changed key frame, setting or plate has made stale. The same as Matte."
    )
    yield button("this_frame", "This frame", "Make this frame's matte first.")
    yield button("cancel", "Cancel", "Stop. Finished frames stay, and the next run goes on from there.")
    yield Knob(TEXT, "status", "status", "", "+STARTLINE +DO_NOT_WRITE", quoted(" "))
    yield button("save_shot", "Save shot", "Write this node's shot file, without making a matte.", row=True)
    yield button(
        "copy_command", "Copy farm command", "Put the command line that makes the same mattes on the clipboard."
    )
    yield button("submit", "Submit", "Hand the shot to the farm.")
    yield button("show_panel", "Panel", "Show all jobs, their key frames, and what this machine has.")
    yield button(
        "remove_versions", "Remove old versions", "Delete the versions of the mattes that this node does not show."
    )


# Color of the overlay, scene-linear, by what `frame_state` says: 0 not known, 1 done, 2 stale, 3 the passes disagree.
# The panel's colors, which people with any eyes can tell apart.
OVERLAY = ((0.2, 0.2, 0.2), (0.093, 0.456, 0.815), (0.791, 0.347, 0.0), (0.604, 0.191, 0.386))


def overlay_color() -> str:
    """The Constant's color: an expression for each channel, and alpha."""
    channels = []
    for unknown, done, stale, disagreeing in zip(*OVERLAY, strict=True):
        state = "parent.frame_state"
        channels.append(f"{state}==1 ? {done:g} : {state}==2 ? {stale:g} : {state}==3 ? {disagreeing:g} : {unknown:g}")
    return " ".join(f'{{"{channel}"}}' for channel in channels) + " 1"


# A render out of a Nuke with windows is a render, too.
ON_ERROR = r"\$gui && !\[python \{int(nuke.executing())\}] ? parent.missing_in_viewer : parent.missing_in_renders"

INSIDE = f"""\
 Input {{
  inputs 0
  name mask
  xpos 200
  ypos -200
  number 1
 }}
 Input {{
  inputs 0
  name plate
  xpos 0
  ypos -200
 }}
set plate [stack 0]
 Read {{
  inputs 0
  file_type exr
  file "\\[value parent.cache]/\\[value parent.result]"
  first {{{{parent.first}}}}
  last {{{{parent.last}}}}
  origfirst {{{{parent.first}}}}
  origlast {{{{parent.last}}}}
  origset true
  on_error {{{{"{ON_ERROR}"}}}}
  localizationPolicy off
  raw true
  name Result
  xpos -200
  ypos -100
 }}
set result [stack 0]
 Constant {{
  inputs 0
  color {{{overlay_color()}}}
  name StatusColor
  xpos 300
  ypos -100
 }}
set color [stack 0]
push $result
push $color
push $plate
 Keymix {{
  inputs 3
  channels rgb
  mix 0.5
  name StatusOverlay
  xpos 200
  ypos 0
 }}
set overlay [stack 0]
push $result
push $plate
 Copy {{
  inputs 2
  from0 rgba.alpha
  to0 rgba.alpha
  name PlateWithAlpha
  xpos 0
  ypos 0
 }}
set with_alpha [stack 0]
 Premult {{
  name PlatePremultiplied
  xpos 0
  ypos 60
 }}
set premultiplied [stack 0]
push $overlay
push $premultiplied
push $with_alpha
push $result
 Switch {{
  inputs 4
  which {{{{parent.output}}}}
  name Choice
  xpos -100
  ypos 150
 }}
 Output {{
  name Output1
  xpos -100
  ypos 250
 }}
end_group
"""


def text() -> str:
    """The whole file."""
    head = [
        "Group {",
        " inputs 0",
        f" help {quoted(HELP)}",
        " tile_color 0x3a3f52ff",
        " icon penumbra.png",
        " name Penumbra1",
    ]
    body = [line for knob in knobs() for line in knob.lines()]
    return "\n".join([*head, *body, "}", INSIDE])


if __name__ == "__main__":
    GIZMO.write_text(text(), encoding="utf-8", newline="\n")
    print(f"{GIZMO.name}: {len(text())} characters")
