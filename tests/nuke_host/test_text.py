"""Scripts as text: real Tcl reads them, and what is saved reads back."""

import pytest

from tests.nuke_host import HostError
from tests.nuke_host.parse import parse
from tests.nuke_host.tcl import Safe, quoted, split

NASTY = [
    "",
    " ",
    "a b",
    'say "x"',
    "back\\slash",
    "end\\",
    "[value x]",
    "$gui",
    "{",
    "}",
    "} {",
    "two\nlines",
    "\\n",
    "a;b",
    "#1",
    "ä プレート",
    "tab\there",
    "]",
    "+INVISIBLE",
    "-1",
    "{a b}",
    '{"keys": [1, 2]}',
    "a\\",
    "\\[",
    "%04d",
    "0x10",
    "1 2 3",
]

GROUP = """Group {
 inputs 2
 name Tool1
 addUserKnob {20 Tool}
 %s
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
set A [stack 0]
 %s
 Output {
  name Output1
 }
end_group
"""


def faults(host, tmp_path, knobs="", nodes=""):
    path = tmp_path / "Tool.gizmo"
    path.write_text(GROUP % (knobs, nodes))
    return host.gizmo_faults(path)


@pytest.mark.parametrize("text", NASTY)
def test_when_any_text_is_quoted_then_tcl_reads_it_back(text):
    assert split(quoted(text), "test") == [text]
    safe = Safe(("set",), {})
    assert safe.eval(f"set word {quoted(text)}") == text


@pytest.mark.parametrize("text", NASTY)
def test_when_a_script_is_saved_and_opened_then_every_text_is_as_it_was(host, nuke, tmp_path, text):
    group = nuke.nodes.Group(name="Holder")
    group.addKnob(nuke.Tab_Knob("Mine"))
    for knob in (nuke.Multiline_Eval_String_Knob("many"), nuke.PyScript_Knob("run", text), nuke.Text_Knob("said")):
        group.addKnob(knob)
    group["help"].setValue(text)
    group["run"].setTooltip(text)
    group["run"].setValue(text)
    group["said"].setValue(text)
    host.save(tmp_path / "a.nk")
    host.open(tmp_path / "a.nk")
    read = nuke.toNode("Holder")
    assert (read["help"].value(), read["run"].value(), read["run"].tooltip(), read["run"].label()) == (text,) * 4
    assert read["said"].value() == text
    host.save(tmp_path / "b.nk")
    assert (tmp_path / "b.nk").read_text().replace("b.nk", "a.nk") == (tmp_path / "a.nk").read_text()


@pytest.mark.parametrize("text", NASTY)
def test_when_a_node_in_a_group_is_brought_back_then_its_text_is_as_it_was(host, nuke, text):
    group = nuke.nodes.Group(name="Holder")
    with group:
        nuke.nodes.Dot(name="Inner")["help"].setValue(text)
    nuke.delete(group)
    host.undo()
    assert nuke.toNode("Holder.Inner")["help"].value() == text


def test_when_a_script_is_saved_and_opened_then_every_wire_is_as_it_was(host, nuke, tmp_path):
    a, b, c = (nuke.nodes.Constant(name=name) for name in "abc")
    nuke.nodes.Merge2(name="three", inputs=[a, b, c])
    nuke.nodes.Keymix(name="gap", inputs=[c, None, a])
    nuke.nodes.Switch(name="twice", inputs=[a, a])
    nuke.nodes.Dot(name="loose")
    wires = {
        node.name(): [fed and fed.name() for fed in map(node.input, range(node.inputs()))] for node in nuke.allNodes()
    }
    assert (wires["three"], wires["gap"], wires["loose"]) == (["a", "b", "c"], ["c", None, "a"], [])
    assert " inputs 2+1\n name three" in host.text()
    host.save(tmp_path / "a.nk")
    host.open(tmp_path / "a.nk")
    assert wires == {
        node.name(): [fed and fed.name() for fed in map(node.input, range(node.inputs()))] for node in nuke.allNodes()
    }


def test_when_a_clipboard_of_a_real_nuke_is_read_then_its_wires_are_those_of_the_stack():
    script = parse(
        "set cut_paste_input [stack 0]\nversion 15.1 v3\nRead {\n inputs 0\n name A\n}\nset N1 [stack 0]\n"
        "Dot {\n name D\n}\npush $N1\nMerge2 {\n inputs 2+1\n operation over\n name M\n}\npush 0\n"
        "Dot {\n name E\n}\n",
        before=("selected",),
    )
    nodes = {node.name: node for node in script.nodes}
    assert nodes["D"].inputs == [nodes["A"]]
    assert nodes["M"].inputs == [nodes["A"], nodes["D"], "selected"]
    assert nodes["E"].inputs == [None]
    assert script.version == "15.1 v3"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dot {\n name\n}", "come in pairs"),
        ("Dot {\n name A\n", "missing close-brace"),
        ("Dot {\n name A\n} # said", "one argument"),
        ("Dot { inputs x }", "N or N\\+M"),
        ("Group { name A }\n", "end_group is missing"),
        ("end_group", "no group is open"),
        ("push $A", "no such variable"),
        ("exec ls", "one argument|pairs"),
        ("clone $A {}", "no such variable|clones"),
    ],
)
def test_when_a_text_is_no_script_then_the_reader_says_why(text, words):
    with pytest.raises(HostError, match=words):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "Blurr { name A }",
        "Dot { nope 1 }",
        "Read { on_error green }",
        "Read { first 1.x }",
        "Switch { which parent.x }",
    ],
)
def test_when_a_script_names_what_is_not_in_nuke_then_opening_it_fails(host, tmp_path, text):
    (tmp_path / "a.nk").write_text(text)
    with pytest.raises(HostError):
        host.open(tmp_path / "a.nk")


