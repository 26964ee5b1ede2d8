"""addUserKnob lines: read, checked, and written (facts 2.4)."""

from __future__ import annotations

from typing import Any

from tests.nuke_host.knobs import arrays, choices, texts
from tests.nuke_host.knobs.base import FILE_FLAGS, Knob
from tests.nuke_host.session import HostError
from tests.nuke_host.tcl import quoted, split

# A text input may evaluate Tcl or not [?]: the stricter of the two.
TYPES: dict[str, Any] = {
    "1": texts.EvalString_Knob,
    "2": texts.File_Knob,
    "3": arrays.Int_Knob,
    "4": choices.Enumeration_Knob,
    "6": arrays.Boolean_Knob,
    "7": arrays.Double_Knob,
    "10": choices.ChannelMask_Knob,
    "11": choices.Channel_Knob,
    "12": arrays.XY_Knob,
    "13": arrays.XYZ_Knob,
    "14": arrays.WH_Knob,
    "15": arrays.BBox_Knob,
    "17": choices.Format_Knob,
    "18": arrays.Color_Knob,
    "19": arrays.AColor_Knob,
    "20": texts.Tab_Knob,
    "22": texts.PyScript_Knob,
    "26": texts.Text_Knob,
    "28": texts.MultilineString,
    "32": texts.Script_Knob,
    "41": choices.Link_Knob,
    "43": texts.Multiline_Eval_String_Knob,
    "47": choices.Pulldown_Knob,
    "52": texts.PyCustom_Knob,
    "83": choices.Radio_Knob,
}
_MENUS = ("4", "47", "83")
_WITH_TEXT = ("22", "26", "32", "41", "52")


def read_user_knob(text: str, where: str) -> Knob:
    """A knob from what stands in the braces of an addUserKnob line.

    Raises:
        HostError: an unknown type, option or flag; a menu without items.
    """
    words = split(text, f"{where}: addUserKnob")
    if len(words) < 2 or words[0] not in TYPES:
        raise HostError(f"{where}: addUserKnob {text!r}: expected a known type and a name")
    options, flags = _options(words[2:], f"{where}.{words[1]}")
    knob = _make(words[0], words[1], options, f"{where}.{words[1]}")
    knob._tooltip = options.get("t", "")
    for sign, flag in flags:
        knob._flags = knob._flags | FILE_FLAGS[flag] if sign == "+" else knob._flags & ~FILE_FLAGS[flag]
    knob._user = True
    return knob


def _options(words: list[str], where: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    options, flags, rest = {}, [], list(words)
    while rest:
        word = rest.pop(0)
        if word[:1] in ("+", "-") and word[1:] in FILE_FLAGS:
            flags.append((word[0], word[1:]))
        elif word == "R" and len(rest) > 1:
            options["R"] = f"{float(rest.pop(0)):g} {float(rest.pop(0)):g}"
        elif word in ("l", "t", "T", "M", "n") and rest:
            options[word] = rest.pop(0)
        else:
            raise HostError(f"{where}: addUserKnob does not know {word!r}, or lacks its value")
    return options, flags


def _make(code: str, name: str, options: dict[str, str], where: str) -> Knob:
    kind, label = TYPES[code], options.get("l")
    if (
        (code in _MENUS) != ("M" in options)
        or ("T" in options and code not in _WITH_TEXT)
        or ("n" in options and code != "20")
    ):
        raise HostError(f"{where}: options {sorted(options)} do not fit a {kind.__name__}")
    knob: Knob
    if code in _MENUS:
        knob = kind(name, label, split(options["M"], where))
    elif code == "20":
        knob = kind(name, label, int(options.get("n", "0")))
    elif code in _WITH_TEXT:
        knob = kind(name, label, options.get("T", ""))
    else:
        knob = kind(name, label)
    knob._range = options.get("R", "")
    knob._default = knob._script()
    return knob


def user_knob_line(knob: Any) -> str:
    """` addUserKnob {…}`."""
    code = next((code for code, kind in TYPES.items() if kind is type(knob)), str(knob._code))
    words = [code, quoted(knob._name)]
    if knob._label is not None:
        words += ["l", quoted(knob._label)]
    if knob._tooltip:
        words += ["t", quoted(knob._tooltip)]
    if code in _WITH_TEXT and (knob._target if code == "41" else knob._text):
        words += ["T", quoted(knob._target if code == "41" else knob._text)]
    if code in _MENUS:
        words += ["M", "{" + " ".join(quoted(item) for item in knob._written) + "}"]
    if knob._range:
        words += ["R", knob._range]
    if code == "20" and knob._group:
        words += ["n", str(knob._group)]
    return " addUserKnob {" + " ".join(words + _flag_words(knob)) + "}"


def _flag_words(knob: Any) -> list[str]:
    plain = FILE_FLAGS["STARTLINE"] if knob._new_row else 0
    changed = [(name, bit) for name, bit in FILE_FLAGS.items() if (knob._flags ^ plain) & bit]
    return [("+" if knob._flags & bit else "-") + name for name, bit in changed]


def has_value(knob: Any) -> bool:
    """Whether its value stands on a line of its own."""
    return not isinstance(knob, (texts.Tab_Knob, texts.PyScript_Knob, texts.Text_Knob, choices.Link_Knob))
