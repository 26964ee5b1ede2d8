"""The docked panel, as Nuke makes it."""

from __future__ import annotations

from tests.nuke_plugin.scene import key, node_of


def panel(studio):
    """What Nuke evaluates where nothing of ours is known, and then calls without arguments."""
    expression, _ = studio.host.panels["penumbra.jobs"]
    return eval(expression, {"__builtins__": __builtins__})()


def test_when_nuke_has_qt_6_then_the_panel_shows_the_nodes_jobs_and_leads_back_to_them(studio, tiny_file):
    widget = panel(studio)
    node = node_of(studio, tiny_file)
    key(studio, node, 1001)
    studio.press(node, "matte")
    studio.done()
    widget.show()
    studio.wait(lambda: not widget.grab().isNull())
    hooks = studio.module("host.panel").hooks()
    order = studio.jobs()[0].order
    node.setName("hero")
    node.setSelected(False)
    hooks.go_to_frame(order, 1007)
    hooks.show_node(order)
    assert studio.nuke.frame() == 1007
    assert node.isSelected()
    hooks.matte(studio.jobs()[0])
    studio.done()
    assert [job.state for job in studio.jobs()] == ["done"]
    assert "nothing was left to do" in node["status"].value()
    studio.nuke.delete(node)
    hooks.show_node(order)
    widget.close()
    widget.deleteLater()


def test_when_the_panel_is_asked_for_then_the_one_that_is_there_comes_to_the_front(studio):
    import shiboken6
    from PySide6.QtWidgets import QTabWidget, QWidget

    widget, tabs = panel(studio), QTabWidget()
    tabs.addTab(QWidget(), "Properties")
    tabs.addTab(widget, "Penumbra")
    tabs.show()
    studio.host.click("Nodes", "Penumbra/Jobs")
    assert tabs.currentWidget() is widget
    assert studio.host.shown_panels == []
    shiboken6.delete(widget)
    studio.host.click("Nodes", "Penumbra/Jobs")
    assert studio.host.shown_panels == ["penumbra.jobs"], "Nuke had closed it"
    shiboken6.delete(tabs)


def test_when_a_panel_is_made_then_no_worker_starts(studio):
    widget = panel(studio)
    widget.show()
    assert studio.module("jobs").link().desk.worker == "off"
    widget.close()
    widget.deleteLater()


def test_when_nuke_has_no_qt_6_then_the_node_works_and_the_panel_is_said_to_need_it(start):
    old = start(version=(15, 0, 4))
    assert old.host.panels == {}
    old.host.click("Nodes", "Penumbra/Jobs")
    assert "Nuke 16" in old.host.messages[-1]
    old.host.click("Nodes", "Penumbra/Penumbra")
    assert old.nuke.toNode("Penumbra1") is not None
