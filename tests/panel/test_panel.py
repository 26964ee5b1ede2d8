"""The panel before a fake worker: what it shows, what it asks, and that it can go at any time."""

from __future__ import annotations

import subprocess
import sys

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from penumbra.panel import Hooks
from penumbra.panel.queue_model import ROW
from tests.desk.fake import FakeClient, order


def told(notes) -> str:
    return "\n".join(f"{note.level}: {note.text} {note.next_step}".strip() for note in notes._told)


def colors(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def click_frame(panel, number: int) -> None:
    strip = panel.detail.strip
    numbers = strip.timeline.numbers
    x = strip._lanes().middle(numbers.index(number), len(numbers))
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(int(x), strip.height() // 2))


def test_when_there_is_no_job_then_it_says_what_to_do_and_starts_no_worker(stage):
    stage = stage()
    stage.make(Hooks(empty="Press Matte."))
    assert (stage.rows(), stage.desk.worker) == ([], "off")
    assert not stage.panel.detail.isVisible()
    silent = stage.make(Hooks(empty=""))
    assert stage.panel.queue.grab().toImage() != silent.queue.grab().toImage()


def test_when_a_job_goes_on_then_its_row_says_how(stage):
    stage = stage()
    stage.make()
    _, identity = stage.running()
    assert stage.rows() == ["hero: Running"]
    stage.worker.progress(identity, 3)
    stage.settle()
    assert stage.rows() == ["hero: Running \u00b7 3 of 10 \u00b7 2.0 fps \u00b7 0:04 left"]
    stage.worker.tell("waiting", identity, seconds=12.0)
    stage.settle()
    assert stage.rows() == ["hero: Waiting for another run \u00b7 0:12"]
    stage.worker.progress(identity, 10)
    stage.worker.frame_done(identity, 1008)
    stage.worker.answer(identity, outcome="done", written=["1008"], seconds=5.0)
    stage.settle()
    assert stage.rows() == ["hero: Done \u00b7 1 new frame \u00b7 0:05"]


def test_when_a_job_is_selected_then_the_strip_has_what_the_worker_told_and_what_the_job_made_since(stage):
    stage = stage()
    panel = stage.make()
    _, identity = stage.running()
    stage.worker.frame_done(identity, 1006, 0.02)
    stage.settle()
    shown = panel.detail.strip.timeline
    assert list(shown.numbers) == list(range(1001, 1011))
    assert shown.counts == {"done": 6, "stale": 1, "missing": 3}
    assert shown.key_frames == [1001, 1005, 1010]
    assert shown.at(1006).disagreement == 0.02
    assert panel.detail.strip.words(1003) == "1003: matte done, the passes disagree over 3.1 percent"
    assert panel.detail.strip.words(1010) == "1010: guide key frame of hero, no matte yet"


def test_when_the_worker_has_not_told_yet_then_the_order_s_own_key_frames_are_shown(stage):
    stage = stage(FakeClient)
    panel = stage.make()
    given = order()
    given.document["key_frames"] = [{"frame": 1004, "path": "a.exr"}, {"frame": 1007, "path": "b", "kind": "approved"}]
    stage.running(given)
    shown = panel.detail.strip.timeline
    assert list(shown.numbers) == list(range(1001, 1011))
    assert (shown.at(1004).keys, shown.at(1007).keys) == ({"": "guide"}, {"": "approved"})


def test_when_a_frame_is_clicked_then_it_is_shown_and_the_host_goes_there(stage):
    stage = stage()
    gone = []
    panel = stage.make(Hooks(go_to_frame=lambda order, frame: gone.append((order.title, frame))))
    _, identity = stage.running()
    stage.worker.frame_done(identity, 1006)
    stage.settle()
    click_frame(panel, 1003)
    stage.settle()
    assert gone == [("hero", 1003)]
    assert not panel.detail.viewer.follow.isChecked()
    assert stage.worker.asked("picture")[-1]["frame"] == 1003
    assert "#808080" in colors(panel.detail.viewer.screen_widget.grab().toImage())
    stage.worker.frame_done(identity, 1007)
    stage.settle()
    assert panel.detail.strip.selected == 1003, "a frame that was picked stays"
    panel.detail.viewer.follow.click()
    stage.settle()
    assert panel.detail.strip.selected == 1007


def test_when_arrow_keys_are_pressed_on_the_strip_then_frames_and_key_frames_are_gone_through(stage):
    stage = stage()
    panel = stage.make()
    stage.running()
    strip = panel.detail.strip
    seen = []
    strip.picked.connect(seen.append)
    QTest.keyClick(strip, Qt.Key.Key_Home)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End):
        QTest.keyClick(strip, key)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(strip, key, Qt.KeyboardModifier.ControlModifier)
    assert seen == [1001, 1002, 1003, 1002, 1010, 1005, 1001, 1005]


def test_when_the_mouse_rests_on_a_frame_then_it_is_told_in_words(stage):
    stage = stage()
    panel = stage.make()
    stage.running()
    strip = panel.detail.strip
    QTest.mouseMove(strip, QPoint(int(strip._lanes().middle(5, 10)), 20))
    assert panel.detail.viewer.words.text() == "1006: matte stale: of an older order"


def test_when_the_surroundings_are_light_then_the_panel_keeps_its_own_dark_ground_everywhere(stage):
    stage = stage()
    panel = stage.make(size=(1280, 800))
    assert QGuiApplication.palette().window().color().lightness() > 128
    stage.running()
    image = panel.grab().toImage()
    light = [
        (x, y)
        for y in range(image.height())
        for x in (2, 370, 374, image.width() // 2, image.width() - 10, image.width() - 3)
        if image.pixelColor(x, y).lightness() > 180 and not panel.detail.viewer.geometry().contains(x, y)
    ]
    assert len(light) < 60, f"more than some letters: {light[:5]}"


def test_when_the_keys_of_the_viewer_are_pressed_on_the_strip_then_they_choose_the_look(stage):
    stage = stage()
    panel = stage.make()
    stage.running()
    QTest.keyClick(panel.detail.strip, Qt.Key.Key_2)
    stage.settle()
    assert stage.worker.asked("picture")[-1]["look"] == "over"
    QTest.keyClick(panel.detail.strip, Qt.Key.Key_F)
    assert not panel.detail.viewer.follow.isChecked()


def test_when_a_frame_has_no_matte_then_the_viewer_says_so_and_asks_for_none(stage):
    stage = stage()
    panel = stage.make()
    stage.running()
    click_frame(panel, 1009)
    stage.settle()
    assert panel.detail.viewer.screen_widget.accessibleDescription() == "Frame 1009 has no matte yet."
    assert 1009 not in [asked["frame"] for asked in stage.worker.asked("picture")]
    panel.detail.viewer.pick("plate")
    stage.settle()
    assert stage.worker.asked("picture")[-1]["look"] == "plate"


def test_when_states_are_painted_then_each_has_its_own_color(stage):
    stage = stage()
    panel = stage.make(size=(800, 800))
    stage.running()
    seen = colors(panel.detail.strip.grab().toImage())
    for color in ("#56b4e9", "#e69f00", "#f0e442", "#646464"):
        assert QColor(color).name() in seen, color


def test_when_cancel_is_pressed_then_the_job_is_canceled_and_can_be_ordered_again_in_its_place(stage):
    stage = stage()
    panel = stage.make()
    job, identity = stage.running()
    assert not panel.detail.head.matte.isEnabled()
    panel.detail.head.cancel.click()
    stage.settle()
    assert (job.state, panel.detail.head.cancel.isEnabled()) == ("stopping", False)
    stage.worker.answer(identity, outcome="stopped", written=[], seconds=1.0)
    stage.settle()
    assert panel.detail.head.matte.text() == "Matte again"
    panel.detail.head.matte.click()
    stage.settle()
    assert [job.state for job in stage.desk.jobs] == ["waiting"]
    assert len(stage.worker.asked("matte")) == 2
    assert stage.worker.asked("close") == [], "the shot stays open for the new job"


def test_when_the_host_orders_mattes_in_its_own_way_then_it_is_asked_to(stage):
    stage = stage()
    again = []
    panel = stage.make(Hooks(matte=again.append))
    job, identity = stage.running()
    stage.worker.answer(identity, outcome="done", written=[], seconds=1.0)
    stage.settle()
    panel.detail.head.matte.click()
    assert again == [job]
    assert len(stage.worker.asked("matte")) == 1


def test_when_matte_is_pressed_twice_at_once_then_it_is_ordered_once(stage):
    stage = stage()
    panel = stage.make()
    panel.offer(order())
    stage.settle()
    for _ in range(2):
        panel.detail.head.matte.click()
    assert len(stage.desk.jobs) == 1


def test_when_an_entry_is_removed_then_it_is_gone_whether_it_had_a_job_or_not(stage):
    stage = stage()
    panel = stage.make()
    panel.offer(order("one"))
    panel.offer(order("two"))
    job, _ = stage.running(order("three"))
    panel.select(order("three"))
    panel._actions.remove()
    panel.select(order("one"))
    panel._actions.remove()
    assert stage.rows() == ["two: 5 done \u00b7 2 stale \u00b7 3 missing"]
    assert job.state == "stopping"


def test_when_a_job_fails_then_its_faults_are_told_at_once_with_what_to_do(stage):
    stage = stage()
    panel = stage.make()
    _, identity = stage.running()
    panel.detail.pages.setCurrentIndex(1)
    stage.worker.refuse(identity, "Frame 1043 is 2048x1152.", "The mask is empty.")
    stage.settle()
    assert panel.detail.pages.currentIndex() == 0
    wrong = ["fault: Frame 1043 is 2048x1152. Mend it.", "fault: The mask is empty. Mend it."]
    assert told(panel.detail.pages.messages).splitlines() == wrong
    assert panel.detail.pages.tabText(0) == "Messages (2)"
    assert stage.rows() == ["hero: Failed \u00b7 Frame 1043 is 2048x1152."]


def test_when_the_frames_cannot_be_looked_at_then_the_reason_is_told(stage):
    stage = stage(FakeClient)
    panel = stage.make()
    stage.running()
    stage.worker.refuse(stage.worker.ids("states")[0], "The plate is missing.")
    stage.settle()
    assert "The plate is missing." in told(panel.detail.pages.messages)
    assert len(stage.worker.asked("states")) == 1, "nothing is asked again and again"


def test_when_a_look_at_the_frames_was_stopped_with_its_shot_then_it_is_taken_again(stage):
    stage = stage(FakeClient)
    stage.make()
    stage.running()
    stage.worker.answer(stage.worker.ids("states")[0], outcome="stopped", written=[], seconds=0.0)
    stage.settle()
    assert len(stage.worker.asked("states")) == 2


def test_when_frames_are_done_quickly_then_pictures_are_asked_one_at_a_time(stage):
    stage = stage()
    stage.make()
    _, identity = stage.running()
    before = len(stage.worker.asked("picture"))
    stage.worker.holding = True
    for frame in range(1001, 1011):
        stage.worker.frame_done(identity, frame)
        stage.settle()
    assert len(stage.worker.asked("picture")) == before + 1


def test_when_a_job_runs_then_its_thumbnail_is_of_a_matte_and_stays_while_the_next_is_on_its_way(stage):
    stage = stage()
    panel = stage.make()
    _, identity = stage.running()
    stage.worker.frame_done(identity, 1001)
    stage.settle()
    index = panel.queue.model().index(0, 0)
    assert index.data(ROW).picture.pixelColor(5, 5).name() == "#808080"
    stage.worker.holding = True
    stage.worker.answer(identity, outcome="done", written=[], seconds=1.0)
    stage.worker.frame_done(identity, 1002)
    panel.look_again()
    stage.settle()
    assert index.data(ROW).picture is not None


def test_when_a_picture_is_on_its_way_then_only_the_newest_wish_follows_it(stage):
    stage = stage()
    panel = stage.make()
    stage.running()
    stage.worker.holding = True
    for frame in (1002, 1003, 1004):
        click_frame(panel, frame)
        stage.settle()
    first = stage.worker.ids("picture")[-1]
    stage.worker.holding = False
    stage.worker.refuse(first, "It cannot be read.")
    stage.settle()
    assert [asked["frame"] for asked in stage.worker.asked("picture")][-2:] == [1002, 1004]


def test_when_the_panel_is_destroyed_while_it_waits_then_nothing_happens_and_a_new_one_has_it_all(stage):
    stage = stage(FakeClient)
    panel = stage.make()
    stage.running()
    panel.deleteLater()
    stage.panels.clear()
    del panel
    QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    QApplication.processEvents()
    for identity in stage.worker.ids("states"):
        stage.worker.answer(identity, frames=[])
    stage.desk.tick()
    again = stage.make()
    assert stage.rows(again) == ["hero: Running"]


def test_when_qt_deletes_a_panel_that_the_host_still_holds_then_no_answer_reaches_it(stage):
    stage = stage()
    held = stage.make()
    stage.running()
    held.detail.pages.setCurrentIndex(2)
    held.look_again()
    doctor = held.detail.pages.doctor
    stage.panels.clear()
    shiboken6.delete(held)
    assert not shiboken6.isValid(doctor)
    for _ in range(3):
        stage.desk.tick()
        QApplication.processEvents()


def test_when_two_panels_show_one_desk_then_both_follow_it(stage):
    stage = stage()
    one, two = stage.make(), stage.make(size=(1280, 800))
    _, identity = stage.running()
    stage.worker.progress(identity, 5)
    stage.settle()
    assert stage.rows(one) == stage.rows(two) != []


def test_when_a_panel_is_hidden_then_it_asks_for_nothing(stage):
    stage = stage()
    panel = stage.make()
    panel.hide()
    stage.running()
    assert stage.worker.asked("states") == []
    assert stage.worker.asked("picture") == []


def test_when_the_timer_of_a_panel_that_does_not_tick_runs_then_the_desk_stays_as_it_is(stage):
    stage = stage()
    stage.make()
    job = stage.desk.matte(order())
    QTest.qWait(250)
    assert job.out == ""


def test_when_the_doctor_is_looked_at_then_he_is_asked_once(stage):
    stage = stage()
    panel = stage.make()
    stage.running()
    assert stage.worker.asked("doctor") == []
    for index in (2, 0, 2):
        panel.detail.pages.setCurrentIndex(index)
        stage.settle()
    assert len(stage.worker.asked("doctor")) == 1
    assert "penumbra-seed is there." in told(panel.detail.pages.doctor.findings)


def test_when_the_log_is_looked_at_then_it_has_the_worker_s_lines(stage):
    stage = stage()
    panel = stage.make()
    stage.running()
    stage.worker.log += ["loading", "matting 1001"]
    panel.detail.pages.setCurrentIndex(1)
    stage.settle()
    assert panel.detail.pages.log.toPlainText() == "loading\nmatting 1001"


def test_when_the_worker_crashes_then_that_is_told_above_and_in_the_job(stage):
    stage = stage()
    panel = stage.make()
    stage.running()
    stage.worker.crash("Segmentation fault", code=139)
    stage.settle()
    assert "exit code 139" in panel.banner.text
    assert panel.banner.isVisible()
    assert "Segmentation fault" in told(panel.detail.pages.messages)


def test_when_the_command_line_is_copied_then_the_clipboard_has_it(stage):
    stage = stage()
    panel = stage.make()
    stage.desk.matte(order(saved="/shots/my hero.json"), "1001-1004", "cuda:1")
    stage.settle()
    panel._actions.copy()
    assert QGuiApplication.clipboard().text() == "penumbra matte '/shots/my hero.json' --device cuda:1 --only 1001-1004"


def test_when_the_order_is_in_no_file_then_no_command_line_is_offered(stage):
    stage = stage()
    panel = stage.make()
    stage.running()
    offered = {action.text(): action.isEnabled() for action in panel.detail.head.menu.actions()}
    assert offered["Copy command line"] is False
    assert "Show node" not in offered


def test_when_it_is_looked_again_then_states_and_pictures_are_asked_anew(stage):
    stage = stage()
    panel = stage.make()
    _, identity = stage.running()
    stage.worker.answer(identity, outcome="done", written=[], seconds=1.0)
    stage.settle()
    before = len(stage.worker.asked("states")), len(stage.worker.asked("picture"))
    panel.look_again()
    stage.settle()
    assert len(stage.worker.asked("states")) == before[0] + 1
    assert len(stage.worker.asked("picture")) > before[1]


def test_when_jobs_have_ended_then_they_can_be_cleared_and_the_others_stay(stage):
    stage = stage()
    panel = stage.make()
    _, identity = stage.running(order("one"))
    stage.worker.answer(identity, outcome="done", written=[], seconds=1.0)
    stage.running(order("two"))
    panel._clear.click()
    assert stage.rows() == ["two: Running"]


@pytest.mark.parametrize("size", [(360, 420), (360, 700), (400, 800), (1280, 800), (2560, 1440)])
def test_when_the_panel_has_any_size_then_nothing_is_cut_and_it_fits(stage, size):
    stage = stage()
    panel = stage.make(size=size)
    stage.running()
    assert (panel.width(), panel.height()) == size, "it does not need more room"
    for button in panel.findChildren(QAbstractButton):
        if button.isVisible() and button.text():
            assert button.width() >= button.sizeHint().width(), button.text()
    wide = panel._parts.orientation() == Qt.Orientation.Horizontal
    assert wide == (size[0] >= 720)


def test_when_tab_is_pressed_then_everything_that_can_be_used_is_reached(stage):
    stage = stage()
    panel = stage.make()
    stage.running()
    panel.activateWindow()
    QApplication.processEvents()
    panel.queue.setFocus()
    reached = set()
    for _ in range(40):
        reached.add(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    wanted = {panel.queue, panel.detail.head.cancel, panel.detail.head.more, panel.detail.strip,
              panel.detail.viewer.follow, panel.detail.pages.tabBar()}  # fmt: skip
    assert wanted <= reached, wanted - reached


def test_when_the_panel_is_imported_then_only_rooms_below_it_come_along():
    code = (
        "import sys, penumbra.panel.window;"
        "rooms = {name.split('.')[1] for name in sys.modules if name.startswith('penumbra.')};"
        "print(*sorted(rooms | {'torch', 'yaml', 'OpenImageIO'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"panel", "desk", "protocol", "aside", "errors"}
