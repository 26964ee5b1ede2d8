"""Bad input: one clear message, the right exit code, no traceback, and nothing left behind."""

import shutil

import numpy as np
import pytest
import torch

from tests.engine.shots import FRAMES, files, times, write_frame, write_mask
from tests.pictures import write_exr_file


def test_when_there_is_no_plate_then_the_name_and_what_is_there_are_told(refused, order):
    said = refused(3, *order.line(plate=order.folder / "plat.####.exr"))
    assert f"No file is named {order.folder / 'plat.####.exr'}." in said
    assert "plate.####.exr 1001-1006" in said


def test_when_the_plate_s_folder_is_not_there_then_it_is_told(refused, order):
    folder = order.folder / "nowhere"
    assert f"The folder {folder} cannot be read: no such file" in refused(3, *order.line(plate=folder / "p.####.exr"))


def test_when_the_range_has_a_gap_then_the_missing_frames_are_told_once(refused, order):
    for frame in (1003, 1004):
        (order.folder / f"plate.{frame}.exr").unlink()
    said = refused(3, *order.line())
    assert "Frames 1003-1004 of plate.####.exr are missing" in said
    assert "On disk are 1001-1002, 1005-1006" in said


def test_when_the_range_is_longer_than_the_plate_then_the_missing_frames_are_told(refused, order):
    assert "Frames 1007-1009 of plate.####.exr are missing" in refused(3, *order.line("--frames", "1001-1009"))


@pytest.mark.parametrize("frame", [1001, 1004])
def test_when_a_file_has_no_bytes_then_its_frame_is_told(refused, order, frame):
    (order.folder / f"plate.{frame}.exr").write_bytes(b"")
    assert f"Frame {frame} of plate.####.exr cannot be read: the file is empty" in refused(3, *order.line())


def test_when_no_file_of_the_plate_can_be_read_then_it_is_told_once(refused, order):
    for frame in FRAMES:
        (order.folder / f"plate.{frame}.exr").write_text("not a picture")
    assert "Frames 1001-1006 of plate.####.exr cannot be read: it is no picture" in refused(3, *order.line())


def test_when_the_plate_has_no_color_then_its_channels_are_told(refused, order):
    for frame in FRAMES:
        write_exr_file(order.folder / f"plate.{frame}.exr", {"Z": np.ones((32, 48), np.float32)} | two_channels())
    said = refused(3, *order.line())
    assert "Frames 1001-1006 of plate.####.exr have no color; the channels are" in said


def two_channels():
    return {name: np.ones((32, 48), np.float32) for name in ("motion.u", "motion.v")}


def test_when_the_size_changes_in_the_shot_then_both_sizes_are_told(refused, order):
    write_frame(order.folder, 1004, (46, 32))
    assert "Frame 1004 of plate.####.exr is 46x32, the shot is 48x32." in refused(3, *order.line())


