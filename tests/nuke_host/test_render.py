"""Pictures: what Nuke's Writes put on disk, and what its viewer shows (facts 4, 7)."""

import numpy as np
import pytest

from tests.engine.shots import a_mask, light, write_mask
from tests.nuke_host import Host, HostError
from tests.pictures import read_exr_file, write_exr_file


def windows(path):
    """Data and display window as x, y, width, height, and the channels' names."""
    channels, header = read_exr_file(path)
    found = []
    for key in ("dataWindow", "displayWindow"):
        low, high = header[key]
        found.append((int(low[0]), int(low[1]), int(high[0] - low[0] + 1), int(high[1] - low[1] + 1)))
    return (*found, sorted(channels))


def pixels(path, name):
    return read_exr_file(path)[0][name]


def test_when_a_roto_is_rendered_then_its_data_window_is_the_shape_and_its_channel_alpha(nuke, roto, write, tmp_path):
    write.setInput(0, roto)
    nuke.execute(write, 1001, 1002, 1, ["main"])
    data, display, names = windows(tmp_path / "out.1002.exr")
    rows, columns = np.nonzero(a_mask())
    assert data == (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    assert (display, names) == ((0, 0, 48, 32), ["A"])
    assert pixels(tmp_path / "out.1002.exr", "A").min() == 1
    assert pixels(tmp_path / "out.1002.exr", "A").dtype == np.float16


def test_when_a_plate_has_overscan_then_the_data_window_is_larger_than_the_format(nuke, write, tmp_path):
    big = np.full((40, 60, 3), 0.5, np.float32)
    write_exr_file(tmp_path / "over.exr", {"RGB": big}, display=(0, 0, 48, 32), data=(-6, -4, 60, 40))
    write.setInput(0, nuke.nodes.Read(file=(tmp_path / "over.exr").as_posix()))
    write["datatype"].setValue("32 bit float")
    nuke.execute(write, 1, 1, 1, ["main"])
    assert windows(tmp_path / "out.0001.exr") == ((-6, -4, 60, 40), (0, 0, 48, 32), ["B", "G", "R"])
    assert np.array_equal(pixels(tmp_path / "out.0001.exr", "R"), big[..., 0])


def test_when_a_plate_is_rendered_raw_then_its_bits_are_as_they_were(nuke, plate, write, tmp_path):
    write.setInput(0, plate)
    nuke.execute(write, 1001, 1006, 1, ["main"])
    for frame in range(1001, 1007):
        stored = np.stack([pixels(tmp_path / f"out.{frame}.exr", name) for name in "RGB"], axis=-1)
        assert np.array_equal(stored, light(frame))
    assert not list(tmp_path.glob("*.tmp*"))


def test_when_proxy_mode_is_on_then_a_write_is_half_the_size(host, nuke, plate, write, tmp_path):
    write.setInput(0, plate)
    nuke.root()["proxy"].setValue(True)
    nuke.execute(write, 1001, 1001, 1, ["main"])
    assert windows(tmp_path / "out.1001.exr")[:2] == ((0, 0, 24, 16), (0, 0, 24, 16))
    assert host.executions[-1].proxy


def test_when_no_views_are_named_then_all_are_rendered(host, nuke, plate, write, tmp_path):
    nuke.root().addView("right")
    assert nuke.views() == ["main", "right"]
    write.setInput(0, plate)
    with pytest.raises(HostError, match="several views and no %V"):
        nuke.execute(write, 1001, 1001)
    assert host.executions[-1].views == "all"
    write["file"].setValue((tmp_path / "out_%V.%04d.exr").as_posix())
    nuke.execute(write, 1001, 1001)
    assert {path.name for path in tmp_path.glob("out*")} == {"out_main.1001.exr", "out_right.1001.exr"}
    with pytest.raises(TypeError, match="views"):
        nuke.execute(write, 1001, 1001, 1, ["left"])


def test_when_the_person_cancels_then_whole_frames_stay_and_nuke_can_render_again(host, nuke, plate, write, tmp_path):
    write.setInput(0, plate)
    host.cancel_after(2)
    with pytest.raises(RuntimeError, match="Cancelled"):
        nuke.execute(write, 1001, 1006, 1, ["main"])
    assert len(list(tmp_path.glob("out*"))) == 2
    nuke.execute(write, 1001, 1006, 1, ["main"])
    assert len(list(tmp_path.glob("out*"))) == 6


def test_when_a_write_is_limited_then_only_frames_within_are_written(nuke, plate, write, tmp_path):
    write.setInput(0, plate)
    for name, value in (("use_limit", True), ("first", 1002), ("last", 1003)):
        write[name].setValue(value)
    nuke.execute(write, 1001, 1006, 1, ["main"])
    assert {path.name for path in tmp_path.glob("out*")} == {"out.1002.exr", "out.1003.exr"}


def test_when_a_write_cannot_work_then_it_says_why_in_nukes_words(nuke, plate, roto, write, tmp_path):
    with pytest.raises(HostError, match="not connected"):
        nuke.execute(write, 1001, 1001, 1, ["main"])
    write.setInput(0, roto)
    write["channels"].setValue("rgb")
    with pytest.raises(HostError, match="No channels selected"):
        nuke.execute(write, 1001, 1001, 1, ["main"])
    write["channels"].setValue("alpha")
    write["file"].setValue((tmp_path / "new" / "out.%04d.exr").as_posix())
    with pytest.raises(HostError, match="No such file or directory"):
        nuke.execute(write, 1001, 1001, 1, ["main"])
    write["create_directories"].setValue(True)
    nuke.execute(write, 1001, 1001, 1, ["main"])
    write["disable"].setValue(True)
    with pytest.raises(RuntimeError, match="disabled"):
        nuke.execute(write, 1001, 1001, 1, ["main"])
    with pytest.raises(RuntimeError, match="not executable"):
        nuke.execute(roto, 1001, 1001, 1, ["main"])


def test_when_a_frame_is_missing_then_on_error_decides(host, nuke, plate, tmp_path):
    (tmp_path / "plate" / "plate.1003.exr").unlink()
    with pytest.raises(HostError, match=r"Read1: .*plate\.1003\.exr: No such file"):
        host.image(plate, 1003)
    nuke.frame(1003)
    assert plate.hasError()
    assert plate.channels() == []
    looks = {}
    for how in ("black", "checkerboard", "nearest frame"):
        plate["on_error"].setValue(how)
        looks[how] = host.image(plate, 1003)
    assert looks["black"].max() == 0
    assert 0 < looks["checkerboard"].min() < looks["checkerboard"].max()
    assert np.array_equal(looks["nearest frame"][..., :3], light(1002).astype(np.float32))


def test_when_a_missing_frame_comes_then_it_shows_after_a_reload_or_under_another_name(host, nuke, plate, tmp_path):
    file = tmp_path / "plate" / "plate.1003.exr"
    content = file.read_bytes()
    file.unlink()
    plate["on_error"].setValue("black")
    assert host.image(plate, 1003).max() == 0
    file.write_bytes(content)
    assert host.image(plate, 1003).max() == 0
    plate["reload"].execute()
    assert host.image(plate, 1003).max() > 0


def test_when_the_frame_is_outside_of_the_range_then_before_and_after_decide(host, plate):
    assert np.array_equal(host.image(plate, 990), host.image(plate, 1001))
    plate["after"].setValue("loop")
    assert np.array_equal(host.image(plate, 1007), host.image(plate, 1001))
    plate["after"].setValue("bounce")
    assert np.array_equal(host.image(plate, 1008), host.image(plate, 1005))
    plate["after"].setValue("black")
    assert host.image(plate, 1007).max() == 0


@pytest.mark.parametrize(
    ("mode", "text", "shown"), [("offset", "2", 1005), ("start at", "1002", 1002), ("expression", "frame - 1", 1002)]
)
def test_when_a_read_shifts_time_then_another_file_is_shown(host, plate, mode, text, shown):
    plate["frame_mode"].setValue(mode)
    plate["frame"].setValue(text)
    assert np.array_equal(host.image(plate, 1003)[..., :3], light(shown).astype(np.float32))


def test_when_the_range_is_left_at_one_then_every_frame_shows_the_first_file(host, nuke, tmp_path):
    for frame in (1, 2):
        write_exr_file(tmp_path / f"a.{frame:04d}.exr", {"RGB": np.full((4, 4, 3), frame, np.float32)})
    read = nuke.nodes.Read(file=(tmp_path / "a.%04d.exr").as_posix())
    assert host.image(read, 2)[0, 0, 0] == 1
    read["file"].fromUserText((tmp_path / "a.%04d.exr").as_posix() + " 1-200")
    assert host.image(read, 2)[0, 0, 0] == 2
    assert nuke.root()["last_frame"].value() == 200


def test_when_nothing_is_drawn_on_a_frame_then_the_alpha_is_empty(host, nuke, roto, write, tmp_path):
    host.draw(roto, 1004, None)
    assert host.image(roto, 1003)[..., 3].sum() == a_mask().sum()
    assert host.image(roto, 1004)[..., 3].sum() == 0
    write.setInput(0, roto)
    nuke.execute(write, 1004, 1004, 1, ["main"])
    assert windows(tmp_path / "out.1004.exr")[0] == (0, 0, 1, 1)


def test_when_a_shape_is_drawn_again_then_it_holds_from_there_and_undo_takes_it_back(host, nuke, roto, tmp_path):
    host.draw(roto, 1003, write_mask(tmp_path / "other.exr", np.full((32, 48), 0.5, np.float32)))
    assert host.image(roto, 1002)[..., 3].sum() == a_mask().sum()
    assert host.image(roto, 1005)[..., 3].max() == 0.5
    host.undo()
    assert host.image(roto, 1005)[..., 3].sum() == a_mask().sum()


def test_when_alpha_is_copied_and_multiplied_then_the_numbers_are_those_of_the_formula(host, nuke, plate, roto):
    copy = nuke.nodes.Copy(inputs=[plate, roto])
    premult = nuke.nodes.Premult(inputs=[copy])
    color, alpha = light(1002).astype(np.float32), a_mask()[..., None]
    assert np.array_equal(host.image(copy, 1002), np.concatenate([color, alpha], axis=-1))
    assert np.array_equal(host.image(premult, 1002)[..., :3], color * alpha)
    gray = nuke.nodes.Constant(color=[0.25, 0.25, 0.25, 1])
    over = nuke.nodes.Merge2(inputs=[gray, premult])
    assert np.allclose(host.image(over, 1002)[..., :3], color * alpha + 0.25 * (1 - alpha))
    mixed = nuke.nodes.Keymix(inputs=[gray, plate, roto], mix=0.5, channels="rgb")
    assert np.allclose(host.image(mixed, 1002)[..., :3], 0.5 * alpha * color + 0.25 * (1 - 0.5 * alpha))
    premult["disable"].setValue(True)
    assert np.array_equal(host.image(premult, 1002), host.image(copy, 1002))


def test_when_a_switch_is_driven_by_its_group_then_the_group_shows_what_was_chosen(host, nuke, plate, roto, tmp_path):
    group = nuke.nodes.Group(inputs=[])
    group.addKnob(nuke.Enumeration_Knob("output", "output", ["plate", "mask"]))
    with group:
        first, second = nuke.nodes.Input(name="plate"), nuke.nodes.Input(name="mask", number=1)
        switch = nuke.nodes.Switch(inputs=[first, second])
        nuke.nodes.Output(inputs=[switch])
    switch["which"].setExpression("parent.output")
    group.setInput(0, plate)
    group.setInput(1, roto)
    assert host.image(group, 1001)[..., 3].max() == 0
    group["output"].setValue("mask")
    assert host.image(group, 1001)[..., 3].max() == 1
    host.save(tmp_path / "a.nk")
    host.open(tmp_path / "a.nk")
    assert host.image(nuke.toNode("Group1"), 1001)[..., 3].max() == 1


def test_when_pictures_are_cropped_or_reformatted_then_rows_count_from_the_bottom(host, nuke, plate):
    crop = nuke.nodes.Crop(inputs=[plate], box=[4, 2, 20, 12], reformat=True)
    assert np.array_equal(host.image(crop, 1001)[..., :3], light(1001)[20:30, 4:20].astype(np.float32))
    nuke.addFormat("24 16 1 half")
    smaller = nuke.nodes.Reformat(inputs=[plate], format="half")
    assert host.image(smaller, 1001).shape == (16, 24, 4)
    assert (smaller.width(), plate.width()) == (24, 48)


def test_when_time_is_offset_then_the_range_moves_and_generators_have_none(host, nuke, plate, roto):
    moved = nuke.nodes.TimeOffset(inputs=[plate], time_offset=10)
    assert np.array_equal(host.image(moved, 1013), host.image(plate, 1003))
    assert (moved.firstFrame(), moved.lastFrame()) == (1011, 1016)
    assert (roto.frameRange().first(), roto.frameRange().last()) == (1, 1)


def test_when_a_file_is_not_linear_then_its_curve_is_taken_off_unless_raw(host, nuke, tmp_path):
    write_exr_file(tmp_path / "a.exr", {"RGB": np.full((2, 2, 3), 0.5, np.float32)})
    read = nuke.nodes.Read(file=(tmp_path / "a.exr").as_posix(), colorspace="sRGB")
    assert host.image(read, 1)[0, 0, 0] == pytest.approx(0.2140, abs=1e-4)
    read["raw"].setValue(True)
    assert host.image(read, 1)[0, 0, 0] == 0.5


def test_when_names_are_filtered_then_reads_and_writes_use_what_the_filter_gives(host, nuke, plate, tmp_path):
    nuke.addFilenameFilter(lambda name: name.replace("/elsewhere/", f"{tmp_path.as_posix()}/"))
    plate["file"].setValue("/elsewhere/plate/plate.####.exr")
    assert np.array_equal(host.image(plate, 1001)[..., :3], light(1001).astype(np.float32))
    assert nuke.filenameFilter("/elsewhere/x") == f"{tmp_path.as_posix()}/x"


def test_when_several_names_are_filtered_then_the_last_added_is_asked_first(nuke):
    nuke.addFilenameFilter(lambda name: name + "1")
    nuke.addFilenameFilter(lambda name: None)
    nuke.addFilenameFilter(lambda name: name + "2")
    assert nuke.filenameFilter("x") == "x21"


def test_when_a_temporary_write_is_careless_then_the_standing_shows_it(host, nuke, plate, roto):
    before = host.standing()
    careless = nuke.nodes.Write()
    nuke.root()["proxy"].setValue(True)
    after = host.standing()
    assert {name for name in before if before[name] != after[name]} == {"proxy", "nodes", "undo steps"}
    nuke.delete(careless)
    assert host.standing()["nodes"] == before["nodes"]


def test_when_it_renders_like_a_farm_then_all_active_writes_are_made_and_a_fault_ends_it(tmp_path):
    write_exr_file(tmp_path / "a.0001.exr", {"RGB": np.ones((4, 4, 3), np.float32)})
    with Host(tmp_path, gui=False) as host:
        nuke = host.nuke
        read = nuke.nodes.Read(file=(tmp_path / "a.%04d.exr").as_posix(), last=2)
        group = nuke.nodes.Group()
        with group:
            inner = nuke.nodes.Input()
            nuke.nodes.Write(file_type="exr", file=(tmp_path / "in.%04d.exr").as_posix(), inputs=[inner])
        group.setInput(0, read)
        idle = nuke.nodes.Write(inputs=[read], disable=True)
        host.render_all(1, 1)
        assert {path.name for path in tmp_path.glob("*.exr")} == {"a.0001.exr", "in.0001.exr"}
        with pytest.raises(HostError, match="No such file"):
            host.render_all(1, 2)
        nuke.delete(group)
        assert idle["disable"].value()
        with pytest.raises(HostError, match="no active Write"):
            host.render_all(1, 1)
