"""Creating, copying, undoing, saving; and the callbacks that go with it (facts 3.1)."""

import pytest

from tests.nuke_host import Host, HostError

TOOL = """Group {
 inputs 2
 name Tool
 addUserKnob {20 Tool}
 addUserKnob {1 uid +INVISIBLE}
 addUserKnob {3 pressed}
 addUserKnob {22 go T "n = nuke.thisNode()
n\\['pressed'].setValue(n\\['pressed'].value() + 1)
n\\['uid'].setValue(nuke.thisGroup().name())"}
}
 Input {
  inputs 0
  name mask
  number 1
 }
 Input {
  inputs 0
  name plate
 }
 Output {
  name Output1
 }
end_group
"""


@pytest.fixture
def tool(tmp_path, nuke):
    (tmp_path / "Tool.gizmo").write_text(TOOL)
    nuke.pluginAddPath(tmp_path.as_posix())
    return nuke.createNode("Tool")


def heard(nuke, kind, cls):
    """The names of nodes, and knobs, of which a callback heard."""
    told = []

    def listen():
        knob = nuke.thisKnob().name() if kind == "KnobChanged" else ""
        told.append((nuke.thisNode().fullName(), knob) if knob else nuke.thisNode().fullName())

    getattr(nuke, f"add{kind}")(listen, nodeClass=cls)
    return told


def test_when_a_gizmo_is_created_then_it_is_a_group_below_the_selection(nuke, tool):
    assert (tool.Class(), tool.name(), tool.maxInputs(), tool.shown()) == ("Group", "Tool1", 2, True)
    plate = nuke.nodes.Constant()
    plate.selectOnly()
    second = nuke.createNode("Tool")
    assert (second.name(), second.input(0), second.input(1)) == ("Tool2", plate, None)
    assert nuke.selectedNodes() == [second]
    with pytest.raises(HostError, match="unknown command"):
        nuke.createNode("Toool")


def test_when_a_button_is_pressed_then_its_code_runs_with_the_node_and_one_undo_takes_all_back(host, tool):
    host.press(tool, "go")
    assert (tool["pressed"].value(), tool["uid"].value()) == (1, "Tool1")
    host.undo()
    assert (tool["pressed"].value(), tool["uid"].value()) == (0, "")
    host.redo()
    assert tool["pressed"].value() == 1


def test_when_buttons_run_beside_their_group_then_this_group_is_the_parent(tmp_path):
    with Host(tmp_path, inside=False) as host:
        (tmp_path / "Tool.gizmo").write_text(TOOL)
        host.nuke.pluginAddPath(tmp_path.as_posix())
        tool = host.nuke.createNode("Tool")
        host.press(tool, "go")
        assert tool["uid"].value() == "Root"


def test_when_a_node_is_pasted_then_its_hidden_knobs_come_along_and_on_create_fires(host, nuke, tool):
    host.press(tool, "go")
    created = heard(nuke, "OnCreate", "Group")
    user = heard(nuke, "OnUserCreate", "Group")
    nuke.nodeCopy("%clipboard%")
    copy = nuke.nodePaste("%clipboard%")
    assert (copy.name(), copy["uid"].value()) == ("Tool2", "Tool1")
    assert (created, user) == (["Tool2"], [])
    assert copy.isSelected()
    assert not tool.isSelected()


def test_when_a_node_is_deleted_and_brought_back_then_it_is_another_object_with_its_wires(host, nuke, tool):
    plate, behind = nuke.nodes.Constant(), nuke.nodes.Dot()
    tool.setInput(0, plate)
    behind.setInput(0, tool)
    tool["pressed"].setValue(7)
    destroyed, created = heard(nuke, "OnDestroy", "Group"), heard(nuke, "OnCreate", "Group")
    nuke.delete(tool)
    assert behind.input(0) == plate
    host.undo()
    back = nuke.toNode("Tool1")
    assert back is not tool
    assert (back["pressed"].value(), back.input(0), behind.input(0)) == (7, plate, back)
    assert (destroyed, created) == (["Tool1"], ["Tool1"])
    host.redo()
    assert nuke.toNode("Tool1") is None


