"""`penumbra matte` as a person types it."""

import shutil
from dataclasses import replace

import numpy as np
import OpenEXR
import pytest

from penumbra.engine import run
from penumbra.engine.opened import open_shot
from penumbra.shot import Shot
from tests.engine.shots import FRAMES, SIZE, a_mask, alpha_of, files, make_shot, times
from tests.pictures import read_exr_file, write_exr_file


def test_when_the_line_is_typed_then_the_mattes_are_those_of_the_engine(penumbra, order):
    done = penumbra(*order.line())
    assert done.code == 0
    assert done.err == ""
    assert f"Plate: {order.shot.plate}, frames 1001-1006, 48x32" in done.out
    assert "Color space: Linear Rec.709 (sRGB); half openexr files hold scene-linear light" in done.out
    assert f"Key frame: 1001, {order.folder / 'roto.1001.exr'}" in done.out
    assert "Model: tiny, Apache-2.0, digest " in done.out
    assert f"Done. 6 mattes written: {order.out / 'matte.####.exr'}, frames 1001-1006; " in done.out
    again = replace(order.shot, delivery=replace(order.shot.delivery, out=order.folder / "api" / "matte.####.exr"))
    list(run(again))
    assert files(order.out) == files(order.folder / "api")
    assert len(files(order.out)) == 6


def test_when_the_line_is_typed_again_then_it_says_that_all_is_there(penumbra, order):
    penumbra(*order.line())
    before = times(order.out)
    done = penumbra(*order.line())
    assert done.code == 0
    assert "6 of 6 frames are there already and up to date." in done.out
    assert f"no new mattes: {order.out / 'matte.####.exr'}." in done.out
    assert times(order.out) == before


def test_when_paths_are_relative_then_they_start_where_the_person_is(penumbra, order, monkeypatch):
    monkeypatch.chdir(order.folder)
    line = order.line(plate="plate.####.exr", mask="1001=roto.1001.exr", out="mattes/m.%04d.exr")
    assert penumbra(*line).code == 0
    assert (order.folder / "mattes" / "m.1006.exr").is_file()
    assert penumbra(*order.line(plate="plate.####.exr", mask="1001=roto.1001.exr", out="here.####.exr")).code == 0
    assert (order.folder / "here.1006.exr").is_file()


def test_when_alpha_alone_in_float_is_asked_for_then_this_is_written(penumbra, order):
    line = order.line("--alpha-only", "--float", "--compression", "piz", "--frames", "1001-1002")
    assert penumbra(*line).code == 0
    assert list(files(order.out)) == ["matte.1001.exr", "matte.1002.exr"]
    channels, header = read_exr_file(order.out / "matte.1002.exr")
    assert {name: str(array.dtype) for name, array in channels.items()} == {"A": "float32"}
    assert header["compression"] == OpenEXR.PIZ_COMPRESSION


def test_when_settings_are_given_then_they_are_used_and_told(penumbra, order):
    settings = ("--process-size", 16, "--colorspace", "srgb")
    done = penumbra(*order.line(*settings, warmup=3))
    assert "Color space: sRGB Encoded Rec.709 (sRGB); asked for as srgb" in done.out
    assert "The network sees 48x32 of the plate at 24x16; --process-size decides." in done.out
    asked = replace(order.shot, settings=replace(order.shot.settings, process_size=16, colorspace="srgb", warmup=3))
    header = read_exr_file(order.out / "matte.1001.exr")[1]
    assert header["penumbra/settings"] == open_shot(asked, "cpu").shot.digest
    assert header["penumbra/processSize"] == "24x16"


def test_when_the_mask_s_channel_is_named_then_it_is_the_one_used(penumbra, order):
    left, right = a_mask(), a_mask()[:, ::-1].copy()
    roto = write_exr_file(order.folder / "both.exr", {"A": left, "matte.A": right})
    alphas = {}
    for channel in ("", ":A", ":matte.A", ":matte"):
        out = order.folder / f"m{channel.replace(':', '_')}"
        assert penumbra(*order.line(mask=f"1001={roto}{channel}", out=out / "matte.####.exr")).code == 0
        alphas[channel] = alpha_of(out / "matte.1001.exr")
    np.testing.assert_array_equal(alphas[""], alphas[":A"])
    np.testing.assert_array_equal(alphas[":matte.A"], alphas[":matte"])
    assert np.abs(alphas[":A"] - alphas[":matte.A"]).max() > 0.1


