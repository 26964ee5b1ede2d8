"""The gizmo is what its maker makes, of what the shot's records say."""

from __future__ import annotations

import re

from gizmos.make_gizmo import GIZMO, LAYOUT, NO_RESULT, OUTPUTS, text
from penumbra_nuke.order import DELIVERY, FINISH, SETTINGS


def test_when_the_gizmo_is_made_anew_then_it_is_the_committed_one():
    assert GIZMO.read_text(encoding="utf-8") == text()


def test_when_the_plugin_reads_a_knob_then_the_gizmo_has_it():
    declared = set(re.findall(r"addUserKnob \{[0-9]+ (\w+)", text()))
    assert {*SETTINGS, *FINISH, *DELIVERY, "exposure", "auto_exposure", "roi", "roi_box"} <= declared
    assert len(OUTPUTS) == 4


def test_when_a_script_is_opened_without_the_plugin_then_no_line_of_it_needs_it():
    for code in re.findall(r'T "(.*?[^\\])"', text()):
        assert code.startswith("try:\\n    from penumbra_nuke import actions\\nexcept ImportError:"), code


def test_when_knobs_are_written_for_a_layout_then_plugin_and_gizmo_agree_on_its_number():
    # Read as text: the room itself needs a Nuke.
    source = (GIZMO.parents[1] / "nuke_plugin/penumbra_nuke/host/node.py").read_text(encoding="utf-8")
    assert re.search(r"^THIS_LAYOUT = ([0-9]+)$", source, re.MULTILINE)[1] == str(LAYOUT)
    assert "/" not in NO_RESULT, "a result with a folder is a matte"