def test_when_undo_is_disabled_then_nothing_of_it_can_be_undone(host, nuke, tool):
    steps = nuke.Undo.undoSize()
    nuke.Undo.disable()
    nuke.delete(nuke.nodes.Write())
    nuke.Undo.enable()
    assert nuke.Undo.undoSize() == steps
    with pytest.raises(RuntimeError, match="without disable"):
        nuke.Undo.enable()
    host.violations.clear()


def test_when_an_undo_group_holds_several_changes_then_one_undo_takes_all_back(host, nuke, tool):
    dot = nuke.nodes.Dot()
    with nuke.Undo("Both"):
        tool["pressed"].setValue(3)
        tool.setInput(1, dot)
        tool.setName("Other")
    host.undo()
    assert (tool["pressed"].value(), tool.input(1), tool.name()) == (0, None, "Tool1")


def test_when_there_is_no_gui_then_there_is_no_undo(tmp_path):
    with Host(tmp_path, gui=False) as host:
        host.nuke.nodes.Dot()
        assert host.undo() is False


def test_when_a_script_is_opened_then_on_create_fires_inside_first_and_on_script_load_last(host, nuke, tool, tmp_path):
    tool["uid"].setValue("kept")
    host.save(tmp_path / "a.nk")
    order = []
    nuke.addOnCreate(lambda: order.append(nuke.thisNode().name()))
    nuke.addOnScriptLoad(lambda: order.append("loaded"))
    changed = heard(nuke, "KnobChanged", "Group")
    host.open(tmp_path / "a.nk")
    assert order[-2:] == ["Tool1", "loaded"]
    assert set(order[:-2]) == {"mask", "plate", "Output1"}
    assert ("Tool1", "uid") in changed
    assert not nuke.root().modified()
    assert host.undo() is False


def test_when_the_script_closes_then_on_script_close_fires_and_nodes_are_dead(host, nuke, tool, tmp_path):
    closed = heard(nuke, "OnScriptClose", "Root")
    nuke.scriptClear()
    assert closed == ["root"]
    assert nuke.allNodes() == []
    with pytest.raises(ValueError, match="not attached"):
        tool.name()


def test_when_on_script_save_raises_then_the_script_is_not_saved(host, nuke, tmp_path):
    def refuse():
        raise ZeroDivisionError

    nuke.addOnScriptSave(refuse)
    with pytest.raises(ZeroDivisionError):
        nuke.scriptSaveAs((tmp_path / "a.nk").as_posix())
    assert not (tmp_path / "a.nk").exists()
    nuke.removeOnScriptSave(refuse)
    nuke.scriptSaveAs((tmp_path / "a.nk").as_posix())
    assert nuke.scriptName() == (tmp_path / "a.nk").as_posix()
    assert nuke.script_directory() == tmp_path.as_posix()


def test_when_a_panel_is_closed_then_python_changes_are_not_told_of_unless_the_test_wants_it(host, nuke, tool):
    told = heard(nuke, "KnobChanged", "Group")
    tool.hideControlPanel()
    told.clear()
    tool["pressed"].setValue(1)
    assert told == []
    host.turn(tool, "pressed", 2)
    assert told == [("Tool1", "pressed")]
    host.always_tell()
    tool["pressed"].setValue(3)
    assert len(told) == 2


def test_when_a_callback_changes_its_node_then_it_is_not_called_again(host, nuke, tool):
    told = []

    def change():
        told.append(nuke.thisKnob().name())
        nuke.thisNode()["uid"].setValue(f"{len(told)}")

    nuke.addKnobChanged(change, nodeClass="Group")
    host.turn(tool, "pressed", 2)
    assert told == ["pressed"]


