"""The functions of the `nuke` module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.nuke_host import build, formats, menus, node, plugins, render, scripts, threads, undo, viewer
from tests.nuke_host.session import HostError, session


def current_group() -> Any:
    host = session()
    return host.groups[-1] if host.groups else host.root


def to_node(s: str) -> Any:
    if not isinstance(s, str):
        raise TypeError(f"toNode: expected a str, not {s!r}")
    if s == "root":
        return session().root
    return session().root.node(s[5:]) if s.startswith("root.") else current_group().node(s)


def all_nodes(filter: str | None = None, group: Any = None, recurseGroups: bool = False) -> list[Any]:
    place = current_group() if group is None else group
    found = []
    for inner in place._inner:
        if filter is None or inner._class == filter:
            found.append(inner)
        if recurseGroups and hasattr(inner, "_inner"):
            found += all_nodes(filter, inner, True)
    return found


def selected_nodes(filter: str | None = None) -> list[Any]:
    return [found for found in current_group().selectedNodes() if filter is None or found._class == filter]


def selected_node() -> Any:
    chosen = selected_nodes()
    if not chosen:
        raise ValueError("no node selected")
    return chosen[-1]


def menu(name: str) -> Any:
    host = session()
    if not host.gui:
        host.violate("nuke.menu: Nuke is not running in GUI mode")
    if name not in menus.NAMES:
        raise RuntimeError(f"There is no menu {name!r}")
    return host.menus.setdefault(name, menus.Menu(name))


def toolbar(name: str, create: bool = True) -> Any:
    return menu(name) if name in menus.NAMES else session().menus.setdefault(name, menus.ToolBar(name))


def message(prompt: str) -> None:
    _dialog("nuke.message", prompt)
    session().messages.append(prompt)


def ask(prompt: str) -> bool:
    _dialog("nuke.ask", prompt)
    host = session()
    host.messages.append(prompt)
    if not host.answers:
        host.violate(f"nuke.ask({prompt!r}) waits for an answer that the test did not give (host.answers)")
    return host.answers.pop(0)


def _dialog(call: str, prompt: object) -> None:
    host = session()
    if not isinstance(prompt, str):
        raise TypeError(f"{call}: expected a str, not {prompt!r}")
    if not host.gui:
        host.violate(f"{call} without a GUI: {prompt}")
    if host.callbacks_running or host.rendering is not None:
        host.violate(f"{call} blocks {(*host.callbacks_running, 'a render')[0]}: {prompt}")


def executing(f: float | None = None) -> bool:
    return session().rendering is not None


def frame(f: int | None = None) -> int:
    knob = session().root._knobs["frame"]
    if f is not None:
        knob.setValue(f)
    return int(knob._fields[0].value)


def script_name() -> str:
    name = session().root._knobs["name"]._text
    if not name:
        raise RuntimeError("Script has no name")
    return str(name)


def add_format(s: str) -> Any:
    return formats.Format._added(s)


def clone(*args: Any, **kwargs: Any) -> Any:
    raise HostError("clone: clones are not part of the white list")


def this_node() -> Any:
    host = session()
    return host.context[-1][0] if host.context else host.root


def this_knob() -> Any:
    host = session()
    if not host.context or host.context[-1][1] is None:
        raise RuntimeError("There is no current knob")
    return host.context[-1][1]


def pane_for(panelName: str) -> Any:
    return None


def _logged(kind: str) -> Callable[..., None]:
    return lambda *words, **options: session().log.append(f"{kind}: " + " ".join(map(str, words)))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "root": lambda: session().root,
    "toNode": to_node,
    "thisNode": this_node,
    "thisKnob": this_knob,
    "thisGroup": current_group,
    "thisParent": lambda: this_node()._parent,
    "thisClass": lambda: this_node()._class,
    "lastHitGroup": current_group,
    "activeGroup": current_group,
    "allNodes": all_nodes,
    "selectedNodes": selected_nodes,
    "selectedNode": selected_node,
    "createNode": build.create,
    "delete": node.delete,
    "execute": render.execute,
    "render": render.execute,
    "executeMultiple": render.execute_multiple,
    "executing": executing,
    "activeViewer": viewer.active_viewer,
    "executeInMainThread": threads.execute_in_main_thread,
    "executeInMainThreadWithResult": threads.execute_in_main_thread_with_result,
    "message": message,
    "ask": ask,
    "menu": menu,
    "toolbar": toolbar,
    "pluginAddPath": plugins.add_path,
    "pluginPath": lambda: list(session().plugin_path),
    "filenameFilter": lambda filename: session().callbacks.filtered(filename, None),
    "frame": frame,
    "views": lambda: session().root._views(),
    "thisView": lambda: session().view,
    "formats": lambda: [*map(formats.Format._from_text, formats.BUILT_IN), *session().formats.values()],
    "addFormat": add_format,
    "script_directory": scripts.directory,
    "scriptName": script_name,
    "scriptOpen": scripts.open_script,
    "scriptSave": scripts.save_named,
    "scriptSaveAs": scripts.save_as,
    "scriptClear": lambda *force: scripts.clear(),
    "nodeCopy": scripts.copy,
    "nodePaste": scripts.paste,
    "undo": undo.Undo.undo,
    "redo": undo.Undo.redo,
    "modified": lambda state=None: _modified(state),
    "usingOCIO": lambda: session().root._knobs["colorManagement"].value() == "OCIO",
    "exists": lambda s: to_node(s) is not None,
    "tprint": _logged("print"),
    "debug": _logged("debug"),
    "warning": _logged("warning"),
    "error": _logged("error"),
    "clone": clone,
    "getPaneFor": pane_for,
}


def _modified(state: bool | None) -> bool:
    host = session()
    if state is not None:
        host.modified = bool(state)
    return host.modified