def test_when_a_plate_is_cut_short_then_the_frames_before_it_stay_complete(penumbra, order):
    plate = order.folder / "plate.1005.exr"
    whole = plate.read_bytes()
    plate.write_bytes(whole[: len(whole) * 2 // 3])
    done = penumbra(*order.line("--across-cuts"))
    assert done.code == 3
    assert done.err.count("Error: ") == 1
    assert "Frame 1005: " in done.err
    assert "is cut short or damaged" in done.err
    assert "Traceback" not in done.err
    before, found = times(order.out), files(order.out)
    assert list(before) == [f"matte.{frame}.exr" for frame in range(1001, 1005)]
    assert not list(order.out.rglob("*.part"))
    plate.write_bytes(whole)
    assert penumbra(*order.line("--across-cuts")).code == 0
    assert {name: time for name, time in times(order.out).items() if name in before} == before
    shutil.rmtree(order.out)
    assert penumbra(*order.line("--across-cuts")).code == 0
    assert {name: data for name, data in files(order.out).items() if name in found} == found


def test_when_the_mask_is_not_there_then_it_is_told(refused, order):
    said = refused(3, *order.line(mask=f"1001={order.folder / 'none.exr'}"))
    assert f"{order.folder / 'none.exr'} cannot be read: there is no such file." in said


def test_when_the_mask_has_another_size_then_both_are_told(refused, order):
    write_mask(order.folder / "roto.1001.exr", np.ones((30, 48), np.float32))
    assert "is 48x30, but the plate is 48x32." in refused(2, *order.line())


@pytest.mark.parametrize(("value", "word"), [(0, "empty"), (1, "full")])
def test_when_the_mask_says_nothing_then_it_is_told(refused, order, value, word):
    write_mask(order.folder / "roto.1001.exr", np.full((32, 48), value, np.float32))
    assert f"roto.1001.exr is {word}: A is " in refused(2, *order.line())


def test_when_the_mask_s_frame_is_outside_the_range_then_it_is_told(refused, order):
    roto = order.folder / "roto.1001.exr"
    said = refused(2, *order.line(mask=f"1009={roto}"))
    assert "The mask is on frame 1009, and the plate's range is 1001-1006." in said
    said = refused(2, *order.line("--frames", "1003-1004"))
    assert "The mask on frame 1001 is outside the frames 1003-1004." in said


def test_when_the_mask_has_no_such_channel_then_those_it_has_are_told(refused, order):
    said = refused(2, *order.line(mask=f"1001={order.folder / 'roto.1001.exr'}:matte.R"))
    assert "was asked for matte.R, which is none of its channels. It has A." in " ".join(said.split())


def test_when_the_mask_is_not_written_as_it_should_be_then_it_is_told(refused, order):
    assert "Write it as 1001=roto.1001.exr." in refused(2, *order.line(mask=order.folder / "roto.1001.exr"))


def test_when_a_key_frame_is_given_twice_then_it_is_told(refused, order):
    again = ("--mask", f"1001={order.folder / 'roto.1001.exr'}")
    assert "The mask on frame 1001 is given twice." in refused(2, *order.line(*again))
    (order.folder / "shot.yaml").write_text("plate: a.####.exr\nkey_frames: {1: a.exr, 1: b.exr}\ndelivery: {out: b}\n")
    assert "1 is given twice." in refused(2, "matte", order.folder / "shot.yaml")


def test_when_no_mask_or_no_out_is_given_then_the_option_is_named(refused, order):
    assert "Add --mask FRAME=FILE" in refused(2, *order.line(mask=None))
    assert "Add --out" in refused(2, *order.line(out=None))


def test_when_all_mattes_would_have_one_name_then_a_better_one_is_told(refused, order):
    assert f"Write {order.out / 'matte.####.exr'}." in refused(2, *order.line(out=order.out / "matte.exr"))
    assert "End its name with .exr." in refused(2, *order.line(out=order.out / "matte.####.png"))


def test_when_mattes_would_be_written_over_the_plate_then_it_is_refused(refused, order):
    before = files(order.folder)
    said = refused(2, *order.line(out=order.folder / "plate.####.exr"))
    assert "would write over the plate or the mask" in said
    assert files(order.folder) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--colorspace", "ASECcg"), "The color space 'ASECcg' is not known to the OCIO configuration ocio://studio"),
        (("--colorspace", "ASECcg"), "Did you mean ACEScg"),
        (("--working-space", "LogC3"), "is not scene-linear, and mattes are premultiplied in linear light."),
        (("--exposure", "bright"), "--exposure must be a number of stops, or auto, not 'bright'."),
        (("--exposure", "99"), "settings.exposure must be a number from -30 to 30, or auto, not 99."),
        (("--roi", "1,2,3"), "settings.roi must be none, mask, or x0,y0,x1,y1 in whole pixels, not '1,2,3'."),
        (("--roi", "9,9,3,20"), "settings.roi is 9,9,3,20, which holds no pixel."),
        (("--white-point", "0.2", "--black-point", "0.3"), "finish.white_point is 0.2 and finish.black_point 0.3"),
        (("--gamma", "0"), "finish.gamma must be a number from 0.05 to 20, not 0."),
        (("--compression", "lzw"), "delivery.compression must be one of none, zip, zips, piz, dwaa, dwab; only dwaa"),
        (("--compression", "zip:9"), "only dwaa and dwab have a level"),
        (("--compression", "dwaa", "--channels", "cryptomatte"), "which would change the numbers of a Cryptomatte."),
        (("--alpha-only", "--channels", "packed"), "--alpha-only and --channels packed contradict each other."),
        (("--object", "hero"), "The object hero has no mask."),
        (("--layer", "beauty"), "no layer beauty"),
        (("--view", "left"), "have no views"),
        (("--frames", "1001-1048x2"), "leaves frames out"),
        (("--frames", "1006-1001"), "ends before it begins. Write 1001-1006."),
        (("--frames", "all"), "'all' is not a frame range."),
        (("--process-size", "4"), "settings.process_size must be a whole number from 16 to 8192, not 4."),
        (("--warmup", "-1"), "settings.warmup must be a whole number from 0 to 100, not -1."),
        (("--device", "abacus"), "'abacus' is no device. Devices are cpu, cuda, cuda:1, mps."),
        (("--device", "meta"), "'meta' is no device."),
        (("--model", "no-such-model"), "There is no model named 'no-such-model'."),
    ],
)
def test_when_an_option_has_a_wrong_value_then_it_is_told(refused, order, words, said):
    assert said in " ".join(refused(2, *order.line(*words)).split())