def test_when_a_callback_is_added_twice_then_it_runs_once_and_the_node_s_own_script_first(host, nuke, tool):
    order = []

    def listen():
        order.append("class")

    for _ in range(2):
        nuke.addKnobChanged(listen, nodeClass="Group")
    nuke.addKnobChanged(lambda: order.append("all"))
    tool["knobChanged"].setValue("nuke.tprint('own')")
    order.clear()
    host.log.clear()
    host.turn(tool, "pressed", 1)
    assert (order, host.log) == (["class", "all"], ["print: own"])
    assert host.callback_count("KnobChanged") == 2


def test_when_groups_are_entered_then_nodes_are_made_and_found_inside(nuke, tool):
    with tool:
        dot = nuke.nodes.Dot()
        assert nuke.toNode("Dot1") == dot
        assert nuke.thisGroup() == tool
    assert nuke.toNode("Dot1") is None
    assert nuke.toNode("Tool1.Dot1") == dot
    assert dot.fullName() == "Tool1.Dot1"
    assert dot in nuke.allNodes(recurseGroups=True)
    assert nuke.allNodes("Dot") == []


def test_when_nuke_starts_then_init_runs_before_menu_and_menu_only_with_a_gui(tmp_path):
    folder, added = tmp_path / "plugin", tmp_path / "plugin" / "added"
    added.mkdir(parents=True)
    (folder / "init.py").write_text("import nuke\nnuke.pluginAddPath('./added')\nnuke.tprint('init')\n")
    (folder / "menu.py").write_text(
        "nuke.tprint('menu')\nnuke.menu('Nodes').addCommand('Pen/Go', 'nuke.tprint(7)', icon='p.png')\n"
    )
    (added / "init.py").write_text("nuke.tprint('added init')\n")
    (added / "menu.py").write_text("nuke.tprint('added menu')\n")
    for gui, wanted in ((True, ["added init", "init", "menu", "added menu"]), (False, ["added init", "init"])):
        with Host(tmp_path, gui=gui) as host:
            host.start(folder)
            assert sorted(host.log) == sorted(f"print: {word}" for word in wanted)
            assert host.log[:2] == ["print: added init", "print: init"]
            if gui:
                host.click("Nodes", "Pen/Go")
                assert host.log[-1] == "print: 7"


def test_when_paths_are_added_then_the_last_is_searched_first_and_can_be_imported(host, nuke, tmp_path):
    import sys

    names = [(tmp_path / name).as_posix() for name in "ab"]
    nuke.pluginAddPath(names)
    assert nuke.pluginPath() == names[::-1]
    assert sys.path[:2] == names[::-1]
    nuke.pluginAddPath(names[0], addToSysPath=False)
    assert nuke.pluginPath() == names


def test_when_a_link_is_set_then_its_target_changes(host, nuke):
    group = nuke.nodes.Group()
    with group:
        nuke.nodes.Grade(name="Gain")
    group.readKnobs("addUserKnob {41 amount T Gain.multiply}")
    group["amount"].setValue(3)
    assert group.node("Gain")["multiply"].value() == [3, 3, 3, 3]
    assert group.knob("amount", follow_link=True).name() == "multiply"


def test_when_a_panel_is_registered_then_its_expression_makes_the_widget_and_lost_icons_are_known(host, nuke, tmp_path):
    import nukescripts.panels

    nukescripts.panels.registerWidgetAsPanel("__import__('fractions').Fraction", "Jobs", "pen.jobs")
    assert host.open_panel("pen.jobs") == 0
    host.click("Pane", "Jobs")
    assert host.shown_panels == ["pen.jobs"]
    nuke.menu("Nodes").addMenu("Pen", icon="pen.png").addCommand("Go", "pass", icon="go.png")
    (tmp_path / "go.png").write_bytes(b"")
    nuke.pluginAddPath(tmp_path.as_posix())
    assert host.missing_icons == ["pen.png"]
