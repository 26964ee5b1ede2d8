"""What a Nuke punishes, the fake does not let pass (facts 9.2)."""

import threading

import pytest

from tests.nuke_host import Host, HostError


def in_a_thread(call):
    """Runs it elsewhere; its exception, as a careless plugin would swallow it."""
    caught = []

    def run():
        try:
            call()
        except Exception as error:  # noqa: BLE001 - it stands for a careless plugin
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return caught


def broken(host):
    """The one rule that a test broke on purpose."""
    (told,) = host.violations
    host.violations.clear()
    return told


def test_when_a_knob_is_unknown_then_item_access_raises_and_knob_gives_none(nuke):
    with pytest.raises(NameError, match="nope does not exist"):
        nuke.nodes.Dot()["nope"]
    assert nuke.nodes.Dot().knob("nope") is None


def test_when_a_menu_lacks_the_value_then_setting_it_raises(nuke, write):
    with pytest.raises(TypeError, match="Zip"):
        write["compression"].setValue("zip")
    write["compression"].setValue("DWAB")
    assert write["compression"].value() == "DWAB"


def test_when_exr_is_not_chosen_then_its_knobs_are_not_there(nuke):
    write = nuke.nodes.Write()
    assert write.knob("datatype") is None
    write["file_type"].setValue("exr")
    assert write["datatype"].value() == "16 bit half"


@pytest.mark.parametrize(
    ("cls", "knob", "value"),
    [
        ("Read", "first", 1.5),
        ("Read", "first", "1"),
        ("Read", "raw", "true"),
        ("Switch", "which", None),
        ("Read", "file", 3),
        ("Dot", "xpos", 0.5),
        ("Copy", "from0", 0),
    ],
)
def test_when_a_value_is_of_the_wrong_type_then_setting_it_raises(nuke, cls, knob, value):
    with pytest.raises(TypeError):
        getattr(nuke.nodes, cls)()[knob].setValue(value)


def test_when_the_graph_is_called_from_a_thread_then_the_test_fails_even_if_the_error_is_swallowed(host, nuke):
    dot = nuke.nodes.Dot()
    knob = dot["xpos"]
    for call in (
        lambda: dot["xpos"],
        dot.name,
        knob.value,
        lambda: knob.setValue(1),
        lambda: nuke.toNode("Dot1"),
        nuke.root,
    ):
        assert in_a_thread(call)
        assert "not from the main thread" in broken(host)


def test_when_a_rule_was_broken_then_leaving_the_host_fails(tmp_path):
    with pytest.raises(AssertionError, match="not from the main thread"), Host(tmp_path) as host:
        in_a_thread(host.nuke.root)


def test_when_undo_stays_disabled_then_leaving_the_host_fails(tmp_path):
    with pytest.raises(AssertionError, match="never enabled"), Host(tmp_path) as host:
        host.nuke.Undo.disable()


def test_when_a_group_is_not_ended_then_leaving_the_host_fails(tmp_path):
    with pytest.raises(AssertionError, match="never ended"), Host(tmp_path) as host:
        host.nuke.nodes.Group().begin()


def test_when_the_host_is_left_then_nuke_cannot_be_imported(tmp_path):
    with Host(tmp_path):
        import nuke
    with pytest.raises(ImportError):
        import nuke  # noqa: F401


def test_when_there_is_no_gui_then_menus_dialogs_and_bars_are_refused(tmp_path):
    with Host(tmp_path, gui=False) as host:
        calls = (lambda: host.nuke.menu("Nodes"), lambda: host.nuke.message("x"), lambda: host.nuke.ProgressTask("x"))
        for call in calls:
            with pytest.raises(RuntimeError):
                call()
        assert len(host.violations) == 3
        host.violations.clear()


def test_when_the_main_thread_waits_for_itself_then_it_is_refused(host, nuke):
    with pytest.raises(RuntimeError, match="cannot call this from the main thread"):
        nuke.executeInMainThreadWithResult(lambda: 1)
    broken(host)


