"""The steps of `smoke.py`, in the order in which they build on each other. Python 3.7's dialect."""

from __future__ import annotations

import platform
import runpy
import shutil
import sys
import time
from pathlib import Path

import nuke
from smoke_bench import NotTried, child, constant, execute, header, raised, words, writer

ROOT = Path(__file__).resolve().parents[2]
FIRST, LAST = 1001, 1004
COST_FRAMES = 20
STEPS = []


def step(title):
    """What follows tries this; it gives what was measured, and raises where it does not hold."""

    def add(trial):
        STEPS.append((title, trial))
        return trial

    return add


@step("Which Nuke, Python and Qt this is")
def versions(bench):
    try:
        from PySide6 import QtCore
    except ImportError:
        try:
            from PySide2 import QtCore
        except ImportError:
            QtCore = None
    kinds = [kind for kind in ("nc", "indie", "assist") if nuke.env.get(kind)]
    qt = "no Qt" if QtCore is None else "{} {}".format(QtCore.__name__.split(".")[0], QtCore.__version__)
    words = [nuke.NUKE_VERSION_STRING, "Python", platform.python_version(), qt, *kinds]
    return " ".join([*words, "GUI" if nuke.GUI else "without GUI"])


@step("Penumbra's init.py runs")
def init(bench):
    nuke.pluginAddPath(ROOT.as_posix(), addToSysPath=False)
    runpy.run_path(str(ROOT / "init.py"))
    assert "penumbra_nuke.startup" in sys.modules, "its reason is on stderr"
    return str(ROOT)


@step("A Write makes half EXR, its windows those of the format")
def plate(bench):
    nuke.root()["format"].setValue("square_256")
    write = writer(constant(0.18, 0.5, 4, 1), bench.path("plate.%04d.exr"))
    execute(write, FIRST, LAST)
    nuke.delete(write)
    data, display, _ = header(bench.path("plate.1001.exr"))
    assert data == display == (0, 0, 255, 255), f"data {data}, display {display}"
    return f"{LAST - FIRST + 1} frames, data window {data}"


@step("The gizmo becomes a node of class Group, with our knobs")
def create(bench):
    node = nuke.createNode("Penumbra", inpanel=False)
    bench.name = node.name()
    assert node.Class() == "Group", node.Class()
    assert node.knob("pen_marker").value() == "penumbra"
    assert bench.read is not None
    read = nuke.nodes.Read(file=bench.path("plate.%04d.exr"), first=FIRST, last=LAST, raw=True)
    assert node.setInput(0, read)
    return f"{bench.name}, {node.numKnobs()} knobs"


@step("first {{parent.first}} on the inner Read evaluates, with origset on")
def expressions(bench):
    bench.node["first"].setValue(FIRST)
    bench.node["last"].setValue(LAST)
    values = [bench.read[name].value() for name in ("first", "last", "origfirst", "origlast")]
    assert values == [FIRST, LAST, FIRST, LAST], values
    return "{}, origset {}".format(values, bench.read["origset"].value())


@step("on_error {{$gui ? ...}} takes the choice for this kind of Nuke")
def on_error(bench):
    mine = bench.node["missing_in_viewer" if nuke.GUI else "missing_in_renders"]
    found = []
    for choice in ("black", "error"):
        mine.setValue(choice)
        found.append(bench.read["on_error"].value())
    assert found == ["black", "error"], found
    return str(found)


@step("The file's Tcl evaluates: [value parent.cache]/[value parent.result]")
def tcl(bench):
    bench.node["cache"].setValue(bench.path("cache"))
    bench.node["result"].setValue("v001/matte.%04d.exr")
    told = bench.read["file"].evaluate()
    assert told.startswith(bench.path("cache") + "/v001/matte."), told
    return told.replace(bench.path(""), "")


@step("The plugin reads the node's knobs, and makes a shot of them")
def shot(bench):
    from penumbra_nuke import order
    from penumbra_nuke.host import node

    asked = node.asked(bench.node)
    told = order.document(asked, order.Plate("plate.####.exr", False, ""), order.Color())
    assert told["frames"] == f"{FIRST}-{LAST}", told["frames"]
    assert told["delivery"] == {"pixel_type": "half", "window": "display"}, told["delivery"]
    assert told["finish"]["white_point"] == 1.0, told["finish"]
    return f"{len(told['settings'])} settings, {len(told['finish'])} of the finish"


