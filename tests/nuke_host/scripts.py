"""Scripts on disk and the clipboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.nuke_host.build import adopt, build
from tests.nuke_host.group import Root
from tests.nuke_host.session import session
from tests.nuke_host.write_script import clipboard_text, script_text


def fresh_root() -> None:
    host = session()
    host.root = Root()
    host.groups.clear()
    host.modified = False
    host.undo.steps.clear()
    host.undo.undone.clear()


def clear() -> None:
    """`scriptClear`: also fires onScriptClose, so that it is no sign of Nuke's end."""
    host = session()
    host.callbacks.fire("OnScriptClose", host.root)
    for node in list(host.root._inner):
        host.callbacks.fire("OnDestroy", node)
        node._die()
    host.root._gone = True
    fresh_root()


def save(path: Path) -> None:
    """An exception of onScriptSave blocks saving."""
    host = session()
    host.callbacks.fire("OnScriptSave", host.root)
    before = host.root._knobs["name"]._text
    host.root._knobs["name"]._text = path.as_posix()
    try:
        path.write_text(script_text(), encoding="utf-8")
    except OSError:
        host.root._knobs["name"]._text = before
        raise
    host.modified = False


def save_as(filename: Any = None, overwrite: Any = -1) -> None:
    if not isinstance(filename, str) or not filename:
        session().violate("scriptSaveAs without a name asks the person")
    path = Path(filename)
    if path.exists() and overwrite != 1:
        raise RuntimeError(f"{filename} exists already")
    save(path)


def save_named(filename: Any = None) -> bool:
    name = filename or session().root._knobs["name"]._text
    if not name:
        session().violate("scriptSave of an untitled script asks the person")
    save(Path(name))
    return True


def open_script(filename: Any) -> None:
    """Reads a script into an empty Nuke; inner nodes hear of their creation first, the root last."""
    host = session()
    if host.root._inner or host.root._knobs["name"]._text:
        clear()
    text = Path(filename).read_text(encoding="utf-8")
    nodes = build(text, host.root)
    host.root._knobs["name"]._text = Path(filename).as_posix()
    with host.quietly_recorded():
        adopt(nodes, user=False)
        host.callbacks.fire("OnScriptLoad", host.root)
    host.modified = False


def copy(target: str) -> None:
    host = session()
    group = host.groups[-1] if host.groups else host.root
    chosen = group.selectedNodes()
    if not chosen:
        raise RuntimeError("no node selected")
    text = clipboard_text(chosen)
    if target == "%clipboard%":
        host.clipboard = text
    else:
        Path(target).write_text(text, encoding="utf-8")


def paste(source: str) -> Any:
    """What was selected feeds what is pasted; that is selected afterwards. Names that are taken get the next number."""
    host = session()
    group = host.groups[-1] if host.groups else host.root
    text = host.clipboard if source == "%clipboard%" else Path(source).read_text(encoding="utf-8")
    chosen = group.selectedNodes()
    with host.undo.group("Paste"):
        nodes = build(text, group, before=chosen)
        with host.quietly():
            for node in group._inner:
                node._knobs["selected"]._read("true" if node in nodes else "false")
        adopt(nodes, user=False)
    return nodes[-1] if nodes else None


def directory() -> str:
    name = session().root._knobs["name"]._text
    return re.sub(r"/[^/]*\Z", "", name) if name else ""
