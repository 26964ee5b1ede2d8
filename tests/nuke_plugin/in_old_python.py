"""Run by test_old_python.py in the Pythons of older Nukes: the plugin is imported and used, with nothing installed.

Arguments: Penumbra's folder, a folder to write to, and the Python that has Penumbra.
"""

from __future__ import annotations

import importlib
import sys
import time
import types
from pathlib import Path

root, folder, python = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
sys.path += [str(root / "nuke_plugin"), str(root / "core")]

# Enough of a Nuke for `import`, where annotations and decorators are looked at, and nothing is called.
nuke = types.ModuleType("nuke")
nuke.Node = nuke.Knob = nuke.Group = object
sys.modules["nuke"] = nuke
qt = types.ModuleType("PySide2")
qt.QtCore, qt.QtGui, qt.QtWidgets = (types.ModuleType(name) for name in ("QtCore", "QtGui", "QtWidgets"))
sys.modules["PySide2"] = qt

plugin = root / "nuke_plugin" / "penumbra_nuke"
# The panel is for Nuke 16 and later; all else is for every Nuke.
names = [path.relative_to(plugin).with_suffix("") for path in sorted(plugin.rglob("*.py")) if path.stem != "panel"]
for name in names:
    importlib.import_module(".".join(["penumbra_nuke", *(part for part in name.parts if part != "__init__")]))

from penumbra.desk import Desk, Order  # noqa: E402
from penumbra.protocol import Client  # noqa: E402
from penumbra_nuke import key_list, versions  # noqa: E402

keys = key_list.parse("1003 approved b.exr\n1001 guide a.exr")
assert [key.frame for key in keys] == [1001, 1003]
order = versions.Wanted("shot.json", {"delivery": {}}, versions.stamps([__file__]))
first = versions.version_for(folder / "node", order, None)
order.save(first, {"delivery": {"out": "x"}})
assert versions.version_for(folder / "node", order, None) == first

command = [python, "-I", "-m", "penumbra.cli.main", "worker"]
desk = Desk(lambda: Client(command, who="an old Nuke", version="0.1.0", log=folder / "worker.log"))
job = desk.matte(Order("no shot", {"plate": "nothing.####.exr"}, str(folder)))
end = time.time() + 60
while job.active:
    assert time.time() < end, "the worker says nothing"
    desk.tick()
    time.sleep(0.02)
desk.close()
print(f"{len(names)} modules; {job.state}: {job.faults[0]}")