def test_when_a_thread_asks_for_a_result_then_the_queue_answers_and_an_exception_gives_none(host, nuke):
    answers = []
    threads = [
        threading.Thread(target=lambda call=call: answers.append(nuke.executeInMainThreadWithResult(call)))
        for call in (lambda: nuke.root().Class(), lambda: nuke.toNode(3))
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        host.run_main_thread_queue()
    assert sorted(answers, key=str) == [None, "Root"]
    assert "TypeError" in host.log[0]


def test_when_there_is_no_event_loop_then_nothing_serves_the_queue(tmp_path):
    with Host(tmp_path, gui=False) as host:
        host.nuke.executeInMainThread(host.nuke.root)
        with pytest.raises(HostError, match="no event loop"):
            host.run_main_thread_queue()


def test_when_nuke_executes_within_a_callback_then_it_is_busy(host, nuke, plate, write):
    write.setInput(0, plate)
    caught = []

    def careless():
        try:
            nuke.execute(write, 1001, 1001, 1, ["main"])
        except RuntimeError as error:
            caught.append(str(error))

    nuke.addKnobChanged(careless, nodeClass="Dot")
    dot = nuke.nodes.Dot()
    host.turn(dot, "xpos", 3)
    assert caught[0] == "I'm already executing something else"
    host.violations.clear()


def test_when_a_filename_filter_executes_while_rendering_then_it_is_busy(host, nuke, plate, write):
    write.setInput(0, plate)
    nuke.addFilenameFilter(lambda name: nuke.execute(write, 1001, 1001, 1))
    with pytest.raises(RuntimeError, match="already executing"):
        nuke.execute(write, 1001, 1001, 1, ["main"])
    host.violations.clear()
    assert not nuke.executing()


def test_when_a_node_is_deleted_then_its_object_is_dead_and_its_knobs_too(nuke):
    dot = nuke.nodes.Dot()
    knob = dot["xpos"]
    nuke.delete(dot)
    for call in (dot.name, knob.value, lambda: nuke.delete(dot), lambda: nuke.nodes.Dot().setInput(0, dot)):
        with pytest.raises(ValueError, match="not attached to a node"):
            call()


def test_when_a_knob_is_driven_by_an_expression_then_setting_it_is_told_of(host, nuke):
    switch = nuke.nodes.Switch()
    switch["which"].setExpression("frame > 5")
    with pytest.raises(RuntimeError, match="an expression drives"):
        switch["which"].setValue(1)
    broken(host)


def test_when_text_cannot_be_evaluated_by_tcl_then_an_evaluating_knob_is_told_of(host, nuke):
    dot = nuke.nodes.Dot()
    with pytest.raises(RuntimeError, match="evaluates this knob as Tcl"):
        dot["label"].setValue('{"keys": ["a"]}')
    broken(host)
    with pytest.raises(RuntimeError, match="backslash"):
        nuke.nodes.Read()["file"].setValue("C:\\shots\\a.exr")
    broken(host)


def test_when_nodes_of_two_groups_are_connected_then_it_is_refused(host, nuke, plate):
    group = nuke.nodes.Group()
    with group:
        inside = nuke.nodes.Write()
    with pytest.raises(RuntimeError, match="another group"):
        inside.setInput(0, plate)
    broken(host)


def test_when_wires_would_make_a_circle_then_it_is_refused(host, nuke):
    first, second = nuke.nodes.NoOp(), nuke.nodes.NoOp()
    second.setInput(0, first)
    with pytest.raises(RuntimeError, match="circle"):
        first.setInput(0, second)
    broken(host)


def test_when_a_plugin_puts_a_name_into_nuke_then_it_is_told_of(host, nuke):
    with pytest.raises(RuntimeError, match="no names of its own"):
        nuke.penumbra = 1
    broken(host)


def test_when_a_question_was_not_expected_then_it_is_told_of(host, nuke):
    host.answers.append(True)
    assert nuke.ask("Really?") is True
    with pytest.raises(RuntimeError, match="waits for an answer"):
        nuke.ask("Again?")
    broken(host)


def test_when_a_bar_is_dropped_then_it_is_closed(host, nuke):
    task = nuke.ProgressTask("Matte")
    task.setProgress(40)
    with pytest.raises(TypeError):
        task.setProgress(0.4)
    host.cancel_bars()
    assert task.isCancelled()
    assert [bar.progress for bar in host.bars] == [40]
    del task
    assert host.bars == []


def test_when_two_hosts_would_run_then_the_second_is_refused(tmp_path, host):
    with pytest.raises(HostError, match="installed already"):
        Host(tmp_path)