@step("The overlay's colors: frame_state is what was put into it")
def states(bench):
    from penumbra_nuke.host import showing

    wanted = {1001: 1, 1002: 1, 1003: 2, 1004: 3}
    showing.show_states(bench.node, wanted)
    found = {frame: bench.node["frame_state"].getValueAt(frame) for frame in wanted}
    assert found == wanted, found
    return bench.node["frame_state"].toScript()


@step("A matte that is missing makes a render fail")
def missing(bench):
    write = writer(bench.node, bench.path("missing.%04d.exr"))
    fault = raised(execute, write, FIRST, FIRST)
    nuke.delete(write)
    assert isinstance(fault, RuntimeError), words(fault)
    assert not list(bench.folder.glob("missing.*.exr")), "a file was written all the same"
    return words(fault)


@step("A matte that comes is shown, bit for bit")
def shown(bench):
    (bench.folder / "cache" / "v001").mkdir(parents=True)
    write = writer(constant(0.1, 0.2, 0.3, 0.5), bench.path("cache/v001/matte.%04d.exr"))
    execute(write, FIRST, LAST)
    nuke.delete(write)
    bench.read["reload"].execute()
    write = writer(bench.node, bench.path("through.%04d.exr"))
    execute(write, FIRST, LAST)
    nuke.delete(write)
    made, through = (header(bench.path(name)) for name in ("cache/v001/matte.1002.exr", "through.1002.exr"))
    assert made == through, f"windows {made[:2]} and {through[:2]}, pixels {made[2] == through[2]}"
    return f"{len(made[2])} bytes of pixels"


@step("Unknown knobs, unknown choices and deleted nodes: what is raised")
def exceptions(bench):
    node = bench.node
    assert node.knob("no_such_knob") is None
    gone = nuke.nodes.NoOp()
    nuke.delete(gone)
    answers = {
        "node['nope']": raised(node.__getitem__, "no_such_knob"),
        "choice": raised(node["output"].setValue, "no such choice"),
        "deleted": raised(gone.name),
    }
    assert isinstance(answers["deleted"], ValueError), words(answers["deleted"])
    return "; ".join(f"{what}: {words(fault)}" for what, fault in sorted(answers.items()))


@step("The plugin's own rendering: full size in proxy mode, everything restored")
def own_render(bench):
    from penumbra_nuke.host.render import render

    root = nuke.root()
    before = len(nuke.allNodes())
    root["proxy"].setValue(True)
    try:
        render(bench.node, bench.node.input(0), bench.path("own.%04d.exr"), [FIRST, FIRST + 1, LAST], channels="rgb")
        assert root["proxy"].value(), "proxy mode was left"
    finally:
        root["proxy"].setValue(False)
    files = sorted(path.name for path in bench.folder.glob("own.*.exr"))
    assert files == ["own.1001.exr", "own.1002.exr", "own.1004.exr"], files
    assert header(bench.path("own.1004.exr"))[1] == (0, 0, 255, 255)
    assert len(nuke.allNodes()) == before, "a node was left behind"
    return ", ".join(files)


@step("A Roto's EXR has a small data window in the whole display window")
def roto(bench):
    try:
        from nuke import rotopaint
    except ImportError as fault:
        raise NotTried("nuke.rotopaint is not here") from fault
    node = nuke.nodes.Roto()
    shape = rotopaint.Shape(node["curves"])
    for point in ((60, 40), (120, 40), (120, 90), (60, 90)):
        shape.append(list(point))
    node["curves"].rootLayer.append(shape)
    return small_window(bench, node, "roto")


@step("So has what a Crop leaves")
def crop(bench):
    node = nuke.nodes.Crop(reformat=False)
    node.setInput(0, constant(1, 1, 1, 1))
    node["box"].setValue([60, 40, 120, 90])
    return small_window(bench, node, "crop")


def small_window(bench, node, name):
    write = writer(node, bench.path(name + ".%04d.exr"), "alpha")
    execute(write, FIRST, FIRST)
    nuke.delete(write)
    data, display, _ = header(bench.path(name + ".1001.exr"))
    assert display == (0, 0, 255, 255), display
    assert data[2] - data[0] < 100, f"data window {data}"
    assert data[3] - data[1] < 100, f"data window {data}"
    # EXR counts rows from the top: 90 from below is 166 from above.
    assert abs(data[0] - 60) <= 1, data
    assert abs(data[1] - 166) <= 1, data
    return f"data {data} in display {display}"