def test_when_a_device_is_not_in_this_machine_then_it_is_the_machine_s_fault(refused, order):
    assert "The device cuda:99 cannot be used" in refused(4, *order.line("--device", "cuda:99"))


def wrong_checkpoint(path, kind):
    match kind:
        case "no file":
            return
        case "text":
            path.write_text("not a model")
        case "empty":
            path.write_bytes(b"")
        case "another network":
            torch.save({"conv.weight": torch.ones(3)}, path)
        case "code":
            torch.save({"conv.weight": print}, path)


@pytest.mark.parametrize("kind", ["no file", "text", "empty", "another network", "code"])
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_when_the_model_is_not_one_then_its_file_is_told(refused, order, kind, suffix):
    path = order.folder / f"model{suffix}"
    wrong_checkpoint(path, kind)
    said = refused(3, *order.line(model=path))
    assert str(path) in said
    if kind == "another network" and suffix == ".pth":
        assert "does not fit the network" in said
        assert "1 unknown: conv.weight" in said


def test_when_several_things_are_wrong_then_all_are_told_at_once(refused, order):
    (order.folder / "plate.1002.exr").unlink()
    (order.folder / "plate.1003.exr").write_bytes(b"")
    write_frame(order.folder, 1005, (40, 32))
    write_mask(order.folder / "roto.1001.exr", np.zeros((32, 48), np.float32))
    line = order.line("--colorspace", "log", model="no-such-model", out=order.folder / "plate.####.exr")
    said = refused(2, *line, faults=7)
    assert said.startswith("7 things must be mended first:\n")
    for words in ("1002", "1003", "1005", "is empty", "'log'", "'no-such-model'", "would write over"):
        assert words in said


def test_when_the_plate_is_missing_then_a_wrong_model_is_told_with_it(refused, order):
    said = refused(2, *order.line(plate=order.folder / "x.####.exr", model="no-such-model"), faults=2)
    assert "No file is named" in said
    assert "no-such-model" in said


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("plate: [", 2, "is not YAML"),
        ("plate: a.####.exr", 2, "A shot lacks the field key_frames, delivery."),
        ("{}", 2, "A shot lacks the field"),
        ("", 2, "A shot must have the fields"),
        ("plate: a\nkey_frames: []\ndelivery: {out: m.####.exr}", 2, "key_frames has no mask"),
        ("plate: a\nkey_frames: {1: a.exr}\ndelivery: {out: m.####.exr}\nwarmup: 3", 2, "A shot has no field warmup."),
        (None, 3, "cannot be read: No such file"),
    ],
)
def test_when_the_shot_file_is_wrong_then_it_is_told_what(refused, order, text, code, said):
    path = order.folder / "shot.yaml"
    if text is not None:
        path.write_text(text)
    told = refused(code, "matte", path)
    assert said in told
    assert str(path) in told
