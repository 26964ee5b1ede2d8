"""Expressions, and Tcl in text."""

import pytest

from tests.nuke_host import HostError


def test_when_a_text_is_evaluated_then_tcl_and_the_frame_are_worked_out(host, nuke, tmp_path):
    host.save(tmp_path / "a.nk")
    read = nuke.nodes.Read()
    read["file"].setValue("[file dirname [value root.name]]/[string tolower [value this.name]].%04d.exr")
    nuke.frame(1003)
    assert read["file"].evaluate() == f"{tmp_path.as_posix()}/read1.1003.exr"
    assert read["file"].value().startswith("[file dirname")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("frame", 1003),
        ("frame > 1000 ? 2 : 3", 2),
        ("!Switch1.disable", 1),
        ("1/2", 0.5),
        ("Constant1.color.1 * 2", 0.5),
        ("root.last_frame - 1", 99),
        ("[exists Nope1]", 0),
        ("[value Constant1.last]+1", 8),
        ("min(3, Constant1.last)", 3),
        ("$gui", 1),
        ("parent.first_frame", 1),
        ("Switch1.disable && 1 || 0", 0),
    ],
)
def test_when_an_expression_is_evaluated_then_its_value_is_nukes(nuke, expression, value):
    nuke.nodes.Constant(color=[0, 0.25, 0, 1], last=7)
    switch = nuke.nodes.Switch()
    nuke.frame(1003)
    switch["which"].setExpression(expression)
    assert switch["which"].value() == value


@pytest.mark.parametrize(
    "expression",
    ["Nope1.x", "parent.nope", "frame +", "sin_h(2)", "this.name", "[nope]", "Switch1.which", "[value this.label]"],
)
def test_when_an_expression_is_wrong_then_its_knob_has_no_value(nuke, expression):
    switch = nuke.nodes.Switch()
    switch["label"].fromScript("[value this.label]")
    switch["which"].setExpression(expression)
    with pytest.raises(HostError):
        switch["which"].value()
    assert switch.hasError()