@step("Temporary Writes in a group within a group, two at once")
def nested(bench):
    if not hasattr(nuke, "executeMultiple"):
        raise NotTried("there is no nuke.executeMultiple")
    outer = nuke.nodes.Group()
    with outer:
        inner = nuke.nodes.Group()
        with inner:
            writes = [writer(constant(1, 1, 1, 1), bench.path(name + ".%04d.exr")) for name in ("one", "two")]
            nuke.executeMultiple(writes, ([FIRST, FIRST, 1],), [nuke.views()[0]])
    nuke.delete(outer)
    assert (bench.folder / "one.1001.exr").is_file()
    assert (bench.folder / "two.1001.exr").is_file()
    return "both files"


@step("What a call of nuke.execute costs: one range against frame by frame")
def cost(bench):
    write = writer(bench.node.input(0), bench.path("cost.%04d.exr"))
    bench.node.input(0)["last"].setValue(FIRST + COST_FRAMES)
    bench.node.input(0)["on_error"].setValue("black")
    begun = time.time()
    execute(write, FIRST, FIRST + COST_FRAMES - 1)
    together = time.time() - begun
    begun = time.time()
    for frame in range(FIRST, FIRST + COST_FRAMES):
        execute(write, frame, frame)
    one_by_one = time.time() - begun
    nuke.delete(write)
    return f"{COST_FRAMES} frames: {together:.2f} s together, {one_by_one:.2f} s one by one"


@step("Copy and paste: knobs come along, and what becomes of a text that is +DO_NOT_WRITE")
def paste(bench):
    bench.node["process_size"].setValue(540)
    bench.node["pen_uid"].setValue("smoke_1")
    bench.node["status"].setValue("at work")
    for node in nuke.allNodes():
        node.setSelected(node.name() == bench.name)
    nuke.nodeCopy(bench.path("clipboard.nk"))
    for node in nuke.allNodes():
        node.setSelected(False)
    nuke.nodePaste(bench.path("clipboard.nk"))
    (pasted,) = [node for node in nuke.allNodes("Group") if node.knob("pen_marker") and node.name() != bench.name]
    assert pasted["process_size"].value() == 540
    assert pasted.knob("status") is not None, "the knob is gone"
    status, uid, first = (
        knob.value() for knob in (pasted["status"], pasted["pen_uid"], pasted.node("Result")["first"])
    )
    nuke.delete(pasted)
    assert first == FIRST, first
    came = "came along" if status == "at work" else "was dropped"
    return f"the status {came}, the id is {uid!r}"


@step("Renamed, saved, closed and opened again, it is what it was")
def reopen(bench):
    bench.node.setName("Hero")
    bench.name = "Hero"
    write = writer(bench.node, bench.path("farm.%04d.exr"))
    write.setName("Farm")
    nuke.scriptSaveAs(bench.path("smoke.nk"), 1)
    nuke.scriptClear()
    assert nuke.toNode("Hero") is None
    nuke.scriptOpen(bench.path("smoke.nk"))
    assert bench.node["process_size"].value() == 540
    assert bench.read["last"].value() == LAST, bench.read["last"].value()
    assert bench.read["file"].evaluate().startswith(bench.path("cache"))
    text = Path(bench.path("smoke.nk")).read_text(encoding="utf-8")
    return "{} bytes, the status {}".format(len(text), "is in it" if "at work" in text else "is not in it")


@step("nuke -x renders its mattes, and fails where one is missing")
def farm(bench):
    frames = f"{FIRST}-{FIRST}"
    good, said = child("-x", "-F", frames, bench.path("smoke.nk"))
    assert good == 0, f"exit code {good}: {said}"
    shutil.rmtree(bench.path("cache"))
    bad, said = child("-x", "-F", frames, bench.path("smoke.nk"))
    assert bad != 0, "it ended with 0"
    return f"exit code {bad}: {said}"


@step("A Nuke without Penumbra opens the script")
def without_us(bench):
    trial = bench.folder / "without.py"
    line = "import nuke; nuke.scriptOpen({!r}); print(nuke.toNode('Hero').Class())".format(bench.path("smoke.nk"))
    trial.write_text(line, encoding="utf-8")
    code, said = child("--safe", "-t", str(trial))
    assert code == 0, f"exit code {code}: {said}"
    assert said.endswith("Group"), said
    return said
