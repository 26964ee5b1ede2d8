"""The `nuke` module itself: names of the white list, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from tests.nuke_host import build, formats, group, menus, node, threads, undo, viewer
from tests.nuke_host.frame_range import FrameRange, FrameRanges
from tests.nuke_host.functions import FUNCTIONS, current_group
from tests.nuke_host.knobs import arrays, base, choices, texts
from tests.nuke_host.session import Session, session
from tests.nuke_host.white_list import CLASSES

CONSTANTS = {
    "STARTLINE": 0x1000,
    "ENDLINE": 0x2000,
    "INVISIBLE": 0x400,
    "DO_NOT_WRITE": 0x200,
    "DISABLED": 0x80,
    "NO_ANIMATION": 0x100,
    "NO_UNDO": 0x80000,
    "KNOB_CHANGED_RECURSIVE": 0x8000000,
    "ALWAYS_SAVE": 0x100000,
    "READ_ONLY": 0x10000000,
    "NO_MULTIVIEW": 0x40000000,
    "TABKNOB": 0,
    "TABBEGINGROUP": 1,
    "TABBEGINCLOSEDGROUP": 2,
    "TABENDGROUP": -1,
    "TO_SCRIPT": 1,
    "TO_VALUE": 2,
    "WRITE_USER_KNOB_DEFS": 4,
    "WRITE_ALL": 8,
    "WRITE_NON_DEFAULT_ONLY": 16,
    "INPUTS": 2,
    "HIDDEN_INPUTS": 4,
    "EXPRESSIONS": 1,
}
_KNOBS = [
    *(base.Knob, arrays.Array_Knob, arrays.Double_Knob, arrays.Int_Knob, arrays.Unsigned_Knob, arrays.ColorChip_Knob),
    *(arrays.Boolean_Knob, arrays.Disable_Knob, arrays.WH_Knob, arrays.XY_Knob, arrays.XYZ_Knob, arrays.BBox_Knob),
    *(arrays.Color_Knob, arrays.AColor_Knob, choices.Enumeration_Knob, choices.Radio_Knob, choices.Pulldown_Knob),
    *(choices.Channel_Knob, choices.ChannelMask_Knob, choices.MultiView_Knob, choices.Format_Knob, choices.Link_Knob),
    *(texts.String_Knob, texts.EvalString_Knob, texts.Multiline_Eval_String_Knob, texts.File_Knob, texts.Script_Knob),
    *(texts.PyScript_Knob, texts.PyCustom_Knob, texts.Text_Knob, texts.Tab_Knob),
]
_CLASSES = [
    *_KNOBS,
    node.Node,
    group.Group,
    group.Root,
    formats.Format,
    FrameRange,
    FrameRanges,
    undo.Undo,
    threads.ProgressTask,
    menus.Menu,
    menus.MenuItem,
    menus.ToolBar,
    viewer.ViewerWindow,
]
ANY_THREAD = ("executeInMainThread", "executeInMainThreadWithResult", "tprint", "debug")


class CancelledError(Exception):
    """`nuke.CancelledError`."""


class NukeModule(ModuleType):
    """A name that is not here is missing, as a misspelt one is in Nuke; nothing can be put here."""

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("__"):
            super().__setattr__(name, value)
        else:
            session().violate(f"nuke.{name} = ...: a plugin has no names of its own in this module")


class Nodes:
    """`nuke.nodes.Class(knob=value)`: beside the selection, no panel, no user creation."""

    def __getattr__(self, cls: str) -> Callable[..., Any]:
        if cls.startswith("__"):
            raise AttributeError(cls)

        def create(**knobs: Any) -> Any:
            host = session()
            host.assert_main(f"nuke.nodes.{cls}")
            if cls not in CLASSES:
                raise AttributeError(f"nuke.nodes has no {cls}")
            inputs = knobs.pop("inputs", ())
            with host.undo.group(f"Create {cls}"):
                made = build.make(cls, current_group(), knobs.pop("name", ""))
                build.adopt([made], user=False)
                for at, other in enumerate(inputs):
                    made.setInput(at, other)
                for key, value in knobs.items():
                    made[key].setValue(value)
            return made

        return create


class Environment(dict[str, Any]):
    """`nuke.env`; only names that a real one has."""


def make_module(host: Session, callbacks: Any) -> NukeModule:
    """The module for `sys.modules["nuke"]`."""
    made = NukeModule("nuke", "A strict fake of Nuke for tests.")
    names = dict(CONSTANTS) | {cls.__name__: cls for cls in _CLASSES} | _facts(host)
    names |= {"nodes": Nodes(), "CancelledError": CancelledError, "callbacks": callbacks}
    functions = FUNCTIONS | host.callbacks.functions()
    names |= {name: call if name in ANY_THREAD else _guarded(name, call) for name, call in functions.items()}
    for name, value in names.items():
        ModuleType.__setattr__(made, name, value)
    return made


def _guarded(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(*args: Any, **kwargs: Any) -> Any:
        session().assert_main(f"nuke.{name}")
        return call(*args, **kwargs)

    guarded.__name__ = name
    return guarded


def _facts(host: Session) -> dict[str, Any]:
    major, minor, release = host.version
    text = f"{major}.{minor}v{release}"
    executable = (host.folder / f"Nuke{text}" / f"Nuke{major}.{minor}").as_posix()
    env: dict[str, Any] = {
        "gui": host.gui,
        "interactive": host.gui,
        "nc": False,
        "indie": False,
        "studio": False,
        "nukex": False,
        "assist": False,
        "ple": False,
        "hiero": False,
    }
    env |= {
        "NukeVersionMajor": major,
        "NukeVersionMinor": minor,
        "NukeVersionRelease": release,
        "NukeVersionString": text,
    }
    env |= {
        "ExternalPython": False,
        "ExecutablePath": executable,
        "LINUX": sys.platform == "linux",
        "WIN32": sys.platform == "win32",
        "MACOS": sys.platform == "darwin",
        "threads": 1,
        "numCPUs": 1,
    }
    return {
        "GUI": host.gui,
        "INTERACTIVE": host.gui,
        "env": Environment(env),
        "NUKE_VERSION_STRING": text,
        "NUKE_VERSION_MAJOR": major,
        "NUKE_VERSION_MINOR": minor,
        "NUKE_VERSION_RELEASE": release,
        "EXE_PATH": executable,
    }