def test_when_a_gizmo_is_well_made_then_nothing_is_said(host, tmp_path):
    knobs = (
        'addUserKnob {4 which l "Show" M {plate matte}}\n addUserKnob {41 amount T Gain.multiply}\n'
        ' addUserKnob {22 go T "import os\\nnuke.message(os.name)" +STARTLINE}\n addUserKnob {26 "" +STARTLINE}'
    )
    nodes = (
        "Grade {\n name Gain\n}\npush $A\nSwitch {\n inputs 2\n name S\n"
        ' which {{"parent.which == 1 ? 0 : \\[exists parent.input1]"}}\n}'
    )
    assert faults(host, tmp_path, knobs, nodes) == []


@pytest.mark.parametrize(
    ("knobs", "nodes", "words"),
    [
        ("addUserKnob {99 a}", "", "known type"),
        ("addUserKnob {4 a}", "", "do not fit"),
        ("addUserKnob {7 a M {x y}}", "", "do not fit"),
        ("addUserKnob {7 a +SECRET}", "", "does not know '\\+SECRET'"),
        ("addUserKnob {7 a l}", "", "lacks its value"),
        ("addUserKnob {7 a}\n addUserKnob {7 a}", "", "two knobs"),
        ("addUserKnob {41 a T Gain.size}", "", "nothing is named"),
        ('addUserKnob {22 go T "import ("}', "", "invalid syntax|never closed"),
        ('addUserKnob {22 go T "actions.matte(nuke.thisNode())"}', "", "nothing defines: \\['actions'\\]"),
        ('knobChanged "if nuke.GUI: prin(1)"', "", "nothing defines: \\['prin'\\]"),
        ("", "Switch {\n name S\n which {{parent.nope}}\n}", "'parent.nope'"),
        ("", 'Read {\n inputs 0\n name R\n file "\\[value parent.nope]/a.exr"\n}', "nothing is named 'parent.nope'"),
        ("", "Dot {\n name D\n}\nDot {\n name D\n}", "2 nodes are named 'D'"),
        ("", "Input {\n inputs 0\n name more\n number 3\n}", "numbered \\[0, 1, 3\\]"),
        ("", "Write {\n name W\n}", "would render this Write"),
        ("", "Output {\n name O2\n}", "one Output"),
        ("xpos 30", "", "clipboard"),
        ("tile_color 1\n tile_color 2", "", "set 2 times"),
    ],
)
def test_when_a_gizmo_has_a_fault_then_it_is_named(host, tmp_path, knobs, nodes, words):
    (told,) = faults(host, tmp_path, knobs, nodes)
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(told)


def test_when_knobs_are_at_their_defaults_then_they_are_not_saved(host, nuke):
    node = nuke.nodes.Read()
    assert "first" not in host.text()
    node["first"].setValue(3)
    assert "\n first 3\n" in host.text()
    node["first"].setValue(1)
    assert "first" not in host.text()


def test_when_a_knob_has_keys_or_expressions_then_they_are_saved_as_nuke_does_and_read_back(host, nuke, tmp_path):
    switch, grade = nuke.nodes.Switch(), nuke.nodes.Grade()
    switch["which"].setValueAt(0, 1001)
    switch["which"].setValueAt(1, 1011)
    grade["multiply"].setExpression("frame / 1000 > 1 ? 2 : 1", 1)
    grade["disable"].setExpression("!Switch1.which")
    assert "which {{curve x1001 0 x1011 1}}" in host.text()
    assert 'multiply {1 {"frame / 1000 > 1 ? 2 : 1"} 1 1}' in host.text()
    assert "disable {{!Switch1.which}}" in host.text()
    host.save(tmp_path / "a.nk")
    host.open(tmp_path / "a.nk")
    nuke.frame(1006)
    assert nuke.toNode("Switch1")["which"].value() == pytest.approx(0.5)
    assert nuke.toNode("Grade1")["multiply"].value() == [1, 2, 1, 1]
    assert nuke.toNode("Grade1")["disable"].value() is False


def test_when_flags_are_in_a_file_then_they_hold_and_are_saved(host, nuke, tmp_path):
    knobs = (
        "addUserKnob {3 kept +INVISIBLE}\n kept 4\n addUserKnob {3 lost +DO_NOT_WRITE}\n lost 5\n"
        "addUserKnob {6 on -STARTLINE}"
    )
    (tmp_path / "Tool.gizmo").write_text(GROUP % (knobs, ""))
    nuke.pluginAddPath(tmp_path.as_posix())
    tool = nuke.createNode("Tool")
    tool["kept"].setVisible(True)
    assert not tool["kept"].visible()
    text = host.text()
    assert "addUserKnob {3 kept +INVISIBLE}\n kept 4" in text
    assert "addUserKnob {3 lost +DO_NOT_WRITE}\n addUserKnob {6 on}" in text