def test_when_a_shot_is_saved_then_running_the_file_gives_the_same_bytes(penumbra, order):
    saved = order.folder / "shot.yaml"
    assert penumbra(*order.line("--frames", "1001-1004", "--float", "--save-shot", saved)).code == 0
    first = files(order.out)
    shutil.rmtree(order.out)
    assert penumbra("matte", saved).code == 0
    assert files(order.out) == first
    assert penumbra("matte", saved, "--out", order.folder / "b" / "matte.####.exr").code == 0
    assert files(order.folder / "b") == first
    assert list(first) == [f"matte.{frame}.exr" for frame in range(1001, 1005)]


@pytest.mark.parametrize("name", ["shot.yaml", "shot.json"])
def test_when_a_shot_file_is_moved_with_its_folder_then_it_still_works(penumbra, order, name):
    assert penumbra(*order.line("--save-shot", order.folder / name)).code == 0
    first = files(order.out)
    moved = order.folder.parent / f"{order.folder.name}-moved"
    shutil.copytree(order.folder, moved, ignore=shutil.ignore_patterns("out"))
    assert penumbra("matte", moved / name).code == 0
    assert files(moved / "out") == first


def test_when_a_shot_is_written_by_hand_then_it_runs(penumbra, order, tiny_file, monkeypatch):
    (order.folder / "hand.yaml").write_text(
        "plate: plate.####.exr\n"
        "key_frames: {1001: roto.1001.exr}\n"
        "frames: 1001-1003\n"
        f"settings: {{model: {tiny_file}, warmup: 1}}\n"
        "delivery: {out: out/matte.####.exr}\n"
    )
    monkeypatch.chdir("/")
    assert penumbra("matte", order.folder / "hand.yaml").code == 0
    assert list(files(order.out)) == [f"matte.{frame}.exr" for frame in (1001, 1002, 1003)]


def test_when_a_shot_file_is_run_with_options_then_these_go_before_what_it_says(penumbra, order):
    saved = order.folder / "shot.yaml"
    order.shot.save(saved)
    mask = order.folder / "roto.1001.exr"
    line = ("--frames", "1004-1006", "--mask", f"1005={mask}", "--alpha-only", "--warmup", 0)
    assert penumbra("matte", saved, *line).code == 0
    assert list(files(order.out)) == [f"matte.{frame}.exr" for frame in (1004, 1005, 1006)]
    header = read_exr_file(order.out / "matte.1004.exr")[1]
    assert header["penumbra/keyFrames"] == "1005"
    assert [channel.name for channel in header["channels"]] == ["A"]


def test_when_a_shot_file_has_frames_then_another_mask_and_other_frames_may_be_given_together(penumbra, order):
    saved = order.folder / "shot.yaml"
    penumbra(*order.line("--frames", "1001-1002", "--save-shot", saved))
    done = penumbra("matte", saved, "--mask", f"1005={order.folder / 'roto.1001.exr'}", "--frames", "1004-1006")
    assert done.code == 0, done.err
    assert "matte.1006.exr" in files(order.out)


def test_when_the_folder_s_name_has_brackets_then_it_is_told_as_it_is(penumbra, tmp_path, tiny_file):
    folder = tmp_path / "[bold]comp[red] 100%"
    folder.mkdir()
    shot = make_shot(folder, tiny_file, FRAMES)
    done = penumbra(
        *("matte", shot.plate, "--mask", f"1001={shot.key_frames[0].path}"),
        *("--out", shot.delivery.out, "--model", tiny_file, "--warmup", 0),
    )
    assert done.code == 0, done.err
    assert str(shot.delivery.out) in done.out
    assert alpha_of(folder / "out" / "matte.1006.exr").shape == SIZE[::-1]


def test_when_a_kept_shot_gets_another_color_space_then_what_was_decided_for_the_old_one_goes(penumbra, order):
    kept, again = order.folder / "kept.yaml", order.folder / "again.yaml"
    assert penumbra(*order.line("--colorspace", "LogC3", "--save-shot", kept)).code == 0
    before = Shot.load(kept).settings
    done = penumbra("matte", kept, "--colorspace", "linear", "--save-shot", again)
    assert done.code == 0, done.err
    after = Shot.load(again).settings
    assert before.colorspace != after.colorspace
    assert before.working_space != after.working_space
    assert after.colorspace_reason == "asked for as linear"
